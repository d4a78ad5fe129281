# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a vendor's module, from the variables of a host."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._options import api_options, guessed, not_set, options_of
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._registry import USERS, VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._task import Door, Result
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.plugin_utils._action import Arguments, BaseAction
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, read
from ansible_collections.telephony.auth.plugins.plugin_utils._masking import mask
from ansible_collections.telephony.auth.plugins.plugin_utils._variables import Variables, host_of, value_of

USERS_OF: dict[str, type[BaseUsers]] = {
    users.name: users for users in USERS.values() if not users.module.endswith("_info")
}
"""What manages the users of a vendor, where something does."""
_API = api_options("").argument_spec


class Vocabulary:
    """Which variables of a host are which options of each vendor's module.

    others are variables of the playbooks and of the roles, which are no options.
    """

    def __init__(
        self,
        doors: t.Mapping[str, type[Door]],
        prefixes: tuple[str, ...],
        variable: t.Callable[[t.Any, str], str],
        others: set[str],
    ) -> None:
        self.doors = doors
        self.prefixes = prefixes
        self.options = {
            vendor: {variable(door, option): option for option in door.spec().argument_spec}
            for vendor, door in doors.items()
        }
        self.names = sorted({name for names in self.options.values() for name in names} | others)

    def must_know(self, variables: Variables) -> None:
        """Whether each variable with one of the prefixes is an option. Raises OptionError."""
        ours = [name for name in variables if isinstance(name, str) and name.startswith(self.prefixes)]
        unknown = [name for name in ours if name not in self.names]
        if unknown:
            names = guessed(unknown, self.names)
            raise OptionError(f"No vendor's module has an option for the variable {names} of {host_of(variables)}.")

    def explain(self, door: type[Door], own: t.Container[str], message: str, variables: Variables) -> str:
        """What a module says of its options, said of the variables. own are the options of the task itself."""
        argument_spec = door.spec().argument_spec
        mine = {name: option for name, option in self.options[door.name].items() if option not in own}
        for name, option in mine.items():
            message = message.replace(not_set(argument_spec, option), not_set(argument_spec, option, name))
        about = options_of(message)
        guilty = [name for name, option in mine.items() if option in about and name in variables]
        return f"{' and '.join(guilty)} of {host_of(variables)}: {message}" if guilty else message


def _variable_of_token(_vendor: type[BaseVendor], option: str) -> str:
    return f"token_{option}"


def _variable_of_user(users: type[BaseUsers], option: str) -> str:
    """How the API is reached is said once for user and token; whose login makes the user is not whose token it is."""
    if option in _API:
        return f"token_{option}"
    if option in users.vendor_class.login_spec().argument_spec:
        return f"admin_{option}"
    return option if option.startswith("user_") else f"user_{option}"


_OF_TOKENS = Vocabulary(
    VENDORS, ("token_",), _variable_of_token, {"token_vendor", "token_serial", "token_result", "token_report"}
)
_OF_USERS = Vocabulary(USERS_OF, ("user_", "admin_"), _variable_of_user, {"user_leaves", "user_result"})


class FromVariables(BaseAction):
    """An action for any vendor: the variables of the host are the options of the vendor's module.

    The task's own options win: vendor, and a dictionary with options of the vendor's module.
    """

    vocabulary: t.ClassVar[Vocabulary]

    def _reach(self, variables: dict[str, t.Any]) -> Result:
        vendor = self._vendor(variables)
        arguments = self._arguments(vendor, variables)
        return (self._run_here if self._runs_here() else self._ship)(vendor, arguments, variables)

    def _run_here(self, vendor: type[Door], arguments: Arguments, variables: dict[str, t.Any]) -> Result:
        return self._explained(vendor, super()._run_here(vendor, arguments, variables), variables)

    def _ship(self, vendor: type[Door], arguments: Arguments, variables: dict[str, t.Any]) -> Result:
        return self._explained(vendor, super()._ship(vendor, arguments, variables), variables)

    def _explained(self, vendor: type[Door], result: Result, variables: dict[str, t.Any]) -> Result:
        """The result, in which a failure is told in terms of the variables."""
        if not (result.get("failed") or result.get("problem")):
            return result
        own = self._task.args.get("options") or {}
        texts = {key: result[key] for key in ("msg", "problem", "reason") if result.get(key)}
        told = {key: self.vocabulary.explain(vendor, own, text, variables) for key, text in texts.items()}
        return {**result, **told}

    def _vendor(self, variables: dict[str, t.Any]) -> type[t.Any]:
        """What has the module of the vendor that the task, the host or its groups name. Raises OptionError."""
        named = self._task.args.get("vendor") or value_of(self._templar, variables, "token_vendor")
        if named is None:
            groups = [name for name in VENDORS if name in variables.get("group_names", ())]
            if len(groups) != 1:
                found = f"is in the groups {' and '.join(groups)}" if groups else "is in none of their groups"
                raise OptionError(
                    f"Which vendor is it? {host_of(variables)} {found}. Put it into exactly one of the groups"
                    f" {', '.join(VENDORS)}, or set token_vendor."
                )
            named = groups[0]
        if named not in VENDORS:
            raise OptionError(
                f"The vendor of {host_of(variables)} must be one of {', '.join(VENDORS)}. See token_vendor."
            )
        if named not in self.vocabulary.doors:
            raise OptionError(
                f"There is no module for users of {named}. The vendors whose users can be managed are"
                f" {', '.join(self.vocabulary.doors)}."
            )
        return self.vocabulary.doors[named]

    def _arguments(self, vendor: type[t.Any], variables: dict[str, t.Any]) -> Arguments:
        """The options, from the variables and the task. Raises TelephonyError."""
        unknown = sorted(set(self._task.args) - {"vendor", "options"})
        if unknown:
            raise OptionError(f"This task has no option {', '.join(unknown)}. Write it below options.")
        self.vocabulary.must_know(variables)
        # One inventory may say once for all vendors what only some of them have.
        values = {
            option: value_of(self._templar, variables, name)
            for name, option in self.vocabulary.options[vendor.name].items()
            if name in variables
        }
        own = self._task.args.get("options") or {}
        if not isinstance(own, dict):
            raise OptionError("options must be a dictionary.")
        return {name: value for name, value in {**values, **own}.items() if value is not None}


