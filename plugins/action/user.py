# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserRun
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import FromUserVariables


class ActionModule(FromUserVariables):
    """Bring an API user to the wanted state, as its variables describe it."""

    start = UserRun
    returns_secrets = "return_password"
