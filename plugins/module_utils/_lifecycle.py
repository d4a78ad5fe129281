# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one state machine: observe, decide, act. No HTTP, no Ansible, no clock of its own.

plan_...() observes and decides, and changes nothing: in check mode it is all that happens. carry_out() acts. It writes that
a token is pending before it has one issued, and ends nothing before the store names what replaces it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.telephony.auth.plugins.module_utils import _decide, _listing
from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment, iso
from ansible_collections.telephony.auth.plugins.module_utils._decide import Decision, Known, Need, Policy, Seen
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    StoreConflict,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    MOST_RETIRING,
    Attempt,
    Record,
    Retiring,
    Token,
)
from ansible_collections.telephony.auth.plugins.module_utils._store import Store
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor, Vendor, Verdict


@dataclass(frozen=True)
class Outcome:
    """What a run did, or in check mode would do.

    after is None when nothing is known afterwards; where a token would be issued, in check mode, it is the old one and
    to_come is true. accepted is what the vendor said of the token in after; None where it was not asked.
    listed is what the vendor's list named, less what was ended; suspects are those of it that are probably ours. differs is
    what was changed of a token that was kept, see Verdict.
    """

    changed: bool
    reason: str
    before: Record | None = None
    after: Record | None = None
    to_come: bool = False
    revoked: bool | None = None
    tokens: tuple[str, ...] = field(default=(), repr=False)
    accepted: bool | None = None
    listed: tuple[str, ...] | None = field(default=None, repr=False)
    suspects: tuple[str, ...] = ()
    differs: t.Mapping[str, tuple[bool, bool]] = field(default_factory=dict)


