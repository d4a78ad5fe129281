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
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, make, validate

URL = "https://api.webitel.com"
KEY = "c2353445-bc74-4f1a-2850-1d55a371c0a9"
JWT = jwt(exp=1_803_990_722_368, acl={})
TOKEN = Token(JWT, {"key": KEY}, expires_at=1_803_990_722, details={"domain": "mydomain.com"})
ANSWER = {
    "key": KEY,
    "token": JWT,
    "domain": "mydomain.com",
    "username": "100@mydomain.com",
    "expires": 1_803_990_722_368,
    "role": 1,
    "roleName": "admin",
    "acl": {"cdr": ["*"]},
    "cdr": {"host": "x"},
    "verto": "wss://x",
}


@pytest.fixture
def engine() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def webitel(**options: t.Any) -> Webitel:
    return make(Webitel, **{"username": "100@mydomain.com", "password": "p&w", **options})


def info(status: int, text: str) -> dict[str, t.Any]:
    return {"status": status, "json": {"status": "error", "info": text}}


def message(status: int, text: str) -> dict[str, t.Any]:
    return {"status": status, "json": {"status": status, "message": text}}


@pytest.mark.parametrize(("code", "query"), [(None, {}), ("123456", {"code": "123456"})])
def test_a_login_makes_a_pair(engine, code, query):
    engine.add(
        "POST",
        f"{URL}/login",
        json=ANSWER,
        match=[
            matchers.json_params_matcher({"username": "100@mydomain.com", "password": "p&w"}),
            matchers.query_param_matcher(query),
        ],
    )
    vendor = webitel(totp_code=code)
    assert vendor.issue() == Token(
        JWT,
        {"key": KEY},
        expires_at=1_803_990_722,
        details={"domain": "mydomain.com", "role": "1", "role_name": "admin", "username": "100@mydomain.com"},
    )
    assert vendor.api.secrets.mask(f"({KEY})") == "(***)"


def test_root_has_no_domain(engine):
    engine.add("POST", f"{URL}/login", json={"key": KEY, "token": JWT, "role": 2, "roleName": "root"})
    token = webitel(username="root").issue()
    assert (token.details, token.expires_at) == ({"role": "2", "role_name": "root"}, None)


@pytest.mark.parametrize(
    "answer", [{"token": JWT}, {"key": KEY}, {"key": 1, "token": JWT}, {"key": "a b", "token": JWT}]
)
def test_half_a_pair_is_none(engine, answer):
    engine.add("POST", f"{URL}/login", json=answer)
    with pytest.raises(NoClearAnswer) as caught:
        webitel().issue()
    assert caught.value.maybe_done


@pytest.mark.parametrize(
    ("reply", "code", "text"),
    [
        (
            info(401, "secret incorrect"),
            "credentials_refused",
            "unknown user or wrong password. The vendor at https://api.webitel.com says: secret incorrect",
        ),
        (message(401, "Invalid credentials"), "credentials_refused", "Invalid credentials"),
        (info(401, "-ERR user not found\n"), "credentials_refused", "-ERR user not found"),
        (message(400, "User name is required"), "credentials_refused", "User name is required"),
        (message(404, "User not found"), "credentials_refused", "User not found"),
        (info(301, "Set security code"), "mfa_required", "Give it in totp_code"),
        (info(401, "code incorrect"), "mfa_required", "one-time code in totp_code was refused"),
        (
            info(403, "Permission denied!"),
            "not_permitted",
            "The login failed. The vendor at https://api.webitel.com says: Permission denied!",
        ),
        (info(404, "/login not found."), "vendor_error", "The login failed"),
    ],
)
def test_each_refusal_of_a_login_has_its_own_message(engine, reply, code, text):
    engine.add("POST", f"{URL}/login", **reply)
    with pytest.raises(VendorRefused) as caught:
        webitel().issue()
    assert text in caught.value.message
    assert (caught.value.code, caught.value.status) == (code, reply["status"])
    assert len(engine.calls) == 1


@pytest.mark.parametrize("words", ["-ERR: Console connect error", "Unexpected end of JSON input"])
def test_a_server_without_its_console_refuses_nobody(engine, words):
    engine.add("POST", f"{URL}/login", **info(401, f"{words} p&w"))
    with pytest.raises(NoClearAnswer, match="could not be judged") as caught:
        webitel().issue()
    assert (caught.value.code, caught.value.maybe_done) == ("server_error", False)
    assert caught.value.vendor_message == f"{words} ***"


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_has_no_words_of_webitel_is_not_from_webitel(engine, status):
    engine.add("POST", f"{URL}/login", status=status, json={"error": "x"})
    with pytest.raises(NoClearAnswer, match="does not come from Webitel"):
        webitel().issue()


