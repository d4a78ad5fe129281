#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vacd_api_token
short_description: Manage permanent API tokens of RingCX legacy (VACD) users
version_added: 1.0.0
description:
  - The legacy API of RingCX, on the hosts V(portal.vacd.biz) and V(portal.virtualacd.biz), is called with an API token in the HTTP
    header C(X-Auth-Token). This module makes sure that a user has one, or as many as needed, and ends those that are not needed any more.
  - An API token belongs to the user who made it and has the rights of that user. It does not expire, it ends when it is deleted.
    It carries neither a name nor a date. All that the vendor tells about the tokens of a user is the list of them.
  - User name and password do not authorise API calls by themselves. With them the module logs in, which gives an I(auth token),
    and with that it makes an API token. The auth token cannot be ended. It ends by itself after an hour without use, or after two
    weeks with O(stay_logged_in=true). To find out whether a known token works, the module does not log in.
  - With O(path), O(record) or O(api_token), the module looks after this one token. To check it, the module reads the list of tokens with it,
    in one request.
  - Without any of them, the module looks after the number of tokens of the user, see O(count).
  - With O(state=absent), the known token is deleted, by its own authority or by that of O(auth_token), and with O(all_tokens=true) every
    token of the user.
  - A new token is not lost when the reply that brings it is. The module reads the list of tokens before it makes one, and again when
    the reply does not arrive. If the list cannot be read then, or if the run is killed meanwhile, the next run with the same O(path)
    finds the token by comparing the lists, and takes it over. See O(adopt) for the case that it cannot be told apart. Without O(path),
    there may be a token that nobody knows, which the failure says, and which a run with O(exclusive=true) removes.
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
      - The e-mail address with which the user logs in.
      - Also the name under which the token is put on record.
      - Falls back to the environment variable E(VACD_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). It may contain any characters.
      - Needed to make a token, to manage the number of tokens and to delete all of them, unless O(auth_token) is given. Not needed to check
        or delete a known token.
      - Falls back to the environment variable E(VACD_PASSWORD).
    type: str
  stay_logged_in:
    description:
      - Whether the auth token that a login gives lives for two weeks after its last use, instead of one hour. (C(stayLoggedIn) in the API.)
      - The module forgets the auth token at the end of its run, so there is hardly a reason for V(true).
    type: bool
    default: false
  auth_token:
    description:
      - A token that authorises the module in place of O(username) and O(password). An auth token, or any API token of the user.
      - To delete the token of another user, this may be the token of a parent of that user. Tokens that are made with it, and the list
        of tokens, are always those of its own user.
      - Falls back to the environment variable E(VACD_AUTH_TOKEN).
    type: str
  api_token:
    description:
      - The token to look after, if it is known from elsewhere.
      - With O(path) or O(record) it is used as long as there is no record. Then the record counts, because it follows renewals.
    type: str
  count:
    description:
      - How many tokens the user has to have at least, when none of O(path), O(record) and O(api_token) says which token is meant. Missing
        ones are made. Other values than V(1) are refused when one of them does.
      - The module takes any token of the user for one of them, no matter who made it, and returns all of them in RV(tokens).
        To give each application a token of its own, use one O(path) or O(record) per application instead.
      - This needs a login in each run, unless O(auth_token) is given.
    type: int
    default: 1
  exclusive:
    description:
      - Whether all other tokens of the user are deleted. The known token and those in O(keep) stay.
      - Where the number of tokens is managed, those that the vendor lists after the first O(count) are deleted.
    type: bool
    default: false
  keep:
    description:
      - Tokens that O(exclusive=true) must not delete. Each is a token or its fingerprint, see RV(fingerprint).
    type: list
    elements: str
    default: []
  adopt:
    description:
      - Which token is taken over when an earlier run with the same O(path) was interrupted while it made one.
      - By default it is the one that is new on the list of tokens since then. If several are new, another service may have made the
        others, and the module fails with the code V(ambiguous_tokens), names their fingerprints and changes nothing.
      - V(true) takes over the one that O(fingerprint) names.
      - V(false) takes over none. If there is no other token on record, a new one is made. A warning names those that are left alone.
      - Has no effect unless a run was interrupted.
    type: bool
  fingerprint:
    description:
      - The fingerprint of the token that O(adopt=true) takes over, as the failure named it.
      - Requires O(adopt).
    type: str
  all_tokens:
    description:
      - Whether O(state=absent) deletes every token of the user, instead of the known one only. O(keep) does not go with it.
      - Needs O(username) and O(password), O(auth_token), or O(api_token).
    type: bool
    default: false
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._attributes.actiongroup_vacd
  - telephony.auth._attributes.actiongroup_all
  - telephony.auth._attributes
