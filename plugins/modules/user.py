#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: user
short_description: Manage an API user at any vendor, with options from the variables of the host
version_added: 1.0.0
description:
  - Does the same as the module of the vendor that manages users. Each host of the inventory is one API user, and its variables are the options.
  - How the API is reached is said once, for the user and its token. So the options for that, such as C(api_url), C(ca_path), C(proxy) and
    C(timeout), are the variables that M(telephony.auth.token) takes, C(token_api_url) and so on.
  - The login of the administrator who does the work is in variables that are named C(admin_) and then an option of the vendor's module, such as
    C(admin_username), C(admin_password) or C(admin_auth_token).
  - Each other option is the variable C(user_) with its name, such as C(user_first_name), C(user_role) or C(user_path). C(user_password) is the
    option of this name. Without C(user_name), the user is the one that C(token_username) of the host names.
  - A variable C(user_) or C(admin_) that is an option of no vendor's module is an error. The message suggests the nearest name, so that typing
    errors are found.
  - Where C(user_path) or C(user_store) keep the password, M(telephony.auth.token) logs in with it, so nobody has to hand it over.
  - The playbooks C(telephony.auth.onboard) and C(telephony.auth.offboard), and the role P(telephony.auth.user#role), use this module.
options:
  vendor:
    description:
      - The vendor, whose module says which options there are - V(ipcortex) for M(telephony.auth.ipcortex_user), V(kazoo) for
        M(telephony.auth.kazoo_user), V(vacd) for M(telephony.auth.vacd_user), V(webitel) for M(telephony.auth.webitel_account).
      - Without it, the variable C(token_vendor) of the host, else the group of the inventory that has the name of a vendor and that the host
        is in. If the host is in several such groups, or in none, or if no module manages the users of the vendor, the module fails.
    type: str
  options:
    description:
      - Options of the vendor's module. They take precedence over the variables of the host.
    type: dict
extends_documentation_fragment:
  - telephony.auth._guides.users
  - telephony.auth._attributes
attributes:
  action:
    details:
      - This needs a local connection, no C(become), no C(environment) and no C(async), and Requests must be importable by the Python that
        runs Ansible. Otherwise the vendor's module is sent to the host and started there.
  async:
    details:
      - Not with C(return_password=true), since Ansible would keep the password in a file and show it. It fails at once.
  check_mode:
    details:
      - No request that makes, changes or deletes a user is sent. The vendor's module logs in and reads the users.
  diff_mode:
    details:
      - Passwords do not appear.
  idempotent:
    description: A second run with the same options, outside check mode, changes nothing.
    support: full
    details:
      - Except with C(update_password=always), which sets a password in each run.
notes:
  - C(state=disabled) fails at once where the vendor has no way to disable a user. Those of RingCX and Kazoo can be disabled.
seealso:
  - module: telephony.auth.token
  - module: telephony.auth.ipcortex_user
  - module: telephony.auth.kazoo_user
  - module: telephony.auth.vacd_user
  - module: telephony.auth.webitel_account
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that each API user in the inventory exists
  telephony.auth.user:
  # With these variables of a host in the group kazoo:
  #   token_username: reports@example.com
  #   token_account_name: Acme Telephony, Inc.
  #   admin_username: admin@example.com
  #   admin_password: "{{ vault_kazoo_admin_password }}"
  #   admin_account_name: Acme Telephony, Inc.
  #   user_first_name: Reports
  #   user_last_name: Service
  #   user_store:
  #     type: vault_file
  #     path: passwords/reports.yml

- name: Make sure that each one has a token, for which it logs in with the password that is kept there
  telephony.auth.token:

- name: Let the user log in no more
  telephony.auth.user:
    options:
      state: disabled

- name: Delete the user, and the record of its password
  telephony.auth.user:
    options:
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
        - V(bad_path) - C(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often C(api_url) is not the address of
          the API.
        - V(bad_request) - the vendor does not accept the values in the request. RV(failure.vendor_message) names them.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - C(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(has_children) - the user to be deleted has users below, which are never deleted along.
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(locked) - another run was at work on the record for longer than C(retry_timeout).
        - V(mfa_required) - the user needs a second factor, or the one that was given is wrong.
        - V(newer_record) - the record was written by a newer version of this collection.
        - V(no_password) - Ansible has no vault password to encrypt the file of C(store) with.
        - V(not_a_record) - C(path) or C(store) holds something else than a record of this collection.
        - V(not_permitted) - the user lacks the right to do this.
        - V(proxy_refused) - the proxy refused to pass the request on, so the vendor never saw it. See C(proxy).
        - V(rate_limited) - too many requests, and waiting within C(retries) and C(retry_timeout) did not help.
        - V(record_exposed) - the file has more permissions than C(mode).
        - V(record_mismatch) - the record belongs to another vendor, user or C(api_url), or holds another token than the task names.
        - V(redirected) - the API answered with a redirect. C(api_url) has to be the final address.
        - V(requests_missing) - the Python library Requests cannot be imported.
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(store_unreachable) - HashiCorp Vault is down, sealed, or refuses the request.
        - V(store_unwritable) - the record cannot be written or removed.
        - V(timeout) - no connection or no answer within C(timeout).
        - V(tls) - the TLS certificate of the API, or the one of this host, is not trusted.
        - V(unreachable) - the API or the C(proxy) cannot be reached.
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
        - Always V(null) at IPCortex, Kazoo and Webitel, where users have none above.
      type: str
      returned: always
      sample: admin@example.com
api_url:
  description: The address of the API, as C(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.example.com
password:
  description: The password of the user, as far as it is known - one that was given or generated in this run, or is on record. Secret.
  type: str
  returned: C(return_password=true), success, outside of check mode
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
