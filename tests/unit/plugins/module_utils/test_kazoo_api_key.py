# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import responses
from responses import matchers

from ansible_collections.telephony.auth.plugins.module_utils import _task
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo_api_key import KazooApiKey
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, make, validate

URL = "https://public-api.virtualpbx.com:8443/v2"
ACCOUNT = "a0c0ffee00000000000000000000ac3e"
BELOW = "b0c0ffee00000000000000000000be7a"
KEY_URL = f"{URL}/accounts/{ACCOUNT}/api_key"
OLD, NEW = 64 * "a", 64 * "b"
JWT = jwt(account_id=ACCOUNT, exp=2_000_000_000)
DETAILS = {"account_id": ACCOUNT}


@pytest.fixture
def crossbar() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def kazoo(**options: t.Any) -> KazooApiKey:
    return make(KazooApiKey, **{"auth_token": JWT, **options})


def user(**options: t.Any) -> KazooApiKey:
    login = {"username": "Joe", "password": "p&w", "account_name": "Acme, Inc."}
    return kazoo(auth_token=None, **{**login, **options})


def success(key: str | None) -> dict[str, t.Any]:
    return {"status": "success", "data": {"api_key": key} if key else {}}


def error(status: int, message: str, data: object = None) -> dict[str, t.Any]:
    return {"status": status, "json": {"status": "error", "error": str(status), "message": message, "data": data or {}}}


def test_a_login_reads_the_key_that_the_account_has(crossbar):
    crossbar.add("PUT", f"{URL}/user_auth", status=201, json={"status": "success", "auth_token": JWT, "data": DETAILS})
    header = matchers.header_matcher({"X-Auth-Token": JWT})
    crossbar.add("GET", KEY_URL, match=[header], json=success(OLD))
    vendor = user()
    token = vendor.existing()
    assert token == Token(OLD, details=DETAILS)
    assert vendor.check(token).accepted
    assert [call.request.method for call in crossbar.calls] == ["PUT", "GET", "GET"]
    assert vendor.api.secrets.mask(f"({OLD}) ({JWT})") == "(***) (***)"
    assert vendor.identity == "acmeinc"
    assert vendor.owner(token) == ACCOUNT
    assert vendor.headers(token) == {}


def test_an_account_without_a_key_has_none_to_read(crossbar):
    crossbar.add("GET", KEY_URL, json=success(None))
    vendor = kazoo()
    assert vendor.existing() is None
    assert vendor.check(Token(OLD)).reason == "the account has no key"


def test_without_credentials_nothing_is_read():
    assert kazoo(auth_token=None).existing() is None


def test_an_account_below_may_be_named(crossbar):
    crossbar.add("GET", f"{URL}/accounts/{BELOW}/api_key", json=success(OLD))
    vendor = kazoo(account_id=BELOW)
    assert vendor.existing() == Token(OLD, details={"account_id": BELOW})
    assert vendor.identity == BELOW


def test_a_new_key_is_asked_for_with_an_empty_object(crossbar):
    crossbar.add("GET", KEY_URL, json=success(OLD))
    empty = matchers.json_params_matcher({"data": {}})
    crossbar.add("PUT", KEY_URL, status=201, match=[empty], json=success(NEW))
    assert kazoo().issue() == Token(NEW, details=DETAILS)


def test_a_key_that_somebody_else_had_made_is_taken_and_none_is_made(crossbar):
    crossbar.add("GET", KEY_URL, json=success(NEW))
    vendor = kazoo()
    verdict = vendor.check(Token(OLD))
    assert (verdict.accepted, verdict.reason) == (False, "the account has another key")
    assert vendor.issue() == Token(NEW, details=DETAILS)
    assert vendor.check(Token(NEW)).accepted


@pytest.mark.parametrize("reply", [{"status": 502}, {"json": {"status": "success", "data": {"api_key": "short"}}}])
def test_after_a_lost_reply_the_key_is_read(crossbar, reply):
    crossbar.add("GET", KEY_URL, json=success(OLD))
    crossbar.add("PUT", KEY_URL, **reply)
    crossbar.add("GET", KEY_URL, json=success(NEW))
    assert kazoo().issue() == Token(NEW, details=DETAILS)


@pytest.mark.parametrize("then", [{"json": success(OLD)}, error(403, "forbidden")], ids=["the same", "unreadable"])
def test_after_a_lost_reply_the_same_key_proves_nothing(crossbar, then):
    crossbar.add("GET", KEY_URL, json=success(OLD))
    crossbar.add("PUT", KEY_URL, status=502)
    crossbar.add("GET", KEY_URL, **then)
    with pytest.raises(NoClearAnswer) as caught:
        kazoo().issue()
    assert caught.value.maybe_done


def test_who_is_no_administrator_gets_no_new_key(crossbar):
    crossbar.add("GET", KEY_URL, json=success(OLD))
    crossbar.add("PUT", KEY_URL, **error(403, "forbidden"))
    with pytest.raises(VendorRefused, match="No API key was made") as caught:
        kazoo().issue()
    assert (caught.value.code, caught.value.operation) == ("not_permitted", "issue")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (error(403, "forbidden"), "not_permitted"),
        (error(401, "invalid_credentials"), "credentials_refused"),
        (error(400, "validation error", {"account": {"disabled": {}}}), "account_blocked"),
        ({"json": {"status": "error"}}, "bad_reply"),
        ({"json": {"status": "success", "data": {"api_key": "short"}}}, "bad_reply"),
        ({"json": {"status": "success", "data": {"api_key": [OLD]}}}, "bad_reply"),
    ],
)
def test_what_is_no_key_is_a_failure(crossbar, reply, code):
    crossbar.add("GET", KEY_URL, **reply)
    with pytest.raises(TelephonyError) as caught:
        kazoo().check(Token(OLD))
    assert caught.value.code == code


