#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kazoo_user_auth
short_description: Manage API tokens of Kazoo users and accounts (VirtualPBX Dash)
version_added: 1.0.0
description:
  - Kazoo is the telephone platform of 2600Hz. VirtualPBX offers it as Dash, others run it themselves. Its API is called with a
    JSON Web Token in the HTTP header C(X-Auth-Token). This module makes sure that there is one which works.
  - Kazoo makes a token for a hash of user name and password, together with an account name, realm or telephone number that says which account the
    user belongs to. Such a token has the rights of the user. Or it makes one for the API key of an account. That token acts for the account,
    with the rights of an administrator.
  - A token expires, usually one hour after it was made, whether it is used or not. The time is in the token, and is returned as
    RV(expires_at). A playbook that runs for longer should check the token again in between. There may be any number of tokens at
    the same time, and Kazoo has no list of them.
  - VirtualPBX's page says something else, that a token ends when it has not been used for some time. That was so with Kazoo 3, which kept tokens in a
    database. Since Kazoo 4, a token is signed, and the time of its end (C(exp)) is part of what is signed, so that use cannot move it. Kazoo 4.3 names
    the same time after other requests as before them, one hour after the login. Whatever a server does, its token tells - the module goes by
    C(exp), and asks Kazoo if the token still works.
  - To check a token, the module makes one request with it.
  - Kazoo cannot end a single token. With O(state=absent), the module requests it nevertheless, asks whether the token still
    works, and then removes the record. If the token still works, the module returns RV(revoked=false) and warns until when.
    With O(revoke=user), all tokens of the user are ended instead.
  - A token that was replaced is not ended. It expires.
  - If the reply to a login is lost, there may be a token that no record names. It expires like any other.
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
      - The name with which the user logs in, usually an e-mail address. Kazoo knows it in lower case, and that is how the module uses it.
      - With O(credentials) it is not needed to log in, and is only used for RV(identity).
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
      - The hash of user name and password, if you prefer to keep this instead of the password. It is the hash of the user name in lower case,
        a colon and the password, by the method that O(hash_method) says, in hexadecimal digits.
      - The hash is enough to log in, so keep it as secret as the password.
      - Requires one of O(account_name), O(account_realm) and O(phone_number) to log in.
      - Mutually exclusive with O(password) and O(api_key).
      - Falls back to the environment variable E(KAZOO_CREDENTIALS).
    type: str
  hash_method:
    description:
      - How user name and password are hashed, by MD5 or by SHA-1. (C(method) in the API.)
      - Users who were imported from elsewhere may be able to log in with V(md5) only.
    type: str
    choices:
      - md5
      - sha
    default: md5
  account_name:
    description:
      - Name of the account that the user belongs to. Kazoo compares its letters and digits only, in any case.
      - Mutually exclusive with O(account_realm) and O(phone_number). A record belongs to the account as it was named when it was
        made, so do not change from one of the three options to another.
      - Falls back to the environment variable E(KAZOO_ACCOUNT_NAME).
    type: str
  account_realm:
    description:
      - SIP realm of the account that the user belongs to, for example V(acme.sip.example.com).
      - Mutually exclusive with O(account_name) and O(phone_number).
      - Falls back to the environment variable E(KAZOO_ACCOUNT_REALM).
    type: str
  phone_number:
    description:
      - A telephone number of the account that the user belongs to, in the form V('+15551230001').
      - Mutually exclusive with O(account_name) and O(account_realm).
      - Falls back to the environment variable E(KAZOO_PHONE_NUMBER).
    type: str
  api_key:
    description:
      - The API key of an account, to make tokens of the account instead of a user. It has 64 characters. Administrators of the
        account find it in the settings of the account.
      - Give one of O(account_name), O(account_realm) and O(phone_number) beside it if the key is ever replaced. It is not sent. The
        record then belongs to this account, else to this key, and a task with another key refuses it.
      - Mutually exclusive with O(username), O(password) and O(credentials).
      - Falls back to the environment variable E(KAZOO_API_KEY).
    type: str
  auth_token:
    description:
      - The token to manage, if it was made elsewhere.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
    type: str
  revoke:
    description:
      - What O(state=absent) ends.
      - V(token) is for the known token only, which Kazoo accepts until it expires.
      - V(user) changes the secret that signs the tokens of the user, so that all of them end at once, also those of people and
        programs that log in as this user. For a token that was made with O(api_key), it ends all such tokens of the account.
    type: str
    choices:
      - token
      - user
    default: token
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.kazoo
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  idempotent:
    support: partial
    details:
      - Without O(path), O(store), O(record) and O(auth_token) no token is known, so that each run with O(state=present) makes one. With
        O(renew=always) it always does.
      - With O(state=absent), a token that Kazoo does not end is no change, unless there was a record to remove.
notes:
  - The connection options fall back to E(KAZOO_VALIDATE_CERTS), E(KAZOO_CA_PATH), E(KAZOO_CLIENT_CERT), E(KAZOO_CLIENT_KEY),
    E(KAZOO_PROXY), E(KAZOO_TIMEOUT), E(KAZOO_RETRIES) and E(KAZOO_RETRY_TIMEOUT).
  - Users who need a second factor cannot log in unattended. Use another user for the API, or O(api_key).
