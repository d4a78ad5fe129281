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
)
counted: Counter[str] = Counter({"tokens lost": 0, "tokens left behind": 0})


def count(figure: str, number: int = 1) -> None:
    assert figure in FIGURES
    counted[figure] += number


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
    return "\n".join(f"{figure:<24} {totals[figure]:>9,}" for figure in FIGURES if figure in totals)


if __name__ == "__main__":
    print(summary(Path(sys.argv[1])))
