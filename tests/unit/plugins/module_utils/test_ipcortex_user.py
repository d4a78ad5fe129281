# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Killed, Portal

ADMIN: dict[str, t.Any] = {"username": "operator", "password": "i&c=o+r% ö x"}
NEW = {**ADMIN, "name": "api.new", "full_name": "New Service"}
KEY = "ipcx-0a1b2c3d4e5f60718293a4b5c6d7e8f9"


@pytest.fixture
def portal() -> Portal:
    return Portal("ipcortex")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user.json"


def made(portal: Portal, **options: t.Any) -> dict[str, t.Any]:
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, warnings = portal.run("ipcortex_user", **given)
    assert "failed" not in result, result["msg"]
    assert warnings == []
    return result


def test_a_user_is_made_changed_and_deleted(portal, path):
    first = made(portal, path=str(path), email="new@example.com", role="office")
    assert first["user"] == {
        "id": "api.new",
        "name": "api.new",
        "first_name": None,
        "last_name": None,
        "full_name": "New Service",
        "email": "new@example.com",
        "enabled": None,
        "rights": ["office"],
        "parent": None,
    }
    assert json.loads(path.read_bytes())["password"] == portal.vendor.users["api.new"]["password"]
    assert made(portal, path=str(path), email="new@example.com", role="office")["changed"] is False
    changed = made(portal, path=str(path), full_name="Old Service", role="user")
    assert changed["reason"] == "full_name changes, role changes"
    assert (changed["user"]["full_name"], changed["user"]["email"]) == ("Old Service", "new@example.com")
    assert made(portal, path=str(path), state="absent")["changed"] is True
    assert made(portal, path=str(path), state="absent")["changed"] is False
    assert (path.exists(), len(portal.vendor.users)) == (False, 4)
    assert portal.changing == ["create", "update", "delete"]


def test_the_session_of_a_login_is_ended_and_a_given_one_is_not(portal):
    made(portal, user_password="an0ther-s3cret")
    assert [operation for operation, _target in portal.log] == ["issue", "users", "create", "users", "revoke"]
    assert not portal.vendor.sessions
    session = portal.vendor.make_token("operator")
    made(portal, username=None, password=None, session=session)
    assert list(portal.vendor.sessions) == [session]


def test_a_key_authorises_without_a_login(portal):
    made(portal, username=None, password=None, key=KEY, user_password="an0ther-s3cret")
    assert [operation for operation, _target in portal.log] == ["users", "create", "users"]


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost before", "lost after", "refused"])
@pytest.mark.parametrize("exists", [False, True])
def test_whatever_breaks_off_the_next_run_knows_a_password_that_works(portal, path, fault, exists):
    if exists:
        made(portal, path=str(path))
    portal.faults = {portal.changes: fault}
    try:
        portal.run("ipcortex_user", **NEW, path=str(path), update_password="always")
    except Killed:
        pass
    portal.faults = {}
    made(portal, path=str(path))
    assert json.loads(path.read_bytes())["password"] == portal.vendor.users["api.new"]["password"]
    assert made(portal, path=str(path))["changed"] is False


@pytest.mark.parametrize("state", ["present", "absent"])
def test_nothing_is_changed_if_the_scope_does_not_select_the_user(portal, monkeypatch, state):
    everybody = portal.vendor.manage
    monkeypatch.setattr(portal.vendor, "manage", lambda verb, body, user: everybody(verb, {**body, "scope": {}}, user))
    result, _warnings = portal.run("ipcortex_user", **NEW, state=state)
    assert (result["failure"]["code"], result["failure"]["operation"]) == ("bad_reply", "list")
    assert "other users than the one that was asked for" in result["msg"]
    assert portal.changing == []


def test_check_mode_tells_and_sends_nothing(portal, path):
    result, _warnings = portal.run("ipcortex_user", check_mode=True, **NEW, path=str(path), role="office")
    assert (result["changed"], result["user"]["id"], portal.changing, path.exists()) == (True, None, [], False)
    told = made(portal, path=str(path), role="office")["user"]
    assert {**told, "id": None} == result["user"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"full_name": None, "user_password": "an0ther-s3cret"}, "To make it, give full_name"),
        ({"name": "agent", "company": "beta"}, "has another company, acme, which cannot be changed"),
        ({"username": "agent", "password": "ipcortex-Agent-4ZhN7uJm"}, " says: Permission denied"),
    ],
)
def test_what_cannot_be_is_said_before_anything_changes(portal, options, message):
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, _warnings = portal.run("ipcortex_user", **given)
    assert message in result["msg"]
    assert portal.changing == []


def test_users_are_told(portal):
    told, _warnings = portal.run("ipcortex_user_info", **ADMIN)
    assert [user["name"] for user in told["users"]] == ["agent", "operator", "keyless", "retired"]
    one, _warnings = portal.run("ipcortex_user_info", **ADMIN, name="agent")
    assert [user["full_name"] for user in one["users"]] == ["Agent Example"]
    nobody, _warnings = portal.run("ipcortex_user_info", **ADMIN, name="nobody")
    assert nobody["users"] == []
