# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What README.md tells people to do."""

from __future__ import annotations

import json
import re

import yaml
from stage import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
# Title and text of each playbook in it
PLAYBOOKS = dict(re.findall(r"^(\S+\.yml):\n\n```yaml\n(.+?)^```", README, re.DOTALL | re.MULTILINE))


def play(stage, name, **variables):
    (stage.folder / name).write_text(PLAYBOOKS[name], encoding="utf-8")
    more = json.dumps({"ansible_python_interpreter": "{{ ansible_playbook_python }}", **variables})
    return stage.play(str(stage.folder / name), "-e", more)


def test_first_playbook(stage, vendors):
    assert len(PLAYBOOKS["first.yml"].splitlines()) < 15
    john = next(user for user in vendors.ask("GET", "users")["kazoo"] if user.get("username") == "john@example.com")
    stage.env.update(KAZOO_API_URL=vendors.api_urls["kazoo"], KAZOO_PASSWORD=john["password"], HOME=str(stage.folder))
    run = play(stage, "first.yml")
    assert (run.code, run.count("changed")) == (0, 1), run.output[-3000:]
    run = play(stage, "first.yml")
    assert (run.code, run.count("ok")) == (0, 1)


def test_use_playbook(stage, vendors):
    admin = next(user for user in vendors.ask("GET", "users")["webitel"] if user["username"] == "200@mydomain.com")
    stage.env.update(WEBITEL_API_URL=vendors.api_urls["webitel"])
    run = play(stage, "use.yml", vault_webitel_password=admin["password"], webitel_url=vendors.api_urls["webitel"])
    assert run.code == 0, run.output[-3000:]
    assert [request["operation"] for request in vendors.requests()] == ["issue", "check", "check", "check", "revoke"]
    assert not vendors.alive()


def test_vendors_are_those_of_the_collection():
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} - {"vault_vars_file"}
    assert modules == set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_variables_of_the_inventory():
    """The snippet of an inventory is one."""
    snippet = next(
        text for text in re.findall(r"```yaml\n(.+?)^```", README, re.DOTALL | re.MULTILINE) if "hosts:\n" in text
    )
    assert set(yaml.safe_load(snippet)) <= {"vacd", "kazoo", "webitel", "ipcortex", "dialer"}
