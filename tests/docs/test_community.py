# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Ansible community asks of a collection, as far as no other gate looks at it."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHECKLIST = ROOT / "docs" / "inclusion_checklist.md"
POINTS = re.findall(
    r"^\| ((?:MUST|SHOULD)(?: NOT)?: .+?) \| (.+) \| (.+) \|$", CHECKLIST.read_text("utf-8"), re.MULTILINE
)
PAGES = [*sorted(ROOT.glob("*.md")), CHECKLIST, *sorted(ROOT.glob(".github/*.md"))]
# Those that ansible-core knows, and plugin_utils
KNOWN = {"action", "doc_fragments", "filter", "lookup", "module_utils", "modules", "plugin_utils"}


def load(name: str) -> dict[t.Any, t.Any]:
    return t.cast("dict[t.Any, t.Any]", yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))


def cores() -> set[str]:
    """The versions of ansible-core that noxfile.py tests with."""
    table = re.search(r"^CORES = \{\n(.+?)^\}", (ROOT / "noxfile.py").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert table
    return set(re.findall(r'"(2\.\d+)":', table[1]))


def test_each_point_of_the_checklist_has_a_file():
    assert len(POINTS) > 40
    assert [point for point, _how, files in POINTS if not re.search(r"\]\(\S+\)", files)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_link_to_files_that_exist(page):
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [name for name in linked if not (page.parent / name).exists()] == []


def test_plugins_are_of_known_types():
    assert {path.name for path in (ROOT / "plugins").iterdir() if path.name != "__pycache__"} <= KNOWN


@pytest.mark.parametrize("folder", ["module_utils", "plugin_utils"])
def test_what_is_internal_starts_with_an_underscore(folder):
    assert [str(path) for path in (ROOT / "plugins" / folder).rglob("*.py") if not path.name.startswith("_")] == []


def test_github_runs_what_ci_runs_and_sanity_with_each_ansible_core():
    jobs = load(".github/workflows/tests.yml")["jobs"]
    assert ".ci/run" in [step.get("run") for step in jobs["gates"]["steps"]]
    assert set(jobs["sanity"]["strategy"]["matrix"]["core"]) == {f"stable-{core}" for core in cores()}


def test_each_action_is_pinned_and_no_job_has_more_than_it_needs():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        used = re.findall(r"uses: (\S+)", text)
        assert [use for use in used if not re.search(r"@[0-9a-f]{40}$|^\./", use)] == []
        assert load(f".github/workflows/{path.name}")["permissions"] == {}


def test_the_support_matrix_has_each_ansible_core():
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_support.rst").read_text(encoding="utf-8")
    assert set(re.findall(r"^  \* - (2\.\d+)$", guide, re.MULTILINE)) == cores()


def test_the_tarball_asks_for_no_other_collection():
    assert not load("galaxy.yml").get("dependencies")
