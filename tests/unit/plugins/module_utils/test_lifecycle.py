# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import typing as t
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._decide import Policy
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    StoreConflict,
    StoreError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Outcome
from ansible_collections.telephony.auth.plugins.module_utils._listing import ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Retiring, Token
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

# present: nothing to do


@pytest.mark.parametrize(
    ("policy", "calls", "reason"),
    [
        (Policy(), ["check old"], "accepted"),
        (Policy(verify=False), [], "not asked"),
        (Policy(renew="never"), ["check old"], "accepted"),
    ],
)
def test_a_token_that_is_accepted_stays(policy, calls, reason):
    case = Case(record(), vendor=FakeListingVendor(["old"]), policy=policy)
    outcome = case.run()
    assert (outcome.changed, outcome.reason) == (False, reason)
    assert (case.vendor.calls, case.store.calls) == (calls, [])


def test_without_a_question_the_expiry_decides():
    outcome = Case(record(expires_at=NOW + 301), policy=Policy(verify=False)).run()
    assert (outcome.changed, outcome.reason) == (False, "the token has not expired")


def test_fresh_facts_are_told_but_not_written():
    case = Case(record(), vendor=FakeListingVendor(["old"]))
    assert token_of(after(case.run())).details == {"balance": 7}
    assert case.store.record == case.known


@pytest.mark.parametrize(
    ("alive", "policy", "accepted"),
    [
        (["old"], Policy(), True),
        (["old"], Policy(max_age=1), True),
        ([], Policy(), False),
        (["old"], Policy(verify=False), None),
        (["old"], Policy(renew="always"), None),
    ],
)
def test_it_is_told_whether_the_vendor_accepts_the_token(alive, policy, accepted):
    case = Case(record(), vendor=FakeListingVendor(list(alive)), policy=policy)
    assert case.run(check_mode=True).accepted is accepted
    assert case.run().accepted is (True if case.vendor.number else accepted)


@pytest.mark.parametrize(("fault", "error"), [("down", NoClearAnswer), ("refused", VendorRefused)])
def test_no_clear_answer_is_no_reason_to_issue(fault, error):
    case = Case(record(), vendor=FakeListingVendor([], faults={"check": [fault]}))
    with pytest.raises(error):
        case.run()
    assert (case.vendor.changing, case.store.calls, kept(case)) == ([], [], "old")


# present: a new token

NEEDS = {
    "nothing known": (None, [], Policy(), "no token was known", [], []),
    "refused": (
        record(), [], Policy(), "the vendor does not accept the token any more (unknown token; asked was https://fake.example)", ["check old"],
        ["revoke old", "list"],
    ),
    "expired": (record(expires_at=NOW), [], Policy(), "the token expired at 1970-01-01T00:16:40Z", ["check old"], []),
    "expired, unasked": (
        record(expires_at=NOW), ["old"], Policy(verify=False), "the token expired at 1970-01-01T00:16:40Z", [], [],
    ),
    "expires soon": (
        record(expires_at=NOW + 300), ["old"], Policy(), "the token expires at 1970-01-01T00:21:40Z",
        ["check old"], ["revoke old"],
    ),
    "too old": (
        record(), ["old"], Policy(max_age=NOW - 10),
        "the token was issued at 1970-01-01T00:00:10Z, longer ago than max_age",
        ["check old"], ["revoke old"],
    ),
    "always": (record(), ["old"], Policy(renew="always"), "renew=always", [], ["revoke old"]),
    "always, unasked": (record(), ["old"], Policy(renew="always", verify=False), "renew=always", [], ["revoke old"]),
}  # fmt: skip


@pytest.mark.parametrize(("known", "alive", "policy", "reason", "before", "after"), NEEDS.values(), ids=NEEDS)
def test_a_new_token_is_proved_issued_checked_saved_and_then_the_old_one_ends(
    known, alive, policy, reason, before, after
):
    case = Case(known, vendor=FakeListingVendor(list(alive), lifetime=3600), policy=policy)
    order: list[str] = []
    case.vendor.calls = case.store.calls = order
    outcome = case.run()
    retired = ["save"] if after else []
    pending = ["list", "save", "prove"]
    assert order == [*before, "prove", *pending, "issue", "check new1", "save", *after, *retired]
    assert (outcome.changed, outcome.reason) == (True, reason)
    assert (outcome.before, outcome.after) == (known, case.store.record)
    assert case.store.record == Record(
        "fake",
        "https://fake.example",
        "joe",
        Token("new1", issued_at=NOW, expires_at=NOW + 3600, details={"role": "admin", "balance": 7}),
    )
    assert case.warnings == []


@pytest.mark.parametrize("expires_at", [NOW, NOW + 1])
def test_what_seems_to_have_expired_is_renewed_though_the_vendor_gives_no_clear_answer(expires_at):
    case = Case(record(expires_at=expires_at), vendor=FakeListingVendor(["old"], faults={"check": ["down"]}))
    assert case.run().changed
    assert case.vendor.number == 1
    assert case.vendor.calls[:3] == ["check old", "list", "issue"]


