# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print how much of each file the tests cover, and fail when too few of all branches are covered.

Usage: branch_coverage.py COVERAGE.JSON MINIMUM_PERCENT

coverage's own `fail_under` counts lines and branches together, which lets uncovered branches hide behind lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def percent(covered: int, of: int) -> float:
    return 100.0 * covered / of if of else 100.0


def row(name: str, summary: dict[str, Any], missing: str = "") -> str:
    lines = percent(summary["covered_lines"], summary["num_statements"])
    branches = percent(summary["covered_branches"], summary["num_branches"])
    return f"{name:<48} {lines:>6.1f} % {branches:>9.1f} %  {missing}".rstrip()


def gaps(measured: dict[str, Any]) -> str:
    """The lines that no test runs, neighbours as one, and the branches from other lines that no test takes."""
    missing: list[int] = measured["missing_lines"]
    starts = [line for line in missing if line - 1 not in missing]
    ends = [line for line in missing if line + 1 not in missing]
    lines = [str(start) if start == end else f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]
    branches = [
        f"{start}->{'exit' if end < 0 else end}" for start, end in measured["missing_branches"] if start not in missing
    ]
    return " ".join(lines + branches)


def main(path: str, minimum: str) -> int:
    report = json.loads(Path(path).read_text(encoding="utf-8"))
    print(f"{'file':<48} {'lines':>8} {'branches':>11}  not covered")
    for name, measured in sorted(report["files"].items()):
        print(row(name, measured["summary"], gaps(measured)))
    totals = report["totals"]
    print(row("all", totals))
    branches = percent(totals["covered_branches"], totals["num_branches"])
    verdict = "enough" if branches >= float(minimum) else "TOO LITTLE"
    print(f"branch coverage {branches:.1f} %, at least {minimum} % wanted: {verdict}")
    return 0 if verdict == "enough" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
