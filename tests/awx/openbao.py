# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OpenBao server for AWX to read from."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import time
import typing as t
from pathlib import Path

import hvac
import requests
from stage import ending


@contextlib.contextmanager
def openbao(log: Path, certificates: Path | None = None) -> t.Iterator[hvac.Client]:
    """A server in memory, with a KV secrets engine of version 2 at secret/. Gives a client that may do anything.

    With a folder for certificates, it speaks TLS: vault-ca.pem there is the certificate of the authority.
    """
    token = secrets.token_urlsafe()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["bao", "server", "-dev", "-dev-no-store-token", f"-dev-listen-address={address}"]
    env = {**os.environ, "BAO_DEV_ROOT_TOKEN_ID": token}
    session = requests.Session()
    session.trust_env = False
    scheme = "http"
    if certificates:
        scheme = "https"
        command += ["-dev-tls", f"-dev-tls-cert-dir={certificates}"]
        session.verify = str(certificates / "vault-ca.pem")
    client = hvac.Client(f"{scheme}://{address}", token, session=session)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    with ending(process):
        limit = time.monotonic() + 30
        while not _is_ready(client):
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield client


def _is_ready(client: hvac.Client) -> bool:
    try:
        return "secret/" in client.sys.list_mounted_secrets_engines()["data"]
    except (OSError, hvac.exceptions.VaultError):  # also as long as there is no certificate
        return False


def app_role(client: hvac.Client, path: str) -> dict[str, str]:
    """The inputs of AWX's source credential for a role that may read the secret at this path, and nothing else."""
    if "approle/" not in client.sys.list_auth_methods()["data"]:
        client.sys.enable_auth_method("approle")
    client.sys.create_or_update_policy("reader", f'path "secret/data/{path}" {{ capabilities = ["read"] }}')
    client.auth.approle.create_or_update_approle("awx", token_policies=["reader"])
    role_id = client.auth.approle.read_role_id("awx")["data"]["role_id"]
    secret_id = client.auth.approle.generate_secret_id("awx")["data"]["secret_id"]
    return {"url": client.url, "role_id": role_id, "secret_id": secret_id}
