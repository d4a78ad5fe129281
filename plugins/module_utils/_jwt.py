# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading what a JSON Web Token says about itself. Nothing is verified: only the vendor can do that."""

from __future__ import annotations

import base64
import binascii
import json
import re
import typing as t

# Unix times above this are milliseconds: as seconds it is the year 5138.
_MILLISECONDS_FROM = 10**11
# ISO 8601 names years of four digits, and durations are added. What is said to end after the year 9000, never ends.
_LAST_SECOND = 221845391999


def claims(token: str) -> dict[str, t.Any]:
    """The payload of a JWT; an empty dict for anything that is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def unix_seconds(value: object) -> int | None:
    """A claim such as exp as whole Unix seconds, whichever of seconds and milliseconds, number and digits it is in."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,15}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 10**15:
        return None
    seconds = int(value // 1000 if value >= _MILLISECONDS_FROM else value)
    return seconds if seconds <= _LAST_SECOND else None
