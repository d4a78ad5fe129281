# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection built and installed, a stand-in for AWX, and simulated vendors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "demo"), str(HERE.parent / "tools")]

from setup_run import PROJECT_URL, SetUp
from stage import ROOT, simulators
from standin import Awx, serving

# What AWX finds in a project that starts as a copy of the example
PLAYBOOKS = sorted(path.name for path in (ROOT / "examples" / "awx").glob("*.yml"))


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tarball")
    galaxy(folder, "build", str(ROOT), "--output-path", str(folder))
    (path,) = folder.glob("telephony-auth-*.tar.gz")
    return path


@pytest.fixture(scope="session")
def collections(tmp_path_factory, tarball):
    folder = tmp_path_factory.mktemp("installed")
    galaxy(folder, "install", str(tarball), "--collections-path", str(folder), "--offline")
    return folder


@pytest.fixture(scope="session")
def vendors(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators"), max_seconds=3600) as running:
        yield running


@pytest.fixture
def awx():
    return Awx({PROJECT_URL: PLAYBOOKS})


@pytest.fixture
def set_up(tmp_path, collections, awx):
    """Runs of telephony.auth.awx_setup on an AWX that has nothing but an organization."""
    with serving(awx) as url:
        yield SetUp(tmp_path, collections, url, awx.token)


@pytest.fixture(scope="session")
def ready_awx(tmp_path_factory, collections):
    """An AWX that was set up with the defaults. Tests only read it, or put credentials into it."""
    awx = Awx({PROJECT_URL: PLAYBOOKS})
    with serving(awx) as url:
        done = SetUp(tmp_path_factory.mktemp("ready"), collections, url, awx.token).run()
    assert done.code == 0, done.output
    return awx


def galaxy(folder: Path, *arguments: str) -> None:
    (folder / "ansible.cfg").touch()
    env = {**os.environ, "ANSIBLE_HOME": str(folder / "home"), "ANSIBLE_CONFIG": str(folder / "ansible.cfg")}
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
