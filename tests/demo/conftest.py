# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users have it: built, installed into another folder, and used from there by its name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stage import ROOT, Stage, simulators


@pytest.fixture(scope="session")
def vendors(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators")) as running:
        yield running


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    given = os.environ.get("TELEPHONY_AUTH_TARBALL")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("tarball")
    galaxy(folder, "build", str(ROOT), "--output-path", str(folder))
    (path,) = folder.glob("telephony-auth-*.tar.gz")
    return path


@pytest.fixture(scope="session")
def collections(tmp_path_factory, tarball):
    folder = tmp_path_factory.mktemp("installed")
    galaxy(folder, "install", str(tarball), "--collections-path", str(folder), "--offline")
    # What a user calls by name needs no other folders
    for path in (folder / "ansible_collections" / "telephony" / "auth").iterdir():
        if path.is_dir() and path.name not in ("meta", "playbooks", "plugins", "roles"):
            shutil.rmtree(path)
    return folder


@pytest.fixture
def stage(tmp_path, collections, vendors):
    """A fresh inventory and untouched vendors. Whatever a test does, no secret may be printed."""
    vendors.ask("POST", "reset")
    made = Stage(tmp_path, collections, vendors)
    made.write_inventory()
    yield made
    printed = "\n".join(made.printed)
    assert not [text for text in vendors.secret_texts() if text in printed]


def galaxy(folder: Path, *arguments: str) -> None:
    (folder / "ansible.cfg").touch()
    env = {**os.environ, "ANSIBLE_HOME": str(folder / "home"), "ANSIBLE_CONFIG": str(folder / "ansible.cfg")}
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
