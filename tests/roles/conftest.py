# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the playbooks on simulated vendors, with each of the stores."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("demo", "inside", "lifecycle", "tools"))]

from desk import Desk
from search import Search
from stage import link_collection, simulators
from stores import SHELVES, Bao


@pytest.fixture(scope="session")
def vendors(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators"), max_seconds=3600) as running:
        yield running


@pytest.fixture(scope="session")
def bao(tmp_path_factory):
    with Bao(tmp_path_factory.mktemp("bao")) as running:
        yield running


@pytest.fixture(scope="session")
def collections(tmp_path_factory):
    """Where this collection and those that come with the package ansible are found."""
    tree = link_collection(tmp_path_factory.mktemp("tree"))
    return os.pathsep.join([str(tree), sysconfig.get_path("purelib")])


@pytest.fixture
def desk(tmp_path, collections, vendors, bao):
    """Untouched vendors. Whatever a test does, no secret may be printed."""
    vendors.ask("POST", "reset")
    made = Desk(tmp_path, collections, vendors)
    yield made
    search = Search([*vendors.ask("GET", "secrets?min_length=8"), bao.token])
    assert not search.in_text("\n".join(made.printed))


@pytest.fixture(params=["file", "vault_file", "hashi_vault"])
def store(request, desk, bao):
    password = Path(desk.env["ANSIBLE_VAULT_PASSWORD_FILE"]).read_bytes()
    return SHELVES[request.param](desk.folder, bao, password)
