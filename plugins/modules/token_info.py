#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token_info
short_description: Say what is known about the token of an API user at any vendor
version_added: 1.0.0
description:
  - Reads the record of the token, asks the vendor whether the token works and which others there are, and says when there is something
    to do. It changes nothing, and it returns no secret.
  - What cannot be read is no failure. The module says so in RV(problem) and returns what it knows. So a report has a row for each host.
  - Each variable of the host that is named C(token_) and then an option of the vendor's module, such as C(token_username), C(token_password),
    C(token_store) or C(token_renew_before), sets this option. A variable with such a name that is an option of no vendor's module is an error. The
    message suggests the nearest name, so that typing errors are found.
  - It never makes a token, and RingCX is only asked for the list of tokens with the token itself. It does not log in.
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
    description: The task runs inside of Ansible, on the controller.
    details:
      - This needs a local connection, no C(become), no C(environment) and no C(async), and Requests must be importable by the Python that
        runs Ansible. Otherwise the task fails. Use C(delegate_to=localhost) then.
  async:
    support: none
    details:
      - The task runs inside of Ansible.
  check_mode:
    description: Does the same in check mode as outside of it, because it changes nothing.
    details: []
  diff_mode:
    support: none
    details: []
  idempotent:
    support: full
seealso:
  - module: telephony.auth.token
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
- name: Ask about the token of each API user in the inventory
  telephony.auth.token_info:
  register: token

- name: Fail if there is none that works
  ansible.builtin.assert:
    that: token.works
    fail_msg: "{{ token.problem or token.reason }}"

- name: Only read the records, and ask no vendor
  telephony.auth.token_info:
    options:
      verify: false
"""

RETURN = r"""
name:
  description: The name of the host in the inventory.
  type: str
  returned: success
  sample: acme-john
vendor:
  description: The vendor. V(null) if that is not known, see RV(problem).
  type: str
  returned: success
  sample: kazoo
user:
  description: Whose token it is, as RV(telephony.auth.token#module:identity). V(null) if that is not known.
  type: str
  returned: success
  sample: acmetelephonyinc/john@example.com
api_url:
  description: The address of the API.
  type: str
  returned: success
  sample: https://public-api.virtualpbx.com:8443/v2
store:
  description:
    - The type of the store, V(file), V(vault_file) or V(hashi_vault).
    - V(null) if the options name none.
  type: str
  returned: success
  sample: vault_file
place:
  description: Where the record is, in words.
  type: str
  returned: success
  sample: variable telephony_token in /srv/inventory/host_vars/john/token.yml
fingerprint:
  description:
    - The first 12 hexadecimal digits of the SHA-256 of the token. They tell tokens apart without giving them away.
    - V(null) if there is no token on record.
  type: str
  returned: success
  sample: 3f2a9c51d0e7
issued_at:
  description: When the token was made, in UTC. V(null) if that is not known.
  type: str
  returned: success
  sample: '2026-11-22T09:30:00Z'
expires_at:
  description: When the token ends by itself, in UTC. V(null) if it does not, or if that is not known.
  type: str
  returned: success
  sample: '2026-11-22T10:30:00Z'
works:
  description:
    - Whether the vendor accepts the token. V(false) also if there is no token on record.
    - V(null) if the vendor was not asked or gave no clear answer.
  type: bool
  returned: success
  sample: true
reason:
  description: Why RV(works) is what it is and what the next run would do, in one line. For people. Later versions may word it differently.
  type: str
  returned: success
  sample: the vendor accepts the token
next_action:
  description:
    - What M(telephony.auth.token) would do now with the same options. V(issue) is to make a token, V(settle) is to end tokens or to correct
      the record, V(none) is nothing.
    - V(null) if that is not known.
  type: str
  returned: success
  sample: none
next_action_at:
  description: When there is something to do for it, in UTC. V(null) if no time is known.
  type: str
  returned: success
  sample: '2026-11-22T10:25:00Z'
retiring:
  description: The tokens that were replaced and are still to be ended.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: Which token, as in RV(fingerprint).
      type: str
      returned: always
      sample: 9d3f00c1b2a4
    revoke_at:
      description: When the token is to be ended, or when it expires if it cannot be ended, in UTC.
      type: str
      returned: always
      sample: '2026-11-23T09:30:00Z'
unmanaged:
  description:
    - The tokens that the vendor lists for the user and that are not on record. RingCX has such a list, and Webitel for its domains,
      by UUID.
    - V(null) if there is no list or if it could not be read.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: Which token, as in RV(fingerprint).
      type: str
      returned: always
      sample: 5d1c0e6a9b27
    probably_ours:
      description: Whether it appeared after a request for a token that got no clear answer, so that it is probably that token.
      type: bool
      returned: always
      sample: false
problem:
  description: Why something is not known, in one line, without secrets. V(null) if all is known. RV(failure) is V(null) then, too.
  type: str
  returned: success
  sample: null
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
"""
