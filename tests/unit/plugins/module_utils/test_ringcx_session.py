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
from ansible_collections.telephony.auth.plugins.module_utils._pace import Pace
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import NOW, jwt, make, validate

URL = "https://ringcx.ringcentral.com"
LOGIN, REFRESH = f"{URL}/api/auth/login/rc/accesstoken", f"{URL}/api/auth/token/refresh"
LIST = f"{URL}/voice/api/v1/admin/token"
JWT = jwt(exp=NOW + 300)
KNOWN = Token("the-access-token", {"refresh_token": "refresh-1"}, expires_at=NOW + 60)
ANSWER = {"accessToken": JWT, "refreshToken": "refresh-2", "tokenType": "Bearer", "mainAccountId": "9", "adminId": 1}
MADE = Token(JWT, {"refresh_token": "refresh-2"}, NOW, NOW + 300, {"mainAccountId": "9", "adminId": "1"})
NO = {"status": 401, "json": {"generalMessage": "You do not have permission"}}
EXPIRED = {"status": 401, "body": "Jwt is expired", "content_type": "text/plain"}


@pytest.fixture
def ringcx() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def session(**options: t.Any) -> RingcxSession:
    return make(RingcxSession, **{"username": "joe", "rc_access_token": "rc-t0ken", **options})


def refresh(value: str) -> t.Any:
    return matchers.urlencoded_params_matcher({"refresh_token": value})


def test_a_login_exchanges_the_token_of_ringcentral(ringcx):
    form = matchers.urlencoded_params_matcher({"rcAccessToken": "rc-t0ken", "rcTokenType": "Bearer"})
    query = matchers.query_param_matcher({"includeRefresh": "true"})
    ringcx.add("POST", LOGIN, json=ANSWER, match=[form, query])
    vendor = session()
    assert vendor.issue() == MADE
    assert vendor.headers(MADE) == {"Authorization": f"Bearer {JWT}"}
    assert vendor.owner(MADE) == "9/1"
    assert vendor.api.secrets.mask(f"({JWT}) (refresh-2)") == "(***) (***)"


def test_logins_keep_to_the_pace_of_the_vendor_and_refreshing_is_none(ringcx, monkeypatch):
    monkeypatch.setattr(RingcxSession, "pace", Pace(1, 60))
    for url in (LOGIN, REFRESH):
        ringcx.add("POST", url, json=ANSWER)
    ringcx.add("GET", LIST, json=[])
    waits: list[float] = []
    for known in (None, None, KNOWN):
        vendor = session()
        monkeypatch.setattr(vendor.api, "_sleep", waits.append)
        if known:
            vendor.check(known)
        vendor.issue()
    assert [round(wait) for wait in waits] == [60]


def test_a_token_that_tells_no_end_lives_for_five_minutes(ringcx):
    ringcx.add("POST", LOGIN, json={"accessToken": "opaque"})
    assert session().issue() == Token("opaque", {}, NOW, NOW + 300)


@pytest.mark.parametrize(
    ("reply", "accepted", "reason"),
    [
        ({"json": ["aws80:x"]}, True, "the vendor accepts the token"),
        (EXPIRED, False, "Jwt is expired"),
        (NO, False, "You do not have permission"),
    ],
)
def test_a_check_reads_the_list_of_api_tokens(ringcx, reply, accepted, reason):
    bearer = matchers.header_matcher({"Authorization": "Bearer the-access-token"})
    ringcx.add("GET", LIST, match=[bearer], **reply)
    verdict = session().check(KNOWN)
    assert (verdict.accepted, verdict.reason, verdict.listed) == (accepted, reason, None)


@pytest.mark.parametrize("rc_access_token", ["rc-t0ken", None])
def test_a_token_that_was_asked_about_is_refreshed(ringcx, rc_access_token):
    ringcx.add("GET", LIST, **EXPIRED)
    ringcx.add("POST", REFRESH, json=ANSWER, match=[refresh("refresh-1")])
    vendor = session(rc_access_token=rc_access_token)
    vendor.check(KNOWN)
    assert vendor.cannot_issue() == ""
    assert vendor.issue() == MADE


def test_after_a_refused_refresh_comes_a_login(ringcx):
    ringcx.add("GET", LIST, **EXPIRED)
    ringcx.add("POST", REFRESH, **NO)
    ringcx.add("POST", LOGIN, json=ANSWER)
    vendor = session()
    vendor.check(KNOWN)
    assert vendor.issue() == MADE


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (NO, VendorRefused, "credentials_refused"),
        ({"status": 403, "json": {}}, VendorRefused, "credentials_refused"),
        ({"status": 401, "body": "<html>", "content_type": "text/html"}, NoClearAnswer, "bad_reply"),
        ({"status": 502}, NoClearAnswer, "server_error"),
    ],
)
def test_without_another_way_a_refused_refresh_is_the_end(ringcx, reply, kind, code):
    ringcx.add("GET", LIST, **EXPIRED)
    ringcx.add("POST", REFRESH, **reply)
    vendor = session(rc_access_token=None)
    vendor.check(KNOWN)
    with pytest.raises(kind) as caught:
        vendor.issue()
    assert caught.value.code == code


@pytest.mark.parametrize(
    "reply",
    [
        {"status": 502},
        {"status": 404, "json": {"generalMessage": "x"}},
        {"status": 401, "body": "<html>"},
        {"json": {}},
    ],
)
def test_an_unclear_refresh_is_followed_by_no_login(ringcx, reply):
    ringcx.add("GET", LIST, **EXPIRED)
    ringcx.add("POST", REFRESH, **reply)
    vendor = session()
    vendor.check(KNOWN)
    with pytest.raises(TelephonyError):
        vendor.issue()


def test_too_many_logins_are_waited_for_and_then_told(ringcx):
    ringcx.add("POST", LOGIN, status=429, json={"generalMessage": "Too Many Requests"})
    ringcx.add("POST", LOGIN, json=ANSWER)
    assert session().issue() == MADE
    ringcx.replace("POST", LOGIN, status=429, json={"generalMessage": "Too Many Requests"})
    with pytest.raises(NoClearAnswer) as caught:
        session(retries=2).issue()
    assert (caught.value.code, caught.value.maybe_done) == ("rate_limited", False)


def test_nobody_can_end_a_token():
    assert session().can_revoke(KNOWN, leaving=True) is False
    assert session().revoke(KNOWN, leaving=True) is Ended.STILL_VALID


@pytest.mark.parametrize("name", ["rc_access_token", "access_token"])
def test_bad_input_is_named_before_any_request(name):
    with pytest.raises(OptionError, match=f"{name} must be one line of printable ASCII"):
        session(**{name: "two words"}).known()


def test_what_is_missing_is_told():
    assert (
        session(rc_access_token=None).cannot_issue()
        == "rc_access_token is not set. Give rc_access_token or RINGCX_RC_ACCESS_TOKEN."
    )
    assert "required by 'refresh_token': access_token" in validate(RingcxSession.spec(), refresh_token="r")[1]
    assert validate(RingcxSession.spec())[0]["renew_before"] == "1m"


def test_a_known_token_tells_its_end():
    vendor = session(access_token=JWT, refresh_token="refresh-1")
    assert vendor.known() == Token(JWT, {"refresh_token": "refresh-1"}, expires_at=NOW + 300)
    assert vendor.identity == "joe"
    assert not isinstance(vendor, ListingVendor)
