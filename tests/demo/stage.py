# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the demo and its tests play on: the simulators, an inventory that leads to them, and playbook runs."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "inventory"
VENDORS = ("vacd", "kazoo", "webitel", "ipcortex", "dialer")
# An ordinary user of each vendor
ORDINARY = {
    "vacd": "api.one@example.com",
    "ringcx": "admin@example.com",
    "kazoo": "john@example.com",
    "webitel": "200@mydomain.com",
    "ipcortex": "agent",
    "dialer": "user@example.com",
}
_FOREIGN = re.compile(r"(ANSIBLE|VACD|KAZOO|WEBITEL|IPCORTEX|DIALER)_|(https?|all)_proxy$", re.IGNORECASE)


def _stop(number: int, frame: t.Any) -> t.NoReturn:
    """A signal becomes an exception, so that all that was started ends."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


@contextlib.contextmanager
def until_stopped() -> t.Iterator[Path]:
    """A folder for this program, which is removed whatever ends it. Each signal is a KeyboardInterrupt with its number."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    place = ROOT / ".venv-demo"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def ending(process: subprocess.Popen[t.Any]) -> t.Iterator[subprocess.Popen[t.Any]]:
    """End a process when the block is left, by its own id."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


class Simulators:
    """The running simulators and their control API."""

    def __init__(self, ready: dict[str, t.Any], process: subprocess.Popen[bytes]) -> None:
        self.wait = process.wait
        self.pid: int = ready["pid"]
        self.url: str = ready["url"]
        self.api_urls: dict[str, str] = ready["api_urls"]
        self._control: str = ready["control"]
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, method: str, command: str, value: t.Any = None) -> t.Any:
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self._control}/{command}", data=body, method=method)  # noqa: S310
        with self._opener.open(request, timeout=10) as reply:
            return json.load(reply)

    def ordinary(self, vendor: str) -> dict[str, t.Any]:
        """The ordinary user of a vendor, with password."""
        users = self.ask("GET", "users")[vendor]
        return next(user for user in users if user.get("username") == ORDINARY[vendor])

    def alive(self) -> list[dict[str, t.Any]]:
        """The live tokens, less those that exist without any login."""
        return [token for token in self.ask("GET", "tokens") if token["kind"] not in ("key", "static")]

    def requests(self) -> list[dict[str, t.Any]]:
        return t.cast("list[dict[str, t.Any]]", self.ask("GET", "requests"))

    def forget_requests(self) -> None:
        self.ask("DELETE", "requests")

    def secret_texts(self) -> set[str]:
        """All secrets that were ever seen, in the spellings in which they may turn up."""
        found: set[str] = set()
        for secret in self.ask("GET", "secrets?min_length=8"):
            raw = secret.encode()
            found |= {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
            found |= {base64.b64encode(raw).decode().rstrip("="), raw.hex()}
        return found


@contextlib.contextmanager
def simulators(folder: Path, max_seconds: int = 900, port: int = 0) -> t.Iterator[Simulators]:
    """The simulators, for as long as the block lasts. folder is for their ready file; port 0 is any free one."""
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    program = [sys.executable, str(ROOT / "tests" / "simulators" / "serve.py")]
    command = [*program, "--ready-file", str(ready), "--max-seconds", str(max_seconds), "--port", str(port)]
    with ending(subprocess.Popen(command, stdin=subprocess.DEVNULL)) as process:
        limit = time.monotonic() + 30
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("The simulators did not start")
            time.sleep(0.05)
        yield Simulators(json.loads(ready.read_text(encoding="utf-8")), process)


def link_collection(folder: Path) -> Path:
    """A place for collections in which telephony.auth is this checkout."""
    link = folder / "collections" / "ansible_collections" / "telephony" / "auth"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(ROOT, target_is_directory=True)
    return folder / "collections"


@dataclass(frozen=True)
class Outcome:
    """What became of one API user."""

    status: str
    result: dict[str, t.Any]


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook. users has what the vendors' modules did, table what was shown of it at the end; output is
    all that was printed."""

    code: int
    output: str
    seconds: float
    users: dict[str, Outcome]
    table: list[str]

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.users.values())


