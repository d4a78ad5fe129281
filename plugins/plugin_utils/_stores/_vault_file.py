# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as a variable in a file that is encrypted with Ansible Vault.

The rest of the file stays as it is: other variables, comments, vault id, mode. So several API users can share one file.
"""

from __future__ import annotations

import json
import os
import re
import typing as t

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret, match_encrypt_secret

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, StoreConflict, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec
from ansible_collections.telephony.auth.plugins.module_utils._private_file import PrivateFile
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._store import Document
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, Options

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_HEADER = re.compile(rb"\$ANSIBLE_VAULT;[0-9.]+;AES256(?:;([^\r\n]+))?\r?\n")
# How long others may hold the file: they only rewrite it.
_REWRITING_SECONDS = 30


class Driver:
    """One variable of the file.

    For the length of a run, a lock keeps away other runs for the same variable; a second lock, on the file, is held only
    while it is rewritten.
    """

    is_kept = True
    SPEC: t.ClassVar[Spec] = Spec(
        {
            "path": {"type": "path", "required": True},
            "variable": {"type": "str", "default": "telephony_token"},
            "vault_id": {"type": "str"},
            "mode": {"type": "str"},
        }
    )

    def __init__(self, options: Options, document: Document, controller: Controller) -> None:
        self._variable: str = options["variable"]
        if not _NAME.fullmatch(self._variable):
            raise OptionError("variable in store must be the name of a variable: letters, digits and underscores.")
        path = os.path.abspath(options["path"])
        self._file = PrivateFile(path, options["mode"], only_reads=controller.only_reads)
        # Never written itself: its lock and the room that it takes are for this variable alone.
        self._user = PrivateFile(f"{path}.{self._variable}", options["mode"])
        self._vault_id: str | None = options["vault_id"]
        # There is no public way to the passwords.
        self._vault: VaultLib = controller.loader._vault  # pylint: disable=protected-access
        self._document = document
        self._loaded: Json | None = None
        # What was decrypted last: to derive the key takes longer than all else.
        self._decrypted: tuple[bytes, str, VaultSecret] | None = None
        self.place = f"variable {self._variable} in {path}"

    def lock(self, wait: float) -> None:
        self._user.lock(wait)

    def load(self) -> Record | None:
        self._loaded = self._read().get(self._variable)
        return None if self._loaded is None else record_from_json(self._loaded, self.place)

    def prove(self) -> None:
        if not self._vault.secrets:
            raise StoreError(
                f"{self._file.path} cannot be encrypted: give Ansible a vault password.", code="no_password"
            )
        self._user.prove()

    def save(self, record: Record) -> None:
        self._write(json.loads(json.dumps(self._document(record))))

    def remove(self) -> None:
        if self._loaded is not None:
            self._write(None)

    def attributes_differ(self) -> bool:
        return self._file.attributes_differ()

    def close(self) -> None:
        self._user.close()
        self._file.close()

    def _read(self) -> Json:
        content = self._file.read()
        return {} if content is None else self._parse(self._decrypt(content)[0])

    def _decrypt(self, content: bytes) -> tuple[str, VaultSecret]:
        """The text, and the password that it was encrypted with."""
        if self._decrypted and self._decrypted[0] == content:
            return self._decrypted[1:]
        try:
            raw, _vault_id, secret = self._vault.decrypt_and_get_vault_id(content)
            text = raw.decode("utf-8")
        except AnsibleError:
            raise StoreError(
                f"{self._file.path} cannot be decrypted: it is not encrypted with Ansible Vault, or with another password.",
                code="not_a_record",
            ) from None
        except UnicodeDecodeError:
            raise self._strange() from None
        self._decrypted = content, text, secret
        return text, secret

    def _parse(self, text: str) -> Json:
        try:
            held = yaml.load(text, Loader=_Loader)  # noqa: S506 (it is a safe one)
        except (yaml.YAMLError, ValueError, RecursionError):
            held = 0
        if held is None:
            return {}
        if not isinstance(held, dict):
            raise self._strange()
        return held

    def _strange(self) -> StoreError:
        return StoreError(f"{self._file.path} holds something else than variables.", code="not_a_record")

    def _write(self, value: Json | None) -> None:
        """Put value in place of the variable, unless somebody else changed it."""
        self._file.lock(_REWRITING_SECONDS)
        try:
            content = self._file.read()
            text, secret = ("", None) if content is None else self._decrypt(content)
            before = self._parse(text)
            if before.get(self._variable) != self._loaded:
                raise StoreConflict(self.place)
            edited = _edit(text, self._variable, value)
            expected = {name: each for name, each in before.items() if name != self._variable}
            if value is not None:
                expected[self._variable] = value
            if self._parse(edited) != expected:
                raise StoreError(
                    f"{self._file.path} is written in a way that this collection cannot edit. Write its variables as a"
                    " block, one below the other.",
                    code="not_a_record",
                )
            # From here on the file itself needs the room.
            self._user.discard()
            if edited.strip():
                self._file.replace(self._encrypt(edited, content, secret))
            else:
                self._file.remove()
        finally:
            self._file.close()
        self._loaded = value

    def _encrypt(self, text: str, content: bytes | None, secret: VaultSecret | None) -> bytes:
        """The encrypted text. A file that exists keeps its password and vault id, unless the task names another."""
        header = _HEADER.match(content) if content else None
        label = header[1].decode() if header and header[1] else None
        wanted = self._vault_id or (
            None if content else constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY")
        )
        if secret is None or (wanted and wanted != label):
            try:
                label, secret = match_encrypt_secret(self._vault.secrets, encrypt_vault_id=wanted)
            except AnsibleError:
                raise StoreError(
                    f"{self._file.path} cannot be encrypted: Ansible has no vault password for {wanted}.",
                    code="no_password",
                ) from None
        encrypted = t.cast(bytes, self._vault.encrypt(text, secret, None if label == "default" else label)) + b"\n"
        self._decrypted = encrypted, text, secret
        return encrypted


def _edit(text: str, name: str, value: Json | None) -> str:
    """The text of a YAML mapping with one variable in place, changed, or gone; the rest stays letter by letter."""
    block = "" if value is None else yaml.dump({name: value}, Dumper=_Dumper, allow_unicode=True, width=120)
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if re.match(rf"[\"']?{name}[\"']?\s*:", line)]
    if not starts:
        body = text if not text or text.endswith("\n") else text + "\n"
        return body + block
    start = starts[0]
    end = start + 1
    while end < len(lines) and ((lines[end][:1] in " \t" and lines[end].strip()) or lines[end].startswith("- ")):
        end += 1
    return "".join([*lines[:start], block, *lines[end:]])


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # in C where PyYAML has it
    """Writes what looks like a template so that Ansible does not take it for one: it may come from a vendor."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # as above
    """Reads what _Dumper writes, and leaves the tags of others alone."""


def _foreign(_loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> object:
    return tag, yaml.serialize(node)


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("!unsafe" if "{" in text else "tag:yaml.org,2002:str", text)
)
_Loader.add_constructor("!unsafe", lambda _loader, node: str(node.value))
_Loader.add_multi_constructor("!", _foreign)
