# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    StoreError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Known, Lifecycle, Outcome, Policy
from ansible_collections.telephony.auth.plugins.module_utils._record import Pending, Record, Retiring, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import (
    FakeStore,
    FakeVendor,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import token_of

NOW = 1000


def record(value: str = "old", expires_at: int | None = None, retiring: t.Iterable[Retiring] = ()) -> Record:
    token = Token(value, issued_at=10, expires_at=expires_at)
    return Record("fake", "https://fake.example", "joe", token, tuple(retiring))


@dataclass
class Case:
    """A situation, and what comes of it."""

    known: Record | None = None
    kept: bool = True
    vendor: FakeVendor = field(default_factory=FakeVendor)
    store: FakeStore = field(default_factory=FakeStore)
    policy: Policy = field(default_factory=Policy)
    warnings: list[str] = field(default_factory=list)
    now: t.Callable[[], int] = lambda: NOW

    @property
    def stored(self) -> Record:
        assert self.store.record
        return self.store.record

    def run(self, state: str = "present", check_mode: bool = False) -> Outcome:
        known = Known(self.known, self.kept) if self.known else None
        if known and self.kept:
            self.store.record = self.known
        lifecycle = Lifecycle(self.vendor, self.store, self.policy, self.now, check_mode)
        arguments = () if state == "present_count" else (known,)
        try:
            return t.cast(Outcome, getattr(lifecycle, state)(*arguments))
        finally:
            self.warnings = lifecycle.warnings


def kept(case: Case) -> str | None:
    return case.stored.token.value if case.store.record and case.stored.token else None


def after(outcome: Outcome) -> Record:
    assert outcome.after
    return outcome.after


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
    case = Case(record(), vendor=FakeVendor(["old"]), policy=policy)
    outcome = case.run()
    assert (outcome.changed, outcome.issued, outcome.reason) == (False, False, reason)
    assert (case.vendor.calls, case.store.calls) == (calls, [])


def test_without_a_question_the_expiry_decides():
    outcome = Case(record(expires_at=NOW + 301), policy=Policy(verify=False)).run()
    assert (outcome.changed, outcome.reason) == (False, "the token has not expired")


def test_fresh_facts_are_told_but_not_written():
    case = Case(record(), vendor=FakeVendor(["old"]))
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
    case = Case(record(), vendor=FakeVendor(list(alive)), policy=policy)
    assert case.run(check_mode=True).accepted is accepted
    assert case.run().accepted is (True if case.vendor.number else accepted)


@pytest.mark.parametrize(("fault", "error"), [("down", NoClearAnswer), ("refused", VendorRefused)])
def test_no_clear_answer_is_no_reason_to_issue(fault, error):
    case = Case(record(), vendor=FakeVendor([], faults={"check": [fault]}))
    with pytest.raises(error):
        case.run()
    assert (case.vendor.changing, case.store.calls, kept(case)) == ([], [], "old")


# present: a new token

NEEDS = {
    "nothing known": (None, [], Policy(), "no token was known", [], []),
    "refused": (
        record(), [], Policy(), "the vendor does not accept the token any more (unknown token)", ["check old"], [],
    ),
    "expired": (record(expires_at=NOW), [], Policy(), "the token expired at 1970-01-01T00:16:40Z", ["check old"], []),
    "expired, unasked": (
        record(expires_at=NOW), ["old"], Policy(verify=False), "the token expired at 1970-01-01T00:16:40Z", [], [],
    ),
    "expires soon": (
        record(expires_at=NOW + 300), ["old"], Policy(), "the token expires at 1970-01-01T00:21:40Z",
        ["check old"], ["check old", "revoke old"],
    ),
    "too old": (
        record(), ["old"], Policy(max_age=NOW - 10),
        "the token was issued at 1970-01-01T00:00:10Z, longer ago than max_age",
        ["check old"], ["check old", "revoke old"],
    ),
    "always": (record(), ["old"], Policy(renew="always"), "renew=always", [], ["check old", "revoke old"]),
    "always, unasked": (record(), ["old"], Policy(renew="always", verify=False), "renew=always", [], ["revoke old"]),
}  # fmt: skip


@pytest.mark.parametrize(("known", "alive", "policy", "reason", "before", "after"), NEEDS.values(), ids=NEEDS)
def test_a_new_token_is_proved_issued_checked_saved_and_then_the_old_one_ends(
    known, alive, policy, reason, before, after
):
    case = Case(known, vendor=FakeVendor(list(alive), lifetime=3600), policy=policy)
    order: list[str] = []
    case.vendor.calls = case.store.calls = order
    outcome = case.run()
    retired = ["save"] if after else []
    pending = ["list", "save", "prove"]
    assert order == [*before, "prove", *pending, "issue", "check new1", "save", *after, *retired]
    assert (outcome.changed, outcome.issued, outcome.reason) == (True, True, reason)
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
    case = Case(record(expires_at=expires_at), vendor=FakeVendor(["old"], faults={"check": ["down"]}))
    assert case.run().issued
    assert case.vendor.calls[:3] == ["check old", "list", "issue"]


def test_a_reply_tells_the_time_before_anything_is_judged_by_it():
    """The clock of this host is ahead, until the vendor answers."""
    vendor = FakeVendor(["old"])
    case = Case(record(expires_at=NOW + 400, retiring=[Retiring(Token("r"), NOW + 60)]), vendor=vendor)
    case.now = lambda: NOW if vendor.calls else NOW + 7200
    case.policy = Policy(max_age=3600)
    outcome = case.run()
    assert (outcome.changed, vendor.calls) == (False, ["check old"])


def test_renew_never_fails_instead():
    case = Case(record(), vendor=FakeVendor([]), policy=Policy(renew="never"))
    with pytest.raises(
        VendorRefused, match=r"A new token is needed \(the vendor does not .*renew=never forbids"
    ) as caught:
        case.run()
    assert caught.value.code == "renewal_needed"
    assert (case.vendor.changing, case.store.calls) == ([], [])


@pytest.mark.parametrize("check_mode", [False, True])
def test_missing_credentials_are_asked_for_only_when_needed(check_mode):
    vendor = FakeVendor(["old"], missing="give a password")
    assert Case(record(), vendor=vendor).run(check_mode=check_mode).changed is False
    with pytest.raises(OptionError, match=r"\(no token was known\)\. To issue one, give a password\.") as caught:
        Case(vendor=vendor).run(check_mode=check_mode)
    assert caught.value.code == "credentials_missing"
    assert vendor.changing == []


def test_a_store_that_cannot_be_written_stops_before_issuing():
    case = Case(vendor=FakeVendor(), store=FakeStore(faults={"prove": ["full"]}))
    with pytest.raises(StoreError):
        case.run()
    assert case.vendor.calls == []


@pytest.mark.parametrize(("fault", "error"), [("down", NoClearAnswer), ("refused", VendorRefused)])
def test_a_token_that_was_not_issued_changes_nothing(fault, error):
    case = Case(record(), vendor=FakeVendor(["old"], faults={"issue": [fault]}), policy=Policy(renew="always"))
    with pytest.raises(error):
        case.run()
    assert (case.vendor.changing, kept(case), case.vendor.alive) == (["issue"], "old", ["old"])


def test_an_issued_token_that_cannot_be_checked_is_kept_beside_the_old_one():
    case = Case(record(), vendor=FakeVendor(["old"], faults={"check": ["down"]}), policy=Policy(renew="always"))
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
    vendor = FakeVendor(["old", "new1"], revocable=revocable, accepts_new=False)
    checks = iter([False, True, True])
    check = vendor.check
    vendor.check = lambda token: replace(check(token), accepted=next(checks))  # type: ignore[method-assign]
    case = Case(record(), vendor=vendor, policy=Policy(renew="always"))
    with pytest.raises(VendorRefused) as caught:
        case.run()
    assert caught.value.code == "issued_token_refused"
    assert caught.value.message.endswith(f"The token just issued ({fingerprint('new1')}) {sentence}")
    assert (kept(case), case.store.calls) == ("old", ["prove", "save", "prove"])


@pytest.mark.parametrize(
    ("vendor", "alive", "sentence"),
    [
        (FakeVendor(["old"]), ["old"], "was revoked again."),
        (FakeVendor(["old"], revocable=False), ["old", "new1"], "could not be revoked. It ends at dawn."),
        (FakeVendor(["old"], faults={"revoke": ["down"]}), ["old", "new1"], "could not be revoked. It ends at dawn."),
        (FakeVendor(["old"], faults={"revoke": ["lost after"]}), ["old"], "was revoked again."),
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
    case = Case(record("new1"), vendor=FakeVendor(["new1"]), policy=Policy(renew="always"))
    assert case.run().changed
    assert case.vendor.changing == ["issue"]


def test_who_has_no_name_is_called_by_the_token():
    case = Case(vendor=FakeVendor(identity=None))
    assert after(case.run()).identity == "owner of new1"


# present: a lost reply


def test_the_one_token_made_without_reply_is_adopted():
    case = Case(vendor=FakeVendor(["other"], faults={"issue": ["lost after"]}))
    outcome = case.run()
    assert case.vendor.changing == ["issue"]
    assert (kept(case), token_of(after(outcome)).issued_at, case.vendor.alive) == ("new1", NOW, ["other", "new1"])


def test_when_none_was_made_another_try_is_safe():
    case = Case(vendor=FakeVendor(["other"], faults={"issue": ["lost before"]}))
    case.run()
    assert case.vendor.changing == ["issue", "issue"]
    assert (kept(case), case.vendor.alive) == ("new1", ["other", "new1"])


def test_the_second_try_may_lose_its_reply_as_well():
    case = Case(vendor=FakeVendor([], faults={"issue": ["lost before", "lost after"]}))
    case.run()
    assert (kept(case), case.vendor.alive) == ("new1", ["new1"])


def test_there_is_no_third_try():
    case = Case(vendor=FakeVendor([], faults={"issue": ["lost before", "lost before"]}))
    with pytest.raises(NoClearAnswer, match=r"^The reply was lost\.$"):
        case.run()
    assert (case.vendor.changing, case.store.record) == (["issue", "issue"], None)


def test_of_several_new_tokens_none_is_touched():
    vendor = FakeVendor([], faults={"issue": ["lost after"]})
    vendor.on_call = lambda operation: vendor.alive.append("foreign") if operation == "issue" else None
    case = Case(vendor=vendor)
    with pytest.raises(NoClearAnswer) as caught:
        case.run()
    assert f"{fingerprint('foreign')}, {fingerprint('new1')}. Nothing was revoked." in caught.value.message
    assert (vendor.changing, vendor.alive) == (["issue"], ["foreign", "new1"])


@pytest.mark.parametrize(
    ("vendor", "sentence"),
    [
        (FakeVendor(has_list=False), "A token may have been made that nobody knows: It ends at dawn."),
        (
            FakeVendor(faults={"list": ["", "down"]}),
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


@pytest.mark.parametrize("keeps", [True, False])
def test_a_token_given_as_an_option_is_put_on_record(keeps):
    case = Case(record(), kept=False, vendor=FakeVendor(["old"]), store=FakeStore(keeps=keeps))
    outcome = case.run()
    assert outcome.changed is keeps
    assert case.store.calls == (["prove", "save"] if keeps else [])
    assert outcome.reason == ("accepted, now on record" if keeps else "accepted")


@pytest.mark.parametrize(
    ("revoke_at", "alive", "calls", "left"),
    [
        (NOW, ["old", "gone"], ["check old", "check gone", "revoke gone"], 0),
        (NOW, ["old"], ["check old", "check gone"], 0),
        (NOW + 1, ["old", "gone"], ["check old"], 1),
    ],
    ids=["due", "due but gone", "not due"],
)
def test_retiring_tokens_end_when_they_are_due(revoke_at, alive, calls, left):
    case = Case(record(retiring=[Retiring(Token("gone"), revoke_at)]), vendor=FakeVendor(alive))
    outcome = case.run()
    assert case.vendor.calls == calls
    assert outcome.changed is (left == 0)
    assert len(case.stored.retiring) == len(after(outcome).retiring) == left


def test_a_retiring_token_that_cannot_be_revoked_is_tried_again():
    retiring = [Retiring(Token("gone"), NOW), Retiring(Token("gone2"), NOW)]
    vendor = FakeVendor(["old", "gone", "gone2"], faults={"revoke": ["down"]})
    case = Case(record(retiring=retiring), vendor=vendor)
    case.run()
    assert case.stored.retiring == (retiring[0],)
    assert case.warnings == [
        f"The replaced token {fingerprint('gone')} could not be revoked yet, the next run tries again: The vendor is down."
    ]
    following = Case(case.store.record, vendor=vendor)
    following.run()
    assert (following.stored.retiring, vendor.alive) == ((), ["old"])


def test_a_caller_who_keeps_the_record_gets_that_of_a_given_token():
    case = Case(record(), False, FakeVendor(["old"]), FakeStore(keeps=False, hands_back=True))
    outcome = case.run()
    assert (outcome.changed, outcome.reason) == (True, "accepted, now on record")
    assert not replace(case, known=after(outcome), kept=True).run().changed


def test_what_the_callers_record_names_ends_only_once_the_new_record_came_back():
    store = FakeStore(keeps=False, hands_back=True)
    case = Case(record(), False, FakeVendor(["old"]), store, Policy(renew="always"))
    outcome = case.run()
    assert (case.vendor.alive, after(outcome).retiring) == (
        ["old", "new1"], (Retiring(token_of(case.known), NOW),)
    )  # fmt: skip
    again = replace(case, known=after(outcome), policy=Policy(renew="never"))
    outcome = again.run()
    assert (outcome.changed, again.vendor.alive, after(outcome).retiring) == (True, ["new1"], ())


@pytest.mark.parametrize("has_list", [True, False])
def test_a_caller_who_keeps_the_record_is_told_what_to_keep_before_issuing(has_list):
    store = FakeStore(keeps=False, hands_back=True)
    case = Case(record(), False, FakeVendor(["old"], has_list=has_list), store, Policy(renew="always"))
    outcome = case.run(check_mode=True)
    assert case.known
    assert outcome.announced == replace(case.known, pending=Pending((fingerprint("old"),) if has_list else (), NOW))
    assert outcome.listed == (("old",) if has_list else None)
    assert (case.vendor.changing, outcome.issued) == ([], True)


def test_a_replaced_token_lives_through_its_grace():
    case = Case(record(), vendor=FakeVendor(["old"]), policy=Policy(renew="always", grace=60))
    case.run()
    assert case.vendor.alive == ["old", "new1"]
    assert case.stored.retiring == (Retiring(token_of(case.known), NOW + 60),)


def test_a_replaced_token_that_nobody_can_revoke_retires_when_it_expires():
    known = record(expires_at=NOW + 100)
    case = Case(known, vendor=FakeVendor(["old"], revocable=False))
    case.run()
    assert case.stored.retiring == (Retiring(token_of(known), NOW + 100),)
    assert (case.vendor.changing, case.warnings) == (["issue"], [])
    # That it has expired is nothing to do.
    later = Case(case.stored, vendor=case.vendor, now=lambda: NOW + 100)
    assert later.run().changed is False


def test_a_replaced_token_that_never_ends_is_warned_of():
    case = Case(record(), vendor=FakeVendor(["old"], revocable=False), policy=Policy(renew="always"))
    case.run()
    assert case.stored.retiring == ()
    assert case.warnings == [f"The replaced token {fingerprint('old')} stays valid: It ends at dawn."]


EXCLUSIVE = Policy(exclusive=True, keep=("keep me", fingerprint("by name")))


@pytest.mark.parametrize("has_list_in_check", [True, False])
@pytest.mark.parametrize("policy", [EXCLUSIVE, replace(EXCLUSIVE, renew="always"), replace(EXCLUSIVE, verify=False)])
def test_exclusive_ends_all_tokens_but_the_known_and_the_kept(policy, has_list_in_check, monkeypatch):
    vendor = FakeVendor(["old", "a", "keep me", "b", "by name"])
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
    case = Case(vendor=FakeVendor(["first", "b", "c"]), policy=Policy())
    case.run("absent_all")
    assert case.vendor.changing == ["revoke c", "revoke b", "revoke first"]


# present with count


@pytest.mark.parametrize(
    ("alive", "policy", "left", "reason"),
    [
        ([], Policy(), ["new1"], "the vendor lists 0 tokens, 1 missing of 1"),
        (["a"], Policy(), ["a"], "the vendor lists 1 token"),
        (["a", "b"], Policy(), ["a", "b"], "the vendor lists 2 tokens"),
        (["a"], Policy(count=3), ["a", "new1", "new2"], "the vendor lists 1 token, 2 missing of 3"),
        (["a", "b", "c"], Policy(exclusive=True), ["a"], "the vendor lists 3 tokens, 2 tokens to revoke"),
        (["a", "b"], Policy(exclusive=True, keep=("b",)), ["a", "b"], "the vendor lists 2 tokens"),
        ([], Policy(exclusive=True, count=2), ["new1", "new2"], "the vendor lists 0 tokens, 2 missing of 2"),
    ],
)
def test_count_is_reached(alive, policy, left, reason):
    case = Case(vendor=FakeVendor(list(alive)), policy=policy, store=FakeStore(keeps=False))
    outcome = case.run("present_count")
    assert (list(outcome.tokens), case.vendor.alive) == (left, left)
    assert (outcome.changed, outcome.reason) == (alive != left, reason)
    assert outcome.issued is (len(left) > len(alive))
    assert token_of(after(outcome)).value == left[0]
    assert (token_of(outcome.before).value if outcome.before else None) == (alive[0] if alive else None)
    again = Case(vendor=case.vendor, policy=policy).run("present_count")
    assert (again.changed, list(again.tokens)) == (False, left)


def test_count_cannot_be_reached_without_credentials():
    case = Case(vendor=FakeVendor(missing="give a password"))
    with pytest.raises(OptionError, match=r"1 missing of 1.*give a password"):
        case.run("present_count")


# absent


def test_nothing_known_is_nothing_to_do():
    outcome = Case().run("absent")
    assert (outcome.changed, outcome.reason, outcome.revoked) == (False, "no token was known", None)


@pytest.mark.parametrize(
    ("known", "alive", "verify", "calls", "reason"),
    [
        (record(), ["old"], True, ["check old", "revoke old"], "1 token revoked"),
        (record(), ["old"], False, ["revoke old"], "1 token revoked"),
        (record(), [], True, ["check old"], "the token had ended already"),
        (record(), [], False, ["revoke old"], "the token had ended already"),
        (record(expires_at=NOW), [], True, ["check old"], "the token had ended already"),
        (record(expires_at=NOW), ["old"], True, ["check old", "revoke old"], "1 token revoked"),
        (record(expires_at=NOW), [], False, ["revoke old"], "the token had ended already"),
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
    case = Case(known, vendor=FakeVendor(list(alive)), policy=Policy(verify=verify))
    outcome = case.run("absent")
    assert (case.vendor.calls, case.store.calls, case.store.record) == (calls, ["remove"], None)
    assert (outcome.changed, outcome.revoked, outcome.reason) == (True, True, reason)
    assert (outcome.before, outcome.after) == (known, None)


@pytest.mark.parametrize(("expires_at", "until"), [(None, "without limit"), (NOW + 3600, "until 1970-01-01T01:16:40Z")])
def test_absent_is_honest_about_a_token_that_lives_on(expires_at, until):
    case = Case(record(expires_at=expires_at), vendor=FakeVendor(["old"], revocable=False))
    outcome = case.run("absent")
    assert (outcome.changed, outcome.revoked) == (True, False)
    assert outcome.reason == "the token is forgotten, but the vendor still accepts it"
    assert case.warnings == [f"The token {fingerprint('old')} stays valid {until}: It ends at dawn."]
    assert case.store.record is None


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        ({"check": ["down"]}, NoClearAnswer),
        ({"revoke": ["down"]}, NoClearAnswer),
        ({"revoke": ["refused"]}, VendorRefused),
        ({"revoke": ["lost before"]}, NoClearAnswer),
        ({"revoke": ["lost after"], "check": ["", "down"]}, NoClearAnswer),
    ],
)
def test_absent_forgets_nothing_when_the_vendor_gives_no_clear_answer(faults, error):
    case = Case(record(), vendor=FakeVendor(["old"], faults=copy.deepcopy(faults)))
    with pytest.raises(error):
        case.run("absent")
    assert (case.store.calls, kept(case)) == ([], "old")


def test_a_lost_reply_to_revoke_is_settled_by_asking():
    case = Case(record(), vendor=FakeVendor(["old"], faults={"revoke": ["lost after"]}))
    assert case.run("absent").revoked is True
    assert (case.vendor.changing, case.store.record) == (["revoke old"], None)


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
    case = Case(known, vendor=FakeVendor(list(alive)))
    outcome = case.run("absent_all")
    assert (outcome.changed, outcome.reason, outcome.revoked) == (changed, reason, True)
    assert (case.vendor.alive, case.store.record) == ([], None)
    assert case.store.calls == ["remove"]


# Check mode

RETIRING = record(retiring=[Retiring(Token("r"), NOW)])
SITUATIONS: dict[str, tuple[str, Case]] = {
    "kept": ("present", Case(record(), vendor=FakeVendor(["old"]))),
    "kept unasked": ("present", Case(record(), policy=Policy(verify=False))),
    "refused": ("present", Case(record())),
    "unknown": ("present", Case()),
    "unknown, kept by the caller": ("present", Case(store=FakeStore(keeps=False))),
    "expired": ("present", Case(record(expires_at=NOW))),
    "expiring": ("present", Case(record(expires_at=NOW + 1), vendor=FakeVendor(["old"]))),
    "always": ("present", Case(record(), vendor=FakeVendor(["old"]), policy=Policy(renew="always"))),
    "adopted": ("present", Case(record(), kept=False, vendor=FakeVendor(["old"]))),
    "given": ("present", Case(record(), kept=False, vendor=FakeVendor(["old"]), store=FakeStore(keeps=False))),
    "given, refused": ("present", Case(record(), kept=False, store=FakeStore(keeps=False))),
    "retiring due": ("present", Case(RETIRING, vendor=FakeVendor(["old", "r"]))),
    "exclusive": ("present", Case(record(), vendor=FakeVendor(["old", "a"]), policy=Policy(exclusive=True))),
    "exclusive already": ("present", Case(record(), vendor=FakeVendor(["old"]), policy=Policy(exclusive=True))),
    "exclusive, new": ("present", Case(vendor=FakeVendor(["a"]), policy=Policy(exclusive=True))),
    "never": ("present", Case(policy=Policy(renew="never"))),
    "no credentials": ("present", Case(vendor=FakeVendor(missing="give a password"))),
    "down": ("present", Case(record(), vendor=FakeVendor(faults={"check": ["down"]}))),
    "count missing": ("present_count", Case(vendor=FakeVendor(["a"]), policy=Policy(count=3))),
    "count reached": ("present_count", Case(vendor=FakeVendor(["a"]))),
    "count exceeded": ("present_count", Case(vendor=FakeVendor(["a", "b"]), policy=Policy(exclusive=True))),
    "count, list down": ("present_count", Case(vendor=FakeVendor(faults={"list": ["down"]}))),
    "absent": ("absent", Case(record(), vendor=FakeVendor(["old"]))),
    "absent, given": (
        "absent",
        Case(record(), kept=False, vendor=FakeVendor(["old"]), store=FakeStore(keeps=False)),
    ),
    "absent, given, gone": ("absent", Case(record(), kept=False, store=FakeStore(keeps=False))),
    "absent, gone": ("absent", Case(record())),
    "absent, irrevocable": ("absent", Case(record(), vendor=FakeVendor(["old"], revocable=False))),
    "absent, given, irrevocable": (
        "absent",
        Case(record(), kept=False, vendor=FakeVendor(["old"], revocable=False)),
    ),
    "absent, unknown": ("absent", Case()),
    "absent, retiring": ("absent", Case(RETIRING, vendor=FakeVendor(["old", "r"]))),
    "absent, down": ("absent", Case(record(), vendor=FakeVendor(faults={"check": ["down"]}))),
    "all": ("absent_all", Case(record(), vendor=FakeVendor(["old", "a"]))),
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
        return outcome.changed, outcome.issued, outcome.revoked, outcome.before, one.warnings

    prediction = attempt(dry, True)
    assert (dry.vendor.changing, dry.store.calls) == ([], [])
    assert dry.vendor.alive == case.vendor.alive
    assert prediction == attempt(real, False)
    if prediction[0] is True:
        assert real.vendor.changing or real.store.calls
    elif prediction[0] is False and prediction[2] is not False:
        # What cannot be revoked is still tried
        assert real.vendor.changing == []


def test_check_mode_does_not_make_up_a_token():
    outcome = Case(record(), policy=Policy(renew="always")).run(check_mode=True)
    assert outcome.issued
    assert token_of(after(outcome)).value == "old"


# Whatever happens


@given(data=st.data())
def test_a_run_leaves_a_working_token_on_record_and_loses_none(data):
    """Any vendor with a list, any fault at any place: what is alive afterwards is on record, or was there before."""
    fault = st.sampled_from(["", "", "down", "refused", "lost before", "lost after"])
    faults = {
        operation: data.draw(st.lists(fault, max_size=3), label=operation)
        for operation in ("issue", "check", "revoke", "list")
    }
    alive = data.draw(st.sets(st.sampled_from(["old", "other"])), label="alive")
    case = Case(
        data.draw(st.sampled_from([None, record(), record(expires_at=NOW + 1), record(expires_at=NOW)]), label="known"),
        vendor=FakeVendor(sorted(alive), faults=faults),
        store=FakeStore(faults={"save": data.draw(st.lists(st.sampled_from(["", "full"]), max_size=3), label="save")}),
        policy=Policy(renew=data.draw(st.sampled_from(["auto", "always"]), label="renew")),
    )
    before = kept(case) or (case.known and token_of(case.known).value)
    try:
        outcome = case.run()
    except TelephonyError as failure:
        outcome, text = None, failure.message
    else:
        text = ""
    stored = case.store.record
    on_record = {token.value for token in stored.tokens} if stored else set()
    orphans = set(case.vendor.alive) - alive - on_record
    told = " ".join([text, *case.warnings])
    # What is pending will be found by the next run.
    pending = stored.pending.fingerprints if stored and stored.pending else None
    for orphan in map(fingerprint, orphans):
        assert orphan in told or "nobody knows" in told or (pending is not None and orphan not in pending)
    if outcome:
        assert stored is not None
        assert stored.token is not None
        assert stored.token.value in case.vendor.alive or not outcome.changed
    elif before in alive and case.known and token_of(case.known).expires_at != NOW:
        assert before in case.vendor.alive
        assert stored is not None
        assert before in on_record


# What an interrupted run left


def interrupted(*existed: str, token: Token | None = None) -> Record:
    pending = Pending(tuple(map(fingerprint, existed)), NOW - 60)
    return Record("fake", "https://fake.example", "joe", token, pending=pending)


OLD = Token("old", issued_at=10)


@pytest.mark.parametrize("token", [None, OLD])
def test_the_one_token_that_is_new_is_taken_over(token):
    case = Case(interrupted("old", token=token), vendor=FakeVendor(["old", "new"]))
    outcome = case.run()
    assert outcome.reason == "took over the token that an interrupted run had issued"
    assert (kept(case), case.stored.pending, after(outcome).token) == ("new", None, case.stored.token)
    assert case.stored.token
    assert case.stored.token.issued_at == NOW - 60
    assert case.vendor.changing == (["revoke old"] if token else [])


def test_when_none_is_new_another_one_is_issued():
    case = Case(interrupted("old"), vendor=FakeVendor(["old"]))
    assert case.run().issued
    assert (kept(case), case.vendor.alive) == ("new1", ["old", "new1"])


def test_when_none_is_new_and_the_known_one_works_only_the_note_goes():
    case = Case(interrupted("old", token=OLD), vendor=FakeVendor(["old"]))
    outcome = case.run()
    assert (outcome.changed, outcome.reason) == (True, "accepted, what an interrupted run left is settled")
    assert (case.stored.pending, case.vendor.changing) == (None, [])


@pytest.mark.parametrize("state", ["present", "absent"])
def test_when_several_are_new_nothing_is_touched(state):
    case = Case(interrupted("old", token=OLD), vendor=FakeVendor(["old", "a", "b"]))
    with pytest.raises(VendorRefused) as caught:
        case.run(state)
    assert caught.value.code == "ambiguous_tokens"
    assert f"several were made: {fingerprint('a')}, {fingerprint('b')}. Nothing was changed." in caught.value.message
    assert (case.vendor.changing, case.store.calls) == ([], [])


def test_the_way_out_is_to_name_one():
    policy = Policy(adopt=True, fingerprint=fingerprint("b"))
    case = Case(interrupted("old", token=OLD), vendor=FakeVendor(["old", "a", "b"]), policy=policy)
    case.run()
    assert (kept(case), case.vendor.alive) == ("b", ["a", "b"])
    assert f"these are left alone: {fingerprint('a')}." in case.warnings[0]
    # The option may stay in the task
    again = Case(case.stored, vendor=case.vendor, policy=policy)
    assert again.run().changed is False


def test_the_other_way_out_is_to_have_a_fresh_one():
    case = Case(interrupted("old"), vendor=FakeVendor(["old", "a", "b"]), policy=Policy(adopt=False))
    case.run()
    assert (kept(case), case.vendor.alive) == ("new1", ["old", "a", "b", "new1"])
    assert f"these are left alone: {fingerprint('a')}, {fingerprint('b')}." in case.warnings[0]


@pytest.mark.parametrize(("alive", "names"), [(["old", "a"], fingerprint("a")), (["old"], "there are none")])
def test_only_what_is_new_can_be_named(alive, names):
    policy = Policy(adopt=True, fingerprint=fingerprint("old"))
    case = Case(interrupted("old"), vendor=FakeVendor(alive), policy=policy)
    with pytest.raises(OptionError, match=rf"^fingerprint names none of the tokens that are new: {names}\.$"):
        case.run()
    assert (case.vendor.changing, case.store.calls) == ([], [])


def test_absent_ends_what_an_interrupted_run_made():
    case = Case(interrupted("other", token=OLD), vendor=FakeVendor(["other", "old", "new"]))
    assert case.run("absent").reason == "2 tokens revoked"
    assert (case.vendor.alive, case.store.record) == (["other"], None)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_where_there_is_no_list_the_next_run_tells(state):
    case = Case(interrupted(token=OLD), vendor=FakeVendor(["old"], has_list=False))
    case.run(state)
    interrupted_at = "A run was interrupted at 1970-01-01T00:15:40Z while it issued a token."
    assert case.warnings == [f"{interrupted_at} One may live that nobody knows: It ends at dawn."]


def test_a_token_that_is_taken_over_and_cannot_be_checked_is_kept_beside_the_old_one():
    vendor = FakeVendor(["old", "new"], faults={"check": ["down"]})
    case = Case(interrupted("old", token=OLD), vendor=vendor)
    assert case.run().changed
    assert (kept(case), vendor.alive, [old.token for old in case.stored.retiring]) == ("new", ["old", "new"], [OLD])


def test_a_token_that_is_taken_over_is_not_ended_when_it_cannot_be_saved():
    """It may be another service's. The next run finds it again."""
    case = Case(interrupted("old"), vendor=FakeVendor(["old", "new"]), store=FakeStore(faults={"save": ["full"]}))
    with pytest.raises(StoreError, match=r"^The store is full\.$"):
        case.run()
    assert case.vendor.changing == []


@pytest.mark.parametrize("has_list", [True, False])
@pytest.mark.parametrize("fault", ["down", "refused", "lost before"])
@pytest.mark.parametrize("known", [None, record()])
def test_while_a_token_is_issued_that_is_on_record(has_list, fault, known):
    vendor = FakeVendor(["old"], has_list=has_list, faults={"issue": [fault, fault]})
    case = Case(known, vendor=vendor, policy=Policy(renew="always"))
    seen: list[Record | None] = []
    vendor.on_call = lambda operation: seen.append(case.store.record) if operation == "issue" else None
    with pytest.raises(TelephonyError):
        case.run()
    assert seen[0]
    assert seen[0].token == (known and known.token)
    assert seen[0].pending == Pending((fingerprint("old"),) if has_list else (), NOW)
    # And when it is sure that none was issued, it is not
    nobody_knows = fault == "lost before" and not has_list
    assert case.store.record == (seen[0] if nobody_knows else known)


def test_what_was_not_on_file_does_not_get_there_by_a_failure():
    case = Case(record(), kept=False, vendor=FakeVendor([], faults={"issue": ["refused"]}))
    with pytest.raises(VendorRefused):
        case.run()
    assert case.store.record is None


def test_that_the_record_cannot_be_put_back_is_told():
    vendor = FakeVendor(faults={"issue": ["refused"]})
    case = Case(record(), vendor=vendor, store=FakeStore(faults={"save": ["", "full"]}))
    with pytest.raises(VendorRefused):
        case.run()
    assert case.warnings == ["The store is full."]


def test_when_the_vendor_may_still_be_at_work_another_try_is_left_to_the_next_run():
    case = Case(vendor=FakeVendor(faults={"issue": ["timeout"]}))
    with pytest.raises(NoClearAnswer) as caught:
        case.run()
    assert "A token may yet be made that nobody knows: the vendor's list will tell." in caught.value.message
    assert (case.vendor.changing, case.stored.pending) == (["issue"], Pending((), NOW))
    case.vendor.alive.append("late")
    again = Case(case.stored, vendor=case.vendor)
    again.run()
    assert (kept(again), again.vendor.changing) == ("late", ["issue"])


# When the next run has something to do


@pytest.mark.parametrize(
    ("known", "policy", "moment"),
    [
        (record(), Policy(), None),
        (record(expires_at=NOW), Policy(), NOW - 300),
        (record(expires_at=NOW), Policy(renew_before=0), NOW),
        (record(), Policy(max_age=100), 110),
        (record(expires_at=405), Policy(max_age=100), 105),
        (record(retiring=[Retiring(OLD, 200), Retiring(OLD, 100)]), Policy(), 100),
        (record(retiring=[Retiring(Token("r", expires_at=100), 100)]), Policy(), None),
        (record(retiring=[Retiring(Token("r", expires_at=100), 99)]), Policy(), 99),
        (interrupted(), Policy(max_age=1), None),
    ],
)
def test_the_next_action_is_the_first_that_comes(known, policy, moment):
    assert Lifecycle(FakeVendor(), FakeStore(), policy, lambda: NOW, False).next_action_at(known) == moment


def test_the_age_of_a_token_from_elsewhere_counts_from_now():
    given = replace(record(), token=Token("old"))
    case = Case(given, kept=False, vendor=FakeVendor(["old"]), policy=Policy(max_age=100))
    assert case.run().changed
    assert case.stored.token == Token("old", issued_at=NOW)


def test_absent_names_each_token_that_lives_on():
    dead = Retiring(Token("dead"), NOW)
    case = Case(
        record(retiring=[dead, Retiring(Token("r", expires_at=NOW + 9), NOW)]),
        vendor=FakeVendor(["old", "r"], revocable=False),
    )
    case.run("absent")
    assert [warning.split(":")[0] for warning in case.warnings] == [
        f"The token {fingerprint('old')} stays valid without limit",
        f"The token {fingerprint('r')} stays valid until 1970-01-01T00",
    ]


def test_what_fails_after_a_new_token_is_on_record_is_left_to_the_next_run():
    vendor = FakeVendor(["a"], faults={"revoke": ["down"]})
    case = Case(vendor=vendor, policy=EXCLUSIVE, store=FakeStore(keeps=False))
    outcome = case.run()
    assert after(outcome).token
    assert case.warnings == ["The new token is on record, but not all others have ended: The vendor is down."]
    assert vendor.alive == ["a", "new1"]


def test_the_same_token_again_is_neither_retired_nor_taken_back():
    vendor = FakeVendor(["new1"])
    case = Case(record("new1"), vendor=vendor, policy=Policy(renew="always"))
    case.store.faults["save"] = ["", "full"]
    with pytest.raises(StoreError) as caught:
        case.run()
    assert caught.value.message == f"The store is full. The token {fingerprint('new1')} was left alone."
    assert vendor.changing == ["issue"]
