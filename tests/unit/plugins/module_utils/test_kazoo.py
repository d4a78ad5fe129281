# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
import responses
from responses import matchers

from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo, credentials_hash
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, make, validate

URL = "https://public-api.virtualpbx.com:8443/v2"
MD5 = "82a2dc91686ec828a67152d45a5c5ef7"
SHA = "055cf886cb9b5c5867083463867c527ace0f8ecc"
USER = {"username": "John@Example.com", "password": "m32c6NfqYEt", "account_name": "Acme Telephony, Inc."}
KEY = "0123456789abcdef" * 4
ACCOUNT, OWNER = "a" * 32, "b" * 32
JWT = jwt(iss="kazoo", account_id=ACCOUNT, owner_id=OWNER, exp=1_700_003_600)
TOKEN = Token(JWT, expires_at=1_700_003_600, details={"account_id": ACCOUNT, "owner_id": OWNER})
SUCCESS = {"status": "success", "auth_token": JWT}
ALIVE = {"json": {"status": "success", "data": {"account_id": ACCOUNT, "account_name": "Acme", "apps": []}}}
DEAD = {"status": 401, "json": {"status": "error", "error": "401", "message": "invalid credentials", "data": {}}}


@pytest.fixture
def crossbar() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def kazoo(**options: t.Any) -> Kazoo:
    return make(Kazoo, **(options or USER))


def error(status: int, message: str, data: object) -> dict[str, t.Any]:
    body = {"status": "error", "error": str(status), "message": message, "data": data, "auth_token": "undefined"}
    return {"status": status, "json": body, "content_type": ""}


@pytest.mark.parametrize(
    ("username", "method", "expected"),
    [
        ("john@example.com", "md5", MD5),
        ("john@example.com", "sha", SHA),
        ("JOHN@Example.com", "md5", MD5),
        ("ÄRGER", "md5", "b11f2efa594c2f22a65a7dd535a02ac4"),
    ],
)
def test_the_hash_is_made_of_the_name_in_small_letters(username, method, expected):
    assert credentials_hash(username, "m32c6NfqYEt", method) == expected


@pytest.mark.parametrize(
    ("options", "path", "sent"),
    [
        (USER, "/user_auth", {"credentials": MD5, "method": "md5", "account_name": "Acme Telephony, Inc."}),
        (
            {**USER, "hash_method": "sha", "account_name": None, "account_realm": "Acme.example"},
            "/user_auth",
            {"credentials": SHA, "method": "sha", "account_realm": "Acme.example"},
        ),
        (
            {"credentials": MD5.upper(), "phone_number": "+1555"},
            "/user_auth",
            {"credentials": MD5, "method": "md5", "phone_number": "+1555"},
        ),
        ({"api_key": KEY}, "/api_auth", {"api_key": KEY}),
    ],
)
def test_a_token_is_issued(crossbar, options, path, sent):
    data = {
        "account_id": ACCOUNT,
        "owner_id": OWNER,
        "account_name": "Acme",
        "is_reseller": False,
        "apps": [],
        "ui_config": {},
    }
    crossbar.add(
        "PUT",
        URL + path,
        status=201,
        json={**SUCCESS, "data": data},
        match=[matchers.json_params_matcher({"data": sent})],
    )
    token = kazoo(**options).issue()
    assert token == Token(
        JWT,
        expires_at=1_700_003_600,
        details={"account_id": ACCOUNT, "owner_id": OWNER, "account_name": "Acme", "is_reseller": False},
    )
    assert "X-Auth-Token" not in crossbar.calls[0].request.headers


@pytest.mark.parametrize("token", ["0123456789abcdef0123456789abcdef", jwt(account_id=ACCOUNT, exp=None)])
def test_a_token_may_have_no_expiry(crossbar, token):
    crossbar.add("PUT", f"{URL}/user_auth", status=201, json={**SUCCESS, "auth_token": token})
    assert kazoo().issue().expires_at is None


