#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webitel_account
short_description: Manage accounts of Webitel
version_added: 1.0.0
description:
  - Makes, changes and deletes accounts of a domain of a Webitel engine of generation 3, with which M(telephony.auth.webitel_login) logs in.
  - An administrator of a domain manages the accounts of this domain. The user V(root) manages those of all domains.
  - If the password or the role of an account is set, the engine ends all logins of this account.
  - The engine has no known way to disable an account, and no field for an e-mail address.
options:
  role:
    description:
      - The role of the account, such as V(user) or V(admin). It says what the account may do. A new account needs one.
    type: str
  full_name:
    description:
      - The name that is shown to others. (C(effective_caller_id_name) in the API.)
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._login_webitel
  - telephony.auth._user
  - telephony.auth._password
  - telephony.auth._store
  - telephony.auth._guides.webitel
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
  - O(name) is the whole name of the login, such as V(100@example.com). The part before the C(@) is the extension of a new account, too.
  - The engine hands values on in a command line of its own. So the module refuses characters that could mean something there, also in a password.
  - If a request gets no clear answer, the module looks for the account by its name, and does what is missing.
seealso:
  - module: telephony.auth.webitel_account_info
  - module: telephony.auth.webitel_login
  - name: Accounts
    description: What the vendor says about accounts.
    link: https://github.com/webitel/docs-en/blob/master/source/restful-http-api-accounts.rst
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that there is an account, with a password of its own making in a file
  telephony.auth.webitel_account:
    username: 100@example.com
    password: "{{ vault_webitel_admin_password }}"
    name: 900@example.com
    role: user
    full_name: Reports
    path: /etc/telephony/reports-password.json

- name: Log in with it, and keep the session
  telephony.auth.webitel_login:
    username: 900@example.com
    password: "{{ (lookup('ansible.builtin.file', '/etc/telephony/reports-password.json') | from_json).password }}"
    path: /etc/telephony/reports.json

- name: Delete the account, and the file with its password
  telephony.auth.webitel_account:
    username: 100@example.com
    password: "{{ vault_webitel_admin_password }}"
    name: 900@example.com
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
      sample: webitel
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
        - V(mfa_required) - the user needs a second factor, or the one that was given is wrong.
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
from ansible_collections.telephony.auth.plugins.module_utils._users._webitel import WebitelAccount


def main() -> None:
    run_module(WebitelAccount, UserRun)


if __name__ == "__main__":
    main()
