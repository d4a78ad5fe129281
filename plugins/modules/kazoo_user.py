#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kazoo_user
short_description: Manage API users of Kazoo accounts (VirtualPBX Dash)
version_added: 1.0.0
description:
  - Makes, changes and deletes users of an account, with which M(telephony.auth.kazoo_user_auth) logs in. VirtualPBX offers Kazoo as Dash, others run it
    themselves.
  - The administrator may be one of the account, or of an account above, as a reseller has. See O(account_id).
  - Whether logging in takes a second factor is set for a whole account in Kazoo, in the configuration of its login (C(/accounts/ID/security)), and not
    for a user. So this module has no option for it.
  - If the password of a user is set, all tokens of this user end at once.
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
    description: First name, of at most 128 characters. A new user needs one.
    type: str
  last_name:
    description: Last name, of at most 128 characters. A new user needs one.
    type: str
  email:
    description: E-mail address. Kazoo is asked not to send anything there when the user is made, as that would hold the password.
    type: str
  priv_level:
    description:
      - What the user may do. V(admin) manages the account, V(user) does not. A new user is V(user), unless this says otherwise.
    type: str
    choices:
      - user
      - admin
  enabled:
    description:
      - Whether the user may log in. A new user may, unless this is V(false).
    type: bool
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._login_kazoo
  - telephony.auth._user
  - telephony.auth._password
  - telephony.auth._store
  - telephony.auth._guides.kazoo
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
  - Kazoo keeps O(name) in lower case. Letters a-z, digits and the characters C(@.+-_) are allowed.
  - If a request gets no clear answer, the module looks for the user by its name, and does what is missing.
seealso:
  - module: telephony.auth.kazoo_user_info
  - module: telephony.auth.kazoo_user_auth
  - name: Users
    description: What 2600Hz says about users.
    link: https://docs.2600hz.com/dev/applications/crossbar/doc/users/
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that there is an API user, with a password of its own making in a file
  telephony.auth.kazoo_user:
    username: admin@example.com
    password: "{{ vault_kazoo_admin_password }}"
    account_name: Acme Telephony
    name: reports@example.com
    first_name: Reports
    last_name: Service
    priv_level: admin
    path: /etc/telephony/reports-password.json

- name: Log in as this user, and keep the token
  telephony.auth.kazoo_user_auth:
    username: reports@example.com
    password: "{{ (lookup('ansible.builtin.file', '/etc/telephony/reports-password.json') | from_json).password }}"
    account_name: Acme Telephony
    path: /etc/telephony/reports.json

- name: The same user in the account of a tenant, by the token of the reseller
  telephony.auth.kazoo_user:
    api_key: "{{ vault_kazoo_reseller_key }}"
    descendant_realm: tenant.sip.example.com
    name: reports@example.com
    first_name: Reports
    last_name: Service
    store:
      type: vault_file
      path: group_vars/tenant/passwords.yml
      variable: reports_password

- name: Delete the user, and the file with its password
  telephony.auth.kazoo_user:
    username: admin@example.com
    password: "{{ vault_kazoo_admin_password }}"
    account_name: Acme Telephony
    name: reports@example.com
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
      sample: kazoo
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
        - V(account_blocked) - the user or the account is blocked, locked, disabled or expired.
        - V(bad_option) - an option has a value that cannot work, or does not go with another one.
        - V(bad_path) - O(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of
          the API.
        - V(bad_request) - the vendor does not accept the values in the request. RV(failure.vendor_message) names them.
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
from ansible_collections.telephony.auth.plugins.module_utils._users._kazoo import KazooUser


def main() -> None:
    run_module(KazooUser, UserRun)


if __name__ == "__main__":
    main()
