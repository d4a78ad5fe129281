# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-runner, and so an automation controller, keeps of a run: no secret, at the highest verbosity, whatever the vendors do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t

import pytest
from lab import Lab
from search import Search
from stage import VENDORS, ending
from test_secrecy import NAMES, tasks

# What the vendors can do wrong, with parameters that keep the run short.
FAULTS: dict[str, dict[str, t.Any]] = {
    "status": {},
    "reset_before": {},
    "reset_after": {},
    "delay": {"seconds": 0.2},
    "truncated": {},
    "oversized": {},
    "html": {},
    "html_before": {},
    "empty": {},
    "redirect": {"to": "https://elsewhere.example.com/login"},
    "rate_limit": {},
    "unavailable": {},
    "garbage": {},
    "wrong_type": {},
    "hang": {},
    "hold": {},
    "echo": {},
    "slow": {"interval": 0.002},
    "answer": {"status": 502},
    "late": {},
}
# An echo that looks like another answer than a broken server's.
ECHOES: dict[str, dict[str, t.Any]] = {
    f"echo {status}": {"fault": "echo", "status": status} for status in (200, 400, 401, 403, 404)
}
ALL_FAULTS = {**{name: {"fault": name, **more} for name, more in FAULTS.items()}, **ECHOES}

PROVISION, REVOKE = "telephony.auth.provision", "telephony.auth.revoke"
# A vendor that does not answer shall not take long. Where all must go well, there is time.
SHORT = {"token_timeout": 1, "token_retries": 1, "token_retry_timeout": 1}
# What is run, with what variables, and which calls go wrong then.
RUNS: dict[str, tuple[str, dict[str, t.Any], tuple[str, ...]]] = {
    "first": (PROVISION, {}, ()),
    "checks go wrong": (PROVISION, SHORT, ("check", "list")),
    "renewals go wrong": (PROVISION, {**SHORT, "token_renew": "always"}, ("issue", "login")),
    "revocations go wrong": (REVOKE, SHORT, ("revoke",)),
    "all that is left": (REVOKE, {}, ()),
}


def test_faults_are_all_that_there_are():
    from telsim.core import WORKS

    assert set(FAULTS) == set(WORKS)