WHOAMI = {"id": "100@mydomain.com", "domain": "mydomain.com", "roleName": "admin", "acl": {}, "expires": 1}


@pytest.mark.parametrize(
    ("reply", "accepted", "reason"),
    [
        ({"json": WHOAMI}, True, "the vendor accepts the token"),
        (info(401, "Invalid User"), False, "Invalid User"),
        (info(401, "Token Expired"), False, "Token Expired"),
        (info(400, "Token Expired"), False, "Token Expired"),
        (message(401, f"Invalid {KEY}"), False, "Invalid ***"),
        (
            info(401, "Role name is required"),
            False,
            "Role name is required: the user has none. Give the user a role in Webitel.",
        ),
    ],
)
def test_a_check_asks_who_it_is(engine, reply, accepted, reason):
    headers = matchers.header_matcher({"X-Access-Token": JWT, "X-Key": KEY})
    engine.add("GET", f"{URL}/api/v2/whoami", match=[headers], **reply)
    verdict = webitel().check(TOKEN)
    assert (verdict.accepted, verdict.reason) == (accepted, reason)
    facts = {"domain": "mydomain.com", "role_name": "admin", "username": "100@mydomain.com"}
    assert verdict.details == (facts if accepted else {})


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({"json": {"status": "error"}}, "bad_reply"),
        ({"json": {}, "status": 401}, "bad_reply"),
        (info(400, "Other"), "vendor_error"),
        (info(403, "Permission denied!"), "not_permitted"),
    ],
)
def test_a_check_without_a_clear_answer_is_a_failure(engine, reply, code):
    engine.add("GET", f"{URL}/api/v2/whoami", **reply)
    with pytest.raises(TelephonyError) as caught:
        webitel().check(TOKEN)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"json": {"status": "OK", "info": "Successful logout."}}, Ended.REVOKED),
        (info(401, "Invalid credentials."), Ended.ALREADY_GONE),
        (message(401, "Invalid credentials"), Ended.ALREADY_GONE),
        ({"json": {"status": "error", "info": "x"}}, "bad_reply"),
        (info(404, "/logout not found."), "vendor_error"),
        ({"json": {}, "status": 401}, "bad_reply"),
        (info(500, "database fault"), "server_error"),
    ],
)
def test_a_logout_ends_the_exact_pair(engine, reply, expected):
    headers = matchers.header_matcher({"X-Access-Token": JWT, "X-Key": KEY})
    engine.add("POST", f"{URL}/logout", match=[headers], **reply)
    if isinstance(expected, Ended):
        assert webitel().revoke(TOKEN, leaving=False) is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            webitel().revoke(TOKEN, leaving=False)
        assert caught.value.code == expected


def test_a_known_pair_tells_its_end():
    assert webitel(token=JWT, key=KEY).known() == Token(JWT, {"key": KEY}, expires_at=1_803_990_722)
    assert webitel(token="t", key="k").known() == Token("t", {"key": "k"})


@pytest.mark.parametrize("options", [{"token": JWT}, {"key": KEY}])
def test_a_token_and_its_key_go_together(options):
    assert "required together: key, token" in validate(Webitel.spec(), **options)[1]


@pytest.mark.parametrize("options", [{"token": "", "key": KEY}, {"token": JWT, "key": ""}])
def test_an_empty_half_is_no_known_pair(options):
    assert webitel(**options).known() is None


def test_a_one_time_code_needs_a_password():
    assert "required by 'totp_code': password" in validate(Webitel.spec(), totp_code="1")[1]


def test_a_record_without_the_key_is_of_no_use():
    for use in (webitel().headers, webitel().secret_results):
        with pytest.raises(OptionError, match="lacks the key") as caught:
            use(Token(JWT))
        assert caught.value.code == "not_a_record"


def test_a_token_s_owner_is_its_user():
    assert webitel().owner(Token("t", details={"username": "joe"})) == "joe"
    assert webitel().identity == "100@mydomain.com"
    assert webitel().can_revoke(TOKEN, leaving=False)
    assert not isinstance(webitel(), ListingVendor)
