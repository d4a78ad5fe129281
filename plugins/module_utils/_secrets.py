# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fingerprints, and masking of text that came from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

MASK = "***"

# Long unbroken runs look like tokens: keys, JWTs, UUIDs, hashes, Base64. Vendors' sentences have spaces.
_TOKEN_LIKE = re.compile(r"[\w.:+/=~-]{20,}|%[0-9A-Fa-f]{2}[\w.%+~-]{17,}", re.ASCII)
_HEADER_SAFE = re.compile(r"[\x21-\x7e]+")

# Shorter Base64 pieces would hit innocent text.
_MIN_BASE64 = 6


def fingerprint(token: str) -> str:
    """First 12 hexadecimal digits of the token's SHA-256: names a token without giving it away."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def is_header_safe(token: object) -> bool:
    """Whether a token is non-empty printable ASCII without spaces, as every vendor's tokens are."""
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


def encodings(secret: str) -> set[str]:
    """The spellings in which a secret may turn up in text: raw, URL-encoded, JSON-escaped, Base64."""
    raw = secret.encode("utf-8", "surrogateescape")
    spellings = {
        secret,
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
        quote(raw, safe="").lower(),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(secret)[1:-1].replace("/", "\\/"),
    }
    spellings.update(_base64_cores(raw))
    return spellings - {""}


class Masker:
    """Knows the secrets of one run and takes them out of text that came from outside."""

    def __init__(self, secrets: t.Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        if secret:
            self._spellings.update(encodings(secret))

    def mask(self, text: str) -> str:
        for spelling in sorted(self._spellings, key=len, reverse=True):
            text = text.replace(spelling, MASK)
        return _TOKEN_LIKE.sub(MASK, text)
