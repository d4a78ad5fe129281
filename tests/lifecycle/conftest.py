# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests on the real thing share: the simulators, one API user each, and what must hold after all troubles."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible.plugins.loader import init_plugin_loader

# Before anything of a collection is imported: it also finds the lookups of other collections.
init_plugin_loader()

from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.plugins.plugin_utils import _drivers
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.drive import Watcher, drive
from ansible_collections.telephony.auth.tests.lifecycle.stores import Bao, Shelf
from ansible_collections.telephony.auth.tests.simulators.tests.conftest import Running, end, start

# The simulators that have more than one kind of token, by the kind's name in the registry
SIMULATORS = {
    "kazoo_api_key": "kazoo",
    "ringcx_session": "ringcx",
    "vacd_login": "vacd",
    "webitel_domain_token": "webitel",
}
# What the simulators call the requests of some kinds of tokens
OPERATIONS = {"vacd": {"check": "list"}, "vacd_login": {"check": "list", "issue": "login"}}
FORK = multiprocessing.get_context("fork")
Json = dict[str, t.Any]


# The simulator counts by a clock of its own.
RingcxSession.pace.seconds = 0


def pytest_sessionfinish() -> None:
    figures.save()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("simulators"), "--max-seconds", "3600")
    try:
        yield running
    finally:
        end(running)


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with Bao(tmp_path_factory.mktemp("bao")) as running:
        yield running


@pytest.fixture(scope="session", autouse=True)
def _own_driver() -> None:
    """One more store, which is one file: here it is as if it lay beside the others."""
    name = f"{_drivers.PACKAGE}._own"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "own_driver" / "_own.py")
    assert spec
    assert spec.loader
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])


@pytest.fixture
def sim(started: Running) -> Running:
    """The running simulators, as they were at the start."""
    started.control("POST", "reset")
    return started


class Run:
    """A run in a process of its own, a copy of this one: so hundreds are started quickly."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._answers, answers = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=lambda: answers.send(work()), daemon=True)
        self.process.start()
        answers.close()

    def answer(self) -> Json:
        assert self._answers.poll(60), "the run takes too long"
        result = self._answers.recv()
        self.process.join(10)
        return t.cast(Json, result)

    def was_killed(self) -> bool:
        """Whether it came to no end of its own."""
        self.process.join(60)
        assert self.process.exitcode in (0, -signal.SIGKILL)
        return self.process.exitcode != 0

    def kill(self) -> None:
        """Only this one process, by its number, and with no chance to tidy up."""
        self.process.kill()
        self.process.join(10)


class User:
    """One API user, with a record of its own."""

    def __init__(self, sim: Running, vendor: str, directory: Path, shelf: Shelf | None = None) -> None:
        self.sim = sim
        self.vendor = vendor
        self.simulator = SIMULATORS.get(vendor, vendor)
        self.path = directory / f"{vendor}.json"
        self.shelf = shelf
        self.start_anew()

    def start_anew(self) -> None:
        """Another API user, without a token and a record."""
        if self.record:
            assert not self.run(state="absent", verify=False).get("failed")
        sim, vendor = self.sim, self.vendor
        (self.user,) = sim.control("POST", "users", {"vendor": self.simulator, "count": 1})
        # IPCortex users have a key, which no run makes or ends
        self.key = self.user.get("api_key")
        names = {"ringcx_session": ("username", "rc_access_token")}.get(vendor, ("username", "password"))
        credentials = {name: self.user[name] for name in names}
        self.base: Json = {
            "api_url": sim.api[self.simulator],
            **(self._administrator() if vendor in ("webitel_domain_token", "kazoo_api_key") else credentials),
            **({"store": self.shelf.option()} if self.shelf else {"path": str(self.path)}),
            "timeout": 5,
            "retry_timeout": 20,
            **({"account_name": self.user["account_name"]} if vendor == "kazoo" else {}),
        }

    def _administrator(self) -> Json:
        """A login of the user as an administrator, so that runs make nothing else than what they are for."""
        about = {"vendor": self.simulator, "username": self.user["username"]}
        rights = {"admin": True} if self.vendor == "kazoo_api_key" else {"role": "admin"}
        self.sim.control("PATCH", "users", {**about, "set": rights})
        self.key = self.sim.control("POST", "tokens", about)["token"]
        if self.vendor == "kazoo_api_key":
            return {"auth_token": self.key}
        (made,) = [each for each in self.sim.control("GET", "tokens") if each["token"] == self.key]
        return {"auth_token": self.key, "auth_key": made["extra"]["key"], "domain": "mydomain.com", "role": "user"}

    def operation(self, name: str) -> str:
        """What the simulator calls a request of a run."""
        return OPERATIONS.get(self.vendor, {}).get(name, name)

    def run(self, check_mode: bool = False, **options: t.Any) -> Json:
        """A run in this process."""
        return drive(self.vendor, {**self.base, **options}, check_mode)

    def start(self, watcher: Watcher | None = None, **options: t.Any) -> Run:
        """A run in a process of its own."""
        return Run(lambda: drive(self.vendor, {**self.base, **options}, watcher=watcher))

    @property
    def tokens(self) -> list[str]:
        """The tokens that live at the vendor, less what a login at vacd makes on the way."""
        name = self.user["username"]
        if self.vendor == "kazoo_api_key":
            accounts = [each for each in self.sim.control("GET", "users")["kazoo"] if "username" not in each]
            return [each["api_key"] for each in accounts if each["account_id"] == self.user["account_id"]]
        listed = self.sim.control("GET", "tokens")
        return [
            each["token"]
            for each in listed
            if (each["vendor"], each["user"]) == (self.simulator, name)
            and (each["kind"] == "auth") is (self.vendor == "vacd_login")
            and each["token"] != self.key
        ]

    @property
    def record(self) -> Json | None:
        if self.shelf:
            return self.shelf.read()
        return t.cast(Json, json.loads(self.path.read_bytes())) if self.path.exists() else None

    def has_a_working_token_on_record(self) -> bool:
        record = self.record
        works = record is not None and record["token"] in self.tokens
        figures.count("tokens lost", not works)
        return works

    def agrees(self, told: str = "") -> bool:
        """Whether what lives at the vendor is what stands on record, or was told of by its fingerprint."""
        record = self.record
        on_record = [record["token"], *(old["token"] for old in record["retiring"])] if record else []
        alive = [token for token in self.tokens if fingerprint(token) not in told]
        figures.count("tokens left behind", len(set(alive) - set(on_record)))
        return sorted(on_record) == sorted(alive)


@pytest.fixture
def user(sim: Running, tmp_path: Path) -> Callable[..., User]:
    def make(vendor: str, directory: Path = tmp_path) -> User:
        return User(sim, vendor, directory)

    return make


def wait_until(what: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def hold_issue(user: User) -> None:
    """The next token is made, and its reply held back."""
    user.sim.faults({"vendor": user.simulator, "operation": user.operation("issue"), "fault": "hold", "times": 1})


def struck(sim: Running) -> bool:
    """Whether the one fault that was asked for has come about."""
    return bool(sim.control("GET", "faults")["faults"][0]["fired"])


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens, kept so for the test."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxies stay out of the tests."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
