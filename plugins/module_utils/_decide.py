# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done, from the record, what was seen of the vendor, the options and the time.

Pure: no request, no store, no clock. Check mode tells the decision, a run carries it out.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.telephony.auth.plugins.module_utils import _listing
from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment, iso
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._listing import ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    MOST_RETIRING,
    MOST_UNCLEAR,
    Record,
    Retiring,
    Token,
)
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Traits, Verdict


@dataclass(frozen=True)
class Policy:
    """The wanted state, from the options. Times are seconds."""

    verify: bool = True
    renew: str = "auto"
    renew_before: int = 300
    max_age: int | None = None
    grace: int = 0
    listing: ListPolicy = field(default_factory=ListPolicy)


@dataclass(frozen=True)
class Known:
    """The record a run starts with.

    kept: it need not be saved, as the store has it (not so for a token given as an option). removable: the store has it,
    and absent takes it from there.
    """

    record: Record
    kept: bool = True
    removable: bool = True


@dataclass(frozen=True)
class Seen:
    """What was observed before the decision.

    verdicts are by the token's value. failure is why there is none about the token on record. listed is what the vendor's
    list names, where there is one and it was read. candidate is a listed token that may be taken over.
    """

    verdicts: t.Mapping[str, Verdict] = field(default_factory=dict, repr=False)
    failure: TelephonyError | None = None
    listed: tuple[str, ...] | None = field(default=None, repr=False)
    candidate: Token | None = None

    def of(self, token: Token | None) -> Verdict | None:
        return self.verdicts.get(token.value) if token else None


@dataclass(frozen=True)
class Need:
    """Why a new token is needed. refused: the vendor does not accept the old one, so that it needs no grace."""

    reason: str
    refused: bool = False


@dataclass(frozen=True)
class Decision:
    """What a run is going to do, and what check mode tells.

    record is the one to be kept, before anything of it ends; None: the record is to be removed, or there never was one.
    need says why a token is to be issued first, in which case record is what stands there until then. missing is how many
    are to be issued. listed are, with count, the tokens that the API user has already and keeps.
    ends are the tokens to be revoked because they are on record, others those that are only on the vendor's list.
    """

    reason: str
    known: Known | None = None
    record: Record | None = None
    saves: bool = False
    need: Need | None = None
    missing: int = 0
    listed: tuple[str, ...] | None = field(default=None, repr=False)
    ends: tuple[Token, ...] = ()
    others: tuple[str, ...] = field(default=(), repr=False)
    changed: bool = False
    revoked: bool | None = None
    verdict: Verdict | None = None
    seen: Seen = field(default_factory=Seen)
    suspects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def before(self) -> Record | None:
        return self.known.record if self.known else None


def present(known: Known | None, seen: Seen, policy: Policy, moment: Moment, vendor: Traits) -> Decision:
    """A token that the vendor accepts exists and is known.

    Raises what seen.failure holds where nothing else tells that a token is needed, VendorRefused where renew forbids to
    issue one, and OptionError where the options do not suffice.
    """
    if known is None:
        return _issue(Decision("", seen=seen), Need("no token was known"), policy, moment, vendor)
    adopted, told = _adopt(known.record, seen, policy, moment, vendor)
    record, suspects, warnings = _settle(adopted, (), seen, policy, moment, vendor)
    base = Decision("", known, record, seen=seen, suspects=suspects, warnings=(*told, *warnings))
    if seen.candidate and record.token and record.token.value == seen.candidate.value:
        return _take_over(base, policy, moment, vendor)
    need = _need(record.token, seen, policy, moment, vendor)
    return _issue(base, need, policy, moment, vendor) if need else _keep(base, policy, moment, vendor)


def _adopt(
    record: Record, seen: Seen, policy: Policy, moment: Moment, vendor: Traits
) -> tuple[Record, tuple[str, ...]]:
    """The record with the candidate in it, if the vendor accepts it; and warnings."""
    verdict = seen.of(seen.candidate)
    if not (seen.candidate and verdict and verdict.accepted):
        return _confirmed(record, policy), ()
    token = replace(seen.candidate, details=verdict.details)
    need = Need("", refused=_is_refused(seen.of(record.token)))
    after, warnings = successor(record, token, need, policy, moment, vendor)
    return replace(after, pending=record.pending), warnings


