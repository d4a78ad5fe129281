# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the gates, some at a time, and sum up.

Usage: gates.py [SESSION...] [-- ARGUMENTS...]; without a session all of them. Of a gate that passed one line is shown, of
one that failed all that it printed. With arguments for the tool behind it, a gate prints on the screen as it goes. The
arguments of `matrix` are those of its sessions that are to be run. The last line says how many passed.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

CORES = ["2.19", "2.20", "2.21", "2.22"]
PLATFORMS = ["rhel-8", "rhel-9", "ubuntu-22.04", "ubuntu-24.04", "debian-12", "debian-13", "python-3.14"]
LINT = [
    "formatters",
    "shared-docs",
    "codeqa",
    "yamllint",
    "typing",
    "antsibull-nox-config",
    "python-3.8",
    "changelog",
    "workflows",
    "license-check",
    "extra-checks",
]
GATES = {
    "lint": LINT,
    "docs": ["docs-check", "docs-site", "build-import-check", "ansible-lint"],
    "simulators": ["simulators"],
    "units": ["units-2.19", "units-2.22"],
    "lifecycle": ["lifecycle-2.19"],
    "sanity": ["sanity-2.19", "sanity-2.21"],
    "integration": ["integration-2.19", "integration-2.21"],
    "playbooks": ["playbooks-2.19", "playbooks-2.21"],
    "roles": ["roles-2.19"],
    "report": ["report-2.19"],
    "awx": ["awx-2.19"],
    "eda": ["eda-2.19"],
    "inside": ["inside-2.19", "inside-2.22"],
}
# Before a commit, what takes little time
QUICK = {"quick": ["formatters", "shared-docs", "changelog", "quick"]}
# All versions and platforms, in rows as below. guide_matrix.rst has a table of what came of them
MATRIX_ROWS = [
    [f"sanity-{core}" for core in CORES],
    ["lifecycle-2.19", "lifecycle-2.22"],
    [f"inside-{core}" for core in CORES],
    [f"playbooks-{core}" for core in CORES],
    ["awx-2.19"],
    [f"integration-{core}" for core in CORES],
    [f"platform-{name}" for name in PLATFORMS] + ["fips", "canary"],
    [f"roles-{core}" for core in CORES],
    [f"units-{core}" for core in CORES],
]
MATRIX = {"matrix": [session for row in MATRIX_ROWS for session in row]}
MATRIX_RESULT = ROOT / "tests" / "docs" / "matrix.json"
KEEPING = threading.Lock()
# Three of these rows run at a time, from the first one on: on two cores, one may wait for a server or a clock. After lint,
# what takes long comes early. All of ansible-test sanity is in one row, as it shares the environments that it makes; and it does
# not start when integration does, as both make a key for SSH where there is none.
ROWS = [
    ["lint"],
    ["integration"],
    ["lifecycle"],
    ["sanity"],
    ["awx"],
    ["inside"],
    ["playbooks"],
    ["docs", "simulators"],
    ["report"],
    ["units"],
    ["roles"],
    ["eda"],
]
AT_A_TIME = 3

# What nox prints when a gate starts and ends
STARTS = re.compile(r"nox > Running session ")
ENDS = re.compile(r"nox > Session (\S+) (was successful|skipped: .*|\w+)")
# What pytest, the measured coverage and the proof of the life cycle come to, and what a gate says that it left out
TOLD = (
    re.compile(r"=* ?(\d+ (?:passed|skipped)\b.*?) in \d"),
    re.compile(r"(branch coverage [\d.]+ %)"),
    re.compile(r"((?:sequences of runs tried|tokens lost|tokens left behind) +[\d,]+)"),
    re.compile(r"nox > (Not tested: .*)"),
    re.compile(r"nox > On (Python .*)"),
)
IMPORTED = re.compile(r'Running sanity test "import" on Python (\S+)')

Result = dict[str, t.Any]
Show = t.Callable[[str], None]


def named(names: list[str]) -> list[str]:
    return [session for name in names for session in {**GATES, **QUICK, **MATRIX}.get(name, [name])]


