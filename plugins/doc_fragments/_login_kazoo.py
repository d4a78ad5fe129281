# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # How an administrator of a Kazoo account logs in, and whose users are meant, for the modules about users.
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Base URL of the API, up to and including the version. The default is that of VirtualPBX Dash. A Kazoo of your own usually has
        V(https://HOST:8443/v2).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(KAZOO_API_URL).
    type: str
    default: https://public-api.virtualpbx.com:8443/v2
  username:
    description:
      - The name with which the administrator logs in. It must have the privilege level V(admin).
      - Mutually exclusive with O(api_key).
      - Falls back to the environment variable E(KAZOO_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). The module sends only the hash of it.
      - To log in, it needs O(username) and one of O(account_name), O(account_realm) and O(phone_number).
      - Mutually exclusive with O(credentials) and O(api_key).
      - Falls back to the environment variable E(KAZOO_PASSWORD).
    type: str
  credentials:
    description:
      - The hash of user name and password, if you prefer to keep this instead of the password. See M(telephony.auth.kazoo_user_auth).
      - Mutually exclusive with O(password) and O(api_key).
      - Falls back to the environment variable E(KAZOO_CREDENTIALS).
    type: str
  hash_method:
    description: How user name and password are hashed, by MD5 or by SHA-1. (C(method) in the API.)
    type: str
    choices:
      - md5
      - sha
    default: md5
  account_name:
    description:
      - Name of the account that the administrator belongs to. Kazoo compares its letters and digits only, in any case.
      - Mutually exclusive with O(account_realm) and O(phone_number).
      - Falls back to the environment variable E(KAZOO_ACCOUNT_NAME).
    type: str
  account_realm:
    description:
      - SIP realm of the account that the administrator belongs to.
      - Mutually exclusive with O(account_name) and O(phone_number).
      - Falls back to the environment variable E(KAZOO_ACCOUNT_REALM).
    type: str
  phone_number:
    description:
      - A telephone number of the account that the administrator belongs to.
      - Mutually exclusive with O(account_name) and O(account_realm).
      - Falls back to the environment variable E(KAZOO_PHONE_NUMBER).
    type: str
  api_key:
    description:
      - The API key of the account, 64 letters and digits, instead of the login of an administrator.
      - Mutually exclusive with O(username), O(password) and O(credentials).
      - Falls back to the environment variable E(KAZOO_API_KEY).
    type: str
  auth_token:
    description:
      - A token of the administrator or of the account, instead of a login, such as M(telephony.auth.kazoo_user_auth) returns.
    type: str
  account_id:
    description:
      - The account that the users belong to, by its ID of 32 hexadecimal digits. It is the account of the administrator, or one below, as a reseller has.
      - Without it, and without O(descendant_name) and O(descendant_realm), it is the account of the administrator.
      - Mutually exclusive with O(descendant_name) and O(descendant_realm).
    type: str
  descendant_name:
    description:
      - The account that the users belong to, by its name, if it is below the account of the administrator. Letters and digits are compared, in any case.
      - Mutually exclusive with O(account_id) and O(descendant_realm).
    type: str
  descendant_realm:
    description:
      - The account that the users belong to, by its SIP realm, if it is below the account of the administrator.
      - Mutually exclusive with O(account_id) and O(descendant_name).
    type: str
notes:
  - The connection options fall back to E(KAZOO_VALIDATE_CERTS), E(KAZOO_CA_PATH), E(KAZOO_CLIENT_CERT), E(KAZOO_CLIENT_KEY),
    E(KAZOO_PROXY), E(KAZOO_TIMEOUT), E(KAZOO_RETRIES) and E(KAZOO_RETRY_TIMEOUT).
"""
