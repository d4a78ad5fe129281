#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ipcortex_token
short_description: Manage sessions and check API keys of IPCortex
version_added: 1.0.0
description:
  - The REST API of an IPCortex telephone system accepts a session or an API key. This module makes sure that there is a session which works,
    or checks that an API key still works.
  - A login with user name and password makes a session, which is the value of the cookie C(Red60urne). Each login of this module makes a new
    session and does not change any other, unless O(join=true) asks for it. A session ends by logout, or when it has not been used for some
    time. The vendor does not say how long that is.
  - An API key belongs to a user, has the rights of that user, and does not expire. API keys can be made and ended in the web interface only, as
    a token of the type C(Auth Key) in the settings of the user. This module can check a key, see O(key), and keep
    it on record like a session.
  - To check a session or a key, the module asks the system whose it is, in one request. This uses the session, so that it may last longer.
  - With O(state=absent), a session is logged out. Of a key, only the record is removed. Then RV(revoked=false) and a warning say that the key still
    works.
  - The system has no list of sessions. If the reply to a login is lost, there may be a session that no record names. The failure says so.
    The session ends when it has not been used for some time.
options:
  api_url:
    description:
      - Base URL of the system, without C(/rest), for example V(https://pbx.example.com).
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(IPCORTEX_API_URL).
    type: str
    required: true
  username:
    description:
      - The name with which the user logs in.
      - The record names the owner of the session or key by it.
      - Falls back to the environment variable E(IPCORTEX_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Needed to make a session, but not to check one or to log it out.
      - Mutually exclusive with O(key).
      - Falls back to the environment variable E(IPCORTEX_PASSWORD).
    type: str
  key:
    description:
      - An API key to check, instead of a session. If the system does not accept it any more, the module fails, because a new one can be made in the
        web interface only.
      - Mutually exclusive with O(password) and O(session).
      - Falls back to the environment variable E(IPCORTEX_KEY).
    type: str
  key_in:
    description:
      - How the module sends an API key to check it, in the C(auth) object of the request or in the HTTP header C(Authorization). IPCortex
        before 6.3.10 does not know the header.
    type: str
    choices:
      - body
      - header
    default: body
  session:
    description:
      - The session to manage, if it was made elsewhere. This is the value of the cookie.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
      - Mutually exclusive with O(key).
    type: str
  join:
    description:
      - Log in within the session that O(session) names, instead of opening a new one. From then on that session belongs to O(username), for
        everybody who uses it. Whose session it was before does not matter, and nobody needs to be logged in.
      - If the session belongs to O(username) already, nothing changes. If there is no such session any more, the system opens a new one.
      - O(state=absent) logs that session out, and so does a run that cannot keep what it was given.
      - Needs O(session), O(username) and O(password).
    type: bool
    default: false
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.ipcortex
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  idempotent:
    support: partial
    details:
      - Without O(path), O(store), O(record), O(session) and O(key) no session is known, so that each run with O(state=present) makes one. With
        O(renew=always) it always does.
      - With O(state=absent) and an API key, nothing changes unless there was a record to remove.
notes:
  - The connection options fall back to E(IPCORTEX_VALIDATE_CERTS), E(IPCORTEX_CA_PATH), E(IPCORTEX_CLIENT_CERT), E(IPCORTEX_CLIENT_KEY),
    E(IPCORTEX_PROXY), E(IPCORTEX_TIMEOUT), E(IPCORTEX_RETRIES) and E(IPCORTEX_RETRY_TIMEOUT).
  - Nobody knows beforehand when a session ends, so O(renew_before) has no effect, and with O(verify=false) a session counts as valid whatever
    its age.
  - All requests to the API are POST requests with a JSON body. The system answers with HTTP status 200 even if it refuses one. Look at the
    field C(result), as the examples do.
seealso:
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that there is a session that works, and keep it in a file
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    username: agent
    password: "{{ vault_ipcortex_password }}"
    path: /etc/telephony/ipcortex.json

- name: The same for several users; neither result nor item holds a secret
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    username: "{{ item }}"
    password: "{{ vault_ipcortex_passwords[item] }}"
    path: "/etc/telephony/ipcortex-{{ item }}.json"
  loop:
    - agent
    - operator
  loop_control:
    label: "{{ item }}"

- name: Log in, use the session, and log out
  block:
    - name: Log in
      telephony.auth.ipcortex_token:
        api_url: https://pbx.example.com
        username: agent
        password: "{{ vault_ipcortex_password }}"
      register: pbx

    - name: Ask for the night modes
      ansible.builtin.uri:
        url: "{{ pbx.api_url }}/rest/dialplan/read"
        method: POST
        headers: "{{ pbx.headers }}"
        body_format: json
        body:
          type: nm
          auth: "{{ pbx.auth }}"
      register: night_modes
      failed_when: night_modes.json.result | default('fail') != 'success'
      no_log: true
  always:
    - name: Log out
      telephony.auth.ipcortex_token:
        api_url: https://pbx.example.com
        state: absent
        record: "{{ pbx.record }}"
      when: pbx.record is defined

- name: Check an API key, and use it
  block:
    - name: Check the key
      telephony.auth.ipcortex_token:
        api_url: https://pbx.example.com
        key: "{{ vault_ipcortex_key }}"
      register: pbx_key

    - name: Ask for the night modes; with a key, the auth object alone is enough
      ansible.builtin.uri:
        url: "{{ pbx_key.api_url }}/rest/dialplan/read"
        method: POST
        body_format: json
        body:
          type: nm
          auth: "{{ pbx_key.auth }}"
      register: night_modes
      failed_when: night_modes.json.result | default('fail') != 'success'
      no_log: true

- name: Only check an API key, sent in the header, and return no secret
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    key: "{{ vault_ipcortex_key }}"
    key_in: header
    renew: never
    return_token: false

- name: The same, in a variable of a file that is encrypted with Ansible Vault
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    username: agent
    password: "{{ vault_ipcortex_password }}"
    store:
      type: vault_file
      path: group_vars/all/ipcortex.yml
      variable: ipcortex_agent
  delegate_to: localhost

- name: Log out a session that was made elsewhere
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    state: absent
    session: "{{ vault_ipcortex_session }}"

- name: Log in within a session that a browser has opened
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    session: "{{ vault_ipcortex_session }}"
    username: agent
    password: "{{ vault_ipcortex_password }}"
    join: true
    return_token: false

- name: Log out, and remove the file
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    state: absent
    path: /etc/telephony/ipcortex.json

- name: Set address and user for several tasks
  module_defaults:
    group/telephony.auth.all:
      api_url: https://pbx.example.com
      username: operator
      password: "{{ vault_ipcortex_passwords['operator'] }}"
  block:
    - name: Make sure that there is a session that works
      telephony.auth.ipcortex_token:
        path: /etc/telephony/ipcortex-operator.json
"""

RETURN = r"""
expires_at:
  description: Always V(null). The end of a session is not known beforehand, and API keys do not expire.
  type: str
  returned: success
  sample: null
identity:
  description: The user, as in O(username). If the task does not name one, as IPCortex says, or V(null).
  type: str
  returned: success
  sample: agent
revoked:
  description: Whether the session is known to have ended, now or before. V(false) for an API key that still works.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: true
token:
  description: The session, which is the value of the cookie, or the API key. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: '00000000000000000000000000000000'
auth:
  description:
    - The object to put into the body of a request as C(auth). Secret for an API key, which it holds.
    - For a session it says nothing but the type. The session itself is in RV(headers).
  type: dict
  returned: when RV(token) is
  sample:
    type: auth
headers:
  description:
    - The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
    - For a session, the cookie. For an API key, the header C(Authorization), which IPCortex knows since 6.3.10. Before that, use RV(auth).
  type: dict
  returned: when RV(token) is
  sample:
    Cookie: Red60urne=00000000000000000000000000000000
details:
  description:
    - What IPCortex says about the user.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    auth_type:
      description: V(key) for an API key. Missing for a session.
      type: str
      returned: if known
      sample: key
    user:
      description: The user.
      type: dict
      returned: if known
      contains:
        id:
          description: Number of the user.
          type: str
          returned: if known
          sample: '101'
        login:
          description: The name with which the user logs in.
          type: str
          returned: if known
          sample: agent
        name:
          description: The name of the person.
          type: str
          returned: if known
          sample: Agent Example
        company:
          description: The company that the user works for at the moment.
          type: str
          returned: if known
          sample: acme
        home:
          description: The company that the user belongs to.
          type: str
          returned: if known
          sample: acme
        companies:
          description: The companies that the user may work for.
          type: list
          elements: str
          returned: if known
          sample:
            - acme
    permissions:
      description:
        - What the user may do. The keys are the names of the permissions, the values are texts. V(yes) is a permission that the user has in general,
          V(company) one that the user has in the current company.
      type: dict
      returned: if known
      sample:
        phone: company
        reports: 'yes'
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex


def main() -> None:
    run_module(Ipcortex)


if __name__ == "__main__":
    main()
