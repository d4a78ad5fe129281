#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: webitel_domain_token_info
short_description: List the static tokens of a domain of the Webitel engine
version_added: 1.0.0
description:
  - Tells which tokens a domain of the Webitel engine has, by their UUIDs, with their roles and ends, and which of them are on which record. What is on no
    record was made elsewhere, or nobody has its value any more.
  - The engine shows a token only once, when it is made. So the tokens themselves cannot be told. Those that have expired are left out.
  - The module changes nothing. It logs in, unless O(auth_token) is given, and logs out again.
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
      - The password of O(username). Needed unless O(auth_token) is given.
      - Falls back to the environment variable E(WEBITEL_PASSWORD).
    type: str
  totp_code:
    description:
      - The one-time code of the second factor, for users who have one. It is sent as a part of the URL, because the engine reads it from nowhere else.
      - Requires O(password).
      - Falls back to the environment variable E(WEBITEL_TOTP_CODE).
    type: str
  auth_token:
    description:
      - A token that authorises the module, instead of O(username) and O(password). It is the token of a login, together with O(auth_key), or a
        token of the domain that has the role of an administrator.
      - Falls back to the environment variable E(WEBITEL_AUTH_TOKEN).
    type: str
  auth_key:
    description:
      - The key that belongs to O(auth_token), if that is the token of a login.
      - Requires O(auth_token).
      - Falls back to the environment variable E(WEBITEL_AUTH_KEY).
    type: str
  domain:
    description:
      - The domain, by default that of O(username) or of O(auth_token). With V(root) it must be given.
      - Webitel gives an administrator of one domain what belongs to that domain, also if a request names another one. This is an error here.
      - Falls back to the environment variable E(WEBITEL_DOMAIN).
    type: str
  paths:
    description:
      - Files with records, as O(telephony.auth.webitel_domain_token#module:path) keeps them. What is on one of them is told with its place.
      - A file that does not exist has no token. One with the record of another domain or O(api_url) is an error.
    type: list
    elements: path
    default: []
  stores:
    description:
      - Stores with records, each as O(telephony.auth.webitel_domain_token#module:store). They are on the controller, so with any other type than V(file) the
        task needs C(delegate_to=localhost).
    type: list
    elements: dict
    default: []
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._guides.webitel
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  async:
    support: full
    details:
      - The result holds no secret.
  check_mode:
    details:
      - The module changes nothing, in check mode or not. If reading the list needs a login, the module logs in and out.
  diff_mode:
    support: none
    details:
      - There is nothing to show.
  idempotent:
    support: full
    details:
      - It changes nothing.
notes:
  - The connection options fall back to E(WEBITEL_VALIDATE_CERTS), E(WEBITEL_CA_PATH), E(WEBITEL_CLIENT_CERT), E(WEBITEL_CLIENT_KEY),
    E(WEBITEL_PROXY), E(WEBITEL_TIMEOUT), E(WEBITEL_RETRIES) and E(WEBITEL_RETRY_TIMEOUT).
seealso:
  - module: telephony.auth.webitel_domain_token
  - module: telephony.auth.token_info
    description: What there is of the token of an API user in the inventory, for one record.
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Ask which tokens the domain has, and who uses them
  telephony.auth.webitel_domain_token_info:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    paths:
      - /etc/telephony/reports.json
  register: webitel_tokens

- name: Delete those that no record knows, once somebody has looked at them
  telephony.auth.webitel_domain_token:
    username: 100@example.com
    password: "{{ vault_webitel_password }}"
    uuid: "{{ item }}"
    state: absent
  loop: "{{ webitel_tokens.tokens | rejectattr('place') | map(attribute='fingerprint') }}"
"""

RETURN = r"""
identity:
  description: The domain, in lower case.
  type: str
  returned: success
  sample: example.com
api_url:
  description: The address of the API, as O(api_url) but without a slash at the end.
  type: str
  returned: success
  sample: https://api.webitel.com
tokens:
  description: The tokens of the domain that have not expired.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: Which token. Since the engine does not show tokens, it is the UUID.
      type: str
      returned: always
      sample: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
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
    role_name:
      description: Name of the role of the token.
      type: str
      returned: always
      sample: user
    created_by:
      description: Who made the token.
      type: str
      returned: always
      sample: 100@example.com
    issued_at:
      description: When the token was made, in UTC.
      type: str
      returned: always
      sample: '2026-11-22T09:30:00Z'
    expires_at:
      description: When the token ends by itself, in UTC.
      type: str
      returned: always
      sample: '2027-11-22T09:30:00Z'
    enabled:
      description: Whether the token is enabled. The engine refuses one that is disabled.
      type: bool
      returned: always
      sample: true
not_listed:
  description: The tokens that are on record and that the vendor does not list, because they were deleted or have expired.
  type: list
  elements: dict
  returned: success
  contains:
    fingerprint:
      description: As in RV(tokens).
      type: str
      returned: always
      sample: 3f2504e0-4f89-41d3-9a0c-0305e82c3301
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
        - V(bad_path) - C(path) is not a file that can hold a record.
        - V(bad_reply) - the reply makes no sense - an HTML page, broken JSON, cut off, too large. Often C(api_url) is not the address of
          the API.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - C(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(internal_error) - a mistake in this collection. Please report it.
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

from ansible_collections.telephony.auth.plugins.module_utils._list_tokens import ListRun, WebitelDomainTokens
from ansible_collections.telephony.auth.plugins.module_utils._task import run_module


def main() -> None:
    run_module(WebitelDomainTokens, ListRun)


if __name__ == "__main__":
    main()