MFA = {
    "message": "client needs to preform second-factor authentication",
    "multi_factor_request": {"provider_name": "duo"},
}
REFUSALS = {
    "wrong": (error(401, "invalid_credentials", {"message": "invalid credentials"}), "credentials_refused", "wrong user name"),
    "second factor": (error(401, "invalid_credentials", MFA), "mfa_required", "second factor"),
    "switched off": (error(401, "invalid credentials", {}), "not_permitted", "switched off"),
    "disabled": (error(400, "validation error", {"account": {"disabled": {"message": "x"}}}), "account_blocked", "account is disabled"),
    "disabled 423": (error(423, "locked", {"account": {"disabled": {}}}), "account_blocked", "account is disabled"),
    "expired": (error(400, "validation error", {"account": {"expired": {"cause": 6}}}), "account_blocked", "account is expired"),
    "locked": (error(401, "account_is_locked", {}), "account_blocked", "account is locked"),
    "locked 423": (error(423, "locked", "text"), "account_blocked", "account is locked"),
    "odd account": (error(400, "validation error", {"account": {MD5: {}}}), "account_blocked", "account is locked"),
    "missing": (
        error(400, "validation error", {"credentials": {"required": {"value": MD5}, "minLength": {}}, "x": 1}),
        "bad_request", r"validation error: credentials required minLength$",
    ),
    "gone": (error(410, "gone", "text"), "vendor_error", "The login failed"),
    "method": (error(405, "invalid_method", {}), "vendor_error", "invalid_method"),
    "unknown path": (error(404, "bad_identifier", ["x"]), "vendor_error", "The login failed"),
    "forbidden": (error(403, "forbidden", {}), "not_permitted", "The login failed"),
}  # fmt: skip


@pytest.mark.parametrize(("reply", "code", "message"), REFUSALS.values(), ids=REFUSALS)
def test_each_refusal_of_a_login_has_its_own_message(crossbar, everything_in, reply, code, message):
    crossbar.add("PUT", f"{URL}/user_auth", **reply)
    with pytest.raises(VendorRefused, match=message) as caught:
        kazoo().issue()
    assert (caught.value.code, caught.value.status) == (code, reply["status"])
    assert MD5 not in everything_in(caught.value)
    assert len(crossbar.calls) == 1


def test_an_unknown_key_is_told_and_not_quoted(crossbar, everything_in):
    crossbar.add("PUT", f"{URL}/api_auth", **error(404, "bad_identifier", [KEY]))
    with pytest.raises(VendorRefused, match="does not know this api_key") as caught:
        kazoo(api_key=KEY).issue()
    assert caught.value.code == "credentials_refused"
    assert KEY not in everything_in(caught.value)


BLOCKED = error(400, "validation error", {"account": {"expired": {"message": "account expired", "cause": 6}}})


def test_a_key_of_an_account_that_is_blocked_gets_no_token(crossbar):
    """Kazoo issues one all the same, and then refuses it."""
    crossbar.add("PUT", f"{URL}/api_auth", status=201, json=SUCCESS)
    crossbar.add("GET", f"{URL}/token_auth", **BLOCKED)
    with pytest.raises(VendorRefused, match=r"^The account is expired\.") as caught:
        kazoo(api_key=KEY).issue()
    assert f"{fingerprint(JWT)}, issued all the same, ends by itself" in caught.value.message
    assert caught.value.code == "account_blocked"


@pytest.mark.parametrize("reply", [DEAD, {"status": 403, "json": {}}, {"status": 500}])
def test_what_else_is_wrong_with_a_new_token_tells_the_next_check(crossbar, reply):
    crossbar.add("PUT", f"{URL}/api_auth", status=201, json=SUCCESS)
    crossbar.add("GET", f"{URL}/token_auth", **reply)
    assert kazoo(api_key=KEY).issue().value == JWT