def test_a_reply_tells_the_time_before_anything_is_judged_by_it():
    """The clock of this host is ahead, until the vendor answers."""
    vendor = FakeListingVendor(["old"])
    case = Case(record(expires_at=NOW + 400, retiring=[Retiring(Token("r"), NOW + 60)]), vendor=vendor)
    case.now = lambda: NOW if vendor.calls else NOW + 7200
    case.policy = Policy(max_age=3600)
    outcome = case.run()
    assert (outcome.changed, vendor.calls) == (False, ["check old"])


def test_renew_never_fails_instead():
    case = Case(record(), vendor=FakeListingVendor([]), policy=Policy(renew="never"))
    with pytest.raises(
        VendorRefused, match=r"A new token is needed \(the vendor does not .*renew=never forbids"
    ) as caught:
        case.run()
    assert caught.value.code == "renewal_needed"
    assert (case.vendor.changing, case.store.calls) == ([], [])


@pytest.mark.parametrize("check_mode", [False, True])
def test_missing_credentials_are_asked_for_only_when_needed(check_mode):
    vendor = FakeListingVendor(["old"], missing="password is not set.")
    assert Case(record(), vendor=vendor).run(check_mode=check_mode).changed is False
    with pytest.raises(OptionError, match=r"\(no token was known\)\. password is not set\.") as caught:
        Case(vendor=vendor).run(check_mode=check_mode)
    assert caught.value.code == "credentials_missing"
    assert vendor.changing == []


def test_a_store_that_cannot_be_written_stops_before_issuing():
    case = Case(vendor=FakeListingVendor(), store=FakeStore(faults={"prove": ["full"]}))
    with pytest.raises(StoreError):
        case.run()
    assert case.vendor.calls == []


@pytest.mark.parametrize(("fault", "error"), [("down", NoClearAnswer), ("refused", VendorRefused)])
def test_a_token_that_was_not_issued_changes_nothing(fault, error):
    case = Case(record(), vendor=FakeListingVendor(["old"], faults={"issue": [fault]}), policy=Policy(renew="always"))
    with pytest.raises(error):
        case.run()
    assert (case.vendor.changing, kept(case), case.vendor.alive) == (["issue"], "old", ["old"])


def test_an_issued_token_that_cannot_be_checked_is_kept_beside_the_old_one():
    case = Case(record(), vendor=FakeListingVendor(["old"], faults={"check": ["down"]}), policy=Policy(renew="always"))
    outcome = case.run()
    assert outcome.changed
    assert case.warnings == [f"The new token {fingerprint('new1')} could not be checked: The vendor is down."]
    assert (kept(case), case.vendor.alive) == ("new1", ["old", "new1"])
    assert case.stored.retiring == (Retiring(token_of(case.known), NOW),)
    # The next run retires it
    following = Case(case.store.record, vendor=case.vendor)
    assert following.run().reason == "accepted, 1 token to revoke"
    assert (following.vendor.alive, following.stored.retiring) == (["new1"], ())


@pytest.mark.parametrize(
    ("revocable", "sentence"),
    [(True, "was revoked again."), (False, "could not be revoked. It ends at dawn.")],
)
def test_an_issued_token_that_the_vendor_refuses_is_an_error(revocable, sentence):
    """What it refuses may be accepted elsewhere, so it is taken back."""
    vendor = FakeListingVendor(["old", "new1"], revocable=revocable, accepts_new=False)
    checks = iter([False, True, True])
    check = vendor.check
    vendor.check = lambda token: replace(check(token), accepted=next(checks))  # type: ignore[method-assign]
    case = Case(record(), vendor=vendor, policy=Policy(renew="always"))
    with pytest.raises(VendorRefused) as caught:
        case.run()
    assert caught.value.code == "issued_token_refused"
    assert caught.value.message.endswith(f"The token just issued ({fingerprint('new1')}) {sentence}")
    assert (kept(case), case.store.calls) == ("old", ["prove", "save", "prove", "save"])


@pytest.mark.parametrize(
    ("vendor", "alive", "sentence"),
    [
        (FakeListingVendor(["old"]), ["old"], "was revoked again."),
        (FakeListingVendor(["old"], revocable=False), ["old", "new1"], "could not be revoked. It ends at dawn."),
        (
            FakeListingVendor(["old"], faults={"revoke": ["down"]}),
            ["old", "new1"],
            "could not be revoked. It ends at dawn.",
        ),
        (FakeListingVendor(["old"], faults={"revoke": ["lost after"]}), ["old"], "was revoked again."),
    ],
)
def test_a_token_that_cannot_be_saved_is_taken_back(vendor, alive, sentence):
    vendor = copy.deepcopy(vendor)
    case = Case(record(), vendor=vendor, store=FakeStore(faults={"save": ["", "full"]}), policy=Policy(renew="always"))
    with pytest.raises(StoreError) as caught:
        case.run()
    assert caught.value.message == f"The store is full. The token just issued ({fingerprint('new1')}) {sentence}"
    assert (kept(case), vendor.alive) == ("old", alive)


def test_a_vendor_that_gives_the_same_token_again_has_nothing_to_retire():
    case = Case(record("new1"), vendor=FakeListingVendor(["new1"]), policy=Policy(renew="always"))
    assert case.run().changed
    assert case.vendor.changing == ["issue"]


