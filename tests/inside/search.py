# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A search for secrets in a lot of text, in all the spellings that tests/tools/search_secrets.py knows."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from search_secrets import SHORTEST, spellings


class Search:
    def __init__(self, secrets: t.Iterable[str]) -> None:
        # By how they start, because there are thousands of them.
        self._by_start: dict[bytes, dict[bytes, str]] = {}
        for secret in secrets:
            for spelling, kind in spellings(secret).items():
                if len(spelling) >= SHORTEST:
                    self._by_start.setdefault(spelling[:SHORTEST], {})[spelling] = kind

    def in_text(self, text: str) -> list[str]:
        """Each finding: its kind and what stands before it."""
        data, starts = text.encode("utf-8", "surrogateescape"), self._by_start
        return [
            f"{kind}, after {data[max(position - 60, 0) : position].decode('utf-8', 'replace')!r}"
            for position in range(len(data) - SHORTEST + 1)
            if data[position : position + SHORTEST] in starts
            for spelling, kind in starts[data[position : position + SHORTEST]].items()
            if data.startswith(spelling, position)
        ]

    def in_file(self, path: Path) -> list[str]:
        """In the file as it is, and in the texts that it holds as JSON."""
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        try:
            inner = "\n".join(strings(json.loads(text)))
        except ValueError:
            inner = ""
        return self.in_text(text) + self.in_text(inner)


def strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings(each))