attributes:
  check_mode:
    details:
      - No request that makes or ends an API token is sent. Where reading the list of tokens needs a login, the module logs in, as it does
        outside of check mode.
  idempotent:
    support: full
    details:
      - Except with O(renew=always), which asks for a new token in each run.
notes:
  - The connection options fall back to E(VACD_VALIDATE_CERTS), E(VACD_CA_PATH), E(VACD_CLIENT_CERT), E(VACD_CLIENT_KEY),
    E(VACD_PROXY), E(VACD_TIMEOUT), E(VACD_RETRIES) and E(VACD_RETRY_TIMEOUT).
  - For current RingCX, on V(ringcx.ringcentral.com), this module is of no use. That platform has other ways to log in.
seealso:
  - module: telephony.auth.dialer_session
  - module: telephony.auth.ipcortex_token
  - module: telephony.auth.kazoo_user_auth
  - module: telephony.auth.webitel_login
  - name: Obtaining a permanent access token using legacy credentials
    description: What the vendor says about these tokens.
    link: https://developers.ringcentral.com/engage/voice/guide/authentication/auth-legacy
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that the API user has a token that works, and keep it in a file
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    path: /etc/telephony/reports.json

- name: The same for several API users; neither result nor item holds a secret
  telephony.auth.vacd_api_token:
    username: "{{ item.username }}"
    password: "{{ vault_vacd_passwords[item.username] }}"
    path: "{{ item.path }}"
  loop:
    - username: api.one@example.com
      path: /etc/telephony/reports.json
    - username: api.two@example.com
      path: /etc/telephony/dialling.json
  loop_control:
    label: "{{ item.username }}"

- name: Check the token, renew it if need be, and use it
  block:
    - name: Get the token
      telephony.auth.vacd_api_token:
        username: api.one@example.com
        password: "{{ vault_vacd_password }}"
        path: /etc/telephony/reports.json
        return_token: true
      register: vacd

    - name: Ask for the accounts
      ansible.builtin.uri:
        url: "{{ vacd.api_url }}/v1/admin/accounts"
        headers: "{{ vacd.headers }}"
      no_log: true

- name: Work with a token that lives no longer than the play
  block:
    - name: Make a token
      telephony.auth.vacd_api_token:
        username: api.one@example.com
        password: "{{ vault_vacd_password }}"
        record: {}
      register: vacd_for_now

    - name: Ask for the accounts
      ansible.builtin.uri:
        url: "{{ vacd_for_now.api_url }}/v1/admin/accounts"
        headers: "{{ vacd_for_now.headers }}"
      no_log: true
  always:
    - name: Delete the token
      telephony.auth.vacd_api_token:
        state: absent
        record: "{{ vacd_for_now.record }}"
      when: vacd_for_now.record is defined

- name: Keep the record in a file on the controller, encrypted with the password that this play decrypts its vaults with
  vars:
    store: /etc/telephony/reports.vault
  block:
    - name: Make sure that the token on record works
      telephony.auth.vacd_api_token:
        username: api.one@example.com
        password: "{{ vault_vacd_password }}"
        record: "{{ lookup('ansible.builtin.file', store) | ansible.builtin.from_json if store is ansible.builtin.file else {} }}"
      register: vacd_on_record

    - name: Keep the new record
      ansible.builtin.copy:
        content: "{{ vacd_on_record.record | ansible.builtin.to_json | ansible.builtin.vault(vault_password) }}"
        decrypt: false
        dest: "{{ store }}"
        mode: '0600'
      delegate_to: localhost
      when: vacd_on_record is changed
      no_log: true

- name: Only check a token, and fail if it does not work
  telephony.auth.vacd_api_token:
    api_token: "{{ vault_vacd_token }}"
    renew: never
    return_token: false

- name: Replace the token every 90 days, and leave those who use it a day to move over
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    path: /etc/telephony/reports.json
    max_age: 90d
    grace: 1d

- name: Take over one of several tokens that were made while a run was interrupted
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    path: /etc/telephony/reports.json
    adopt: true
    fingerprint: 3f2a9c51d0e7

- name: Make sure that the user has two tokens, whoever made them
  telephony.auth.vacd_api_token:
    username: api.two@example.com
    password: "{{ vault_vacd_passwords['api.two@example.com'] }}"
    count: 2
  register: vacd_two

- name: Delete all tokens of the user but the one in the file and another one, named by its fingerprint
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    path: /etc/telephony/reports.json
    exclusive: true
    keep:
      - 5d1c0e6a9b27

- name: Delete the token of another user, by the authority of a parent of that user
  telephony.auth.vacd_api_token:
    state: absent
    api_token: "{{ vault_vacd_child_token }}"
    auth_token: "{{ vault_vacd_parent_token }}"

