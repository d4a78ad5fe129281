# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Killed, Portal

ACME = "a0c0ffee00000000000000000000ac3e"
BETA = "b0c0ffee00000000000000000000be7a"
PASSWORD = "kazoo-Admin-1QwE6tZu"
ADMIN: dict[str, t.Any] = {
    "username": "admin@example.com",
    "password": PASSWORD,
    "account_name": "Acme Telephony, Inc.",
}
NEW = {**ADMIN, "name": "Api.New@example.com", "first_name": "New", "last_name": "Service"}
OWN = "api.new@example.com"


@pytest.fixture
def portal() -> Portal:
    return Portal("kazoo")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user.json"


def made(portal: Portal, **options: t.Any) -> dict[str, t.Any]:
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, warnings = portal.run("kazoo_user", **given)
    assert "failed" not in result, result["msg"]
    assert warnings == []
    return result


def password_of(portal: Portal, name: str = OWN) -> str:
    return str(portal.vendor.users[name]["password"])


def test_a_user_with_a_given_password_is_made_once(portal):
    first = made(portal, user_password="p&ss w0rd:ö", priv_level="admin", email="new@example.com")
    assert first["user"] == {
        "id": portal.vendor.users[OWN]["owner_id"],
        "name": OWN,
        "first_name": "New",
        "last_name": "Service",
        "full_name": "New Service",
        "email": "new@example.com",
        "enabled": True,
        "rights": ["admin"],
        "parent": None,
    }
    assert first["diff"]["after"] == {"state": "present", **first["user"], "password": "set anew"}
    assert password_of(portal) == "p&ss w0rd:ö"
    again = made(portal, user_password="another one", priv_level="admin", email="new@example.com")
    assert (again["changed"], again["user"]) == (False, first["user"])
    assert portal.changing == ["create"]
    creating = [target for operation, target in portal.log if operation == "create"]
    assert creating == [f"/v2/accounts/{ACME}/users?send_email_on_creation=false"]


def test_a_generated_password_is_kept_and_works(portal, path):
    first = made(portal, path=str(path))
    assert "password" not in first
    kept = json.loads(path.read_bytes())
    assert (kept["username"], kept["password"], kept["pending"]) == (OWN, password_of(portal), None)
    assert (kept["vendor"], kept["identity"]) == ("kazoo_user", f"acmetelephonyinc/{OWN}")
    assert oct(path.stat().st_mode)[-3:] == "600"
    again = made(portal, path=str(path), return_password=True)
    assert (again["changed"], again["password"]) == (False, kept["password"])
    rotated = made(portal, path=str(path), update_password="always")
    assert (rotated["changed"], rotated["reason"]) == (True, "a password is set")
    assert json.loads(path.read_bytes())["password"] == password_of(portal) != kept["password"]
    gone = made(portal, path=str(path), state="absent")
    assert (gone["changed"], gone["user"], path.exists()) == (True, None, False)
    assert made(portal, path=str(path), state="absent")["changed"] is False


def test_no_result_shows_a_password_unless_asked(portal, path):
    for options in ({"path": str(path)}, {"user_password": "an0ther-s3cret"}, {"path": str(path), "state": "absent"}):
        result = made(portal, **options)
        assert not [secret for secret in portal.secrets() if secret in json.dumps(result)]


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost before", "lost after", "refused"])
@pytest.mark.parametrize("update_password", ["on_create", "always"])
@pytest.mark.parametrize("exists", [False, True])
def test_whatever_breaks_off_the_next_run_knows_a_password_that_works(portal, path, fault, update_password, exists):
    if exists:
        made(portal, path=str(path))
    portal.faults = {portal.changes: fault}
    try:
        options = {"path": str(path), "update_password": update_password, "priv_level": "admin"}
        portal.run("kazoo_user", **NEW, **options)
    except Killed:
        pass
    portal.faults = {}
    made(portal, path=str(path), priv_level="admin")
    assert json.loads(path.read_bytes())["password"] == password_of(portal)
    assert made(portal, path=str(path), priv_level="admin")["changed"] is False
    assert portal.changing.count("create") == (1 if exists or fault in ("killed after", "lost after") else 2)


def test_what_differs_is_changed_and_the_rest_is_left_alone(portal):
    portal.vendor.users["john@example.com"]["document"] = {"first_name": "John", "last_name": "D", "timezone": "UTC"}
    changed = made(portal, name="John@example.com", last_name=None, first_name="Jon", enabled=False)
    assert (changed["user"]["first_name"], changed["user"]["last_name"], changed["user"]["enabled"]) == (
        "Jon",
        "D",
        False,
    )
    assert portal.vendor.users["john@example.com"]["document"]["timezone"] == "UTC"
    assert password_of(portal, "john@example.com") == "m32c6NfqYEt"


