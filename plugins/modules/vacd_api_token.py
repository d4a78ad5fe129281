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
    header C(X-Auth-Token). This module makes sure that a user has one, or as many as needed, and deletes those that are no longer needed.
  - An API token belongs to the user who made it and has the rights of that user. It works until it is deleted.
    It has neither a name nor a date. All that RingCX says about the tokens of a user is the list of them.
  - User name and password alone do not authorise API calls. The module logs in with them, which gives an I(auth token),
    and makes an API token with that. The auth token cannot be deleted. It expires after an hour without use, or after two
    weeks with O(stay_logged_in=true). To check a known token, the module does not log in.
  - With O(path), O(store), O(record) or O(api_token), the module manages this one token. To check it, the module reads the list of tokens
    with it, in one request.
  - Without any of them, the module manages the number of tokens of the user, see O(count).
  - With O(state=absent), the module deletes the known token. It authorises this with the token itself or with O(auth_token). With
    O(all_tokens=true), it deletes every token of the user.
  - If the reply with a new token is lost, the token is not. The module reads the list of tokens before it makes one, and again if
    the reply does not arrive. If that fails, or if the run is killed, the next run with the same O(path) or O(store) compares the lists and finds
    the token. See O(adopt) for what it does then. Without O(path) and O(store), there may be a token that no record names. The failure
    says so, and a run with O(exclusive=true) deletes it.
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
      - The record names the owner of the token by it.
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
      - Whether the auth token of a login expires two weeks after its last use, instead of one hour. (C(stayLoggedIn) in the API.)
      - The module does not keep the auth token after its run, so there is hardly a reason for V(true).
    type: bool
    default: false
  auth_token:
    description:
      - A token that authorises the module, instead of O(username) and O(password). It is an auth token, or any API token of the user.
      - To delete the token of another user, this may be the token of a parent of that user. But tokens that are made with it, and the list
        of tokens, are always those of its own user.
      - Falls back to the environment variable E(VACD_AUTH_TOKEN).
    type: str
  api_token:
    description:
      - The token to manage, if it was made elsewhere.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
    type: str
  count:
    description:
      - How many tokens the user must have at least, if none of O(path), O(store), O(record) and O(api_token) says which token is meant. Missing
        ones are made. With one of these options, only V(1) is allowed.
      - Every token of the user counts, no matter who made it. The module returns all of them in RV(tokens).
        To give each application a token of its own, use one O(path) or O(store) for each application instead.
      - This needs a login in each run, unless O(auth_token) is given.
    type: int
    default: 1
  exclusive:
    description:
      - Whether to delete all other tokens of the user, also those of other services. The known token and those in O(keep) stay.
      - If the module manages the number of tokens, it deletes those that RingCX lists after the first O(count).
    type: bool
    default: false
  keep:
    description:
      - Tokens that O(exclusive=true) must not delete. Give each as the token or as its fingerprint, see RV(fingerprint).
    type: list
    elements: str
    default: []
  adopt:
    description:
      - What to do with a token that appears on the list after a request for one that got no clear answer, because a reply was lost or a run was
        killed. The token may be ours, or another service may have made it for the same user.
      - By default, the module puts the token on record if it is the only one and was found within 10 minutes after the request. As this is a guess, the
        token is then never ended by itself. Others stay as they are, a warning and RV(others) name them until you decide, and if no
        token is on record, a new one is made.
      - V(true) puts the one on record that O(fingerprint) names, as a token that is ours.
      - V(false) says that they belong to somebody else. They stay as they are, and later runs do not name them again.
      - Has no effect unless there was such a request.
    type: bool
  fingerprint:
    description:
      - The fingerprint of the token that O(adopt=true) puts on record, as the warning named it.
      - Requires O(adopt).
    type: str
  all_tokens:
    description:
      - Whether O(state=absent) deletes every token of the user, instead of the known one only. O(keep) cannot be used with it.
      - Needs O(username) and O(password), O(auth_token), or O(api_token).
    type: bool
    default: false
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.ringcx
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  check_mode:
    details:
      - No request that makes or deletes an API token is sent. If reading the list of tokens needs a login, the module logs in, as it does
        outside of check mode.
  idempotent:
    support: full
    details:
      - Except with O(renew=always), which asks for a new token in each run.
notes:
  - The connection options fall back to E(VACD_VALIDATE_CERTS), E(VACD_CA_PATH), E(VACD_CLIENT_CERT), E(VACD_CLIENT_KEY),
    E(VACD_PROXY), E(VACD_TIMEOUT), E(VACD_RETRIES) and E(VACD_RETRY_TIMEOUT).
  - This module does not work with current RingCX, on V(ringcx.ringcentral.com), which has other ways to log in, see
    M(telephony.auth.ringcx_session).