@pytest.mark.parametrize(
    ("reply", "accepted", "reason"),
    [
        (ALIVE, True, "the vendor accepts the token"),
        (DEAD, False, "invalid credentials: most likely it has expired"),
        (
            error(401, "invalid_credentials", {"message": "invalid credentials"}),
            False,
            "invalid_credentials: it was revoked, is malformed, or its user was deleted",
        ),
        (error(401, f"no {JWT}", {}), False, "no ***"),
        ({"status": 401, "json": {}}, False, "HTTP status 401"),
    ],
)
def test_a_check_keeps_the_token_out_of_the_url(crossbar, reply, accepted, reason):
    header = matchers.header_matcher({"X-Auth-Token": JWT})
    crossbar.add("GET", f"{URL}/token_auth", match=[header, matchers.query_param_matcher({})], **reply)
    verdict = kazoo().check(TOKEN)
    assert (verdict.accepted, verdict.reason) == (accepted, reason)
    assert verdict.details == ({"account_id": ACCOUNT, "account_name": "Acme"} if accepted else {})


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (error(404, "bad_identifier", {}), "vendor_error"),
        (error(403, "forbidden", {}), "not_permitted"),
        (BLOCKED, "account_blocked"),
        (error(401, "account_is_locked", {}), "account_blocked"),
        ({"json": {"status": "error"}}, "bad_reply"),
        ({"json": []}, "bad_reply"),
    ],
)
def test_a_check_without_a_clear_answer_is_a_failure(crossbar, reply, code):
    crossbar.add("GET", f"{URL}/token_auth", **reply)
    with pytest.raises(TelephonyError) as caught:
        kazoo().check(TOKEN)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("reply", "check", "expected"),
    [
        ({"json": SUCCESS}, ALIVE, Ended.STILL_VALID),
        ({"json": {"status": "success"}}, DEAD, Ended.REVOKED),
        (error(404, "bad_identifier", {"cause": JWT}), ALIVE, Ended.STILL_VALID),
        (error(401, "invalid_credentials", {}), None, Ended.ALREADY_GONE),
    ],
)
def test_what_deleting_did_is_asked_not_believed(crossbar, reply, check, expected):
    crossbar.add("DELETE", f"{URL}/token_auth", match=[matchers.header_matcher({"X-Auth-Token": JWT})], **reply)
    if check:
        crossbar.add("GET", f"{URL}/token_auth", **check)
    assert kazoo().revoke(TOKEN, leaving=True) is expected


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        (error(403, "forbidden", {}), "not_permitted", "The token was not revoked"),
        (BLOCKED, "account_blocked", "The account is expired"),
        (error(401, "account_is_locked", {}), "account_blocked", "The account is locked"),
    ],
)
def test_a_refusal_to_delete_is_a_failure(crossbar, reply, code, message):
    crossbar.add("DELETE", f"{URL}/token_auth", **reply)
    with pytest.raises(VendorRefused, match=message) as caught:
        kazoo().revoke(TOKEN, leaving=True)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("token", "path"),
    [
        (TOKEN, f"/accounts/{ACCOUNT}/users/{OWNER}/auth"),
        (Token(JWT), f"/accounts/{ACCOUNT}/users/{OWNER}/auth"),
        (Token(JWT, details={"account_id": "c" * 32, "owner_id": "d" * 32}), f"/accounts/{ACCOUNT}/users/{OWNER}/auth"),
        (Token(jwt(account_id=ACCOUNT)), f"/accounts/{ACCOUNT}/auth"),
    ],
)
def test_revoke_user_resets_the_secret(crossbar, token, path):
    crossbar.add(
        "PUT",
        URL + path,
        status=201,
        json={"status": "success"},
        match=[
            matchers.json_params_matcher({"action": "reset_signature_secret", "data": {}}),
            matchers.header_matcher({"X-Auth-Token": token.value}),
        ],
    )
    crossbar.add("GET", f"{URL}/token_auth", **DEAD)
    vendor = kazoo(**USER, revoke="user")
    assert vendor.can_revoke(token, leaving=True)
    assert vendor.revoke(token, leaving=True) is Ended.REVOKED


def test_a_replaced_token_never_ends_all_others(crossbar):
    crossbar.add("DELETE", f"{URL}/token_auth", json=SUCCESS)
    crossbar.add("GET", f"{URL}/token_auth", **ALIVE)
    vendor = kazoo(**USER, revoke="user")
    assert not vendor.can_revoke(TOKEN, leaving=False)
    assert vendor.revoke(TOKEN, leaving=False) is Ended.STILL_VALID
    assert not kazoo().can_revoke(TOKEN, leaving=True)


def test_whose_an_opaque_token_is_tells_kazoo_and_not_the_record(crossbar):
    crossbar.add("GET", f"{URL}/token_auth", json={"status": "success", "data": {"account_id": ACCOUNT}})
    crossbar.add("PUT", f"{URL}/accounts/{ACCOUNT}/auth", status=201, json={"status": "success"})
    crossbar.add("GET", f"{URL}/token_auth", **DEAD)
    token = Token("opaque", details={"account_id": "c" * 32, "owner_id": "d" * 32})
    assert kazoo(**USER, revoke="user").revoke(token, leaving=True) is Ended.REVOKED