@pytest.mark.parametrize(
    "account",
    [{"account_id": BETA}, {"descendant_name": "beta voice"}, {"descendant_realm": "Beta.sip.example.com"}],
)
def test_a_reseller_manages_the_users_of_an_account_below(portal, path, account):
    made(portal, path=str(path), **account)
    assert portal.vendor.users[OWN]["account"] == "beta"
    assert made(portal, path=str(path), **account)["changed"] is False
    told, _warnings = portal.run("kazoo_user_info", **ADMIN, **account)
    assert [user["name"] for user in told["users"]] == ["ann@example.com", OWN]


@pytest.mark.parametrize("how", ["api_key", "auth_token"])
def test_a_key_or_a_token_authorises_as_well(portal, how):
    account = portal.vendor.accounts["acme"]
    value = account["api_key"] if how == "api_key" else portal.vendor.make_token("admin@example.com")
    made(portal, username=None, password=None, account_name=None, user_password="an0ther-s3cret", **{how: value})
    assert portal.vendor.users[OWN]["account"] == "acme"


def test_check_mode_tells_and_sends_nothing(portal, path):
    result, _warnings = portal.run("kazoo_user", check_mode=True, **NEW, path=str(path), return_password=True)
    assert (result["changed"], result["user"]["id"], "password" in result) == (True, None, False)
    assert (portal.changing, path.exists()) == ([], False)
    assert {**made(portal, path=str(path))["user"], "id": None} == result["user"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "jörg"}, "name must be of letters a-z"),
        ({"name": "a b"}, "name must be of letters a-z"),
        ({"account_id": "beta"}, "account_id must have exactly 32"),
        ({"descendant_name": "ÖÄÜ"}, "descendant_name has none of the letters"),
        ({"user_password": ""}, "user_password is empty"),
        ({"password_length": 11}, "password_length must be from 12 to 128"),
        ({"password": None}, "password is not set. Give password or KAZOO_PASSWORD."),
        ({"account_name": None}, "account_name is not set. Give account_name or KAZOO_ACCOUNT_NAME."),
    ],
)
def test_what_cannot_work_is_said_before_any_request(portal, options, message):
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, _warnings = portal.run("kazoo_user", **given)
    assert message in result["msg"]
    assert portal.log == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "To make it, give user_password, or path or store"),
        ({"first_name": None, "user_password": "an0ther-s3cret"}, "To make it, give first_name"),
        ({"descendant_name": "Nobody"}, "There is no account called Nobody below"),
        ({"descendant_realm": "no.example.com"}, "There is no account with the realm no.example.com below"),
        ({"auth_token": "opaque", "username": None, "password": None}, "The token does not tell its account"),
    ],
)
def test_what_is_missing_is_said_before_anything_changes(portal, options, message):
    given = {name: value for name, value in {**NEW, **options}.items() if value is not None}
    result, _warnings = portal.run("kazoo_user", **given)
    assert message in result["msg"]
    assert portal.changing == []


def test_a_password_on_record_is_no_token_and_that_of_another_user_is_left_alone(portal, path):
    made(portal, path=str(path))
    result, _warnings = portal.run("kazoo_user", **{**NEW, "name": "john@example.com"}, path=str(path))
    assert result["failure"]["code"] == "record_mismatch"
    assert f"is the record of another user: acmetelephonyinc/{OWN}" in result["msg"]


def test_what_kazoo_refuses_is_told_in_its_words(portal):
    result, _warnings = portal.run("kazoo_user", **NEW, user_password="an0ther-s3cret", email="x")
    assert (result["failure"]["code"], result["failure"]["operation"]) == ("bad_request", "create")
    assert result["msg"].startswith("The user was not made. The vendor at http://127.0.0.1:9/v2")
    assert result["msg"].endswith(" says: validation error: email minLength")


def test_who_is_no_administrator_is_told_so(portal):
    john = {"username": "john@example.com", "password": "m32c6NfqYEt", "user_password": "an0ther-s3cret"}
    result, _warnings = portal.run("kazoo_user", **{**NEW, **john})
    assert (result["failure"]["code"], result["failure"]["operation"]) == ("not_permitted", "create")


def test_an_expired_token_is_refused_credentials(portal):
    token = jwt(account_id=ACME, exp=1)
    result, _warnings = portal.run("kazoo_user_info", auth_token=token)
    assert (result["failure"]["code"], result["failure"]["status"]) == ("credentials_refused", 401)


def test_users_are_told(portal):
    told, _warnings = portal.run("kazoo_user_info", **ADMIN)
    assert len(told["users"]) == 7
    assert told["changed"] is False
    assert {user["enabled"] for user in told["users"]} == {None}
    one, _warnings = portal.run("kazoo_user_info", **ADMIN, name="Off@example.com")
    assert [(user["name"], user["enabled"]) for user in one["users"]] == [("off@example.com", False)]
    nobody, _warnings = portal.run("kazoo_user_info", **ADMIN, name="nobody")
    assert nobody["users"] == []
    assert portal.changing == []