def test_who_has_no_name_is_called_by_the_token():
    case = Case(vendor=FakeListingVendor(identity=None))
    assert after(case.run()).identity == "owner of new1"


# present: a lost reply


def test_the_one_token_made_without_reply_is_adopted():
    case = Case(vendor=FakeListingVendor(["other"], faults={"issue": ["lost after"]}))
    outcome = case.run()
    assert case.vendor.changing == ["issue"]
    assert (kept(case), token_of(after(outcome)).issued_at, case.vendor.alive) == ("new1", NOW, ["other", "new1"])


def test_of_several_new_tokens_none_is_touched():
    vendor = FakeListingVendor([], faults={"issue": ["lost after"]})
    vendor.on_call = lambda operation: vendor.alive.append("foreign") if operation == "issue" else None
    case = Case(vendor=vendor)
    with pytest.raises(NoClearAnswer) as caught:
        case.run()
    assert f"{fingerprint('foreign')}, {fingerprint('new1')}. Nothing was revoked." in caught.value.message
    assert (vendor.changing, vendor.alive) == (["issue"], ["foreign", "new1"])


@pytest.mark.parametrize(
    ("vendor", "sentence"),
    [
        (FakeVendor(), "A token may have been made that nobody knows: It ends at dawn."),
        (
            FakeListingVendor(faults={"list": ["", "down"]}),
            "A token may have been made that nobody knows: the list cannot be read.",
        ),
    ],
    ids=["no list", "list broken"],
)
def test_where_nobody_can_tell_it_is_said(vendor, sentence):
    vendor.faults["issue"] = ["lost after"]
    case = Case(vendor=vendor)
    with pytest.raises(NoClearAnswer) as caught:
        case.run()
    assert caught.value.message == f"The reply was lost. {sentence}"
    assert vendor.changing == ["issue"]


# present: adopting, retiring, exclusive


def test_a_token_given_as_an_option_is_put_on_record():
    case = Case(record(), given=True, vendor=FakeListingVendor(["old"]))
    outcome = case.run()
    assert (outcome.changed, outcome.reason) == (True, "accepted, now on record")
    assert case.store.calls == ["prove", "save"]


@pytest.mark.parametrize(
    ("revoke_at", "alive", "calls", "left"),
    [
        (NOW, ["old", "gone"], ["check old", "revoke gone"], 0),
        (NOW, ["old"], ["check old", "revoke gone", "list"], 0),
        (NOW + 1, ["old", "gone"], ["check old"], 1),
    ],
    ids=["due", "due but gone", "not due"],
)
def test_retiring_tokens_end_when_they_are_due(revoke_at, alive, calls, left):
    case = Case(record(retiring=[Retiring(Token("gone"), revoke_at)]), vendor=FakeListingVendor(alive))
    outcome = case.run()
    assert case.vendor.calls == calls
    assert outcome.changed is (left == 0)
    assert len(case.stored.retiring) == len(after(outcome).retiring) == left


def test_a_retiring_token_that_cannot_be_revoked_is_tried_again():
    retiring = [Retiring(Token("gone"), NOW), Retiring(Token("gone2"), NOW)]
    vendor = FakeListingVendor(["old", "gone", "gone2"], faults={"revoke": ["down"]})
    case = Case(record(retiring=retiring), vendor=vendor)
    case.run()
    assert case.stored.retiring == (retiring[0],)
    assert case.warnings == [
        f"The replaced token {fingerprint('gone')} could not be revoked yet, the next run tries again: The vendor is down."
    ]
    following = Case(case.store.record, vendor=vendor)
    following.run()
    assert (following.stored.retiring, vendor.alive) == ((), ["old"])


def test_a_replaced_token_lives_through_its_grace():
    case = Case(record(), vendor=FakeListingVendor(["old"]), policy=Policy(renew="always", grace=60))
    case.run()
    assert case.vendor.alive == ["old", "new1"]
    assert case.stored.retiring == (Retiring(token_of(case.known), NOW + 60),)


def test_a_replaced_token_that_nobody_can_revoke_retires_when_it_expires():
    known = record(expires_at=NOW + 100)
    case = Case(known, vendor=FakeListingVendor(["old"], revocable=False))
    case.run()
    assert case.stored.retiring == (Retiring(token_of(known), NOW + 100),)
    assert (case.vendor.changing, case.warnings) == (["issue"], [])
    # That it has expired is nothing to do.
    later = Case(case.stored, vendor=case.vendor, now=lambda: NOW + 100)
    assert later.run().changed is False


def test_a_replaced_token_that_never_ends_is_warned_of():
    case = Case(record(), vendor=FakeListingVendor(["old"], revocable=False), policy=Policy(renew="always"))
    case.run()
    assert case.stored.retiring == ()
    assert case.warnings == [f"The replaced token {fingerprint('old')} stays valid: It ends at dawn."]


EXCLUSIVE = Policy(listing=ListPolicy(exclusive=True, keep=("keep me", fingerprint("by name"))))


