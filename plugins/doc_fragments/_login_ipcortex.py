# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # How an administrator of an IPCortex PBX logs in, for the modules about users.
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the PBX, for example V(https://pbx.example.com).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(IPCORTEX_API_URL).
    type: str
    required: true
  username:
    description:
      - The name with which the administrator logs in. It needs the permission System-Admin or Company-Admin.
      - The session of the login is ended when the module is done.
      - Falls back to the environment variable E(IPCORTEX_USERNAME).
    type: str
  password:
    description:
      - The password of O(username).
      - Mutually exclusive with O(key).
      - Falls back to the environment variable E(IPCORTEX_PASSWORD).
    type: str
  key:
    description:
      - An API key of the administrator, made in the web interface, instead of a login.
      - Mutually exclusive with O(password) and O(session).
      - Falls back to the environment variable E(IPCORTEX_KEY).
    type: str
  session:
    description:
      - A session of the administrator, instead of a login, such as M(telephony.auth.ipcortex_token) returns. It is not ended.
      - Mutually exclusive with O(key).
    type: str
notes:
  - The vendor's documentation of how users are read, changed and deleted is not fully known to the authors. The module uses the general form of requests,
    and selects a user by C(uname). It reads the user in this way before it changes something, and fails if the PBX answers with other users.
  - The connection options fall back to E(IPCORTEX_VALIDATE_CERTS), E(IPCORTEX_CA_PATH), E(IPCORTEX_CLIENT_CERT), E(IPCORTEX_CLIENT_KEY),
    E(IPCORTEX_PROXY), E(IPCORTEX_TIMEOUT), E(IPCORTEX_RETRIES) and E(IPCORTEX_RETRY_TIMEOUT).
"""
