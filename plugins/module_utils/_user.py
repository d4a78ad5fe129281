# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API users as the wanted state has them: decide, act. No HTTP, no Ansible.

decide() is pure, and all that happens in check mode. A generated password is on record as pending before the vendor hears
of it. A run that finds it pending sets it again, so that it is known to work.
"""

from __future__ import annotations

import secrets
import string
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._store import Store

Facts = t.Mapping[str, t.Any]

_KINDS_OF_CHARACTERS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-._~")
_MOST_NAMES = 5


@dataclass(frozen=True)
class User:
    """A user as the vendor tells it. facts are by the names of the options; raw is the vendor's own object."""

    id: str
    name: str
    facts: Facts
    raw: Facts = field(default_factory=dict, repr=False)
    children: tuple[str, ...] = ()
    """The names of the users below."""


@dataclass(frozen=True)
class Wanted:
    """The wanted state, from the options: facts are those that the task names, the rest of a user is left alone.

    keeps: a password is generated where none is given, and kept. makes: a user that is not there is made.
    """

    name: str
    present: bool = True
    makes: bool = True
    facts: Facts = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    keeps: bool = False
    always: bool = False
    """Whether the password is set in every run."""


class Traits(t.Protocol):
    """What is known of a vendor's users without any request."""

    needed: t.ClassVar[tuple[str, ...]]
    """The facts that a new user must have."""
    fixed: t.ClassVar[tuple[str, ...]]
    """The facts that no request changes later."""
    takes_password: t.ClassVar[bool]
    """Whether the API takes a password; where it does, a new user needs one."""

    def complete(self, facts: Facts) -> Facts:
        """Facts, with those that follow from them, and with what the vendor has for those that nobody names."""


class Users(Traits, t.Protocol):
    """The requests. Each one may raise NoClearAnswer or VendorRefused."""

    def find(self, name: str) -> User | None:
        """The user of this name."""

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        """Make a user."""

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        """Change these facts, and the password if there is one. Doing it twice is the same as doing it once."""

    def delete(self, user: User) -> None:
        """Delete a user, and never another one below."""


@dataclass(frozen=True)
class Decision:
    """What a run is going to do, and what check mode tells.

    action is create, update, delete, or nothing. sets_password: with it, a password is set. forgets: the record of the
    password is removed.
    """

    reason: str
    user: User | None
    action: str = ""
    changes: Facts = field(default_factory=dict)
    sets_password: bool = False
    forgets: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.action) or self.forgets


@dataclass(frozen=True)
class Outcome:
    """What a run did, or in check mode would do. password is the one that is known; None also in check mode."""

    decision: Decision
    after: User | None
    password: str | None = field(default=None, repr=False)


def decide(wanted: Wanted, user: User | None, record: Record | None, users: Traits) -> Decision:
    """What brings the user to the wanted state. Raises OptionError."""
    if not wanted.present:
        return _absent(wanted, user, record)
    if user is None and not wanted.makes:
        return Decision("the administrator sees no such user", None)
    if user is None:
        missing = [name for name in users.needed if not wanted.facts.get(name)]
        if missing:
            raise OptionError(f"There is no user {wanted.name}. To make it, give {' and '.join(missing)}.")
        if users.takes_password and not (wanted.password or wanted.keeps):
            raise OptionError(
                f"There is no user {wanted.name}. To make it, give user_password, or path or store to keep a generated one."
            )
        return Decision("there was no such user", None, "create", wanted.facts, sets_password=users.takes_password)
    changes = {name: value for name, value in wanted.facts.items() if value != user.facts.get(name)}
    stuck = [name for name in changes if name in users.fixed]
    if stuck:
        raise OptionError(
            f"The user {wanted.name} has another {stuck[0]}, {user.facts.get(stuck[0])}, which cannot be changed."
            " Leave it out, or delete the user and make it anew."
        )
    # Who may not log in needs no password.
    pending = wanted.makes and record is not None and record.pending is not None
    sets_password = pending or (wanted.always and bool(wanted.password or wanted.keeps))
    told = [f"{name} changes" for name in changes]
    told += ["the password of an interrupted run is set again" if pending else "a password is set"] * sets_password
    if not told:
        unknown = ", its password is not on record" if wanted.keeps and record is None else ""
        return Decision(f"the user is as wanted{unknown}", user)
    return Decision(", ".join(told), user, "update", changes, sets_password)