@pytest.mark.parametrize("has_list_in_check", [True, False])
@pytest.mark.parametrize("policy", [EXCLUSIVE, replace(EXCLUSIVE, renew="always"), replace(EXCLUSIVE, verify=False)])
def test_exclusive_ends_all_tokens_but_the_known_and_the_kept(policy, has_list_in_check, monkeypatch):
    vendor = FakeListingVendor(["old", "a", "keep me", "b", "by name"])
    if not has_list_in_check:
        check = vendor.check
        monkeypatch.setattr(vendor, "check", lambda token: replace(check(token), listed=None))
    retiring = Retiring(Token("a"), NOW + 60)
    case = Case(record(retiring=[retiring]), vendor=vendor, policy=policy)
    outcome = case.run()
    mine = "new1" if policy.renew == "always" else "old"
    assert set(vendor.alive) == {mine, "a", "keep me", "by name"}
    assert outcome.reason.endswith("1 token to revoke")
    assert case.stored.retiring == (retiring,)
    again = Case(case.store.record, vendor=vendor, policy=replace(policy, renew="auto"))
    assert again.run().changed is False


def test_the_token_that_authorises_is_the_last_to_go():
    case = Case(vendor=FakeListingVendor(["first", "b", "c"]), policy=Policy())
    case.run("absent_all")
    assert case.vendor.changing == ["revoke c", "revoke b", "revoke first"]


# present with count


@pytest.mark.parametrize(
    ("alive", "policy", "left", "reason"),
    [
        ([], Policy(), ["new1"], "the vendor lists 0 tokens, 1 missing of 1"),
        (["a"], Policy(), ["a"], "the vendor lists 1 token"),
        (["a", "b"], Policy(), ["a", "b"], "the vendor lists 2 tokens"),
        (["a"], Policy(listing=ListPolicy(count=3)), ["a", "new1", "new2"], "the vendor lists 1 token, 2 missing of 3"),
        (
            ["a", "b", "c"],
            Policy(listing=ListPolicy(exclusive=True)),
            ["a"],
            "the vendor lists 3 tokens, 2 tokens to revoke",
        ),
        (["a", "b"], Policy(listing=ListPolicy(exclusive=True, keep=("b",))), ["a", "b"], "the vendor lists 2 tokens"),
        (
            [],
            Policy(listing=ListPolicy(exclusive=True, count=2)),
            ["new1", "new2"],
            "the vendor lists 0 tokens, 2 missing of 2",
        ),
    ],
)
def test_count_is_reached(alive, policy, left, reason):
    case = Case(vendor=FakeListingVendor(list(alive)), policy=policy, store=FakeStore(is_kept=False))
    outcome = case.run("count")
    assert (list(outcome.tokens), case.vendor.alive) == (left, left)
    assert (outcome.changed, outcome.reason) == (alive != left, reason)
    assert case.vendor.number == max(0, len(left) - len(alive))
    assert token_of(after(outcome)).value == left[0]
    assert (token_of(outcome.before).value if outcome.before else None) == (alive[0] if alive else None)
    again = Case(vendor=case.vendor, policy=policy).run("count")
    assert (again.changed, list(again.tokens)) == (False, left)


def test_count_cannot_be_reached_without_credentials():
    case = Case(vendor=FakeListingVendor(missing="password is not set."))
    with pytest.raises(OptionError, match=r"1 missing of 1.*password is not set"):
        case.run("count")


# absent


def test_nothing_known_is_nothing_to_do():
    outcome = Case().run("absent")
    assert (outcome.changed, outcome.reason, outcome.revoked) == (False, "no token was known, so none was ended", None)


@pytest.mark.parametrize(
    ("known", "alive", "verify", "calls", "reason"),
    [
        (record(), ["old"], True, ["check old", "revoke old"], "1 token revoked"),
        (record(), ["old"], False, ["revoke old"], "1 token revoked"),
        (record(), [], True, ["check old", "revoke old", "list"], "the token had ended already"),
        (record(), [], False, ["revoke old", "list"], "the token had ended already"),
        (record(expires_at=NOW), [], True, ["check old", "revoke old", "list"], "the token had ended already"),
        (record(expires_at=NOW), ["old"], True, ["check old", "revoke old"], "1 token revoked"),
        (record(expires_at=NOW), [], False, ["revoke old", "list"], "the token had ended already"),
        (
            record(retiring=[Retiring(Token("r"), NOW + 99)]),
            ["old", "r"],
            True,
            ["check old", "check r", "revoke old", "revoke r"],
            "2 tokens revoked",
        ),
    ],
)
def test_absent_ends_and_forgets(known, alive, verify, calls, reason):
    case = Case(known, vendor=FakeListingVendor(list(alive)), policy=Policy(verify=verify))
    outcome = case.run("absent")
    assert (case.vendor.calls, case.store.calls, case.store.record) == (calls, ["remove"], None)
    assert (outcome.changed, outcome.revoked, outcome.reason) == (True, True, reason)
    assert (outcome.before, outcome.after) == (known, None)


