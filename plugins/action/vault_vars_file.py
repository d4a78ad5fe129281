# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import typing as t

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, match_encrypt_secret
from ansible.plugins.action import ActionBase

from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError, TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._private_file import PrivateFile

Variable = t.Dict[str, t.Any]

_OPTIONS = {"path": str, "name": str, "value": dict, "before": dict, "vault_id": str, "mode": str}
_LOCK_SECONDS = 60


class ActionModule(ActionBase):
    """Keep one variable in an encrypted file, on the controller: only there are the passwords of Ansible Vault."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        options = self._options()
        path = os.path.expanduser(os.path.expandvars(options["path"]))
        file = PrivateFile(os.path.join(self._loader.get_basedir(), path), options["mode"] or "0600")
        try:
            result["changed"] = self._keep(file, options)
        except (TelephonyError, AnsibleError) as failure:
            result.update(failed=True, msg=str(failure))
        finally:
            file.close()
        return result

    def _options(self) -> dict[str, t.Any]:
        """The options. What they hold is secret and in no message."""
        given = self._task.args
        unknown = sorted(set(given) - set(_OPTIONS))
        missing = [name for name in ("path", "name", "value", "before") if name not in given]
        wrong = [name for name, kind in _OPTIONS.items() if not isinstance(given.get(name), (kind, type(None)))]
        if unknown or missing or wrong:
            raise AnsibleError(
                f"These options are unknown, missing or of a wrong type: {', '.join([*unknown, *missing, *wrong])}."
            )
        return {name: given.get(name) for name in _OPTIONS}

    def _keep(self, file: PrivateFile, options: dict[str, t.Any]) -> bool:
        """Write the value if it is another one; whether it was."""
        name, value = str(options["name"]), _plain(options["value"])
        if not self._task.check_mode:
            file.lock(_LOCK_SECONDS)
        current = self._load(file, name)
        if current == value:
            return False
        if current != _plain(options["before"]):
            raise StoreError(f"{file.path} was changed by another run meanwhile.", code="changed_meanwhile")
        if not self._task.check_mode:
            if value:
                text = yaml.dump({name: value}, Dumper=_Dumper)
                file.replace(self._encrypt(file, text, options["vault_id"]))
            else:
                file.remove()
        return True

    def _load(self, file: PrivateFile, name: str) -> Variable:
        content = file.read()
        if content is None:
            return {}
        try:
            held = yaml.load(self._vault.decrypt(content), Loader=_Loader)  # noqa: S506 (it is a safe one)
        except yaml.YAMLError:
            held = None
        if not isinstance(held, dict) or set(held) != {name} or not isinstance(held[name], dict):
            raise StoreError(f"{file.path} holds something else than the variable {name}.", code="not_a_record")
        return t.cast(Variable, held[name])

    def _encrypt(self, file: PrivateFile, text: str, vault_id: str | None) -> bytes:
        vault_id = vault_id or constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
        if not self._vault.secrets:
            raise StoreError(f"{file.path} cannot be encrypted: give Ansible a vault password.", code="no_password")
        used, secret = match_encrypt_secret(self._vault.secrets, encrypt_vault_id=vault_id)
        return t.cast(bytes, self._vault.encrypt(text, secret, None if used == "default" else used)) + b"\n"

    @property
    def _vault(self) -> VaultLib:
        return self._loader._vault  # pylint: disable=protected-access  # there is no public way to the passwords


class _Dumper(yaml.SafeDumper):
    """Writes what looks like a template so that Ansible does not take it for one: it may come from a vendor."""


class _Loader(yaml.SafeLoader):  # pylint: disable=too-many-ancestors  # PyYAML is built so
    """Reads what _Dumper writes."""


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("!unsafe" if "{" in text else "tag:yaml.org,2002:str", text)
)
_Loader.add_constructor("!unsafe", lambda _loader, node: str(node.value))


def _plain(value: Variable) -> Variable:
    """The same in Python's own types: Ansible's know where they come from, and YAML does not know them."""
    return t.cast(Variable, json.loads(json.dumps(value)))
