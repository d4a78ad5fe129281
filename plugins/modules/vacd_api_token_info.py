#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vacd_api_token_info
short_description: List the permanent API tokens of a RingCX legacy (VACD) user
version_added: 1.0.0
description:
  - Tells which API tokens a user of the legacy API of RingCX has, by their fingerprints, and which of them are on which record. What is on no record was
    made elsewhere, or is left over.
  - RingCX says nothing else about a token than its value.
  - The module changes nothing. If it logs in, this makes an I(auth token), which expires after an hour without use.
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
      - Needed to compare records, which name the owner of the token by it.
      - Falls back to the environment variable E(VACD_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Needed to read the list, unless O(auth_token) is given.
      - Falls back to the environment variable E(VACD_PASSWORD).
    type: str
  auth_token:
    description:
      - A token that authorises the module, instead of O(username) and O(password). It is an auth token, or any API token of the user. The list is
        always that of its own user.
      - Falls back to the environment variable E(VACD_AUTH_TOKEN).
    type: str
  paths:
    description:
      - Files with records, as O(telephony.auth.vacd_api_token#module:path) keeps them. What is on one of them is told with its place.
      - A file that does not exist has no token. One with the record of another user or O(api_url) is an error.
    type: list
    elements: path
    default: []
  stores:
    description:
      - Stores with records, each as O(telephony.auth.vacd_api_token#module:store). They are on the controller, so with any other type than V(file) the
        task needs C(delegate_to=localhost).
    type: list
    elements: dict
    default: []
  return_tokens:
    description:
      - Whether the tokens themselves are returned, too. The result is then hidden from screens and logs, while C(register) has it.
    type: bool
    default: false
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._guides.ringcx
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  async:
    support: partial
    details:
      - Not with O(return_tokens=true), since Ansible would keep the tokens in a file and show them. It fails at once.
  check_mode:
    details:
      - The module changes nothing, in check mode or not. If reading the list needs a login, the module logs in.
  diff_mode:
    support: none
    details:
      - There is nothing to show.
  idempotent:
    support: full
    details:
      - It changes nothing.
notes:
  - The connection options fall back to E(VACD_VALIDATE_CERTS), E(VACD_CA_PATH), E(VACD_CLIENT_CERT), E(VACD_CLIENT_KEY),
    E(VACD_PROXY), E(VACD_TIMEOUT), E(VACD_RETRIES) and E(VACD_RETRY_TIMEOUT).
seealso:
  - module: telephony.auth.vacd_api_token
  - module: telephony.auth.token_info
    description: What there is of the token of an API user in the inventory, for one record.
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Ask which tokens the user has, and who uses them
  telephony.auth.vacd_api_token_info:
    username: api.one@example.com
    password: "{{ vault_vacd_password }}"
    paths:
      - /etc/telephony/reports.json
      - /etc/telephony/billing.json
  register: vacd_tokens

- name: Name those that no record knows
  ansible.builtin.debug:
    msg: "{{ vacd_tokens.tokens | rejectattr('place') | map(attribute='fingerprint') }}"
"""

RETURN = r"""
identity:
  description: The user, as in O(username). V(null) without it.
  type: str
  returned: success
  sample: api.one@example.com
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://portal.vacd.biz/api
tokens:
  description: The API tokens of the user.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: The first 12 hexadecimal digits of the SHA-256 of the token, as RV(telephony.auth.vacd_api_token#module:fingerprint).
      type: str
      returned: always
      sample: 3f2a9c51d0e7
    place:
      description: Which of O(paths) and O(stores) has the token on record, in words. V(null) if none has.
      type: str
      returned: always
      sample: path /etc/telephony/reports.json
    revoke_at:
      description: When the record says that the token was replaced and is to be ended, in UTC. V(null) if the token is in use, or on no record.
      type: str
      returned: always
      sample: null
    token:
      description: The token. Secret.
      type: str
      returned: when O(return_tokens=true)
      sample: aws80:00000000-0000-0000-0000-000000000000
not_listed:
  description: The tokens that are on record and that the vendor does not list.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: As in RV(tokens).
      type: str
      returned: always
      sample: 3f2a9c51d0e7
    place:
      description: As in RV(tokens).
      type: str
      returned: always
      sample: path /etc/telephony/billing.json
    revoke_at:
      description: As in RV(tokens).
      type: str
      returned: always
      sample: null
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
        - V(bad_path) - C(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often C(api_url) is not the address of
          the API.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - C(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(identity_unknown) - the credentials do not tell whose token it is, and a record has to. Set C(username).
        - V(internal_error) - a mistake in this collection. Please report it.
        - V(issued_token_refused) - the vendor made a token and then did not accept it.
        - V(locked) - another run was at work on the record for longer than C(retry_timeout).
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

from ansible_collections.telephony.auth.plugins.module_utils._list_tokens import ListRun, VacdApiTokens
from ansible_collections.telephony.auth.plugins.module_utils._task import run_module


def main() -> None:
    run_module(VacdApiTokens, ListRun)


if __name__ == "__main__":
    main()