seealso:
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
  - name: User authentication
    description: What 2600Hz says about these tokens.
    link: https://docs.2600hz.com/developers/rest/authentication/user-authentication
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that the user has a token that works for ten more minutes, and keep it in a file
  telephony.auth.kazoo_user_auth:
    username: john@example.com
    password: "{{ vault_kazoo_password }}"
    account_name: Acme Telephony, Inc.
    path: /etc/telephony/kazoo.json
    renew_before: 10m

- name: The same for the account itself, by its API key
  telephony.auth.kazoo_user_auth:
    api_key: "{{ vault_kazoo_api_key }}"
    path: /etc/telephony/kazoo-account.json

- name: The same with a hash instead of the password
  telephony.auth.kazoo_user_auth:
    credentials: "{{ ('john@example.com:' ~ vault_kazoo_password) | ansible.builtin.hash('md5') }}"
    account_realm: acme.sip.example.com
    path: /etc/telephony/kazoo-hash.json

- name: The same for several users; neither result nor item holds a secret
  telephony.auth.kazoo_user_auth:
    username: "{{ item.username }}"
    password: "{{ vault_kazoo_passwords[item.username] }}"
    phone_number: "{{ item.phone_number }}"
    path: "/etc/telephony/kazoo-{{ item.username }}.json"
  loop:
    - username: john@example.com
      phone_number: '+15551230001'
    - username: ann@example.com
      phone_number: '+15551230002'
  loop_control:
    label: "{{ item.username }}"

- name: Log in, use the token, and end all tokens of the user
  block:
    - name: Log in
      telephony.auth.kazoo_user_auth:
        username: john@example.com
        password: "{{ vault_kazoo_password }}"
        account_name: Acme Telephony, Inc.
      register: kazoo

    - name: Ask for the account
      ansible.builtin.uri:
        url: "{{ kazoo.api_url }}/accounts/{{ kazoo.details.account_id }}"
        headers: "{{ kazoo.headers }}"
      no_log: true
  always:
    - name: End all tokens of the user
      telephony.auth.kazoo_user_auth:
        state: absent
        record: "{{ kazoo.record }}"
        revoke: user
      when: kazoo.record is defined

- name: The same, in a KV secret of HashiCorp Vault; the address and the login come from VAULT_ADDR and the like
  telephony.auth.kazoo_user_auth:
    username: john@example.com
    password: "{{ vault_kazoo_password }}"
    account_name: Acme Telephony, Inc.
    store:
      type: hashi_vault
      path: telephony/john
  delegate_to: localhost

- name: Only check a token, and fail if it does not work
  telephony.auth.kazoo_user_auth:
    auth_token: "{{ vault_kazoo_token }}"
    renew: never
    return_token: false

- name: Forget the token in the file; Kazoo accepts it until it expires
  telephony.auth.kazoo_user_auth:
    state: absent
    path: /etc/telephony/kazoo-account.json

- name: Set the account and a timeout for several tasks
  module_defaults:
    group/telephony.auth.all:
      account_name: Acme Telephony, Inc.
      timeout: 10
  block:
    - name: Make sure that the user has a token that works
      telephony.auth.kazoo_user_auth:
        username: john@example.com
        password: "{{ vault_kazoo_password }}"
        path: /etc/telephony/kazoo.json
"""

RETURN = r"""
expires_at:
  description: When the token ends by itself, in UTC. V(null) if the token does not say.
  type: str
  returned: success
  sample: '2026-11-22T10:30:00Z'
identity:
  description:
    - Whose token it is. Account and user as the task names them, joined by a slash. If it does not name them, the number of the account and
      that of the user, as the token says.
  type: str
  returned: success
  sample: acmetelephonyinc/john@example.com
revoked:
  description:
    - Whether the token is known to have ended, now or before. V(false) if Kazoo still accepts it, see O(revoke).
    - In check mode, what is to be expected.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: false
token:
  description: The token. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Auth-Token: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
