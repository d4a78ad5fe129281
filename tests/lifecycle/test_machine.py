# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random sequences of runs in a world where anything may fail at any step, and what must hold after each run."""

from __future__ import annotations

import os
import shutil
import tempfile
import typing as t
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from ansible_collections.telephony.auth.plugins.module_utils._clock import unix
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.world import (
    DIALER,
    FAULTS,
    KAZOO,
    VACD,
    WEBITEL,
    Kind,
    Options,
    Plan,
    Ran,
    World,
)

# Where there is one, a disk in memory: nothing here is about how long a real one takes
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
SEQUENCES = int(os.environ.get("LIFECYCLE_SEQUENCES", "300"))
# The same sequences each time, unless another number is given
SEED = int(os.environ.get("LIFECYCLE_SEED", "0"))

OPTIONS = {
    "state": st.sampled_from(["present"] * 4 + ["absent"]),
    "renew": st.sampled_from(["auto"] * 3 + ["always"] * 2 + ["never"]),
    "verify": st.sampled_from([True, True, True, False]),
    "grace": st.sampled_from(["0s", "100", "2h"]),
    "max_age": st.sampled_from([None, None, "30m", "10d"]),
    "renew_before": st.sampled_from(["5m", "0", "30m"]),
}
LIST_OPTIONS = {
    "exclusive": st.sampled_from([False] * 4 + [True]),
    "adopt": st.sampled_from([None, None, None, False, True]),
    "all_tokens": st.sampled_from([False] * 4 + [True]),
}
SLIGHTLY = 3
PLANS = st.dictionaries(st.integers(0, 45), st.sampled_from(FAULTS), max_size=3)


