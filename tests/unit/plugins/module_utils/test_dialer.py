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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._dialer import Dialer
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import NOW, jwt, make, validate

URL = "https://abc-01.dialer.rocks/a"
DAY = 24 * 3600
USER_JWT = jwt(type="user", id=123, name="Joe", admin=True, user_group_id=5)
RESELLER_JWT = jwt(type="reseller", id=9, name="Acme")
TOKEN = Token(USER_JWT, expires_at=NOW + DAY, details={"account_type": "user"})
IP_DENIED = {"status": 401, "json": {"error": "Your IP is not allowed"}}


@pytest.fixture
def rocks() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def dialer(**options: t.Any) -> Dialer:
    return make(Dialer, api_url=URL, **(options or {"username": "joe", "password": "p&w"}))


@pytest.mark.parametrize(
    ("account_type", "path", "sent", "token", "answer", "user"),
    [
        (
            "user", "/session.json", {"login": "joe", "password": "p&w"}, USER_JWT,
            {"user": {"id": 123, "blocked": False, "x": []}},
            {"admin": True, "user_group_id": "5", "id": "123", "name": "Joe", "blocked": False},
        ),
        (
            "reseller", "/v1/resellers/login.json", {"name": "joe", "pass": "p&w"}, RESELLER_JWT,
            {"reseller": {"id": 9, "name": "Acme"}, "user_groups": [], "version": "1.0.0"},
            {"id": "9", "name": "Acme"},
        ),
        ("user", "/session.json", {"login": "joe", "password": "p&w"}, "opaque", {"user": None}, {}),
    ],
)  # fmt: skip
def test_a_login_of_either_kind(rocks, account_type, path, sent, token, answer, user):
    rocks.add("POST", URL + path, json={"token": token, **answer}, match=[matchers.json_params_matcher(sent)])
    vendor = dialer(username="joe", password="p&w", account_type=account_type)
    details = {"account_type": account_type, **({"user": user} if user else {})}
    assert vendor.issue() == Token(token, issued_at=NOW, expires_at=NOW + DAY, details=details)
    assert vendor.identity == f"{account_type}:joe"


@pytest.mark.parametrize(
    ("claims", "issued_at", "expires_at"),
    [
        ({}, NOW, NOW + DAY),
        ({"exp": NOW + 60}, NOW, NOW + 60),
        ({"exp": (NOW + 60) * 1000}, NOW, NOW + 60),
        ({"iat": NOW - 10}, NOW - 10, NOW - 10 + DAY),
        ({"iat": "x", "exp": None}, NOW, NOW + DAY),
    ],
)
def test_a_token_without_an_end_lives_a_day(rocks, claims, issued_at, expires_at):
    rocks.add("POST", f"{URL}/session.json", json={"token": jwt(**claims)})
    token = dialer().issue()
    assert (token.issued_at, token.expires_at) == (issued_at, expires_at)


@pytest.mark.parametrize(
    ("reply", "error", "code", "message"),
    [
        ({"status": 401, "json": {"message": "bad p&w"}}, VendorRefused, "credentials_refused", "The vendor at https://abc-01.dialer.rocks/a says: bad ***"),
        ({"status": 401, "body": "Invalid ID or Password"}, VendorRefused, "credentials_refused", "Invalid ID or Password"),
        (IP_DENIED, VendorRefused, "ip_denied", "The address of this host is not allowed"),
        ({"status": 401, "body": "YOUR IP IS NOT ALLOWED"}, VendorRefused, "ip_denied", "or use a proxy"),
        ({"status": 406, "body": ""}, VendorRefused, "ip_denied", "is not allowed"),
        ({"status": 403, "json": {}}, VendorRefused, "not_permitted", "The login failed"),
        ({"status": 422, "json": {"error": "odd"}}, VendorRefused, "vendor_error", "The login failed. The vendor at https://abc-01.dialer.rocks/a says: odd"),
        ({"status": 401, "body": "<html>Your IP is not allowed", "content_type": "text/html"}, NoClearAnswer, "bad_reply", "web page"),
    ],
)  # fmt: skip
def test_each_refusal_of_a_login_has_its_own_message(rocks, reply, error, code, message):
    rocks.add("POST", f"{URL}/session.json", **reply)
    with pytest.raises(error) as caught:
        dialer().issue()
    assert message in caught.value.message
    assert caught.value.code == code
    assert len(rocks.calls) == 1


@pytest.mark.parametrize(
    ("logout", "ended"),
    [({"json": {}}, True), ({"status": 401}, True), ({"status": 500}, False), ({"status": 403, "json": {}}, False)],
)
def test_a_blocked_user_gets_no_token(rocks, logout, ended):
    rocks.add("POST", f"{URL}/session.json", json={"token": USER_JWT, "user": {"id": 1, "blocked": True}})
    rocks.add("DELETE", f"{URL}/session.json", **logout)
    with pytest.raises(VendorRefused, match=r"^The user is blocked\.") as caught:
        dialer().issue()
    assert ("issued all the same, ends by itself" in caught.value.message) is not ended
    assert (caught.value.code, caught.value.vendor_message) == ("account_blocked", None)


