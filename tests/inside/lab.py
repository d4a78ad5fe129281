# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks that are made up by tests, run on simulated vendors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "demo"))

from stage import Simulators, ending

# The machine's own settings are none of the tests' business.
FOREIGN = re.compile(r"(ANSIBLE|VACD|KAZOO|WEBITEL|IPCORTEX|DIALER)_|(https?|all)_proxy$", re.IGNORECASE)
MODULES = {
    "vacd": "vacd_api_token",
    "kazoo": "kazoo_user_auth",
    "webitel": "webitel_login",
    "ipcortex": "ipcortex_token",
    "dialer": "dialer_session",
}
INVENTORY = """
[local]
one
two
three
four
five
[local:vars]
ansible_connection=local
ansible_python_interpreter={python}
[remote]
far
[remote:vars]
# Nobody listens there: what arrives at a vendor all the same did not go there.
ansible_host=127.0.0.1
ansible_port=9
"""


@dataclass(frozen=True)
class Seen:
    """What callbacks were told about one result."""

    event: str
    task: str
    host: str
    result: dict[str, t.Any]


@dataclass(frozen=True)
class Run:
    code: int
    output: str
    seen: list[Seen] = field(default_factory=list)

    def of(self, task: str) -> list[Seen]:
        """What was seen of a task, also of its items and tries."""
        found = [each for each in self.seen if each.task == task]
        assert found, self.output[-3000:]
        return found

    def result(self, task: str) -> dict[str, t.Any]:
        """The one result of a task on one host."""
        (last,) = (each for each in self.of(task) if each.event in ("ok", "failed", "unreachable"))
        return last.result


class Lab:
    """A folder for runs of Ansible on the simulators."""

    def __init__(self, folder: Path, collections: Path, vendors: Simulators) -> None:
        self.folder = folder
        self.vendors = vendors
        self.users = {
            vendor: {user.get("username") or user["account_name"]: user for user in users}
            for vendor, users in vendors.ask("GET", "users").items()
        }
        self.env = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
        self.env.update(
            ANSIBLE_ASYNC_DIR=str(folder / "ansible" / "async"),
            ANSIBLE_BECOME_ALLOW_SAME_USER="true",
            ANSIBLE_CALLBACKS_ENABLED="seen",
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"),
            ANSIBLE_COLLECTIONS_PATH=str(collections),
            ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
            ANSIBLE_HOME=str(folder / "ansible"),
            ANSIBLE_INJECT_FACT_VARS="false",
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            ANSIBLE_REMOTE_TMP=str(folder / "ansible" / "remote"),
            NO_PROXY="127.0.0.1",
            REAL_PYTHON=sys.executable,
            SEEN_FILE=str(folder / "seen"),
            SUDO_LOG=str(folder / "sudo"),
        )
        folder.joinpath("elsewhere").mkdir()
        folder.joinpath("ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        folder.joinpath("inventory").write_text(INVENTORY.format(python=sys.executable), encoding="utf-8")

    def login(self, vendor: str = "kazoo", user: str = "john@example.com", **options: t.Any) -> dict[str, t.Any]:
        """Options that suffice for a token."""
        login = {"api_url": self.vendors.api_urls[vendor], "username": user}
        login["password"] = self.users[vendor][user]["password"]
        if vendor == "kazoo":
            login["account_name"] = "Acme Telephony, Inc."
        return {**login, **options}

    def kazoo(self, **options: t.Any) -> dict[str, t.Any]:
        """A task that gets a token."""
        return {"telephony.auth.kazoo_user_auth": self.login(**options)}

    def stand_in(self, name: str) -> str:
        """A Python for a host, which tells shipped() when it was started."""
        link = self.folder / f"python-{name}"
        if not link.is_symlink():
            link.symlink_to(HERE / "bin" / "python")
        return str(link)

    def shipped(self, name: str) -> int:
        """How many modules of this collection that Python has run."""
        log = Path(f"{self.stand_in(name)}.log")
        return (
            len(
                re.findall(
                    rf"^\S*AnsiballZ_(?:{'|'.join(MODULES.values())})\.py",
                    log.read_text(encoding="utf-8"),
                    re.MULTILINE,
                )
            )
            if log.exists()
            else 0
        )

    def play(self, tasks: list[dict[str, t.Any]], *arguments: str, env: t.Any = None, **keywords: t.Any) -> Run:
        """Run a play."""
        playbook = self.write(tasks, **keywords)
        return self.run("playbook", "-i", str(self.folder / "inventory"), str(playbook), *arguments, env=env)

    def write(self, tasks: list[dict[str, t.Any]], **keywords: t.Any) -> Path:
        """Write a play, for host one if nothing else is said, and its keywords."""
        play = {"hosts": "one", "gather_facts": False, "tasks": tasks, **keywords}
        playbook = self.folder / "play.yml"
        playbook.write_text(json.dumps([play], indent=1), encoding="utf-8")  # JSON is YAML
        return playbook

    def run(self, *command: str, env: t.Any = None) -> Run:
        seen = self.folder / "seen"
        seen.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "ansible", *command],
            cwd=self.folder / "elsewhere",
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        with ending(process):
            output = process.communicate(timeout=600)[0]
        lines = seen.read_text(encoding="utf-8").splitlines() if seen.exists() else []
        return Run(process.returncode, output, [Seen(**json.loads(line)) for line in lines])