class Runner:
    """Runs of ansible-runner, and what they leave behind."""

    def __init__(self, lab: Lab, no_log: bool) -> None:
        self.lab = lab
        self.data = lab.folder / "runner"
        (self.data / "project").mkdir(parents=True)
        # With no_log there is nothing that a fault could show.
        self.runs = ["first"] if no_log else list(RUNS)
        self.output: list[str] = []
        bin_first = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        self.env = {**lab.env, "ANSIBLE_NO_LOG": str(no_log), "ANSIBLE_INJECT_INVOCATION": "true", "PATH": bin_first}
        del self.env["ANSIBLE_CALLBACKS_ENABLED"], self.env["ANSIBLE_CALLBACK_PLUGINS"]

    def run(self, ident: str, playbook: str, inventory: str, variables: object) -> int:
        command = [sys.executable, "-m", "ansible_runner", "run", str(self.data), "--ident", ident, "-p", playbook]
        command += ["--inventory", inventory]
        command += [f"--cmdline=-vvvv --diff --forks 8 -e @{self.write(ident, variables)}"]
        process = subprocess.Popen(
            command, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with ending(process):
            self.output.append(process.communicate(timeout=300)[0])
        return process.returncode

    def write(self, name: str, value: object) -> str:
        path = self.lab.folder / f"{name.replace(' ', '-')}.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        return str(path)

    def events(self, ident: str):
        folder = self.data / "artifacts" / ident / "job_events"
        return [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]


def provision(lab: Lab, runner: Runner) -> list[tuple[str, dict[str, t.Any]]]:
    """An API user at each vendor for each fault. Returns the faults that hit nobody."""
    records = lab.folder / "records"
    hosts: dict[str, dict[str, t.Any]] = {}
    rules: list[dict[str, t.Any]] = []
    for vendor in VENDORS:
        made = lab.vendors.ask("POST", "users", {"vendor": vendor, "count": len(ALL_FAULTS)})
        hosts[vendor] = {"hosts": {}}
        for (name, fault), user in zip(ALL_FAULTS.items(), made, strict=True):
            hosts[vendor]["hosts"][f"{vendor}-{name.replace(' ', '-')}"] = {
                "token_username": user["username"],
                "token_password": user["password"],
                "token_path": str(records / vendor / f"{name}.json"),
            }
            rules.append({"vendor": vendor, "user": user["username"], **fault})
    for vendor in VENDORS:
        hosts[vendor]["vars"] = {"token_api_url": lab.vendors.api_urls[vendor]}
    hosts["kazoo"]["vars"].update(token_account_name="Acme Telephony, Inc.", token_revoke="user")
    hosts["dialer"]["vars"]["token_check_path"] = "/account.json"
    inventory = runner.write("inventory", {"all": {"children": hosts}})
    missed = []
    for ident in runner.runs:
        playbook, variables, operations = RUNS[ident]
        wrong = [{**rule, "operation": operation} for rule in rules for operation in operations]
        lab.vendors.ask("PUT", "faults", {"faults": wrong})
        code = runner.run(ident, playbook, inventory, variables)
        assert bool(code) == bool(operations), runner.output[-1][-3000:]
        done = lab.vendors.ask("GET", "faults")["faults"]
        hit = {(rule["vendor"], rule["user"]) for rule in done if rule["fired"]}
        missed += [(ident, rule) for rule in wrong if (rule["vendor"], rule["user"]) not in hit]
        lab.vendors.ask("POST", "release")
    return missed


@pytest.fixture(scope="module", params=[False, True], ids=["", "no_log"])
def kept(request, tmp_path_factory, collections, vendors):
    vendors.ask("POST", "reset")
    lab = Lab(tmp_path_factory.mktemp("runner"), collections, vendors)
    runner = Runner(lab, no_log=request.param)
    passwords = {name: lab.users["kazoo"][name]["password"] for name in [*NAMES, "off@example.com"]}
    more = [
        {
            "name": "Keep a fact",
            "ansible.builtin.set_fact": {"token_fingerprint": "{{ one.fingerprint }}", "cacheable": True},
        },
        {
            "name": "Use the token",
            "no_log": True,
            "ansible.builtin.uri": {
                "url": "{{ one.api_url }}",
                "headers": "{{ one.headers }}",
                "status_code": [200, 404],
            },
        },
    ]
    playbook = lab.write([*tasks(lab), *more], vars={"passwords": passwords}, gather_facts=True)
    code = runner.run("tokens", str(playbook), str(lab.folder / "inventory"), {})
    assert code == 0, runner.output[-1][-3000:]
    missed = [(run, rule["vendor"], rule["fault"], rule.get("status")) for run, rule in provision(lab, runner)]
    assert not missed
    return runner, request.param


def test_no_secret_is_kept(kept, vendors):
    runner, _no_log = kept
    secrets = vendors.ask("GET", "secrets?min_length=8")
    assert len(secrets) > 200
    search = Search(secrets)
    found = {"output": search.in_text("\n".join(runner.output))}
    size = 0
    for path in (runner.data / "artifacts").rglob("*"):
        if path.is_file():
            size += path.stat().st_size
            found[str(path)] = search.in_file(path)
    print(f"{len(secrets)} secrets, {len(found)} files, {size} bytes")
    assert not {where: findings for where, findings in found.items() if findings}
    # And that there was something to be found.
    assert search.in_file(runner.lab.folder / "inventory.json")


def test_all_was_kept(kept):
    runner, no_log = kept
    assert list((runner.data / "artifacts" / "tokens" / "fact_cache").iterdir())
    for ident in runner.runs:
        operations = RUNS[ident][2]
        events = runner.events(ident)
        results = [each["event_data"].get("res", {}) for each in events if each["event"].startswith("runner_on")]
        codes = {result["failure"]["code"] for result in results if "failure" in result}
        if no_log:
            assert not codes
        elif operations:
            assert {"server_error", "bad_reply", "timeout", "unreachable"} <= codes
            assert "internal_error" not in codes
        assert len(results) >= len(VENDORS) * len(ALL_FAULTS)
