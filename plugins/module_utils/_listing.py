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

# For so many seconds after a request without a clear answer a token may still appear; RingCX documents no limit.
SETTLE_SECONDS = 600


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
    adopted: Token | None
    suspects: tuple[str, ...]
    """Fingerprints of listed tokens that are probably ours and that no record names."""
    warnings: tuple[str, ...]


def others(listed: t.Iterable[str], record: Record | None, policy: ListPolicy) -> tuple[str, ...]:
    """With exclusive, the listed tokens that are neither on record nor to be kept."""
    on_record = {token.value for token in record.tokens} if record else set()
    return tuple(value for value in not_kept(listed, policy) if value not in on_record) if policy.exclusive else ()


def not_kept(values: t.Iterable[str], policy: ListPolicy) -> tuple[str, ...]:
    return tuple(value for value in values if value not in policy.keep and fingerprint(value) not in policy.keep)


def _attempts(record: Record) -> tuple[Attempt, ...]:
    return (*record.unclear, *((record.pending,) if record.pending else ()))


def _came_of(attempt: Attempt, record: Record, listed: t.Iterable[str]) -> tuple[str, ...]:
    """The listed tokens that may have come of an attempt, less those on record."""
    known = {token.fingerprint for token in record.tokens}
    new = ((value, fingerprint(value)) for value in listed)
    return tuple(
        value
        for value, name in new
        if name not in known and (name not in attempt.existed if attempt.suspects is None else name in attempt.suspects)
    )


def candidate(record: Record, listed: tuple[str, ...], policy: ListPolicy, moment: Moment) -> Token | None:
    """The token that is to be taken over, if the vendor accepts it. Raises OptionError."""
    attempts = _attempts(record)
    suspects = {fingerprint(value): (value, each) for each in attempts for value in _came_of(each, record, listed)}
    if policy.adopt:
        confirmed = record.token and record.token.fingerprint == policy.fingerprint
        if not attempts or confirmed:
            return None
        if policy.fingerprint not in suspects:
            raise OptionError(f"fingerprint names none of the tokens that are new: {_names(suspects)}.")
        value, attempt = suspects[policy.fingerprint]
        return Token(value, issued_at=attempt.since)
    if policy.adopt is False or len(suspects) != 1:
        return None
    ((value, attempt),) = suspects.values()
    newer = not record.token or (record.token.issued_at or 0) <= attempt.since
    if newer and attempt.suspects is None and moment.certain and not _is_over(attempt, moment):
        return Token(value, issued_at=attempt.since, guessed=True)
    return None


def settle(
    record: Record, listed: tuple[str, ...], adopted: Token | None, policy: ListPolicy, moment: Moment
) -> Settled:
    """Judge the earlier attempts by what is listed now. adopted is the candidate that the vendor accepts."""
    left: list[Attempt] = []
    suspects: list[str] = []
    warnings: list[str] = []
    for attempt in _attempts(record):
        names = tuple(fingerprint(value) for value in _came_of(attempt, record, listed))
        alone = tuple(name for name in names if not adopted or name != adopted.fingerprint)
        dismissed = policy.adopt is False
        if alone:
            warnings.append(_tell(attempt, alone, dismissed))
        if dismissed:
            continue
        suspects += alone
        guessed = adopted is not None and adopted.guessed and adopted.fingerprint in names
        on_record = _guessed_on_record(record, attempt)
        if guessed or _is_over(attempt, moment) or attempt.suspects is not None:
            # What was taken over by guess stays a suspect, to be told of when it is replaced.
            watched = (*alone, *((adopted.fingerprint,) if guessed and adopted else ()), *on_record)
            if watched:
                left.append(replace(attempt, suspects=watched))
        else:
            left.append(attempt)
    return Settled(tuple(left), adopted, tuple(dict.fromkeys(suspects)), tuple(warnings))


def _guessed_on_record(record: Record, attempt: Attempt) -> tuple[str, ...]:
    token = record.token
    return (token.fingerprint,) if token and token.guessed and token.fingerprint in (attempt.suspects or ()) else ()


def _is_over(attempt: Attempt, moment: Moment) -> bool:
    """Whether no token can appear any more. A moment before the attempt tells nothing."""
    return moment.certain and moment.now >= attempt.since + SETTLE_SECONDS


def closes_at(record: Record) -> t.Iterator[int]:
    """When the attempts whose outcome is open are to be judged for good."""
    return (attempt.since + SETTLE_SECONDS for attempt in _attempts(record) if attempt.suspects is None)


def _tell(attempt: Attempt, names: tuple[str, ...], dismissed: bool) -> str:
    what = f"A request for a token at {iso(attempt.since)} got no clear answer. Of it came probably: {_names(names)}."
    if dismissed:
        return f"{what} As adopt=false says, they are left alone and not told of again."
    return (
        f"{what} They were left alone. Take the right one over with adopt=true and fingerprint,"
        " or set adopt=false where they are somebody else's."
    )


def _names(names: t.Iterable[str]) -> str:
    return ", ".join(names) or "there are none"
