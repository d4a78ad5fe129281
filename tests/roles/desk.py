# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder with an inventory of API users, and runs of the collection's playbooks on it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psutil
from stage import Run, Simulators, Stage

# What each vendor needs to know beside user name and password
MORE = {"kazoo": {"token_revoke": "user"}, "dialer": {"token_check_path": "/account.json"}}


class Desk(Stage):
    def __init__(self, folder: Path, collections: str, vendors: Simulators) -> None:
        super().__init__(folder, Path(collections), vendors)
        self.env["ANSIBLE_COLLECTIONS_PATH"] = collections
        folder.joinpath("ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        password = Path(self.env["ANSIBLE_VAULT_PASSWORD_FILE"])
        password.write_text(secrets.token_urlsafe(), encoding="utf-8")
        password.chmod(0o600)
        self.users: dict[str, str] = {}

    def hire(self, vendor: str = "vacd", **variables: t.Any) -> dict[str, t.Any]:
        """One more API user, as a host of the inventory."""
        (user,) = self.vendors.ask("POST", "users", {"vendor": vendor, "count": 1})
        host = {
            "token_api_url": self.vendors.api_urls[vendor],
            "token_username": user["username"],
            "token_password": user["password"],
            **({"token_account_name": user["account_name"]} if vendor == "kazoo" else {}),
            **MORE.get(vendor, {}),
            **variables,
        }
        hosts = {**json.loads(self._hosts.read_text(encoding="utf-8"))} if self._hosts.exists() else {}
        hosts.setdefault(vendor, {"hosts": {}})["hosts"][f"{vendor}-user"] = host
        self._hosts.write_text(json.dumps(hosts), encoding="utf-8")
        return user

    @property
    def _hosts(self) -> Path:
        return self.folder / "hosts.json"

    def run(self, playbook: str, *arguments: str) -> Run:
        """Run a playbook of the collection, with everything that Ansible can be made to print."""
        started = time.monotonic()
        done = self.ansible("playbook", "-vvvv", "--diff", f"--inventory={self._hosts}", playbook, *arguments)
        self.printed.append(done.stdout)
        return Run(done.returncode, done.stdout, time.monotonic() - started, {}, [])

    def run_by_runner(self, playbook: str, *arguments: str) -> None:
        """Run a playbook as an automation controller does, which keeps each event of it in a file."""
        data = self.folder / "runner"
        (data / "project").mkdir(parents=True, exist_ok=True)
        command = ["run", str(data), "-p", playbook, "--inventory", str(self._hosts)]
        command.append(f"--cmdline=-vvvv --diff {' '.join(arguments)}")
        env = {**self.env, "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])}
        done = subprocess.run(
            [sys.executable, "-m", "ansible_runner", *command],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        self.printed.append(done.stdout + done.stderr)
        assert done.returncode == 0, done.stdout[-3000:]

    def start(self, playbook: str, *arguments: str) -> Future[Run]:
        with_it = ThreadPoolExecutor(1)
        started = with_it.submit(self.run, playbook, *arguments)
        with_it.shutdown(wait=False)
        return started

    def kill(self) -> None:
        """Kill the run that was started last, with its workers, which have sessions of their own."""
        run = psutil.Process(self.started.pid)
        for process in [run, *run.children(recursive=True)]:
            process.kill()

    def alive(self) -> list[str]:
        """The live API tokens and sessions, less the logins that RingCX needs on the way."""
        return [
            token["token"] for token in self.vendors.alive() if token["kind"] != "auth" or token["vendor"] != "vacd"
        ]

    def hold(self, operation: str, skip: int = 0) -> None:
        """Have the vendor keep a request, the first one or a later one, until it is told to let go."""
        rule = {"operation": operation, "fault": "hold", "skip": skip, "times": 1}
        self.vendors.ask("PUT", "faults", {"faults": [rule]})

    def wait_until_held(self) -> None:
        limit = time.monotonic() + 60
        while not self.vendors.ask("GET", "faults")["faults"][0]["fired"]:
            assert time.monotonic() < limit
            time.sleep(0.05)

    def let_go(self) -> None:
        self.vendors.ask("PUT", "faults", {"faults": []})
        self.vendors.ask("POST", "release")
