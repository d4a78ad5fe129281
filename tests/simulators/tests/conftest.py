# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulators as tests use them: a program of its own, ended by its process id."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest
import requests

SERVE = Path(__file__).resolve().parent.parent / "serve.py"


class Running:
    """The started program and its control API."""

    def __init__(self, process: subprocess.Popen[bytes], ready: dict[str, t.Any]) -> None:
        self.process = process
        self.ready = ready
        self.url: str = ready["url"]
        self.api: dict[str, str] = ready["api_urls"]

    def control(self, method: str, command: str, body: t.Any = None) -> t.Any:
        reply = requests.request(method, f"{self.ready['control']}/{command}", json=body, timeout=10)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def faults(self, *rules: dict[str, t.Any]) -> None:
        self.control("PUT", "faults", {"faults": list(rules)})

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def log(self) -> list[dict[str, t.Any]]:
        return list(self.control("GET", "requests"))

    def user(self, vendor: str, username: str) -> dict[str, t.Any]:
        return next(user for user in self.control("GET", "users")[vendor] if user.get("username") == username)

    def login(self, vendor: str, username: str) -> requests.Response:
        """A right login, as the vendor's manual has it."""
        user = self.user(vendor, username)
        password = user["password"]
        url = self.api[vendor]
        if vendor == "vacd":
            return requests.post(url + "/v1/auth/login", data={"username": username, "password": password}, timeout=10)
        if vendor == "kazoo":
            data = {"credentials": user["credentials"]["md5"], "account_name": user["account_name"]}
            return requests.put(url + "/user_auth", json={"data": data}, timeout=10)
        if vendor == "webitel":
            body = {"username": username, "password": password}
            return requests.post(url + "/login", json=body, allow_redirects=False, timeout=10)
        if vendor == "ipcortex":
            auth = {"type": "auth", "username": username, "password": password}
            return requests.post(url + "/rest/auth/", json={"auth": auth}, timeout=10)
        if user["type"] == "reseller":
            body = {"name": username, "pass": password}
            return requests.post(url + "/v1/resellers/login.json", json=body, timeout=10)
        return requests.post(url + "/session.json", json={"login": username, "password": password}, timeout=10)


def start(folder: Path, *options: str) -> Running:
    ready_file = folder / "ready.json"
    command = [sys.executable, str(SERVE), "--ready-file", str(ready_file), "--max-seconds", "300", *options]
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 20
    while not ready_file.exists():
        assert process.poll() is None, "the simulators ended at once"
        assert time.monotonic() < deadline, "the simulators did not start"
        time.sleep(0.02)
    ready = json.loads(ready_file.read_text(encoding="utf-8"))
    assert ready["pid"] == process.pid
    return Running(process, ready)


def end(running: Running) -> int:
    running.process.terminate()
    try:
        return running.process.wait(10)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait(10)
        raise


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Running]:
    running = start(tmp_path_factory.mktemp("simulators"), "--tls")
    try:
        yield running
    finally:
        assert end(running) == 0


@pytest.fixture
def sim(started: Running) -> Running:
    """The running simulators, as they were at the start."""
    started.control("POST", "reset")
    return started


@pytest.fixture
def starter(tmp_path: Path) -> t.Iterator[t.Callable[..., Running]]:
    """Starts simulators of the test's own, and ends them."""
    running: list[Running] = []

    def one(*options: str) -> Running:
        running.append(start(tmp_path, *options))
        return running[-1]

    yield one
    for each in running:
        if each.process.poll() is None:
            end(each)
