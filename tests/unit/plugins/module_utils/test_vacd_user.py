# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Killed, Portal

ADMIN: dict[str, t.Any] = {"username": "parent@example.com", "password": "vacd-Parent-6MzRt1Gs"}
NEW = {**ADMIN, "name": "api.new@example.com", "first_name": "New", "last_name": "Service"}
CHILD = {**ADMIN, "name": "child@example.com"}


@pytest.fixture
def portal() -> Portal:
    return Portal("vacd")


def made(portal: Portal, **options: t.Any) -> dict[str, t.Any]:
    result, warnings = portal.run("vacd_user", **{**NEW, **options})
    assert "failed" not in result, result["msg"]
    assert warnings == []
    return result


@pytest.mark.parametrize("roles", ["object", "text"])
@pytest.mark.parametrize("status", [200, 201])
def test_a_user_is_made_once(portal, roles, status):
    portal.vendor.settings.update(roles=roles, create_reply=status)
    first = made(portal, rights=["MANAGE_USERS"], parent="child@example.com", enabled=False)
    assert first == {
        "changed": True,
        "state": "present",
        "reason": "there was no such user",
        "user": {
            "id": "1009",
            "name": "api.new@example.com",
            "first_name": "New",
            "last_name": "Service",
            "full_name": "New Service",
            "email": None,
            "enabled": False,
            "rights": ["MANAGE_USERS", "USER"],
            "parent": "child@example.com",
        },
        "api_url": portal.api_url,
        "diff": {"before": {"state": "absent"}, "after": {"state": "present", **first["user"]}},
    }
    second = made(portal, rights=["USER", "MANAGE_USERS"], parent="child@example.com", enabled=False)
    assert (second["changed"], second["user"], second["reason"]) == (False, first["user"], "the user is as wanted")
    assert portal.changing == ["create"]


def test_what_differs_is_changed_and_the_rest_is_left_alone(portal):
    made(portal, rights=["MANAGE_USERS", "ACCESS_AUDIT_LOG"])
    portal.log.clear()
    changed = made(portal, first_name="Old", rights=["MANAGE_RIGHTS", "MANAGE_USERS"], enabled=False)
    assert changed["reason"] == "first_name changes, enabled changes, rights changes"
    user = changed["user"]
    assert (user["first_name"], user["last_name"], user["enabled"]) == ("Old", "Service", False)
    assert user["rights"] == ["MANAGE_RIGHTS", "MANAGE_USERS", "USER"]
    paths = [target.partition("/users/")[2] for operation, target in portal.log if operation == "update"]
    assert paths == ["1009", "1009/roles/MANAGE_RIGHTS", "1009/roles/ACCESS_AUDIT_LOG", "1009/setIsActive"]
    assert made(portal, name=NEW["name"], first_name=None, last_name=None)["changed"] is False


def test_check_mode_tells_and_sends_nothing(portal):
    first, _warnings = portal.run("vacd_user", check_mode=True, **NEW, rights=["MANAGE_USERS"])
    assert (first["changed"], first["user"]["id"], first["user"]["rights"]) == (True, None, ["MANAGE_USERS", "USER"])
    changed, _warnings = portal.run("vacd_user", check_mode=True, **CHILD, first_name="Ann")
    assert (changed["changed"], changed["user"]["first_name"]) == (True, "Ann")
    assert changed["diff"]["before"]["first_name"] == "child"
    gone, _warnings = portal.run("vacd_user", check_mode=True, **CHILD, state="absent")
    assert (gone["changed"], gone["user"], gone["diff"]["after"]) == (True, None, {"state": "absent"})
    assert portal.changing == []
    more, _warnings = portal.run("vacd_user", check_mode=True, **NEW, parent="child@example.com")
    assert {**made(portal, parent="child@example.com")["user"], "id": None} == more["user"]


def test_a_user_is_deleted_once_and_nobody_else(portal):
    made(portal)
    for changed in True, False:
        result, _warnings = portal.run("vacd_user", **ADMIN, name=NEW["name"], state="absent")
        assert (result["changed"], result["user"]) == (changed, None)
    assert [target for operation, target in portal.log if operation == "delete"] == [
        "/api/v1/admin/users/1009?cascadeDelete=false"
    ]
    assert len(portal.vendor.users) == 8


def test_a_user_with_others_below_is_never_deleted(portal):
    made(portal, parent="child@example.com")
    result, _warnings = portal.run("vacd_user", **CHILD, state="absent")
    assert (result["failed"], result["failure"]["code"]) == (True, "has_children")
    assert "users below: api.new@example.com. They are never deleted along. Delete them first" in result["msg"]
    assert "delete" not in portal.changing


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": ""}, "name is empty"),
        ({"name": "a\nb"}, "name must be one line"),
        ({"rights": ["manage users"]}, "rights must be names"),
        ({"rights": ["../x"]}, "rights must be names"),
        ({"parent": NEW["name"]}, "parent must be another user"),
        ({"password": None}, "password is not set. Give password or VACD_PASSWORD."),
    ],
)
def test_what_cannot_work_is_said_before_any_request(portal, options, message):
    result, _warnings = portal.run(
        "vacd_user", **{name: value for name, value in {**NEW, **options}.items() if value is not None}
    )
    assert message in result["msg"]
    assert portal.log == []