@pytest.mark.parametrize(("expires_at", "until"), [(None, ""), (NOW + 3600, " until 1970-01-01T01:16:40Z")])
def test_absent_is_honest_about_a_token_that_lives_on(expires_at, until):
    case = Case(record(expires_at=expires_at), vendor=FakeListingVendor(["old"], revocable=False))
    outcome = case.run("absent")
    assert (outcome.changed, outcome.revoked) == (True, False)
    assert outcome.reason == "the token is forgotten, but the vendor still accepts it"
    assert case.warnings == [f"The token {fingerprint('old')} stays valid{until}: It ends at dawn."]
    assert case.store.record is None


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"check": ["down"]}, NoClearAnswer),
        ({"revoke": ["down"]}, NoClearAnswer),
        ({"revoke": ["refused"]}, VendorRefused),
        ({"revoke": ["lost before", "down"]}, NoClearAnswer),
        ({"revoke": ["lost after", "refused"]}, NoClearAnswer),
    ],
)
def test_absent_forgets_nothing_when_the_vendor_gives_no_clear_answer(faults, error):
    case = Case(record(), vendor=FakeListingVendor(["old"], faults=copy.deepcopy(faults)))
    with pytest.raises(error):
        case.run("absent")
    assert (case.store.calls, kept(case)) == ([], "old")


def test_a_lost_reply_to_revoke_is_settled_by_revoking_again():
    case = Case(record(), vendor=FakeListingVendor(["old"], faults={"revoke": ["lost after"]}))
    assert case.run("absent").revoked is True
    assert (case.vendor.changing, case.store.record) == (["revoke old", "revoke old"], None)


@pytest.mark.parametrize(
    ("alive", "known", "changed", "reason"),
    [
        (["a", "b"], None, True, "2 tokens revoked"),
        ([], None, False, "the vendor lists no token"),
        ([], record(), True, "the vendor lists no token"),
        (["old"], record(), True, "1 token revoked"),
    ],
)
def test_absent_with_all_tokens(alive, known, changed, reason):
    case = Case(known, vendor=FakeListingVendor(list(alive)))
    outcome = case.run("absent_all")
    assert (outcome.changed, outcome.reason, outcome.revoked) == (changed, reason, True)
    assert (case.vendor.alive, case.store.record) == ([], None)
    assert case.store.calls == ["remove"]


# Check mode

RETIRING = record(retiring=[Retiring(Token("r"), NOW)])
SITUATIONS: dict[str, tuple[str, Case]] = {
    "kept": ("present", Case(record(), vendor=FakeListingVendor(["old"]))),
    "kept unasked": ("present", Case(record(), policy=Policy(verify=False))),
    "refused": ("present", Case(record())),
    "unknown": ("present", Case()),
    "unknown, kept by the caller": ("present", Case(store=FakeStore(is_kept=False))),
    "expired": ("present", Case(record(expires_at=NOW))),
    "expiring": ("present", Case(record(expires_at=NOW + 1), vendor=FakeListingVendor(["old"]))),
    "always": ("present", Case(record(), vendor=FakeListingVendor(["old"]), policy=Policy(renew="always"))),
    "adopted": ("present", Case(record(), given=True, vendor=FakeListingVendor(["old"]))),
    "given": ("present", Case(record(), given=True, vendor=FakeListingVendor(["old"]), store=FakeStore(is_kept=False))),
    "given, refused": ("present", Case(record(), given=True, store=FakeStore(is_kept=False))),
    "retiring due": ("present", Case(RETIRING, vendor=FakeListingVendor(["old", "r"]))),
    "exclusive": (
        "present",
        Case(record(), vendor=FakeListingVendor(["old", "a"]), policy=Policy(listing=ListPolicy(exclusive=True))),
    ),
    "exclusive already": (
        "present",
        Case(record(), vendor=FakeListingVendor(["old"]), policy=Policy(listing=ListPolicy(exclusive=True))),
    ),
    "exclusive, new": (
        "present",
        Case(vendor=FakeListingVendor(["a"]), policy=Policy(listing=ListPolicy(exclusive=True))),
    ),
    "never": ("present", Case(policy=Policy(renew="never"))),
    "no credentials": ("present", Case(vendor=FakeListingVendor(missing="password is not set."))),
    "down": ("present", Case(record(), vendor=FakeListingVendor(faults={"check": ["down"]}))),
    "count missing": ("count", Case(vendor=FakeListingVendor(["a"]), policy=Policy(listing=ListPolicy(count=3)))),
    "count reached": ("count", Case(vendor=FakeListingVendor(["a"]))),
    "count exceeded": (
        "count",
        Case(vendor=FakeListingVendor(["a", "b"]), policy=Policy(listing=ListPolicy(exclusive=True))),
    ),
    "count, list down": ("count", Case(vendor=FakeListingVendor(faults={"list": ["down"]}))),
    "absent": ("absent", Case(record(), vendor=FakeListingVendor(["old"]))),
    "absent, given": (
        "absent",
        Case(record(), given=True, vendor=FakeListingVendor(["old"]), store=FakeStore(is_kept=False)),
    ),
    "absent, given, gone": ("absent", Case(record(), given=True, store=FakeStore(is_kept=False))),
    "absent, gone": ("absent", Case(record())),
    "absent, irrevocable": ("absent", Case(record(), vendor=FakeListingVendor(["old"], revocable=False))),
    "absent, given, irrevocable": (
        "absent",
        Case(record(), given=True, vendor=FakeListingVendor(["old"], revocable=False)),
    ),
    "absent, unknown": ("absent", Case()),
    "absent, retiring": ("absent", Case(RETIRING, vendor=FakeListingVendor(["old", "r"]))),
    "absent, down": ("absent", Case(record(), vendor=FakeListingVendor(faults={"check": ["down"]}))),
    "all": ("absent_all", Case(record(), vendor=FakeListingVendor(["old", "a"]))),
    "all, none": ("absent_all", Case()),
    "all, file alone": ("absent_all", Case(record())),
}


