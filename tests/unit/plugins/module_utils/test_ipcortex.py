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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import make, validate

URL = "https://pbx.example.com"
LOGIN, LOGOUT = f"{URL}/rest/auth/", f"{URL}/rest/auth/logout"
SESSION = Token("s3ss10n")
KEY = Token("k3y", details={"auth_type": "key"})
USER: dict[str, t.Any] = {
    "id": 123,
    "login": "joe",
    "name": "Joe",
    "company": "acme",
    "home": "acme",
    "session": "s3ss10n",
    "companies": ["acme", 7, {"x": 1}],
    "perms": {"night": "yes", "ops": "company", "odd": {}},
}
DETAILS = {
    "user": {"id": "123", "login": "joe", "name": "Joe", "company": "acme", "home": "acme", "companies": ["acme", "7"]},
    "permissions": {"night": "yes", "ops": "company"},
}
FAIL = {"json": {"result": "fail", "message": "Login failed p&w"}}


@pytest.fixture
def pbx() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def ipcortex(**options: t.Any) -> Ipcortex:
    return make(Ipcortex, api_url=URL, **(options or {"username": "joe", "password": "p&w"}))


def success(*user: object) -> dict[str, t.Any]:
    return {"json": {"result": "success", "user": user[0] if user else USER}}


def auth(**fields: str) -> t.Any:
    return matchers.json_params_matcher({"auth": {"type": "auth", **fields}})


def test_a_login_opens_a_session_of_its_own(pbx):
    pbx.add("POST", LOGIN, match=[auth(username="joe", password="p&w")], **success())
    pbx.calls.reset()
    vendor = ipcortex()
    assert vendor.issue() == Token("s3ss10n", details=DETAILS)
    assert "Cookie" not in pbx.calls[0].request.headers
    assert vendor.api.secrets.mask("(s3ss10n)") == "(***)"


JOIN = {"session": "s3ss10n", "username": "joe", "password": "p&w", "join": True}


def test_a_login_joins_the_session_that_is_given(pbx):
    cookie = matchers.header_matcher({"Cookie": "Red60urne=s3ss10n"})
    pbx.add("POST", LOGIN, match=[auth(username="joe", password="p&w"), cookie], **success())
    assert ipcortex(**JOIN).issue() == Token("s3ss10n", details=DETAILS)


def test_a_session_that_another_user_has_taken_is_taken_back(pbx):
    pbx.add("POST", LOGIN, match=[auth()], **success({**USER, "login": "mary", "session": "0n-rec0rd"}))
    cookie = matchers.header_matcher({"Cookie": "Red60urne=0n-rec0rd"})
    pbx.add(
        "POST", LOGIN, match=[auth(username="joe", password="p&w"), cookie], **success({**USER, "session": "0n-rec0rd"})
    )
    vendor = ipcortex(**JOIN)
    assert not vendor.check(Token("0n-rec0rd")).accepted
    assert vendor.issue().value == "0n-rec0rd"


@pytest.mark.parametrize(("login", "accepted"), [("joe", True), ("Joe", True), (None, True), ("mary", False)])
def test_a_session_that_was_joined_belongs_to_its_user(pbx, login, accepted):
    pbx.add("POST", LOGIN, match=[auth()], **success({**USER, "login": login}))
    assert ipcortex(**JOIN).check(SESSION).accepted == accepted
    assert ipcortex(**{**JOIN, "join": False}).check(SESSION).accepted


@pytest.mark.parametrize("user", [None, [], {}, {"session": None}, {"session": "a b"}])
def test_a_success_without_a_session_is_none(pbx, user):
    pbx.add("POST", LOGIN, **success(user))
    with pytest.raises(NoClearAnswer, match="no usable session"):
        ipcortex().issue()


def test_a_session_may_come_with_nothing_else(pbx):
    pbx.add("POST", LOGIN, **success({"session": "s3ss10n", "perms": ["x"]}))
    assert ipcortex().issue() == SESSION


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (FAIL, "Login failed ***"),
        ({"json": {"result": "fail"}}, None),
        ({"status": 401, "json": {"message": "no"}}, "no"),
        ({"status": 403, "json": {}}, None),
    ],
)
def test_fail_is_a_failure_whatever_the_status(pbx, reply, words):
    pbx.add("POST", LOGIN, **reply)
    with pytest.raises(VendorRefused, match="unknown user or wrong password") as caught:
        ipcortex().issue()
    assert (caught.value.code, caught.value.vendor_message) == ("credentials_refused", words)
    assert len(pbx.calls) == 1


