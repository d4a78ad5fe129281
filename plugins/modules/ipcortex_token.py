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
    or that an API key still does.
  - A session is made by a login with user name and password, and is carried in the cookie C(Red60urne). Each login of this module makes a new
    one and leaves all others alone. A session ends by logout, or when it has not been used for some time. How long that is, the vendor
    does not say.
  - An API key belongs to a user, has the rights of that user, and does not expire. People make and end API keys in the web interface, as a token of
    the type C(Auth Key) in the settings of the user. The API offers neither. This module can check a key, see O(key), and keep
    it on record like a session.
  - To check either, the module asks the system who it belongs to, in one request. As this uses the session, it may also keep it alive.
  - With O(state=absent), a session is logged out. A key is only forgotten. Then RV(revoked=false) and a warning say that it is still valid.
  - The system has no list of sessions. When the reply to a login is lost, there may be a session that nobody knows. The failure says so.
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
      - Also the name under which the session or key is put on record.
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
      - An API key to check, in place of a session. If the system does not accept it any more, the module fails, as only people can make a new one.
      - Mutually exclusive with O(password) and O(session).
      - Falls back to the environment variable E(IPCORTEX_KEY).
    type: str
  key_in:
    description:
      - Where the module puts an API key to check it, in the C(auth) object of the request or in the HTTP header C(Authorization). IPCortex
        before 6.3.10 does not know the header.
    type: str
    choices:
      - body
      - header
    default: body
  session:
    description:
      - The session to look after, if it is known from elsewhere. This is the value of the cookie.
      - With O(path) or O(record) it is used as long as there is no record. Then the record counts, because it follows renewals.
      - Mutually exclusive with O(key).
    type: str
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._attributes.actiongroup_ipcortex
  - telephony.auth._attributes.actiongroup_all
  - telephony.auth._attributes
attributes:
  idempotent:
    support: partial
    details:
      - Without O(path), O(record), O(session) and O(key) no session is known, so that each run with O(state=present) makes one. With
        O(renew=always) it does so anyway.
      - With O(state=absent), forgetting an API key is no change, unless there was a file to remove.
notes:
  - The connection options fall back to E(IPCORTEX_VALIDATE_CERTS), E(IPCORTEX_CA_PATH), E(IPCORTEX_CLIENT_CERT), E(IPCORTEX_CLIENT_KEY),
    E(IPCORTEX_PROXY), E(IPCORTEX_TIMEOUT), E(IPCORTEX_RETRIES) and E(IPCORTEX_RETRY_TIMEOUT).
  - The expiry of a session is not known beforehand, so that O(renew_before) has no effect, and O(verify=false) takes a session for valid whatever
    its age.
  - All requests to the API are POST requests with a JSON body. The system answers with HTTP status 200 even if it refuses one. Look at the
    field C(result), as the examples do.
seealso:
  - module: telephony.auth.dialer_session
  - module: telephony.auth.kazoo_user_auth
  - module: telephony.auth.vacd_api_token
  - module: telephony.auth.webitel_login
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

- name: Only check an API key by way of the header, and return no secret
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    key: "{{ vault_ipcortex_key }}"
    key_in: header
    renew: never
    return_token: false

- name: Keep the record elsewhere
  block:
    - name: Make sure that the session on record works
      telephony.auth.ipcortex_token:
        api_url: https://pbx.example.com
        username: agent
        password: "{{ vault_ipcortex_password }}"
        record: "{{ ipcortex_record | default({}) }}"
      register: pbx_on_record

    - name: Keep the new record, here as a fact; any store will do
      ansible.builtin.set_fact:
        ipcortex_record: "{{ pbx_on_record.record }}"
      when: pbx_on_record is changed
      no_log: true

- name: Log out a session that is known from elsewhere
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    state: absent
    session: "{{ ipcortex_record.token }}"

- name: Log out, and remove the file
  telephony.auth.ipcortex_token:
    api_url: https://pbx.example.com
    state: absent
    path: /etc/telephony/ipcortex.json

