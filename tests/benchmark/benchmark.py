# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what an API user costs: with this collection, with ansible.builtin.uri, and at the least.

Four ways to do the same job, side by side against the simulators:

uri      ansible.builtin.uri, written with care (see the folder uri)
module   our module, shipped to the target as any module is
action   our module inside Ansible, as a task for the controller runs
floor    a task that does nothing (ansible.builtin.debug, as many templated values, the same label), and a bare script
         that sends the same requests over one session

in a loop over API users and in an inventory with one host for each; for the first provisioning, and for the steady
state, in which each token exists and is accepted. Times are those of the play; the start-up of Ansible and the reading of
the inventory come on top, once, and are the same in all ways. Records are kept in memory (MEMORY), as the floor keeps none
and a disk's time says nothing about the software; what a disk adds is measured beside it. Nothing here passes or fails by
its time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t
import urllib.request
from collections import Counter
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import bare
import by_store
import guide
import yaml
from tabulate import tabulate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# A file system in memory, as Linux has it.
MEMORY = Path("/dev/shm")  # noqa: S108  # for a directory of our own in it
PLAYBOOK = str(Path(sys.executable).with_name("ansible-playbook"))
PROVISION, STEADY = "first provisioning", "steady state"
_FOREIGN = re.compile(r"(ANSIBLE|VACD|KAZOO|WEBITEL|IPCORTEX|DIALER)_|(https?|all)_proxy$", re.IGNORECASE)

_COMMON = {
    "api_url": "{{ api_url }}",
    "username": "{{ user.username }}",
    "password": "{{ user.password }}",
    "path": "{{ records }}/{{ user.username }}.json",
}
# Module and options of each vendor.
TASKS: dict[str, tuple[str, dict[str, str]]] = {
    "vacd": ("vacd_api_token", _COMMON),
    "kazoo": ("kazoo_user_auth", {**_COMMON, "account_name": "{{ user.account_name }}"}),
    "webitel": ("webitel_login", _COMMON),
    "ipcortex": ("ipcortex_token", _COMMON),
    "dialer": ("dialer_session", {**_COMMON, "check_path": "/account.json"}),
}
LOOP_CONTROL = {"loop_var": "user", "label": "{{ user.username }}"}
# What uri/*.yml registers for an API user, inside a loop and without one.
_REGISTERED = "{{{{ ({0}s.results | default([{0}s]))[number | default(0)] }}}}"
URI_VARS = {
    "token_file": "{{ records }}/{{ user.username }}.token",
    "saved": "{{ lookup('ansible.builtin.file', token_file) if token_file is ansible.builtin.file else '' }}",
    **{name: _REGISTERED.format(name) for name in ("check", "login", "issue")},
}


@dataclass(frozen=True)
class Case:
    """One kind of run."""

    vendor: str
    form: str
    number: int
    way: str = "action"
    on_disk: bool = False
    """Where the records are; else in memory."""

    def __str__(self) -> str:
        return f"{self.vendor}, {self.form} of {self.number}: {self.way}{' on disk' if self.on_disk else ''}"


Times = dict[tuple[Case, str], list[float]]


class Simulators:
    """The running simulators and their control API."""

    def __init__(self, ready: t.Mapping[str, t.Any]) -> None:
        self.api_urls: dict[str, str] = ready["api_urls"]
        self._control = ready["control"]
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method: str, command: str, value: t.Any = None) -> t.Any:
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self._control}/{command}", data=body, method=method)  # noqa: S310
        with self._opener.open(request, timeout=60) as reply:
            return json.load(reply)

    def new_users(self, vendor: str, number: int) -> list[dict[str, t.Any]]:
        self.ask("POST", "reset")
        users = self.ask("POST", "users", {"vendor": vendor, "count": number})
        return [
            {name: user[name] for name in ("username", "password", "account_name") if name in user} for user in users
        ]

    def take_log(self) -> Counter[str]:
        """How many requests of which kind were made since the last call."""
        log = self.ask("GET", "requests")
        self.ask("DELETE", "requests")
        return Counter(f"{entry['operation']} {entry['status']}" for entry in log)