def test_who_is_below_another_user_is_not_moved(portal):
    made(portal)
    result, _warnings = portal.run("vacd_user", **NEW, parent="child@example.com")
    assert "has another parent, parent@example.com, which cannot be changed" in result["msg"]
    assert portal.changing == ["create"]


def test_a_parent_that_nobody_sees_is_an_error(portal):
    result, _warnings = portal.run("vacd_user", **NEW, parent="nobody@example.com")
    assert "There is no user nobody@example.com that could be the parent" in result["msg"]
    assert portal.changing == []


def test_a_user_that_another_administrator_sees_is_told_in_the_vendor_s_words(portal):
    result, _warnings = portal.run("vacd_user", **{**NEW, "name": "api.one@example.com"})
    assert result["failure"]["status"] == 409
    assert result["msg"].startswith("The user was not made. The vendor at ")
    assert result["msg"].endswith(" says: The user name is already in use")


def test_who_may_not_manage_users_is_told_so(portal):
    admin = {"username": "api.one@example.com", "password": "vacd-One-7Hq2Lr9XwZ"}
    result, _warnings = portal.run("vacd_user", **{**NEW, **admin})
    assert (result["failure"]["code"], result["failure"]["operation"]) == ("not_permitted", "list")


def test_a_token_authorises_as_well(portal):
    token = portal.vendor.make_token("parent@example.com")
    options = {name: value for name, value in NEW.items() if name not in ADMIN}
    assert made(portal, **{**options, "username": None, "password": None, "auth_token": token})["changed"] is True
    assert [operation for operation, _target in portal.log] == ["users", "create", "users"]


@pytest.mark.parametrize("fault", ["lost before", "lost after"])
def test_a_lost_reply_is_made_good_where_the_user_is_found(portal, fault):
    portal.faults = {0: fault}
    result, _warnings = portal.run("vacd_user", **NEW)
    if fault == "lost after":
        assert result["user"]["name"] == NEW["name"]
    else:
        assert (result["failure"]["maybe_done"], result["failure"]["operation"]) == (True, "create")
    assert made(portal)["user"]["name"] == NEW["name"]
    assert len(portal.vendor.users) == 9


@pytest.mark.parametrize("fault", ["lost before", "lost after", "killed before", "killed after", "refused"])
@pytest.mark.parametrize("at", range(4))
def test_a_change_that_is_broken_off_is_finished_by_the_next_run(portal, fault, at):
    made(portal, rights=["MANAGE_USERS"])
    wanted = {"first_name": "Old", "rights": ["MANAGE_RIGHTS"], "enabled": False}
    portal.faults = {portal.changes + at: fault}
    try:
        portal.run("vacd_user", **{**NEW, **wanted})
    except Killed:
        pass
    portal.faults = {}
    user = made(portal, **wanted)["user"]
    assert (user["first_name"], user["rights"], user["enabled"]) == ("Old", ["MANAGE_RIGHTS", "USER"], False)
    assert made(portal, **wanted)["changed"] is False


@pytest.mark.parametrize("fault", ["lost before", "lost after"])
def test_a_lost_reply_to_a_deletion_is_looked_into(portal, fault):
    portal.faults = {0: fault}
    result, _warnings = portal.run("vacd_user", **CHILD, state="absent")
    assert bool(result.get("failed")) is (fault == "lost before")
    again, _warnings = portal.run("vacd_user", **CHILD, state="absent")
    assert again["changed"] is (fault == "lost before")


def test_users_are_told_flat_or_as_a_tree(portal):
    made(portal, parent="child@example.com", enabled=False)
    portal.log.clear()
    flat, _warnings = portal.run("vacd_user_info", **ADMIN)
    assert [user["name"] for user in flat["users"]] == ["parent@example.com", "child@example.com", NEW["name"]]
    assert flat["changed"] is False
    tree, _warnings = portal.run("vacd_user_info", **ADMIN, tree=True)
    [parent] = tree["users"]
    assert parent["children"][0]["children"][0]["name"] == NEW["name"]
    below, _warnings = portal.run("vacd_user_info", **ADMIN, tree=True, name="child@example.com")
    assert below["users"] == parent["children"]
    active, _warnings = portal.run("vacd_user_info", **ADMIN, active_only=True)
    assert [user["name"] for user in active["users"]] == ["parent@example.com", "child@example.com"]
    one, _warnings = portal.run("vacd_user_info", **ADMIN, name=NEW["name"])
    assert [user["enabled"] for user in one["users"]] == [False]
    nobody, _warnings = portal.run("vacd_user_info", **ADMIN, name="nobody")
    assert nobody["users"] == []
    assert portal.changing == []