@pytest.mark.parametrize(("state", "case"), SITUATIONS.values(), ids=SITUATIONS)
def test_check_mode_predicts_and_touches_nothing(state, case):
    dry, real = copy.deepcopy(case), copy.deepcopy(case)

    def attempt(one: Case, check_mode: bool) -> t.Any:
        try:
            outcome = one.run(state, check_mode)
        except TelephonyError as failure:
            return type(failure), failure.message
        return outcome.changed, outcome.reason, outcome.revoked, outcome.before, one.warnings

    prediction = attempt(dry, True)
    assert (dry.vendor.changing, dry.store.calls) == ([], [])
    assert dry.vendor.alive == case.vendor.alive
    assert prediction == attempt(real, False)
    if prediction[0] is True:
        assert real.vendor.changing or real.store.calls
    elif prediction[0] is False and state != "absent":
        # A token that is refused or cannot be revoked is tried all the same
        assert real.vendor.changing == []


def test_check_mode_does_not_make_up_a_token():
    outcome = Case(record(), policy=Policy(renew="always")).run(check_mode=True)
    assert outcome.to_come
    assert token_of(after(outcome)).value == "old"


# Whatever happens


@given(data=st.data())
def test_a_run_leaves_a_working_token_on_record_and_loses_none(data):
    """Any vendor with a list, any fault at any place: what is alive afterwards is on record, or was there before."""
    fault = st.sampled_from(["", "", "down", "refused", "lost before", "lost after", "spurious"])
    faults = {operation: data.draw(st.lists(fault, max_size=3), label=operation) for operation in ("check", "revoke")}
    faults["issue"], faults["list"] = (
        [each for each in data.draw(st.lists(fault, max_size=3), label=name) if each != "spurious"]
        for name in ("issue", "list")
    )
    alive = data.draw(st.sets(st.sampled_from(["old", "other"])), label="alive")
    case = Case(
        data.draw(st.sampled_from([None, record(), record(expires_at=NOW + 1), record(expires_at=NOW)]), label="known"),
        vendor=FakeListingVendor(sorted(alive), faults=faults),
        store=FakeStore(faults={"save": data.draw(st.lists(st.sampled_from(["", "full"]), max_size=3), label="save")}),
        policy=Policy(renew=data.draw(st.sampled_from(["auto", "always"]), label="renew")),
    )
    before = case.known and token_of(case.known).value
    text = ""
    try:
        outcome: Outcome | None = case.run()
    except TelephonyError as failure:
        outcome, text = None, failure.message
    stored = case.store.record
    on_record = {token.value for token in stored.tokens} if stored else set()
    orphans = set(case.vendor.alive) - alive - on_record
    told = " ".join([text, *case.warnings])
    # What an attempt left is judged by the next run.
    attempts = stored.attempts if stored else ()
    for orphan in map(fingerprint, orphans):
        assert orphan in told or "nobody knows" in told or any(orphan not in each.existed for each in attempts)
    if outcome:
        assert stored is not None
        assert stored.token is not None
        assert stored.token.value in case.vendor.alive or not outcome.changed
    elif before in alive and case.known and token_of(case.known).expires_at != NOW:
        assert before in case.vendor.alive
        assert stored is not None
        assert before in on_record


# One refusal is not the truth


@pytest.mark.parametrize("listing", [True, False])
def test_a_token_that_is_refused_once_ends_all_the_same(listing):
    vendor = (FakeListingVendor if listing else FakeVendor)(["old"], faults={"check": ["spurious"]})
    assert Case(record(), vendor=vendor, policy=Policy(grace=60)).run().changed
    assert vendor.alive == ["new1"]
    vendor.faults = {"check": ["spurious"]}
    assert Case(record("new1"), vendor=vendor).run("absent").reason == "1 token revoked"
    assert vendor.alive == []


def test_already_gone_is_not_believed_while_the_list_names_the_token():
    vendor = FakeListingVendor(["old"], faults={"revoke": ["spurious"]})
    case = Case(record(), vendor=vendor)
    with pytest.raises(VendorRefused, match="is unknown, and lists it"):
        case.run("absent")
    assert kept(case) == "old"


@pytest.mark.parametrize("fault", ["refused", "lost before"])
def test_already_gone_is_believed_where_the_list_cannot_be_read_for_want_of_rights(fault):
    vendor = FakeListingVendor([], faults={"list": [fault]})
    case = Case(record(), vendor=vendor)
    if fault == "refused":
        assert case.run("absent").revoked
    else:
        with pytest.raises(NoClearAnswer):
            case.run("absent")


def test_a_new_token_that_is_refused_and_cannot_be_revoked_is_tried_again():
    vendor = FakeListingVendor(faults={"check": ["spurious"], "revoke": ["down"]})
    case = Case(vendor=vendor)
    with pytest.raises(VendorRefused, match="could not be revoked"):
        case.run()
    assert (case.stored.token, case.stored.retiring) == (
        None,
        (Retiring(Token("new1", issued_at=NOW), NOW),),
    )
    again = Case(case.stored, vendor=vendor)
    again.run()
    assert (vendor.alive, again.stored.retiring) == (["new2"], ())


