# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gates show little of what passed, and all of what failed."""

from __future__ import annotations

import json
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.tests.tools import gates

PASSED = """\
nox > Running session units-2.19
nox > Re-using existing virtual environment at .nox/units-2-19.
nox > coverage run -m pytest tests/unit
======================= 2922 passed, 1 skipped in 35.45s =======================
branch coverage 98.2 %, at least 95 % wanted: enough
nox > Session units-2.19 was successful in 35 seconds.
"""
SANITY = """\
nox > Running session sanity-2.19
Running sanity test "action-plugin-docs"
Running sanity test "import" on Python 3.11
Running sanity test "import" on Python 3.8
nox > Not tested: no Python 3.14 here
nox > Session sanity-2.19 was successful in a minute.
"""
LIFECYCLE = """\
nox > Running session lifecycle-2.19
sequences of runs tried       10,000
faults injected               54,321
tokens lost                        0
nox > Session lifecycle-2.19 was successful in a minute.
"""
SKIPPED = """\
nox > Running session units-2.22
nox > Session units-2.22 skipped: ansible-core 2.22 needs Python 3.13 or 3.14, and none is installed.
"""
FAILED = """\
nox > Running session roles-2.19
E       assert 1 == 2
================= 1 failed, 3 passed in 4.10s ==================================
nox > Command pytest tests/roles failed with exit code 1
nox > Session roles-2.19 failed.
"""


def shown(capsys: pytest.CaptureFixture[str], *logs: str, code: int = 0) -> str:
    screen = gates.Screen()
    for line in "".join(logs).splitlines(keepends=True):
        screen(line)
    screen.close(code)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (PASSED, "units-2.19 0 2922 passed, 1 skipped, branch coverage 98.2 %"),
        (
            SANITY,
            "sanity-2.19 0 Not tested: no Python 3.14 here, 3 tests of ansible-test, plugins imported on 3.8 3.11",
        ),
        (LIFECYCLE, "lifecycle-2.19 0 sequences of runs tried 10,000, tokens lost 0"),
        (
            SKIPPED,
            "units-2.22 0 skipped: ansible-core 2.22 needs Python 3.13 or 3.14, and none is installed.",
        ),
    ],
    ids=["pytest", "sanity", "lifecycle", "skipped"],
)
def test_a_gate_that_passed_is_one_line(capsys: pytest.CaptureFixture[str], log: str, line: str) -> None:
    assert " ".join(shown(capsys, log).split()) == line


def test_of_a_gate_that_failed_all_is_shown_and_of_the_others_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, PASSED, FAILED, SKIPPED, "nox > Ran multiple sessions\n", code=1).splitlines()
    assert lines[0].startswith("units-2.19")
    assert lines[1:-1] == FAILED.splitlines()
    assert lines[-1].startswith("units-2.22")


def test_what_nox_says_when_it_cannot_even_start_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "SyntaxError: invalid syntax\n", code=2).strip() == "SyntaxError: invalid syntax"


RUNS: list[tuple[dict[str, str], int, str, int]] = [
    ({"units-2.19": "success", "units-2.22": "success"}, 0, "gates: 2 passed, 0 failed, 0 skipped", 0),
    ({"units-2.19": "success", "units-2.22": "skipped"}, 0, "gates: 1 passed, 0 failed, 1 skipped", 0),
    ({"units-2.19": "success", "units-2.22": "aborted"}, 1, "gates: 1 passed, 1 failed, 0 skipped", 1),
    # It ended before its time
    ({"units-2.19": "success"}, 0, "gates: 1 passed, 1 failed, 0 skipped", 1),
    ({}, 2, "gates: 0 passed, 1 failed, 0 skipped", 2),
]


@pytest.mark.parametrize(("outcomes", "code", "line", "exit_code"), RUNS)
def test_the_last_line_says_how_many_passed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    outcomes: dict[str, str],
    code: int,
    line: str,
    exit_code: int,
) -> None:
    results = [{"name": name, "result": outcome, "reason": None, "duration": 1.0} for name, outcome in outcomes.items()]
    monkeypatch.setattr(gates, "nox", lambda *_arguments: (code, results))
    assert gates.main(["units"]) == exit_code
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_arguments_are_for_one_who_looks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[t.Any, ...]] = []

    def nox(*arguments: t.Any) -> tuple[int, list[t.Any]]:
        calls.append(arguments)
        return 0, []

    monkeypatch.setattr(gates, "nox", nox)
    gates.main(["units", "--", "-k", "kazoo"])
    assert calls == [(["units-2.19", "units-2.22"], ["--", "-k", "kazoo"], None)]


@pytest.fixture
def matrix_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> t.Callable[[], t.Any]:
    """Every session passes but roles-2.19. Call it for what is kept."""

    def nox(names: list[str], _arguments: list[str], show: t.Any) -> tuple[int, list[gates.Result]]:
        for name in names:
            log = FAILED if name == "roles-2.19" else PASSED.replace("units-2.19", name)
            for line in log.splitlines(keepends=True):
                show(line)
        return 0, [{"name": name, "result": "success", "reason": None, "duration": 1.0} for name in names]

    monkeypatch.setattr(gates, "nox", nox)
    monkeypatch.setattr(gates, "MATRIX_RESULT", tmp_path / "matrix.json")
    # The run sets it: so that it is as before afterwards
    monkeypatch.setenv("THOROUGH", "no")
    return lambda: json.loads((tmp_path / "matrix.json").read_text("utf-8"))


def test_what_came_of_the_matrix_is_kept(matrix_result: t.Callable[[], t.Any]) -> None:
    assert gates.main(["matrix"]) == 0
    kept = matrix_result()
    assert list(kept) == gates.MATRIX["matrix"]
    told = "2922 passed, 1 skipped, branch coverage 98.2 %"
    time.strptime(kept["fips"].pop("date"), "%Y-%m-%d")
    assert kept["fips"].pop("duration") >= 0
    assert kept["fips"] == {"result": "success", "told": told}
    assert kept["roles-2.19"]["result"] == "failed"


def test_one_session_of_the_matrix_leaves_what_is_kept_of_others_that_there_are(
    matrix_result: t.Callable[[], t.Any],
) -> None:
    old = {"date": "2026-01-01", "result": "success", "told": "", "duration": 1.0}
    gates.MATRIX_RESULT.write_text(json.dumps({"units-2.18": old, "units-2.19": old, "fips": old}), "utf-8")
    assert gates.main(["matrix", "--", "fips"]) == 0
    kept = matrix_result()
    assert list(kept) == ["fips", "units-2.19"]
    assert kept["units-2.19"] == old
    assert kept["fips"]["date"] > old["date"]


def test_a_session_that_the_matrix_has_not_is_refused(matrix_result: t.Callable[[], t.Any]) -> None:
    with pytest.raises(SystemExit, match=r"^The matrix has no session unit-2\.19\. It has: sanity-2\.19 "):
        gates.main(["matrix", "--", "fips", "unit-2.19"])
    assert not gates.MATRIX_RESULT.exists()


def test_each_gate_has_its_row_and_its_one_turn() -> None:
    assert sorted(name for row in gates.ROWS for name in row) == sorted(gates.GATES)
