# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A search for secrets, in all spellings in which they may turn up."""

from __future__ import annotations

import base64
import json
import typing as t
from pathlib import Path
from urllib.parse import quote, quote_plus

# Any spelling has at least so many characters.
START = 8


def spellings(secret: str) -> set[str]:
    """Raw, URL-encoded, JSON-escaped, hexadecimal, and Base64 wherever the secret stands in what was encoded."""
    raw = secret.encode()
    found = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), raw.hex()}
    found |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).decode().rstrip("=")
        # The first and last characters also stand for bits of the neighbours.
        core = encoded[(0, 2, 3)[offset] : -1 if (offset + len(raw)) % 3 else None]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return {spelling for spelling in found if len(spelling) >= START}


class Search:
    def __init__(self, secrets: t.Iterable[str]) -> None:
        self._by_start: dict[str, set[str]] = {}
        for secret in secrets:
            for spelling in spellings(secret):
                self._by_start.setdefault(spelling[:START], set()).add(spelling)

    def in_text(self, text: str) -> set[str]:
        found: set[str] = set()
        starts = self._by_start
        for position in range(len(text) - START + 1):
            candidates = starts.get(text[position : position + START])
            if candidates:
                found.update(each for each in candidates if text.startswith(each, position))
        return found

    def in_file(self, path: Path) -> set[str]:
        """In the file as it is, and in the texts that it holds as JSON."""
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            inner = "\n".join(strings(json.loads(text)))
        except ValueError:
            inner = ""
        return self.in_text(text) | self.in_text(inner)


def strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in strings(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in strings(each))