@contextlib.contextmanager
def simulators(folder: Path) -> t.Iterator[Simulators]:
    ready = folder / "ready.json"
    program = [sys.executable, str(ROOT / "tests" / "simulators" / "serve.py")]
    process = subprocess.Popen(
        [*program, "--ready-file", str(ready), "--max-seconds", "3600"], stdin=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 30
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("The simulators did not start.")
            time.sleep(0.05)
        yield Simulators(json.loads(ready.read_text(encoding="utf-8")))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Bench:
    """Runs cases and gathers their times, in seconds per API user."""

    folder: Path
    memory: Path
    vendors: Simulators
    times: Times = field(default_factory=dict)

    def __post_init__(self) -> None:
        link = self.folder / "collections" / "ansible_collections" / "telephony" / "auth"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT, target_is_directory=True)
        self.seconds_file = self.folder / "seconds"
        self.env = {name: value for name, value in os.environ.items() if not _FOREIGN.match(name)}
        self.env.update(
            ANSIBLE_CALLBACKS_ENABLED="play_seconds",
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"),
            ANSIBLE_COLLECTIONS_PATH=str(self.folder / "collections"),
            ANSIBLE_CONFIG=str(self.folder / "none.cfg"),
            ANSIBLE_HOME=str(self.folder / "ansible"),
            ANSIBLE_REMOTE_TMP=str(self.folder / "ansible" / "remote"),
            NO_PROXY="127.0.0.1",
            PLAY_SECONDS_FILE=str(self.seconds_file),
        )
        (self.folder / "none.cfg").touch()

    def measure(self, case: Case, repeat: int = 1) -> None:
        """One case and, if it is the action, its floor: each time first provisioning, then the steady state."""
        for _time in range(repeat):
            users = self.vendors.new_users(case.vendor, case.number)
            self._prepare(case, users)
            expected = self._send_bare(case, users)
            for state in (PROVISION, STEADY):
                self._play(case, state)
                self._compare(case, state, expected)
            if case.way == "action" and not case.on_disk:
                self._play(replace(case, way="no-op"), "")

    def _prepare(self, case: Case, users: list[dict[str, t.Any]]) -> None:
        """Inventory and playbooks, and no token known."""
        records = (self.folder if case.on_disk else self.memory) / "records"
        shutil.rmtree(records, ignore_errors=True)
        records.mkdir(mode=0o700)
        if case.form == "loop":
            hosts: dict[str, t.Any] = {"controller": {"users": users}}
        else:
            hosts = {f"user{number:04d}": {"user": user} for number, user in enumerate(users)}
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "api_url": self.vendors.api_urls[case.vendor],
            "records": str(records),
        }
        inventory = {"all": {"hosts": hosts, "vars": variables}}
        (self.folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
        for way in (case.way, "no-op"):
            play = {"hosts": "all", "gather_facts": False, **_play_of(replace(case, way=way))}
            (self.folder / f"{way}.yml").write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")

    def _play(self, case: Case, state: str) -> None:
        progress(f"{case}{', ' if state else ''}{state}")
        run = subprocess.run(
            [PLAYBOOK, "-i", "inventory.json", f"{case.way}.yml"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if case.way != "no-op" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"{case}, {state} failed:\n{run.stdout}")
        self._add(case, state, float(self.seconds_file.read_text(encoding="utf-8")))

    def _add(self, case: Case, state: str, seconds: float) -> None:
        self.times.setdefault((case, state), []).append(seconds / case.number)

    def _send_bare(self, case: Case, users: list[dict[str, t.Any]]) -> dict[str, Counter[str]]:
        """The requests alone; what the vendor saw of them."""
        bare_case = replace(case, way="requests", form="loop")
        expected = {}
        vendor = bare.VENDORS[case.vendor](self.vendors.api_urls[case.vendor])
        tokens: list[bare.Token] = []

        def provision() -> None:
            for user in users:
                tokens.append(vendor.login(user))
                vendor.check(tokens[-1])

        def check() -> None:
            for token in tokens:
                vendor.check(token)

        self.vendors.take_log()
        for state, work in ((PROVISION, provision), (STEADY, check)):
            start = time.perf_counter()
            work()
            self._add(bare_case, state, time.perf_counter() - start)
            expected[state] = self.vendors.take_log()
        vendor.session.close()
        start = time.perf_counter()
        for number in range(case.number):
            for text in ("pending", "token"):
                bare.keep(self.folder / f"kept-{number}.json", text * 60)
        self._add(replace(bare_case, way="writes", on_disk=True), PROVISION, time.perf_counter() - start)
        return expected

    def _compare(self, case: Case, state: str, expected: dict[str, Counter[str]]) -> None:
        """Only the same job is worth a comparison."""
        done = self.vendors.take_log()
        if done != expected[state]:
            raise RuntimeError(f"{case}, {state}: {dict(done)} was asked, not {dict(expected[state])}")

    def ms(self, case: Case, state: str) -> float:
        """Median milliseconds per API user."""
        return 1000 * statistics.median(self.times[case, state])


def _play_of(case: Case) -> dict[str, t.Any]:
    """What makes the ways differ."""
    name, options = TASKS[case.vendor]
    variables = {}
    if case.way == "uri":
        variables = URI_VARS
        tasks = yaml.safe_load((HERE / "uri" / f"{case.vendor}.yml").read_text(encoding="utf-8"))
    elif case.way == "no-op":
        tasks = [{"name": "Do nothing", "ansible.builtin.debug": {"msg": options}}]
    else:
        tasks = [{"name": "Provision the token", f"telephony.auth.{name}": options}]
    if case.form == "loop":
        control = {**LOOP_CONTROL, "index_var": "number"} if case.way == "uri" else LOOP_CONTROL
        tasks = [{**task, "loop": "{{ users }}", "loop_control": control} for task in tasks]
    return {
        "vars": variables,
        "tasks": tasks,
        # Any environment makes the task one for a module.
        "environment": {"TELEPHONY_AUTH_BENCHMARK": "1"} if case.way == "module" else {},
    }


@dataclass(frozen=True)
class Plan:
    """What to measure. The slow ways are measured with few API users: what one costs hardly depends on the number."""

    vendors: tuple[str, ...] = ("kazoo", "vacd")
    slow: int = 20
    loops: tuple[int, ...] = (50, 200)
    inventories: tuple[int, ...] = (50, 200)
    repeat: int = 3

    def run(self, bench: Bench) -> None:
        for vendor in self.vendors:
            for number in self.loops:
                for on_disk in (False, True):
                    case = Case(vendor, "loop", number, on_disk=on_disk)
                    bench.measure(case, self.repeat)
            for number in self.inventories:
                bench.measure(Case(vendor, "inventory", number))
            for form in ("loop", "inventory"):
                for way in ("module", "uri"):
                    bench.measure(Case(vendor, form, self.slow, way))


def report(plan: Plan, bench: Bench) -> str:
    """All that was found, in Markdown."""
    cores = len(os.sched_getaffinity(0))
    about = (
        f"Milliseconds per API user. ansible-core {version('ansible-core')}, Python {platform.python_version()},"
        f" {cores} cores, vendors simulated on the same machine, records {_where(bench)}. `uri` and `module` were measured"
        f" with {plan.slow} API users."
    )
    return "\n\n".join(
        [
            about,
            "In a loop:",
            _loops(plan, bench),
            "First provisioning in a loop, with the records on the disk of this machine:",
            _disk(plan, bench),
            "In an inventory, one host for each API user:",
            _inventories(plan, bench),
            "How the cost of an API user grows with their number:",
            _growth(plan, bench),
            "`no-op` is a task that does nothing, `requests` a bare script that sends the same requests over one session.",
            "`writes` are the two durable writes, by a bare script, without which a killed run could lose a token.",
        ]
    )


def _where(bench: Bench) -> str:
    return (
        "in memory" if MEMORY in bench.memory.parents else "on the disk, as this machine has no file system in memory"
    )


def _loops(plan: Plan, bench: Bench) -> str:
    rows = []
    for vendor in plan.vendors:
        for number in plan.loops:
            for state in (PROVISION, STEADY):
                case = Case(vendor, "loop", number)
                uri, module, action, no_op, requests = _ways(plan, bench, case, state)
                floor = no_op + requests
                costs = [uri, module, action, f"{no_op:.1f} + {requests:.1f}"]
                ratios = [_times(uri, action), _times(module, action), _times(action, floor)]
                rows.append([vendor, state, number, *costs, *ratios])
    heads = ["uri", "module", "action", "floor: no-op + requests"]
    heads += ["uri ÷ action", "module ÷ action", "action ÷ floor"]
    return _table(["vendor", "state", "API users", *heads], rows)


def _disk(plan: Plan, bench: Bench) -> str:
    rows = []
    for vendor in plan.vendors:
        for number in plan.loops:
            case = Case(vendor, "loop", number)
            _uri, _module, action, no_op, requests = _ways(plan, bench, case, PROVISION)
            on_disk, writes = (
                bench.ms(replace(case, way=way, on_disk=True), PROVISION) for way in ("action", "writes")
            )
            floor = no_op + requests
            ratios = [_times(on_disk, floor), _times(on_disk, floor + writes)]
            rows.append([vendor, number, action, on_disk, writes, *ratios])
    heads = ["in memory", "on disk", "writes", "on disk ÷ floor", "on disk ÷ (floor + writes)"]
    return _table(["vendor", "API users", *heads], rows)


def _inventories(plan: Plan, bench: Bench) -> str:
    rows = []
    for vendor in plan.vendors:
        for number in plan.inventories:
            for state in (PROVISION, STEADY):
                uri, module, action, no_op, _requests = _ways(plan, bench, Case(vendor, "inventory", number), state)
                ratios = [_times(uri, action), _times(module, action), _times(action, no_op)]
                rows.append([vendor, state, number, uri, module, action, no_op, *ratios])
    heads = ["uri", "module", "action", "no-op", "uri ÷ action", "module ÷ action", "action ÷ no-op"]
    return _table(["vendor", "state", "hosts", *heads], rows)


def _growth(plan: Plan, bench: Bench) -> str:
    rows = []
    for vendor in plan.vendors:
        for form, numbers in (
            ("loop", plan.loops),
            ("inventory", plan.inventories),
        ):
            for way, state in (("action", PROVISION), ("action", STEADY), ("no-op", "")):
                costs = {number: bench.ms(Case(vendor, form, number, way), state) for number in numbers}
                growth = _times(costs[numbers[-1]], costs[numbers[0]])
                rows.append(
                    [vendor, form, f"{way}, {state}".rstrip(", "), *(costs.get(n, "") for n in plan.loops), growth]
                )
    return _table(["vendor", "", "way", *map(str, plan.loops), "last ÷ first"], rows)


def _ways(plan: Plan, bench: Bench, case: Case, state: str) -> tuple[float, ...]:
    """What uri, module, action, no-op and the bare requests cost."""
    slow = replace(case, number=plan.slow)
    return (
        bench.ms(replace(slow, way="uri"), state),
        bench.ms(replace(slow, way="module"), state),
        bench.ms(case, state),
        bench.ms(replace(case, way="no-op"), ""),
        bench.ms(replace(case, way="requests", form="loop"), state),
    )


def _times(more: float, less: float) -> str:
    return f"{more / less:.1f}" if more < 9.95 * less else f"{more / less:.0f}"


def _table(heads: list[str], rows: list[list[t.Any]]) -> str:
    texts = [[f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    right = ["left" if head in ("vendor", "state", "", "way") else "right" for head in heads]
    return tabulate(texts, heads, tablefmt="github", colalign=right, disable_numparse=True)


def progress(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0], epilog="Progress goes to standard error, the tables to standard output."
    )
    parser.add_argument("--quick", action="store_true", help="one vendor, fewer API users and repetitions")
    parser.add_argument("--playbooks", action="store_true", help="the playbooks with each store, and nothing else")
    parser.add_argument("--vendors", help=f"in place of kazoo,vacd: some of {','.join(TASKS)}")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write all single times to FILE, in seconds per API user"
    )
    parser.add_argument("--guide", action="store_true", help="write the table of guide_performance.rst")
    options = parser.parse_args()
    # Leave through the blocks that end the simulators and remove the files.
    signal.signal(signal.SIGTERM, lambda *_received: sys.exit(143))
    plan = Plan(("kazoo",), 5, repeat=1) if options.quick else Plan()
    if options.vendors:
        plan = replace(plan, vendors=tuple(options.vendors.split(",")))
        unknown = set(plan.vendors) - set(TASKS)
        if unknown:
            parser.error(f"unknown vendors: {', '.join(sorted(unknown))}")
    prefix = "telephony-auth-benchmark-"
    memory = str(MEMORY) if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix=prefix) as name,
        tempfile.TemporaryDirectory(prefix=prefix, dir=memory) as memory_name,
        simulators(Path(name)) as vendors,
    ):
        bench = Bench(Path(name), Path(memory_name), vendors)
        if not options.playbooks:
            plan.run(bench)
        numbers = (50,) if options.quick else (50, 1000)
        rows = by_store.measure(bench.env, Path(name), vendors, numbers, with_uri=not options.quick)
    if options.json:
        times = [{**vars(case), "state": state, "seconds": each} for (case, state), each in bench.times.items()]
        options.json.write_text(json.dumps(times, indent=1) + "\n", encoding="utf-8")
    if options.guide:
        cores = len(os.sched_getaffinity(0))
        guide.write(rows, f"ansible-core {version('ansible-core')}, {cores} cores")
    heads = ["store", "state", "hosts", "playbook", "no-op", "playbook ÷ no-op", "aim"]
    sys.stdout.write(
        "The playbooks, 5 forks, records on disk, in milliseconds per host:\n\n" + _table(heads, rows) + "\n"
    )
    if not options.playbooks:
        sys.stdout.write("\n" + report(plan, bench) + "\n")


if __name__ == "__main__":
    main()
