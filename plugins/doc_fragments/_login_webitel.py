# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # How an administrator of Webitel logs in, for the modules about accounts.
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the engine, with the path below which it is reached if there is one, such as V(https://cloud.webitel.com/engine).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(WEBITEL_API_URL).
    type: str
    default: https://api.webitel.com
  username:
    description:
      - The name with which the administrator logs in, such as V(100@example.com), or V(root). It needs a role that may manage accounts, such as V(admin).
      - The session of the login is ended when the module is done.
      - Falls back to the environment variable E(WEBITEL_USERNAME).
    type: str
  password:
    description:
      - The password of O(username).
      - Falls back to the environment variable E(WEBITEL_PASSWORD).
    type: str
  totp_code:
    description:
      - One-time code, if the user V(root) needs one.
      - Requires O(password).
      - Falls back to the environment variable E(WEBITEL_TOTP_CODE).
    type: str
  key:
    description:
      - The key of a session of the administrator, instead of a login, such as M(telephony.auth.webitel_login) returns. It is not ended.
      - Requires O(token).
    type: str
  token:
    description:
      - The token that belongs to O(key).
      - Requires O(key).
    type: str
notes:
  - The connection options fall back to E(WEBITEL_VALIDATE_CERTS), E(WEBITEL_CA_PATH), E(WEBITEL_CLIENT_CERT), E(WEBITEL_CLIENT_KEY),
    E(WEBITEL_PROXY), E(WEBITEL_TIMEOUT), E(WEBITEL_RETRIES) and E(WEBITEL_RETRY_TIMEOUT).
"""
