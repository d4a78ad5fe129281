#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kazoo_user_info
short_description: Tell of the users of Kazoo accounts (VirtualPBX Dash)
version_added: 1.0.0
description:
  - Reads the users of an account, or of one below, as a reseller has. See O(account_id).
  - A list of users does not tell whether they are enabled, so RV(users[].enabled) is V(null). With O(name), it is told.
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._login_kazoo
  - telephony.auth._info
  - telephony.auth._guides.kazoo
  - telephony.auth._guides.users
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  async:
    support: full
    details: []
  check_mode:
    details:
      - The module does the same in check mode. It changes nothing.
  diff_mode:
    support: N/A
    details: []
  idempotent:
    description: A second run with the same options, outside check mode, changes nothing.
    support: full
seealso:
  - module: telephony.auth.kazoo_user
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Read the users of the account
  telephony.auth.kazoo_user_info:
    username: admin@example.com
    password: "{{ vault_kazoo_admin_password }}"
    account_name: Acme Telephony
  register: found

- name: Show the administrators
  ansible.builtin.debug:
    msg: "{{ found.users | selectattr('rights', 'contains', 'admin') | map(attribute='name') }}"

- name: Read one user of a tenant
  telephony.auth.kazoo_user_info:
    api_key: "{{ vault_kazoo_reseller_key }}"
    descendant_name: Tenant
    name: reports@example.com
"""

RETURN = r"""
# The rest is the same in several modules. Edit tests/tools/returns.txt, then run: make format
failure:
  description: What went wrong, for playbooks to branch on. It holds no secret.
  type: dict
  returned: if something went wrong
  contains:
    vendor:
      description: The vendor.
      type: str
      returned: always
      sample: kazoo
    operation:
      description:
        - The request that failed - V(login) or V(issue), which is the login, or V(list).
        - V(null) if it was no request that failed.
      type: str
      returned: always
      sample: issue
    status:
      description: The HTTP status of the reply. V(null) without a complete reply.
      type: int
      returned: always
      sample: 401
    code:
      description:
        - What kind of failure it is, in a word that later versions keep. They may add words.
        - V(account_blocked) - the user or the account is blocked, locked, disabled or expired.
        - V(bad_option) - an option has a value that cannot work, or does not go with another one.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of
          the API.
        - V(bad_request) - the vendor does not accept the values in the request. RV(failure.vendor_message) names them.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(mfa_required) - the user needs a second factor, or the one that was given is wrong.
        - V(not_permitted) - the user lacks the right to do this.
        - V(proxy_refused) - the proxy refused to pass the request on, so the vendor never saw it. See O(proxy).
        - V(rate_limited) - too many requests, and waiting within O(retries) and O(retry_timeout) did not help.
        - V(redirected) - the API answered with a redirect. O(api_url) has to be the final address.
        - V(requests_missing) - the Python library Requests cannot be imported.
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(timeout) - no connection or no answer within O(timeout).
        - V(tls) - the TLS certificate of the API, or the one of this host, is not trusted.
        - V(unreachable) - the API or the O(proxy) cannot be reached.
        - V(vendor_error) - the vendor refused with a status that has no word of its own. See RV(failure.status).
      type: str
      returned: always
      sample: credentials_refused
    vendor_message:
      description: What the vendor said, at most one line, without secrets. V(null) if it said nothing.
      type: str
      returned: always
      sample: Login failed
    maybe_done:
      description:
        - Whether the vendor may have done something although no reply said so. A second run finds out and does the rest.
      type: bool
      returned: always
      sample: false
users:
  description: The users.
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: Number or key of the user at the vendor. V(null) in check mode if the user would be made.
      type: str
      returned: always
      sample: '4711'
    name:
      description: The user name, with which the user logs in.
      type: str
      returned: always
      sample: api.one@example.com
    first_name:
      description: First name. V(null) if there is none, or if the vendor knows full names only.
      type: str
      returned: always
      sample: Reports
    last_name:
      description: Last name. V(null) if there is none, or if the vendor knows full names only.
      type: str
      returned: always
      sample: Service
    full_name:
      description: First and last name in one. V(null) if there is none.
      type: str
      returned: always
      sample: Reports Service
    email:
      description:
        - E-mail address. V(null) if there is none.
      type: str
      returned: always
      sample: api.one@example.com
    enabled:
      description: Whether the user may log in. V(null) if the vendor does not tell.
      type: bool
      returned: always
      sample: true
    rights:
      description: What the user may do, in the words of the vendor.
      type: list
      elements: str
      returned: always
      sample: [USER]
    parent:
      description:
        - Always V(null) at IPCortex, Kazoo and Webitel, where users have none above.
      type: str
      returned: always
      sample: admin@example.com
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.example.com
msg:
  description: What went wrong, and if possible what to do. It holds no secret.
  type: str
  returned: failure
  sample: 'The login was refused: unknown user or wrong password. The vendor at https://pbx.example.com says: Login failed'
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserInfoRun
from ansible_collections.telephony.auth.plugins.module_utils._users._kazoo import KazooUserInfo


def main() -> None:
    run_module(KazooUserInfo, UserInfoRun)


if __name__ == "__main__":
    main()
