# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is the same for the users of all vendors."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._registry import USERS
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Portal

Options = t.Dict[str, t.Any]
# A task for a user that exists: the module, and its options.
TASKS: dict[str, tuple[str, Options]] = {
    "vacd": (
        "vacd_user",
        {"username": "parent@example.com", "password": "vacd-Parent-6MzRt1Gs", "name": "child@example.com"},
    ),
    "kazoo": (
        "kazoo_user",
        {
            "username": "admin@example.com",
            "password": "kazoo-Admin-1QwE6tZu",
            "account_name": "Acme Telephony, Inc.",
            "name": "john@example.com",
        },
    ),
    "ipcortex": ("ipcortex_user", {"username": "operator", "password": "i&c=o+r% ö x", "name": "agent"}),
    "webitel": (
        "webitel_account",
        {"username": "200@mydomain.com", "password": "webitel-Admin-5LkJ8hGf", "name": "201@mydomain.com"},
    ),
}


def answering(portal: Portal, monkeypatch: t.Any, operation: str, status: int, body: bytes) -> None:
    """Have the vendor answer so whenever it is asked for this."""
    handle = portal.vendor.handle

    def instead(call: t.Any) -> t.Any:
        reply = handle(call)
        if portal.vendor.operation(call) == operation:
            reply.status, reply.body, reply.content_type = status, body, "application/json"
        return reply

    monkeypatch.setattr(portal.vendor, "handle", instead)


@pytest.mark.parametrize("module", USERS)
def test_every_option_that_is_a_secret_is_marked_so(module):
    spec = USERS[module].spec().argument_spec
    secret = {name for name, attributes in spec.items() if attributes.get("no_log")}
    named_so = re.compile("(user_)?password|credentials|.*_token|token|api_key|key|session|totp_code|proxy")
    assert secret == {name for name in spec if named_so.fullmatch(name)}


@pytest.mark.parametrize("vendor", TASKS)
@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "7",
        "null",
        '"text"',
        '[{"userId": "x"}]',
        '[{"userId": 1, "userName": "a", "children": 7}]',
        '{"status": "success", "data": 7}',
        '{"status": "success", "data": [{}]}',
        '{"status": "success", "data": [{"id": "../x"}]}',
        '{"status": "odd", "data": []}',
        '{"result": "odd"}',
        '{"result": "success", "values": 7}',
        '{"result": "success", "values": [{}]}',
        '{"status": "OK", "info": {"201": 7}}',
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_list_that_makes_no_sense_changes_nothing(vendor, body, state, monkeypatch):
    portal = Portal(vendor)
    answering(portal, monkeypatch, "users", 200, body.encode())
    module, options = TASKS[vendor]
    result, _warnings = portal.run(module, **options, state=state)
    assert (result["failed"], result["failure"]["code"], result["failure"]["operation"]) == (True, "bad_reply", "list")
    assert portal.changing == []


# How IPCortex tells it is not known.
@pytest.mark.parametrize("vendor", ["vacd", "kazoo", "webitel"])
def test_a_user_that_is_gone_before_it_is_deleted_is_gone(vendor, monkeypatch):
    portal = Portal(vendor)
    module, options = TASKS[vendor]
    gone = b'{"status": "error", "message": "gone", "info": "gone"}'
    answering(portal, monkeypatch, "delete", 404, gone)
    result, _warnings = portal.run(module, **options, state="absent")
    assert (result.get("failed"), result["changed"], result["user"]) == (None, True, None)


@pytest.mark.parametrize("vendor", ["vacd", "kazoo"])
def test_a_user_that_leaves_is_disabled_and_nothing_else_changes(vendor):
    portal = Portal(vendor)
    module, options = TASKS[vendor]
    left = {**options, "state": "disabled", "first_name": "Other"}
    before, _warnings = portal.run(module, **options)
    checked, _warnings = portal.run(module, check_mode=True, **left)
    assert (checked["changed"], checked["user"]) == (True, {**before["user"], "enabled": False})
    assert portal.changing == []
    for changed in True, False:
        result, _warnings = portal.run(module, **left)
        assert (result["changed"], result["user"]) == (changed, checked["user"])
    nobody, _warnings = portal.run(module, **{**left, "name": "nobody@example.com"})
    assert (nobody["changed"], nobody["user"], nobody["reason"]) == (False, None, "the administrator sees no such user")
    assert portal.changing == ["update"]


@pytest.mark.parametrize("vendor", [vendor for vendor in TASKS if vendor != "vacd"])
def test_the_mode_of_the_file_is_corrected(vendor, tmp_path: Path):
    portal = Portal(vendor)
    module, options = TASKS[vendor]
    path = tmp_path / "user.json"
    portal.run(module, **options, path=str(path), update_password="always")
    portal.log.clear()
    checked, _warnings = portal.run(module, check_mode=True, **options, path=str(path), mode="0640")
    assert (checked["changed"], oct(path.stat().st_mode)[-3:]) == (True, "600")
    for changed in True, False:
        result, _warnings = portal.run(module, **options, path=str(path), mode="0640")
        assert result["changed"] is changed
    assert oct(path.stat().st_mode)[-3:] == "640"
    assert portal.changing == []


@pytest.mark.parametrize("vendor", TASKS)
def test_no_failure_shows_a_secret(vendor, monkeypatch):
    """Not even if the vendor tells all that it was told."""
    portal = Portal(vendor)
    module, options = TASKS[vendor]
    given: Options = {} if vendor == "vacd" else {"user_password": "t0p-s3cret-p4ss", "update_password": "always"}
    echo = json.dumps({"message": [options, given], "info": f"{options} {given}", "generalMessage": str(options)})
    operation = "update" if given else "users"
    answering(portal, monkeypatch, operation, 403, echo.encode())
    result, warnings = portal.run(module, **options, **given)
    assert result["failed"] is True
    shown = json.dumps([result, warnings], ensure_ascii=False)
    assert not [secret for secret in (*portal.secrets(), options["password"], "t0p-s3cret-p4ss") if secret in shown]