- name: Say once for several tasks how the API is reached
  module_defaults:
    group/telephony.auth.ipcortex:
      api_url: https://pbx.example.com
      username: operator
      password: "{{ vault_ipcortex_passwords['operator'] }}"
  block:
    - name: Make sure that there is a session that works
      telephony.auth.ipcortex_token:
        path: /etc/telephony/ipcortex-operator.json
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
    - When the session was made, in UTC. V(null) if another than this module made it, and for an API key.
  type: str
  returned: success
  sample: '2026-11-22T09:30:00Z'
expires_at:
  description: Always V(null). The end of a session is not known beforehand, and API keys do not expire.
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
  sample: '2026-11-22T10:25:00Z'
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
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://pbx.example.com
identity:
  description:
    - The user, as in O(username), or where the task names none, as the vendor told when it was put on record, or V(null).
  type: str
  returned: success
  sample: agent
revoked:
  description:
    - Whether the session is known to have ended, now or before. V(false) for an API key that still works.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: true
token:
  description: The session, which is the value of the cookie, or the API key. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode where a new token would be made
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
record:
  description:
    - All that is to be remembered until the next run, which takes it as O(record). Secret.
    - Treat it as one piece. Its fields may grow with new versions of the collection, which read older records.
  type: dict
  returned: when RV(token) is, and in check mode with O(record) where a token would be made
  sample:
    schema: 1
    vendor: ipcortex
    api_url: https://pbx.example.com
    identity: agent
    token: '00000000000000000000000000000000'
    extra: {}
    issued_at: '2026-11-22T09:30:00Z'
    expires_at: null
    details: {}
    retiring: []
    pending: null
auth_type:
  description: V(key) for an API key. Missing for a session.
  type: str
  returned: when an API key is known
  sample: key
user:
  description: What the vendor tells about the user.
  type: dict
  returned: when a token is known and the vendor tells
  contains:
    id:
      description: Number of the user.
      type: int
      returned: if the vendor tells
      sample: 101
    login:
      description: The name with which the user logs in.
      type: str
      returned: if the vendor tells
      sample: agent
    name:
      description: The name of the person.
      type: str
      returned: if the vendor tells
      sample: Agent Example
    company:
      description: The company that the user works for at the moment.
      type: str
      returned: if the vendor tells
      sample: acme
    home:
      description: The company that the user belongs to.
      type: str
      returned: if the vendor tells
      sample: acme
    companies:
      description: The companies that the user may work for.
      type: list
      elements: str
      returned: if the vendor tells
      sample:
        - acme
permissions:
  description:
    - What the user may do, as the vendor tells it. V(yes) is said of a permission that the user has in general, V(company) of one that the
      user has in the current company.
  type: dict
  returned: when RV(user) is
  sample:
    phone: company
    reports: 'yes'
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
        api_url: https://pbx.example.com
        identity: agent
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
        api_url: https://pbx.example.com
        identity: agent
msg:
  description: What went wrong, what may be left behind, and where possible what to do. Free of secrets.
  type: str
  returned: failure
  sample: 'The login was refused: unknown user or wrong password. The vendor says: Login failed'
failure:
  description:
    - What went wrong, for playbooks to branch on. In C(rescue) it is C(ansible_failed_result.failure). Free of secrets.
    - Missing where Ansible itself finds fault with the options, for example a required one that is missing.
  type: dict
  returned: failure
  contains:
    vendor:
      description: The vendor, V(ipcortex).
      type: str
      returned: always
      sample: ipcortex
    operation:
      description:
        - The step that failed, V(issue), V(check) or V(revoke).
        - V(null) when the failure has nothing to do with a request.
      type: str
      returned: always
      sample: issue
    status:
      description: The HTTP status of the reply. V(null) without a complete reply.
      type: int
      returned: always
      sample: 200
    code:
      description:
        - What kind of failure it is, in a word that stays the same in later versions. There may be new words.
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
      sample: Login failed
    maybe_done:
      description:
        - Whether the vendor may have made or ended a token although no reply told so. RV(msg) says what may be left behind.
      type: bool
      returned: always
      sample: false
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex


def main() -> None:
    run_module(Ipcortex)


if __name__ == "__main__":
    main()
