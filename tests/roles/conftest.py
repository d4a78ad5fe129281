# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the playbooks on simulated vendors, with each of the stores."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("awx", "demo", "inside", "tools"))]

from desk import Desk
from search import Search
from stage import simulators
from stores import STORES, Bao, collections_with_ansible


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
    return collections_with_ansible(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def desk(tmp_path, collections, vendors, bao):
    """Untouched vendors. Whatever a test does, no secret may be printed."""
    vendors.ask("POST", "reset")
    made = Desk(tmp_path, collections, vendors)
    yield made
    search = Search([*vendors.ask("GET", "secrets?min_length=8"), bao.token])
    assert not search.in_text("\n".join(made.printed))


@pytest.fixture(params=STORES)
def store(request, desk, bao):
    made = STORES[request.param](desk, bao)
    yield made
    made.repair()
    made.close()
