# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vendor and a store in memory, for tests of the state machine. Both fail on demand."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    StoreConflict,
    StoreError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Token, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict


def _failure(word: str) -> TelephonyError:
    if word == "down":
        return NoClearAnswer("The vendor is down.", code="server_error", operation="any", status=500)
    if word == "refused":
        return VendorRefused("The vendor says no.", code="credentials_refused", operation="any", status=401)
    if word == "full":
        return StoreError("The store is full.", code="store_unwritable")
    if word in ("lost", "saved, but"):
        return StoreError("The reply of the store was lost.", code="store_unreachable", maybe_done=True)
    if word == "conflict":
        return StoreConflict("store")
    return NoClearAnswer("The reply was lost.", code="bad_reply", operation="any", maybe_done=True)


@dataclass
class FakeVendor:
    """Tokens are the words in alive. Each call is noted in calls, and fails as faults say about it, in turn.

    A fault is "down", "refused", "lost before" (the work was not done), "lost after" (it was), "spurious" (a token is
    refused although it lives) or "" for none.
    """

    alive: list[str] = field(default_factory=list)
    revocable: bool = True
    lifetime: int | None = None
    missing: str = ""
    accepts_new: bool = True
    faults: dict[str, list[str]] = field(default_factory=dict)
    on_call: t.Callable[[str], None] = lambda _operation: None
    calls: list[str] = field(default_factory=list)
    now: int = 1000
    number: int = 0
    identity: str | None = "joe"
    name: t.ClassVar[str] = "fake"
    api_url: str = "https://fake.example"
    how_it_ends: str = "It ends at dawn."
    lists_names: bool = False
    differs: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def _call(self, operation: str, work: t.Callable[[], t.Any], refusal: object = None) -> t.Any:
        self.calls.append(operation)
        self.on_call(operation)
        faults = self.faults.get(operation.split()[0], [])
        fault = faults.pop(0) if faults else ""
        if fault == "spurious":
            return refusal
        if fault and fault != "lost after":
            raise _failure(fault)
        result = work()
        if fault:
            raise _failure(fault)
        return result

    def cannot_issue(self) -> str:
        return self.missing

    def issue(self) -> Token:
        def work() -> Token:
            self.number += 1
            value = f"new{self.number}"
            if self.accepts_new:
                self.alive.append(value)
            return Token(value, expires_at=self.lifetime and self.now + self.lifetime, details={"role": "admin"})

        return t.cast(Token, self._call("issue", work))

    def _listed(self) -> tuple[str, ...] | None:
        return None

    def check(self, token: Token) -> Verdict:
        def work() -> Verdict:
            if token.value not in self.alive:
                return Verdict(False, "unknown token")
            return Verdict(True, "accepted", {"balance": 7}, self._listed(), differs=self.differs)

        return t.cast(Verdict, self._call(f"check {token.value}", work, Verdict(False, "unknown token")))

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return self.revocable

    def revoke(self, token: Token, leaving: bool) -> Ended:
        value = token.value.replace("name-of-", "")

        def work() -> Ended:
            if value not in self.alive:
                return Ended.ALREADY_GONE
            if not self.revocable:
                return Ended.STILL_VALID
            self.alive.remove(value)
            return Ended.REVOKED

        return t.cast(Ended, self._call(f"revoke {token.value}", work, Ended.ALREADY_GONE))

    def owner(self, token: Token) -> str | None:
        return f"owner of {token.value}"

    def listed_as(self, token: Token) -> str:
        return f"name-of-{token.value}" if self.lists_names else token.value

    def adjust(self, token: Token) -> None:
        self._call(f"adjust {token.value}", lambda: None)

    @property
    def changing(self) -> t.Sequence[str]:
        return [call for call in self.calls if call.startswith(("issue", "revoke"))]


@dataclass
class FakeListingVendor(FakeVendor):
    """A vendor that lists tokens, with those in hidden left out."""

    hidden: set[str] = field(default_factory=set)

    def _listed(self) -> tuple[str, ...]:
        return tuple(self.listed_as(Token(value)) for value in self.alive if value not in self.hidden)

    def list(self) -> tuple[str, ...]:
        return t.cast("tuple[str, ...]", self._call("list", self._listed))


@dataclass
class FakeStore:
    """Each call is noted in calls, and fails as faults say about it, in turn: "full", "lost", "conflict" or "saved, but"."""

    record: Record | None = None
    is_kept: bool = True
    place: str = "store"
    faults: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    on_conflict: t.Callable[[], None] = lambda: None

    def _call(self, operation: str) -> str:
        self.calls.append(operation)
        faults = self.faults.get(operation, [])
        fault = faults.pop(0) if faults else ""
        if fault == "conflict":
            self.on_conflict()
        if fault and fault != "saved, but":
            raise _failure(fault)
        return fault

    def lock(self, wait: float) -> None:
        self._call("lock")

    def load(self) -> Record | None:
        self._call("load")
        return self.record

    def prove(self) -> None:
        self._call("prove")

    def save(self, record: Record) -> None:
        fault = self._call("save")
        # As from a place that holds JSON
        self.record = record_from_json(record.as_json(), self.place)
        if fault:
            raise _failure(fault)

    def remove(self) -> None:
        self._call("remove")
        self.record = None

    def attributes_differ(self) -> bool:
        return False

    def close(self) -> None:
        pass
