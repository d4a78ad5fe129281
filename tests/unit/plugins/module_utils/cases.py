# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Situations of one API user, for the tests of the lifecycle."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment
from ansible_collections.telephony.auth.plugins.module_utils._decide import Known, Policy
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Lifecycle, Outcome
from ansible_collections.telephony.auth.plugins.module_utils._listing import SETTLE_SECONDS
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Retiring, Token
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import (
    FakeListingVendor,
    FakeStore,
    FakeVendor,
)

NOW = 1000
LATER = NOW + SETTLE_SECONDS


def record(value: str = "old", expires_at: int | None = None, retiring: t.Iterable[Retiring] = ()) -> Record:
    token = Token(value, issued_at=10, expires_at=expires_at)
    return Record("fake", "https://fake.example", "joe", token, tuple(retiring))


@dataclass
class Case:
    """A situation, and what comes of it."""

    known: Record | None = None
    given: bool = False
    """Whether the token was given as an option, and is not in the store."""
    vendor: FakeVendor = field(default_factory=FakeListingVendor)
    store: FakeStore = field(default_factory=FakeStore)
    policy: Policy = field(default_factory=Policy)
    warnings: list[str] = field(default_factory=list)
    now: t.Callable[[], int] = lambda: NOW
    certain: bool = True

    @property
    def stored(self) -> Record:
        assert self.store.record
        return self.store.record

    def run(self, state: str = "present", check_mode: bool = False) -> Outcome:
        known = Known(self.known, kept=not self.given, removable=not self.given) if self.known else None
        if known and known.kept:
            self.store.record = self.known
        lifecycle = Lifecycle(self.vendor, self.store, self.policy, lambda: Moment(self.now(), self.certain))
        try:
            decision = lifecycle.plan_count() if state == "count" else getattr(lifecycle, f"plan_{state}")(known)
            return lifecycle.foretell(decision) if check_mode else lifecycle.carry_out(decision)
        finally:
            self.warnings = lifecycle.warnings


def kept(case: Case) -> str | None:
    return case.stored.token.value if case.store.record and case.stored.token else None


def after(outcome: Outcome) -> Record:
    assert outcome.after
    return outcome.after