class Lifecycle:
    """One run for one API user. What the operator should know beside the outcome gathers in warnings."""

    def __init__(self, vendor: Vendor, store: Store, policy: Policy, moment: t.Callable[[], Moment]) -> None:
        self.vendor = vendor
        self.store = store
        self.policy = policy
        self.moment = moment
        self.warnings: list[str] = []

    # Observe and decide

    def plan_present(self, known: Known | None) -> Decision:
        """See the module's description. Raises TelephonyError."""
        return _decide.present(known, self.observe(known), self.policy, self.moment(), self.vendor)

    def plan_absent(self, known: Known | None) -> Decision:
        """See the module's description. Raises TelephonyError."""
        seen = Seen()
        if known:
            verdicts = {token.value: self.vendor.check(token) for token in known.record.tokens if self.policy.verify}
            listed = self._list() if known.record.attempts else None
            candidate = None
            if listed is not None and self.policy.listing.adopt:
                candidate = _listing.candidate(known.record, listed, self.policy.listing, self.moment(), self.vendor)
            seen = Seen(verdicts, listed=listed, candidate=candidate)
        return _decide.absent(known, seen, self.policy, self.moment(), self.vendor)

    def plan_count(self) -> Decision:
        """Make sure that the API user has at least count tokens, whoever knows them."""
        listing = self.policy.listing
        listed = self._listing_vendor().list()
        missing = max(0, listing.count - len(listed))
        surplus = _listing.not_kept(listed[listing.count :], listing) if listing.exclusive else ()
        reason = _decide.sentence(
            f"the vendor lists {_decide.tokens(len(listed))}",
            f"{missing} missing of {listing.count}" if missing else "",
            _decide.revoking(len(surplus)),
        )
        if missing:
            _decide.check_issue(reason, self.policy, self.vendor)
        before = Known(self._empty(Token(listed[0])), removable=False) if listed else None
        return Decision(
            reason,
            before,
            before.record if before else None,
            missing=missing,
            listed=tuple(value for value in listed if value not in surplus),
            others=surplus,
            changed=bool(missing or surplus),
            seen=Seen(listed=listed),
        )

    def plan_absent_all(self, known: Known | None) -> Decision:
        """Revoke every token of the API user, whoever knows it, and remove the record."""
        listed = self._listing_vendor().list()
        # A list may miss one that was made just now.
        on_record = map(self.vendor.listed_as, known.record.tokens) if known else ()
        unlisted = tuple(each for each in on_record if each not in listed)
        return Decision(
            f"{_decide.tokens(len(listed))} revoked" if listed else "the vendor lists no token",
            known or (Known(self._empty(Token(listed[0])), removable=False) if listed else None),
            others=(*listed, *unlisted),
            changed=bool(listed or (known and known.removable)),
            revoked=True,
            warnings=_listing.still_open(known.record.attempts) if known else (),
        )

    def observe(self, known: Known | None) -> Seen:
        """Ask the vendor about the token on record, and read its list where earlier runs or exclusive want it."""
        listing = self.policy.listing
        if known is None:
            return Seen(listed=self._list() if listing.exclusive else None)
        record = known.record
        verdicts: dict[str, Verdict] = {}
        failure: TelephonyError | None = None
        # Asked also when it seems to be too old: the clock of this host may be wrong, and any reply tells the time.
        if record.token and self.policy.verify and self.policy.renew != "always":
            try:
                verdicts[record.token.value] = self.vendor.check(record.token)
            except TelephonyError as error:
                failure = error
        verdict = verdicts.get(record.token.value) if record.token else None
        listed = verdict.listed if verdict else None
        if listed is None and (record.attempts or listing.exclusive):
            listed = self._list()
        candidate = None
        if listed is not None:
            candidate = _listing.candidate(record, listed, listing, self.moment(), self.vendor)
            if candidate:
                verdicts[candidate.value] = self.vendor.check(candidate)
        return Seen(verdicts, failure, listed, candidate)

    def _list(self) -> tuple[str, ...] | None:
        return self.vendor.list() if isinstance(self.vendor, ListingVendor) else None

    def _listing_vendor(self) -> ListingVendor:
        return t.cast(ListingVendor, self.vendor)

    def _empty(self, token: Token | None = None) -> Record:
        return Record(self.vendor.name, self.vendor.api_url, self.vendor.identity, token)

    # Tell what would be done

    def foretell(self, decision: Decision) -> Outcome:
        """What check mode tells. Of a token that would be issued nothing is known, so it is about the old one."""
        self.warnings += decision.warnings
        to_come = bool(decision.missing)
        after = decision.before if to_come else decision.record
        self._warn_of_living(decision)
        return self._outcome(decision, after, to_come=to_come, tokens=decision.listed or ())

    def _outcome(self, decision: Decision, after: Record | None, **more: t.Any) -> Outcome:
        listed = decision.seen.listed
        verdict = decision.verdict
        token = after.token if after else None
        if token and verdict and verdict.accepted:
            # Fresh facts are for the result only.
            after = replace(t.cast(Record, after), token=replace(token, details={**token.details, **verdict.details}))
        told = {"accepted": verdict.accepted if verdict and verdict.asked else None, **more}
        return Outcome(
            decision.changed,
            decision.reason,
            decision.before,
            after,
            revoked=decision.revoked,
            listed=None if listed is None else tuple(value for value in listed if value not in decision.others),
            suspects=decision.suspects,
            differs=verdict.differs if verdict and not decision.need else {},
            **told,
        )

    # Act

    def carry_out(self, decision: Decision) -> Outcome:
        """Do what was decided. Raises TelephonyError; StoreConflict if another run was quicker."""
        self.warnings += decision.warnings
        if decision.revoked is not None:
            return self._end_all(decision)
        if decision.need:
            return self._renew(decision, decision.need)
        if decision.listed is not None:
            return self._make_missing(decision, decision.listed)
        return self._keep(decision)

    def _keep(self, decision: Decision) -> Outcome:
        record = t.cast(Record, decision.record)
        if decision.saves or decision.ends:
            self.store.prove()
        if decision.saves:
            self.store.save(record)
        self._adjust(decision.verdict, record)
        record = self._revoke_due(record, decision.ends)
        self._revoke_values(decision.others)
        return self._outcome(decision, record)

    def _adjust(self, verdict: Verdict | None, record: Record) -> None:
        if verdict and verdict.differs:
            self.vendor.adjust(t.cast(Token, record.token))

    def _renew(self, decision: Decision, need: Need) -> Outcome:
        if decision.record and len(decision.record.retiring) >= MOST_RETIRING:
            decision = replace(decision, record=self._revoke_due(decision.record, decision.ends))
            _decide.must_have_room(t.cast(Record, decision.record), self.vendor)
        token, standing = self._issue(decision)
        verdict = self._check_new(decision, standing, token)
        token = replace(token, details={**token.details, **(verdict.details if verdict else {})})
        record, warnings = _decide.successor(standing, token, need, self.policy, self.moment(), self.vendor)
        self._save_new(decision, record, token)
        self.warnings += warnings
        self._adjust(verdict, record)
        # Only a token that is known to work replaces others.
        if verdict:
            try:
                record = self._revoke_due(record, _decide.due(record, self.policy, self.moment(), self.vendor))
                self._revoke_values(decision.others)
            except TelephonyError as failure:
                self.warnings.append(f"The new token is on record, but not all others have ended: {failure.message}")
        listed = verdict.listed if verdict else None
        decision = replace(decision, verdict=verdict, seen=replace(decision.seen, listed=listed))
        return self._outcome(decision, record)

    def _make_missing(self, decision: Decision, listed: tuple[str, ...]) -> Outcome:
        """Make tokens that no record will name."""
        made = []
        for _number in range(decision.missing):
            token, _standing = self._issue(decision)
            self._check_new(decision, None, token)
            made.append(token)
        self._revoke_values(decision.others)
        after = decision.record or self._empty(made[0])
        return self._outcome(decision, after, tokens=(*listed, *(token.value for token in made)))

    def _end_all(self, decision: Decision) -> Outcome:
        """Revoke, and forget the record if all went well. What fails leaves the record, for the next run."""
        ended = {token.value: self._end(token, leaving=True) for token in decision.ends}
        self._revoke_values(decision.others)
        self.store.remove()
        if not decision.others and decision.known:
            decision = _decide.tell_absent(decision, ended)
        self._warn_of_living(decision, ended)
        return self._outcome(decision, None)

    def _warn_of_living(self, decision: Decision, ended: t.Mapping[str, Ended] | None = None) -> None:
        """Name the tokens that stay valid although the API user leaves."""
        if decision.revoked is not False:
            return
        for token in decision.ends:
            verdict = decision.seen.of(token)
            foretold = not (verdict and not verdict.accepted)
            if ended[token.value] is Ended.STILL_VALID if ended else foretold:
                until = iso(token.expires_at)
                self.warnings.append(
                    f"The token {token.fingerprint} stays valid{' until ' + until if until else ''}:"
                    f" {self.vendor.how_it_ends}"
                )

    # One new token

    def _issue(self, decision: Decision) -> tuple[Token, Record | None]:
        """A new token, and what stands on record beside it.

        That it is pending stands on record meanwhile, for the next run in case that this one is killed.
        """
        standing = decision.record
        self.store.prove()
        existing = self._list()
        attempt = Attempt(self.moment().now, tuple(_listing.told_as(each, self.vendor) for each in existing or ()))
        announced = standing or self._empty()
        # Earlier attempts that this run forgets are forgotten at its end, and not before.
        told = decision.before.attempts if decision.before and existing is None else ()
        unclear = (*announced.unclear, *(each for each in told if each not in announced.unclear))
        self.store.save(replace(announced, pending=attempt, unclear=unclear))
        try:
            # The room for the record with the new token.
            self.store.prove()
            token = self.vendor.issue()
        except NoClearAnswer as failure:
            if not failure.maybe_done:
                self._put_back(decision, standing)
                raise
            return self._find(decision, attempt, existing, failure)
        except TelephonyError:
            # The vendor or the store refused: it is sure that no token was issued.
            self._put_back(decision, standing)
            raise
        return replace(token, issued_at=token.issued_at or self.moment().now), standing

    def _find(
        self, decision: Decision, attempt: Attempt, existing: tuple[str, ...] | None, failure: NoClearAnswer
    ) -> tuple[Token, Record]:
        """The token that was made although no reply told so, if the vendor lists exactly one that is new.

        Raises the failure otherwise. A token may also appear later: the attempt stays on record.
        """
        standing = decision.record or self._empty()
        if existing is None:
            self._put_back(decision, standing)
            raise failure.adding(f"A token may have been made that nobody knows: {self.vendor.how_it_ends}")
        unclear = replace(standing, unclear=(*standing.unclear, attempt))
        try:
            new = _listing.new_since(attempt, standing, self._listing_vendor().list(), self.vendor)
        except TelephonyError:
            self._put_back(decision, unclear)
            raise failure.adding("A token may have been made that nobody knows: the list cannot be read.") from None
        if len(new) == 1 and not self.vendor.lists_names:
            return Token(new[0], issued_at=attempt.since, guessed=True), unclear
        self._put_back(decision, unclear)
        if new:
            raise failure.adding(
                "It cannot be told which of the tokens that appeared meanwhile is this one:"
                f" {', '.join(_listing.told_as(each, self.vendor) for each in new)}. Nothing was revoked."
            )
        minutes = _listing.SETTLE_SECONDS // 60
        raise failure.adding(
            f"The vendor lists no new token. One may yet appear that nobody knows: look at its list {minutes} minutes later."
        )

    def _put_back(self, decision: Decision, record: Record | None) -> None:
        """Take the pending attempt off the record, once it is settled. Without that, the next run settles it."""
        named_by_the_task = decision.known is not None and not decision.known.kept
        try:
            if record and (record.retiring or record.attempts or (record.token and not named_by_the_task)):
                self.store.save(record)
            else:
                self.store.remove()
        except TelephonyError as failure:
            self.warnings.append(failure.message)

    def _check_new(self, decision: Decision, standing: Record | None, token: Token) -> Verdict | None:
        """What the vendor says of a new token; None where it could not be asked. Raises VendorRefused."""
        try:
            verdict = self.vendor.check(token)
        except TelephonyError as failure:
            self.warnings.append(f"The new token {token.fingerprint} could not be checked: {failure.message}")
            return None
        if verdict.accepted:
            return verdict
        fate, is_settled = self._take_back(decision, token)
        if not is_settled:
            # It may live, and its value is known: later runs go on trying.
            base = standing or self._empty()
            standing = replace(base, retiring=(*base.retiring, Retiring(token, self.moment().now)))
        self._put_back(decision, standing)
        raise VendorRefused(
            f"The vendor issued a token and then did not accept it ({verdict.reason}; asked was {self.vendor.api_url}). {fate}",
            code="issued_token_refused",
        )

    def _save_new(self, decision: Decision, record: Record, token: Token) -> None:
        """Put the record with a new token in place, or take the token back."""
        try:
            self.store.save(record)
        except TelephonyError as failure:
            current = None
            try:
                # Also where it is sure that nothing was written: another run may have taken the token over.
                current = self.store.load()
            except TelephonyError:
                if failure.maybe_done or isinstance(failure, StoreConflict):
                    raise failure.adding(
                        f"Whether the record names the token just issued ({token.fingerprint}) cannot be told; it was left alone."
                    ) from None
            if current and current.as_json() == record.as_json():
                # It was saved, and only the store's reply got lost.
                return
            before = [each.value for each in (decision.before.tokens if decision.before else ())]
            is_known = current is not None and token.value in [each.value for each in current.tokens]
            if is_known and (isinstance(failure, StoreConflict) or token.value not in before):
                # Another run found it on the vendor's list.
                raise
            fate, _is_settled = self._take_back(decision, token)
            if isinstance(failure, StoreConflict):
                self.warnings.append(f"{failure.message} {fate}")
                raise
            raise failure.adding(fate) from None

    def _take_back(self, decision: Decision, token: Token) -> tuple[str, bool]:
        """Revoke a token that was just issued and cannot be used: what became of it, and whether no more is to be done.

        One that was only found on the list, or that was known before, is left alone.
        """
        known = decision.before.tokens if decision.before else ()
        if token.guessed or token.value in [old.value for old in known]:
            return f"The token {token.fingerprint} was left alone.", True
        living = f"The token just issued ({token.fingerprint}) could not be revoked. {self.vendor.how_it_ends}"
        try:
            ended = self._end(token)
        except TelephonyError:
            return living, False
        if ended is Ended.STILL_VALID:
            return living, True
        return f"The token just issued ({token.fingerprint}) was revoked again.", True

    # The end of tokens

    def _revoke_due(self, record: Record, due: tuple[Token, ...]) -> Record:
        """Revoke retiring tokens whose time has come. Those that cannot be revoked now stay for the next run."""
        ended = set()
        for token in due:
            try:
                if self._end(token) is not Ended.STILL_VALID:
                    ended.add(token.value)
                    continue
                why = "the vendor still accepts it"
            except TelephonyError as failure:
                why = failure.message
            self.warnings.append(
                f"The replaced token {token.fingerprint} could not be revoked yet, the next run tries again: {why}"
            )
        if ended:
            record = replace(record, retiring=tuple(old for old in record.retiring if old.token.value not in ended))
            self.store.save(record)
        return record

    def _revoke_values(self, values: t.Iterable[str]) -> None:
        """Revoke in reverse: a list starts with the token that authorises, which must be the last to go."""
        for value in reversed(tuple(values)):
            self._end(Token(value))

    def _end(self, token: Token, leaving: bool = False) -> Ended:
        """Revoke a token. Where the reply got lost, do it again; where there is a list, believe it."""
        try:
            ended = self.vendor.revoke(token, leaving)
        except NoClearAnswer as failure:
            if not failure.maybe_done:
                raise
            try:
                ended = self.vendor.revoke(token, leaving)
            except TelephonyError:
                raise failure from None
        if ended is Ended.ALREADY_GONE and self._is_listed(token):
            raise VendorRefused(
                f"The vendor says that the token {token.fingerprint} is unknown, and lists it.",
                code="vendor_error",
                operation="revoke",
            )
        return ended

    def _is_listed(self, token: Token) -> bool:
        try:
            return self.vendor.listed_as(token) in (self._list() or ())
        except (OptionError, VendorRefused):
            # No credentials to read the list with: then the refusal is all there is.
            return False
