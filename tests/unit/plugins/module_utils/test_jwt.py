# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._jwt import claims, unix_seconds


def jwt(payload: str | bytes) -> str:
    raw = payload if isinstance(payload, bytes) else payload.encode()
    return f"e30.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}.sig"


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_claims_are_read_whatever_their_padding(payload):
    assert claims(jwt(json.dumps(payload))) == payload


@pytest.mark.parametrize(
    "token",
    [
        "",
        "no-jwt",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "e30.Grüße.x",
        jwt("[1]"),
        jwt("null"),
        jwt("{not json"),
        jwt(b"\xff\xfe"),
        jwt('{"a":' + "[" * 100_000),
    ],
    ids=lambda token: ascii(token[:12]),
)
def test_anything_else_claims_nothing(token):
    assert claims(token) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1700000000, 1700000000),
        (1700000000.9, 1700000000),
        (1803990722368, 1803990722),
        (1803990722368.0, 1803990722),
        (1, 1),
        (10**11 - 1, 10**11 - 1),
        (10**11, 10**8),
        # The last that can be written down
        (221845391999999, 221845391999),
        (253402300800000, None),
        (999999999999999, None),
        (10**15, None),
        (0, None),
        (-5, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (None, None),
        ("1700000000", 1700000000),
        ("1803990722368", 1803990722),
        ("0", None),
        ("-5", None),
        ("1700000000.5", None),
        (" 1700000000", None),
        ("²", None),
        ("\u0661\u0667", None),
        ("9" * 5000, None),
        ("soon", None),
        ([], None),
    ],
)
def test_a_time_is_in_whole_seconds(value, expected):
    assert unix_seconds(value) == expected