@pytest.mark.parametrize(
    "claims", [{"account_id": ".."}, {"account_id": ACCOUNT, "owner_id": "../.."}, {"account_id": ""}, {}]
)
def test_revoke_user_needs_to_know_the_account(crossbar, claims):
    """A path that leads elsewhere might end the tokens of the whole system."""
    if "account_id" not in claims:
        crossbar.add("GET", f"{URL}/token_auth", json={"status": "success", "data": {}})
    with pytest.raises(OptionError, match="the token does not tell its account"):
        kazoo(**USER, revoke="user").revoke(Token(jwt(**claims)), leaving=True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (USER, "acmetelephonyinc/john@example.com"),
        ({**USER, "account_name": None, "account_realm": "Acme.Example"}, "acme.example/john@example.com"),
        ({**USER, "account_name": None, "phone_number": "+1"}, "+1/john@example.com"),
        ({"credentials": MD5, "account_name": "acme"}, None),
        ({"credentials": MD5, "account_name": "acme", "username": "Joe"}, "acme/joe"),
        ({"api_key": KEY}, f"api_key:{fingerprint(KEY)}"),
        # So that the record is still its own when the key is another one
        ({"api_key": KEY, "account_name": "acme"}, "api_key:acme"),
    ],
)
def test_an_identity_is_the_same_however_the_account_is_written(options, expected):
    assert kazoo(**options).identity == expected


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"account_id": "a", "owner_id": "o"}, "a/o"),
        ({"account_id": "a"}, "a"),
        ({}, None),
    ],
)
def test_a_token_tells_its_owner(details, expected):
    assert kazoo().owner(Token("x", details=details)) == expected


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"api_key": "short"}, "^api_key must have exactly 64"),
        ({"api_key": "-" * 64}, "^api_key must have exactly 64"),
        ({"credentials": SHA, "account_name": "a"}, "^credentials must be the 32 hexadecimal digits of the MD5"),
        ({"credentials": MD5, "hash_method": "sha"}, "^credentials must be the 40 hexadecimal digits of the SHA1"),
        ({"credentials": f"{MD5[:-1]}g"}, "^credentials must be the 32"),
        ({**USER, "account_name": "---"}, "^account_name has none of the letters a-z and digits"),
        ({**USER, "account_name": "Äß"}, "^account_name has none of the letters a-z and digits"),
        ({**USER, "account_name": None, "account_realm": "a\nb"}, "^account_realm must be one line of printable"),
    ],
)
def test_malformed_credentials_are_named_but_not_quoted(options, complaint):
    with pytest.raises(OptionError, match=complaint) as caught:
        kazoo(**options)
    assert MD5[:-1] not in str(caught.value)
    assert SHA not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"account_name": "a", "account_realm": "b"}, "mutually exclusive: account_name|account_realm|phone_number"),
        ({"username": "u", "password": "p", "credentials": MD5}, "mutually exclusive: password|credentials|api_key"),
        ({"credentials": MD5, "api_key": KEY}, "mutually exclusive: password|credentials|api_key"),
        ({"username": "u", "api_key": KEY}, "mutually exclusive: username|api_key"),
        ({"hash_method": "sha1"}, "md5, sha"),
        ({"revoke": "all"}, "token, user"),
    ],
)
def test_options_that_contradict_each_other_are_named(options, complaint):
    assert complaint in validate(Kazoo.spec(), **options)[1]


def test_an_account_is_needed_to_log_in():
    assert kazoo(username="u", password="p").cannot_issue() == (
        "account_name is not set. Give account_name or KAZOO_ACCOUNT_NAME."
    )


def test_a_ready_hash_is_as_secret_as_a_password():
    vendor = kazoo()
    assert set(vendor.secrets_in_use()) == {MD5, MD5.upper()}
    assert vendor.api.secrets.mask(f"({MD5}) m32c6NfqYEt") == "(***) ***"
    assert list(kazoo(api_key=KEY).secrets_in_use()) == []


def test_what_a_task_knows_and_returns():
    vendor = kazoo(auth_token=JWT)
    assert vendor.known() == TOKEN
    assert vendor.headers(TOKEN) == {"X-Auth-Token": JWT}
    assert not isinstance(vendor, ListingVendor)


@pytest.mark.parametrize("body", ["<html>", "5"])
def test_a_login_page_is_no_refusal(crossbar, body):
    crossbar.add("PUT", f"{URL}/user_auth", status=401, body=body)
    with pytest.raises(NoClearAnswer):
        kazoo().issue()
