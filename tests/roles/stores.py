# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stores of the role token, each with what a test has to know of it: how to look into it, and how to break it."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sysconfig
import time
import typing as t
from pathlib import Path

import hvac
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from stage import ROOT, Stage, ending, link_collection
from standin import Awx, serving

Document = dict[str, t.Any]
TYPE = ROOT / "roles" / "awx" / "files" / "credential_types" / "token"


def collections_with_ansible(folder: Path) -> str:
    """Where this collection and those that come with the package ansible are found."""
    return os.pathsep.join([str(link_collection(folder)), sysconfig.get_path("purelib")])


class Bao:
    """An OpenBao server in memory, with a KV secrets engine of version 2 at secret/."""

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
            process = subprocess.Popen(
                self._command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        self._running = ending(process)
        self._running.__enter__()
        limit = time.monotonic() + 30
        while not (found := re.search(r"Unseal Key: (\S+)", self._log.read_text(encoding="utf-8"))):
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(self._log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        self._key = found[1]
        return self

    def __exit__(self, *raised: object) -> None:
        self._running.__exit__(None, None, None)

    def seal(self) -> None:
        self.client.sys.seal()

    def unseal(self) -> None:
        self.client.sys.submit_unseal_key(self._key)


class Store(t.Protocol):
    """Where a test keeps the record of an API user."""

    def variables(self) -> dict[str, t.Any]:
        """What the inventory says of the store."""

    def read(self) -> Document | None:
        """What is kept."""

    def break_down(self) -> None:
        """Make it unreachable."""

    def repair(self) -> None:
        """Make it reachable again, with all that it held."""

    def close(self) -> None:
        """End what was started."""


class _InFolder:
    """A store in a file, which breaks down by another file in place of its folder."""

    def __init__(self, stage: Stage, bao: Bao) -> None:
        self.stage = stage
        self.folder = stage.folder / "store"
        self.folder.mkdir()
        self.path = self.folder / "joe.yml"
        self._away = stage.folder / "away"

    def close(self) -> None:
        pass

    def break_down(self) -> None:
        self.folder.rename(self._away)
        self.folder.touch()

    def repair(self) -> None:
        if self._away.exists():
            self.folder.unlink()
            self._away.rename(self.folder)


class File(_InFolder):
    def variables(self) -> dict[str, t.Any]:
        return {"token_store": "file", "token_path": str(self.path)}

    def read(self) -> Document | None:
        return json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else None


class VaultFile(_InFolder):
    def variables(self) -> dict[str, t.Any]:
        return {"token_store": "vault_file", "token_vault_file": str(self.path), "token_vault_variable": "pbx_token"}

    def read(self) -> Document | None:
        if not self.path.exists():
            return None
        assert self.path.stat().st_mode & 0o777 == 0o600
        password = VaultSecret(Path(self.stage.env["ANSIBLE_VAULT_PASSWORD_FILE"]).read_bytes())
        held = yaml.safe_load(VaultLib([("default", password)]).decrypt(self.path.read_bytes()))
        assert list(held) == ["pbx_token"]
        return held["pbx_token"]


class HashiVault:
    def __init__(self, stage: Stage, bao: Bao) -> None:
        self.bao = bao
        self.path = f"telephony/{secrets.token_hex(4)}"
        stage.env.update(VAULT_ADDR=bao.url, VAULT_TOKEN=bao.token)

    def variables(self) -> dict[str, t.Any]:
        return {"token_store": "hashi_vault", "token_hashi_path": self.path}

    def read(self) -> Document | None:
        try:
            return self.bao.client.secrets.kv.v2.read_secret_version(self.path, raise_on_deleted_version=True)["data"][
                "data"
            ]
        except hvac.exceptions.InvalidPath:
            return None

    def close(self) -> None:
        pass

    def break_down(self) -> None:
        self.bao.seal()

    def repair(self) -> None:
        self.bao.unseal()


class AwxCredential(HashiVault):
    """A credential in a stand-in for AWX, and the record in the Vault. It breaks down by AWX refusing everybody."""

    def __init__(self, stage: Stage, bao: Bao) -> None:
        super().__init__(stage, bao)
        self._awx = Awx({})
        self._serving = serving(self._awx)
        self._right = self._awx.token
        url = self._serving.__enter__()
        stage.env.update(CONTROLLER_HOST=url, CONTROLLER_OAUTH_TOKEN=self._right, CONTROLLER_VERIFY_SSL="false")
        parts = {name: yaml.safe_load((TYPE / f"{name}.yml").read_text("utf-8")) for name in ("inputs", "injectors")}
        self._awx.answer("POST", "/api/v2/credential_types/", {"name": "Telephony token", "kind": "cloud", **parts})

    def variables(self) -> dict[str, t.Any]:
        more = {"token_awx_credential": "PBX", "token_awx_organization": "Default"}
        return {**super().variables(), "token_store": "awx_credential", **more}

    def shown(self) -> t.Any:
        """The token in the credential."""
        found = [each["inputs"]["token"] for each in self._awx.store["credentials"].values()]
        return found[0] if found else None

    def break_down(self) -> None:
        self._awx.token = "other"

    def repair(self) -> None:
        self._awx.token = self._right

    def close(self) -> None:
        self._serving.__exit__(None, None, None)


STORES: dict[str, type[Store]] = {
    "file": File,
    "vault_file": VaultFile,
    "hashi_vault": HashiVault,
    "awx_credential": AwxCredential,
}
