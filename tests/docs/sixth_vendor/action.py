# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of the vendor that does not exist: plugins/action/acme_token.py."""

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._vendors._acme import Acme
from ansible_collections.telephony.auth.plugins.plugin_utils._action import TokenAction


class ActionModule(TokenAction):
    vendor = Acme
