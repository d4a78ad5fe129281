# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment that the example describes, and ansible-navigator."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from setup_run import clean_env
from stage import ROOT, VENDORS

EXAMPLE = ROOT / "examples" / "execution-environment"


def run(folder, collections, *command):
    env = clean_env(folder, collections)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def context(tmp_path, tarball, collections):
    """What ansible-builder gives a container engine to build."""
    for path in EXAMPLE.iterdir():
        shutil.copy(path, tmp_path)
    shutil.copy(tarball, tmp_path)
    run(tmp_path, collections, "ansible-builder", "create", "--output-filename", "Containerfile")
    return tmp_path / "context"


def test_context_has_the_collections(context, tarball):
    asked = yaml.safe_load((context / "_build" / "requirements.yml").read_text("utf-8"))["collections"]
    assert {"awx.awx", "community.hashi_vault"} < {each["name"] for each in asked}
    (own,) = (each["name"] for each in asked if each.get("type") == "file")
    assert own == f"collections/{tarball.name}"
    assert (context / "_build" / own).read_bytes() == tarball.read_bytes()
    recipe = (context / "Containerfile").read_text("utf-8")
    for command in (
        "ansible-galaxy collection install",
        "introspect",
        "ansible-runner>=2.4",
        "ansible-core>=2.19,<2.20",
    ):
        assert command in recipe


def test_python_requirements_are_found(tmp_path, collections):
    """The collections say what they need. This is the part of the recipe that collects it."""
    installed = tmp_path / "ansible_collections"
    shutil.copytree(collections / "ansible_collections", installed)
    for name in ("awx.awx", "community.hashi_vault"):
        found = importlib.util.find_spec(f"ansible_collections.{name}")
        assert found
        assert found.submodule_search_locations
        target = installed / name.replace(".", "/")
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(Path(found.submodule_search_locations[0]), target_is_directory=True)
    told = run(tmp_path, collections, "ansible-builder", "introspect", str(tmp_path))
    needed = {requirement.split()[0] for requirement in yaml.safe_load(told)["python"]}
    assert {"requests", "hvac"} <= needed, told


def test_navigator_runs_a_playbook(tmp_path, collections, vendors):
    vendors.ask("POST", "reset")
    groups = {}
    for vendor in VENDORS:
        (user,) = vendors.ask("POST", "users", {"vendor": vendor, "count": 1})
        variables = {f"token_{key}": user[key] for key in ("username", "password")}
        variables["token_api_url"] = vendors.api_urls[vendor]
        variables["token_path"] = str(tmp_path / "records" / f"{vendor}.json")
        groups[vendor] = {"hosts": {f"{vendor}-one": variables}}
    groups["kazoo"]["hosts"]["kazoo-one"]["token_account_name"] = "Acme Telephony, Inc."
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"all": {"children": groups}}), encoding="utf-8")
    command = ["ansible-navigator", "run", "telephony.auth.provision", "--execution-environment", "false"]
    command += ["--mode", "stdout", "--inventory", str(inventory), "--playbook-artifact-enable", "false"]
    command += ["--log-file", str(tmp_path / "navigator.log")]
    first, second = (run(tmp_path, collections, *command) for _run in range(2))
    assert first.count("changed=2 ") + first.count("changed=1 ") == len(VENDORS), first
    assert second.count("changed=0 ") == len(VENDORS), second
    assert len(list((tmp_path / "records").glob("*.json"))) == len(VENDORS)
    told = first + second + (tmp_path / "navigator.log").read_text("utf-8")
    assert not [text for text in vendors.secret_texts() if text in told]
