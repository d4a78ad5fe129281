#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: kazoo_api_key
short_description: Manage the API key of a Kazoo (VirtualPBX Dash) account
version_added: 1.0.0
description:
  - Each account in Kazoo has one API key, with which programs get tokens of the account, see O(telephony.auth.kazoo_user_auth#module:api_key). This
    module reads the key and keeps it on record, and has a new one made when it becomes too old (O(max_age)) or with O(renew=always).
  - If no key is known, the one that the account has is put on record. No new one is made for that, since B(a new key ends the old one at once), for
    everybody who uses it. There is no time in which both work, so O(grace) is refused.
  - To check a known key, the module logs in, reads the key of the account and compares the two. If somebody else has had another key made, that one is put
    on record in place of the known one. Without anything to log in with, it tries the key itself, which gives a token for an hour.
  - Who may read the account may read its key. Only an administrator of the account can have a new one made.
  - Tokens that programs got with the old key live on until they expire, usually after an hour.
  - A key cannot be taken away from an account. With O(state=absent), the module forgets the key, and returns RV(revoked=false) with a warning. With
    O(replace_key=true), it has a new one made and forgets that too, so that the known one ends.
  - If the reply with a new key is lost, the module reads the key of the account.
options:
  api_url:
    description:
      - Base URL of the API, with the version, such as C(/v2). Accounts are looked up below it.
      - Must start with V(https://), unless it leads to the host itself (loopback) or O(validate_certs=false).
      - Falls back to the environment variable E(KAZOO_API_URL).
    type: str
    default: https://public-api.virtualpbx.com:8443/v2
  username:
    description:
      - The name of a user of the account, or of an account above it. Upper and lower case do not matter.
      - Falls back to the environment variable E(KAZOO_USERNAME).
    type: str
  password:
    description:
      - The password of O(username). Only a hash of both is sent, see O(hash_method).
      - Mutually exclusive with O(credentials).
      - Falls back to the environment variable E(KAZOO_PASSWORD).
    type: str
  credentials:
    description:
      - The hash of user name and password, in hexadecimal digits, instead of both. It logs in like the password, so it is just as secret.
      - Falls back to the environment variable E(KAZOO_CREDENTIALS).
    type: str
  hash_method:
    description:
      - How the hash of user name and password is made. V(md5) is MD5, V(sha) is SHA-1. (C(method) in the API.)
    type: str
    choices:
      - md5
      - sha
    default: md5
  account_name:
    description:
      - The name of the account that the user belongs to. Kazoo compares its letters and digits only.
      - Mutually exclusive with O(account_realm) and O(phone_number). One of the three is needed to log in.
      - Falls back to the environment variable E(KAZOO_ACCOUNT_NAME).
    type: str
  account_realm:
    description:
      - The SIP realm of that account.
      - Falls back to the environment variable E(KAZOO_ACCOUNT_REALM).
    type: str
  phone_number:
    description:
      - A phone number of that account.
      - Falls back to the environment variable E(KAZOO_PHONE_NUMBER).
    type: str
  auth_token:
    description:
      - A token that authorises the module, instead of a login. M(telephony.auth.kazoo_user_auth) makes such tokens.
      - Falls back to the environment variable E(KAZOO_AUTH_TOKEN).
    type: str
  account_id:
    description:
      - The account whose key it is, by its 32 hexadecimal digits. By default the account of the user, or of O(auth_token).
      - An administrator of an account may name one below it.
      - Falls back to the environment variable E(KAZOO_ACCOUNT_ID).
    type: str
  api_key:
    description:
      - The key to manage, if it is known from elsewhere, in 64 letters and digits.
      - With O(path), O(store) or O(record), it is used as long as there is no record. From then on the record counts, because it follows renewals.
    type: str
  replace_key:
    description:
      - Whether O(state=absent) ends the key, by having a new one made that nobody is told. It ends for everybody who uses it.
      - An administrator can read the new key whenever the account needs one again.
    type: bool
    default: false
extends_documentation_fragment:
  - telephony.auth._api
  - telephony.auth._token
  - telephony.auth._file
  - telephony.auth._store
  - telephony.auth._guides.kazoo
  - telephony.auth._guides
  - telephony.auth._attributes
  - telephony.auth._attributes.action_group
attributes:
  check_mode:
    details:
      - No key is made. To read the one that the account has, the module logs in, as it does outside of check mode.
  idempotent:
    support: full
    details:
      - Except with O(renew=always), which asks for a new key in each run.
notes:
  - The connection options fall back to E(KAZOO_VALIDATE_CERTS), E(KAZOO_CA_PATH), E(KAZOO_CLIENT_CERT), E(KAZOO_CLIENT_KEY),
    E(KAZOO_PROXY), E(KAZOO_TIMEOUT), E(KAZOO_RETRIES) and E(KAZOO_RETRY_TIMEOUT).
  - The token of a login cannot be ended. It ends by itself, usually after one hour.
  - Kazoo does not tell when a key was made. For O(max_age), its age counts from the run that puts it on record.
  - A key does not expire, so O(renew_before) has no effect.
seealso:
  - module: telephony.auth.kazoo_user_auth
    description: Tokens of users, and of accounts by their API keys.
  - module: telephony.auth.token
    description: The same for any vendor, with options from the variables of the inventory host.
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Read the API key of the account, and keep it in a file
  telephony.auth.kazoo_api_key:
    username: admin@example.com
    password: "{{ vault_kazoo_password }}"
    account_realm: acme.sip.example.com
    path: /etc/telephony/acme-key.json

- name: Have a new one made once it has been on record for 90 days
  telephony.auth.kazoo_api_key:
    username: admin@example.com
    password: "{{ vault_kazoo_password }}"
    account_realm: acme.sip.example.com
    path: /etc/telephony/acme-key.json
    max_age: 90d

- name: Get a token of the account with its key
  block:
    - name: Read the key
      telephony.auth.kazoo_api_key:
        username: admin@example.com
        password: "{{ vault_kazoo_password }}"
        account_realm: acme.sip.example.com
      register: kazoo_key

    - name: Get a token
      telephony.auth.kazoo_user_auth:
        api_key: "{{ kazoo_key.token }}"
      register: kazoo

- name: End the key that somebody has published, and keep no new one
  telephony.auth.kazoo_api_key:
    username: admin@example.com
    password: "{{ vault_kazoo_password }}"
    account_realm: acme.sip.example.com
    api_key: "{{ vault_published_key }}"
    replace_key: true
    state: absent
"""

RETURN = r"""
expires_at:
  description: Always V(null), since a key does not expire.
  type: str
  returned: success
  sample: null
identity:
  description:
    - Whose key it is - O(account_id), else the account of O(auth_token), else O(account_name) in lower case without anything but letters and digits,
      O(account_realm) or O(phone_number).
  type: str
  returned: success
  sample: acme.sip.example.com
revoked:
  description: Whether the key is known to have ended, now or before.
  type: bool
  returned: when O(state=absent) and a key was known
  sample: false
token:
  description: The API key. Secret.
  type: str
  returned: when secrets are returned, see O(return_token); not with O(state=absent), and not in check mode if a new key would be made
  sample: '0000000000000000000000000000000000000000000000000000000000000000'
headers:
  description: Always empty, since a key is not sent in a header. Hand it to O(telephony.auth.kazoo_user_auth#module:api_key).
  type: dict
  returned: when RV(token) is
  sample: {}
details:
  description:
    - What Kazoo says about the key.
    - A text has at most 256 characters, a list or dictionary at most 100 entries. What is beyond that is left out.
  type: dict
  returned: success
  contains:
    account_id:
      description: The account whose key it is.
      type: str
      returned: if known
      sample: a0c0ffee00000000000000000000ac3e
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
      sample: kazoo_api_key
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
        - V(bad_request) - the vendor does not accept the values in the request. RV(failure.vendor_message) names them.
        - V(changed_meanwhile) - another run wrote the record again and again while this one was at work.
        - V(collection_missing) - O(store) needs the collection community.hashi_vault and the Python library hvac.
        - V(credentials_missing) - the options do not suffice for what is to be done.
        - V(credentials_refused) - wrong user name, password, key or token.
        - V(identity_unknown) - the credentials do not tell whose token it is, and a record has to. Set O(username).
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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo_api_key import KazooApiKey


def main() -> None:
    run_module(KazooApiKey)


if __name__ == "__main__":
    main()
