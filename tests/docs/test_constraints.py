# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one lock file has a version of all that is asked for by name."""

from __future__ import annotations

import ast
import re
import tomllib
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each session says its own version
FREE = {"ansible-core"}
FILES = [ROOT / "requirements-dev.txt", *sorted(ROOT.glob("tests/*/requirements*.txt"))]


def name_of(requirement: str) -> str:
    """Without a version, and as the package index compares names."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return re.sub(r"[._-]+", "-", found[0]).lower() if found else ""


def lines(path: Path) -> list[str]:
    told = path.read_text(encoding="utf-8").splitlines()
    return [line for line in told if line and not line.startswith(("#", "-r "))]


LOCKED = {name_of(line): line for line in lines(ROOT / "tests" / "tools" / "constraints.txt")}


def installed_by_sessions() -> set[str]:
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "noxfile.py").read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    installs = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "install"]
    words = [word.value for call in installs for word in call.args if isinstance(word, ast.Constant)]
    return {name_of(str(word)) for word in words if not str(word).startswith(("-", "tests/"))}


def installed_by_antsibull_nox() -> set[str]:
    sessions = tomllib.loads((ROOT / "antsibull-nox.toml").read_text("utf-8"))["sessions"]
    given: list[t.Any] = [
        package
        for session in sessions.values()
        for name, value in session.items()
        if name.endswith(("_package", "_deps"))
        for package in (value if isinstance(value, list) else [value])
    ]
    return {name_of(package) for package in given if isinstance(package, str)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_file_requires_has_a_version_in_the_lock_file(path: Path) -> None:
    assert {name_of(line) for line in lines(path)} - FREE - LOCKED.keys() == set()


def test_what_a_session_installs_has_a_version_in_the_lock_file() -> None:
    named = installed_by_sessions() | installed_by_antsibull_nox()
    assert {"pytest", "vermin", "ansible-lint"} <= named
    assert named - FREE - LOCKED.keys() == set()


def test_a_version_is_one_and_stands_once_in_order() -> None:
    told = lines(ROOT / "tests" / "tools" / "constraints.txt")
    assert [line for line in told if not re.fullmatch(r"[A-Za-z0-9._-]+ == [0-9][A-Za-z0-9.]*(?: ; .+)?", line)] == []
    assert told == sorted(told, key=str.lower)
    assert len(LOCKED) == len(told)


def test_integration_targets_have_the_same_versions() -> None:
    """ansible-test looks for a file of this name, and for no other."""
    link = ROOT / "tests" / "integration" / "constraints.txt"
    assert link.resolve() == ROOT / "tests" / "tools" / "constraints.txt"
