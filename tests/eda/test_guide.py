# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guide and the documentation of the event source say is what it does. What the guide shows works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from ansible_rulebook.validators import Validate
from stage import ROOT

from ansible_collections.telephony.auth.extensions.eda.plugins.event_source import tokens

GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_events.rst").read_text(encoding="utf-8")
BLOCKS = [
    yaml.safe_load(textwrap.dedent(text))
    for text in re.findall(r"^\.\. code-block:: yaml\S*\n\n((?:  .*\n|\n)+)", GUIDE, re.MULTILINE)
]
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "tokens.yml"
RULEBOOKS = [yaml.safe_load(RULEBOOK.read_text(encoding="utf-8"))]
RULEBOOKS += [block for block in BLOCKS if isinstance(block, list) and "rules" in block[0]]
ROW = {"name": "acme-john", "flags": ["overdue"], "reason": "it is due"}


def table(head):
    """The first two cells of each row of a table of the guide."""
    rows = GUIDE.partition(f"  * - {head}\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^  \* - ``(\w+)``\n    -(?: (.*))?$", rows, re.MULTILINE))


def event(**values):
    (made,) = tokens.Memory(3600).take([{**ROW, **values}], 0)
    return made


def test_the_options_are_documented_twice_and_alike():
    documented = yaml.safe_load(tokens.DOCUMENTATION)["options"]
    made = tokens.Settings.of({"inventory": ["a"], "eda_feedback_queue": None})
    settings = {name: getattr(made, name) for name in tokens.Settings.__annotations__}
    shown = table("option")
    assert set(documented) == set(shown) == set(settings)
    for name, option in documented.items():
        assert shown[name] == (str(option["default"]) if option["type"] == "int" else ""), name
        assert option.get("default", settings[name]) == settings[name] or name == "inventory", name


def test_the_fields_of_an_event_are_documented():
    assert set(table("field")) == set(event())


def test_the_types_of_events_are_documented_and_the_rulebook_knows_them():
    """Each type is one that a rule reacts to, but for what is over."""
    conditions = " ".join(rule["condition"] for rule in RULEBOOKS[0][0]["rules"])
    text = Path(tokens.__file__).read_text(encoding="utf-8")
    sent = set(re.findall(r'(?:yield|_event\(|\[\()\s*"(\w+)"', text))
    assert set(table("``type``")) == sent
    assert sent - {"ok"} == set(re.findall(r'"(\w+)"', conditions)) - {"overdue"}


@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=["shipped", "file", "AWX"])
def test_a_rulebook_is_one(rulebook):
    Validate.rulebook(rulebook)
    for source in rulebook[0]["sources"]:
        tokens.Settings.of(source["telephony.auth.tokens"])


def test_the_examples_of_the_source_are_valid():
    for example in yaml.safe_load(tokens.EXAMPLES):
        tokens.Settings.of(example["telephony.auth.tokens"])


def test_the_job_template_is_that_of_the_role():
    folder = ROOT / "roles" / "awx" / "files" / "job_templates"
    template = yaml.safe_load((folder / "provision.yml").read_text(encoding="utf-8"))
    action = RULEBOOKS[-1][0]["rules"][0]["action"]["run_job_template"]
    assert (action["name"], template["ask_limit_on_launch"]) == (template["name"], True)


def test_the_decision_environment_can_be_built(tmp_path):
    """As far as to what a container engine gets."""
    (environment,) = (block for block in BLOCKS if "images" in block)
    (tarball,) = environment["additional_build_files"]
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert tarball["src"] == f"{galaxy['namespace']}-{galaxy['name']}-{galaxy['version']}.tar.gz"
    (tmp_path / tarball["src"]).touch()
    (tmp_path / "execution-environment.yml").write_text(json.dumps(environment), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "ansible-builder"), "create"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "context" / "_build" / "collections" / tarball["src"]).exists()


class Chat(BaseHTTPRequestHandler):
    posted: t.ClassVar[list[object]]

    def do_POST(self):
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Nobody reads it."""


@pytest.fixture
def chat():
    server = HTTPServer(("127.0.0.1", 0), Chat)
    Chat.posted = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("limit", ["acme-john", "localhost"], ids=["about an API user", "about the report"])
def test_the_playbook_that_tells_somebody_posts_what_the_vendor_said_as_it_is(tmp_path, chat, limit):
    (playbook,) = (block for block in BLOCKS if isinstance(block, list) and "tasks" in block[0])
    files = {
        "variables.json": {"ansible_eda": {"event": event(reason="{{ 1 + 1 }} {% if %}")}},
        "notify.yml": playbook,
        "hosts.json": {
            "ungrouped": {"hosts": {"localhost": {}}},
            "kazoo": {"hosts": {"acme-john": {}, "acme-mary": {}}},
        },
    }
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    (tmp_path / "ansible.cfg").touch()
    env = {
        **os.environ,
        "ANSIBLE_CONFIG": "ansible.cfg",
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "CHAT_URL": f"http://127.0.0.1:{chat.server_port}/",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "--inventory=hosts.json", f"--limit={limit}"]
    done = subprocess.run(
        [*command, "--extra-vars=@variables.json", "notify.yml"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert Chat.posted == [{"text": "due: acme-john: { { 1 + 1 }} { % if %}"}]