seealso:
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
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

- name: Work with a token that is deleted at the end of the play
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

- name: The same, in a file of variables that is encrypted with Ansible Vault
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    store:
      type: vault_file
      path: group_vars/reports/tokens.yml
      variable: reports_token
  delegate_to: localhost

- name: Only check a token, and fail if it does not work
  telephony.auth.vacd_api_token:
    api_token: "{{ vault_vacd_token }}"
    renew: never
    return_token: false

- name: Replace the token every 90 days, and leave those who use it a day to change to the new one
  telephony.auth.vacd_api_token:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    path: /etc/telephony/reports.json
    max_age: 90d
    grace: 1d

- name: Put one of several tokens on record that were made while a run was interrupted
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

- name: Delete the token of another user, authorised by a parent of that user
  telephony.auth.vacd_api_token:
    state: absent
    api_token: "{{ vault_vacd_child_token }}"
    auth_token: "{{ vault_vacd_parent_token }}"

- name: Delete the token in the file, and the file
  telephony.auth.vacd_api_token:
    state: absent
    path: /etc/telephony/reports.json

- name: Set the user and a timeout for several tasks
  module_defaults:
    group/telephony.auth.all:
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
expires_at:
  description: Always V(null), because API tokens do not expire.
  type: str
  returned: success
  sample: null
identity:
  description: The user, as in O(username). V(null) if the task does not name one.
  type: str
  returned: success
  sample: api.one@example.com
revoked:
  description: Whether the token is known to have ended, now or before. With O(all_tokens=true), all of them.
  type: bool
  returned: when O(state=absent) and a token was known, or O(all_tokens=true)
  sample: true
others:
  description: The API tokens that RingCX lists for the user and that are not on record.
  type: list
  elements: dict
  returned: when the list was read
  contains:
    fingerprint:
      description: Which token, as in RV(fingerprint).
      type: str
      returned: always
      sample: 9d3f00c1b2a4
    probably_ours:
      description:
        - Whether it appeared after a request for a token that got no clear answer, so that it is probably that token. No run ends it
          by itself. See O(adopt).
      type: bool
      returned: always
      sample: false
token:
  description: The API token. Secret. If O(count) manages the number of tokens, the first of RV(tokens).
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: aws80:00000000-0000-0000-0000-000000000000
tokens:
  description: All API tokens of the user, if O(count) manages their number. Secret.
  type: list
  elements: str
  returned: when RV(token) is, and none of O(path), O(store), O(record) and O(api_token) is given
  sample:
    - aws80:00000000-0000-0000-0000-000000000000
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Auth-Token: aws80:00000000-0000-0000-0000-000000000000
details:
  description:
    - What RingCX said about the user when this module logged in to make the token, in that run or in an earlier one. Empty if it did not log in for it.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    user:
      description: The user.
      type: dict
      returned: if known
      contains:
        userId:
          description: Number of the user.
          type: str
          returned: if known
          sample: '1001'
        userName:
          description: The e-mail address with which the user logs in.
          type: str
          returned: if known
          sample: api.one@example.com
        fullName:
          description: First and last name.
          type: str
          returned: if known
          sample: Reporting
        enabled:
          description: Whether the user may log in.
          type: bool
          returned: if known
          sample: true
        parentPath:
          description: Numbers of the users above, from the top, joined by dots.
          type: str
          returned: if known
          sample: '2181.2979'
        rootUser:
          description: Whether the user is the topmost one.
          type: bool
          returned: if known
          sample: false
    accounts:
      description: The accounts that the user may work with.
      type: list
      elements: dict
      returned: if known
      contains:
        accountId:
          description: Number of the account, which many calls of the API need in their path.
          type: str
          returned: if known
          sample: '99990001'
        accountName:
          description: Name of the account.
          type: str
          returned: if known
          sample: Support
        mainAccountId:
          description: Number of the account above.
          type: str
          returned: if known
          sample: '99990000'
        mainAccountName:
          description: Name of the account above.
          type: str
          returned: if known
          sample: Example
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
        - V(bad_option) - an option has a value that cannot work, or does not go with another one.
        - V(bad_path) - O(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often O(api_url) is not the address of
          the API.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - O(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(identity_unknown) - the credentials do not tell whose token it is, and a record has to. Set O(username).
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(issued_token_refused) - the vendor made a token and then did not accept it.
        - V(locked) - another run was at work on the record for longer than O(retry_timeout).
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd


def main() -> None:
    run_module(Vacd)


if __name__ == "__main__":
    main()
