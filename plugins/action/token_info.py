# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._inspect import inspect, trouble
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import FromTokenVariables
from ansible_collections.telephony.auth.plugins.plugin_utils._variables import host_of


class ActionModule(FromTokenVariables):
    """Tell what there is: the record, whether the vendor accepts its token, what else it lists, what is to be done."""

    def _reach(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        name = host_of(variables)
        if not self._runs_here():
            raise OptionError(
                "token_info runs on the controller. Use delegate_to: localhost, without become, environment and async."
            )
        try:
            vendor = self._vendor(variables)
            found = self._run_here(vendor, self._arguments(vendor, variables), variables)
            if found.get("failed"):
                found = trouble(OptionError(found["msg"]), vendor.name)
        except TelephonyError as failure:
            found = trouble(failure)
        return {**found, "name": name, "msg": found["reason"]}

    def _work(self, vendor: type[BaseVendor], options: dict[str, t.Any], open_here: t.Any) -> t.Any:
        return inspect(vendor, options, open_here)