class Stage:
    """A folder with all that runs of Ansible need and leave behind."""

    def __init__(self, folder: Path, collections: Path, vendors: Simulators) -> None:
        self.folder = folder
        self.vendors = vendors
        self.printed: list[str] = []
        self.records = folder / "records"
        self.inventory = folder / "inventory"
        self._outcomes = folder / "outcomes.json"
        self._vault_password = folder / "vault-password"
        self.env = {name: value for name, value in os.environ.items() if not _FOREIGN.match(name)}
        self.env.update(
            ANSIBLE_CALLBACK_PLUGINS=str(Path(__file__).parent / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="outcomes",
            ANSIBLE_COLLECTIONS_PATH=str(collections),
            ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
            ANSIBLE_HOME=str(folder / "ansible"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            ANSIBLE_REMOTE_TMP=str(folder / "ansible" / "remote"),
            ANSIBLE_VAULT_PASSWORD_FILE=str(self._vault_password),
            NO_PROXY="127.0.0.1",
            OUTCOMES_FILE=str(self._outcomes),
        )

    def ansible(self, *command: str, **more: t.Any) -> subprocess.CompletedProcess[str]:
        """Run one of Ansible's programs, such as playbook or vault, to its end."""
        process = subprocess.Popen(
            [sys.executable, "-m", "ansible", *command],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **more,
        )
        self.started = process
        with ending(process):
            output = process.communicate(timeout=300)[0]
        return subprocess.CompletedProcess(command, process.returncode, output)

    def write_inventory(self) -> None:
        """The inventory that, beside the example, leads to the simulators and has the passwords, encrypted."""
        self.folder.joinpath("ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        self._vault_password.write_text(secrets.token_urlsafe(), encoding="utf-8")
        self._vault_password.chmod(0o600)
        known = self.vendors.ask("GET", "users")
        operator = next(user for user in known["ipcortex"] if user.get("username") == "operator")
        vault = {
            "vault_token_passwords": self.passwords(EXAMPLE),
            "vault_token_keys": {"ipcortex-operator": operator["api_key"]},
        }
        self._write(self.inventory / "hosts.yml", {"all": {}})
        self._write(self.inventory / "group_vars" / "all" / "tokens.yml", {"records": str(self.records)})
        self._write(self.inventory / "group_vars" / "all" / "vault.yml", vault)
        encrypted = self.ansible("vault", "encrypt", str(self.inventory / "group_vars" / "all" / "vault.yml"))
        if encrypted.returncode:
            raise RuntimeError(encrypted.stdout)
        for vendor, url in self.vendors.api_urls.items():
            self._write(self.inventory / "group_vars" / f"{vendor}.yml", {"token_api_url": url})

    def passwords(self, inventory: Path) -> dict[str, str]:
        """The passwords of the hosts of an example inventory that log in with one."""
        import yaml  # comes with ansible-core

        known = self.vendors.ask("GET", "users")
        found: dict[str, str] = {}

        def collect(vendor: str, group: dict[str, t.Any]) -> None:
            by_name = {user.get("username", "").lower(): user for user in known.get(vendor, ())}
            for host, values in group.get("hosts", {}).items():
                if values and "token_username" in values:
                    found[host] = by_name[values["token_username"]]["password"]
            for child in group.get("children", {}).values():
                collect(vendor, child)

        hosts = yaml.safe_load((inventory / "hosts.yml").read_text(encoding="utf-8"))
        for vendor, group in hosts["all"]["children"].items():
            collect(vendor, group)
        return found

    @staticmethod
    def _write(path: Path, value: t.Any) -> None:
        """YAML, of which JSON is a part."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")

    def play(self, playbook: str, *arguments: str, inventories: t.Sequence[Path] = ()) -> Run:
        """Run a playbook on the example inventory, with everything that Ansible can be made to print."""
        self._outcomes.unlink(missing_ok=True)
        sources = [EXAMPLE, self.inventory, *inventories]
        started = time.monotonic()
        done = self.ansible(
            "playbook", "-vvv", "--diff", *(f"--inventory={source}" for source in sources), playbook, *arguments
        )
        self.printed.append(done.stdout)
        lines = self._outcomes.read_text(encoding="utf-8").splitlines() if self._outcomes.exists() else []
        ours = [line for line in map(json.loads, lines) if line["action"].startswith("telephony.auth.")]
        shown = [line for line in ours if line["action"] == "telephony.auth.summary"]
        done_here = [line for line in ours if line not in shown]
        plays = list(dict.fromkeys(line["action"] for line in done_here))
        done_here.sort(key=lambda line: (plays.index(line["action"]), line["host"]))
        users = {line["host"]: Outcome(line["status"], line["result"]) for line in done_here}
        table = shown[-1]["result"]["lines"] if shown else []
        return Run(done.returncode, done.stdout, time.monotonic() - started, users, table)

    def existing_tokens(self) -> Path:
        """A file with tokens for examples/migration.yml: they work, and are not on record."""
        if self.play("telephony.auth.provision").code:
            raise RuntimeError(self.printed[-1])
        names = {"vacd": "api_token", "kazoo": "auth_token", "ipcortex": "session"}
        found = {}
        for path in self.records.glob("*.json"):
            record = json.loads(path.read_text(encoding="utf-8"))
            name = "key" if path.stem == "ipcortex-operator" else names.get(record["vendor"], "token")
            found[path.stem] = {name: record["token"]}
            if record["vendor"] == "webitel":
                found[path.stem]["key"] = record["extra"]["key"]
        shutil.rmtree(self.records)
        self._write(self.folder / "existing_tokens.yml", {"existing_tokens": found})
        return self.folder / "existing_tokens.yml"

    def newcomer(self, vendor: str, name: str, **variables: str) -> Path:
        """One more inventory, with one more API user."""
        path = self.folder / f"{name}.yml"
        self._write(path, {vendor: {"hosts": {name: {f"token_{key}": value for key, value in variables.items()}}}})
        return path
