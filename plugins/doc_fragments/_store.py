# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # The stores on the controller that keep the record of a token.
    DOCUMENTATION = r"""
options:
  store:
    description:
      - Where the record of the token is kept between runs, if it is not a file that O(path) says. Its suboptions depend on O(store.type).
      - Whatever the store, a record is written before a token is made, only if no other run has written it meanwhile, and removed with
        O(state=absent). The guide R(Where tokens are kept,ansible_collections.telephony.auth.docsite.guide_stores)
        describes what is in there, and how others read it.
      - A store is used by the controller. A task for another host, or with C(become), C(environment) or C(async), fails at once if O(store.type) is
        not V(file). Then use C(delegate_to=localhost), with O(proxy) if only that host reaches the API. Or use O(record).
      - Mutually exclusive with O(path) and O(record).
    type: dict
    suboptions:
      type:
        description:
          - V(file) is a file of JSON, as with O(path).
          - V(vault_file) is a variable in a YAML file of variables that is encrypted with Ansible Vault. The other variables in the file stay,
            and so do its comments, its mode and the vault ID that it is encrypted with. The passwords are those that Ansible was given for this run.
          - V(hashi_vault) is a secret in a KV secrets engine, version 2, of HashiCorp Vault or OpenBao. This needs the collection
            community.hashi_vault and its requirements.
        type: str
        choices:
          - file
          - vault_file
          - hashi_vault
        required: true
      path:
        description:
          - For V(file) and V(vault_file), the file. A relative path starts in the directory of the playbook. Directories that are missing are
            made, with mode 0700.
          - For V(hashi_vault), the path of the secret below O(store.mount), without C(data/).
        type: str
        required: true
      mode:
        description:
          - For V(file) and V(vault_file), the permissions of the file, as O(mode). A file with several variables has one mode for all.
        type: str
      owner:
        description: For V(file), who is to own the file, as O(owner).
        type: str
      group:
        description: For V(file), the group that is to own the file, as O(group).
        type: str
      variable:
        description:
          - For V(vault_file), the name of the variable that holds the record. Several API users may share one file if each has a variable of
            its own.
          - Without it, the name is V(telephony_token).
        type: str
      vault_id:
        description:
          - For V(vault_file), the label of the vault password to encrypt the file with.
          - Without it, a file that exists keeps its own. A new one gets that of the configuration setting C(DEFAULT_VAULT_ENCRYPT_IDENTITY), else
            the first one.
        type: str
      mount:
        description:
          - For V(hashi_vault), where the KV secrets engine is mounted. Without it, that is V(secret).
        type: str
      connection:
        description:
          - For V(hashi_vault), how the Vault is reached. These are the options of the lookup plugin P(community.hashi_vault.vault_kv2_get#lookup), such as
            C(url), C(auth_method), C(token), C(role_id), C(secret_id), C(namespace) and C(ca_cert).
          - What is left out comes from the environment variables and settings that the lookup plugin knows, such as E(VAULT_ADDR).
        type: dict
"""
