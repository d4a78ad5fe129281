# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._details import LONGEST_TEXT, MOST_ITEMS, let_in
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._secrets import one_line

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3), max_leaves=20
)


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        ("joe", str, "joe"),
        ("", str, ""),
        (7, str, "7"),
        (-7, str, "-7"),
        (7.5, str, None),
        (float("nan"), str, None),
        (True, str, None),
        (None, str, None),
        (["joe"], str, None),
        (2**53, str, "9007199254740992"),
        (2**53 + 1, str, None),
        (10**100, str, None),
        ("two\nlines\x00 \ud800end", str, "two lines end"),
        ("x" * 300, str, "x" * LONGEST_TEXT),
        ("x" * 10_000, str, None),
        (True, bool, True),
        (0, bool, False),
        (2, bool, None),
        ("true", bool, None),
        (float("nan"), bool, None),
        ("user", ("user", "reseller"), "user"),
        ("admin", ("user", "reseller"), None),
        (["user"], ("user", "reseller"), None),
        (["a", 1, None, {}], [str], ["a", "1"]),
        (["a"] * 200, [str], ["a"] * MOST_ITEMS),
        ([], [str], None),
        ("a", [str], None),
        ({"a": 1, "b": 2}, {"a": str}, {"a": "1"}),
        ({"a": []}, {"a": str}, None),
        (["a"], {"a": str}, None),
        ({"x\ny": "yes", 1: "a", None: "b", "z": []}, {str: str}, {"x y": "yes", "1": "a"}),
        ([{"a": 1}, "odd", {}], [{"a": str}], [{"a": "1"}]),
    ],
)
def test_what_has_the_shape_comes_in(value, shape, expected):
    assert let_in(value, shape, one_line) == expected


def test_objects_of_any_names_are_bounded():
    assert len(let_in({str(number): "x" for number in range(200)}, {str: str}, one_line)) == MOST_ITEMS


def test_half_a_secret_is_never_shown():
    """A text that is cut before it is cleaned would hide the rest from the masker."""
    text = "x" + " " * 4090 + "s3cret-words"
    assert let_in(text, str, lambda whole: one_line(whole.replace("s3cret-words", "***"))) in (None, "x ***")


@given(ANYTHING)
def test_whatever_comes_what_is_let_in_can_be_written_and_read_again(value):
    for vendor in VENDORS.values():
        named = dict.fromkeys(vendor.details, value)
        for each in (value, named, dict.fromkeys(named, named)):
            once = let_in(each, vendor.details, one_line) or {}
            assert set(once) <= set(vendor.details)
            written = json.dumps(once, allow_nan=False, ensure_ascii=False).encode()
            assert let_in(json.loads(written), vendor.details, one_line) == (once or None)