def _confirmed(record: Record, policy: Policy) -> Record:
    """The record whose token is no guess any more, if the task names it."""
    token, listing = record.token, policy.listing
    if token and token.guessed and listing.adopt and listing.fingerprint == token.fingerprint:
        return replace(record, token=replace(token, guessed=False))
    return record


def _settle(
    record: Record,
    ends: tuple[Token, ...],
    seen: Seen,
    policy: Policy,
    moment: Moment,
    vendor: Traits,
) -> tuple[Record, tuple[str, ...], tuple[str, ...]]:
    """The record once its earlier attempts are judged; suspects and warnings. ends are tokens that end although no record names them."""
    if seen.listed is not None:
        managed = [_listing.told_as(vendor.listed_as(token), vendor) for token in (*record.tokens, *ends)]
        settled = _listing.settle(record, managed, seen.listed, policy.listing, moment, vendor)
        return replace(record, pending=None, unclear=settled.unclear), settled.suspects, settled.warnings
    # Each run tells of them for a while, and the one that forgets them: one that is killed has told nobody.
    return (
        replace(record, pending=None, unclear=_listing.open_attempts(record, moment)),
        (),
        tuple(
            f"A run was interrupted at {iso(attempt.since)} while it issued a token. One may live that nobody knows:"
            f" {vendor.how_it_ends}"
            for attempt in record.attempts
        ),
    )


def _is_refused(verdict: Verdict | None) -> bool:
    return verdict is not None and not verdict.accepted


def _take_over(base: Decision, policy: Policy, moment: Moment, vendor: Traits) -> Decision:
    record = t.cast(Record, base.record)
    token = t.cast(Token, record.token)
    others = _others(base, policy, record, vendor)
    reason = sentence("took over the token that an interrupted run had issued", revoking(len(others)))
    ends = due(record, policy, moment, vendor)
    return replace(
        base,
        reason=reason,
        saves=True,
        changed=True,
        ends=ends,
        others=others,
        verdict=base.seen.of(token),
    )


def _need(token: Token | None, seen: Seen, policy: Policy, moment: Moment, vendor: Traits) -> Need | None:
    """Why a new token is needed, if it is."""
    if token is None:
        return Need("no token was known")
    if policy.renew == "always":
        return Need("renew=always")
    verdict = seen.of(token)
    by_time = _need_by_time(token, policy, moment, verdict)
    if verdict is None or verdict.accepted:
        if seen.failure and not by_time:
            raise seen.failure
        return by_time
    refusal = f"the vendor does not accept the token any more ({verdict.reason}; asked was {vendor.api_url})"
    return Need(by_time.reason if by_time else refusal, refused=True)


def _need_by_time(token: Token, policy: Policy, moment: Moment, verdict: Verdict | None) -> Need | None:
    expires, issued, now = token.expires_at, token.issued_at, moment.now
    if not moment.certain and verdict and verdict.asked:
        # Whichever clock is wrong: what the vendor has just said counts.
        return None
    if expires is not None and expires <= now:
        return Need(f"the token expired at {iso(expires)}")
    if expires is not None and expires <= now + policy.renew_before:
        return Need(f"the token expires at {iso(expires)}")
    if issued is not None and policy.max_age is not None and issued + policy.max_age <= now:
        return Need(f"the token was issued at {iso(issued)}, longer ago than max_age")
    return None


def _keep(base: Decision, policy: Policy, moment: Moment, vendor: Traits) -> Decision:
    known, record = t.cast(Known, base.known), t.cast(Record, base.record)
    verdict = base.seen.of(record.token)
    token = t.cast(Token, record.token)
    # Fresh facts are for the result only: a balance that moves is no reason to write the record.
    fresh = replace(token, details={**token.details, **(verdict.details if verdict else {})})
    record = replace(record, identity=record.identity or vendor.owner(fresh))
    if not known.kept and token.issued_at is None:
        # When it was made nobody can tell any more. For max_age it counts from now.
        record = replace(record, token=replace(token, issued_at=moment.now))
    ends = due(record, policy, moment, vendor)
    others = _others(base, policy, record, vendor)
    settles = (record.pending, record.unclear) != (known.record.pending, known.record.unclear)
    confirms = token.guessed != t.cast(Token, known.record.token).guessed
    differs = verdict.differs if verdict else {}
    reason = sentence(
        verdict.reason if verdict else "the token has not expired" if token.expires_at else "not asked",
        *(f"{name} to be {'true' if wanted else 'false'}" for name, (_is, wanted) in differs.items()),
        "" if known.kept else "now on record",
        "what an interrupted run left is settled" if settles else "",
        "confirmed to be ours" if confirms else "",
        revoking(len(ends) + len(others)),
    )
    saves = not known.kept or settles or confirms
    return replace(
        base,
        reason=reason,
        record=record,
        saves=saves,
        changed=bool(saves or ends or others or differs),
        ends=ends,
        others=others,
        verdict=verdict,
    )


