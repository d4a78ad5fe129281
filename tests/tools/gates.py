# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the gates, some at a time, and sum up.

Usage: gates.py [SESSION...] [-- ARGUMENTS...]; without a session all of them. The last line says how many passed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

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
    "sanity": ["sanity-2.19"],
    "integration": ["integration-2.19", "integration-2.21"],
    "playbooks": ["playbooks-2.19", "playbooks-2.21"],
    "roles": ["roles-2.19"],
    "report": ["report-2.19"],
    "awx": ["awx-2.19"],
    "eda": ["eda-2.19"],
    "inside": ["inside-2.19", "inside-2.22"],
}
# With versions of ansible-core of which the ones before and after are in the gates above
MATRIX = {"matrix": ["units-2.20", "units-2.21", "inside-2.20", "inside-2.21"]}
# Three of these rows run at a time, from the first one on: on two cores, one may wait for a server or a clock. After lint,
# what takes long comes early. ansible-test shares the environments that it makes, so all of it is in one row.
ROWS = [
    ["lint"],
    ["sanity", "integration"],
    ["lifecycle"],
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

Result = dict[str, t.Any]


def named(names: list[str]) -> list[str]:
    return [session for name in names for session in {**GATES, **MATRIX}.get(name, [name])]


def run(sessions: list[str], arguments: list[str], log: t.IO[str] | None = None) -> tuple[int, list[Result]]:
    """Run sessions one after the other, on the screen or into a file."""
    # Formatters say what they would change, and change nothing
    env = {**os.environ, "CI": "true"}
    with tempfile.TemporaryDirectory(prefix="telephony-auth-gates-") as directory:
        report = Path(directory) / "report.json"
        command = [sys.executable, "-m", "nox", "--report", str(report), "--sessions", *sessions, *arguments]
        code = subprocess.run(command, cwd=ROOT, env=env, stdout=log, stderr=log, check=False).returncode
        results = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.exists() else []
    return code, results


def run_row(names: list[str]) -> tuple[int, list[Result]]:
    """Run gates, and show in one piece what they printed."""
    print(f"Running {', '.join(names)}", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        done = run(named(names), [], log)
        log.seek(0)
        print(log.read(), flush=True)
    return done


def run_all() -> tuple[int, list[Result]]:
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        done = list(pool.map(run_row, ROWS))
    return next((code for code, _results in done if code), 0), [result for _code, results in done for result in results]


def main(arguments: list[str]) -> int:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    names, rest = arguments[:split], arguments[split:]
    sessions = named(names or list(GATES))
    started = time.monotonic()
    code, results = run(sessions, rest) if names else run_all()
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
