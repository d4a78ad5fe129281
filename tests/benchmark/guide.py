# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of guide_performance.rst, made of what by_store.measure() has found."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "guide_performance.rst"
STATES = ("first provisioning", "steady state", "report")
HOSTS = 50
_PLACE = re.compile(
    r"(?<=^\.\. performance table: begin\n\n).*?(?=^\.\. performance table: end$)", re.DOTALL | re.MULTILINE
)


def table(rows: Iterable[list[t.Any]], where: str) -> str:
    """Multiples of a play that does nothing, by store. rows are those of by_store; where says on what they were measured."""
    ours = [row for row in rows if row[2] == HOSTS and " " not in row[0]]
    ratios = {(kind, state): ratio for kind, state, _hosts, _took, _least, ratio, _aim in ours}
    least = [row[4] for row in ours]
    lines = [".. list-table::", "  :header-rows: 1", "", "  * - store", *(f"    - {state}" for state in STATES)]
    for kind in dict.fromkeys(row[0] for row in ours):
        lines += [f"  * - ``{kind}``", *(f"    - {ratios[kind, state]}" for state in STATES)]
    told = f"Measured on {where}. The task that does nothing took {min(least):.0f} to {max(least):.0f} milliseconds a host."
    return "\n".join([*lines, "", told, "", ""])


def put(text: str, made: str) -> str:
    """The text of the guide with this table in its place."""
    return _PLACE.sub(lambda _match: made, text, count=1)


def write(rows: Iterable[list[t.Any]], where: str) -> None:
    GUIDE.write_text(put(GUIDE.read_text(encoding="utf-8"), table(rows, where)), encoding="utf-8")
