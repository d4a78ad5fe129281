# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same suite for each store: whatever happens, the store names the one token that lives."""

from __future__ import annotations

import pytest
from stage import VENDORS
from stores import STORES, AwxCredential

PROVISION, ROTATE, REVOKE = (f"telephony.auth.{name}" for name in ("provision", "rotate", "revoke"))


def on_record(store):
    document = store.read()
    return document and document["token"]


def shown(store):
    """The token that those see who use it."""
    return store.shown() if isinstance(store, AwxCredential) else on_record(store)


def changed(run):
    """Whether anything was changed, as the recap says."""
    assert run.code == 0, run.output[-3000:]
    return " changed=0 " not in run.output.rpartition("PLAY RECAP")[2]


def failed(run, *words):
    assert run.code == 2, run.output[-3000:]
    for word in words:
        assert word in " ".join(run.output.split())


@pytest.fixture
def employed(desk, store):
    """An API user whose token is on record."""
    desk.hire(**store.variables())
    assert changed(desk.run(PROVISION))
    (token,) = desk.alive()
    assert on_record(store) == shown(store) == token
    return token


@pytest.mark.parametrize(
    ("store", "vendor"),
    [*((store, "vacd") for store in STORES), *(("vault_file", vendor) for vendor in VENDORS[1:])],
    indirect=["store"],
)
def test_a_first_run_a_second_one_and_the_end(desk, store, vendor):
    desk.hire(vendor, **store.variables())
    before = desk.vendors.requests()
    assert changed(desk.run(PROVISION, "--check"))
    assert (store.read(), desk.alive()) == (None, [])
    assert {request["operation"] for request in desk.vendors.requests()[len(before) :]} <= {"login", "list"}
    assert changed(desk.run(PROVISION))
    (token,) = desk.alive()
    document = store.read()
    assert document["token"] == token
    assert document["pending"] is None
    if store.variables()["token_store"] != "file":
        assert any(token in value for value in document["headers"].values())
    desk.vendors.forget_requests()
    assert not changed(desk.run(PROVISION))
    assert not changed(desk.run(PROVISION, "--check"))
    assert [request["operation"] for request in desk.vendors.requests()] == ["check"] * 2 or vendor == "vacd"
    assert store.read() == document
    assert changed(desk.run(REVOKE, "--check"))
    assert desk.alive() == [token]
    assert changed(desk.run(REVOKE))
    assert (store.read(), shown(store), desk.alive()) == (None, None, [])
    assert not changed(desk.run(REVOKE))


def test_a_rotation_ends_the_old_token_at_the_end(desk, store, employed):
    assert changed(desk.run(ROTATE))
    (token,) = desk.alive()
    assert token != employed
    assert (on_record(store), shown(store), store.read()["retiring"]) == (token, token, [])
    assert not changed(desk.run(PROVISION))


def test_a_rotation_with_grace_lets_the_old_token_live_on(desk, store, employed):
    assert changed(desk.run(ROTATE, "-e", "token_grace=1h"))
    old, token = desk.alive()
    assert (old, on_record(store), shown(store)) == (employed, token, token)
    assert [each["token"] for each in store.read()["retiring"]] == [old]
    assert not changed(desk.run(PROVISION))
    desk.vendors.ask("POST", "clock", {"advance": 3601})
    assert changed(desk.run(PROVISION))
    assert (desk.alive(), store.read()["retiring"]) == ([token], [])
    assert not changed(desk.run(PROVISION))


def test_a_store_that_breaks_down_before_a_token_is_issued(desk, store):
    desk.hire(**store.variables())
    store.break_down()
    failed(desk.run(PROVISION))
    assert desk.alive() == []
    store.repair()
    assert changed(desk.run(PROVISION))
    assert desk.alive() == [on_record(store)]


def hold_the_check_of_a_new_token(desk, store):
    """Before that, the list is read once to issue a token, and once more to announce it, except in a file."""
    desk.hold("list", skip=1 if store.variables()["token_store"] == "file" else 2)


def test_a_store_that_breaks_down_after_a_token_was_issued(desk, store, employed):
    hold_the_check_of_a_new_token(desk, store)
    rotation = desk.start(ROTATE)
    desk.wait_until_held()
    assert len(desk.alive()) == 2
    store.break_down()
    desk.let_go()
    if isinstance(store, AwxCredential):
        shown_by_the_next_run(desk, store, employed, rotation)
        return
    failed(rotation.result(), "revoked again")
    assert desk.alive() == [employed]
    store.repair()
    assert on_record(store) == employed
    desk.run(PROVISION)
    assert desk.alive() == [employed]
    assert store.read()["pending"] is None
    assert not changed(desk.run(PROVISION))


def shown_by_the_next_run(desk, store, old, rotation):
    """The record is not in AWX, so the token is known all the same, and the old one has to live on."""
    failed(rotation.result(), "The credential PBX was not written")
    assert desk.alive() == [old, on_record(store)]
    store.repair()
    assert shown(store) == old
    assert changed(desk.run(PROVISION))
    assert desk.alive() == [on_record(store)] == [shown(store)]
    assert not changed(desk.run(PROVISION))


def test_a_vendor_that_refuses_leaves_the_record_as_it_was(desk, store, employed):
    before = store.read()
    desk.vendors.ask("PUT", "faults", {"faults": [{"operation": "issue", "fault": "status", "status": 403}]})
    failed(desk.run(ROTATE), "No API token was made.")
    desk.vendors.ask("PUT", "faults", {"faults": []})
    assert (desk.alive(), store.read()) == ([employed], before)
    assert not changed(desk.run(PROVISION))


def test_a_run_that_is_killed_leaves_a_token_to_the_next_run(desk, store, employed):
    hold_the_check_of_a_new_token(desk, store)
    rotation = desk.start(ROTATE)
    desk.wait_until_held()
    desk.kill()
    desk.let_go()
    assert rotation.result().code != 0
    old, new = desk.alive()
    assert (old, on_record(store)) == (employed, employed)
    assert store.read()["pending"]
    assert changed(desk.run(PROVISION))
    assert desk.alive() == [on_record(store)] == [new]
    assert not changed(desk.run(PROVISION))


def test_of_two_writers_one_gives_way(desk, store, employed):
    hold_the_check_of_a_new_token(desk, store)
    first = desk.start(ROTATE)
    desk.wait_until_held()
    second = desk.start(ROTATE, "-e", "token_retry_timeout=0")
    second.result()
    desk.let_go()
    codes = {first.result().code, second.result().code}
    assert codes == {0, 2}
    assert desk.alive() == [on_record(store)]
    assert not changed(desk.run(PROVISION))
