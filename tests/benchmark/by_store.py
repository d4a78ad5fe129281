# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks as users run them, with each store, next to a play over the same inventory that does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import typing as t
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "lifecycle"))

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


def measure(env: dict[str, str], folder: Path, vendors: t.Any, numbers: t.Iterable[int]) -> list[list[t.Any]]:
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
                _prepare(folder, vendors, number, kind, store)
                for state, playbook in PLAYBOOKS.items():
                    least = _seconds(env, folder, "no-op.yml")
                    took = _seconds(env, folder, playbook)
                    each = [1000 * seconds / number for seconds in (took, least)]
                    rows.append([kind, state, number, *each, f"{took / least:.1f}", AIMS[state][kind]])
    return rows


def _prepare(folder: Path, vendors: t.Any, number: int, kind: str, store: dict[str, str]) -> None:
    """An inventory of new API users, and no token known."""
    users = vendors.new_users("vacd", number)
    hosts = {
        f"user{position:04d}": {"token_username": user["username"], "token_password": user["password"]}
        for position, user in enumerate(users)
    }
    variables = {
        "token_api_url": vendors.api_urls["vacd"],
        "token_store": store,
        "records": str(folder / f"records-{kind}-{number}"),
        "records_name": f"records-{kind}-{number}",
    }
    inventory = {"vacd": {"hosts": hosts, "vars": variables}}
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    (folder / "no-op.yml").write_text(json.dumps(NO_OP), encoding="utf-8")


def _seconds(env: dict[str, str], folder: Path, playbook: str) -> float:
    command = [PLAYBOOK, "-i", "inventory.json", playbook]
    run = subprocess.run(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"{playbook} failed:\n{run.stdout[-3000:]}")
    return float(Path(env["PLAY_SECONDS_FILE"]).read_text(encoding="utf-8"))
