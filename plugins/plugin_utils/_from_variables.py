# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a vendor's module, from the variables of a host."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.plugin_utils._action import Arguments, BaseAction
from ansible_collections.telephony.auth.plugins.plugin_utils._variables import host_of, value_of

_PREFIX = "token_"
# Variables of the playbooks and of the role, which are no options.
_OTHERS = {"token_vendor", "token_serial", "token_result", "token_report"}
_NAMES = {name: {f"{_PREFIX}{option}" for option in vendor.spec().argument_spec} for name, vendor in VENDORS.items()}
_ALL_NAMES = {name for names in _NAMES.values() for name in names} | _OTHERS


class FromVariables(BaseAction):  # pylint: disable=abstract-method  # its two actions have _reach()
    """An action for any vendor: each variable token_OPTION of the host is an option of the vendor's module.

    The task's own options win: vendor, and a dictionary with options of the vendor's module.
    """

    def _vendor(self, variables: dict[str, t.Any]) -> type[BaseVendor]:
        """The vendor that the task, the host or its groups name. Raises OptionError."""
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
            raise OptionError(f"The vendor must be one of {', '.join(VENDORS)}.")
        return VENDORS[named]

    def _arguments(self, vendor: type[BaseVendor], variables: dict[str, t.Any]) -> Arguments:
        """The options, from the variables and the task. Raises OptionError."""
        unknown = sorted(set(self._task.args) - {"vendor", "options"})
        if unknown:
            raise OptionError(f"This task has no option {', '.join(unknown)}. Write it below options.")
        given = [name for name in variables if isinstance(name, str) and name.startswith(_PREFIX)]
        self._must_be_known([name for name in given if name not in _ALL_NAMES])
        # One inventory may say once for all vendors what only some of them have.
        values = {
            name[len(_PREFIX) :]: value_of(self._templar, variables, name)
            for name in given
            if name in _NAMES[vendor.name]
        }
        own = self._task.args.get("options") or {}
        if not isinstance(own, dict):
            raise OptionError("options must be a dictionary.")
        return {name: value for name, value in {**values, **own}.items() if value is not None}

    @staticmethod
    def _must_be_known(names: list[str]) -> None:
        if names:
            hints = (difflib.get_close_matches(name, sorted(_ALL_NAMES), 1) for name in names)
            texts = (f"{name}{f' (did you mean {hint[0]}?)' if hint else ''}" for name, hint in zip(names, hints))
            raise OptionError(f"No vendor's module has an option for the variable {', '.join(texts)}.")
