# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to the playbooks has them all, with the variables and groups that they take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "guide_playbooks.rst").read_text(encoding="utf-8")
# Title and text
SECTIONS = dict(re.findall(r"^([^\n]+)\n-{3,}\n(.+?)(?=^[^\n]+\n-{3,}\n|\Z)", GUIDE, re.DOTALL | re.MULTILINE))
PLAYBOOKS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "playbooks").glob("*.yml")}


def test_each_playbook_has_a_section():
    titles = {title.rpartition(".")[2] for title in SECTIONS if title.startswith("telephony.auth.")}
    assert titles == set(PLAYBOOKS)


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_the_variables_of_a_playbook_are_in_its_section(name):
    used = set(re.findall(r"\b(\w+) \| default\(|selectattr\('(\w+)', 'defined'\)", PLAYBOOKS[name]))
    variables = {word for words in used for word in words if re.match("token_|user_|report_|awx_", word)}
    assert not [word for word in variables if f"``{word}``" not in SECTIONS[f"telephony.auth.{name}"]]


def test_the_groups_of_the_playbooks_are_in_the_guide():
    groups = set(re.findall(r"[(|](\w+)(?=[|)])", re.findall(r"hosts: ~\^(.+)\$", PLAYBOOKS["provision"])[0]))
    assert len(groups) > 8
    assert groups <= set(re.findall(r"``(\w+)``", SECTIONS["The inventory"]))
