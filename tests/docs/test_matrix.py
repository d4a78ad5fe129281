# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page about what is tested with which versions says what make matrix found, and which of its sessions did not run yet."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ansible_collections.telephony.auth.tests.tools import gates, matrix_table

ROOT = Path(__file__).parents[2]
PAGE = matrix_table.PAGE.read_text("utf-8")
SESSIONS = json.loads(matrix_table.RESULT.read_text("utf-8"))


def test_the_result_is_of_sessions_that_there_are() -> None:
    assert SESSIONS.keys() <= set(gates.MATRIX["matrix"])


def test_each_session_has_its_place_in_a_table() -> None:
    by_core = {f"{name}-{core}" for name in matrix_table.WHAT for core in matrix_table.CORES}
    assert by_core - matrix_table.NONE | set(matrix_table.PLATFORMS) == set(gates.MATRIX["matrix"])


def test_a_session_that_did_not_run_yet_is_told() -> None:
    assert PAGE.count("not run yet") == len(set(gates.MATRIX["matrix"]) - set(SESSIONS))


def test_the_page_is_current_and_nothing_failed() -> None:
    assert PAGE.endswith(matrix_table.MARK + matrix_table.tables())
    assert {name for name, session in SESSIONS.items() if session["result"] not in ("success", "skipped")} == set()


def test_the_tests_that_the_page_names_are_there() -> None:
    named = re.findall(r"``(test_\w+)``", PAGE)
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "unit").rglob("test_*.py"))
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in tests] == []
