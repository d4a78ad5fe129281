# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the actions: a task for the controller itself runs in the Ansible worker, any other ships the module."""

from __future__ import annotations

import contextlib
import typing as t

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash

from ansible_collections.telephony.auth.plugins.module_utils._api import REQUESTS_IMPORT_ERROR, Api
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._list_tokens import LISTS, ListRun
from ansible_collections.telephony.auth.plugins.module_utils._options import complaint, public_options
from ansible_collections.telephony.auth.plugins.module_utils._registry import USERS, VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._result import secrets_in
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, Store
from ansible_collections.telephony.auth.plugins.module_utils._task import BaseRun, Door, Result, failed, run
from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserInfoRun, UserRun
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import (
    Controller,
    find,
    load_all,
    open_store,
    working_in,
)
from ansible_collections.telephony.auth.plugins.plugin_utils._masking import mask

Arguments = t.Dict[str, t.Any]
_DOORS: tuple[type[Door], ...] = (*VENDORS.values(), *USERS.values(), *LISTS.values())
_VALIDATORS = {door.module: ArgumentSpecValidator(**door.spec().as_arguments()) for door in _DOORS}


def _prepare_workers() -> None:
    """Do once what each worker would do anew: imports, what they count together, and what libraries set up at a first call.

    Ansible's main process imports the actions before it forks a worker for each host. Nothing is sent here.
    """
    load_all()
    for vendor in VENDORS.values():
        if vendor.pace:
            vendor.pace.share()
    if not REQUESTS_IMPORT_ERROR:
        # The environment may hold options that cannot be used. The task says so.
        with contextlib.suppress(Exception):
            options = next(iter(_VALIDATORS.values())).validate({"api_url": "https://localhost"}).validated_parameters
            Api(connection(options), Masker(), Clock())


_prepare_workers()