- name: Delete the token in the file, and the file
  telephony.auth.vacd_api_token:
    state: absent
    path: /etc/telephony/reports.json

- name: Say once for several tasks how the API is reached
  module_defaults:
    group/telephony.auth.vacd:
      username: api.two@example.com
      password: "{{ vault_vacd_passwords['api.two@example.com'] }}"
      timeout: 10
  block:
    - name: Make sure that nothing is left of the user's tokens
      telephony.auth.vacd_api_token:
        state: absent
        all_tokens: true
"""

RETURN = r"""
changed:
  description:
    - Whether a token was made or ended, a record was written or removed, or permissions or owner of the file at O(path) were corrected.
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
  description: Why a token was made, kept or ended, in one line. For people; it may be worded differently in the next version.
  type: str
  returned: success
  sample: the vendor accepts the token
fingerprint:
  description:
    - The first 12 hexadecimal digits of the SHA-256 of the token, which tell tokens apart without giving them away.
    - With O(state=absent), that of the token that was known before.
    - V(null) where there is no token, and in check mode where a new one would be made.
  type: str
  returned: success
  sample: 3f2a9c51d0e7
issued_at:
  description:
    - When the token was made, in UTC. V(null) if another than this module made it, because the vendor does not tell.
  type: str
  returned: success
  sample: '2026-11-22T09:30:00Z'
expires_at:
  description: Always V(null), because API tokens do not expire.
  type: str
  returned: success
  sample: null
accepted:
  description:
    - Whether the vendor accepts the token that is known. In check mode where a new one would be made, the one that is known now.
    - V(null) where the vendor was not asked, and for the first token in check mode.
  type: bool
  returned: success and O(state=present)
  sample: true
next_action_at:
  description:
    - When the next run with the same options has something to do, in UTC. That is when the token expires within O(renew_before) or becomes
      older than O(max_age), or when a replaced token is to be ended, whichever comes first.
    - V(null) if nothing is known to come. In check mode where a new token would be made, it is about the one that is known now.
  type: str
  returned: success and O(state=present)
  sample: '2027-02-20T09:30:00Z'
retiring:
  description:
    - The tokens that were replaced and are still to be ended, see O(grace).
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
      description: From when on a run ends it, or when it expires if it cannot be ended, in UTC.
      type: str
      returned: always
      sample: '2026-11-23T09:30:00Z'
others:
  description:
    - The fingerprints of the API tokens that RingCX lists for the user and that are not on record.
  type: list
  elements: str
  returned: when the list was read to check the known token, or in check mode with O(record)
  sample:
    - 9d3f00c1b2a4
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://portal.vacd.biz/api
identity:
  description:
    - The user, as in O(username). V(null) where the task does not name one.
  type: str
  returned: success
  sample: api.one@example.com
revoked:
  description:
    - Whether the token is known to have ended, now or before. With O(all_tokens=true), all of them.
  type: bool
  returned: when O(state=absent) and a token was known, or O(all_tokens=true)
  sample: true
token:
  description: The API token. Secret. Where O(count) manages the number of tokens, the first of RV(tokens).
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode where a new token would be made
  sample: aws80:00000000-0000-0000-0000-000000000000
tokens:
  description: All API tokens of the user, where O(count) manages their number. Secret.
  type: list
  elements: str
  returned: when RV(token) is, and none of O(path), O(record) and O(api_token) is given
  sample:
    - aws80:00000000-0000-0000-0000-000000000000
headers:
  description:
    - The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Auth-Token: aws80:00000000-0000-0000-0000-000000000000
record:
  description:
    - All that is to be remembered until the next run, which takes it as O(record). Secret.
    - Treat it as one piece. Its fields may grow with new versions of the collection, which read older records.
  type: dict
  returned: when RV(token) is, and in check mode with O(record) where a token would be made
  sample:
    schema: 1
    vendor: vacd
    api_url: https://portal.vacd.biz/api
    identity: api.one@example.com
    token: aws80:00000000-0000-0000-0000-000000000000
    extra: {}
    issued_at: '2026-11-22T09:30:00Z'
    expires_at: null
    details: {}
    retiring: []
    pending: null
user:
  description: What the vendor told about the user when the module logged in to make the token.
  type: dict
  returned: when the module has made the token after a login by O(username) and O(password), in that run or the one that wrote the record
  contains:
    userId:
      description: Number of the user.
      type: int
      returned: if the vendor tells
      sample: 1001
    userName:
      description: The e-mail address with which the user logs in.
      type: str
      returned: if the vendor tells
      sample: api.one@example.com
    fullName:
      description: First and last name.
      type: str
      returned: if the vendor tells
      sample: Reporting
    enabled:
      description: Whether the user may log in.
      type: bool
      returned: if the vendor tells
      sample: true
    parentPath:
      description: Numbers of the users above, from the top, joined by dots.
      type: str
      returned: if the vendor tells
      sample: '2181.2979'
    rootUser:
      description: Whether the user is the topmost one.
      type: bool
      returned: if the vendor tells
      sample: false