def _issue(base: Decision, need: Need, policy: Policy, moment: Moment, vendor: Traits) -> Decision:
    check_issue(need.reason, policy, vendor)
    record = base.record
    ends = due(record, policy, moment, vendor) if record else ()
    if record:
        must_have_room(replace(record, retiring=tuple(old for old in record.retiring if old.token not in ends)), vendor)
    others = _others(base, policy, record, vendor)
    return replace(
        base,
        reason=sentence(need.reason, revoking(len(others))),
        need=need,
        missing=1,
        ends=ends,
        changed=True,
        others=others,
        verdict=base.seen.of(record.token if record else None),
    )


def must_have_room(record: Record, vendor: Traits) -> None:
    """Whether the record can name one more token and one more attempt. Raises OptionError."""
    if sum(vendor.can_revoke(old.token, leaving=False) for old in record.retiring) >= MOST_RETIRING:
        raise OptionError(
            f"{MOST_RETIRING} replaced tokens still have to be revoked; no more can be kept. Issue fewer, or shorten grace.",
            code="too_many_tokens",
        )
    if len(record.unclear) >= MOST_UNCLEAR:
        raise OptionError(
            f"{MOST_UNCLEAR} requests for a token got no clear answer, so no more are made for now.",
            code="too_many_tokens",
        )


def check_issue(reason: str, policy: Policy, vendor: Traits) -> None:
    """Whether a token may and can be issued. Raises VendorRefused, OptionError."""
    if policy.renew == "never":
        raise VendorRefused(
            f"A new token is needed ({reason}), but renew=never forbids to issue one.", code="renewal_needed"
        )
    missing = vendor.cannot_issue()
    if missing:
        raise OptionError(f"A new token is needed ({reason}). {missing}", code="credentials_missing")


def _others(base: Decision, policy: Policy, record: Record | None, vendor: Traits) -> tuple[str, ...]:
    return _listing.others(base.seen.listed or (), record, policy.listing, vendor)


def successor(
    before: Record | None, token: Token, need: Need, policy: Policy, moment: Moment, vendor: Traits
) -> tuple[Record, tuple[str, ...]]:
    """The record with a new token, and the old one retiring; and warnings."""
    warnings: tuple[str, ...] = ()
    retiring = before.retiring if before else ()
    old = before.token if before else None
    # Some vendors give a token again.
    if old and old.value != token.value:
        added, warnings = _retire(old, need, policy, moment, vendor)
        retiring += added
    left = [each for each in retiring if each.token.value != token.value and not _is_over(each.token, moment)]
    # Those that only wait for their end: the oldest give way.
    waiting = [each for each in left if not vendor.can_revoke(each.token, leaving=False)]
    left = [each for each in left if each not in waiting[:-MOST_RETIRING]]
    lasts = None if token.expires_at is None or token.issued_at is None else token.expires_at - token.issued_at
    if lasts is not None and lasts <= policy.renew_before:
        what = f"The new token lives for {lasts} seconds, no longer than renew_before, so each run will renew it."
        warnings += (f"{what} Set renew_before to at most {max(0, lasts // 2)}.",)
    identity = vendor.identity or (before.identity if before else None) or vendor.owner(token)
    return (
        Record(vendor.name, vendor.api_url, identity, token, tuple(left), None, before.unclear if before else ()),
        warnings,
    )


