#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: summary
short_description: Show what became of the API users of a play, as a table
version_added: 1.0.0
description:
  - Prints one line for each API user - what was done, when its token expires, when something is to be done next, and the reason. Those that
    failed come first. The table holds no secret.
  - It reads what the other tasks of the play have registered as C(user_result), C(token_result) and C(token_report), of all hosts of the play.
  - Below, it names the hosts that look like API users, as they have C(token_username) or C(token_vendor), but are in no vendor's group, so that
    no playbook of the collection takes them.
  - The playbooks of the collection end with it, also where API users failed. With C(serial), it comes after each batch, and
    has the API users of the batch and all that have failed so far.
  - It prints nothing where the output of Ansible is JSON (C(ANSIBLE_STDOUT_CALLBACK)). RV(lines) is there all the same.
options:
  lines:
    description:
      - Lines to show instead, such as the table of the filter P(telephony.auth.report#filter).
    type: list
    elements: str
extends_documentation_fragment:
  - telephony.auth._attributes
attributes:
  action:
    details:
      - It always runs on the controller.
  check_mode:
    details:
      - It shows what would be done.
  diff_mode:
    support: none
  idempotent:
    support: full
seealso:
  - module: telephony.auth.token
  - module: telephony.auth.user
  - module: telephony.auth.token_info
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Give each API user its token, and show what was done
  hosts: kazoo
  connection: local
  gather_facts: false
  tasks:
    - name: Look after the tokens
      block:
        - name: Bring the token to the wanted state
          telephony.auth.token:
          register: token_result
      always:
        - name: Show what was done
          telephony.auth.summary:
          run_once: true
"""

RETURN = r"""
lines:
  description: What was shown.
  type: list
  elements: str
  returned: always
  sample:
    - 'API USER   DONE          EXPIRES (UTC)     NEXT ACTION (UTC)  REASON'
    - 'acme-john  token issued  2026-11-28 17:00  2026-11-28 16:45   no token was known'
    - 'API users: 1 (1 changed)'
"""