def test_a_key_alone_is_tried_and_then_authorises(crossbar):
    key = matchers.json_params_matcher({"data": {"api_key": OLD}})
    answer = {"status": "success", "auth_token": JWT, "data": DETAILS}
    crossbar.add("PUT", f"{URL}/api_auth", status=201, match=[key], json=answer)
    crossbar.add("GET", f"{URL}/token_auth", json={"status": "success", "data": DETAILS})
    crossbar.add("GET", KEY_URL, json=success(OLD))
    crossbar.add("PUT", KEY_URL, status=201, json=success(NEW))
    vendor = kazoo(auth_token=None, api_key=OLD)
    assert vendor.cannot_issue()
    assert vendor.check(Token(OLD)).accepted
    assert vendor.cannot_issue() == ""
    assert vendor.issue() == Token(NEW, details=DETAILS)


def test_a_key_that_no_account_knows_is_refused(crossbar):
    crossbar.add("PUT", f"{URL}/api_auth", **error(404, "bad identifier", [OLD]))
    verdict = kazoo(auth_token=None, api_key=OLD).check(Token(OLD))
    assert (verdict.accepted, verdict.reason) == (False, "no account knows the key")


@pytest.mark.parametrize(
    ("key", "leaving", "replaces", "ended"),
    [
        (NEW, True, True, Ended.ALREADY_GONE),
        (OLD, True, False, Ended.STILL_VALID),
        (OLD, False, True, Ended.STILL_VALID),
        (OLD, True, True, Ended.REVOKED),
    ],
)
def test_a_key_ends_by_another_one_alone(crossbar, key, leaving, replaces, ended):
    crossbar.add("GET", KEY_URL, json=success(key))
    if ended is Ended.REVOKED:
        crossbar.add("PUT", KEY_URL, status=201, json=success(NEW))
    vendor = kazoo(replace_key=replaces)
    assert vendor.revoke(Token(OLD), leaving=leaving) is ended
    assert vendor.can_revoke(Token(OLD), leaving=True) is replaces
    assert vendor.can_revoke(Token(OLD), leaving=False)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"grace": "1h"}, "grace is not possible"),
        ({"api_key": "short"}, "api_key must have exactly 64 letters and digits"),
        ({"account_id": "x"}, "account_id must have exactly 32"),
        ({"auth_token": "no-jwt"}, "Give account_id"),
        ({"auth_token": "two words"}, "auth_token must be one line of printable ASCII"),
        ({"credentials": "x", "auth_token": None}, "credentials must be the 32 hexadecimal digits"),
    ],
)
def test_bad_input_is_named_before_any_request(options, complaint):
    with pytest.raises(OptionError, match=complaint):
        kazoo(**options)


def test_one_way_to_name_the_account_is_enough():
    assert "mutually exclusive" in validate(KazooApiKey.spec(), account_name="a", phone_number="1")[1]
    assert user(account_name=None).cannot_issue() == "account_name is not set. Give account_name or KAZOO_ACCOUNT_NAME."
    assert not isinstance(kazoo(), ListingVendor)


# From the options to the record


def run(path: Path, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
    given = {"auth_token": JWT, "path": str(path), **options}
    complete, complaint = validate(KazooApiKey.spec(), **given)
    assert complaint == ""
    result, warnings = _task.run(KazooApiKey, complete, check_mode)
    return {**result, "warnings": warnings}


def test_the_key_of_the_account_is_put_on_record_and_made_anew_by_age_alone(crossbar, tmp_path):
    path = tmp_path / "acme.json"
    keys = [OLD]

    def make_one(_request: t.Any) -> tuple[int, dict[str, str], str]:
        keys.append(NEW)
        return 201, {}, json.dumps(success(NEW))

    crossbar.add_callback("GET", KEY_URL, lambda _request: (200, {}, json.dumps(success(keys[-1]))))
    crossbar.add_callback("PUT", KEY_URL, make_one)
    foretold = run(path, check_mode=True)
    assert (foretold["changed"], path.exists()) == (True, False)
    first = run(path)
    assert (first["changed"], first["reason"]) == (True, "it is the key of the account, now on record")
    assert run(path, max_age="90d")["changed"] is False
    assert keys == [OLD]
    assert run(path, check_mode=True, max_age="0s")["changed"]
    assert keys == [OLD]
    rotated = run(path, max_age="0s")
    assert (rotated["changed"], rotated["warnings"], rotated["retiring"]) == (True, [], [])
    assert json.loads(path.read_bytes())["token"] == NEW
    keys.append(OLD)
    followed = run(path)
    assert (followed["changed"], followed["warnings"]) == (True, [])
    assert json.loads(path.read_bytes())["token"] == OLD
    assert keys == [OLD, NEW, OLD]
    gone = run(path, state="absent")
    assert (gone["revoked"], path.exists(), len(gone["warnings"])) == (False, False, 1)
    assert run(path, state="absent")["changed"] is False


def test_with_replace_key_the_key_ends_that_was_known(crossbar, tmp_path):
    path = tmp_path / "acme.json"
    crossbar.add("GET", KEY_URL, json=success(OLD))
    crossbar.add("PUT", KEY_URL, status=201, json=success(NEW))
    assert run(path)["changed"]
    gone = run(path, state="absent", replace_key=True)
    assert (gone["revoked"], gone["warnings"], path.exists()) == (True, [], False)
    assert NEW not in str(gone)
