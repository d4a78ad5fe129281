# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # How an administrator of RingCX (legacy) logs in, for the modules about users.
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Base URL of the API, without C(/v1). The other host is V(https://portal.virtualacd.biz/api).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(VACD_API_URL).
    type: str
    default: https://portal.vacd.biz/api
  username:
    description:
      - The e-mail address with which the administrator logs in. It needs the right C(MANAGE_USERS) or C(SUPER_USER).
      - Falls back to the environment variable E(VACD_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). It may contain any characters.
      - Falls back to the environment variable E(VACD_PASSWORD).
    type: str
  auth_token:
    description:
      - A token of the administrator, instead of O(username) and O(password). It is an auth token or an API token.
      - Falls back to the environment variable E(VACD_AUTH_TOKEN).
    type: str
notes:
  - The list of users must not be larger than 1 MiB, which is enough for more than a thousand.
  - The connection options fall back to E(VACD_VALIDATE_CERTS), E(VACD_CA_PATH), E(VACD_CLIENT_CERT), E(VACD_CLIENT_KEY),
    E(VACD_PROXY), E(VACD_TIMEOUT), E(VACD_RETRIES) and E(VACD_RETRY_TIMEOUT).
"""
