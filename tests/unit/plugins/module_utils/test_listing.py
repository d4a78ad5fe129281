# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.telephony.auth.plugins.module_utils import _listing
from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment
from ansible_collections.telephony.auth.plugins.module_utils._listing import SETTLE_SECONDS, ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import FakeListingVendor

NOW = 10_000
MOMENT = Moment(NOW)
LATER = Moment(NOW + SETTLE_SECONDS)
A, B, NAME = map(fingerprint, ("a", "b", "old"))
OPEN = Attempt(NOW - 60, existed=(NAME,))
OLD = Token("old", issued_at=NOW - 100)
RECORD = Record("fake", "https://fake.example", "joe", OLD, unclear=(OPEN,))
NOBODY = ListPolicy()
VENDOR = FakeListingVendor()
NAMING = FakeListingVendor(lists_names=True)


def settle(record=RECORD, listed=("old", "a"), policy=NOBODY, moment=MOMENT, managed=(NAME,), vendor=VENDOR):
    return _listing.settle(record, managed, listed, policy, moment, vendor)


def test_an_attempt_stays_open_until_the_vendor_has_had_its_time():
    settled = settle()
    assert (settled.unclear, settled.suspects, len(settled.warnings)) == ((OPEN,), (A,), 1)
    settled = settle(listed=("old",))
    assert (settled.unclear, settled.suspects, settled.warnings) == ((OPEN,), (), ())


def test_then_what_may_have_come_of_it_is_remembered_while_it_is_listed():
    settled = settle(moment=LATER)
    closed = Attempt(OPEN.since, suspects=(A,))
    assert (settled.unclear, settled.suspects) == ((closed,), (A,))
    record = replace(RECORD, unclear=settled.unclear)
    # What is made later did not come of it
    again = settle(record, listed=("b", "a", "old"), moment=LATER)
    assert (again.unclear, again.suspects) == ((closed,), (A,))
    assert settle(record, listed=("old", "b"), moment=LATER).unclear == ()
    assert settle(listed=("old",), moment=LATER).unclear == ()


def test_a_clock_that_is_far_off_closes_no_attempt():
    assert settle(moment=replace(LATER, certain=False)).unclear == (OPEN,)


def test_a_list_in_another_order_is_no_news():
    assert settle(listed=("a", "b"), moment=LATER) == settle(listed=("b", "a"), moment=LATER)


def test_one_token_is_told_of_once():
    settled = settle(replace(RECORD, unclear=(OPEN, OPEN)))
    assert (settled.suspects, len(settled.warnings)) == ((A,), 1)


def test_what_is_dismissed_is_told_of_once_and_what_comes_later_all_the_same():
    policy = ListPolicy(adopt=False)
    settled = settle(policy=policy)
    assert (settled.suspects, len(settled.warnings)) == ((), 1)
    record = replace(RECORD, unclear=settled.unclear)
    assert settle(record, policy=policy).warnings == ()
    assert A not in settle(record, listed=("a", "b")).suspects
    assert B in settle(record, listed=("a", "b")).suspects


@pytest.mark.parametrize("listed", [("a",), ()], ids=["listed", "not listed yet"])
def test_what_was_taken_over_by_guess_is_watched(listed):
    record = replace(RECORD, token=Token("a", issued_at=OPEN.since, guessed=True))
    settled = settle(record, listed=listed, moment=LATER, managed=(A,))
    assert (settled.unclear, settled.suspects) == ((Attempt(OPEN.since, suspects=(A,)),), ())


@pytest.mark.parametrize(
    ("record", "listed", "moment", "value"),
    [
        (RECORD, ("old", "a"), MOMENT, "a"),
        (RECORD, ("old",), MOMENT, None),
        (RECORD, ("old", "a", "b"), MOMENT, None),
        (RECORD, ("old", "a"), LATER, None),
        (RECORD, ("old", "a"), Moment(NOW, certain=False), None),
        (replace(RECORD, token=None), ("old", "a"), MOMENT, "a"),
        (replace(RECORD, token=Token("old")), ("old", "a"), MOMENT, "a"),
        (replace(RECORD, token=replace(OLD, issued_at=OPEN.since)), ("old", "a"), MOMENT, None),
        (
            replace(RECORD, token=replace(OLD, issued_at=OPEN.since), unclear=(), pending=OPEN),
            ("old", "a"),
            MOMENT,
            "a",
        ),
        (replace(RECORD, token=replace(OLD, issued_at=OPEN.since, guessed=True)), ("old", "a"), MOMENT, None),
        (replace(RECORD, token=replace(OLD, issued_at=NOW)), ("old", "a"), MOMENT, None),
        (replace(RECORD, unclear=(replace(OPEN, suspects=(A,)),)), ("old", "a"), MOMENT, None),
        (replace(RECORD, unclear=()), ("old", "a"), MOMENT, None),
    ],
)
def test_a_token_is_taken_over_by_guess_only_when_nothing_speaks_against_it(record, listed, moment, value):
    found = _listing.candidate(record, listed, NOBODY, moment, VENDOR)
    assert found == (Token(value, issued_at=OPEN.since, guessed=True) if value else None)
    assert _listing.candidate(record, listed, ListPolicy(adopt=False), moment, VENDOR) is None


def test_what_the_task_names_is_no_guess():
    found = _listing.candidate(RECORD, ("old", "a", "b"), ListPolicy(adopt=True, fingerprint=B), LATER, VENDOR)
    assert found == Token("b", issued_at=OPEN.since)


def test_warnings_of_what_may_yet_appear_are_about_open_attempts_only():
    assert len(_listing.still_open([OPEN, replace(OPEN, suspects=(A,))])) == 1


def test_a_token_that_is_listed_by_its_name_is_never_taken_over():
    listed = ("name-of-old", "name-of-a")
    attempt = replace(OPEN, existed=("name-of-old",))
    record = replace(RECORD, unclear=(attempt,))
    assert _listing.candidate(record, listed, NOBODY, MOMENT, NAMING) is None
    settled = settle(record, listed, managed=("name-of-old",), vendor=NAMING)
    assert settled.suspects == ("name-of-a",)
    assert "name-of-a. They were left alone. Delete the right one with state=absent and uuid," in settled.warnings[0]


def test_what_is_on_record_is_known_by_its_name():
    listed = ("name-of-old", "name-of-a", "name-of-b")
    policy = ListPolicy(exclusive=True, keep=("name-of-b",))
    assert _listing.others(listed, RECORD, policy, NAMING) == ("name-of-a",)
    assert _listing.new_since(replace(OPEN, existed=()), RECORD, listed, NAMING) == ("name-of-a", "name-of-b")
