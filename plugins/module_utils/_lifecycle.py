# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one state machine: when a token is kept, issued, retired and revoked. No HTTP, no Ansible, no clock of its own."""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    Pending,
    Record,
    Retiring,
    Store,
    Token,
)
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint


@dataclass(frozen=True)
class Verdict:
    """A vendor's clear answer about one token. listed are the values of all tokens of its user, where it tells them.

    asked is false where there is no way to ask, so that a token counts as accepted on trust.
    """

    accepted: bool
    reason: str
    details: t.Mapping[str, t.Any] = field(default_factory=dict)
    listed: tuple[str, ...] | None = field(default=None, repr=False)
    asked: bool = True


class Ended(enum.Enum):
    """What became of a token that was to be revoked."""

    REVOKED = "revoked"
    ALREADY_GONE = "already gone"
    STILL_VALID = "still valid"


class Vendor(t.Protocol):
    """What the lifecycle asks of a vendor. Every call may raise NoClearAnswer or VendorRefused."""

    name: t.ClassVar[str]
    api_url: str
    identity: str | None
    """The API user as far as the options tell."""
    how_it_ends: str
    """How a token ends that nobody can or could revoke, in one sentence."""

    def cannot_issue(self) -> str | None:
        """Which options are missing to issue a token; None where issue() can work."""

    def check(self, token: Token) -> Verdict:
        """Ask whether a token is accepted. Where the vendor offers no way to ask, the reason says so."""

    def issue(self) -> Token:
        """Make a new token."""

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        """Whether revoke() is able to end a token."""

    def revoke(self, token: Token, leaving: bool) -> Ended:
        """End a token. leaving: the API user needs none any more, so means that end more than one are allowed."""

    def list(self) -> tuple[str, ...] | None:
        """The values of all tokens of the API user, one that authorises first; None where the vendor has no list."""

    def owner(self, token: Token) -> str | None:
        """The API user of a token, from what was learned when it was issued or checked."""


@dataclass(frozen=True)
class Policy:
    """The wanted state, from the options."""

    verify: bool = True
    renew: str = "auto"
    renew_before: int = 300
    max_age: int | None = None
    grace: int = 0
    adopt: bool | None = None
    """Whether to take over a token that an interrupted run may have issued; None: when there is exactly one."""
    fingerprint: str | None = None
    """Which one to take over."""
    exclusive: bool = False
    keep: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True)
class Known:
    """The record a run starts with, and whether it is kept already (that of a token given as an option is not)."""

    record: Record
    kept: bool


