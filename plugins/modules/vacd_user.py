#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vacd_user
short_description: Manage API users of RingCX (legacy)
version_added: 1.0.0
description:
  - Makes, changes and deletes users of RingCX with legacy credentials (the hosts V(portal.vacd.biz) and V(portal.virtualacd.biz)).
    An API user is a user that only holds API tokens, with no more rights than its service needs. See M(telephony.auth.vacd_api_token).
  - Each user is below another one, as in a tree. An administrator sees and manages the users below.
  - The API has no way to give a user a password, neither for a new one nor later. The vendor does not describe how a new user gets the first
    one. So a token can be made for it only after somebody has set a password, which may need the web interface.
  - There is no field for an e-mail address, as the user name is one.
  - RingCX publishes requests that list and make users for these hosts. Those that change and delete a user are published for current RingCX
    only, with the same paths. This module expects them to be the same here. If they are not, it fails and tells what the server says.
options:
  state:
    description:
      - V(present) makes sure that the user exists and is as the options say. What an option does not name stays as it is.
      - V(disabled) makes sure that the user may not log in, and changes nothing else. It is no failure if there is no such user, and none is made.
      - V(absent) deletes the user. It is no failure if there is none.
    type: str
    choices:
      - present
      - disabled
      - absent
    default: present
  first_name:
    description: First name. (C(firstName) in the API.)
    type: str
  last_name:
    description: Last name. (C(lastName) in the API.)
    type: str
  enabled:
    description:
      - Whether the user may log in. A new user may, unless this is V(false).
    type: bool
  rights:
    description:
      - All rights that the user is to have. Others are taken away. (C(roles) in the API.)
      - The vendor names V(SUPER_USER), V(USER), V(MANAGE_USERS), V(MANAGE_RIGHTS), V(ACCESS_SIBLINGS), V(ACCESS_AUDIT_LOG), V(ASSUME_USERS),
        V(REPORT_ADMINISTRATIVE_USER), V(WFO_ACCESS), V(ACCESS_GOODDATA_EDITOR), V(ACCESS_GOODDATA_ANALYST), V(ACCESS_GOODDATA_VIEWER) and V(NO_ACCESS).
      - V(USER) may be left out. Each user has it.
    type: list
    elements: str
  parent:
    description:
      - User name of the user that is to be above. The administrator must see it.
      - Without it, the vendor decides where a new user is put.
      - It counts for a new user only. If an existing one is below another user, the module fails.
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._login_vacd
  - telephony.auth._user
  - telephony.auth._guides.ringcx
  - telephony.auth._guides.users
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  async:
    support: full
    details: []
  check_mode:
    details:
      - No request that makes, changes or deletes a user is sent. The module logs in and reads the list of users.
  diff_mode:
    details: []
  idempotent:
    description: A second run with the same options, outside check mode, changes nothing.
    support: full
notes:
  - A user with others below is not deleted. The module fails and names them. It never asks the vendor to delete more than one user.
  - If a request gets no clear answer, the module looks for the user by its name, and does what is missing.
seealso:
  - module: telephony.auth.vacd_user_info
  - module: telephony.auth.vacd_api_token
  - name: Admin User and Permission APIs
    description: What the vendor says about users and rights.
    link: https://developers.ringcentral.com/engage/voice/guide/users/admin-users-and-permissions
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that there is an API user who may manage users
  telephony.auth.vacd_user:
    username: admin@example.com
    password: "{{ vault_vacd_admin_password }}"
    name: api.reports@example.com
    first_name: Reports
    last_name: Service
    rights: [MANAGE_USERS]
    parent: admin@example.com

- name: Lock an API user out
  telephony.auth.vacd_user:
    auth_token: "{{ vault_vacd_admin_token }}"
    name: api.reports@example.com
    enabled: false

- name: Delete an API user, or tell in check mode whether there is one
  telephony.auth.vacd_user:
    auth_token: "{{ vault_vacd_admin_token }}"
    name: api.reports@example.com
    state: absent
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
      sample: vacd
    operation:
      description:
        - The request that failed - V(login) or V(issue), which is the login, V(list), V(create), V(update) or V(delete).
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
        - V(bad_option) - an option has a value that cannot work, or does not go with another one.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of
          the API.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(has_children) - the user to be deleted has users below, which are never deleted along.
        - V(internal_error) - a mistake in this collection. Please report it.
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
changed:
  description:
    - Whether the user was made, changed or deleted, its password was set, or a record was written or removed.
    - In check mode, whether that would have been.
  type: bool
  returned: success
  sample: true
state:
  description: The state that was asked for.
  type: str
  returned: success
  sample: present
reason:
  description: What was done and why, in one line. For people. Later versions may word it differently.
  type: str
  returned: success
  sample: there was no such user
user:
  description: The user as it is now, or in check mode as it would be. V(null) if there is none.
  type: dict
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
        - At RingCX always V(null), as the user name is one.
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
        - User name of the user above. V(null) at the top, or if the administrator does not see it.
      type: str
      returned: always
      sample: admin@example.com
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.example.com
diff:
  description: The user before and after the run, without secrets. Ansible shows it in diff mode.
  type: dict
  returned: success
  contains:
    before:
      description: V(state), and what RV(user) names, as it was before.
      type: dict
      returned: success
    after:
      description:
        - The same as it is now, or in check mode as it would be.
      type: dict
      returned: success
msg:
  description:
    - What went wrong, and if possible what to do. It holds no secret.
    - In C(rescue), RV(failure) is C(ansible_failed_result.failure). It is missing if Ansible itself refuses the options, for example because a
      required one is missing.
  type: str
  returned: failure
  sample: 'The login was refused: unknown user or wrong password. The vendor at https://pbx.example.com says: Login failed'
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserRun
from ansible_collections.telephony.auth.plugins.module_utils._users._vacd import VacdUser


def main() -> None:
    run_module(VacdUser, UserRun)


if __name__ == "__main__":
    main()