def test_without_check_path_nothing_is_asked():
    verdict = dialer().check(TOKEN)
    assert verdict.accepted
    assert "without check_path there is no way to ask" in verdict.reason
    assert not verdict.asked


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"json": {"anything": 1}}, True),
        ({"status": 204}, True),
        ({"status": 401, "json": {"error": "x"}}, False),
        ({"status": 401, "body": ""}, False),
        (IP_DENIED, "ip_denied"),
        ({"status": 406}, "ip_denied"),
        ({"status": 403, "json": {}}, "not_permitted"),
        ({"status": 404, "json": {}}, "vendor_error"),
        ({"status": 200, "body": "<html>"}, "bad_reply"),
        ({"status": 401, "body": "<html>", "content_type": "text/html"}, "bad_reply"),
    ],
)
def test_check_path_tells_whether_a_token_works(rocks, reply, expected):
    bearer = matchers.header_matcher({"Authorization": f"Bearer {USER_JWT}"})
    rocks.add("GET", f"{URL}/v1/me.json", match=[bearer], **reply)
    vendor = dialer(username="joe", check_path="/v1/me.json")
    if isinstance(expected, bool):
        assert vendor.check(TOKEN).accepted is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            vendor.check(TOKEN)
        assert caught.value.code == expected


@pytest.mark.parametrize(
    "path", ["me.json", "https://evil.example/", "/a/../b", "/v1/resellers/user/logout.json", "/a?b", "/a#b"]
)
def test_a_check_path_that_is_none_is_named(path):
    with pytest.raises(OptionError, match=r"^check_path must start with / and name a harmless GET below api_url"):
        dialer(check_path=path)


RESELLER = Token(RESELLER_JWT, expires_at=NOW + DAY)


@pytest.mark.parametrize(
    ("token", "account_type", "method", "path"),
    [
        (TOKEN, "user", "DELETE", "/session.json"),
        (TOKEN, "reseller", "DELETE", "/session.json"),
        (RESELLER, "user", "GET", "/v1/resellers/user/logout.json"),
        (RESELLER, "reseller", "GET", "/v1/resellers/user/logout.json"),
        (Token("opaque", expires_at=NOW), "user", "DELETE", "/session.json"),
        (Token("opaque", expires_at=NOW), "reseller", "GET", "/v1/resellers/user/logout.json"),
        (
            Token("opaque", expires_at=NOW, details={"account_type": "reseller"}), "user",
            "GET", "/v1/resellers/user/logout.json",
        ),
    ],
)  # fmt: skip
def test_a_logout_is_of_the_token_s_own_kind(rocks, token, account_type, method, path):
    bearer = matchers.header_matcher({"Authorization": f"Bearer {token.value}"})
    rocks.add(method, URL + path, match=[bearer], status=200, json={})
    assert dialer(account_type=account_type).revoke(token, leaving=True) is Ended.REVOKED


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"status": 200, "body": ""}, Ended.REVOKED),
        ({"status": 204}, Ended.REVOKED),
        ({"status": 401, "json": {}}, Ended.ALREADY_GONE),
        (IP_DENIED, "ip_denied"),
        ({"status": 406}, "ip_denied"),
        ({"status": 404, "json": {}}, "vendor_error"),
        ({"status": 200, "body": "<html>"}, "bad_reply"),
        ({"status": 401, "body": "<html>"}, "bad_reply"),
    ],
)
def test_what_a_logout_answers(rocks, reply, expected):
    rocks.add("DELETE", f"{URL}/session.json", **reply)
    if isinstance(expected, Ended):
        assert dialer().revoke(TOKEN, leaving=True) is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            dialer().revoke(TOKEN, leaving=True)
        assert caught.value.code == expected


def test_a_static_token_can_only_be_ended_by_hand():
    vendor = dialer(token=USER_JWT)
    static = vendor.known()
    assert static == Token(USER_JWT, details={"account_type": "user"})
    assert not vendor.can_revoke(static, leaving=True)
    assert vendor.revoke(static, leaving=True) is Ended.STILL_VALID
    assert "web interface" in vendor.how_it_ends


def test_a_given_token_tells_its_end_and_its_owner():
    vendor = dialer(token=jwt(exp=NOW + 5, type="reseller", name="Acme"))
    known = vendor.known()
    assert known
    assert known.expires_at == NOW + 5
    assert vendor.owner(known) == "reseller:Acme"
    assert vendor.owner(Token(jwt(id=7))) == "user:7"
    assert vendor.owner(Token(jwt(type=["odd"], name={"a": 1}, id=7))) == "user:7"
    assert vendor.owner(Token(jwt(name="two\nlines"))) == "user:two lines"
    assert vendor.owner(Token("opaque")) is None
    assert vendor.identity is None
    assert not isinstance(vendor, ListingVendor)
    assert vendor.headers(known) == {"Authorization": f"Bearer {known.value}"}


@pytest.mark.parametrize("names", [("username", "password"), ("login", "password"), ("name", "pass")])
def test_the_vendor_s_own_names_are_understood(names):
    vendor = dialer(**dict(zip(names, ("joe", "p&w"))))
    assert vendor.cannot_issue() == ""
    assert vendor.identity == "user:joe"
    assert vendor.api.secrets.mask("p&w") == "***"


def test_an_address_is_needed():
    assert "api_url" in validate(Dialer.spec())[1]
    assert "user, reseller" in validate(Dialer.spec(), api_url=URL, account_type="admin")[1]
