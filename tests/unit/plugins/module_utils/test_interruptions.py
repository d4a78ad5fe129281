# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an interrupted run left: settled, adopted, told of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._decide import Policy
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    OptionError,
    StoreError,
    TelephonyError,
)
from ansible_collections.telephony.auth.plugins.module_utils._listing import SETTLE_SECONDS, ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.cases import (
    LATER,
    NOW,
    Case,
    after,
    kept,
    record,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import (
    FakeListingVendor,
    FakeStore,
    FakeVendor,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import token_of


def interrupted(*existed: str, token: Token | None = None, since: int = NOW - 60) -> Record:
    pending = Attempt(since, tuple(map(fingerprint, existed)))
    return Record("fake", "https://fake.example", "joe", token, pending=pending)


OLD = Token("old", issued_at=10)


@pytest.mark.parametrize("token", [None, OLD])
def test_the_one_token_that_is_new_is_taken_over_by_guess(token):
    case = Case(interrupted("old", token=token), vendor=FakeListingVendor(["old", "new"]))
    outcome = case.run()
    assert outcome.reason == "took over the token that an interrupted run had issued"
    assert (kept(case), case.stored.pending, after(outcome).token) == ("new", None, case.stored.token)
    assert case.stored.token
    assert (case.stored.token.issued_at, case.stored.token.guessed) == (NOW - 60, True)
    assert case.vendor.changing == (["revoke old"] if token else [])
    assert not Case(case.stored, vendor=case.vendor).run().changed


@pytest.mark.parametrize(
    ("known", "moment", "certain"),
    [
        (interrupted("old", token=OLD), LATER, True),
        (interrupted("old", token=OLD), NOW, False),
        (interrupted("old", token=replace(OLD, issued_at=NOW)), NOW, True),
        (
            replace(interrupted("old", "new", token=OLD), unclear=(Attempt(NOW - 90, suspects=(fingerprint("new"),)),)),
            NOW,
            True,
        ),
    ],
    ids=["later", "time unknown", "newer token", "two suspects"],
)
def test_nothing_is_taken_over_by_guess_when_there_is_a_doubt(known, moment, certain):
    alive = ["old", "new", *(["new2"] if known.unclear else [])]
    case = Case(known, vendor=FakeListingVendor(alive), now=lambda: moment, certain=certain)
    outcome = case.run()
    assert (kept(case), case.vendor.changing) == ("old", [])
    assert fingerprint("new") in outcome.suspects
    assert any("They were left alone" in warning for warning in case.warnings)
    # It stays on record while the vendor lists it, and is told of again
    again = Case(case.stored, vendor=case.vendor, now=lambda: LATER)
    again.run()
    assert fingerprint("new") in again.warnings[0]
    assert not Case(again.stored, vendor=case.vendor, now=lambda: LATER).run().changed


def test_when_none_is_new_another_one_is_issued_and_the_attempt_stays_open():
    case = Case(interrupted("old"), vendor=FakeListingVendor(["old"]))
    assert case.run().changed
    assert (kept(case), case.vendor.alive) == ("new1", ["old", "new1"])
    assert case.stored.unclear == (Attempt(NOW - 60, (fingerprint("old"),)),)
    # What then appears is named, and not taken over
    case.vendor.alive.append("late")
    following = Case(case.stored, vendor=case.vendor)
    assert following.run().suspects == (fingerprint("late"),)
    assert fingerprint("late") in following.warnings[0]
    assert (kept(following), case.vendor.changing) == ("new1", ["issue"])


def test_when_the_known_one_works_the_attempt_is_forgotten_once_the_vendor_had_its_time():
    case = Case(interrupted("old", token=OLD), vendor=FakeListingVendor(["old"]))
    outcome = case.run()
    assert (outcome.changed, outcome.reason) == (True, "accepted, what an interrupted run left is settled")
    assert (case.stored.pending, len(case.stored.unclear), case.vendor.changing) == (None, 1, [])
    assert not Case(case.stored, vendor=case.vendor).run().changed
    later = Case(case.stored, vendor=case.vendor, now=lambda: LATER)
    assert later.run().changed
    assert later.stored.unclear == ()


def test_several_that_are_new_are_told_of_and_left_alone():
    case = Case(interrupted("old", token=OLD), vendor=FakeListingVendor(["old", "a", "b"]))
    outcome = case.run()
    assert set(outcome.suspects) == {fingerprint("a"), fingerprint("b")}
    assert (kept(case), case.vendor.changing) == ("old", [])


def test_the_way_out_is_to_name_one():
    policy = Policy(listing=ListPolicy(adopt=True, fingerprint=fingerprint("b")))
    case = Case(interrupted("old", token=OLD), vendor=FakeListingVendor(["old", "a", "b"]), policy=policy)
    case.run()
    assert (kept(case), token_of(case.stored).guessed) == ("b", False)
    assert f"Probably it made: {fingerprint('a')}." in case.warnings[0]
    # The option may stay in the task
    again = Case(case.stored, vendor=case.vendor, policy=policy)
    again.run()
    assert (kept(again), case.vendor.alive) == ("b", ["a", "b"])


def test_the_other_way_out_is_to_have_a_fresh_one():
    policy = Policy(listing=ListPolicy(adopt=False))
    case = Case(interrupted("old"), vendor=FakeListingVendor(["old", "a", "b"]), policy=policy)
    case.run()
    assert (kept(case), case.vendor.alive) == ("new1", ["old", "a", "b", "new1"])
    assert "As adopt=false says, they are left alone and not told of again." in case.warnings[0]
    again = Case(case.stored, vendor=case.vendor, now=lambda: LATER)
    again.run()
    assert (again.warnings, again.stored.unclear) == ([], ())


@pytest.mark.parametrize(("alive", "names"), [(["old", "a"], fingerprint("a")), (["old"], "there are none")])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_only_what_is_new_can_be_named(alive, names, state):
    policy = Policy(listing=ListPolicy(adopt=True, fingerprint=fingerprint("old")))
    case = Case(interrupted("old"), vendor=FakeListingVendor(alive), policy=policy)
    with pytest.raises(OptionError, match=rf"^fingerprint names none of the tokens that are new: {names}\.$"):
        case.run(state)
    assert (case.vendor.changing, case.store.calls) == ([], [])


def test_a_candidate_that_the_vendor_refuses_is_not_taken_over():
    case = Case(
        interrupted("old", token=OLD), vendor=FakeListingVendor(["old", "new"], faults={"check": ["", "spurious"]})
    )
    assert case.run().suspects == (fingerprint("new"),)
    assert kept(case) == "old"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_where_there_is_no_list_the_next_run_tells(state):
    case = Case(interrupted(token=OLD), vendor=FakeVendor(["old"]))
    case.run(state)
    interrupted_at = "A run was interrupted at 1970-01-01T00:15:40Z while it issued a token."
    assert case.warnings == [f"{interrupted_at} One may live that nobody knows: It ends at dawn."]


def test_where_there_is_no_list_what_is_untold_stays_on_record_until_a_run_ends():
    case = Case(interrupted(token=OLD), vendor=FakeVendor(["old"]), policy=Policy(renew="always"))
    seen: list[Record] = []
    case.vendor.on_call = lambda operation: seen.append(case.stored) if operation == "issue" else None
    case.run()
    assert seen[0].attempts == (Attempt(NOW - 60), Attempt(NOW))
    # This run may be killed, too, before anybody reads what it tells.
    assert case.stored.attempts == (Attempt(NOW - 60),)


@pytest.mark.parametrize(("seconds", "forgets"), [(0, False), (SETTLE_SECONDS, True)])
def test_where_there_is_no_list_each_run_tells_and_one_forgets(seconds, forgets):
    record = replace(interrupted(token=OLD), pending=None, unclear=(Attempt(NOW - seconds),))
    case = Case(record, vendor=FakeVendor(["old"]))
    assert case.run().changed is forgets
    assert [warning[:25] for warning in case.warnings] == ["A run was interrupted at "]
    assert bool(case.stored.attempts) is not forgets


def test_a_token_that_is_taken_over_is_not_ended_when_it_cannot_be_saved():
    """It may be another service's. The next run finds it again."""
    vendor = FakeListingVendor(["old", "new"])
    case = Case(interrupted("old"), vendor=vendor, store=FakeStore(faults={"save": ["full"]}))
    with pytest.raises(StoreError, match=r"^The store is full\.$"):
        case.run()
    assert case.vendor.changing == []


def guessed(value: str = "mine") -> Record:
    token = Token(value, issued_at=NOW - 60, guessed=True)
    attempt = Attempt(NOW - 60, suspects=(fingerprint(value),))
    return Record("fake", "https://fake.example", "joe", token, unclear=(attempt,))


@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_was_taken_over_by_guess_is_not_ended_with_the_rest(state):
    case = Case(guessed(), vendor=FakeListingVendor(["mine"]), policy=Policy(renew="always"))
    case.run(state)
    assert "mine" in case.vendor.alive
    assert any(f"{fingerprint('mine')} was taken over by guess" in warning for warning in case.warnings)
    if state == "present":
        again = Case(case.stored, vendor=case.vendor)
        assert again.run().suspects == (fingerprint("mine"),)
        assert fingerprint("mine") in again.warnings[0]


def test_what_the_task_confirms_is_no_guess_any_more():
    policy = Policy(listing=ListPolicy(adopt=True, fingerprint=fingerprint("mine")))
    case = Case(guessed(), vendor=FakeListingVendor(["mine"]), policy=policy)
    assert case.run().reason == "accepted, what an interrupted run left is settled, confirmed to be ours"
    assert (token_of(case.stored).guessed, case.stored.unclear) == (False, ())
    again = Case(case.stored, vendor=case.vendor, policy=policy)
    assert not again.run().changed
    assert Case(case.stored, vendor=case.vendor, policy=policy).run("absent").reason == "1 token revoked"


@pytest.mark.parametrize("known", [guessed(), interrupted("x", token=None)], ids=["on record", "on the list"])
def test_absent_ends_a_guess_only_if_the_task_names_it(known):
    named = Policy(listing=ListPolicy(adopt=True, fingerprint=fingerprint("mine")))
    case = Case(known, vendor=FakeListingVendor(["mine", "x"]))
    case.run("absent")
    assert (case.vendor.alive, case.store.record) == (["mine", "x"], None)
    assert fingerprint("mine") in " ".join(case.warnings)
    assert Case(known, vendor=case.vendor, policy=named).run("absent").revoked
    assert case.vendor.alive == ["x"]


@pytest.mark.parametrize("state", ["absent", "absent_all"])
def test_absent_tells_that_a_token_may_yet_appear(state):
    case = Case(interrupted("old"), vendor=FakeListingVendor(["old"]))
    case.run(state)
    assert "One may yet appear that nobody knows" in case.warnings[0]
    assert case.store.record is None


@pytest.mark.parametrize("has_list", [True, False])
@pytest.mark.parametrize("fault", ["down", "refused", "lost before"])
@pytest.mark.parametrize("known", [None, record()])
def test_while_a_token_is_issued_that_is_on_record(has_list, fault, known):
    vendor = (FakeListingVendor if has_list else FakeVendor)(["old"], faults={"issue": [fault]})
    case = Case(known, vendor=vendor, policy=Policy(renew="always"))
    seen: list[Record] = []
    vendor.on_call = lambda operation: seen.append(case.stored) if operation == "issue" else None
    with pytest.raises(TelephonyError):
        case.run()
    attempt = Attempt(NOW, (fingerprint("old"),) if has_list else ())
    assert (seen[0].token, seen[0].pending) == (known and known.token, attempt)
    if fault == "lost before" and has_list:
        # Until the vendor has had time, it stays
        assert (case.stored.token, case.stored.attempts) == (known and known.token, (attempt,))
    else:
        assert case.store.record == known


def test_an_error_of_ours_while_a_token_is_issued_leaves_that_on_record():
    def fail(operation: str) -> None:
        if operation == "issue":
            raise KeyError

    case = Case(vendor=FakeListingVendor(on_call=fail))
    with pytest.raises(KeyError):
        case.run()
    assert case.stored.pending == Attempt(NOW)
