# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebook of the collection, run by ansible-rulebook with simulated vendors."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import wait_until_dead
from stage import EXAMPLE, Stage, ending, link_collection, simulators


@pytest.fixture
def stage(tmp_path):
    """Three API users with tokens."""
    folder = tmp_path / "stage"
    folder.mkdir()
    with simulators(tmp_path) as vendors:
        made = Stage(folder, link_collection(tmp_path), vendors)
        made.write_inventory()
        # As in the example, but for fewer API users. tokens.yml comes after it, and says where the records are
        shutil.copy(EXAMPLE / "group_vars" / "all" / "tokens.yml", made.inventory / "group_vars" / "all" / "as.yml")
        users = {
            "kazoo": {
                "acme-john": {"token_username": "john@example.com", "token_account_realm": "acme.sip.example.com"},
                "beta-ann": {"token_username": "ann@example.com", "token_account_realm": "beta.sip.example.com"},
            },
            "vacd": {"vacd-reports": {"token_username": "api.one@example.com"}},
        }
        groups = {vendor: {"hosts": hosts} for vendor, hosts in users.items()}
        (made.inventory / "hosts.yml").write_text(json.dumps(groups), encoding="utf-8")
        done = made.ansible("playbook", f"--inventory={made.inventory}", "telephony.auth.provision")
        assert done.returncode == 0, done.stdout
        yield made


@contextlib.contextmanager
def run_rulebook(folder, env, inventory, log):
    """ansible-rulebook with the rulebook of the collection, until the block is left."""
    variables = folder / "events.json"
    variables.write_text(json.dumps({"tokens_inventory": str(inventory)}), encoding="utf-8")
    inventory.mkdir(exist_ok=True)
    programs = Path(sys.executable).parent
    command = [str(programs / "ansible-rulebook"), "--rulebook", "telephony.auth.tokens"]
    command += ["--inventory", str(inventory), "--vars", str(variables)]
    env = {**env, "PATH": os.pathsep.join([env["PATH"], str(programs)]), "PYTHONUNBUFFERED": "1"}
    # Found as users find it, and by nothing else
    env.pop("PYTHONPATH", None)
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        with ending(process):
            yield process


def wait_for(rulebook, log, done):
    limit = time.monotonic() + 180
    while not done():
        assert rulebook.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < limit, log.read_text(encoding="utf-8")
        time.sleep(0.1)


def token_of(stage, name):
    return json.loads((stage.records / f"{name}.json").read_text(encoding="utf-8"))["token"]


def test_the_rulebook_renews_the_token_that_fails_and_tells_of_the_one_that_no_record_knows(stage):
    """Of three tokens, one was ended by somebody, and the user of another has a second token. The third is left alone."""
    names = ("acme-john", "beta-ann", "vacd-reports")
    before = {name: token_of(stage, name) for name in names}
    stage.vendors.ask("DELETE", "tokens", {"vendor": "kazoo", "token": before["beta-ann"]})
    stage.vendors.ask("POST", "tokens", {"vendor": "vacd", "username": "api.one@example.com"})
    log = stage.folder / "log"
    with run_rulebook(stage.folder, stage.env, stage.inventory, log) as rulebook:
        wait_for(rulebook, log, lambda: "PLAY RECAP" in log.read_text() and "'unmanaged'" in log.read_text())
    printed = log.read_text(encoding="utf-8")
    after = {name: token_of(stage, name) for name in names}
    assert [name for name in names if before[name] != after[name]] == ["beta-ann"], printed
    assert after["beta-ann"] in [each["token"] for each in stage.vendors.alive()]
    recap = printed.partition("PLAY RECAP")[2]
    assert re.findall(r"^(\S+) +: ok=", recap, re.MULTILINE) == ["beta-ann"]
    assert "'host': 'vacd-reports'" in printed
    assert not [text for text in stage.vendors.secret_texts() if text in printed]


def test_ansible_rulebook_that_is_ended_leaves_no_report_running(tmp_path):
    """It is ended while the report is made, by a stand-in that never comes to its end."""
    program, begun = tmp_path / "bin" / "ansible-playbook", tmp_path / "begun"
    program.parent.mkdir()
    begun.touch()
    program.write_text(f"#!/bin/sh\necho $$ >{begun}\nexec sleep infinity\n", encoding="utf-8")
    program.chmod(0o755)
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(link_collection(tmp_path)), "TMPDIR": str(tmp_path)}
    env["PATH"] = os.pathsep.join([str(program.parent), env["PATH"]])
    log = tmp_path / "log"
    with run_rulebook(tmp_path, env, tmp_path / "inventory", log) as rulebook:
        wait_for(rulebook, log, lambda: begun.read_text(encoding="utf-8").endswith("\n"))
        rulebook.send_signal(signal.SIGTERM)
        rulebook.wait(60)
    wait_until_dead(int(begun.read_text(encoding="utf-8")))
