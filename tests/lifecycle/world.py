# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small world for the real code of a run: a vendor in memory, a disk and a clock, all of which may fail at any step.

A step is a request to the vendor or a change on the disk. A plan says what goes wrong at which step of a run.
"""

from __future__ import annotations

import contextlib
import os
import typing as t
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.telephony.auth.plugins.module_utils import _private_file, _task
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, RecordFile, Token, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.tests.lifecycle.figures import count

Plan = Mapping[int, str]
Options = dict[str, t.Any]

# What may go wrong at a step. On the disk, all but the last five are an error at this step alone.
FAULTS = (
    "down",  # not done, and that is sure
    "refused",  # not done, the vendor says no
    "lost",  # not done, and nobody can tell
    "lost after",  # done, and nobody can tell
    "late",  # done after the run has given up
    "foreign",  # no fault: another service makes a token for the same API user just before
    "killed",  # the process dies before this step
    "killed after",  # and right after it
    "full",  # no fault of the vendor; from here on the disk takes nothing more
    "locked",  # and from here on the directory takes no change
)


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
    """What the disk held at this moment."""


@dataclass
class Ran:
    """What came of a run. result is None when it was killed."""

    result: dict[str, t.Any] | None
    warnings: list[str]

    @property
    def failed(self) -> bool:
        return self.result is None or bool(self.result.get("failed"))

    @property
    def text(self) -> str:
        return " ".join([str((self.result or {}).get("msg", "")), *self.warnings])


class World:
    """Everything outside of a run."""

    def __init__(self, kind: Kind, directory: Path, keeps: bool = True) -> None:
        self.kind = kind
        self.path = directory / "joe.json"
        self.keeps = keeps
        self.time = 1_800_000_000
        self.skew = 0
        self.tokens: dict[str, int | None] = {}
        self.foreign: set[str] = set()
        self.number = 0
        self.in_hand: dict[str, t.Any] = {}
        """The record of a caller who keeps it."""
        self.defaults = (
            ArgumentSpecValidator(**self.vendor_class.spec().as_arguments()).validate({}).validated_parameters
        )
        self.begin({})

    # One run

    def begin(self, plan: Plan) -> None:
        self.plan = plan
        self.step = 0
        self.dead = False
        self.trouble: str | None = None
        self.late: list[Callable[[], object]] = []
        self.descriptors: set[int] = set()
        self.issued: list[str] = []
        self.revoked: list[Revocation] = []
        self.changes: list[str] = []
        self.disk_faults = 0
        self.clock = Clock(lambda: self.time + self.skew)

    def run(self, plan: Plan | None = None, check_mode: bool = False, **options: t.Any) -> Ran:
        self.begin(plan or {})
        ran = Ran(None, [])
        with self._patched():
            try:
                if self.keeps:
                    ran = self._run_one(check_mode, path=str(self.path), **options)
                elif check_mode or options["state"] == "absent":
                    ran = self._run_one(check_mode, record=self.in_hand, **options)
                else:
                    ran = self._run_announced(options)
            except Killed:
                count("kills survived")
        count("runs")
        count("faults injected", sum(1 for step, fault in self.plan.items() if step < self.step and fault != "foreign"))
        for descriptor in self.descriptors:
            os.close(descriptor)
        for work in self.late:
            work()
        if not self.keeps and options["state"] == "absent" and ran.result and not ran.failed and not check_mode:
            self.in_hand = {}
        return ran

    def _run_one(self, check_mode: bool, **options: t.Any) -> Ran:
        return Ran(*_task.run(self.vendor_class, {**self.defaults, **options}, check_mode))

    def _run_announced(self, options: Options) -> Ran:
        """What the role does for a store: it is told of a token that is going to be issued."""
        known = self.in_hand
        planned = self._run_one(True, record=known, **options)
        if planned.failed:
            return planned
        assert planned.result
        announced = planned.result.get("record", {})
        announced = announced if announced.get("pending") else {}
        self.in_hand = announced or known
        ran = self._run_one(False, record={**announced, "pending": None} if announced else known, **options)
        assert ran.result
        if not ran.failed:
            self.in_hand = ran.result["record"]
        elif not ran.result["failure"]["maybe_done"]:
            self.in_hand = known
        return Ran(ran.result, [*planned.warnings, *ran.warnings])

    @contextlib.contextmanager
    def _patched(self) -> Iterator[None]:
        with mock.patch.object(_private_file, "os", Disk(self)), mock.patch.object(
            _task, "Clock", return_value=self.clock
        ):
            yield

    def next_fault(self) -> str:
        """What goes wrong at this step, if anything; raises Killed where the process dies before it."""
        if self.dead:
            raise Killed
        fault = self.plan.get(self.step, "")
        self.step += 1
        if fault == "killed":
            self.die()
        if fault in ("full", "locked"):
            self.trouble = fault
        if fault == "foreign" and self.kind.has_list:
            self.make_foreign()
        return fault

    def die(self) -> t.NoReturn:
        self.dead = True
        raise Killed

    # What is where

    def record(self) -> Record | None:
        """What the next run will find."""
        if self.keeps:
            return RecordFile(str(self.path)).load()
        return record_from_json(self.in_hand, "record") if self.in_hand else None

    def is_alive(self, value: str, seconds: int = 0) -> bool:
        """Whether a token works now and for so many seconds more."""
        expires_at = self.tokens.get(value, 0)
        return expires_at is None or self.time + seconds < expires_at

    def alive(self, seconds: int = 0) -> list[str]:
        return [value for value in self.tokens if self.is_alive(value, seconds)]

    def make_foreign(self) -> str:
        value = self._make()
        self.foreign.add(value)
        return value

    def _make(self) -> str:
        self.number += 1
        value = f"token-{self.number:04}-of-the-vendor"
        self.tokens[value] = self.kind.lifetime and self.time + self.kind.lifetime
        return value

    # The vendor

    def ask(self, operation: str, work: Callable[[], t.Any]) -> t.Any:
        changes = operation in ("issue", "revoke")
        fault = self.next_fault()
        if changes:
            self.changes.append(operation)
        failure: TelephonyError | None = None
        if fault == "down":
            failure = NoClearAnswer("The vendor is down.", code="server_error", operation=operation)
        elif fault == "refused":
            failure = VendorRefused("The vendor says no.", code="vendor_error", operation=operation)
        elif fault in ("lost", "lost after", "late"):
            code = "timeout" if fault == "late" else "bad_reply"
            failure = NoClearAnswer("The reply was lost.", code=code, operation=operation, maybe_done=changes)
        if fault == "late" and changes:
            self.late.append(work)
        result = None if failure and fault != "lost after" else work()
        if fault == "killed after":
            self.die()
        if failure:
            raise failure
        self.clock.compare(formatdate(self.time, usegmt=True))
        return result

    def issue(self) -> Token:
        value = self._make()
        self.issued.append(value)
        return Token(value, expires_at=self.tokens[value], details={"role": "admin"})

    def check(self, value: str) -> Verdict:
        if not self.kind.can_ask:
            return Verdict(True, "there is no way to ask")
        if not self.is_alive(value):
            return Verdict(False, "unknown token")
        return Verdict(True, "accepted", listed=tuple(self.alive()) if self.kind.has_list else None)

    def revoke(self, value: str) -> Ended:
        if not self.is_alive(value):
            return Ended.ALREADY_GONE
        if not self.kind.revocable:
            return Ended.STILL_VALID
        del self.tokens[value]
        self.revoked.append(Revocation(value, self.record()))
        return Ended.REVOKED

    @property
    def vendor_class(self) -> type[BaseVendor]:
        world = self

        class WorldVendor(BaseVendor):
            name = "world"
            how_it_ends = "It ends at dawn."

            @staticmethod
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
                    + Spec({"known": {"type": "str"}, **(listed if world.kind.has_list else {})})
                )

            def known(self) -> Token | None:
                return Token(self.options["known"]) if self.options["known"] else None

            def headers(self, token: Token) -> dict[str, str]:
                return {"X-Token": token.value}

            def cannot_issue(self) -> str | None:
                return None

            def can_revoke(self, token: Token, leaving: bool) -> bool:
                return world.kind.revocable

            def issue(self) -> Token:
                return t.cast(Token, world.ask("issue", world.issue))

            def check(self, token: Token) -> Verdict:
                if not world.kind.can_ask:
                    return world.check(token.value)
                return t.cast(Verdict, world.ask("check", lambda: world.check(token.value)))

            def revoke(self, token: Token, leaving: bool) -> Ended:
                return t.cast(Ended, world.ask("revoke", lambda: world.revoke(token.value)))

            def list(self) -> tuple[str, ...] | None:
                if not world.kind.has_list:
                    return None
                return t.cast("tuple[str, ...]", world.ask("list", lambda: tuple(world.alive())))

        return WorldVendor


class Disk:
    """The os module as the record's file sees it: every change is a step."""

    # Which calls fail in a full file system, and which in a directory that may not be changed
    FAIL: t.ClassVar[dict[str, tuple[str, ...]]] = {
        "full": ("open", "posix_fallocate", "write"),
        "locked": ("open", "replace", "unlink"),
    }

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> t.Any:
        return getattr(os, name)

    def _change(self, name: str, *arguments: t.Any) -> t.Any:
        world = self._world
        fault = world.next_fault()
        if name in self.FAIL.get(world.trouble or "", ()) or fault in FAULTS[:5]:
            world.disk_faults += 1
            raise OSError(28, "No space left on device")
        result = getattr(os, name)(*arguments)
        if name == "open":
            world.descriptors.add(result)
        if fault == "killed after":
            world.die()
        return result

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        if not flags & os.O_CREAT:
            return os.open(path, flags, mode)
        # A file that exists needs neither room nor a change of its directory.
        if not os.path.exists(path):
            return t.cast(int, self._change("open", path, flags, mode))
        descriptor = os.open(path, flags)
        self._world.descriptors.add(descriptor)
        return descriptor

    def close(self, descriptor: int) -> None:
        self._world.descriptors.discard(descriptor)
        os.close(descriptor)

    def write(self, descriptor: int, content: bytes) -> int:
        return t.cast(int, self._change("write", descriptor, content))

    def posix_fallocate(self, descriptor: int, offset: int, length: int) -> None:
        self._change("posix_fallocate", descriptor, offset, length)

    def fsync(self, descriptor: int) -> None:
        self._change("fsync", descriptor)

    def ftruncate(self, descriptor: int, length: int) -> None:
        self._change("ftruncate", descriptor, length)

    def replace(self, source: str, target: str) -> None:
        self._change("replace", source, target)

    def unlink(self, path: str) -> None:
        if os.path.lexists(path):
            self._change("unlink", path)
        else:
            os.unlink(path)
