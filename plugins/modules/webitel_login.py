#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webitel_login
short_description: Manage login sessions of the Webitel engine
version_added: 1.0.0
description:
  - The API of the Webitel engine, generation 3.x, is called with two secrets that belong together, a key and a token, in the HTTP headers
    C(X-Key) and C(X-Access-Token). This module makes sure that there is a pair which works.
  - A login with user name and password makes a new pair, no matter how many there are. It expires after a time that is set on the server,
    usually 100 days, whether it is used or not. The time is returned as RV(expires_at).
  - A pair also ends when it is logged out, and when the password or the role of the user is changed, which ends all pairs of the user.
  - To check a pair, the module asks the engine whose it is, in one request.
  - With O(state=absent), the pair is logged out. One that the engine does not accept any more counts as ended.
  - The engine has no list of pairs. If the reply to a login is lost, there may be a pair that no record names. The failure says so. The
    pair works until it expires, or until the password of the user is changed.
  - This module does not work with Webitel 4 and later, which have another API. For the static tokens of a domain, there is
    M(telephony.auth.webitel_domain_token).
options:
  api_url:
    description:
      - Base URL of the API, to which C(/login) and C(/api/v2) are added. It may have a port and a path, for example
        V(https://cloud.example.com/engine).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(WEBITEL_API_URL).
    type: str
    default: https://api.webitel.com
  username:
    description:
      - The user with the domain, for example V(100@example.com), or V(root).
      - The record names the owner of the pair by it.
      - Falls back to the environment variable E(WEBITEL_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Needed to make a pair, but not to check one or to log it out.
      - Falls back to the environment variable E(WEBITEL_PASSWORD).
    type: str
  totp_code:
    description:
      - The one-time code of the second factor, for users who have one. (In the engine, only V(root) can have one.)
      - It is used when a new pair is made. Since it is valid for half a minute, somebody has to type it in. Once there is
        a pair on record, it works without a code until it expires.
      - The code is sent as a part of the URL, because the engine reads it from nowhere else. All other secrets are not.
      - Requires O(password).
      - Falls back to the environment variable E(WEBITEL_TOTP_CODE).
    type: str
  key:
    description:
      - The key of the pair to manage, if it was made elsewhere.
      - With O(path), O(store) or O(record), the pair is used as long as there is no record. From then on the record counts, because it follows
        renewals.
      - Must be given together with O(token).
    type: str
  token:
    description:
      - The token of the pair to manage, if it was made elsewhere.
      - Must be given together with O(key).
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.webitel
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  idempotent:
    support: partial
    details:
      - Without O(path), O(store), O(record) and O(key) with O(token) no pair is known, so that each run with O(state=present) makes one. With
        O(renew=always) it always does.
notes:
  - The connection options fall back to E(WEBITEL_VALIDATE_CERTS), E(WEBITEL_CA_PATH), E(WEBITEL_CLIENT_CERT), E(WEBITEL_CLIENT_KEY),
    E(WEBITEL_PROXY), E(WEBITEL_TIMEOUT), E(WEBITEL_RETRIES) and E(WEBITEL_RETRY_TIMEOUT).
seealso:
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that the user has a pair that works for two more weeks, and keep it in a file
  telephony.auth.webitel_login:
    username: 200@mydomain.com
    password: "{{ vault_webitel_password }}"
    path: /etc/telephony/webitel.json
    renew_before: 2w

- name: The same for several users, on a server of your own; neither result nor item holds a secret
  telephony.auth.webitel_login:
    api_url: https://cloud.example.com/engine
    username: "{{ item }}"
    password: "{{ vault_webitel_passwords[item] }}"
    path: "/etc/telephony/webitel-{{ item }}.json"
  loop:
    - 200@mydomain.com
    - 201@mydomain.com
  loop_control:
    label: "{{ item }}"

- name: Log in, use the pair, and log out
  block:
    - name: Log in
      telephony.auth.webitel_login:
        username: 200@mydomain.com
        password: "{{ vault_webitel_password }}"
      register: webitel

    - name: Ask who this is
      ansible.builtin.uri:
        url: "{{ webitel.api_url }}/api/v2/whoami"
        headers: "{{ webitel.headers }}"
      no_log: true
  always:
    - name: Log out
      telephony.auth.webitel_login:
        state: absent
        record: "{{ webitel.record }}"
      when: webitel.record is defined

- name: The same, in a variable of a file that is encrypted with Ansible Vault
  telephony.auth.webitel_login:
    username: 200@mydomain.com
    password: "{{ vault_webitel_password }}"
    store:
      type: vault_file
      path: group_vars/all/webitel.yml
      variable: webitel_200
  delegate_to: localhost

- name: Log out a pair that was made elsewhere
  telephony.auth.webitel_login:
    state: absent
    key: "{{ vault_webitel_key }}"
    token: "{{ vault_webitel_token }}"

- name: Make a pair for root, whose second factor is needed only when there is none that works
  telephony.auth.webitel_login:
    username: root
    password: "{{ vault_webitel_root_password }}"
    totp_code: "{{ totp_code | default(omit, true) }}"
    path: /etc/telephony/webitel-root.json

- name: Say what to do if the second factor is missing or wrong
  block:
    - name: Make a new pair for root
      telephony.auth.webitel_login:
        username: root
        password: "{{ vault_webitel_root_password }}"
        path: /etc/telephony/webitel-root.json
        renew: always
  rescue:
    - name: Say what to do
      ansible.builtin.debug:
        msg: Run this once more with -e totp_code=... and a fresh code.
      when: ansible_failed_result.failure.code | default('') == 'mfa_required'

- name: Log out, and remove the file
  telephony.auth.webitel_login:
    state: absent
    path: /etc/telephony/webitel.json

- name: Set the address and a timeout for several tasks
  module_defaults:
    group/telephony.auth.all:
      api_url: https://cloud.example.com/engine
      timeout: 10
  block:
    - name: Only check the pair in the file, and fail if it does not work
      telephony.auth.webitel_login:
        path: /etc/telephony/webitel-root.json
        renew: never
"""

RETURN = r"""
expires_at:
  description: When the pair ends by itself, in UTC.
  type: str
  returned: success
  sample: '2027-03-02T09:30:00Z'
identity:
  description: The user, as in O(username). If the task does not name one, as Webitel says.
  type: str
  returned: success
  sample: 200@mydomain.com
revoked:
  description: Whether the pair is known to have ended, now or before.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: true
token:
  description: The token of the pair. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
key:
  description: The key of the pair. Secret.
  type: str
  returned: when RV(token) is
  sample: 00000000-0000-0000-0000-000000000000
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Access-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
    X-Key: 00000000-0000-0000-0000-000000000000
details:
  description:
    - What Webitel says about the user.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    username:
      description: The user as the engine knows it.
      type: str
      returned: if known
      sample: 200@mydomain.com
    domain:
      description: The domain of the user. V(root) has none.
      type: str
      returned: if known
      sample: mydomain.com
    role:
      description:
        - Number of the role of the user. V(0) is a user, V(1) an administrator, V(2) root, and V(-1) a role that was defined on the server.
        - Known only if this module made the pair.
      type: str
      returned: if known
      sample: '1'
    role_name:
      description: Name of the role of the user.
      type: str
      returned: if known
      sample: admin
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel


def main() -> None:
    run_module(Webitel)


if __name__ == "__main__":
    main()