class Machine(RuleBasedStateMachine):
    """Runs for one API user. What is known about it here, and not by the code under test:"""

    kind: t.ClassVar[Kind]
    keeps: t.ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="lifecycle-", dir=SCRATCH))
        self.world = World(self.kind, self.directory, self.keeps)
        # Tokens that a run told of
        self.reported: set[str] = set()
        # Foreign tokens that became known by an option or by being the only new one
        self.adopted: set[str] = set()

    def teardown(self) -> None:
        figures.count("sequences of runs tried")
        shutil.rmtree(self.directory)

    # What may happen

    @rule(data=st.data(), plan=PLANS)
    def run_with_faults(self, data: st.DataObject, plan: Plan) -> None:
        self.one_run(self.draw(data), plan)

    @rule(data=st.data())
    def run(self, data: st.DataObject) -> None:
        options = self.draw(data)
        predicted = self.predict(options)
        ran = self.one_run(options, {})
        if not self.is_on_trust(options):
            assert prediction(predicted) == prediction(ran)
        if ran.failed or not self.settles(options, ran):
            return
        if not self.keeps and self.world.issued:
            # What was replaced is ended by a run that sees the new record, by then on the vendor's time
            self.world.time += SLIGHTLY
            ran = self.one_run(options, {})
        foretold = unix((ran.result or {}).get("next_action_at"))
        again = self.one_run(options, {})
        assert again.result
        assert not again.result["changed"], again.result["reason"]
        assert self.world.changes == [] or options["state"] == "absent"
        asked = options["state"] == "present" and options["renew"] == "auto" and not self.is_on_trust(options)
        if asked and self.world.skew != SLIGHTLY:
            self.is_next_action_right(options, foretold)

    @rule(seconds=st.sampled_from([1, 60, 101, 301, 1799, 3600, 7201, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.time += seconds

    @rule(seconds=st.sampled_from([0, SLIGHTLY, -7200, 7200, 90_000, -40_000_000]))
    def the_clock_of_the_host_is_set(self, seconds: int) -> None:
        self.world.skew = seconds

    @precondition(lambda self: self.world.alive())
    @rule(data=st.data())
    def a_token_is_ended_by_somebody(self, data: st.DataObject) -> None:
        del self.world.tokens[data.draw(st.sampled_from(self.world.alive()), label="ended")]

    @precondition(lambda self: self.kind.has_list)
    @rule()
    def another_service_makes_a_token(self) -> None:
        self.world.make_foreign()

    # The options of a run

    def draw(self, data: st.DataObject) -> Options:
        strategies = {**OPTIONS, **(LIST_OPTIONS if self.kind.has_list else {})}
        options: Options = data.draw(st.fixed_dictionaries(strategies), label="options")
        alive = self.world.alive()
        if options.get("adopt"):
            options["fingerprint"] = fingerprint(data.draw(st.sampled_from([*alive, "none"]), label="fingerprint"))
        if options.get("exclusive"):
            options["keep"] = data.draw(st.lists(st.sampled_from(alive), max_size=1), label="keep") if alive else []
        options["all_tokens"] = options.get("all_tokens", False) and options["state"] == "absent"
        if alive and not self.world.record() and data.draw(st.integers(0, 4), label="known?") == 0:
            options["known"] = data.draw(st.sampled_from(alive), label="known")
        return options

    def is_on_trust(self, options: Options) -> bool:
        """Whether the vendor is not asked, so that what a run thinks may be wrong."""
        return not (options["verify"] and self.kind.can_ask)

    def settles(self, options: Options, ran: Ran) -> bool:
        """Whether the next run with these options finds nothing to do."""
        if options["state"] == "absent":
            return "known" not in options
        lasts = (
            self.kind.lifetime is None or {"5m": 300, "0": 0, "30m": 1800}[options["renew_before"]] < self.kind.lifetime
        )
        skewed = self.world.skew and self.is_on_trust(options)
        return options["renew"] != "always" and lasts and not skewed and not ran.warnings

    # One run, and what must hold after it

    def one_run(self, options: Options, plan: Plan) -> Ran:
        world = self.world
        before = world.record()
        alive_before = set(world.alive())
        ran = world.run(plan, **options)
        after = world.record()
        if "known" in options and after:
            self.adopted.add(options["known"])
        self.learn(ran, before, after)
        self.nothing_is_told_that_is_secret(ran)
        self.a_working_token_is_on_record(options, ran, before, after, alive_before)
        self.no_token_is_left_behind(options, ran, before, after)
        self.nothing_is_revoked_that_should_live(options, before)
        self.the_directory_is_tidy(ran, after)
        return ran

    def predict(self, options: Options) -> Ran:
        """A run in check mode, which changes nothing."""
        world = self.world
        before = world.record(), dict(world.tokens), os.listdir(self.directory)
        ran = world.run(check_mode=True, **options)
        assert (world.record(), world.tokens, os.listdir(self.directory), world.changes) == (*before, [])
        self.learn(ran, before[0], before[0])
        return ran

    def learn(self, ran: Ran, before: Record | None, after: Record | None) -> None:
        """What the operator got to know."""
        named = {value for value in self.world.tokens if fingerprint(value) in ran.text}
        self.reported |= named
        unknown = self.unknown(after)
        if "nobody knows" in ran.text:
            assert len(unknown) <= 1 or self.kind.has_list, "more than one session was left behind"
            self.reported |= unknown
        on_record = {token.value for token in after.tokens} if after else set()
        self.adopted |= on_record & self.world.foreign

    def unknown(self, record: Record | None) -> set[str]:
        """Live tokens that runs made, and that are neither on record nor reported.

        One that ends within seconds is gone: a clock that is wrong by seconds is not worth correcting.
        """
        on_record = {token.value for token in record.tokens} if record else set()
        alive = self.world.alive(2 * SLIGHTLY)
        mine = {value for value in alive if value not in self.world.foreign or value in self.adopted}
        return mine - on_record - self.reported

    def nothing_is_told_that_is_secret(self, ran: Ran) -> None:
        assert not any(value in ran.text for value in self.world.tokens)
        if ran.result and ran.failed:
            assert ran.result["failure"]["code"] != "internal_error", ran.result["msg"]

    def a_working_token_is_on_record(
        self, options: Options, ran: Ran, before: Record | None, after: Record | None, alive_before: set[str]
    ) -> None:
        world = self.world
        works = after is not None and after.token is not None and world.is_alive(after.token.value)
        if options["state"] == "present" and not ran.failed:
            assert after is not None
            assert after.token is not None
            assert works or (not world.issued and self.is_on_trust(options))
        worked = before is not None and before.token is not None and before.token.value in alive_before
        if worked and options["state"] == "present":
            if not works:
                figures.count("tokens lost")
            assert works

    def no_token_is_left_behind(self, options: Options, ran: Ran, before: Record | None, after: Record | None) -> None:
        pending = after.pending if after else None
        left = {
            value
            for value in self.unknown(after)
            # The next run will find it, or tell of it
            if not (pending and fingerprint(value) not in pending.fingerprints)
        }
        if left:
            figures.count("tokens left behind")
        assert left == set()

    def nothing_is_revoked_that_should_live(self, options: Options, before: Record | None) -> None:
        world = self.world
        if options["state"] == "absent" or (self.is_on_trust(options) and world.skew):
            return
        retiring = {old.token.value: old.revoke_at for old in before.retiring} if before else {}
        for revocation in world.revoked:
            value, on_record = revocation.value, revocation.on_record
            if value in world.issued:
                continue
            due = retiring.get(value, world.time) <= world.time + SLIGHTLY and (
                value in retiring or (options["grace"] == "0s" and self.keeps)
            )
            others = options.get("exclusive") and value not in retiring and value not in options["keep"]
            assert due or others, value
            if others and not self.keeps:
                # A caller gets to know the new token only after the run
                assert not on_record or not on_record.token or on_record.token.value != value
                continue
            assert on_record
            assert on_record.token
            assert on_record.token.value != value
            assert world.is_alive(on_record.token.value)

    def the_directory_is_tidy(self, ran: Ran, after: Record | None) -> None:
        if ran.result is None or self.world.disk_faults:
            return
        expected = {self.world.path.name, f".{self.world.path.name}.lock"} if after and self.keeps else set()
        assert set(os.listdir(self.directory)) == expected

    def is_next_action_right(self, options: Options, foretold: int | None) -> None:
        world = self.world
        now = world.time
        record = world.record()
        if self.kind.lifetime and record and record.token and record.token.expires_at is None:
            # It was given as an option, and nobody knows when it ends
            moments = []
        elif foretold is None:
            moments = [(now + 10**9, False)]
        else:
            moments = [(foretold - 1, False), (foretold, True)] if foretold > now else []
        for moment, changed in moments:
            world.time = moment
            result = self.world.run(check_mode=True, **options).result
            assert result
            assert result["changed"] is changed, (moment, result)
        world.time = now


def prediction(ran: Ran) -> tuple[t.Any, ...]:
    """What check mode and the real run must agree on."""
    result = ran.result or {}
    if ran.failed:
        return result["failure"]["code"], result["msg"]
    return result["changed"], result["reason"], result.get("revoked")


# Of a thousand sequences, how many are of which kind, with the record in a file (True) or in the caller's hands
MACHINES = [
    (VACD, True, 400),
    (WEBITEL, True, 200),
    (KAZOO, True, 120),
    (DIALER, True, 100),
    (VACD, False, 100),
    (WEBITEL, False, 80),
]


@pytest.mark.parametrize("part", range(10))
@pytest.mark.parametrize(
    ("kind", "keeps", "share"),
    MACHINES,
    ids=[f"{kind.name}-{'file' if keeps else 'record'}" for kind, keeps, _share in MACHINES],
)
def test_whatever_happens_nothing_is_lost_and_nothing_left_behind(
    kind: Kind, keeps: bool, share: int, part: int
) -> None:
    run_state_machine_as_test(
        seed(10 * SEED + part)(type("Machine", (Machine,), {"kind": kind, "keeps": keeps})),
        settings=settings(
            max_examples=max(1, SEQUENCES * share // 10_000),
            stateful_step_count=8,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
