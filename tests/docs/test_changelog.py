# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog names all that the collection has, and nothing that never was."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FRAGMENTS = ROOT / "changelogs" / "fragments"
Releases = dict[str, dict[str, t.Any]]


def load(path: Path) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", yaml.safe_load(path.read_text(encoding="utf-8")))


RELEASES: Releases = load(ROOT / "changelogs" / "changelog.yaml")["releases"]
VERSION = load(ROOT / "galaxy.yml")["version"]
REMEDY = "run: make release ARGS=--changelog"


def released(kind: str) -> set[str]:
    """What all releases together have added, of modules, of a type of plugins, or of roles or playbooks."""
    lists = [r.get(kind) or {**r.get("plugins", {}), **r.get("objects", {})}.get(kind, []) for r in RELEASES.values()]
    return {each["name"] for names in lists for each in names}


def names(pattern: str) -> set[str]:
    return {path.stem for path in ROOT.glob(pattern)} - {"__init__"}


@pytest.mark.skipif(VERSION not in RELEASES, reason="What the next release adds is found when it is made")
@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("modules", "plugins/modules/*.py"),
        ("filter", "plugins/filter/*.py"),
        ("lookup", "plugins/lookup/*.py"),
        ("role", "roles/*"),
        ("playbook", "playbooks/*.yml"),
    ],
)
def test_all_that_a_user_can_call_is_in_the_changelog(kind, pattern):
    assert released(kind) == names(pattern), REMEDY


@pytest.mark.parametrize("version", list(RELEASES))
def test_a_release_has_what_its_fragments_say(version):
    for name in RELEASES[version]["fragments"]:
        if not (FRAGMENTS / name).exists():
            continue
        for section, said in load(FRAGMENTS / name).items():
            if section == "release_summary":
                assert RELEASES[version]["changes"][section] == said, REMEDY
            elif not section.startswith("add "):
                assert set(said) <= set(RELEASES[version]["changes"][section]), REMEDY


def test_the_first_release_changes_nothing_that_was_never_released():
    first = next(iter(RELEASES))
    assert list(RELEASES[first]["changes"]) == ["release_summary"]


@pytest.mark.parametrize("name", ["CHANGELOG.rst", "CHANGELOG.md"])
def test_both_forms_of_the_changelog_have_each_release(name):
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\", "")
    assert [version for version in RELEASES if f"v{version}\n" not in text] == []
