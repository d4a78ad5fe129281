# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the proof comes to: how much was tried, and what it found. Printed when all is done, see summary()."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

FIGURES = (
    "sequences of runs tried",
    "runs",
    "faults injected",
    "kills survived",
    "API users under load",
    "hostile replies",
    "tokens lost",
    "tokens left behind",
    "others' tokens ended",
)
_FAULT = "fault: "
counted: Counter[str] = Counter({"tokens lost": 0, "tokens left behind": 0, "others' tokens ended": 0})


def count(figure: str, number: int = 1) -> None:
    assert figure in FIGURES
    counted[figure] += number


def count_fault(kind: str) -> None:
    """One fault of a kind, which is told beside how many there were in all."""
    count("faults injected")
    counted[_FAULT + kind] += 1


def save() -> None:
    """Add what this process counted to a file that all processes share."""
    path = os.environ.get("LIFECYCLE_FIGURES")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(counted) + "\n")


def summary(path: Path) -> str:
    totals: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        totals.update(json.loads(line))
    kinds = sorted(name for name in totals if name.startswith(_FAULT))
    lines = {figure: totals[figure] for figure in FIGURES if figure in totals}
    lines["kinds of fault"] = len(kinds)
    return "\n".join(
        f"{name:<26} {number:>9,}" for name, number in (lines | {kind: totals[kind] for kind in kinds}).items()
    )


if __name__ == "__main__":
    print(summary(Path(sys.argv[1])))