def nox(sessions: list[str], arguments: list[str], show: Show | None) -> tuple[int, list[Result]]:
    """Run sessions one after the other. What they print goes line by line to the function, or to the screen."""
    # Formatters say what they would change, and change nothing
    env = {**os.environ, "CI": "true"}
    with tempfile.TemporaryDirectory(prefix="telephony-auth-gates-") as directory:
        report = Path(directory) / "report.json"
        command = [sys.executable, "-m", "nox", "--report", str(report), "--sessions", *sessions, *arguments]
        if show is None:
            code = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        else:
            pipes: dict[str, t.Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            plain = [*command[:3], "--no-color", *command[3:]]
            with subprocess.Popen(plain, cwd=ROOT, env=env, text=True, errors="replace", **pipes) as process:
                assert process.stdout
                for line in process.stdout:
                    show(line)
            code = process.returncode
        results = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.exists() else []
    return code, results


class Screen:
    """Shows one line for a gate that passed, and all that a gate printed that did not. when_done gets what came of each one."""

    def __init__(self, when_done: t.Callable[[Result], None] | None = None) -> None:
        self.when_done = when_done
        self.log: list[str] = []
        self.has_failed = False
        self.started = time.monotonic()

    def __call__(self, line: str) -> None:
        if STARTS.match(line):
            self.log.clear()
            self.started = time.monotonic()
        self.log.append(line)
        if ended := ENDS.match(line):
            self.end(*ended.groups())

    def end(self, name: str, outcome: str) -> None:
        duration = round(time.monotonic() - self.started)
        result = {"was successful": "success"}.get(outcome, "skipped" if outcome.startswith("skipped") else "failed")
        told = outcome if result == "skipped" else ", ".join(counted(self.log))
        text = f"{name:<24}{duration:>8}  {told}"
        if result == "failed":
            self.has_failed = True
            text = "".join(self.log)
        if self.when_done:
            self.when_done({"name": name, "result": result, "told": told, "duration": duration})
        # In one piece, as other rows print too
        print(text.rstrip(), flush=True)
        self.log.clear()

    def close(self, code: int) -> None:
        """What was printed outside of a gate matters where no gate tells what failed."""
        if code and not self.has_failed:
            print("".join(self.log).rstrip(), flush=True)


def counted(log: list[str]) -> list[str]:
    """What a gate tells that it counted, and what it says that it left out."""
    told = [found[1] for line in log for pattern in TOLD if (found := pattern.match(line))]
    tests = sum(line.startswith("Running ") and " test " in line for line in log)
    imported = {found[1] for line in log if (found := IMPORTED.match(line))}
    pythons = " ".join(sorted(imported, key=lambda version: [int(part) for part in version.split(".")]))
    return [
        *(" ".join(words.split()) for words in told),
        *([f"{tests} tests of ansible-test"] if tests else []),
        *([f"plugins imported on {pythons}"] if pythons else []),
    ]


def run_row(names: list[str], when_done: t.Callable[[Result], None] | None = None) -> tuple[int, list[Result]]:
    screen = Screen(when_done)
    code, results = nox(named(names), [], screen)
    screen.close(code)
    return code, results


def run_rows(rows: list[list[str]], when_done: t.Callable[[Result], None] | None = None) -> tuple[int, list[Result]]:
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        done = list(pool.map(functools.partial(run_row, when_done=when_done), rows))
    return next((code for code, _results in done if code), 0), [result for _code, results in done for result in results]


def keep(result: Result) -> None:
    """Write down what came of a session, and when, for matrix_table.py. What is there of others stays."""
    date = time.strftime("%Y-%m-%d", time.gmtime())
    with KEEPING:
        kept = json.loads(MATRIX_RESULT.read_text(encoding="utf-8")) if MATRIX_RESULT.exists() else {}
        kept[result["name"]] = {"date": date, **{name: result[name] for name in ("result", "told", "duration")}}
        kept = {name: kept[name] for name in MATRIX["matrix"] if name in kept}
        MATRIX_RESULT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def run_matrix(chosen: list[str]) -> tuple[int, list[Result]]:
    """All of it, or the chosen sessions. A run that is cut off has kept what came of the sessions before."""
    if unknown := set(chosen) - set(MATRIX["matrix"]):
        sys.exit(f"The matrix has no session {', '.join(sorted(unknown))}. It has: {' '.join(MATRIX['matrix'])}")
    os.environ["THOROUGH"] = "yes"
    rows = [[session for session in row if session in (chosen or row)] for row in MATRIX_ROWS]
    return run_rows([row for row in rows if row], keep)


def main(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    names, rest = arguments[:split], arguments[split:]
    sessions = named(names or list(GATES))
    started = time.monotonic()
    if names == ["matrix"]:
        sessions = rest[1:] or sessions
        code, results = run_matrix(rest[1:])
    elif rest:
        code, results = nox(sessions, rest, None)
    else:
        code, results = run_rows([names] if names else ROWS)
    counts = {"success": 0, "failed": 0, "skipped": 0}
    print(f"\n{'gate':<24}{'seconds':>8}  result", flush=True)
    for result in results:
        outcome = str(result["result"])
        outcome = outcome if outcome in counts else "failed"
        counts[outcome] += 1
        print(
            f"{result['name']!s:<24}{float(str(result['duration'])):>8.0f}  {outcome} {result['reason'] or ''}".rstrip()
        )
    print(f"{'all':<24}{time.monotonic() - started:>8.0f}")
    # A run that ended before its time has not passed
    counts["failed"] += len(sessions) - len(results) if results else 0
    if code != 0 and counts["failed"] == 0:
        counts["failed"] = 1
    print(f"gates: {counts['success']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return code or (1 if counts["failed"] else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
