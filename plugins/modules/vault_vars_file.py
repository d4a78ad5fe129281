#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_vars_file
short_description: Keep one variable in a file that is encrypted with Ansible Vault
version_added: 1.0.0
description:
  - Writes a file of variables, encrypted as a whole with a password that Ansible Vault was given for this run, by C(--ask-vault-pass),
    C(--vault-id) or a vault credential of an automation controller. Ansible reads it as any other file of variables.
  - The file is private to its owner from its first byte, replaced as a whole, and written only when the variable changes. No link is
    followed, and nothing is ever written unencrypted.
  - The role P(telephony.auth.token#role) keeps records of tokens so, with O(telephony.auth.token#role:token_store=vault_file).
options:
  path:
    description:
      - The file, on the controller. Its directory has to exist. A relative path starts at the directory of the playbook.
    type: path
    required: true
  name:
    description:
      - The name of the variable. It is the only one in the file.
    type: str
    required: true
  value:
    description:
      - What the variable is to hold. Secret. Text that looks like a template is marked as V(!unsafe), so that it stays text.
      - An empty dictionary removes the file.
    type: dict
    required: true
  before:
    description:
      - What the variable held when it was read, and an empty dictionary if there was no file. Secret.
      - If it holds something else by now, the task fails and leaves the file alone, as another run was quicker.
    type: dict
    required: true
  vault_id:
    description:
      - The label of the vault password to encrypt with, if there are several. By default the one of the configuration setting
        C(DEFAULT_VAULT_ENCRYPT_IDENTITY), else the first one.
    type: str
  mode:
    description:
      - The permissions of the file, as an octal number in quotes.
    type: str
    default: '0600'
attributes:
  action:
    description: Runs inside of Ansible, on the controller, whatever host the task is for.
    support: full
  check_mode:
    description: Can run in check mode, and then predicts whether it would change something, without doing so.
    support: full
  diff_mode:
    description: Tells in diff mode what has changed, or in check mode would change.
    support: none
    details:
      - All of it is secret.
  idempotent:
    description: A second run with the same options, outside check mode, changes nothing.
    support: full
  platform:
    description: The kinds of hosts that the module can run on.
    support: full
    platforms: posix
author:
  - telephony.auth contributors (@telephony-auth)
"""

EXAMPLES = r"""
- name: Keep a record in an encrypted file of variables
  telephony.auth.vault_vars_file:
    path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/token.yml"
    name: telephony_token
    value: "{{ session.record }}"
    before: "{{ telephony_token | default({}) }}"
  no_log: true
"""

RETURN = r"""
changed:
  description: Whether the file was written or removed, or in check mode would have been.
  type: bool
  returned: success
  sample: true
msg:
  description: What went wrong. Free of secrets.
  type: str
  returned: failure
  sample: /home/ops/token.yml was changed by another run meanwhile.
"""