accounts:
  description: The accounts that the user may work with.
  type: list
  elements: dict
  returned: when RV(user) is
  contains:
    accountId:
      description: Number of the account, which many calls of the API want in their path.
      type: str
      returned: if the vendor tells
      sample: '99990001'
    accountName:
      description: Name of the account.
      type: str
      returned: if the vendor tells
      sample: Support
    mainAccountId:
      description: Number of the account above.
      type: str
      returned: if the vendor tells
      sample: '99990000'
    mainAccountName:
      description: Name of the account above.
      type: str
      returned: if the vendor tells
      sample: Example
diff:
  description:
    - What is known about the token before and after the run, without secrets. Ansible shows it in diff mode.
  type: dict
  returned: success
  contains:
    before:
      description:
        - RV(state), RV(fingerprint), RV(issued_at), RV(expires_at), RV(api_url) and RV(identity) as they were before.
      type: dict
      returned: success
      sample:
        state: absent
        fingerprint: null
        issued_at: null
        expires_at: null
        api_url: https://portal.vacd.biz/api
        identity: api.one@example.com
    after:
      description:
        - RV(state), RV(fingerprint), RV(issued_at), RV(expires_at), RV(api_url) and RV(identity) as they are now, or in check mode as they
          would be. A token that would be made has V(of the token to be issued) in place of its fingerprint.
      type: dict
      returned: success
      sample:
        state: present
        fingerprint: 3f2a9c51d0e7
        issued_at: '2026-11-22T09:30:00Z'
        expires_at: null
        api_url: https://portal.vacd.biz/api
        identity: api.one@example.com
msg:
  description: What went wrong, what may be left behind, and where possible what to do. Free of secrets.
  type: str
  returned: failure
  sample: 'The login was refused: wrong user name or password, or a locked user. The vendor says: Invalid username or password'
failure:
  description:
    - What went wrong, for playbooks to branch on. In C(rescue) it is C(ansible_failed_result.failure). Free of secrets.
    - Missing where Ansible itself finds fault with the options, for example a required one that is missing.
  type: dict
  returned: failure
  contains:
    vendor:
      description: The vendor, V(vacd).
      type: str
      returned: always
      sample: vacd
    operation:
      description:
        - The step that failed, V(login), V(issue), V(check), V(list) or V(revoke).
        - V(null) when the failure has nothing to do with a request.
      type: str
      returned: always
      sample: login
    status:
      description: The HTTP status of the reply. V(null) without a complete reply.
      type: int
      returned: always
      sample: 401
    code:
      description:
        - What kind of failure it is, in a word that stays the same in later versions. There may be new words.
        - V(ambiguous_tokens) - a run was interrupted while it made a token, and several are new since then. See O(adopt).
        - V(bad_option) - an option has a value that cannot work, or does not go with another one.
        - V(bad_path) - O(path) is no file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of the API.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(issued_token_refused) - the vendor made a token and then did not accept it.
        - V(locked) - another run was at work on the file at O(path) for longer than O(retry_timeout).
        - V(newer_record) - the record was written by a newer version of this collection.
        - V(not_a_record) - O(path) or O(record) holds something else than a token record.
        - V(not_permitted) - the user lacks the right to do this.
        - V(rate_limited) - too many requests, and waiting within O(retries) and O(retry_timeout) did not help.
        - V(record_exposed) - the file at O(path) has more permissions than O(mode).
        - V(record_mismatch) - the record belongs to another vendor, user or O(api_url), or holds another token than the task names.
        - V(redirected) - the API answered with a redirect. O(api_url) has to be the final address.
        - V(renewal_needed) - a new token is needed, but O(renew=never).
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(store_unwritable) - the file at O(path) cannot be written or removed.
        - V(timeout) - no connection or no answer within O(timeout).
        - V(tls) - the TLS certificate of the API, or the one of this host, is not trusted.
        - V(unreachable) - the API or the O(proxy) cannot be reached.
        - V(vendor_error) - the vendor refused with a status that has no word of its own. See RV(failure.status).
      type: str
      returned: always
      sample: credentials_refused
    vendor_message:
      description: What the vendor said, without secrets. V(null) where it said nothing.
      type: str
      returned: always
      sample: Invalid username or password
    maybe_done:
      description:
        - Whether the vendor may have made or ended a token although no reply told so. RV(msg) says what may be left behind.
      type: bool
      returned: always
      sample: false
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd


def main() -> None:
    run_module(Vacd)


if __name__ == "__main__":
    main()
