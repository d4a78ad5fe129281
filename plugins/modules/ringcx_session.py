#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ringcx_session
short_description: Manage access tokens of RingCX users on the current platform
version_added: 1.0.0
description:
  - The API of RingCX on V(ringcx.ringcentral.com) is called with an access token in the HTTP header C(Authorization). It works for five minutes, and its use
    does not prolong it. This module makes sure that there is one which works for at least O(renew_before).
  - A login exchanges an access token of RingCentral, which another program got for the user, for an access token of RingCX and a I(refresh token). The
    refresh token brings the next access token and the next refresh token, and works once. Both are on record before the old ones are forgotten.
  - To renew a token, the module uses the refresh token on record, if it has checked the token before (O(verify=true), and not O(renew=always)). If RingCX
    refuses it, or if there is none, it logs in with O(rc_access_token).
  - To check a token, the module reads the list of the user's API tokens with it, in one request.
  - RingCX documents no request that ends a token. With O(state=absent), the module forgets it, and returns RV(revoked=false) with a warning. The access
    token ends within five minutes. RingCX does not say how long a refresh token works that nobody uses.
  - If the reply with a new token is lost, so may be the refresh token that was used. Then the next run logs in.
options:
  api_url:
    description:
      - Base URL of the platform, to which C(/api/auth) and C(/voice/api) are added.
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(RINGCX_API_URL).
    type: str
    default: https://ringcx.ringcentral.com
  username:
    description:
      - The user whom O(rc_access_token) belongs to. RingCX is not told of it. The record names the owner of the token by it.
      - Needed with O(path), O(store) and O(record).
      - Falls back to the environment variable E(RINGCX_USERNAME).
    type: str
  rc_access_token:
    description:
      - An access token of RingCentral, for logins. (C(rcAccessToken) in the API.) It is short-lived itself, usually one hour.
      - Not needed while a token on record can be refreshed.
      - Falls back to the environment variable E(RINGCX_RC_ACCESS_TOKEN).
    type: str
  access_token:
    description:
      - The access token to manage, if it was made elsewhere.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
    type: str
  refresh_token:
    description:
      - The refresh token that belongs to O(access_token).
      - Requires O(access_token).
    type: str
  renew_before:
    description:
      - Renew a token that expires within this time. A token lives for five minutes, so with V(5m) or more each run renews it.
      - Written like V(90d), V(1w2d), V(12h), V(30m), V(45s), or as a number of seconds.
    type: str
    default: 1m
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
  idempotent:
    support: partial
    details:
      - A token is renewed once it expires within O(renew_before), so a run some minutes later changes something.
      - Without O(path), O(store), O(record) and O(access_token) no token is known, so that each run with O(state=present) logs in.
notes:
  - RingCX allows five logins a minute. All hosts of a run for which the controller does the work keep to that together - the sixth login waits.
    So 300 first logins take an hour. Refreshing is no login. What comes from elsewhere, such as a second run, RingCX answers with V(429). The
    module waits then and asks again, within O(retries) and O(retry_timeout).
  - The connection options fall back to E(RINGCX_VALIDATE_CERTS), E(RINGCX_CA_PATH), E(RINGCX_CLIENT_CERT), E(RINGCX_CLIENT_KEY),
    E(RINGCX_PROXY), E(RINGCX_TIMEOUT), E(RINGCX_RETRIES) and E(RINGCX_RETRY_TIMEOUT).
  - A token that was replaced cannot be ended either, so O(grace) has no effect.
seealso:
  - module: telephony.auth.vacd_api_token
    description: Permanent tokens on the legacy hosts.
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Log in, and use the token
  block:
    - name: Log in
      telephony.auth.ringcx_session:
        rc_access_token: "{{ ringcentral_access_token }}"
      register: ringcx

    - name: Ask for the accounts
      ansible.builtin.uri:
        url: "{{ ringcx.api_url }}/voice/api/v1/admin/accounts"
        headers: "{{ ringcx.headers }}"
      no_log: true

- name: Keep a token that works, in a task that runs every two minutes
  telephony.auth.ringcx_session:
    username: admin@example.com
    rc_access_token: "{{ ringcentral_access_token }}"
    path: /etc/telephony/ringcx.json
    renew_before: 150

- name: The same for many users, five logins a minute
  telephony.auth.ringcx_session:
    username: "{{ item }}"
    rc_access_token: "{{ ringcentral_access_tokens[item] }}"
    path: "/etc/telephony/ringcx-{{ item }}.json"
  loop: "{{ ringcentral_users }}"

- name: Forget the token
  telephony.auth.ringcx_session:
    state: absent
    path: /etc/telephony/ringcx.json
"""

RETURN = r"""
expires_at:
  description: When the access token ends by itself, in UTC.
  type: str
  returned: success
  sample: '2026-11-22T09:35:00Z'
identity:
  description: The user, as in O(username). If the task does not name one, the main account and the administrator, as RingCX says.
  type: str
  returned: success
  sample: admin@example.com
revoked:
  description: Whether the token is known to have ended. V(false) if the vendor may still accept it.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: false
token:
  description: The access token. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
details:
  description:
    - What RingCX says about the user.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    mainAccountId:
      description: Number of the account.
      type: str
      returned: if known
      sample: '99990000'
    adminId:
      description: Number of the administrator that the user is.
      type: str
      returned: if known
      sample: '1001'
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
      sample: ringcx_session
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession


def main() -> None:
    run_module(RingcxSession)


if __name__ == "__main__":
    main()
