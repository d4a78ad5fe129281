# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same suite for each store, one of the test's own among them: whatever happens, the store names the one token that lives.

Runs are processes of their own, so that they can be killed for good; nothing of Ansible is started.
"""

from __future__ import annotations

import time

import pytest

from ansible_collections.telephony.auth.plugins.module_utils import _store
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import User, hold_issue, struck, wait_until
from ansible_collections.telephony.auth.tests.lifecycle.drive import at_step, die, fill_the_disk
from ansible_collections.telephony.auth.tests.lifecycle.stores import SHELVES

ALL = list(SHELVES)
# RingCX lists tokens, Webitel does not
WITH_LIST, WITHOUT_LIST = "vacd", "webitel"
ROTATE = {"max_age": "1d"}
DAY = 86400 + 1


@pytest.fixture(params=ALL)
def shelf(request, tmp_path, bao):
    made = SHELVES[request.param](tmp_path, bao, b"the password of Ansible Vault")
    yield made
    made.repair()


@pytest.fixture(params=[WITH_LIST, WITHOUT_LIST])
def joe(request, sim, tmp_path, shelf) -> User:
    """An API user without a token."""
    return User(sim, request.param, tmp_path, shelf)


@pytest.fixture
def employed(joe) -> User:
    """One whose token is on record, and is due for a rotation."""
    assert joe.run()["changed"]
    joe.sim.advance(DAY)
    return joe


def in_order(user: User) -> None:
    """The store names the tokens that live, and a run finds nothing to do."""
    assert user.has_a_working_token_on_record()
    assert user.agrees()
    assert user.run()["changed"] is False


def test_from_the_first_run_to_the_end(joe):
    ran = joe.run(check_mode=True)
    assert not ran.get("failed"), ran["msg"]
    assert (joe.record, joe.tokens) == (None, [])
    assert joe.run()["changed"]
    in_order(joe)
    record = joe.record
    assert record["headers"]
    assert joe.run(check_mode=True)["changed"] is False
    assert joe.run(state="absent", check_mode=True)["changed"]
    assert joe.record == record
    assert joe.run(state="absent")["changed"]
    assert (joe.record, joe.tokens) == (None, [])
    assert joe.run(state="absent")["changed"] is False
    # Also where something was deleted before
    assert joe.run()["changed"]
    in_order(joe)


def test_a_rotation_ends_the_old_token(employed):
    (old,) = employed.tokens
    assert employed.run(**ROTATE)["changed"]
    in_order(employed)
    assert old not in employed.tokens


def test_with_grace_the_old_token_lives_on_for_a_while(employed):
    (old,) = employed.tokens
    assert employed.run(**ROTATE, grace="1h")["changed"]
    assert len(employed.tokens) == 2
    in_order(employed)
    employed.sim.advance(3601)
    assert employed.run(**ROTATE, grace="1h")["changed"]
    assert old not in employed.tokens
    in_order(employed)


def test_a_store_that_is_down_before_a_token_is_issued(joe, shelf):
    shelf.break_down()
    ran = joe.run(retry_timeout=0)
    assert ran["failed"]
    assert ran["failure"]["code"] in ("bad_path", "store_unwritable", "store_unreachable"), ran["msg"]
    assert joe.tokens == []
    shelf.repair()
    assert joe.run()["changed"]
    in_order(joe)


def test_a_store_that_breaks_down_after_a_token_was_issued(employed, shelf, monkeypatch):
    # What the broken store still says of a run at work is not waited for
    monkeypatch.setattr(_store, "LEASE_SECONDS", -1)
    (old,) = employed.tokens
    hold_issue(employed)
    run = employed.start(**ROTATE)
    wait_until(lambda: struck(employed.sim))
    shelf.break_down()
    employed.sim.control("POST", "release")
    ran = run.answer()
    assert ran["failed"]
    assert "was revoked again" in ran["msg"]
    assert employed.tokens == [old]
    shelf.repair()
    employed.sim.faults()
    ran = employed.run(**ROTATE)
    assert not ran.get("failed"), ran["msg"]
    in_order(employed)


def test_a_vendor_that_refuses_leaves_the_record_as_it_was(employed):
    before = employed.record
    employed.sim.faults({"vendor": employed.vendor, "operation": "issue", "fault": "status", "status": 403})
    assert employed.run(**ROTATE)["failed"]
    employed.sim.faults()
    assert employed.record == before
    in_order(employed)


def test_a_clock_of_this_host_that_is_wrong_by_hours_changes_nothing(employed, monkeypatch):
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 7200)
    employed.sim.advance(-DAY)
    assert employed.run(**ROTATE)["changed"] is False
    employed.sim.advance(DAY)
    assert employed.run(**ROTATE)["changed"]
    in_order(employed)


@pytest.mark.parametrize("writers", [2, 8])
def test_writers_at_once_issue_one_token(joe, writers):
    runs = [joe.start() for _number in range(writers)]
    ran = [run.answer() for run in runs]
    assert [each["msg"] for each in ran if each.get("failed")] == []
    assert sorted(each["changed"] for each in ran) == [False] * (writers - 1) + [True]
    in_order(joe)


@pytest.mark.parametrize("writers", [2, 8])
def test_rotations_at_once_leave_one_token(employed, writers):
    runs = [employed.start(renew="always") for _number in range(writers)]
    ran = [run.answer() for run in runs]
    assert [each["msg"] for each in ran if each.get("failed")] == []
    assert len(employed.tokens) == 1
    in_order(employed)


@pytest.mark.parametrize("options", [{}, ROTATE], ids=["first run", "rotation"])
@pytest.mark.parametrize("shelf", [name for name in ALL if name != "hashi_vault"], indirect=True)
def test_a_disk_that_is_full_from_any_step_on_loses_nothing(joe, options, monkeypatch):
    # What the full disk still says of a run at work is not waited for
    monkeypatch.setattr(_store, "LEASE_SECONDS", -1)
    for step in range(20):
        if options:
            joe.run()
            joe.sim.advance(DAY)
        before = joe.tokens
        ran = joe.start(watcher=at_step(step, "before", fill_the_disk), **options).answer()
        if not ran.get("failed"):
            break
        assert joe.tokens == before, step
        again = joe.run(**options)
        assert not again.get("failed"), (step, again["msg"])
        in_order(joe)
        joe.start_anew()
    assert 4 < step < 19
    # That the old token has ended may be the last that finds no room.
    assert not joe.run().get("failed")
    in_order(joe)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("options", [{}, ROTATE, {"state": "absent"}], ids=["first run", "rotation", "absent"])
def test_a_run_that_is_killed_at_any_step_loses_nothing(joe, shelf, monkeypatch, options, moment):
    """At every request to the vendor and every call of the store, one after the other."""
    # Whoever was killed is not waited for
    monkeypatch.setattr(_store, "LEASE_SECONDS", -1)
    step = 0
    while True:
        if options:
            joe.run()
            joe.sim.advance(DAY)
        run = joe.start(watcher=at_step(step, moment, die), **options)
        if not run.was_killed():
            break
        figures.count("kills survived")
        ran = joe.run(**options)
        assert not ran.get("failed"), (step, ran["msg"])
        if options.get("state") == "absent":
            assert joe.record is None
        else:
            assert joe.has_a_working_token_on_record(), step
        if not joe.agrees(told=str(ran["warnings"])):
            assert joe.vendor == WITHOUT_LIST
            assert "nobody knows" in str(ran["warnings"]), step
        joe.start_anew()
        step += 1
    assert step > 3
