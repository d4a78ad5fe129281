# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What proves a line of guide_security.rst is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "docsite" / "rst" / "guide_security.rst").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"``(tests/[^`]+)``", TEXT)))
# What no test can prove: it is about others' programs, or about what you do
WITHOUT = {"A stolen vault password", "Debugging", "Supply chain"}


@pytest.mark.parametrize("named", NAMED)
def test_what_proves_a_line_exists(named):
    path, _colons, name = named.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"\ndef {name or 'test_'}" in text


def test_each_threat_has_its_proof():
    threats = TEXT.partition("\nThreats\n")[2].split("\n  * - ")[2:]
    assert len(threats) > 10
    unproved = {threat.partition("\n")[0] for threat in threats if "``tests/" not in threat}
    assert unproved == WITHOUT


def test_no_program_is_started():
    """Its arguments would be in the list of processes. Ansible has the only ways to start one."""
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        started = re.findall(
            r"subprocess|os\.system|os\.exec|os\.spawn|popen|run_command", path.read_text(encoding="utf-8")
        )
        assert not started, path
