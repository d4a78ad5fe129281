#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webitel_domain_token
short_description: Manage the static tokens of a domain of the Webitel engine
version_added: 1.0.0
description:
  - A domain of the Webitel engine, generation 3.6 and later, can have tokens of its own. Such a token belongs to no user. It has a role, works until a
    time that is fixed when it is made, and is sent alone in the HTTP header C(X-Access-Token), without a key. This module makes sure that there is
    one which works.
  - An administrator of the domain, or V(root), makes, lists and deletes the tokens. The module logs in for this, and logs out at the end of its run.
    To check a known token, it asks the engine whose it is, with the token itself, and does not log in.
  - The engine shows a token only once, when it is made. Its list has the UUIDs of the tokens and not the tokens. So a token is either on record, or it
    is of no use to anybody.
  - If the reply with a new token is lost, the module finds the token on the list by the time of its expiry, which is random to the millisecond, and
    deletes it again. If that fails too, or if the run is killed, the next run compares the list with the one before. What is new on it is named in a
    warning and in RV(others), and is left alone until you delete it with O(uuid), or say with O(adopt=false) that it is somebody else's.
  - With O(state=absent), the known token is deleted.
  - This module does not work with Webitel 4 and later, which have another API.
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
      - An administrator of the domain, for example V(100@example.com), or V(root).
      - Falls back to the environment variable E(WEBITEL_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Needed to make and delete tokens, and to read their list, unless O(auth_token) is given. Not needed to check a token.
      - Falls back to the environment variable E(WEBITEL_PASSWORD).
    type: str
  totp_code:
    description:
      - The one-time code of the second factor, for users who have one. (In the engine, only V(root) can have one.)
      - The code is sent as a part of the URL, because the engine reads it from nowhere else. All other secrets are not.
      - Requires O(password).
      - Falls back to the environment variable E(WEBITEL_TOTP_CODE).
    type: str
  auth_token:
    description:
      - A token that authorises the module, instead of O(username) and O(password). It is the token of a login, together with O(auth_key), or another
        token of the domain that has the role of an administrator.
      - Falls back to the environment variable E(WEBITEL_AUTH_TOKEN).
    type: str
  auth_key:
    description:
      - The key that belongs to O(auth_token), if that is the token of a login. (M(telephony.auth.webitel_login) returns both.)
      - Requires O(auth_token).
      - Falls back to the environment variable E(WEBITEL_AUTH_KEY).
    type: str
  domain:
    description:
      - The domain whose token it is, for example V(example.com). The record names the owner of the token by it.
      - By default the domain of O(username), or of O(auth_token) or O(token). V(root) has none, so with it the domain must be given.
      - Webitel gives an administrator of one domain what belongs to that domain, also if a request names another one, and does not tell. The module
        compares the two before it changes anything, and fails if they differ.
      - Falls back to the environment variable E(WEBITEL_DOMAIN).
    type: str
  role:
    description:
      - The name of the role of the token, such as V(admin) or V(user), or of a role that was defined on the server. (C(role) in the API.)
      - The engine does not check whether there is a role of this name. A token with an unknown role works and may do nothing.
      - Needed to make a token. If it is given and the known token has another role, that token is replaced, without O(grace).
    type: str
  lifetime:
    description:
      - How long a new token works. (C(expire) in the API, which is a time in milliseconds.)
      - It holds for tokens that are made, and is no reason to replace one.
      - Written like O(renew_before).
    type: str
    default: 365d
  enabled:
    description:
      - Whether the token is to be enabled. The engine refuses one that is disabled, and enables it again at any time.
      - V(false) disables the token and keeps it. V(true) enables it. Either needs O(username) and O(password), or O(auth_token), if there is something
        to change, and to tell a disabled token from a deleted one.
      - By default, a token that somebody has disabled counts as one that the vendor refuses, and is replaced.
    type: bool
  token:
    description:
      - The token to manage, if it was made elsewhere.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
    type: str
  uuid:
    description:
      - With O(state=absent), the UUID of a token to delete whose value nobody knows. M(telephony.auth.webitel_domain_token_info) tells it.
      - Mutually exclusive with O(token), O(path), O(store) and O(record).
    type: str
  exclusive:
    description:
      - Whether to delete all other tokens of the domain, no matter who made them. The known token, those that are replaced and live on because of O(grace),
        and those in O(keep) stay.
    type: bool
    default: false
  keep:
    description:
      - The UUIDs of tokens that O(exclusive=true) must not delete.
    type: list
    elements: str
    default: []
  adopt:
    description:
      - What to do with a token that appears on the list after a request for one that got no clear answer. V(false) says that it is somebody else's. It
        stays as it is, and later runs do not name it again.
      - V(true) is refused, because nobody knows the value of such a token.
    type: bool
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
  check_mode:
    details:
      - No request that makes, changes or deletes a token is sent. If reading the list of tokens needs a login, the module logs in and out, as it does
        outside of check mode.
  idempotent:
    support: partial
    details:
      - Without O(path), O(store), O(record) and O(token) no token is known, so that each run with O(state=present) makes one. With O(renew=always) it
        always does.
notes:
  - The connection options fall back to E(WEBITEL_VALIDATE_CERTS), E(WEBITEL_CA_PATH), E(WEBITEL_CLIENT_CERT), E(WEBITEL_CLIENT_KEY),
    E(WEBITEL_PROXY), E(WEBITEL_TIMEOUT), E(WEBITEL_RETRIES) and E(WEBITEL_RETRY_TIMEOUT).
  - Tokens that have expired stay on the engine's list. This module takes no notice of them.
seealso:
  - module: telephony.auth.webitel_login
    description: Logins of users, with a key and a token.
  - module: telephony.auth.webitel_domain_token_info
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that the domain has a token for the reports, and keep it in a file
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    role: user
    path: /etc/telephony/reports.json

- name: Replace it every 90 days, and leave those who use it a day to change to the new one
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    role: user
    lifetime: 100d
    max_age: 90d
    grace: 1d
    path: /etc/telephony/reports.json

- name: Make a token of another domain, as root, and use it
  block:
    - name: Make a token
      telephony.auth.webitel_domain_token:
        username: root
        password: "{{ vault_webitel_root_password }}"
        domain: example.org
        role: admin
        lifetime: 1h
        renew_before: 5m
      register: webitel_domain

    - name: Ask what the token is
      ansible.builtin.uri:
        url: "{{ webitel_domain.api_url }}/api/v2/whoami"
        headers: "{{ webitel_domain.headers }}"
      no_log: true
  always:
    - name: Delete the token
      telephony.auth.webitel_domain_token:
        username: root
        password: "{{ vault_webitel_root_password }}"
        domain: example.org
        record: "{{ webitel_domain.record }}"
        state: absent
      when: webitel_domain.record is defined

- name: Switch the token off for as long as the reports must not run
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    role: user
    enabled: false
    path: /etc/telephony/reports.json

- name: Leave the domain no other token than the one on record and one more
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    role: user
    path: /etc/telephony/reports.json
    exclusive: true
    keep:
      - 3f2504e0-4f89-41d3-9a0c-0305e82c3301

- name: Delete a token whose value nobody knows
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    uuid: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
    state: absent
"""

RETURN = r"""
expires_at:
  description: When the token ends by itself, in UTC.
  type: str
  returned: success
  sample: '2027-11-22T09:30:00Z'
identity:
  description: The domain, in lower case.
  type: str
  returned: success
  sample: example.com
revoked:
  description: Whether the token is known to have ended, now or before.
  type: bool
  returned: when O(state=absent) and a token was known
  sample: true
others:
  description: The tokens of the domain that the engine lists and that are not on record, without those that have expired.
  type: list
  elements: dict
  returned: when the list was read
  contains:
    fingerprint:
      description: Which token. Since the engine does not show tokens, it is the UUID.
      type: str
      returned: always
      sample: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
    probably_ours:
      description: Whether it appeared after a request for a token that got no clear answer, so that it is probably that token.
      type: bool
      returned: always
      sample: false
token:
  description: The token. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new token would be made
  sample: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Access-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl
details:
  description:
    - What Webitel says about the token.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    uuid:
      description: By what the engine lists the token. It is no secret.
      type: str
      returned: if known
      sample: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
    domain:
      description: The domain of the token.
      type: str
      returned: if known
      sample: example.com
    role_name:
      description: Name of the role of the token.
      type: str
      returned: if known
      sample: user
    created_by:
      description: Who made the token. Known only if this module made it, or read the list.
      type: str
      returned: if known
      sample: 100@example.com
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
      sample: webitel_domain_token
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import WebitelDomainToken


def main() -> None:
    run_module(WebitelDomainToken)


if __name__ == "__main__":
    main()
