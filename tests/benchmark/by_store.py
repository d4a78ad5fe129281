# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks as users run them, with each store, next to a play over the same inventory that does nothing."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import sysconfig
import typing as t
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "lifecycle"))

import yaml
from stores import Bao

PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
STORES: dict[str, dict[str, str]] = {
    "file": {"type": "file", "path": "{{ records }}/{{ inventory_hostname }}.json"},
    "vault_file": {"type": "vault_file", "path": "{{ records }}/{{ inventory_hostname }}.yml"},
    "hashi_vault": {"type": "hashi_vault", "path": "{{ records_name }}/{{ inventory_hostname }}"},
}
# Playbook, and what is to be seen of it: how often its time may be that of the play that does nothing, by store.
AIMS = {
    "first provisioning": {"file": 2.5, "vault_file": 3.0, "hashi_vault": 5.0},
    "steady state": {"file": 1.8, "vault_file": 2.2, "hashi_vault": 3.0},
    "report": {"file": 2.5, "vault_file": 2.5, "hashi_vault": 2.5},
}
PLAYBOOKS = {
    "first provisioning": "telephony.auth.provision",
    "steady state": "telephony.auth.provision",
    "report": "telephony.auth.report",
}
NO_OP = [
    {
        "hosts": "vacd",
        "connection": "local",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"msg": "{{ token_username }}"}}],
    }
]


# The same job without this collection: its requests are those of uri/vacd.yml, its tokens in the Vault.
URI = "ansible.builtin.uri and community.hashi_vault"
_SECRET = {"path": "{{ records_name }}/{{ inventory_hostname }}", "engine_mount_point": "secret"}
_LOOK = {"community.hashi_vault.vault_kv2_get": _SECRET, "register": "kept", "failed_when": False, "no_log": True}
_KEEP = {
    "community.hashi_vault.vault_kv2_write": {**_SECRET, "data": {"token": "{{ issue.content }}"}},
    "when": "login is not skipped",
    "no_log": True,
}
# With as few hosts, a time is the median of several; with more, that of one run, in which they even out.
FEW = 50
ROUNDS = 3


def measure(
    env: dict[str, str], folder: Path, vendors: t.Any, numbers: t.Iterable[int], with_uri: bool
) -> list[list[t.Any]]:
    """Rows of store, state, hosts, milliseconds a host, the same of the no-op, their ratio, the aim."""
    rows = []
    with Bao(folder) as bao:
        password = folder / "vault-password"
        password.write_text("the password of Ansible Vault", encoding="utf-8")
        password.chmod(0o600)
        more = {"VAULT_ADDR": bao.url, "VAULT_TOKEN": bao.token, "ANSIBLE_VAULT_PASSWORD_FILE": str(password)}
        paths = [env["ANSIBLE_COLLECTIONS_PATH"], sysconfig.get_path("purelib")]
        env = {**env, **more, "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(paths)}
        for number in numbers:
            for kind, store in STORES.items():
                rows += _rows(env, folder, vendors, number, kind, store, PLAYBOOKS)
        if with_uri:
            by_uri = {state: "uri.yml" for state in PLAYBOOKS if state != "report"}
            rows += _rows(env, folder, vendors, FEW, URI, {}, by_uri, rounds=1)
    return rows


def _rows(
    env: dict[str, str],
    folder: Path,
    vendors: t.Any,
    number: int,
    kind: str,
    store: dict[str, str],
    playbooks: dict[str, str],
    rounds: int = ROUNDS,
) -> list[list[t.Any]]:
    times: dict[str, list[float]] = {}
    for turn in range(rounds if number <= FEW else 1):
        _prepare(folder, vendors, number, f"{kind.split()[0]}-{turn}", store)
        for state, playbook in {"": "no-op.yml", **playbooks}.items():
            times.setdefault(state, []).append(1000 * _seconds(env, folder, playbook) / number)
    least, *took = (statistics.median(each) for each in times.values())
    return [
        [kind, state, number, each, least, f"{each / least:.1f}", AIMS[state].get(kind, "")]
        for state, each in zip(playbooks, took, strict=True)
    ]


def _prepare(folder: Path, vendors: t.Any, number: int, name: str, store: dict[str, str]) -> None:
    """An inventory of new API users, and no token known: their records have a name of their own."""
    users = vendors.new_users("vacd", number)
    hosts = {
        f"user{position:04d}": {"token_username": user["username"], "token_password": user["password"]}
        for position, user in enumerate(users)
    }
    variables = {
        "token_api_url": vendors.api_urls["vacd"],
        "token_store": store,
        "records": str(folder / f"records-{name}-{number}"),
        "records_name": f"records-{name}-{number}",
    }
    inventory = {"vacd": {"hosts": hosts, "vars": variables}}
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    (folder / "no-op.yml").write_text(json.dumps(NO_OP), encoding="utf-8")
    *requests, _save = yaml.safe_load((HERE / "uri" / "vacd.yml").read_text(encoding="utf-8"))
    names = ("check", "login", "issue")
    uri = {
        **NO_OP[0],
        "vars": {
            "ansible_python_interpreter": sys.executable,
            "api_url": "{{ token_api_url }}",
            "user": {"username": "{{ token_username }}", "password": "{{ token_password }}"},
            "saved": "{{ (kept.secret | default({}, true)).token | default('') }}",
            **{name: f"{{{{ {name}s }}}}" for name in names},
        },
        "tasks": [_LOOK, *requests, _KEEP],
    }
    (folder / "uri.yml").write_text(json.dumps([uri]), encoding="utf-8")


def _seconds(env: dict[str, str], folder: Path, playbook: str) -> float:
    command = [PLAYBOOK, "-i", "inventory.json", playbook]
    run = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"{playbook} failed:\n{run.stdout[-3000:]}")
    return float(Path(env["PLAY_SECONDS_FILE"]).read_text(encoding="utf-8"))
