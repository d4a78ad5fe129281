#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dialer_session
short_description: Manage API tokens of dialer.rocks users and resellers
version_added: 1.0.0
description:
  - The API of dialer.rocks, the dialling platform of Hello Hunter, is called with a JSON Web Token in the HTTP header C(Authorization).
    This module makes sure that there is one which works.
  - A login, as a user or as a reseller, makes a token that expires after 24 hours. The time is in the token. If it is not, the module
    uses 24 hours after the login. It is returned as RV(expires_at).
  - There are also static tokens, which do not expire. They can be made and ended in the web interface only, by users in its admin section and
    by resellers in the reseller interface. This module can check one, see O(token), and keep it on record.
  - The vendor documents no request that checks a token. So for the module a token is valid until it expires, and it makes no request,
    unless O(check_path) names one.
  - With O(state=absent), the token is logged out. The vendor does not say whether this ends it at once. Of a static token, only the record is
    removed. Then RV(revoked=false) and a warning say that the token still works.
  - There is no list of tokens. If the reply to a login is lost, there may be a token that no record names. It expires like any other.
options:
  api_url:
    description:
      - Base URL of the API of your server, up to C(/a), for example V(https://XXX-NN.dialer.rocks/a).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(DIALER_API_URL).
    type: str
    required: true
  account_type:
    description:
      - Whether to log in and out as a user or as a reseller. With O(state=absent), it must be the same as when the token was made.
      - Falls back to the environment variable E(DIALER_ACCOUNT_TYPE).
    type: str
    choices:
      - user
      - reseller
    default: user
  username:
    description:
      - The name with which the user or reseller logs in. (In the API, C(login) of a user and C(name) of a reseller.)
      - The record names the owner of the token by it, together with O(account_type).
      - Falls back to the environment variable E(DIALER_USERNAME).
    type: str
    aliases:
      - login
      - name
  password:
    description:
      - The password of O(username). Needed to make a token, but not to check one or to log it out. (In the API, C(password) of a user and C(pass) of
        a reseller.)
      - Falls back to the environment variable E(DIALER_PASSWORD).
    type: str
    aliases:
      - pass
  check_path:
    description:
      - A path below O(api_url), starting with a slash. The module sends a GET request for it, with the token. HTTP status 401 means that the token
        does not work, 200 to 299 that it does, and anything else is a failure.
      - Choose one that your users may read, and that changes nothing. It must not contain C(..), a query, or C(logout).
      - Falls back to the environment variable E(DIALER_CHECK_PATH).
    type: str
  token:
    description:
      - The token to manage, if it was made elsewhere, for example a static one.
      - A token that does not say when it expires counts as a static one.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
        If the task has no O(password) to renew with, it is an error if the two differ.
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.dialer
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  idempotent:
    support: partial
    details:
      - Without O(path), O(store), O(record) and O(token) no token is known, so that each run with O(state=present) makes one. With
        O(renew=always) it always does.
      - With O(state=absent) and a static token, nothing changes unless there was a record to remove. Without O(check_path), logging out
        the same O(record) or O(token) again may be a change again, because the module cannot know that it has ended.
notes:
  - The connection options fall back to E(DIALER_VALIDATE_CERTS), E(DIALER_CA_PATH), E(DIALER_CLIENT_CERT), E(DIALER_CLIENT_KEY),
    E(DIALER_PROXY), E(DIALER_TIMEOUT), E(DIALER_RETRIES) and E(DIALER_RETRY_TIMEOUT).
  - The vendor may accept users and resellers from certain addresses only. Then RV(failure.code) is V(ip_denied), not V(credentials_refused).
seealso:
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
  - name: API usage
    description: What the vendor says about these tokens.
    link: https://docs.hellohunter.com/faqs/API-Usage.html
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that the user has a token that works for eight more hours, and keep it in a file
  telephony.auth.dialer_session:
    api_url: https://XXX-NN.dialer.rocks/a
    username: user@example.com
    password: "{{ vault_dialer_password }}"
    path: /etc/telephony/dialer.json
    renew_before: 8h

- name: The same for several users; neither result nor item holds a secret
  telephony.auth.dialer_session:
    api_url: https://XXX-NN.dialer.rocks/a
    username: "{{ item }}"
    password: "{{ vault_dialer_passwords[item] }}"
    path: "/etc/telephony/dialer-{{ item }}.json"
  loop:
    - user@example.com
    - plain@example.com
  loop_control:
    label: "{{ item }}"

- name: Log in as a reseller, use the token, and log out
  block:
    - name: Log in
      telephony.auth.dialer_session:
        api_url: https://XXX-NN.dialer.rocks/a
        account_type: reseller
        username: reseller1
        password: "{{ vault_dialer_reseller_password }}"
      register: dialer

    - name: Add to the balance of a group of users
      ansible.builtin.uri:
        url: "{{ dialer.api_url }}/v1/resellers/add_balance.json"
        method: PUT
        headers: "{{ dialer.headers }}"
        body_format: json
        body:
          user_group_id: 7
          to_add: 10
      no_log: true
  always:
    - name: Log out
      telephony.auth.dialer_session:
        api_url: https://XXX-NN.dialer.rocks/a
        account_type: reseller
        state: absent
        record: "{{ dialer.record }}"
      when: dialer.record is defined

- name: Only check a static token, and fail if it does not work
  telephony.auth.dialer_session:
    api_url: https://XXX-NN.dialer.rocks/a
    token: "{{ vault_dialer_static_token }}"
    check_path: "{{ dialer_check_path }}"
    renew: never
    return_token: false

- name: The same, in a variable of a file that is encrypted with Ansible Vault
  telephony.auth.dialer_session:
    api_url: https://XXX-NN.dialer.rocks/a
    username: user@example.com
    password: "{{ vault_dialer_password }}"
    store:
      type: vault_file
      path: group_vars/all/dialer.yml
      variable: dialer_user
  delegate_to: localhost

- name: Log out, and remove the file
  telephony.auth.dialer_session:
    api_url: https://XXX-NN.dialer.rocks/a
    state: absent
    path: /etc/telephony/dialer.json

- name: Set the address for several tasks
  module_defaults:
    group/telephony.auth.all:
      api_url: https://XXX-NN.dialer.rocks/a
      check_path: "{{ dialer_check_path }}"
  block:
    - name: Make sure that the token in the file still works
      telephony.auth.dialer_session:
        path: /etc/telephony/dialer-plain@example.com.json
"""

RETURN = r"""
expires_at:
  description: When the token ends by itself, in UTC. V(null) for a static token.
  type: str
  returned: success
  sample: '2026-11-23T09:30:00Z'
identity:
  description:
    - V(user) or V(reseller), a colon, and the name, as in O(account_type) and O(username). If the task does not name one, as the token says,
      or V(null).
  type: str
  returned: success
  sample: user:user@example.com
revoked:
  description: Whether the token was logged out, or is known to have ended before. V(false) for a static token that still works.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: true
token:
  description: The token. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
details:
  description:
    - What dialer.rocks and the token say about the user or the reseller.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    account_type:
      description: Whether the token is that of a user or of a reseller, as in O(account_type).
      type: str
      choices: [user, reseller]
      returned: if known
      sample: user
    user:
      description: The user or the reseller.
      type: dict
      returned: if this module made the token
      contains:
        id:
          description: Number of the user or reseller.
          type: str
          returned: if known
          sample: '123'
        name:
          description: Name of the reseller.
          type: str
          returned: if known
          sample: reseller1
        blocked:
          description: Whether the user is blocked. As the login of a blocked user is a failure, this is V(false).
          type: bool
          returned: if known
          sample: false
        admin:
          description: Whether the user is an administrator.
          type: bool
          returned: if known
          sample: false
        user_group_id:
          description: Number of the group of the user.
          type: str
          returned: if known
          sample: '7'
        sms_from:
          description: The sender of the text messages of the user.
          type: str
          returned: if known
          sample: '+15551239999'
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
      sample: dialer
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
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - O(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(ip_denied) - the vendor does not accept requests from the address of this host.
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._dialer import Dialer


def main() -> None:
    run_module(Dialer)


if __name__ == "__main__":
    main()
