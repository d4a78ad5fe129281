# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendors, one row each. What is said or made for each vendor elsewhere takes from here or is checked against it."""

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers
from ansible_collections.telephony.auth.plugins.module_utils._users._ipcortex import IpcortexUser, IpcortexUserInfo
from ansible_collections.telephony.auth.plugins.module_utils._users._kazoo import KazooUser, KazooUserInfo
from ansible_collections.telephony.auth.plugins.module_utils._users._vacd import VacdUser, VacdUserInfo
from ansible_collections.telephony.auth.plugins.module_utils._users._webitel import WebitelAccount, WebitelAccountInfo
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._dialer import Dialer
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo_api_key import KazooApiKey
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd_login import VacdLogin
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import (
    WebitelDomainToken,
)

VENDORS: dict[str, type[BaseVendor]] = {
    vendor.name: vendor
    for vendor in (
        Vacd,
        VacdLogin,
        RingcxSession,
        Kazoo,
        KazooApiKey,
        Webitel,
        WebitelDomainToken,
        Ipcortex,
        Dialer,
    )
}

USERS: dict[str, type[BaseUsers]] = {
    users.module: users
    for users in (
        VacdUser,
        VacdUserInfo,
        KazooUser,
        KazooUserInfo,
        IpcortexUser,
        IpcortexUserInfo,
        WebitelAccount,
        WebitelAccountInfo,
    )
}
