# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of the actions: a task for the controller itself runs in the Ansible worker, any other ships the module."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash

from ansible_collections.telephony.auth.plugins.module_utils._api import REQUESTS_IMPORT_ERROR
from ansible_collections.telephony.auth.plugins.module_utils._options import public_options
from ansible_collections.telephony.auth.plugins.module_utils._task import (
    Result,
    run,
    secrets_in,
)
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found]
except ImportError:  # ansible-core before 2.22
    register_secrets = None


class TokenAction(ActionBase):
    """An action and a module of the same name run the same code and give the same result."""

    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    vendor: t.ClassVar[type[BaseVendor]]
    _validator: t.ClassVar[ArgumentSpecValidator]

    def __init_subclass__(cls) -> None:
        # Built once in Ansible's main process, which imports the action before it forks workers.
        cls._validator = ArgumentSpecValidator(**cls.vendor.spec().as_arguments())

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        if self._runs_here():
            result.update(self._run_here(task_vars or {}))
        else:
            self._must_not_lose_secrets()
            result = merge_hash(result, self._ship(task_vars or {}))
        return _hide(result)

    def _runs_here(self) -> bool:
        """Whether the task targets the controller, as the user and in the environment that Ansible runs in."""
        return (
            self._connection.transport == "local"
            and not self._connection.become
            and not any(self._task.environment or ())
            and not self._task.async_val
            and not REQUESTS_IMPORT_ERROR
        )

    def _run_here(self, task_vars: dict[str, t.Any]) -> Result:
        """What the module would do and return."""
        validation = self._validator.validate(self._task.args)
        options = validation.validated_parameters
        # Ansible's own modules tell of aliases in the same way, with the same private field.
        twice = validation._warnings  # pylint: disable=protected-access
        warnings = [f"Both option {each['option']} and its alias {each['alias']} are set." for each in twice]
        result: Result
        if validation.errors.errors:
            msg = validation.errors.msg
            if isinstance(validation.errors[0], UnsupportedError):
                msg = f"Unsupported parameters for ({self._task.action}) module: {msg}"
            result = {"failed": True, "msg": msg}
        else:
            with _working_in(self._loader.get_basedir()):
                result, more = run(self.vendor, options, self._task.check_mode)
            warnings += more
        if warnings:
            result["warnings"] = warnings
        if _invocation_is_wanted(task_vars):
            result["invocation"] = {"module_args": public_options(self._validator.argument_spec, options)}
        return result

    def _ship(self, task_vars: dict[str, t.Any]) -> Result:
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        result: Result = self._execute_module(task_vars=task_vars, wrap_async=wrap_async)
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

    def _must_not_lose_secrets(self) -> None:
        """Under async, Ansible keeps the result in a file and shows it unmasked."""
        if not self._task.async_val or self._task.args.get("state") == "absent":
            return
        returns = self._task.args.get("return_token")
        if not self._task.args.get("path") if returns is None else boolean(returns, strict=False):
            raise AnsibleError(
                "Under async this task would return secrets in a file that others may read and in events."
                " Give path, so that the token is kept in a private file, and leave out return_token."
            )


@contextlib.contextmanager
def _working_in(directory: str) -> t.Iterator[None]:
    """A relative path starts in the playbook's directory, as it does for modules that have a local connection."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(directory)
        yield
    finally:
        os.fchdir(before)
        os.close(before)


def _invocation_is_wanted(task_vars: dict[str, t.Any]) -> bool:
    """Modules return their options always before ansible-core 2.21, since then only when it is configured."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def _hide(result: Result) -> Result:
    """Keep secrets from screens, logs and events, while register has them."""
    secrets = secrets_in(result)
    if secrets and register_secrets:
        register_secrets(secrets)
    elif secrets:
        result["_ansible_no_log"] = True
    return result
