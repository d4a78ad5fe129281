# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of Ansible on simulated vendors, with the collection as it lies here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), *(str(HERE.parent / name) for name in ("demo", "simulators", "tools"))]

from lab import Lab
from stage import link_collection, simulators


@pytest.fixture(scope="session")
def vendors(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators"), max_seconds=3600) as running:
        yield running


@pytest.fixture(scope="session")
def collections(tmp_path_factory):
    return link_collection(tmp_path_factory.mktemp("tree"))


@pytest.fixture
def lab(tmp_path, collections, vendors):
    """Untouched vendors."""
    vendors.ask("POST", "reset")
    return Lab(tmp_path, collections, vendors)
