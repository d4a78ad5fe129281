# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import string
import typing as t
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._clock import Moment
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Attempt, Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._user import (
    Facts,
    Outcome,
    User,
    UserLifecycle,
    Wanted,
    decide,
    generate,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.fakes import FakeStore

BLANK = Record("fake_user", "https://fake.example", "joe", None)
JOE = Wanted("joe", facts={"email": "joe@example.com", "enabled": True}, keeps=True)


class Killed(BaseException):
    """The process dies here."""


@dataclass
class World:
    """A vendor's users with their passwords, and a store. Each step may fail as plan says about its number."""

    users: dict[str, tuple[dict[str, t.Any], str | None]] = field(default_factory=dict)
    plan: dict[int, str] = field(default_factory=dict)
    steps: int = 0
    made: int = 0
    fresh: int = 0
    store: FakeStore = field(default_factory=FakeStore)
    needed: t.ClassVar[tuple[str, ...]] = ("email",)
    fixed: t.ClassVar[tuple[str, ...]] = ("parent",)
    takes_password: t.ClassVar[bool] = True

    def _step(self, changes: bool, work: t.Callable[[], t.Any]) -> t.Any:
        fault = self.plan.get(self.steps, "")
        self.steps += 1
        if fault == "killed":
            raise Killed
        if fault == "refused":
            raise VendorRefused("no", code="vendor_error")
        if fault == "down" or (fault == "lost" and not changes):
            raise NoClearAnswer("down", code="unreachable")
        if fault == "lost":
            raise NoClearAnswer("lost", code="timeout", maybe_done=True)
        result = work()
        if fault == "killed after":
            raise Killed
        if fault == "lost after" and changes:
            raise NoClearAnswer("lost", code="timeout", maybe_done=True)
        return result

    def find(self, name: str) -> User | None:
        return t.cast(
            "User | None",
            self._step(False, lambda: User("1", name, dict(self.users[name][0])) if name in self.users else None),
        )

    def complete(self, facts: Facts) -> Facts:
        return facts

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        def work() -> None:
            assert name not in self.users
            self.made += 1
            self.users[name] = dict(facts), password

        self._step(True, work)

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        def work() -> None:
            facts, old = self.users[user.name]
            self.users[user.name] = {**facts, **changes}, password or old

        self._step(True, work)

    def delete(self, user: User) -> None:
        self._step(True, lambda: self.users.pop(user.name))

    def password(self) -> str:
        self.fresh += 1
        return f"generated{self.fresh}"

    def run(self, wanted: Wanted, check_mode: bool = False) -> tuple[Outcome, list[str]]:
        lifecycle = UserLifecycle(self, self.store, BLANK, lambda: Moment(1000), self.password)
        record = self.store.load()
        decision = decide(wanted, self.find(wanted.name), record, self)
        if check_mode:
            return lifecycle.foretell(decision, wanted), lifecycle.warnings
        return lifecycle.carry_out(decision, wanted, record), lifecycle.warnings

    def broken_run(self, wanted: Wanted, plan: dict[int, str]) -> None:
        self.plan = {self.steps + step: fault for step, fault in plan.items()}
        try:
            self.run(wanted)
        except (Killed, TelephonyError):
            pass
        self.plan = {}

    @property
    def on_record(self) -> str | None:
        record = self.store.record
        return record.token.value if record and record.token else None


PLANS = st.dictionaries(
    st.integers(0, 4), st.sampled_from(["killed", "killed after", "refused", "down", "lost", "lost after"]), max_size=3
)
RUNS = st.lists(st.tuples(st.sampled_from(["present", "always", "absent"]), PLANS), max_size=4)
STATES = {"present": JOE, "always": replace(JOE, always=True), "absent": replace(JOE, present=False)}


@given(RUNS, st.booleans())
def test_whatever_broke_off_the_next_run_ends_with_a_password_that_works(runs, existed):
    world = World()
    if existed:
        world.users["joe"] = {"email": "old@example.com", "enabled": True}, "somebody's"
    for state, plan in runs:
        world.broken_run(STATES[state], plan)
        if world.store.record and world.store.record.pending is None and "joe" in world.users:
            assert world.on_record == world.users["joe"][1]
    outcome, warnings = world.run(JOE)
    facts, password = world.users["joe"]
    assert outcome.after
    assert (outcome.after.facts, facts, warnings) == (JOE.facts, JOE.facts, [])
    if world.store.record:
        assert (world.on_record, world.store.record.pending) == (password, None)
    else:
        # No run has ever set one.
        assert password == "somebody's"
    again, _warnings = world.run(JOE)
    assert again.decision.changed is False
    world.run(STATES["absent"])
    assert (world.users, world.store.record) == ({}, None)
    assert world.run(STATES["absent"])[0].decision.changed is False


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("fault", ["killed", "killed after", "lost", "lost after", "down", "refused"])
def test_a_user_is_made_once_by_two_runs(step, fault):
    world = World()
    world.broken_run(JOE, {step: fault})
    world.run(JOE)
    assert world.made == 1
    assert world.users["joe"][1] == world.on_record
    assert world.fresh == 1 or fault in ("down", "refused")


def test_a_password_is_on_record_before_the_vendor_hears_of_it():
    world = World()
    world.broken_run(JOE, {1: "killed"})
    assert world.users == {}
    assert world.store.record == replace(BLANK, token=Token("generated1", issued_at=1000), pending=Attempt(1000))


@pytest.mark.parametrize("fault", ["refused", "down"])
def test_what_was_on_record_stays_there_if_the_vendor_did_not_take_a_new_password(fault):
    world = World()
    world.run(JOE)
    world.broken_run(STATES["always"], {1: fault})
    assert (world.on_record, world.users["joe"][1]) == ("generated1", "generated1")
    assert world.store.record
    assert world.store.record.pending is None


def test_nothing_is_on_record_if_the_vendor_did_not_make_the_user():
    world = World()
    world.broken_run(JOE, {1: "refused"})
    assert (world.users, world.store.record) == ({}, None)


def test_a_given_password_is_set_for_a_new_user_only_unless_always():
    world, given_one = World(), replace(JOE, keeps=False, password="given")
    outcome, _warnings = world.run(given_one)
    assert (outcome.password, world.users["joe"][1], world.store.calls) == ("given", "given", ["load"])
    changed, _warnings = world.run(replace(given_one, password="other"))
    assert (changed.decision.changed, world.users["joe"][1]) == (False, "given")
    changed, _warnings = world.run(replace(given_one, password="other", always=True))
    assert (changed.decision.reason, world.users["joe"][1]) == ("a password is set", "other")


def test_a_user_that_exists_keeps_its_password():
    world = World({"joe": ({"email": "old@example.com"}, "somebody's")})
    outcome, _warnings = world.run(JOE)
    assert (outcome.decision.reason, outcome.password) == ("email changes, enabled changes", None)
    assert (world.users["joe"], world.store.record) == ((JOE.facts, "somebody's"), None)
    assert world.run(JOE)[0].decision.reason == "the user is as wanted, its password is not on record"


@pytest.mark.parametrize(
    ("wanted", "users", "message"),
    [
        (replace(JOE, facts={}), {}, "There is no user joe. To make it, give email."),
        (replace(JOE, keeps=False), {}, "To make it, give user_password, or path or store"),
        (
            replace(JOE, facts={"parent": "a"}),
            {"joe": ({"parent": "b"}, None)},
            "has another parent, b, which cannot be changed",
        ),
    ],
)
def test_what_cannot_be_is_decided_before_anything_changes(wanted, users, message):
    world = World(users)
    with pytest.raises(OptionError, match=message):
        world.run(wanted)
    assert (world.steps, world.store.calls) == (1, ["load"])


@pytest.mark.parametrize(("number", "named"), [(1, "a"), (5, "a, b, c, d, e"), (7, "a, b, c, d, e and 2 more")])
def test_users_below_are_named(number, named):
    user = User("1", "joe", {}, children=tuple(string.ascii_lowercase[:number]))
    with pytest.raises(OptionError, match=f"below: {named}. They are never deleted along") as caught:
        decide(replace(JOE, present=False), user, None, World())
    assert caught.value.code == "has_children"


def test_check_mode_changes_nothing():
    world = World()
    outcome, _warnings = world.run(JOE, check_mode=True)
    assert (outcome.decision.action, outcome.after, outcome.password) == ("create", User("", "joe", JOE.facts), None)
    assert world.run(STATES["absent"], check_mode=True)[0].after is None
    assert (world.users, world.store.calls) == ({}, ["load", "load"])


def test_a_record_without_its_user_is_removed():
    world = World()
    world.run(JOE)
    world.users.clear()
    outcome, _warnings = world.run(STATES["absent"])
    assert (outcome.decision.changed, world.store.record) == (True, None)


def test_what_the_vendor_does_not_change_is_a_warning(monkeypatch):
    world = World()
    world.run(JOE)
    monkeypatch.setattr(world, "update", lambda *_arguments: None)
    _outcome, warnings = world.run(replace(JOE, facts={"email": "new@example.com"}))
    assert warnings == ["The vendor took the request and still has another email for joe."]


def test_a_user_that_is_not_there_afterwards_is_no_success(monkeypatch):
    world = World()
    monkeypatch.setattr(world, "create", lambda *_arguments: None)
    with pytest.raises(NoClearAnswer, match="does not know it afterwards"):
        world.run(JOE)


@pytest.mark.parametrize("length", [12, 32, 128])
def test_generated_passwords_have_all_kinds_of_characters(length):
    passwords = {generate(length) for _each in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        assert len(password) == length
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-._~"):
            assert set(kind) & set(password)
        assert not set(password) - set(string.ascii_letters + string.digits + "-._~")