def _retire(
    old: Token, need: Need, policy: Policy, moment: Moment, vendor: Traits
) -> tuple[tuple[Retiring, ...], tuple[str, ...]]:
    """How a replaced token ends. One refusal proves nothing, so also what the vendor refuses is revoked."""
    if old.guessed:
        what = f"The replaced token {old.fingerprint} was taken over by guess, so it was left alone."
        return (), (f"{what} If it is yours, end it at the vendor.",)
    if vendor.can_revoke(old, leaving=False):
        return (Retiring(old, moment.now + (0 if need.refused else policy.grace)),), ()
    if old.expires_at is not None:
        return (Retiring(old, old.expires_at),), ()
    if need.refused:
        return (), ()
    return (), (f"The replaced token {old.fingerprint} stays valid: {vendor.how_it_ends}",)


def _is_over(token: Token, moment: Moment) -> bool:
    """Whether a replaced token has ended by itself."""
    return moment.certain and token.expires_at is not None and token.expires_at <= moment.now


def due(record: Record, policy: Policy, moment: Moment, vendor: Traits) -> tuple[Token, ...]:
    """The replaced tokens that are to be revoked now."""
    return tuple(old.token for old in record.retiring if _is_due(old, policy, moment, vendor))


def _is_due(old: Retiring, policy: Policy, moment: Moment, vendor: Traits) -> bool:
    """Whether a replaced token is to be revoked now. What has expired goes with the next new token instead."""
    return (
        old.revoke_at <= moment.now
        and (moment.certain or policy.grace == 0)
        and not _is_over(old.token, moment)
        and vendor.can_revoke(old.token, leaving=False)
    )


def absent(known: Known | None, seen: Seen, policy: Policy, moment: Moment, vendor: Traits) -> Decision:
    """The known token and all that are retiring are revoked, and the record removed."""
    if known is None:
        return Decision("no token was known, so none was ended", seen=seen)
    record = _confirmed(known.record, policy)
    named = (seen.candidate,) if seen.candidate and not seen.candidate.guessed else ()
    record, suspects, warnings = _settle(record, named, seen, policy, moment, vendor)
    ends = (*(token for token in record.tokens if not token.guessed), *named)
    if seen.listed is not None:
        warnings += _listing.still_open(record.unclear)
    warnings += tuple(
        f"The token {token.fingerprint} was taken over by guess, so it was left alone. If it is yours, end it at the vendor,"
        " or confirm it beforehand with adopt=true and fingerprint."
        for token in record.tokens
        if token.guessed
    )
    foretold = {token.value: _foretell(token, seen, vendor) for token in ends}
    return tell_absent(Decision("", known, None, ends=ends, seen=seen, suspects=suspects, warnings=warnings), foretold)


def _foretell(token: Token, seen: Seen, vendor: Traits) -> Ended:
    if _is_refused(seen.of(token)):
        return Ended.ALREADY_GONE
    return Ended.REVOKED if vendor.can_revoke(token, leaving=True) else Ended.STILL_VALID


def tell_absent(decision: Decision, ended: t.Mapping[str, Ended]) -> Decision:
    """The decision with what became, or will become, of its tokens, by their values."""
    ends = list(ended.values())
    if Ended.STILL_VALID in ends:
        reason = "the token is forgotten, but the vendor still accepts it"
    elif Ended.REVOKED in ends:
        reason = f"{tokens(ends.count(Ended.REVOKED))} revoked"
    elif decision.ends:
        reason = "the token had ended already"
    else:
        reason = "the record was removed"
    removes = decision.known is not None and decision.known.removable
    return replace(
        decision, reason=reason, changed=removes or Ended.REVOKED in ends, revoked=Ended.STILL_VALID not in ends
    )


def next_action_at(record: Record, policy: Policy) -> int | None:
    """When the next run has something to do, in Unix seconds; None: never, as far as is known."""
    token = record.token
    # What merely expires needs no run.
    times = [
        old.revoke_at for old in record.retiring if old.token.expires_at is None or old.revoke_at < old.token.expires_at
    ]
    times += _listing.closes_at(record)
    if token and token.expires_at is not None:
        times.append(token.expires_at - policy.renew_before)
    if token and token.issued_at is not None and policy.max_age is not None:
        times.append(token.issued_at + policy.max_age)
    return min(times, default=None)


def tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number} tokens"


def revoking(number: int) -> str:
    return f"{tokens(number)} to revoke" if number else ""


def sentence(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
