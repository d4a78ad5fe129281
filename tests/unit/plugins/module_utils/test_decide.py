# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.telephony.auth.plugins.module_utils import _decide
from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment
from ansible_collections.telephony.auth.plugins.module_utils._decide import Known, Need, Policy, Seen
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer, OptionError, VendorRefused
from ansible_collections.telephony.auth.plugins.module_utils._listing import ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Retiring, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import FakeVendor

NOW = 10_000
MOMENT = Moment(NOW)
TOKEN = Token("old", issued_at=NOW - 100, expires_at=NOW + 1000)
RECORD = Record("fake", "https://fake.example", "joe", TOKEN)
ACCEPTED = Verdict(True, "accepted", {"balance": 7})
REFUSED = Verdict(False, "unknown token")
DOWN = NoClearAnswer("down", code="server_error")


def seen(verdict: Verdict | None = ACCEPTED, failure: NoClearAnswer | None = None) -> Seen:
    return Seen({TOKEN.value: verdict} if verdict else {}, failure)


def present(record: Record = RECORD, what: Seen | None = None, policy: Policy | None = None, moment: Moment = MOMENT):
    return _decide.present(Known(record), what or seen(), policy or Policy(), moment, FakeVendor())


@pytest.mark.parametrize(
    ("what", "policy", "moment", "reason"),
    [
        (seen(), Policy(), MOMENT, None),
        (seen(None), Policy(), MOMENT, None),
        (seen(REFUSED), Policy(), MOMENT, "the vendor does not accept the token any more (unknown token; asked was https://fake.example)"),
        (seen(), Policy(renew="always"), MOMENT, "renew=always"),
        (seen(), Policy(renew_before=1000), MOMENT, "the token expires at 1970-01-01T03:03:20Z"),
        (seen(), Policy(), Moment(NOW + 1000), "the token expired at 1970-01-01T03:03:20Z"),
        (seen(REFUSED), Policy(), Moment(NOW + 1000), "the token expired at 1970-01-01T03:03:20Z"),
        (seen(), Policy(max_age=100), MOMENT, "the token was issued at 1970-01-01T02:45:00Z, longer ago than max_age"),
        (seen(None, DOWN), Policy(max_age=100), MOMENT, "the token was issued at 1970-01-01T02:45:00Z, longer ago than max_age"),
        # Whichever clock is wrong, what the vendor has just said counts
        (seen(), Policy(max_age=100), Moment(NOW + 10**6, certain=False), None),
        (seen(REFUSED), Policy(), Moment(NOW, certain=False), "the vendor does not accept the token any more (unknown token; asked was https://fake.example)"),
        (seen(replace(ACCEPTED, asked=False)), Policy(), Moment(NOW + 1000, False), "the token expired at 1970-01-01T03:03:20Z"),
    ],
)  # fmt: skip
def test_a_token_is_issued_only_when_it_is_needed(what, policy, moment, reason):
    decision = present(what=what, policy=policy, moment=moment)
    assert (decision.need and decision.need.reason) == reason
    assert (decision.missing, decision.changed) == ((1, True) if reason else (0, False))


def test_no_clear_answer_and_no_other_reason_is_a_failure():
    with pytest.raises(NoClearAnswer):
        present(what=seen(None, DOWN))


def test_what_cannot_or_must_not_be_issued_is_a_failure():
    with pytest.raises(VendorRefused, match="renew=never"):
        present(what=seen(REFUSED), policy=Policy(renew="never"))
    with pytest.raises(OptionError, match="password is not set"):
        _decide.present(None, Seen(), Policy(), MOMENT, FakeVendor(missing="password is not set."))


def test_a_decision_changes_nothing_that_it_was_given():
    record = replace(RECORD, pending=Attempt(NOW - 10), retiring=(Retiring(Token("r"), NOW),))
    before = repr(record)
    present(record, policy=Policy(renew="always"))
    _decide.absent(Known(record), seen(), Policy(), MOMENT, FakeVendor())
    assert repr(record) == before