@pytest.mark.parametrize(
    ("reply", "accepted", "reason"),
    [
        (success(), True, "the vendor accepts the token"),
        (success({**USER, "session": None}), True, "the vendor accepts the token"),
        (success({**USER, "session": "other"}), False, "the PBX answers with another session"),
        (FAIL, False, "Login failed ***"),
        ({"json": {"result": "fail"}}, False, "result fail"),
        ({"json": {}, "status": 401}, False, "result fail"),
    ],
)
def test_a_session_is_checked_by_its_cookie(pbx, reply, accepted, reason):
    pbx.add("POST", LOGIN, match=[auth(), matchers.header_matcher({"Cookie": "Red60urne=s3ss10n"})], **reply)
    verdict = ipcortex().check(SESSION)
    assert (verdict.accepted, verdict.reason) == (accepted, reason)
    assert verdict.details == (DETAILS if accepted else {})


@pytest.mark.parametrize(
    ("key_in", "match", "header"),
    [("body", auth(key="k3y"), None), ("header", auth(), "token auth=k3y")],
)
def test_a_key_is_checked_in_either_form(pbx, key_in, match, header):
    pbx.add("POST", LOGIN, match=[match], **success())
    verdict = ipcortex(key="k3y", key_in=key_in).check(KEY)
    assert (verdict.accepted, verdict.details) == (True, DETAILS)
    assert pbx.calls[0].request.headers.get("Authorization") == header
    assert "Cookie" not in pbx.calls[0].request.headers


@pytest.mark.parametrize(
    ("reply", "check", "expected"),
    [
        ({"json": {"result": "success"}}, None, Ended.REVOKED),
        (FAIL, FAIL, Ended.ALREADY_GONE),
        (FAIL, success(), "vendor_error"),
        (FAIL, {"json": {}}, "bad_reply"),
        ({"json": {}}, None, "bad_reply"),
        ({"json": {"result": "success"}, "status": 404}, None, "bad_reply"),
    ],
)
def test_a_logout_ends_the_session(pbx, reply, check, expected):
    pbx.add("POST", LOGOUT, match=[auth(), matchers.header_matcher({"Cookie": "Red60urne=s3ss10n"})], **reply)
    if check:
        pbx.add("POST", LOGIN, **check)
    if isinstance(expected, Ended):
        assert ipcortex().revoke(SESSION, leaving=True) is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            ipcortex().revoke(SESSION, leaving=True)
        assert caught.value.code == expected


def test_a_key_can_only_be_ended_by_hand():
    vendor = ipcortex(key="k3y")
    assert not vendor.can_revoke(KEY, leaving=True)
    assert vendor.can_revoke(SESSION, leaving=True)
    assert vendor.revoke(KEY, leaving=True) is Ended.STILL_VALID
    assert "web interface" in vendor.how_it_ends
    assert "session" in ipcortex().how_it_ends
    assert vendor.cannot_issue() == "Make a new API key in the IPCortex web interface, and give it in key."


def test_what_a_task_knows_and_returns():
    vendor = ipcortex(key="k3y")
    assert vendor.known() == KEY
    assert vendor.headers(KEY) == {"Authorization": "token auth=k3y"}
    assert vendor.secret_results(KEY) == {"auth": {"type": "auth", "key": "k3y"}}
    vendor = ipcortex(session="s3ss10n")
    assert vendor.known() == SESSION
    assert vendor.headers(SESSION) == {"Cookie": "Red60urne=s3ss10n"}
    assert vendor.secret_results(SESSION) == {"auth": {"type": "auth"}}
    assert vendor.owner(Token("s", details=DETAILS)) == "joe"
    assert vendor.owner(SESSION) is None
    assert not isinstance(vendor, ListingVendor)


def test_a_login_of_digits_is_a_text(pbx):
    pbx.add("POST", LOGIN, **success({"login": 1001}))
    vendor = ipcortex(session="s3ss10n")
    details = vendor.check(SESSION).details
    assert vendor.owner(Token("s", details=details)) == "1001"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"username": "j", "password": "p", "key": "k"}, "mutually exclusive: password|key"),
        ({"session": "s", "key": "k"}, "mutually exclusive: session|key"),
        ({"key_in": "query"}, "body, header"),
    ],
)
def test_options_that_contradict_each_other_are_named(options, complaint):
    assert complaint in validate(Ipcortex.spec(), api_url=URL, **options)[1]


def test_a_key_that_cannot_be_sent_is_named():
    with pytest.raises(OptionError, match=r"^key must be one line"):
        ipcortex(key="a b").known()
