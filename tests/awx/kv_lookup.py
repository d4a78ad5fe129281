# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWX's managed credential type "HashiCorp Vault Secret Lookup", and how AWX reads a field by it.

From awx/main/credential_plugins/hashivault.py of AWX 24.6.1, which is now src/awx_plugins/credentials/hashivault.py of
github.com/ansible/awx-plugins. The client certificate and Kubernetes, which nothing here logs in with, are left out.
"""

from __future__ import annotations

import contextlib
import tempfile
import typing as t
from urllib.parse import urljoin

import requests

CREDENTIAL_TYPE: dict[str, t.Any] = {
    "name": "HashiCorp Vault Secret Lookup",
    "description": "",
    "kind": "external",
    "namespace": "hashivault_kv",
    "managed": True,
    "injectors": {},
    "inputs": {
        "fields": [
            {"id": "url", "label": "Server URL", "type": "string", "format": "url"},
            {"id": "token", "label": "Token", "type": "string", "secret": True},
            {"id": "cacert", "label": "CA Certificate", "type": "string", "multiline": True},
            {"id": "role_id", "label": "AppRole role_id", "type": "string"},
            {"id": "secret_id", "label": "AppRole secret_id", "type": "string", "secret": True},
            {"id": "client_cert_public", "label": "Client Certificate", "type": "string", "multiline": True},
            {"id": "client_cert_private", "label": "Client Certificate Key", "type": "string", "secret": True},
            {"id": "client_cert_role", "label": "TLS Authentication Role", "type": "string"},
            {"id": "namespace", "label": "Namespace name (Vault Enterprise only)", "type": "string"},
            {"id": "kubernetes_role", "label": "Kubernetes role", "type": "string"},
            {"id": "username", "label": "Username", "type": "string", "secret": False},
            {"id": "password", "label": "Password", "type": "string", "secret": True},
            {"id": "default_auth_path", "label": "Path to Auth", "type": "string", "default": "approle"},
            {"id": "api_version", "label": "API Version", "choices": ["v1", "v2"], "default": "v1"},
        ],
        "metadata": [
            {"id": "secret_backend", "label": "Name of Secret Backend", "type": "string"},
            {"id": "secret_path", "label": "Path to Secret", "type": "string"},
            {"id": "auth_path", "label": "Path to Auth", "type": "string"},
            {"id": "secret_key", "label": "Key Name", "type": "string"},
            {"id": "secret_version", "label": "Secret Version (v2 only)", "type": "string"},
        ],
        "required": ["url", "secret_path", "api_version", "secret_key"],
    },
}


def look_up(given: t.Mapping[str, str]) -> str:
    """The value of a field. given are the inputs of the source credential and the metadata of the link.

    A default of the credential type does not count: what was not given is missing. Raises LookupError when the job would
    end with an error; that is also so for a value that is no text, which AWX cannot put into a job.
    """
    with contextlib.ExitStack() as stack:
        session = stack.enter_context(requests.Session())
        session.trust_env = False
        if given.get("namespace"):
            session.headers["X-Vault-Namespace"] = given["namespace"]
        if given.get("cacert"):
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", encoding="utf-8"))
            file.write(given["cacert"])
            file.flush()
            session.verify = file.name
        return _read(session, given)


def _read(session: requests.Session, given: t.Mapping[str, str]) -> str:
    try:
        session.headers["X-Vault-Token"] = given.get("token") or _log_in(session, given)
        secret_path = given["secret_path"]
        backend = given.get("secret_backend")
        if given["api_version"] == "v2":
            if not backend:
                backend, _slash, secret_path = secret_path.lstrip("/").partition("/")
            segments = [backend, "data", secret_path]
        else:
            segments = [backend, secret_path] if backend else [secret_path]
        url = urljoin(given["url"], "/".join(["v1", *segments])).rstrip("/")
        version = {"version": given["secret_version"]} if given.get("secret_version") else None
        reply = session.get(url, params=version, timeout=30, allow_redirects=False)
        reply.raise_for_status()
        value = reply.json()["data"]
        value = (value["data"] if given["api_version"] == "v2" else value)[given["secret_key"]]
    except (KeyError, requests.RequestException) as exc:
        raise LookupError(str(exc)) from exc
    if not isinstance(value, str):
        raise LookupError(f"{given['secret_key']} is no text")
    return value


def _log_in(session: requests.Session, given: t.Mapping[str, str]) -> str:
    auth_path = given.get("auth_path") or given["default_auth_path"]
    url = "/".join([urljoin(given["url"], "v1"), "auth", auth_path, "login"])
    if given.get("username") and given.get("password"):
        url = f"{url}/{given['username']}"
        body = {"username": given["username"], "password": given["password"]}
    else:
        body = {"role_id": given["role_id"], "secret_id": given["secret_id"]}
    reply = session.post(url, json=body, timeout=30)
    reply.raise_for_status()
    return t.cast(str, reply.json()["auth"]["client_token"])
