#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token
short_description: Manage the token of an API user at any vendor, with options from the variables of the host
version_added: 1.0.0
description:
  - Does the same as the module of the vendor. Each host of the inventory is one API user, and its variables are the options.
  - Each variable of the host that is named C(token_) and then an option of the vendor's module, such as C(token_username), C(token_password),
    C(token_store) or C(token_renew_before), sets this option. A variable with such a name that is an option of no vendor's module is an error. The
    message suggests the nearest name, so that typing errors are found.
  - Without C(token_password), the password is the one that M(telephony.auth.user) keeps where C(user_path) or C(user_store) of the host say. It is
    read on the controller, and must not be pending - then nobody knows whether it was set, and C(telephony.auth.onboard) sets it again.
  - The playbooks C(telephony.auth.provision), C(telephony.auth.rotate) and C(telephony.auth.revoke) use this module.
options:
  vendor:
    description:
      - The vendor, whose module says which options there are - V(dialer) for M(telephony.auth.dialer_session), V(ipcortex) for
        M(telephony.auth.ipcortex_token), V(kazoo) for M(telephony.auth.kazoo_user_auth), V(kazoo_api_key) for M(telephony.auth.kazoo_api_key),
        V(ringcx_session) for M(telephony.auth.ringcx_session), V(vacd) for M(telephony.auth.vacd_api_token),
        V(vacd_login) for M(telephony.auth.vacd_login), V(webitel) for M(telephony.auth.webitel_login),
        V(webitel_domain_token) for M(telephony.auth.webitel_domain_token).
      - Without it, the variable C(token_vendor) of the host, else the group of the inventory that has the name of a vendor and that the host
        is in. If the host is in several such groups, or in none, the module fails.
    type: str
  options:
    description:
      - Options of the vendor's module. They take precedence over the variables of the host.
    type: dict
extends_documentation_fragment:
  - telephony.auth._guides
  - telephony.auth._attributes
attributes:
  action:
    details:
      - This needs a local connection, no C(become), no C(environment) and no C(async), and Requests must be importable by the Python that
        runs Ansible. Otherwise the vendor's module is sent to the host and started there.
  idempotent:
    support: partial
    details:
      - As the vendor's module.
seealso:
  - module: telephony.auth.token_info
  - module: telephony.auth.user
  - module: telephony.auth.dialer_session
  - module: telephony.auth.ipcortex_token
  - module: telephony.auth.kazoo_api_key
  - module: telephony.auth.kazoo_user_auth
  - module: telephony.auth.ringcx_session
  - module: telephony.auth.vacd_api_token
  - module: telephony.auth.vacd_login
  - module: telephony.auth.webitel_domain_token
  - module: telephony.auth.webitel_login
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Make sure that each API user in the inventory has a token that works
  telephony.auth.token:
  # With these variables of a host in the group kazoo:
  #   token_username: john@example.com
  #   token_password: "{{ vault_kazoo_password }}"
  #   token_account_name: Acme Telephony, Inc.
  #   token_store:
  #     type: vault_file
  #     path: host_vars/john/token.yml

- name: Make a new token now, and leave those who use the old one a day to change to it
  telephony.auth.token:
    options:
      renew: always
      grace: 1d

- name: End the token, and remove its record
  telephony.auth.token:
    options:
      state: absent

- name: Use the token
  block:
    - name: Get the token
      telephony.auth.token:
        vendor: webitel
        options:
          username: 200@mydomain.com
          password: "{{ vault_webitel_password }}"
          path: /etc/telephony/webitel.json
          return_token: true
      register: webitel

    - name: Ask who this is
      ansible.builtin.uri:
        url: "{{ webitel.api_url }}/api/v2/whoami"
        headers: "{{ webitel.headers }}"
      no_log: true
"""

RETURN = r"""
expires_at:
  description: When the token ends by itself, in UTC. V(null) if it does not, or if that is not known.
  type: str
  returned: success
  sample: '2026-11-22T10:30:00Z'
identity:
  description: Whose token it is, as the vendor's module says. V(null) if that is not known.
  type: str
  returned: success
  sample: acmetelephonyinc/john@example.com
revoked:
  description: Whether the token is known to have ended, now or before.
  type: bool
  returned: when C(state=absent) and a token was known
  sample: true