@pytest.mark.parametrize(
    ("token", "need", "revocable", "certain", "retiring"),
    [
        (TOKEN, Need("x"), True, True, (Retiring(TOKEN, NOW + 60),)),
        (TOKEN, Need("x", refused=True), True, True, (Retiring(TOKEN, NOW),)),
        (TOKEN, Need("x"), False, True, (Retiring(TOKEN, NOW + 1000),)),
        (TOKEN, Need("x", refused=True), False, True, (Retiring(TOKEN, NOW + 1000),)),
        (replace(TOKEN, expires_at=NOW), Need("x"), True, True, ()),
        (replace(TOKEN, expires_at=NOW), Need("x"), True, False, (Retiring(replace(TOKEN, expires_at=NOW), NOW + 60),)),
        (replace(TOKEN, expires_at=None), Need("x", refused=True), False, True, ()),
        (replace(TOKEN, guessed=True), Need("x"), True, True, ()),
        (Token("new"), Need("x"), True, True, ()),
    ],
    ids=[
        "grace",
        "refused",
        "irrevocable",
        "refused, irrevocable",
        "expired",
        "expired?",
        "endless",
        "guessed",
        "same",
    ],
)
def test_how_a_replaced_token_ends(token, need, revocable, certain, retiring):
    record, _warnings = _decide.successor(
        replace(RECORD, token=token),
        Token("new"),
        need,
        Policy(grace=60),
        Moment(NOW, certain),
        FakeVendor(revocable=revocable),
    )
    assert (record.token, record.retiring) == (Token("new"), retiring)


@pytest.mark.parametrize(
    ("revoke_at", "expires_at", "moment", "grace", "due"),
    [
        (NOW, None, MOMENT, 60, True),
        (NOW + 1, None, MOMENT, 0, False),
        (NOW, NOW, MOMENT, 0, False),
        (NOW, None, Moment(NOW, certain=False), 60, False),
        (NOW, NOW, Moment(NOW, certain=False), 0, True),
    ],
)
def test_which_replaced_tokens_are_due(revoke_at, expires_at, moment, grace, due):
    old = Token("r", expires_at=expires_at)
    record = replace(RECORD, retiring=(Retiring(old, revoke_at),))
    assert _decide.due(record, Policy(grace=grace), moment, FakeVendor()) == ((old,) if due else ())
    assert _decide.due(record, Policy(grace=grace), moment, FakeVendor(revocable=False)) == ()


def test_absent_revokes_also_what_was_refused():
    decision = _decide.absent(Known(RECORD), seen(REFUSED), Policy(), MOMENT, FakeVendor())
    assert (decision.ends, decision.reason, decision.revoked) == ((TOKEN,), "the token had ended already", True)
    told = _decide.tell_absent(decision, {TOKEN.value: Ended.REVOKED})
    assert (told.reason, told.changed) == ("1 token revoked", True)


def test_absent_of_a_record_that_is_only_pending_removes_it():
    record = Record("fake", "https://fake.example", "joe", None, pending=Attempt(NOW - 10))
    decision = _decide.absent(Known(record), Seen(listed=("a",)), Policy(), MOMENT, FakeVendor())
    assert (decision.reason, decision.changed, decision.ends) == ("the record was removed", True, ())
    assert decision.suspects == (fingerprint("a"),)


def test_exclusive_spares_what_is_on_record_or_to_be_kept():
    policy = Policy(listing=ListPolicy(exclusive=True, keep=("keep me",)))
    what = replace(seen(), listed=("old", "keep me", "other"))
    decision = present(what=what, policy=policy)
    assert (decision.others, decision.reason) == (("other",), "accepted, 1 token to revoke")


ATTEMPT = Attempt(NOW - 60)


@pytest.mark.parametrize(
    ("record", "policy", "moment"),
    [
        (replace(RECORD, token=replace(TOKEN, expires_at=None)), Policy(), None),
        (RECORD, Policy(), NOW + 700),
        (RECORD, Policy(renew_before=0), NOW + 1000),
        (RECORD, Policy(max_age=150), NOW + 50),
        (replace(RECORD, retiring=(Retiring(Token("r"), 200), Retiring(Token("s"), 100))), Policy(), 100),
        (replace(RECORD, retiring=(Retiring(Token("r", expires_at=100), 100),)), Policy(), NOW + 700),
        (replace(RECORD, retiring=(Retiring(Token("r", expires_at=100), 99),)), Policy(), 99),
        (replace(RECORD, unclear=(ATTEMPT,)), Policy(), NOW + 540),
        (replace(RECORD, unclear=(replace(ATTEMPT, suspects=("x",)),)), Policy(), NOW + 700),
        (replace(RECORD, token=None), Policy(max_age=1), None),
    ],
)
def test_the_next_action_is_the_first_that_comes(record, policy, moment):
    assert _decide.next_action_at(record, policy) == moment
