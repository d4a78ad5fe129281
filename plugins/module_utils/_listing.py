# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a list of all tokens of an API user is good for. Pure: no request, no store, no clock.

A token is ours when its value came in a reply to our own request. What else is on a list is another's, or may have come of a
request whose reply got lost. Such a suspect is taken over only close to that request, and is never ended by that alone.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment, iso
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Traits

# For so many seconds after a request without a clear answer a token may still appear; RingCX documents no limit.
SETTLE_SECONDS = 600
_TAKE_OVER = "Take the right one over with adopt=true and fingerprint"


@dataclass(frozen=True)
class ListPolicy:
    """The options of vendors that list tokens."""

    adopt: bool | None = None
    """Whether to take over a token that may have come of an unclear request; None: when there is no doubt."""
    fingerprint: str | None = None
    """Which one to take over."""
    exclusive: bool = False
    keep: tuple[str, ...] = ()
    count: int = 1
    all_tokens: bool = False


@dataclass(frozen=True)
class Settled:
    """What is left of earlier attempts once the list was read."""

    unclear: tuple[Attempt, ...]
    suspects: tuple[str, ...]
    """The listed tokens that are probably ours and that no record names, see told_as()."""
    warnings: tuple[str, ...]


def told_as(listed: str, vendor: Traits) -> str:
    """How a listed token is named where others read it: by its fingerprint, or by its name where it was listed by that."""
    return listed if vendor.lists_names else fingerprint(listed)


def others(listed: t.Iterable[str], record: Record | None, policy: ListPolicy, vendor: Traits) -> tuple[str, ...]:
    """With exclusive, the listed tokens that are neither on record nor to be kept."""
    on_record = set(map(vendor.listed_as, record.tokens)) if record else set()
    return tuple(value for value in not_kept(listed, policy) if value not in on_record) if policy.exclusive else ()


def not_kept(values: t.Iterable[str], policy: ListPolicy) -> tuple[str, ...]:
    return tuple(value for value in values if value not in policy.keep and fingerprint(value) not in policy.keep)


def new_since(attempt: Attempt, record: Record, listed: t.Iterable[str], vendor: Traits) -> tuple[str, ...]:
    """The listed tokens that may have come of an attempt, less those on record."""
    on_record = set(map(vendor.listed_as, record.tokens))
    return tuple(each for each in listed if each not in on_record and _may_be_of(attempt, told_as(each, vendor)))


def _may_be_of(attempt: Attempt, name: str) -> bool:
    return name not in attempt.existed if attempt.suspects is None else name in attempt.suspects


def candidate(
    record: Record, listed: tuple[str, ...], policy: ListPolicy, moment: Moment, vendor: Traits
) -> Token | None:
    """The token that is to be taken over, if the vendor accepts it. Raises OptionError."""
    if vendor.lists_names:
        return None
    suspects = {value: attempt for attempt in record.attempts for value in new_since(attempt, record, listed, vendor)}
    if policy.adopt:
        named = [value for value in suspects if fingerprint(value) == policy.fingerprint]
        if named:
            return Token(named[0], issued_at=suspects[named[0]].since)
        if record.attempts and policy.fingerprint not in [token.fingerprint for token in record.tokens]:
            names = ", ".join(map(fingerprint, suspects)) or "there are none"
            raise OptionError(f"fingerprint names none of the tokens that are new: {names}.")
        return None
    if policy.adopt is False or len(suspects) != 1:
        return None
    ((value, attempt),) = suspects.items()
    is_open = attempt.suspects is None and moment.certain and not _is_over(attempt, moment)
    return Token(value, issued_at=attempt.since, guessed=True) if is_open and _has_none_of(attempt, record) else None


def _has_none_of(attempt: Attempt, record: Record) -> bool:
    """Whether the token on record is older than an attempt, and not what was taken over of it."""
    token = record.token
    if token is None or token.issued_at is None:
        return True
    # Times are whole seconds; a pending attempt began after the record with the token was written.
    return token.issued_at < attempt.since or (token.issued_at == attempt.since and attempt is record.pending)


def settle(
    record: Record,
    managed: t.Collection[str],
    listed: tuple[str, ...],
    policy: ListPolicy,
    moment: Moment,
    vendor: Traits,
) -> Settled:
    """Judge the earlier attempts by what is listed now. managed are the tokens that are taken care of, see told_as()."""
    left: list[Attempt] = []
    told: list[str] = []
    suspects: list[str] = []
    warnings: list[str] = []
    guessed = {token.fingerprint: token.issued_at for token in record.tokens if token.guessed}
    dismissed = policy.adopt is False
    for attempt in record.attempts:
        # Sorted, as a list that comes in another order is no news.
        names = (told_as(each, vendor) for each in listed)
        new = sorted(name for name in names if _may_be_of(attempt, name) and name not in told)
        alone = [name for name in new if name not in managed]
        told += alone
        if alone:
            warnings.append(_tell(attempt, alone, dismissed, vendor))
        watched = [] if dismissed else alone
        suspects += watched
        if attempt.suspects is None and not _is_over(attempt, moment):
            left.append(replace(attempt, existed=(*attempt.existed, *alone)) if dismissed else attempt)
            continue
        # What was taken over by guess stays a suspect, to be told of when it is replaced.
        watched = watched + [name for name, since in guessed.items() if name in new or since == attempt.since]
        if watched:
            left.append(Attempt(attempt.since, suspects=tuple(watched)))
    return Settled(tuple(left), tuple(suspects), tuple(warnings))


def _is_over(attempt: Attempt, moment: Moment) -> bool:
    """Whether no token can appear any more. A moment before the attempt tells nothing."""
    return moment.certain and moment.now >= attempt.since + SETTLE_SECONDS


def open_attempts(record: Record, moment: Moment) -> tuple[Attempt, ...]:
    """The attempts of which a token may still appear."""
    return tuple(attempt for attempt in record.attempts if not _is_over(attempt, moment))


def closes_at(record: Record) -> t.Iterator[int]:
    """When the attempts whose outcome is open are to be judged for good."""
    return (attempt.since + SETTLE_SECONDS for attempt in record.attempts if attempt.suspects is None)


def _tell(attempt: Attempt, names: t.Iterable[str], dismissed: bool, vendor: Traits) -> str:
    what = f"A request for a token at {iso(attempt.since)} got no clear answer. Probably it made: {', '.join(names)}."
    if dismissed:
        return f"{what} As adopt=false says, they are left alone and not told of again."
    way = "Delete the right one with state=absent and uuid" if vendor.lists_names else _TAKE_OVER
    return f"{what} They were left alone. {way}, or set adopt=false where they are somebody else's."


def still_open(unclear: t.Iterable[Attempt]) -> tuple[str, ...]:
    """Warnings of the tokens that may yet appear, for when nothing remembers them any more."""
    return tuple(
        f"A request for a token at {iso(attempt.since)} got no clear answer. One may yet appear that nobody knows: look at"
        f" the vendor's list {SETTLE_SECONDS // 60} minutes later."
        for attempt in unclear
        if attempt.suspects is None
    )
