# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small world for the real code of a run: a vendor in memory, a clock, and a home for the record (see homes.py).

Everything may fail at any step. A step is a request to the vendor or to the record's home. A plan says what goes wrong at
which step of a run.
"""

from __future__ import annotations

import contextlib
import functools
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.telephony.auth.plugins.module_utils import _task
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.tests.lifecycle.figures import count, count_fault

if t.TYPE_CHECKING:
    from ansible_collections.telephony.auth.tests.lifecycle.homes import Home

Plan = Mapping[int, str]
Options = dict[str, t.Any]

# What may go wrong at a step. A home says what it makes of them.
FAULTS = (
    "down",  # not done, and that is sure
    "refused",  # not done, the vendor says no
    "lost",  # not done, and nobody can tell
    "lost after",  # done, and nobody can tell
    "gateway",  # done, and a gateway answers instead with 502, 503, 504 or a redirect
    "late",  # done after the run has given up,
    "late by minutes",  # or while other runs may be at work,
    "late by hours",  # or when nobody expects it any more
    "spurious",  # the vendor says that a token is refused, once, although it lives
    "lagging",  # done, but the list does not name the new token for two minutes
    "lying",  # done, and the reply has a Date that is far off
    "another's",  # no fault: another service makes a token for the same API user just before,
    "another's ends",  # and ends the one that it made first
    "writer",  # another run for the same record, from its beginning to its end, just before
    "killed",  # the process dies before this step
    "killed after",  # and right after it
    "full",  # no fault of the vendor; from here on the home takes nothing more
    "locked",  # and from here on its directory takes no change
)
NO_FAULTS = ("another's", "another's ends", "writer")
MAYBE_DONE = {"lost": 0, "lost after": 0, "gateway": 0, "late": 1, "late by minutes": 200, "late by hours": 10_000}
HOURS = MAYBE_DONE["late by hours"]
LAG = 120
LIE = 400 * 86400


class Killed(BaseException):
    """The process dies here, and does nothing more."""


@dataclass(frozen=True)
class Kind:
    """What matters of a vendor."""

    name: str
    has_list: bool = False
    revocable: bool = True
    lifetime: int | None = None
    can_ask: bool = True


VACD = Kind("vacd", has_list=True)
WEBITEL = Kind("webitel", lifetime=100 * 86400)
KAZOO = Kind("kazoo", revocable=False, lifetime=3600)
DIALER = Kind("dialer", lifetime=86400, can_ask=False)


@dataclass(frozen=True)
class Revocation:
    value: str
    on_record: Record | None
    """What the home held at this moment."""


@dataclass
class Ran:
    """What came of a run. result is None when it was killed."""

    result: dict[str, t.Any] | None
    warnings: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.result is None or bool(self.result.get("failed"))

    @property
    def text(self) -> str:
        return " ".join([str((self.result or {}).get("msg", "")), *self.warnings])


@dataclass
class Late:
    """Work that is still to be done for a request that was given up."""

    when: int
    operation: str
    work: Callable[[], object]
    told: bool = False
    """Whether a run has said that nobody knows what becomes of it."""


class World:
    """Everything outside of a run."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.home: Home
        self.time = 1_800_000_000
        self.skew = 0
        self.tokens: dict[str, int | None] = {}
        self.foreign: list[str] = []
        """Made by another service, and alive as far as that one knows."""
        self.unforeseen: set[str] = set()
        """Came of a request of ours, but hours later."""
        self.hidden: dict[str, int] = {}
        """Until when the list does not name a token."""
        self.late: list[Late] = []
        self.told: set[str] = set()
        """Came late of a request of which a run had said that nobody knows what became of it."""
        self.number = 0
        self.vendor_class = vendor_class(kind)
        self.begin({})

    # One run

    def begin(self, plan: Plan) -> None:
        self.plan = plan
        self.step = 0
        self.dead = False
        self.trouble: str | None = None
        self.issued: list[str] = []
        self.revoked: list[Revocation] = []
        self.changes: list[str] = []
        self.struck: list[str] = []
        self.writers: list[Ran] = []
        self.maybe_done: set[str] = set()
        self.clock = Clock(lambda: self.time + self.skew)

    def run(self, plan: Plan | None = None, check_mode: bool = False, **options: t.Any) -> Ran:
        self.begin(plan or {})
        ran = Ran(None)
        with self._patched(), self.home.open():
            try:
                ran = self._run_one(check_mode, options)
            except Killed:
                count("kills survived")
        count("runs")
        for fault in self.struck:
            count_fault(fault)
        if not check_mode:
            self.home.take(ran, options)
        self.pass_time(0)
        return ran

    def _run_one(self, check_mode: bool, options: Options) -> Ran:
        given = {**defaults(self.kind), **self.home.options(), **options, "world": self}
        return Ran(*_task.run(self.vendor_class, given, check_mode, self.home.open_store))

    @contextlib.contextmanager
    def _patched(self) -> Iterator[None]:
        with mock.patch.object(_task, "Clock", side_effect=lambda: self.clock):
            yield

    def next_fault(self) -> str:
        """What goes wrong at this step, if anything; raises Killed where the process dies before it."""
        if self.dead:
            raise Killed
        fault = self.plan.get(self.step, "")
        self.step += 1
        if fault:
            self.struck.append(fault)
        if fault == "killed":
            self.die()
        if fault in ("full", "locked"):
            self.trouble = fault
        if fault == "lying" and self.skew:
            # Where both clocks are wrong, nobody can tell the time.
            return ""
        if fault == "another's" and self.kind.has_list:
            self.make_foreign()
        if fault == "another's ends" and self.foreign:
            self.end(self.foreign[0])
        if fault == "writer":
            self._another_run()
        return fault

    def _another_run(self) -> None:
        """A run that knows nothing of this one, and meets no trouble."""
        if not self.home.has_writers:
            return
        plan, self.plan = self.plan, {}
        trouble, self.trouble = self.trouble, None
        clock, self.clock = self.clock, Clock(lambda: self.time + self.skew)
        turn = len(self.writers) + self.step
        options = ({"renew": "always"}, {}, {"state": "absent"})[turn % 3]
        self.writers.append(self._run_one(False, options))
        self.plan, self.trouble, self.clock = plan, trouble, clock

    def die(self) -> t.NoReturn:
        self.dead = True
        raise Killed

    def pass_time(self, seconds: int) -> None:
        """Time passes, and what is late gets done."""
        until = self.time + seconds
        due = sorted((each for each in self.late if each.when <= until + 1), key=lambda each: each.when)
        self.late = [each for each in self.late if each not in due]
        for each in due:
            self.time = max(self.time, min(each.when, until))
            each.work()
            if each.told and each.operation == "issue":
                self.told.add(list(self.tokens)[-1])
        self.time = until

    # What is where

    def record(self) -> Record | None:
        """What the next run will find."""
        return self.home.record()

    def is_alive(self, value: str, seconds: int = 0) -> bool:
        """Whether a token works now and for so many seconds more."""
        expires_at = self.tokens.get(value, 0)
        return expires_at is None or self.time + seconds < expires_at

    def alive(self, seconds: int = 0) -> list[str]:
        return [value for value in self.tokens if self.is_alive(value, seconds)]

    def listed(self) -> tuple[str, ...]:
        return tuple(value for value in self.alive() if self.hidden.get(value, 0) <= self.time)

    def make_foreign(self) -> str:
        value = self._make()
        self.foreign.append(value)
        return value

    def end(self, value: str) -> None:
        """Somebody else ends a token."""
        self.tokens.pop(value, None)
        if value in self.foreign:
            self.foreign.remove(value)

    def _make(self) -> str:
        self.number += 1
        value = f"token-{self.number:04}-of-the-vendor"
        self.tokens[value] = self.kind.lifetime and self.time + self.kind.lifetime
        return value

    # The vendor

    def ask(self, operation: str, work: Callable[[], t.Any], refusal: object = None) -> t.Any:
        """A request. refusal is what the vendor says of a token that it does not know, where the operation is about one."""
        changes = operation in ("issue", "revoke")
        fault = self.next_fault()
        if changes:
            self.changes.append(operation)
        failure: TelephonyError | None = None
        if fault == "down":
            failure = NoClearAnswer("The vendor is down.", code="server_error", operation=operation)
        elif fault == "refused":
            failure = VendorRefused("The vendor says no.", code="vendor_error", operation=operation)
        elif fault in MAYBE_DONE:
            code = "server_error" if fault == "gateway" else "timeout" if fault.startswith("late") else "bad_reply"
            failure = NoClearAnswer("The reply was lost.", code=code, operation=operation, maybe_done=changes)
        delay = MAYBE_DONE.get(fault, 0)
        if delay and changes:
            self.late.append(
                Late(self.time + delay, operation, functools.partial(self._do_late, operation, work, delay))
            )
        is_done = failure is None or fault in ("lost after", "gateway")
        if failure and changes and (is_done or delay):
            self.maybe_done.add(operation)
        if fault == "spurious" and refusal is not None:
            return refusal
        result = work() if is_done else None
        if fault == "lagging" and operation == "issue":
            self.hidden[self.issued[-1]] = self.time + LAG
        if fault == "killed after":
            self.die()
        if failure:
            raise failure
        self.clock.compare(formatdate(self.time + (LIE if fault == "lying" else 0), usegmt=True))
        return result

    def _do_late(self, operation: str, work: Callable[[], t.Any], delay: int) -> None:
        if operation == "issue" and delay >= HOURS:
            self.unforeseen.add(self._make())
        else:
            work()

    def issue(self) -> Token:
        value = self._make()
        self.issued.append(value)
        return Token(value, expires_at=self.tokens[value], details={"role": "admin"})

    def check(self, value: str) -> Verdict:
        if not self.is_alive(value):
            return Verdict(False, "unknown token")
        return Verdict(True, "accepted", listed=self.listed() if self.kind.has_list else None)

    def revoke(self, value: str) -> Ended:
        if not self.is_alive(value):
            return Ended.ALREADY_GONE
        if not self.kind.revocable:
            return Ended.STILL_VALID
        del self.tokens[value]
        self.revoked.append(Revocation(value, self.record()))
        return Ended.REVOKED


