# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection built and installed, a stand-in for AWX, a Vault, and simulated vendors."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "demo"), str(HERE.parent / "tools")]

from openbao import app_role, openbao
from setup_run import CONSUMER, PREFIX, PROJECT_URL, SetUp
from stage import ROOT, simulators
from standin import AWX_24, PLATFORM, Awx, serving

# What AWX finds in a project that starts as a copy of the example
PLAYBOOKS = sorted(path.name for path in (ROOT / "examples" / "awx").glob("*.yml"))


def pytest_configure(config):
    config.addinivalue_line("markers", "empty: with an AWX that has nothing but an organization")
    config.addinivalue_line("markers", "platform: the same, with an automation platform in place of AWX")


@pytest.fixture(scope="session")
def tarball(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tarball")
    galaxy(folder, "build", str(ROOT), "--output-path", str(folder))
    (path,) = folder.glob("telephony-auth-*.tar.gz")
    return path


@pytest.fixture(scope="session")
def collections(tmp_path_factory, tarball):
    """Installed as AWX does it before a job, for a project without an execution environment of its own."""
    folder = tmp_path_factory.mktemp("installed")
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "examples" / "awx" / "collections", project / "collections")
    shutil.copy(tarball, project / "collections")
    galaxy(project, "install", "-r", "collections/requirements.yml", "--collections-path", str(folder), "--offline")
    return folder


@pytest.fixture(scope="session")
def vendors(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators"), max_seconds=3600) as running:
        yield running


@pytest.fixture(scope="session")
def vault(tmp_path_factory):
    """A client of an OpenBao server."""
    with openbao(tmp_path_factory.mktemp("openbao") / "log") as client:
        yield client


@pytest.fixture(scope="session")
def consumers(vault):
    """The role's variables for two users of tokens, of which AWX may read that of the first one."""
    other = {"name": "CRM", "path": "telephony/crm", "mount": "kv/team"}
    return {"awx_consumers": [CONSUMER, other], "awx_vault": app_role(vault, CONSUMER["path"])}


@pytest.fixture(scope="session")
def first_run(tmp_path_factory, collections, consumers):
    """An AWX that had nothing but an organization, and the run that has set it up, else with the defaults."""
    awx = Awx({PROJECT_URL: PLAYBOOKS})
    with serving(awx) as url:
        done = SetUp(tmp_path_factory.mktemp("first"), collections, url, awx.token).run(**consumers)
    assert done.code == 0, done.output
    return awx, done


@pytest.fixture
def awx(request, first_run):
    """An AWX of the test's own: as after the first run, or with the mark `empty` as before it."""
    for marker, layout in (("empty", AWX_24), ("platform", PLATFORM)):
        if request.node.get_closest_marker(marker):
            return Awx({PROJECT_URL: PLAYBOOKS}, layout)
    ready = copy.deepcopy(first_run[0])
    ready.requests.clear()
    return ready


@pytest.fixture
def set_up(tmp_path, collections, awx):
    """Runs of telephony.auth.awx_setup on that AWX."""
    with serving(awx) as url:
        prefix = {} if awx.layout is AWX_24 else {PREFIX: awx.layout.api.removesuffix("v2/")}
        yield SetUp(tmp_path, collections, url, awx.token, prefix)


def galaxy(folder: Path, *arguments: str) -> None:
    (folder / "ansible.cfg").touch()
    env = {**os.environ, "ANSIBLE_HOME": str(folder / "home"), "ANSIBLE_CONFIG": str(folder / "ansible.cfg")}
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