def _absent(wanted: Wanted, user: User | None, record: Record | None) -> Decision:
    if user is None:
        reason = (
            "there was no such user, the record of its password is removed"
            if record
            else "the administrator sees no such user"
        )
        return Decision(reason, None, forgets=record is not None)
    if user.children:
        named = ", ".join(sorted(user.children)[:_MOST_NAMES])
        more = f" and {len(user.children) - _MOST_NAMES} more" if len(user.children) > _MOST_NAMES else ""
        raise OptionError(
            f"The user {wanted.name} has users below: {named}{more}. They are never deleted along. Delete them first, each"
            " with a task of its own, or move them in the vendor's web interface.",
            code="has_children",
        )
    return Decision("the user is deleted", user, "delete", forgets=record is not None)


def generate(length: int) -> str:
    """A new password, with small and capital letters, digits and one of -._~ in it."""
    alphabet = "".join(_KINDS_OF_CHARACTERS)
    while True:
        password = "".join(secrets.choice(alphabet) for _each in range(length))
        if all(set(kind) & set(password) for kind in _KINDS_OF_CHARACTERS):
            return password


class UserLifecycle:
    """One run for one user. blank is a record that says whose password it is, and has none yet."""

    def __init__(
        self,
        users: Users,
        store: Store,
        blank: Record,
        moment: t.Callable[[], Moment],
        new_password: t.Callable[[], str],
    ) -> None:
        self.users = users
        self.store = store
        self.blank = blank
        self.moment = moment
        self.new_password = new_password
        self.warnings: list[str] = []

    def foretell(self, decision: Decision, wanted: Wanted) -> Outcome:
        """What check mode tells."""
        if decision.action == "delete":
            return Outcome(decision, None)
        user = decision.user or (User("", wanted.name, {}) if decision.action else None)
        if user is None:
            return Outcome(decision, None)
        return Outcome(decision, replace(user, facts=self.users.complete({**user.facts, **decision.changes})))

    def carry_out(self, decision: Decision, wanted: Wanted, record: Record | None) -> Outcome:
        """Do what was decided. Raises TelephonyError; StoreConflict if another run was quicker."""
        if decision.action == "delete" and decision.user:
            self._delete(decision.user)
        if decision.forgets:
            self.store.remove()
        if not wanted.present:
            return Outcome(decision, None)
        if not decision.action:
            return Outcome(decision, decision.user, record.token.value if record and record.token else wanted.password)
        password = wanted.password if decision.sets_password else None
        if decision.sets_password and wanted.keeps:
            password = self._set_kept(decision, wanted, record)
        else:
            self._send(decision, wanted, password)
            password = password or (record.token.value if record and record.token else None)
        return Outcome(decision, self._after(wanted), password)

    def _set_kept(self, decision: Decision, wanted: Wanted, before: Record | None) -> str:
        """Have a password set that is on record before, during and after."""
        now = self.moment().now
        token = before.token if before and before.pending else None
        kept = replace(self.blank, token=token or Token(self.new_password(), issued_at=now), pending=Attempt(now))
        password = t.cast(Token, kept.token).value
        self.store.prove()
        self.store.save(kept)
        try:
            self._send(decision, wanted, password)
        except TelephonyError as failure:
            if not failure.maybe_done:
                # It is not this one, for sure: what was on record before is as right as ever.
                if before:
                    self.store.save(before)
                else:
                    self.store.remove()
            raise
        self.store.save(replace(kept, pending=None))
        return password

    def _send(self, decision: Decision, wanted: Wanted, password: str | None) -> None:
        """Make or change the user. Where no clear answer came, look, and do what is missing."""
        user = decision.user
        try:
            if user:
                self.users.update(user, decision.changes, password)
            else:
                self.users.create(wanted.name, wanted.facts, password)
            return
        except NoClearAnswer as failure:
            if not failure.maybe_done:
                raise
            unclear = failure
        try:
            user = self.users.find(wanted.name)
            if user:
                changes = {name: value for name, value in wanted.facts.items() if value != user.facts.get(name)}
                if changes or password:
                    self.users.update(user, changes, password)
                return
        except TelephonyError:
            pass
        raise unclear

    def _after(self, wanted: Wanted) -> User:
        user = self.users.find(wanted.name)
        if user is None:
            raise NoClearAnswer(
                f"The vendor took the user {wanted.name}, and does not know it afterwards.",
                code="bad_reply",
                operation="list",
                maybe_done=True,
            )
        stays = [name for name, value in wanted.facts.items() if value != user.facts.get(name)]
        if stays:
            self.warnings.append(
                f"The vendor took the request and still has another {' and '.join(stays)} for {wanted.name}."
            )
        return user

    def _delete(self, user: User) -> None:
        try:
            self.users.delete(user)
        except NoClearAnswer as failure:
            if not failure.maybe_done:
                raise
            try:
                gone = self.users.find(user.name) is None
            except TelephonyError:
                gone = False
            if not gone:
                raise
