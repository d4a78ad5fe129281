#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipcortex_user
short_description: Manage API users of an IPCortex PBX
version_added: 1.0.0
description:
  - Makes, changes and deletes users of a PBX, with which M(telephony.auth.ipcortex_token) logs in.
  - The administrator needs the permission System-Admin or Company-Admin.
  - API keys are not made by this module. That takes the web interface.
  - The API has no known way to disable a user.
options:
  full_name:
    description: The real name of the user. A new user needs one. (C(name) in the API.)
    type: str
  email:
    description: E-mail address.
    type: str
  role:
    description:
      - The role of the user, by its short name in small letters. It says what the user may do. (C(roleid) in the API.)
      - Without it, a new user gets the role for users.
    type: str
  company:
    description:
      - The company that a new user belongs to, by its ID. Without it, that is the default one.
      - If an existing user belongs to another one, the module fails.
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._login_ipcortex
  - telephony.auth._user
  - telephony.auth._password
  - telephony.auth._store
  - telephony.auth._guides.ipcortex
  - telephony.auth._guides.users
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  async:
    details:
      - Not with O(return_password=true), since Ansible would keep the password in a file and show it. It fails at once.
  check_mode:
    details:
      - No request that makes, changes or deletes a user is sent. The module logs in and reads the users.
  diff_mode:
    details:
      - Passwords do not appear.
  idempotent:
    description: A second run with the same options, outside check mode, changes nothing.
    support: full
    details:
      - Except with O(update_password=always), which sets a password in each run.
notes:
  - If a request gets no clear answer, the module looks for the user by its name, and does what is missing.
seealso:
  - module: telephony.auth.ipcortex_user_info
  - module: telephony.auth.ipcortex_token
  - name: User
    description: What the vendor says about users.
    link: https://developer.ipcortex.co.uk/ref/rest/user
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that there is an API user, with a password of its own making in a file
  telephony.auth.ipcortex_user:
    api_url: https://pbx.example.com
    key: "{{ vault_pbx_admin_key }}"
    name: reports
    full_name: Reports Service
    path: /etc/telephony/reports-password.json

- name: Set another password, and keep it
  telephony.auth.ipcortex_user:
    api_url: https://pbx.example.com
    key: "{{ vault_pbx_admin_key }}"
    name: reports
    update_password: always
    path: /etc/telephony/reports-password.json

- name: Delete the user, and the file with its password
  telephony.auth.ipcortex_user:
    api_url: https://pbx.example.com
    username: admin
    password: "{{ vault_pbx_admin_password }}"
    name: reports
    path: /etc/telephony/reports-password.json
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
      sample: ipcortex
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
        - V(bad_path) - O(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of
          the API.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - O(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(locked) - another run was at work on the record for longer than O(retry_timeout).
        - V(newer_record) - the record was written by a newer version of this collection.
        - V(no_password) - Ansible has no vault password to encrypt the file of O(store) with.
        - V(not_a_record) - O(path) or O(store) holds something else than a record of this collection.
        - V(not_permitted) - the user lacks the right to do this.
        - V(proxy_refused) - the proxy refused to pass the request on, so the vendor never saw it. See O(proxy).
        - V(rate_limited) - too many requests, and waiting within O(retries) and O(retry_timeout) did not help.
        - V(record_exposed) - the file has more permissions than O(mode).
        - V(record_mismatch) - the record belongs to another vendor, user or O(api_url), or holds another token than the task names.
        - V(redirected) - the API answered with a redirect. O(api_url) has to be the final address.
        - V(requests_missing) - the Python library Requests cannot be imported.
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(store_unreachable) - HashiCorp Vault is down, sealed, or refuses the request.
        - V(store_unwritable) - the record cannot be written or removed.
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
password:
  description: The password of the user, as far as it is known - one that was given or generated in this run, or is on record. Secret.
  type: str
  returned: O(return_password=true), success, outside of check mode
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
        - C(password) is there if it was set, and says no more than that.
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
from ansible_collections.telephony.auth.plugins.module_utils._users._ipcortex import IpcortexUser


def main() -> None:
    run_module(IpcortexUser, UserRun)


if __name__ == "__main__":
    main()