class FromUserVariables(FromVariables):
    """The API user itself: user_OPTION, for the administrator's login admin_OPTION, for the connection token_OPTION."""

    vocabulary = _OF_USERS

    def _arguments(self, vendor: type[BaseUsers], variables: dict[str, t.Any]) -> Arguments:
        arguments = super()._arguments(vendor, variables)
        name = value_of(self._templar, variables, "token_username")
        if name is not None:
            arguments.setdefault("name", name)
        if arguments.get("state") == "disabled" and "enabled" not in vendor.facts:
            raise OptionError(
                f"{vendor.vendor_class.title} has no way to disable a user. To remove it, set user_leaves=removed."
            )
        return arguments


class FromTokenVariables(FromVariables):
    """The token of an API user: token_OPTION. A password that is not given is the one that is kept of the user."""

    vocabulary = _OF_TOKENS

    def _reach(self, variables: dict[str, t.Any]) -> Result:
        result = super()._reach(variables)
        users = USERS_OF.get(self._vendor(variables).name)
        missing = (result.get("failure") or {}).get("code") == "credentials_missing"
        if users and not users.takes_password and missing:
            result["msg"] += (
                f" The API of {users.vendor_class.title} has no way to set a user's password. Have it set in the web"
                " interface."
            )
        return result

    def _arguments(self, vendor: type[BaseVendor], variables: dict[str, t.Any]) -> Arguments:
        arguments = super()._arguments(vendor, variables)
        users = USERS_OF.get(vendor.name)
        path, mode, store = (value_of(self._templar, variables, f"user_{name}") for name in ("path", "mode", "store"))
        if users is None or not users.takes_password or "password" in arguments or not (path or store):
            return arguments
        options, msg, _warnings = self._validate(vendor, arguments)
        if msg:
            # The run says what is wrong.
            return arguments
        try:
            place = store or {"type": "file", "path": path, "mode": mode}
            password = self._kept_password(users, connection(options).api_url, place, variables)
        except OptionError:
            if options["state"] == "absent":
                # A token mostly ends without it, and the user may be gone already.
                return arguments
            raise
        return {**arguments, "password": password}

    def _kept_password(
        self, users: type[BaseUsers], api_url: str, given: t.Mapping[str, t.Any], variables: dict[str, t.Any]
    ) -> str:
        """The password on record. Raises OptionError where there is none that is known to work; StoreError."""
        if not self._runs_here():
            raise OptionError(
                "The password in user_path or user_store is read by the controller alone. Use delegate_to: localhost,"
                " without become, environment and async, or give token_password.",
                code="credentials_missing",
            )
        place, record = read(
            given, Record.as_json, Controller(self._loader, self._templar, variables, Masker(), only_reads=True)
        )
        if record is None:
            raise OptionError(
                f"There is no password: {place} does not exist. Run telephony.auth.onboard, first, or give"
                " token_password.",
                code="credentials_missing",
            )
        if (record.vendor, record.api_url) != (users.module, api_url):
            raise StoreError(
                f"{place} is not the record of {users.module} for a user at {api_url}.", code="record_mismatch"
            )
        if record.token is None or record.pending:
            raise OptionError(
                f"The password in {place} is pending: nobody knows whether an interrupted run has set it. Run"
                " telephony.auth.onboard, which sets it again.",
                code="credentials_missing",
            )
        mask([record.token.value])
        return record.token.value