# Time


@pytest.mark.parametrize("policy", [Policy(), Policy(max_age=100), Policy(renew_before=10**6)])
def test_a_clock_that_is_far_off_is_no_reason_to_replace_what_the_vendor_accepts(policy):
    retiring = Retiring(Token("r", expires_at=NOW - 1), NOW - 500)
    policy = replace(policy, grace=60)
    case = Case(record(expires_at=NOW - 1, retiring=[retiring]), vendor=FakeListingVendor(["old", "r"]), policy=policy)
    case.certain = False
    assert not case.run().changed
    assert case.vendor.alive == ["old", "r"]


def test_a_clock_that_is_far_off_drops_nothing_that_may_live():
    retiring = Retiring(Token("r", expires_at=NOW - 1), NOW - 500)
    policy = Policy(renew="always", grace=60)
    case = Case(record(retiring=[retiring]), vendor=FakeListingVendor(["old", "r"]), policy=policy, certain=False)
    case.run()
    assert [old.token.value for old in case.stored.retiring] == ["r", "old"]


def test_a_lifetime_no_longer_than_renew_before_is_warned_of():
    case = Case(vendor=FakeListingVendor(lifetime=300))
    case.run()
    (warning,) = case.warnings
    assert warning == (
        "The new token lives for 300 seconds, no longer than renew_before, so each run will renew it."
        " Set renew_before to at most 150."
    )


# Bounds


def test_no_more_tokens_are_replaced_than_a_record_can_name():
    retiring = [Retiring(Token(f"r{number}"), LATER) for number in range(50)]
    case = Case(record(retiring=retiring), vendor=FakeListingVendor(["old"]), policy=Policy(renew="always"))
    with pytest.raises(OptionError, match=r"^50 replaced tokens still have to be revoked") as caught:
        case.run()
    assert (caught.value.code, case.vendor.changing) == ("too_many_tokens", [])


def test_what_is_due_makes_room_for_another_token():
    retiring = [Retiring(Token(f"r{number}"), NOW) for number in range(50)]
    case = Case(record(retiring=retiring), vendor=FakeListingVendor(["old"]), policy=Policy(renew="always"))
    case.run()
    assert (kept(case), case.stored.retiring) == ("new1", ())


def test_of_tokens_that_nobody_can_revoke_the_oldest_give_way():
    retiring = [Retiring(Token(f"r{number}", expires_at=LATER), LATER) for number in range(50)]
    vendor = FakeVendor(["old"], revocable=False)
    case = Case(record(expires_at=LATER, retiring=retiring), vendor=vendor, policy=Policy(renew="always"))
    case.run()
    assert [old.token.value for old in case.stored.retiring] == [*(f"r{number}" for number in range(1, 50)), "old"]


def test_after_many_unclear_answers_no_more_tokens_are_asked_for():
    unclear = tuple(Attempt(NOW, (fingerprint("old"),)) for _number in range(20))
    case = Case(replace(record(), unclear=unclear), vendor=FakeListingVendor(["old"]), policy=Policy(renew="always"))
    with pytest.raises(OptionError, match=r"^20 requests for a token got no clear answer"):
        case.run()


# Another run was quicker, or the store lost its reply


def test_losing_before_a_token_is_issued_changes_nothing():
    case = Case(record(), vendor=FakeListingVendor([]), store=FakeStore(faults={"save": ["conflict"]}))
    with pytest.raises(StoreConflict):
        case.run()
    assert case.vendor.changing == []


@pytest.mark.parametrize("theirs", [None, record("theirs")])
def test_a_token_that_came_too_late_is_taken_back(theirs):
    store = FakeStore(faults={"save": ["", "conflict"]})
    store.on_conflict = lambda: setattr(store, "record", theirs)
    case = Case(vendor=FakeListingVendor(), store=store)
    with pytest.raises(StoreConflict):
        case.run()
    assert (case.vendor.alive, store.record) == ([], theirs)
    assert case.warnings[0].endswith("was revoked again.")


def test_a_token_that_the_other_run_has_found_is_left_to_it():
    store = FakeStore(faults={"save": ["", "conflict"]})
    store.on_conflict = lambda: setattr(store, "record", record("new1"))
    case = Case(vendor=FakeListingVendor(), store=store)
    with pytest.raises(StoreConflict):
        case.run()
    assert case.vendor.alive == ["new1"]


def test_what_was_saved_though_the_reply_was_lost_is_not_taken_back():
    case = Case(vendor=FakeListingVendor(), store=FakeStore(faults={"save": ["", "saved, but"]}))
    assert case.run().changed
    assert (kept(case), case.vendor.alive) == ("new1", ["new1"])


def test_where_the_store_does_not_say_what_it_has_the_new_token_is_left_alone():
    case = Case(vendor=FakeListingVendor(), store=FakeStore(faults={"save": ["", "lost"], "load": ["lost"]}))
    with pytest.raises(StoreError) as caught:
        case.run()
    assert f"({fingerprint('new1')}) cannot be told; it was left alone." in caught.value.message
    assert (case.vendor.alive, case.stored.pending) == (["new1"], Attempt(NOW))