details:
  description:
    - What Kazoo and the token say about the user and the account.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    account_id:
      description: Number of the account, which most calls of the API need in their path.
      type: str
      returned: if known
      sample: a0c0ffee00000000000000000000ac3e
    owner_id:
      description: Number of the user. Tokens of an account have none.
      type: str
      returned: if known
      sample: 00c0ffee000000000000000000000001
    account_name:
      description: Name of the account.
      type: str
      returned: if known
      sample: Acme Telephony, Inc.
    reseller_id:
      description: Number of the account of the reseller.
      type: str
      returned: if known
      sample: '00000000000000000000000000000000'
    is_reseller:
      description: Whether the account is that of a reseller.
      type: bool
      returned: if known
      sample: false
    is_master_account:
      description: Whether the account is the topmost one.
      type: bool
      returned: if known
      sample: false
    language:
      description: Language of the user or the account.
      type: str
      returned: if known
      sample: en-US
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
        - The request that failed, V(issue), V(check) or V(revoke). Where a list of tokens is read also V(login) and V(list), and V(adjust)
          where a token is enabled or disabled.
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
        - V(identity_unknown) - the credentials do not tell whose token it is, and a record has to. Set O(username).
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(issued_token_refused) - the vendor made a token and then did not accept it.
        - V(locked) - another run was at work on the record for longer than O(retry_timeout).
        - V(mfa_required) - the user needs a second factor, or the one that was given is wrong.
        - V(newer_record) - the record was written by a newer version of this collection.
        - V(no_password) - Ansible has no vault password to encrypt the file of O(store) with.
        - V(not_a_record) - O(path), O(store) or O(record) holds something else than a token record.
        - V(not_permitted) - the user lacks the right to do this.
        - V(proxy_refused) - the proxy refused to pass the request on, so the vendor never saw it. See O(proxy).
        - V(rate_limited) - too many requests, and waiting within O(retries) and O(retry_timeout) did not help.
        - V(record_exposed) - the file has more permissions than O(mode).
        - V(record_mismatch) - the record belongs to another vendor, user or O(api_url), or holds another token than the task names.
        - V(redirected) - the API answered with a redirect. O(api_url) has to be the final address.
        - V(renewal_needed) - a new token is needed, but O(renew=never).
        - V(requests_missing) - the Python library Requests cannot be imported.
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(store_unreachable) - HashiCorp Vault is down, sealed, or refuses the request.
        - V(store_unwritable) - the record cannot be written or removed.
        - V(timeout) - no connection or no answer within O(timeout).
        - V(tls) - the TLS certificate of the API, or the one of this host, is not trusted.
        - V(too_many_tokens) - too many replaced tokens still have to be ended, or too many requests for a token got no clear answer. See the message.
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
        - Whether the vendor may have made or ended a token although no reply said so. The message says what may be left behind.
      type: bool
      returned: always
      sample: false
changed:
  description:
    - Whether a token was made or ended, a record was written or removed, or mode or owner of the file that keeps it was corrected.
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
  description: Why a token was made, kept or ended, in one line. For people. Later versions may word it differently.
  type: str
  returned: success
  sample: the vendor accepts the token
fingerprint:
  description:
    - The first 12 hexadecimal digits of the SHA-256 of the token. They tell tokens apart without giving them away.
    - With O(state=absent), that of the token that was known before.
    - V(null) where there is no token.
    - V(null) also in check mode if a new token would be made.
  type: str
  returned: success
  sample: 3f2a9c51d0e7
issued_at:
  description: When the token was made, in UTC. V(null) if that is not known, because this collection did not make the token.
  type: str
  returned: success
  sample: '2026-11-22T09:30:00Z'
accepted:
  description:
    - Whether the vendor accepts the token that is known. In check mode, if a new one would be made, the one that is known now.
    - V(null) if the vendor was not asked, and in check mode if the first token would be made.
  type: bool
  returned: success and O(state=present)
  sample: true
next_action_at:
  description:
    - When the next run with the same options has something to do, in UTC. That is when the token expires within O(renew_before), becomes
      older than O(max_age), or when a replaced token is to be ended, whichever comes first.
    - V(null) if no such time is known.
    - In check mode, if a new token would be made, it is about the one that is known now.
  type: str
  returned: success and O(state=present)
  sample: '2026-11-22T10:25:00Z'
retiring:
  description: The tokens that were replaced and are still to be ended, see O(grace).
  type: list
  elements: dict
  returned: success and O(state=present)
  contains:
    fingerprint:
      description: Which token, as in RV(fingerprint).
      type: str
      returned: always
      sample: 9d3f00c1b2a4
    revoke_at:
      description: When the token is to be ended, or when it expires if it cannot be ended, in UTC. The first run after this time ends it.
      type: str
      returned: always
      sample: '2026-11-23T09:30:00Z'
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.example.com
record:
  description:
    - All that is to be remembered until the next run, which takes it as O(record). Secret.
    - The guide R(Where tokens are kept,ansible_collections.telephony.auth.docsite.guide_stores) describes its fields.
      Hand it back as it is. Later versions may add fields, and they read the records of earlier ones.
  type: dict
  returned: when RV(token) is
diff:
  description: What is known about the token before and after the run, without secrets. Ansible shows it in diff mode.
  type: dict
  returned: success
  contains:
    before:
      description: RV(state), RV(fingerprint), RV(issued_at), RV(expires_at), RV(api_url) and RV(identity) as they were before, and where a
        token is enabled or disabled also C(enabled).
      type: dict
      returned: success
    after:
      description:
        - The same as they are now, or in check mode as they would be. A token that would be made has V(of the token to be issued) in place
          of its fingerprint.
      type: dict
      returned: success
msg:
  description:
    - What went wrong, what may be left behind, and if possible what to do. It holds no secret.
    - In C(rescue), RV(failure) is C(ansible_failed_result.failure). It is missing if Ansible itself refuses the options, for example because a
      required one is missing.
  type: str
  returned: failure
  sample: 'The login was refused: unknown user or wrong password. The vendor at https://pbx.example.com says: Login failed'
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo


def main() -> None:
    run_module(Kazoo)


if __name__ == "__main__":
    main()
