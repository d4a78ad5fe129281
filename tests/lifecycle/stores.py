# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stores, each with what a test has to know of it: how to describe it, look into it, and break it."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import typing as t
from pathlib import Path

import hvac
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

Json = dict[str, t.Any]


class Bao:
    """An OpenBao server in memory, with a KV secrets engine of version 2 at secret/ and one of version 1 at old/."""

    def __init__(self, folder: Path) -> None:
        self.token = secrets.token_urlsafe()
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{address}"
        self._log = folder / "log"
        self._command = ["bao", "server", "-dev", "-dev-no-store-token", f"-dev-listen-address={address}"]
        self.client = hvac.Client(self.url, self.token)

    def __enter__(self) -> Bao:
        env = {**os.environ, "BAO_DEV_ROOT_TOKEN_ID": self.token}
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                self._command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        limit = time.monotonic() + 30
        while not (found := re.search(r"Unseal Key: (\S+)", self._log.read_text(encoding="utf-8"))):
            if self._process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(self._log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        self._key = found[1]
        self.client.sys.enable_secrets_engine("kv", path="old", options={"version": "1"})
        return self

    def __exit__(self, *raised: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def seal(self) -> None:
        self.client.sys.seal()

    def unseal(self) -> None:
        self.client.sys.submit_unseal_key(self._key)


class Shelf(t.Protocol):
    """Where a test keeps the record of an API user."""

    def __init__(self, folder: Path, bao: Bao, vault_password: bytes) -> None:
        """A shelf of its own in an empty folder."""

    def option(self) -> Json:
        """What a task says in its option store."""

    def read(self) -> Json | None:
        """What is kept."""

    def break_down(self) -> None:
        """Make it unreachable."""

    def repair(self) -> None:
        """Make it reachable again, with all that it held."""


class _InFolder:
    """A store in a file, which breaks down by another file in place of its folder."""

    def __init__(self, folder: Path, bao: Bao, vault_password: bytes) -> None:
        self.folder = folder / "store"
        self.folder.mkdir()
        self._away = folder / "away"
        self._vault = VaultLib([("default", VaultSecret(vault_password))])

    def break_down(self) -> None:
        self.folder.rename(self._away)
        self.folder.touch()

    def repair(self) -> None:
        if self._away.exists():
            self.folder.unlink()
            self._away.rename(self.folder)


class File(_InFolder):
    @property
    def path(self) -> Path:
        return self.folder / "joe.json"

    def option(self) -> Json:
        return {"type": "file", "path": str(self.path)}

    def read(self) -> Json | None:
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else None


class _Loader(yaml.SafeLoader):
    """Takes what is marked as no template for the text that it is."""


_Loader.add_constructor("!unsafe", lambda _loader, node: str(node.value))


class VaultFile(_InFolder):
    @property
    def path(self) -> Path:
        return self.folder / "joe.yml"

    def option(self) -> Json:
        return {"type": "vault_file", "path": str(self.path), "variable": "pbx_token"}

    def read(self) -> Json | None:
        if not self.path.exists():
            return None
        assert self.path.stat().st_mode & 0o777 == 0o600
        held = yaml.load(self._vault.decrypt(self.path.read_bytes()), Loader=_Loader)  # noqa: S506 (it is a safe one)
        assert list(held) == ["pbx_token"]
        return t.cast(Json, held["pbx_token"])


class HashiVault:
    def __init__(self, folder: Path, bao: Bao, vault_password: bytes) -> None:
        self.bao = bao
        self.path = f"telephony/{secrets.token_hex(4)}"

    def option(self) -> Json:
        return {"type": "hashi_vault", "path": self.path, "connection": {"url": self.bao.url, "token": self.bao.token}}

    def read(self) -> Json | None:
        kv = self.bao.client.secrets.kv.v2
        try:
            return t.cast(Json, kv.read_secret_version(self.path, raise_on_deleted_version=True)["data"]["data"])
        except hvac.exceptions.InvalidPath:
            return None

    def break_down(self) -> None:
        self.bao.seal()

    def repair(self) -> None:
        self.bao.unseal()


class Own(_InFolder):
    """The test's own store: one file, own_driver/_own.py, which the collection finds by its name."""

    @property
    def path(self) -> Path:
        return self.folder / "joe.own"

    def option(self) -> Json:
        return {"type": "own", "place": str(self.path)}

    def read(self) -> Json | None:
        versions = sorted(self.folder.glob("joe.own.*"), key=lambda path: int(path.suffix[1:]))
        text = versions[-1].read_text(encoding="utf-8") if versions else ""
        return json.loads(text) if text else None


SHELVES: dict[str, type[Shelf]] = {"file": File, "vault_file": VaultFile, "hashi_vault": HashiVault, "own": Own}