def test_what_was_not_on_file_does_not_get_there_by_a_failure():
    case = Case(record(), given=True, vendor=FakeListingVendor([], faults={"issue": ["refused"]}))
    with pytest.raises(VendorRefused):
        case.run()
    assert case.store.record is None


def test_that_the_record_cannot_be_put_back_is_told():
    vendor = FakeListingVendor(faults={"issue": ["refused"]})
    case = Case(record(), vendor=vendor, store=FakeStore(faults={"save": ["", "full"]}))
    with pytest.raises(VendorRefused):
        case.run()
    assert case.warnings == ["The store is full."]


# When the next run has something to do


def test_the_age_of_a_token_from_elsewhere_counts_from_now():
    given = replace(record(), token=Token("old"))
    case = Case(given, given=True, vendor=FakeListingVendor(["old"]), policy=Policy(max_age=100))
    assert case.run().changed
    assert case.stored.token == Token("old", issued_at=NOW)


def test_absent_names_each_token_that_lives_on():
    dead = Retiring(Token("dead"), NOW)
    case = Case(
        record(retiring=[dead, Retiring(Token("r", expires_at=NOW + 9), NOW)]),
        vendor=FakeListingVendor(["old", "r"], revocable=False),
    )
    case.run("absent")
    assert [warning.split(":")[0] for warning in case.warnings] == [
        f"The token {fingerprint('old')} stays valid",
        f"The token {fingerprint('r')} stays valid until 1970-01-01T00",
    ]


def test_what_fails_after_a_new_token_is_on_record_is_left_to_the_next_run():
    vendor = FakeListingVendor(["a"], faults={"revoke": ["down"]})
    case = Case(vendor=vendor, policy=EXCLUSIVE, store=FakeStore(is_kept=False))
    outcome = case.run()
    assert after(outcome).token
    assert case.warnings == ["The new token is on record, but not all others have ended: The vendor is down."]
    assert vendor.alive == ["a", "new1"]


def test_the_same_token_again_is_neither_retired_nor_taken_back():
    vendor = FakeListingVendor(["new1"])
    case = Case(record("new1"), vendor=vendor, policy=Policy(renew="always"))
    case.store.faults["save"] = ["", "full"]
    with pytest.raises(StoreError) as caught:
        case.run()
    assert caught.value.message == f"The store is full. The token {fingerprint('new1')} was left alone."
    assert vendor.changing == ["issue"]


# Tokens that a list shows by their names


def naming(*alive: str, **more: t.Any) -> FakeListingVendor:
    return FakeListingVendor(list(alive), lists_names=True, **more)


def test_a_lost_token_that_is_listed_by_its_name_is_told_of_and_not_taken_over():
    case = Case(vendor=naming("other", faults={"issue": ["lost after"]}))
    with pytest.raises(NoClearAnswer) as caught:
        case.run()
    assert "appeared meanwhile is this one: name-of-new1. Nothing was revoked." in caught.value.message
    assert case.stored.unclear == (Attempt(NOW, existed=("name-of-other",)),)
    again = Case(case.stored, vendor=case.vendor)
    outcome = again.run()
    assert (kept(again), outcome.suspects, case.vendor.alive) == ("new2", ("name-of-new1",), ["other", "new1", "new2"])
    assert "Delete the right one with state=absent and uuid" in again.warnings[0]
    dismissing = Case(again.stored, vendor=case.vendor, policy=Policy(listing=ListPolicy(adopt=False)))
    assert dismissing.run().suspects == ()


def test_exclusive_spares_what_is_on_record_under_its_name():
    policy = Policy(listing=ListPolicy(exclusive=True, keep=("name-of-kept",)))
    case = Case(record(), vendor=naming("old", "kept", "other"), policy=policy)
    outcome = case.run()
    assert case.vendor.alive == ["old", "kept"]
    assert outcome.listed == ("name-of-old", "name-of-kept")


def test_what_the_list_has_by_its_name_lives_whatever_the_vendor_says_of_its_end():
    case = Case(record(), vendor=naming("old", faults={"revoke": ["spurious"]}))
    with pytest.raises(VendorRefused, match="is unknown, and lists it"):
        case.run("absent")


# What is to be changed of a token that is kept


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_token_that_differs_from_the_options_is_adjusted(check_mode):
    case = Case(record(), vendor=FakeVendor(["old"], differs={"enabled": (True, False)}))
    outcome = case.run(check_mode=check_mode)
    assert (outcome.changed, outcome.reason) == (True, "accepted, enabled to be false")
    assert outcome.differs == {"enabled": (True, False)}
    assert ("adjust old" in case.vendor.calls) is not check_mode
    assert case.store.calls == []


def test_a_new_token_is_adjusted_once_it_is_on_record():
    case = Case(record(), vendor=FakeVendor(["old"], differs={"enabled": (True, False)}), policy=Policy(renew="always"))
    case.vendor.on_call = case.store.calls.append
    assert case.run().changed
    assert case.store.calls[-4:] == ["save", "adjust new1", "revoke old", "save"]