@dataclass(frozen=True)
class Outcome:
    """What a run did, or in check mode would do.

    after is None when nothing is known afterwards; where a token would be issued, in check mode, it is the old one.
    announced is, in check mode, what a caller who keeps the record has to keep before a run may issue the token.
    listed is what the vendor's list named at the end, where it was read. accepted is what the vendor said of the token that
    is known afterwards, in check mode of the one that is known now; None where it was not asked.
    """

    changed: bool
    reason: str
    before: Record | None = None
    after: Record | None = None
    issued: bool = False
    revoked: bool | None = None
    tokens: tuple[str, ...] = field(default=(), repr=False)
    announced: Record | None = None
    accepted: bool | None = None
    listed: tuple[str, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Need:
    """Why a new token is needed, and whether the old one may still be alive."""

    reason: str
    old_may_live: bool = False


class Lifecycle:
    """One run for one API user. What the operator should know beside the outcome gathers in warnings."""

    def __init__(
        self, vendor: Vendor, store: Store, policy: Policy, now: t.Callable[[], int], check_mode: bool
    ) -> None:
        self.vendor = vendor
        self.store = store
        self.policy = policy
        self.now = now
        self.check_mode = check_mode
        self.warnings: list[str] = []
        self._just_made: str | None = None

    def present(self, known: Known | None) -> Outcome:
        """Make sure that a token which the vendor accepts exists and is known."""
        if known and known.record.pending:
            orphan = self._orphan(known.record)
            if orphan:
                return self._take_over(known.record, orphan)
        need, verdict = self._judge(known)
        if known and need is None:
            return self._keep(known, verdict)
        return self._replace(known, t.cast(_Need, need), verdict)

    def next_action_at(self, record: Record) -> int | None:
        """When the next run has something to do; None: never, as far as is known."""
        token = record.token
        # What merely expires needs no run.
        times = [
            old.revoke_at
            for old in record.retiring
            if old.token.expires_at is None or old.revoke_at < old.token.expires_at
        ]
        if token and token.expires_at is not None:
            times.append(token.expires_at - self.policy.renew_before)
        if token and token.issued_at is not None and self.policy.max_age is not None:
            times.append(token.issued_at + self.policy.max_age)
        return min(times, default=None)

    def present_count(self) -> Outcome:
        """Make sure that the API user has at least count tokens, whoever knows them. For vendors with a list."""
        listed = self._listed()
        missing = max(0, self.policy.count - len(listed))
        surplus = self._not_kept(listed[self.policy.count :]) if self.policy.exclusive else ()
        reason = _sentence(
            f"the vendor lists {_tokens(len(listed))}",
            f"{missing} missing of {self.policy.count}" if missing else "",
            _ended(len(surplus)),
        )
        before = self._record(Token(listed[0])) if listed else None
        if missing:
            self._must_be_able_to_issue(reason)
        if self.check_mode:
            return Outcome(bool(missing or surplus), reason, before, before, issued=bool(missing))
        issued = [self._issue()[0] for _number in range(missing)]
        self._revoke_values(surplus)
        tokens = (*(value for value in listed if value not in surplus), *(token.value for token in issued))
        after = before or self._record(issued[0])
        return Outcome(bool(missing or surplus), reason, before, after, issued=bool(missing), tokens=tokens)

    def absent(self, known: Known | None) -> Outcome:
        """Revoke the known token and all that are retiring, and forget them."""
        if known is None:
            return Outcome(False, "no token was known")
        record = known.record
        orphan = self._orphan(record) if record.pending else None
        tokens = (*record.tokens, *((orphan,) if orphan else ()))
        alive = [token for token in tokens if self._is_alive(token)]
        if self.check_mode:
            ended = [
                Ended.REVOKED if self.vendor.can_revoke(token, leaving=True) else Ended.STILL_VALID for token in alive
            ]
        else:
            ended = [self._revoke(token, leaving=True) for token in alive]
            self.store.remove()
        if Ended.STILL_VALID in ended:
            for token in (token for token, end in zip(alive, ended) if end is Ended.STILL_VALID):
                until = iso(token.expires_at)
                self.warnings.append(
                    f"The token {token.fingerprint} stays valid {'until ' + until if until else 'without limit'}:"
                    f" {self.vendor.how_it_ends}"
                )
            reason = "the token is forgotten, but the vendor still accepts it"
        elif Ended.REVOKED in ended:
            reason = f"{_tokens(ended.count(Ended.REVOKED))} revoked"
        else:
            reason = "the token had ended already"
        return Outcome(
            changed=(known.kept and self.store.keeps) or Ended.REVOKED in ended,
            reason=reason,
            before=record,
            revoked=Ended.STILL_VALID not in ended,
        )

    def absent_all(self, known: Known | None) -> Outcome:
        """Revoke every token of the API user. For vendors with a list."""
        listed = self._listed()
        if not self.check_mode:
            self._revoke_values(listed)
            self.store.remove()
        return Outcome(
            changed=bool(listed or (known and known.kept and self.store.keeps)),
            reason=f"{_tokens(len(listed))} revoked" if listed else "the vendor lists no token",
            before=known.record if known else self._record(Token(listed[0])) if listed else None,
            revoked=True,
        )

    def _judge(self, known: Known | None) -> tuple[_Need | None, Verdict | None]:
        """Whether a new token is needed, and what the vendor said about the known one if it had to be asked."""
        token = known.record.token if known else None
        if token is None:
            return _Need("no token was known"), None
        if self.policy.renew == "always":
            return _Need("renew=always", old_may_live=True), None
        if not self.policy.verify:
            return self._need_by_time(token), None
        # Asked also when it seems to be too old: the clock of this host may be wrong, and any reply tells the time.
        try:
            verdict = self.vendor.check(token)
        except TelephonyError:
            need = self._need_by_time(token)
            if need is None:
                raise
            return need, None
        need = self._need_by_time(token)
        if verdict.accepted:
            return need, verdict
        return (
            _Need(need.reason if need else f"the vendor does not accept the token any more ({verdict.reason})"),
            verdict,
        )

    def _need_by_time(self, token: Token) -> _Need | None:
        expires, issued, policy = token.expires_at, token.issued_at, self.policy
        if self._has_expired(token):
            return _Need(f"the token expired at {iso(expires)}", old_may_live=True)
        if expires is not None and expires <= self.now() + policy.renew_before:
            return _Need(f"the token expires at {iso(expires)}", old_may_live=True)
        if issued is not None and policy.max_age is not None and issued + policy.max_age <= self.now():
            return _Need(f"the token was issued at {iso(issued)}, longer ago than max_age", old_may_live=True)
        return None

    def _has_expired(self, token: Token) -> bool:
        return token.expires_at is not None and token.expires_at <= self.now()

    def _keep(self, known: Known, verdict: Verdict | None) -> Outcome:
        record = known.record
        token = t.cast(Token, record.token)
        # Fresh facts are for the result only: a balance that moves is no reason to write the record.
        fresh = replace(token, details={**token.details, **(verdict.details if verdict else {})})
        record = replace(record, identity=record.identity or self.vendor.owner(fresh), pending=None)
        due = [old for old in record.retiring if self._is_due(old)]
        others = self._others(record, verdict)
        adopts = not known.kept and (self.store.keeps or self.store.hands_back)
        if adopts and token.issued_at is None:
            # When it was made nobody can tell any more. For max_age it counts from now.
            record = replace(record, token=replace(token, issued_at=self.now()))
            fresh = replace(fresh, issued_at=self.now())
        reason = _sentence(
            verdict.reason if verdict else "the token has not expired" if token.expires_at else "not asked",
            "now on record" if adopts else "",
            "what an interrupted run left is settled" if known.record.pending else "",
            _ended(len(due) + len(others)),
        )
        saves = adopts or known.record.pending is not None
        changed = bool(saves or due or others)
        after = record
        if changed and not self.check_mode:
            if saves or due:
                self.store.prove()
            if saves:
                self.store.save(record)
            after = self._revoke_due(record)
            self._revoke_values(others)
        listed = None
        if verdict and verdict.listed is not None:
            listed = tuple(value for value in verdict.listed if value not in others)
        after = replace(after, token=fresh)
        return Outcome(changed, reason, known.record, after, accepted=_accepted(verdict), listed=listed)

    def _replace(self, known: Known | None, need: _Need, verdict: Verdict | None) -> Outcome:
        self._must_be_able_to_issue(need.reason)
        before = known.record if known else None
        if self.check_mode:
            outcome = replace(self._foretell(before, before, need), accepted=_accepted(verdict))
            if not self.store.hands_back:
                return outcome
            listed = self.vendor.list()
            return replace(outcome, announced=self._announce(known, listed), listed=listed)
        self.store.prove()
        token, verdict = self._issue(known)
        record = self._successor(before, token, need)
        try:
            self.store.save(record)
        except TelephonyError as failure:
            raise failure.adding(self._take_back(token)) from None
        return self._retire_others(before, record, verdict, need)

    def _foretell(self, before: Record | None, after: Record | None, need: _Need) -> Outcome:
        """What check mode says of a new token. It tells the old one, as the new one is not known yet."""
        others = self._others(after, None)
        return Outcome(True, _sentence(need.reason, _ended(len(others))), before, before, issued=True)

    def _successor(self, before: Record | None, token: Token, need: _Need) -> Record:
        """The record with a new token, and the old one retiring."""
        retiring = before.retiring if before else ()
        if before and before.token and need.old_may_live:
            retiring += self._retire(before.token)
        # By now the vendor's clock is known, which tells what has really expired. Some vendors give a token again.
        left = (old for old in retiring if not self._has_expired(old.token) and old.token.value != token.value)
        return self._record(token, tuple(left))

    def _retire_others(self, before: Record | None, record: Record, verdict: Verdict | None, need: _Need) -> Outcome:
        """End what is to end when a new token is on record. What fails now is left to the next run."""
        others: tuple[str, ...] = ()
        try:
            # Before the old token is gone, or it would be among the others: they were listed while it was alive.
            others = self._others(record, verdict)
            if verdict and not self.store.hands_back:
                record = self._revoke_due(record)
            self._revoke_values(others)
        except TelephonyError as failure:
            self.warnings.append(f"The new token is on record, but not all others have ended: {failure.message}")
        reason = _sentence(need.reason, _ended(len(others)))
        return Outcome(True, reason, before, record, issued=True, accepted=_accepted(verdict))

    def _must_be_able_to_issue(self, reason: str) -> None:
        if self.policy.renew == "never":
            raise VendorRefused(
                f"A new token is needed ({reason}), but renew=never forbids to issue one.", code="renewal_needed"
            )
        missing = self.vendor.cannot_issue()
        if missing:
            raise OptionError(f"A new token is needed ({reason}). To issue one, {missing}.", code="credentials_missing")

    def _issue(self, known: Known | None = None) -> tuple[Token, Verdict | None]:
        """A new token that the vendor accepts. No verdict means that the vendor could not be asked about it."""
        token = self._issue_one(known)
        return self._checked(replace(token, issued_at=token.issued_at or self.now()))

    def _checked(self, token: Token) -> tuple[Token, Verdict | None]:
        try:
            verdict = self.vendor.check(token)
        except TelephonyError as failure:
            self.warnings.append(f"The new token {token.fingerprint} could not be checked: {failure.message}")
            return token, None
        if not verdict.accepted:
            raise VendorRefused(
                f"The vendor issued a token and then did not accept it ({verdict.reason}). {self._take_back(token)}",
                code="issued_token_refused",
            )
        return replace(token, details={**token.details, **verdict.details}), verdict

    def _issue_one(self, known: Known | None) -> Token:
        """One new token, also when the reply gets lost: then the list tells whether the vendor made one.

        That it is pending stands on record meanwhile, for the next run in case that this one is killed.
        """
        existing = self.vendor.list()
        self.store.save(self._announce(known, existing))
        try:
            self.store.prove()
            token = self._issue_or_find(existing)
            # Some vendors give the same token again.
            if known and token.value in [old.value for old in known.record.tokens]:
                self._just_made = None
            return token
        except NoClearAnswer as failure:
            if not failure.maybe_done:
                self._put_back(known)
            raise
        except TelephonyError:
            self._put_back(known)
            raise

    def _announce(self, known: Known | None, existing: tuple[str, ...] | None) -> Record:
        """The record that says that a token is pending."""
        pending = Pending(tuple(map(fingerprint, existing or ())), self.now())
        return replace(known.record if known else self._record(None), pending=pending)

    def _put_back(self, known: Known | None) -> None:
        """Restore the record of before, when it is sure that no token was issued. The next run copes without, too."""
        try:
            if known and known.kept:
                self.store.save(known.record)
            else:
                self.store.remove()
        except TelephonyError as failure:
            self.warnings.append(failure.message)

    def _issue_or_find(self, existing: tuple[str, ...] | None) -> Token:
        for last_try in (False, True):
            try:
                token = self.vendor.issue()
                self._just_made = token.value
                return token
            except NoClearAnswer as failure:
                if not failure.maybe_done:
                    raise
                found = self._made_without_reply(existing, failure)
                if found:
                    return found
                if failure.code == "timeout":
                    # The vendor may still be at it. That it is pending stays on record.
                    failure.adding("A token may yet be made that nobody knows: the vendor's list will tell.")
                    raise
                if last_try:
                    failure.maybe_done = False
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    def _orphan(self, record: Record) -> Token | None:
        """The token that an interrupted run issued and could not put on record."""
        pending = t.cast(Pending, record.pending)
        interrupted = f"A run was interrupted at {iso(pending.since)} while it issued a token"
        listed = self.vendor.list()
        if listed is None:
            self.warnings.append(f"{interrupted}. One may live that nobody knows: {self.vendor.how_it_ends}")
            return None
        known = {*pending.fingerprints, *(token.fingerprint for token in record.tokens)}
        new = {fingerprint(value): value for value in listed if fingerprint(value) not in known}
        names = ", ".join(new) or "there are none"
        if self.policy.adopt is None and len(new) > 1:
            raise VendorRefused(
                f"{interrupted}, and since then several were made: {names}. Nothing was changed. Name the right one with"
                " adopt=true and fingerprint, or set adopt=false to leave all of them and issue another one.",
                code="ambiguous_tokens",
            )
        chosen = next(iter(new), None) if self.policy.adopt is None else self.policy.fingerprint
        if self.policy.adopt and chosen not in new:
            raise OptionError(f"fingerprint names none of the tokens that are new: {names}.")
        left = [name for name in new if name != chosen]
        if left:
            self.warnings.append(
                f"{interrupted}. Of the tokens made since then these are left alone: {', '.join(left)}."
            )
        return Token(new[chosen], issued_at=pending.since) if chosen else None

    def _take_over(self, before: Record, orphan: Token) -> Outcome:
        need = _Need("took over the token that an interrupted run had issued", old_may_live=True)
        if self.check_mode:
            return self._foretell(before, self._successor(before, orphan, need), need)
        self.store.prove()
        token, verdict = self._checked(replace(orphan, issued_at=orphan.issued_at or self.now()))
        record = self._successor(before, token, need)
        self.store.save(record)
        return self._retire_others(before, record, verdict, need)

    def _made_without_reply(self, existing: tuple[str, ...] | None, failure: NoClearAnswer) -> Token | None:
        if existing is None:
            raise failure.adding(f"A token may have been made that nobody knows: {self.vendor.how_it_ends}")
        try:
            new = [value for value in self._listed() if value not in existing]
        except TelephonyError:
            raise failure.adding("A token may have been made that nobody knows: the list cannot be read.") from None
        if len(new) > 1:
            raise failure.adding(
                "Meanwhile several tokens were made, so it cannot be told which is this one:"
                f" {', '.join(map(fingerprint, new))}. Nothing was revoked."
            )
        return Token(new[0]) if new else None

    def _take_back(self, token: Token) -> str:
        """Revoke a token that was just issued and cannot be used; a sentence that says what became of it.

        One that was only found on the list, or that was known before, is left alone.
        """
        if token.value != self._just_made:
            return f"The token {token.fingerprint} was left alone."
        try:
            ended = self._revoke(token)
        except TelephonyError:
            ended = Ended.STILL_VALID
        if ended is Ended.STILL_VALID:
            return f"The token just issued ({token.fingerprint}) could not be revoked. {self.vendor.how_it_ends}"
        return f"The token just issued ({token.fingerprint}) was revoked again."

    def _retire(self, token: Token) -> tuple[Retiring, ...]:
        if self.vendor.can_revoke(token, leaving=False):
            return (Retiring(token, self.now() + self.policy.grace),)
        if token.expires_at is not None:
            return (Retiring(token, token.expires_at),)
        self.warnings.append(f"The replaced token {token.fingerprint} stays valid: {self.vendor.how_it_ends}")
        return ()

    def _is_due(self, old: Retiring) -> bool:
        """What has expired needs no revoking; it goes with the next new token."""
        return old.revoke_at <= self.now() and not self._has_expired(old.token)

    def _revoke_due(self, record: Record) -> Record:
        """Revoke the retiring tokens whose time has come. Those that cannot be revoked now stay for the next run."""
        left = []
        for old in record.retiring:
            if not self._is_due(old):
                left.append(old)
                continue
            try:
                if self._is_alive(old.token):
                    self._revoke(old.token)
            except TelephonyError as failure:
                left.append(old)
                self.warnings.append(
                    f"The replaced token {old.token.fingerprint} could not be revoked yet, the next run tries again:"
                    f" {failure.message}"
                )
        if len(left) == len(record.retiring):
            return record
        record = replace(record, retiring=tuple(left))
        self.store.save(record)
        return record

    def _revoke(self, token: Token, leaving: bool = False) -> Ended:
        """Revoke a token; where the reply got lost, ask whether it is still accepted."""
        try:
            return self.vendor.revoke(token, leaving)
        except NoClearAnswer as failure:
            if failure.maybe_done and not self.vendor.check(token).accepted:
                return Ended.REVOKED
            raise

    def _is_alive(self, token: Token) -> bool:
        """As the vendor says, also about one that seems to have expired: the clock of this host may be wrong."""
        return not self.policy.verify or self.vendor.check(token).accepted

    def _others(self, record: Record | None, verdict: Verdict | None) -> tuple[str, ...]:
        """With exclusive, the listed tokens that are neither on record nor to be kept."""
        if not self.policy.exclusive:
            return ()
        listed = verdict.listed if verdict and verdict.listed is not None else self._listed()
        on_record = {token.value for token in record.tokens} if record else set()
        return tuple(value for value in self._not_kept(listed) if value not in on_record)

    def _not_kept(self, values: t.Iterable[str]) -> tuple[str, ...]:
        keep = self.policy.keep
        return tuple(value for value in values if value not in keep and fingerprint(value) not in keep)

    def _revoke_values(self, values: t.Iterable[str]) -> None:
        """Revoke in reverse: a list starts with the token that authorises, which must be the last to go."""
        for value in reversed(tuple(values)):
            self._revoke(Token(value))

    def _listed(self) -> tuple[str, ...]:
        return t.cast("tuple[str, ...]", self.vendor.list())

    def _record(self, token: Token | None, retiring: tuple[Retiring, ...] = ()) -> Record:
        identity = self.vendor.identity or (self.vendor.owner(token) if token else None)
        return Record(self.vendor.name, self.vendor.api_url, identity, token, retiring)


def _accepted(verdict: Verdict | None) -> bool | None:
    return verdict.accepted if verdict and verdict.asked else None


def _tokens(number: int) -> str:
    return "1 token" if number == 1 else f"{number} tokens"


def _ended(number: int) -> str:
    return f"{_tokens(number)} to revoke" if number else ""


def _sentence(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
