# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import WebitelDomainToken
from ansible_collections.telephony.auth.plugins.plugin_utils._action import TokenAction


class ActionModule(TokenAction):
    vendor = WebitelDomainToken
