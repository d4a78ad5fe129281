# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Killed, Portal

ADMIN: dict[str, t.Any] = {"username": "200@mydomain.com", "password": "webitel-Admin-5LkJ8hGf"}
ROOT = {"username": "root", "password": "webitel-Root-9QaY2wSx", "totp_code": "424242"}
OWN = "900@mydomain.com"
NEW = {**ADMIN, "name": OWN, "role": "user"}


@pytest.fixture
def portal() -> Portal:
    return Portal("webitel")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user.json"


def made(portal: Portal, **options: t.Any) -> dict[str, t.Any]:
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, warnings = portal.run("webitel_account", **given)
    assert "failed" not in result, result["msg"]
    assert warnings == []
    return result


def test_an_account_is_made_changed_and_deleted(portal, path):
    first = made(portal, path=str(path), full_name="Reports")
    assert first["user"] == {
        "id": OWN,
        "name": OWN,
        "first_name": None,
        "last_name": None,
        "full_name": "Reports",
        "email": None,
        "enabled": None,
        "rights": ["user"],
        "parent": None,
    }
    assert json.loads(path.read_bytes())["password"] == portal.vendor.users[OWN]["password"]
    assert made(portal, path=str(path), full_name="Reports")["changed"] is False
    changed = made(portal, path=str(path), role="admin", full_name="More reports")
    assert (changed["reason"], changed["user"]["rights"]) == ("role changes, full_name changes", ["admin"])
    assert portal.vendor.users[OWN]["caller_name"] == "More reports"
    assert made(portal, path=str(path), state="absent")["changed"] is True
    assert made(portal, path=str(path), state="absent")["changed"] is False
    assert (path.exists(), OWN in portal.vendor.users) == (False, False)
    assert portal.changing == ["create", "update", "delete"]
    # Each login was ended.
    assert not portal.vendor.pairs


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost before", "lost after", "refused"])
@pytest.mark.parametrize("exists", [False, True])
def test_whatever_breaks_off_the_next_run_knows_a_password_that_works(portal, path, fault, exists):
    if exists:
        made(portal, path=str(path))
    portal.faults = {portal.changes: fault}
    try:
        portal.run("webitel_account", **NEW, path=str(path), update_password="always")
    except Killed:
        pass
    portal.faults = {}
    made(portal, path=str(path))
    assert json.loads(path.read_bytes())["password"] == portal.vendor.users[OWN]["password"]
    assert made(portal, path=str(path))["changed"] is False


def test_root_manages_the_accounts_of_any_domain(portal):
    made(portal, **ROOT, name="900@other.com", user_password="an0ther-s3cret")
    assert "900@other.com" in portal.vendor.users
    told, _warnings = portal.run("webitel_account_info", **ROOT, domain="other.com")
    assert [user["name"] for user in told["users"]] == ["300@other.com", "900@other.com"]
    nowhere, _warnings = portal.run("webitel_account_info", **ROOT)
    assert "Give domain: the administrator belongs to none" in nowhere["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_the_administrator_of_another_domain_changes_nothing(portal, state):
    """The engine would take its own domain instead, without a word."""
    result, _warnings = portal.run("webitel_account", **{**NEW, "name": "201@other.com"}, state=state)
    assert "belongs to the domain mydomain.com, and manages accounts of no other one" in result["msg"]
    assert portal.changing == []


def test_a_session_authorises_without_a_login_and_lives_on(portal):
    pair = portal.vendor.make_pair(portal.vendor.users["200@mydomain.com"])
    session = {"key": pair.extra["key"], "token": pair.token}
    made(portal, username=None, password=None, user_password="an0ther-s3cret", **session)
    assert [operation for operation, _target in portal.log] == ["check", "users", "create", "check", "users", "users"]
    assert list(portal.vendor.pairs) == [pair.extra["key"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "900"}, "name must be that of the login"),
        ({"name": "9:0@mydomain.com"}, "name must be that of the login"),
        ({"user_password": "a@b:c,d'e"}, "user_password must be of letters a-z"),
        ({"role": "admin'}"}, "role must be the name of a role"),
        ({"full_name": "it's"}, "full_name must be without quotes"),
        ({"password": None}, "password is not set. Give password or WEBITEL_PASSWORD."),
    ],
)
def test_what_cannot_work_is_said_before_any_request(portal, options, message):
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, _warnings = portal.run("webitel_account", **given)
    assert message in result["msg"]
    assert portal.log == []


def test_who_may_not_manage_accounts_is_told_so(portal):
    user = {"username": "201@mydomain.com", "password": "webitel-User-3MnB6vCx", "user_password": "an0ther-s3cret"}
    result, _warnings = portal.run("webitel_account", **{**NEW, **user})
    assert (result["failure"]["code"], result["failure"]["operation"]) == ("not_permitted", "create")


def test_what_the_engine_tells_beside_is_not_shown(portal, path):
    result = made(portal, path=str(path))
    assert not [secret for secret in portal.secrets() if secret in json.dumps(result)]


def test_check_mode_tells_and_sends_nothing(portal, path):
    result, _warnings = portal.run("webitel_account", check_mode=True, **NEW, path=str(path))
    assert (result["changed"], result["user"]["id"], portal.changing, path.exists()) == (True, None, [], False)
    more, _warnings = portal.run("webitel_account", check_mode=True, **NEW, path=str(path), full_name="Reports")
    assert {**made(portal, path=str(path), full_name="Reports")["user"], "id": None} == more["user"]


def test_accounts_are_told(portal):
    told, _warnings = portal.run("webitel_account_info", **ADMIN)
    assert len(told["users"]) == 6
    one, _warnings = portal.run("webitel_account_info", **ADMIN, name="201@mydomain.com")
    assert [(user["name"], user["rights"]) for user in one["users"]] == [("201@mydomain.com", ["user"])]
    nobody, _warnings = portal.run("webitel_account_info", **ADMIN, name="999@mydomain.com")
    assert nobody["users"] == []
