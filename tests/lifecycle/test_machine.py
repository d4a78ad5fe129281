# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random sequences of runs in a world where anything may fail at any step, and what must hold after each run."""

from __future__ import annotations

import os
import typing as t

import pytest
from hypothesis import HealthCheck, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from ansible_collections.telephony.auth.plugins.module_utils._clock import unix
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.homes import HOMES
from ansible_collections.telephony.auth.tests.lifecycle.world import (
    DIALER,
    KAZOO,
    VACD,
    WEBITEL,
    Kind,
    Options,
    Plan,
    Ran,
    World,
)

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
DRAWN = {
    has_list: st.fixed_dictionaries({**OPTIONS, **(LIST_OPTIONS if has_list else {})}) for has_list in (True, False)
}
PLANS = {
    name: st.dictionaries(
        st.integers(0, 30 if name == "file" else 12), st.sampled_from(home.faults), min_size=1, max_size=3
    )
    for name, home in HOMES.items()
}
SLIGHTLY = 3
# A clock that is further off makes time no reason for anything
FAR_OFF = 180 * 86400


class Machine(RuleBasedStateMachine):
    """Runs for one API user. What is known about it here, and not by the code under test:"""

    kind: t.ClassVar[Kind]
    home_name: t.ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.kind)
        self.home = HOMES[self.home_name](self.world)
        # Tokens that a run told of
        self.reported: set[str] = set()
        # Tokens of others that the user gave to the runs, by an option
        self.adopted: set[str] = set()

    def teardown(self) -> None:
        figures.count("sequences of runs tried")
        self.home.close()

    # What may happen

    @rule(data=st.data())
    def run_with_faults(self, data: st.DataObject) -> None:
        self.one_run(self.draw(data), data.draw(PLANS[self.home_name], label="plan"))

    @rule(data=st.data())
    def rotate_with_faults(self, data: st.DataObject) -> None:
        """The longest runs, so that most faults strike."""
        options = {**self.draw(data), "state": "present", "renew": "always", "all_tokens": False}
        self.one_run(options, data.draw(PLANS[self.home_name], label="plan"))

    @rule(data=st.data())
    def run(self, data: st.DataObject) -> None:
        options = self.draw(data)
        predicted = self.predict(options)
        ran = self.one_run(options, {})
        self.fails_only_for_a_reason(options, ran)
        if not self.is_on_trust(options):
            assert prediction(predicted) == prediction(ran)
        if ran.failed or not self.settles(options, ran):
            return
        foretold = unix((ran.result or {}).get("next_action_at"))
        again = self.one_run(options, {})
        assert again.result
        assert not again.result["changed"], again.result["reason"]
        assert self.world.changes == [] or options["state"] == "absent"
        asked = options["state"] == "present" and options["renew"] == "auto" and not self.is_on_trust(options)
        if asked and self.world.skew != SLIGHTLY and abs(self.world.skew) < FAR_OFF and not self.world.late:
            self.is_next_action_right(options, foretold)

    @rule(seconds=st.sampled_from([1, 60, 101, 301, 601, 1799, 3600, 7201, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(seconds=st.sampled_from([0, SLIGHTLY, -7200, 7200, 90_000, -40_000_000]))
    def the_clock_of_the_host_is_set(self, seconds: int) -> None:
        self.world.skew = seconds

    @precondition(lambda self: self.world.alive())
    @rule(data=st.data())
    def a_token_is_ended_by_somebody(self, data: st.DataObject) -> None:
        self.world.end(data.draw(st.sampled_from(self.world.alive()), label="ended"))

    @precondition(lambda self: self.kind.has_list)
    @rule()
    def another_service_makes_a_token(self) -> None:
        self.world.make_foreign()

    # The options of a run

    def draw(self, data: st.DataObject) -> Options:
        options: Options = dict(data.draw(DRAWN[self.kind.has_list], label="options"))
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
        self.learn(ran, before, after, options)
        self.nothing_is_told_that_is_secret(ran)
        self.what_was_done_is_never_denied(ran)
        self.a_working_token_is_on_record(options, ran, before, after, alive_before)
        self.no_token_is_left_behind(after)
        self.no_token_of_others_is_ended(options)
        self.nothing_is_revoked_that_should_live(options, before)
        assert self.home.left_over() == []
        return ran

    def predict(self, options: Options) -> Ran:
        """A run in check mode, which changes nothing."""
        world = self.world
        before = world.record(), dict(world.tokens)
        ran = world.run(check_mode=True, **options)
        assert (world.record(), world.tokens, world.changes) == (*before, [])
        return ran

    def others(self) -> set[str]:
        """Tokens that no run made, as far as anybody could know, and that the user gave to none."""
        return ({*self.world.foreign} | self.world.unforeseen) - self.adopted

    def learn(self, ran: Ran, before: Record | None, after: Record | None, options: Options) -> None:
        """What the user got to know, and said."""
        world = self.world
        if before and options.get("adopt") is False:
            # The user dismissed them, whether the run lived to confirm it or not.
            self.reported |= {value for value in world.tokens if is_of_an_attempt(value, before)}
        if before and options["state"] == "absent" and not self.kind.revocable:
            self.reported |= {token.value for token in before.tokens}
        texts = [each.text for each in (ran, *world.writers)]
        self.reported |= {value for value in world.tokens if any(fingerprint(value) in text for text in texts)}
        told = sum(text.count("nobody knows") for text in texts)
        unknown = self.unknown(after)
        if told:
            assert len(unknown) <= told or self.kind.has_list, "more than one token was left behind"
            self.reported |= unknown
            for late in world.late:
                late.told = True
        given = {options.get("known"), options.get("fingerprint")}
        sure = {token.value for token in after.tokens if not token.guessed} if after else set()
        for value in sure & self.others():
            assert value in given or fingerprint(value) in given, "a token of another was taken over for sure"
        self.adopted |= sure & self.others()

    def unknown(self, record: Record | None) -> set[str]:
        """Live tokens that runs made, and that are neither on record nor reported.

        One that ends within seconds is gone: a clock that is wrong by seconds is not worth correcting.
        """
        on_record = {token.value for token in record.tokens} if record else set()
        mine = set(self.world.alive(2 * SLIGHTLY)) - self.others() - on_record - self.reported - self.world.told
        attempts = record.attempts if record else ()
        if not self.kind.has_list:
            # The next run tells that a token may live.
            return mine if len(mine) > len(attempts) else set()
        return {value for value in mine if not (record and is_of_an_attempt(value, record))}

    def nothing_is_told_that_is_secret(self, ran: Ran) -> None:
        assert not any(value in ran.text for value in self.world.tokens)
        for each in (ran, *self.world.writers):
            if each.result and each.failed:
                assert each.result["failure"]["code"] != "internal_error", each.result["msg"]

    def fails_only_for_a_reason(self, options: Options, ran: Ran) -> None:
        """Without any fault. A world in which nothing works would prove nothing."""
        if ran.result and ran.failed:
            reasons = {"renewal_needed"} if options["renew"] == "never" else set()
            reasons |= {"bad_option"} if options.get("adopt") else set()
            assert ran.result["failure"]["code"] in reasons, ran.result["msg"]

    def what_was_done_is_never_denied(self, ran: Ran) -> None:
        failure = ran.result["failure"] if ran.result and ran.failed else {"maybe_done": True}
        assert failure["maybe_done"] or failure["operation"] not in self.world.maybe_done

    def a_working_token_is_on_record(
        self, options: Options, ran: Ran, before: Record | None, after: Record | None, alive_before: set[str]
    ) -> None:
        world = self.world
        if options["state"] == "absent":
            return
        works = after is not None and after.token is not None and world.is_alive(after.token.value)
        worked = before is not None and before.token is not None and before.token.value in alive_before
        if "another's ends" in world.struck or any(not each.failed for each in world.writers):
            # They may have ended it or removed the record: what is named works all the same.
            ended = before is not None and before.token is not None and before.token.value not in world.tokens
            works = works or after is None or after.token is None or not worked or ended
            if world.writers and after and after.token and not self.is_on_trust(options):
                works = world.is_alive(after.token.value) or "another's ends" in world.struck
            worked = bool(world.writers)
        elif not ran.failed:
            assert works or (not world.issued and self.is_on_trust(options))
        if worked:
            figures.count("tokens lost", not works)
            assert works

    def no_token_is_left_behind(self, after: Record | None) -> None:
        left = self.unknown(after)
        figures.count("tokens left behind", len(left))
        assert left == set()

    def no_token_of_others_is_ended(self, options: Options) -> None:
        ended = {revocation.value for revocation in self.world.revoked} & self.others() - {options.get("known")}
        if options.get("exclusive") or options["all_tokens"]:
            return
        ended = {
            value for value in ended if not (options.get("adopt") and fingerprint(value) == options["fingerprint"])
        }
        figures.count("others' tokens ended", len(ended))
        assert ended == set()

    def nothing_is_revoked_that_should_live(self, options: Options, before: Record | None) -> None:
        world = self.world
        if options["state"] == "absent" or (self.is_on_trust(options) and world.skew) or world.writers:
            return
        retiring = {old.token.value: old.revoke_at for old in before.retiring} if before else {}
        for revocation in world.revoked:
            value, on_record = revocation.value, revocation.on_record
            if value in world.issued:
                continue
            at_once = options["grace"] == "0s" or "spurious" in world.struck
            due = at_once if value not in retiring else at_once or retiring[value] <= world.time + SLIGHTLY
            others = options.get("exclusive") and value not in retiring and value not in options["keep"]
            assert due or others, value
            if self.home.is_kept:
                assert on_record
                assert on_record.token
                assert on_record.token.value != value
                assert self.is_on_trust(options) or world.is_alive(on_record.token.value)

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


def is_of_an_attempt(value: str, record: Record) -> bool:
    """Whether the record remembers a request that a token may have come of."""
    name = fingerprint(value)
    return any(name not in each.existed if each.suspects is None else name in each.suspects for each in record.attempts)


def prediction(ran: Ran) -> tuple[t.Any, ...]:
    """What check mode and the real run must agree on."""
    result = ran.result or {}
    if ran.failed:
        return result["failure"]["code"], result["msg"]
    return result["changed"], result["reason"], result.get("revoked")


# Of a thousand sequences, how many are of which kind, with the record where
MACHINES = [
    (VACD, "file", 160),
    (VACD, "memory", 260),
    (VACD, "record", 100),
    (WEBITEL, "file", 80),
    (WEBITEL, "memory", 120),
    (WEBITEL, "record", 80),
    (KAZOO, "file", 40),
    (KAZOO, "memory", 60),
    (DIALER, "file", 40),
    (DIALER, "memory", 60),
]


@pytest.mark.parametrize("part", range(10))
@pytest.mark.parametrize(
    ("kind", "home", "share"), MACHINES, ids=[f"{kind.name}-{home}" for kind, home, _share in MACHINES]
)
def test_whatever_happens_nothing_is_lost_and_nothing_left_behind(kind: Kind, home: str, share: int, part: int) -> None:
    run_state_machine_as_test(
        seed(10 * SEED + part)(type("Machine", (Machine,), {"kind": kind, "home_name": home})),
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