class BaseAction(ActionBase):
    """What the actions share: whether a task runs here, how it is validated, and that no secret is shown."""

    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True
    start: t.ClassVar[type[BaseRun] | None] = None
    """What is run, if it is not about a token."""
    returns_secrets: t.ClassVar[str] = "return_token"
    """The option that decides whether secrets are returned."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        try:
            result = merge_hash(result, self._reach(task_vars or {}))
        except TelephonyError as failure:
            result.update(failed("", failure))
        return _hide(result)

    def _reach(self, variables: dict[str, t.Any]) -> Result:
        """What the task is for. Raises TelephonyError."""
        raise NotImplementedError  # each action's own

    def _runs_here(self) -> bool:
        """Whether the task targets the controller, as the user and in the environment that Ansible runs in."""
        return (
            self._connection.transport == "local"
            and not self._connection.become
            and not any(self._task.environment or ())
            and not self._task.async_val
            and not REQUESTS_IMPORT_ERROR
        )

    def _run_here(self, vendor: type[Door], arguments: Arguments, variables: dict[str, t.Any]) -> Result:
        """What the module would do and return."""

        def open_here(store: t.Mapping[str, t.Any], document: Document, masker: Masker) -> Store:
            return open_store(store, document, Controller(self._loader, self._templar, variables, masker))

        options, msg, warnings = self._validate(vendor, arguments)
        result: Result
        if msg:
            result = {"failed": True, "msg": msg}
        else:
            with working_in(self._loader.get_basedir()):
                result, more = self._work(vendor, options, open_here)
            warnings += more
        if warnings:
            result["warnings"] = warnings
        if _invocation_is_wanted(variables):
            shown = public_options(vendor.spec().argument_spec, options)
            result["invocation"] = {"module_args": shown}
        return result

    def _work(self, vendor: type[t.Any], options: Arguments, open_here: t.Any) -> tuple[Result, list[str]]:
        return run(vendor, options, self._task.check_mode, open_here, self.start)

    def _validate(self, vendor: type[Door], arguments: Arguments) -> tuple[Arguments, str, list[str]]:
        """The options, what is wrong with them, and warnings."""
        validation = _VALIDATORS[vendor.module].validate(arguments)
        # Ansible's own modules tell of aliases in the same way, with the same private field.
        twice = validation._warnings  # pylint: disable=protected-access
        warnings = [f"Both option {each['option']} and its alias {each['alias']} are set." for each in twice]
        msg = ""
        if validation.errors.errors:
            msg = validation.errors.msg
            if isinstance(validation.errors[0], UnsupportedError):
                msg = f"Unsupported parameters for ({self._task.action}) module: {msg}"
            msg = complaint(vendor.spec().argument_spec, msg)
        return validation.validated_parameters, msg, warnings

    def _ship(self, vendor: type[Door], arguments: Arguments, variables: dict[str, t.Any]) -> Result:
        """Have the module do it on its host."""
        arguments = _without_store(arguments)
        self._must_not_lose_secrets(arguments)
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        result: Result = self._execute_module(
            module_name=f"telephony.auth.{vendor.module}",
            module_args=arguments,
            task_vars=variables,
            wrap_async=wrap_async,
        )
        if not wrap_async:
            directory = self._connection._shell.tmpdir  # pylint: disable=protected-access  # as every action does
            self._remove_tmp_path(directory)  # type: ignore[no-untyped-call]  # ansible-core has no types here
            result.pop("ansible_parsed", None)  # ansible-core 2.22 leaves its own mark in what modules return
        failure = result.get("failure")
        missing = isinstance(failure, dict) and failure.get("code") == "requests_missing"
        if missing and self._connection.transport == "local":
            result[
                "msg"
            ] += " For a host with a local connection, set ansible_python_interpreter to ansible_playbook_python."
        return result

    def _must_not_lose_secrets(self, arguments: Arguments) -> None:
        """Under async, Ansible keeps the result in a file and shows it unmasked."""
        if not self._task.async_val or arguments.get("state") == "absent":
            return
        returns = arguments.get(self.returns_secrets)
        if not (arguments.get("path") or self.start) if returns is None else boolean(returns, strict=False):
            raise OptionError(
                "Under async this task would return secrets in a file that others may read and in events."
                f" Give path, so that they are kept in a private file, and leave out {self.returns_secrets}."
            )


class TokenAction(BaseAction):
    """An action and a module of the same name run the same code and give the same result."""

    vendor: t.ClassVar[type[Door]]

    def _reach(self, variables: dict[str, t.Any]) -> Result:
        if self._runs_here():
            return self._run_here(self.vendor, self._task.args, variables)
        return self._ship(self.vendor, self._task.args, variables)


class UserAction(TokenAction):
    """The same for an API user."""

    start = UserRun
    returns_secrets = "return_password"


class UserInfoAction(TokenAction):
    """The same for what is told of API users."""

    start = UserInfoRun


class ListAction(TokenAction):
    """The same for which tokens a vendor lists."""

    start = ListRun
    returns_secrets = "return_tokens"


def _without_store(arguments: Arguments) -> Arguments:
    """The arguments for another host, which knows of no store but a file. Raises OptionError."""
    store = arguments.get("store")
    if store is None:
        return arguments
    if not isinstance(store, dict) or find(store.get("type")) is not find("file"):
        raise OptionError(
            "A store is on the controller, and this task runs on another host, as another user, in an environment of its"
            " own or asynchronously. Use delegate_to: localhost (and proxy, where only that host reaches the API), or keep"
            " the record yourself with record."
        )
    rest = {name: value for name, value in arguments.items() if name != "store"}
    return {**rest, **{name: value for name, value in store.items() if name != "type"}}


def _invocation_is_wanted(task_vars: dict[str, t.Any]) -> bool:
    """Modules return their options always before ansible-core 2.21, since then only when it is configured."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def _hide(result: Result) -> Result:
    """Keep secrets from screens, logs and events, while register has them."""
    secrets = secrets_in(result)
    if secrets and not mask(secrets):
        result["_ansible_no_log"] = True
    return result