others:
  description: The tokens that the vendor lists for the user and that are not on record. RingCX has such a list, and Webitel for its domains,
    by UUID.
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
      description: Whether it appeared after a request for a token that got no clear answer, so that it is probably that token.
      type: bool
      returned: always
      sample: false
token:
  description: The token. Secret.
  type: str
  returned: when secrets are returned, see C(return_token); not with C(state=absent), and not in check mode if a new token would be made
  sample: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
tokens:
  description: All API tokens of the user, if C(count) manages their number. Secret. RingCX only.
  type: list
  elements: str
  returned: when RV(token) is, and C(count) manages the number of tokens
  sample:
    - aws80:00000000-0000-0000-0000-000000000000
key:
  description: The key that belongs to the token. Secret. Webitel only.
  type: str
  returned: when RV(token) is
  sample: 00000000-0000-0000-0000-000000000000
auth:
  description: The object to put into the body of a request as C(auth). Secret for an API key, which it holds. IPCortex only.
  type: dict
  returned: when RV(token) is
  sample:
    type: auth
headers:
  description: The HTTP headers that authorise a request, ready for O(ansible.builtin.uri#module:headers). Secret.
  type: dict
  returned: when RV(token) is
  sample:
    X-Auth-Token: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl
details:
  description:
    - What the vendor says about the user. The documentation of the vendor's module describes it, as RV(telephony.auth.kazoo_user_auth#module:details).
  type: dict
  returned: success
  sample:
    account_id: a0c0ffee00000000000000000000ac3e
    account_name: Acme Telephony, Inc.
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
        - V(bad_path) - C(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often C(api_url) is not the address of
          the API.
        - V(bad_request) - the vendor does not accept the values in the request. RV(failure.vendor_message) names them.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - C(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(identity_unknown) - the credentials do not tell whose token it is, and a record has to. Set C(username).
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(ip_denied) - the vendor does not accept requests from the address of this host.
        - V(issued_token_refused) - the vendor made a token and then did not accept it.
        - V(locked) - another run was at work on the record for longer than C(retry_timeout).
        - V(mfa_required) - the user needs a second factor, or the one that was given is wrong.
        - V(newer_record) - the record was written by a newer version of this collection.
        - V(no_password) - Ansible has no vault password to encrypt the file of C(store) with.
        - V(not_a_record) - C(path), C(store) or C(record) holds something else than a token record.
        - V(not_permitted) - the user lacks the right to do this.
        - V(proxy_refused) - the proxy refused to pass the request on, so the vendor never saw it. See C(proxy).
        - V(rate_limited) - too many requests, and waiting within C(retries) and C(retry_timeout) did not help.
        - V(record_exposed) - the file has more permissions than C(mode).
        - V(record_mismatch) - the record belongs to another vendor, user or C(api_url), or holds another token than the task names.
        - V(redirected) - the API answered with a redirect. C(api_url) has to be the final address.
        - V(renewal_needed) - a new token is needed, but C(renew=never).
        - V(requests_missing) - the Python library Requests cannot be imported.
        - V(server_error) - the vendor has a problem of its own (HTTP status 500 and above).
        - V(store_unreachable) - HashiCorp Vault is down, sealed, or refuses the request.
        - V(store_unwritable) - the record cannot be written or removed.
        - V(timeout) - no connection or no answer within C(timeout).
        - V(tls) - the TLS certificate of the API, or the one of this host, is not trusted.
        - V(too_many_tokens) - too many replaced tokens still have to be ended, or too many requests for a token got no clear answer. See the message.
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
    - With C(state=absent), that of the token that was known before.
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
  returned: success and C(state=present)
  sample: true
next_action_at:
  description:
    - When the next run with the same options has something to do, in UTC. That is when the token expires within C(renew_before), becomes
      older than C(max_age), or when a replaced token is to be ended, whichever comes first.
    - V(null) if no such time is known.
    - In check mode, if a new token would be made, it is about the one that is known now.
  type: str
  returned: success and C(state=present)
  sample: '2026-11-22T10:25:00Z'
retiring:
  description: The tokens that were replaced and are still to be ended, see C(grace).
  type: list
  elements: dict
  returned: success and C(state=present)
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
  description: The address of the API, as C(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.example.com
record:
  description:
    - All that is to be remembered until the next run, which takes it as C(record). Secret.
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
