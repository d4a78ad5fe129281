# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text for people, in columns."""

from __future__ import annotations

import typing as t


def table(cells: t.Sequence[t.Sequence[str]]) -> list[str]:
    """Lines with equal columns."""
    widths = [max(map(len, column)) for column in zip(*cells)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]


def one_line(value: object, longest: int) -> str:
    """On one line, not endless, and without what moves a cursor or turns the direction of writing."""
    line = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(str(value).split()))
    return line if len(line) <= longest else line[: longest - 1] + "\u2026"


def minutes(moment: object) -> str:
    """A time of a result, to the minute; empty where there is none."""
    return str(moment)[:16].replace("T", " ") if moment else ""
