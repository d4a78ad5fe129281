# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import FromVariables


class ActionModule(FromVariables):
    """Bring the token of an API user to the wanted state, as its variables describe it."""

    def _reach(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        vendor = self._vendor(variables)
        arguments = self._arguments(vendor, variables)
        return (self._run_here if self._runs_here() else self._ship)(vendor, arguments, variables)
