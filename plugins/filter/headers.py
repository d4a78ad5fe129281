# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: headers
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: The HTTP headers that carry a token
description:
  - Turns the result of a module of this collection, or the record of a token, into the HTTP headers that authorise a request to the
    vendor, for O(ansible.builtin.uri#module:headers).
  - It fails and says what to do, if there is no token in its input. It does not look at the time - an expired token has headers too.
  - The headers hold the token. Use C(no_log=true) on tasks that show what they get. On ansible-core 2.22 and newer, the secrets are masked in
    all output.
positional: _input
options:
  _input:
    description:
      - The registered result of a task that returns its token, because it has neither C(path) nor C(store), or has C(return_token=true).
      - Or a record, wherever you keep it, such as the variable of a store of the type V(vault_file).
    type: dict
    required: true
seealso:
  - plugin: telephony.auth.token
    plugin_type: lookup
    description: Reads the record first.
"""

EXAMPLES = r"""
- name: Log in
  telephony.auth.webitel_login:
    username: 200@mydomain.com
    password: "{{ vault_webitel_password }}"
  register: session

- name: Ask who that is
  ansible.builtin.uri:
    url: "{{ session.api_url }}/api/v2/whoami"
    headers: "{{ session | telephony.auth.headers | combine({'Accept': 'application/json'}) }}"
  no_log: true

- name: The same, with the variable of a file that the store vault_file has written
  ansible.builtin.uri:
    url: "{{ telephony_token.api_url }}/api/v2/whoami"
    headers: "{{ telephony_token | telephony.auth.headers }}"
  no_log: true
"""

RETURN = r"""
_value:
  description: The headers, by their names. Secret.
  type: dict
  sample:
    X-Auth-Token: the-token
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.telephony.auth.plugins.module_utils._errors import TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._record import record_from_json
from ansible_collections.telephony.auth.plugins.plugin_utils._consumers import public

_NOTHING = (
    "There is no token in the input of telephony.auth.headers. A task that keeps it with path or store returns none: read it"
    " with the lookup telephony.auth.token, or give the task return_token: true. A task that failed, that has state: absent, or"
    " that would make the token but runs in check mode, has none."
)


def headers(value: object) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        raise AnsibleFilterError(
            "telephony.auth.headers takes the result of a module of this collection, or a record of a token."
        )
    held = value if "schema" in value else value.get("record")
    if not held:
        raise AnsibleFilterError(_NOTHING)
    try:
        found = public(record_from_json(held, "The input of telephony.auth.headers"))
    except TelephonyError as error:
        raise AnsibleFilterError(error.message) from None
    if not found["token"]:
        raise AnsibleFilterError(_NOTHING)
    if not found["headers"]:
        raise AnsibleFilterError(
            f"What {found['vendor']} makes goes into no header. It is for logging in: use the token itself."
        )
    return t.cast("dict[str, t.Any]", found["headers"])


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"headers": headers}