class WorldVendor(BaseVendor):  # pylint: disable=abstract-method  # each kind makes its own spec()
    """A vendor in the world that the options name."""

    name = "world"
    how_it_ends = "It ends at dawn."
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"role": str}
    kind: t.ClassVar[Kind]

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self.identity = "joe"
        self.world: World = self.options["world"]

    def known(self) -> Token | None:
        value = self.options["known"]
        # A token that nobody can revoke tells when it ends.
        expires_at = None if self.kind.revocable else self.world.tokens.get(value)
        return Token(value, expires_at=expires_at) if value else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Token": token.value}

    def cannot_issue(self) -> str:
        return ""

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return self.kind.revocable

    def issue(self) -> Token:
        return t.cast(Token, self.world.ask("issue", self.world.issue))

    def check(self, token: Token) -> Verdict:
        if not self.kind.can_ask:
            return Verdict(True, "there is no way to ask", asked=False)
        refused = Verdict(False, "unknown token")
        return t.cast(Verdict, self.world.ask("check", lambda: self.world.check(token.value), refused))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        # Without a list nothing could show that the vendor errs here, so there it is the vendor's module that must not.
        gone = Ended.ALREADY_GONE if token.value in self.world.listed() and self.kind.has_list else None
        return t.cast(Ended, self.world.ask("revoke", lambda: self.world.revoke(token.value), gone))


class WorldListingVendor(WorldVendor):  # pylint: disable=abstract-method  # as above
    def list(self) -> tuple[str, ...]:
        return t.cast("tuple[str, ...]", self.world.ask("list", self.world.listed))


@functools.cache
def vendor_class(kind: Kind) -> type[BaseVendor]:
    def spec() -> Spec:
        listed: Options = {
            "exclusive": {"type": "bool", "default": False},
            "keep": {"type": "list", "default": []},
            "adopt": {"type": "bool"},
            "fingerprint": {"type": "str"},
            "all_tokens": {"type": "bool", "default": False},
        }
        return (
            api_options("world", "http://127.0.0.1:9")
            + token_options()
            + file_options()
            + Spec({"known": {"type": "str"}, **(listed if kind.has_list else {})})
        )

    base = WorldListingVendor if kind.has_list else WorldVendor
    return type("TheVendor", (base,), {"kind": kind, "spec": staticmethod(spec)})


@functools.cache
def defaults(kind: Kind) -> Options:
    spec = vendor_class(kind).spec()
    return dict(ArgumentSpecValidator(**spec.as_arguments()).validate({}).validated_parameters)
