# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fingerprints, and masking of text that came from outside."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
import typing as t

MASK = "***"

# Long unbroken runs look like tokens: keys, JWTs, UUIDs, hashes, Base64. Vendors' sentences have spaces, and words
# such as invalid_jwt_signature are of small letters alone.
_TOKEN_LIKE = re.compile(r"(?![a-z_.:-]+(?![\w.:+/=~-]))[\w.:+/=~-]{20,}|%[0-9A-Fa-f]{2}[\w.%+~-]{17,}", re.ASCII)
# No server takes longer headers, and a longer token would be slow to mask.
_HEADER_SAFE = re.compile(r"[\x21-\x7e]{1,16384}")

# Shorter Base64 pieces would hit innocent text. A secret of four bytes has one of this length at least.
_MIN_BASE64 = 4


def fingerprint(token: str) -> str:
    """First 12 hexadecimal digits of the token's SHA-256: names a token without giving it away."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def one_line(text: str) -> str:
    """What somebody else wrote, fit to stand in a message: printable, and on one line.

    What cannot be seen is left out: NULs or characters without width between letters would hide a secret from the masker.
    """
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def is_header_safe(token: object) -> bool:
    """Whether a token is printable ASCII without spaces and not too long, as every vendor's tokens are."""
    return isinstance(token, str) and _HEADER_SAFE.fullmatch(token) is not None


def _base64_cores(raw: bytes) -> t.Iterator[str]:
    """What a Base64 text contains when raw stands anywhere in what was encoded: one piece per alignment."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode("ascii").rstrip("=")
        # The first and the last character also carry bits of the neighbours.
        core = encoded[(0, 2, 3)[offset] : len(encoded) if (offset + len(raw)) % 3 == 0 else -1]
        if len(core) >= _MIN_BASE64:
            yield core
            yield core.replace("+", "-").replace("/", "_")


def _is_plain(character: str) -> bool:
    """Whether no escaping changes it."""
    return character.isalnum() and character.isascii()


def _ways(character: str) -> list[str]:
    """Patterns for the ways to write one character: escaped for a URL, for JSON or for HTML, or as it is."""
    if _is_plain(character):
        return [character]
    octets = character.encode("utf-8", "surrogateescape")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    json_units = "".join(rf"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
    ways = [
        f"(?i:{''.join(f'%{octet:02x}' for octet in octets)})",
        f"(?i:{json_units})",
        f"(?i:&#(?:0*{ord(character)}|x0*{ord(character):x});)",
    ]
    more = {" ": ["+"], "/": ["\\/"]}.get(character, [])
    for text in (html.escape(character), json.dumps(character)[1:-1], *more, character):
        # Each way once: of two for the same text, a search would try all combinations.
        if not any(re.fullmatch(way, text) for way in ways):
            ways.append(re.escape(text))
    return ways


def _pattern(secret: str) -> str:
    """A pattern for a secret, however its characters are written. Backslashes, which JSON doubles, are taken as one run."""
    found = []
    for character, run in itertools.groupby(secret):
        length = len(list(run))
        ways = _ways(character)
        if character == "\\":
            escaped = "|".join(way for way in ways if way.strip(character))
            found.append(rf"(?:\\{{{length},{2 * length}}}|(?:{escaped}){{{length}}})")
        else:
            found.append(f"(?:{'|'.join(ways)}){{{length}}}")
    return "".join(found)


class Masker:
    """Knows the secrets of one run and takes them out of text that came from outside."""

    def __init__(self, secrets: t.Iterable[str] = ()) -> None:
        # Each secret, and what Base64 makes of it
        self._secrets: dict[str, tuple[str, ...]] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        # Also as it looks in the one line of clean().
        for way in (secret, one_line(secret or "")):
            if way and way not in self._secrets:
                self._secrets[way] = tuple(_base64_cores(way.encode("utf-8", "surrogateescape")))

    def clean(self, text: str) -> str:
        """What somebody else wrote, for a message: one printable line in which secrets are masked, in this order."""
        return self.mask(one_line(text))

    def mask(self, text: str) -> str:
        text = self.mask_known(text)
        return _TOKEN_LIKE.sub(MASK, text)

    def mask_known(self, text: str) -> str:
        """Take out the secrets of this run alone, where what only looks like a token is wanted, such as an account's id."""
        # Longest first: a secret may be a part of another one.
        for secret in sorted(self._secrets, key=len, reverse=True):
            # To make the pattern takes long, and most texts lack a character that no way of writing changes.
            if all(character in text for character in secret if _is_plain(character)):
                text = re.sub(_pattern(secret), MASK, text)
            for core in self._secrets[secret]:
                text = text.replace(core, MASK)
        return text
