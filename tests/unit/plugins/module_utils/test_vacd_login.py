# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
import responses
from responses import matchers

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer, TelephonyError, VendorRefused
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd_login import VacdLogin
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import NOW, make

URL = "https://portal.vacd.biz/api"
LOGIN = f"{URL}/v1/auth/login"
LIST = f"{URL}/v1/admin/token"
AUTH = "baf522ee-5d42-457a-a18d-7b8500eeb573"
TOKEN = Token(AUTH)
HOUR, TWO_WEEKS = 3600, 14 * 24 * 3600


@pytest.fixture
def portal() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def vacd(**options: t.Any) -> VacdLogin:
    return make(VacdLogin, **{"username": "joe", "password": "p&w", **options})


@pytest.mark.parametrize("stays", [True, False])
def test_a_login_gives_a_token_without_a_known_end(portal, stays):
    form = {"username": "joe", "password": "p&w", "stayLoggedIn": str(stays).lower()}
    answer = {"authToken": AUTH, "user": {"userName": "joe", "roles": []}, "stay_logged_in": "x"}
    portal.add("POST", LOGIN, json=answer, match=[matchers.urlencoded_params_matcher(form)])
    vendor = vacd(stay_logged_in=stays)
    token = vendor.issue()
    assert token == Token(AUTH, details={"user": {"userName": "joe"}, "stay_logged_in": stays})
    assert vendor.headers(token) == {"X-Auth-Token": AUTH}
    assert vendor.owner(token) == "joe"
    assert vendor.api.secrets.mask(f"({AUTH})") == "(***)"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_login_is_not_repeated(portal, status):
    portal.add("POST", LOGIN, status=status, json={"generalMessage": "no", "details": "locked"})
    with pytest.raises(VendorRefused, match=r"The login was refused") as caught:
        vacd().issue()
    assert (caught.value.code, caught.value.operation) == ("credentials_refused", "issue")
    assert len(portal.calls) == 1


@pytest.mark.parametrize(
    ("details", "options", "lasts"),
    [
        ({}, {}, HOUR),
        ({}, {"stay_logged_in": True}, TWO_WEEKS),
        # How it was made counts, and not what the task says now
        ({"stay_logged_in": False}, {"stay_logged_in": True}, HOUR),
        ({"stay_logged_in": True}, {}, TWO_WEEKS),
    ],
)
def test_a_check_prolongs_the_token_and_says_so(portal, details, options, lasts):
    portal.add("GET", LIST, json=["aws80:x"], match=[matchers.header_matcher({"X-Auth-Token": AUTH})])
    verdict = vacd(**options).check(Token(AUTH, details=details))
    assert verdict.accepted
    assert verdict.reason.endswith(f"having been asked prolongs it until {iso(NOW + lasts)}")
    assert verdict.listed is None


def test_a_token_that_has_ended_is_refused(portal):
    portal.add("GET", LIST, status=401, json={"generalMessage": "Authentication is required"})
    vendor = vacd()
    verdict = vendor.check(TOKEN)
    assert (verdict.accepted, verdict.reason) == (False, "Authentication is required")
    assert vendor.revoke(TOKEN, leaving=True) is Ended.ALREADY_GONE


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({"status": 403, "json": {"generalMessage": "no"}}, "not_permitted"),
        ({"status": 401, "body": "<html>", "content_type": "text/html"}, "bad_reply"),
        ({"json": {}}, "bad_reply"),
        ({"body": "x"}, "bad_reply"),
    ],
)
def test_a_check_without_a_clear_answer_is_a_failure(portal, reply, code):
    portal.add("GET", LIST, **reply)
    with pytest.raises(TelephonyError) as caught:
        vacd().check(TOKEN)
    assert (caught.value.code, caught.value.operation) == (code, "check")


def test_nobody_ends_a_token_and_trying_would_prolong_it(portal):
    vendor = vacd()
    assert vendor.can_revoke(TOKEN, leaving=True) is False
    assert vendor.revoke(TOKEN, leaving=True) is Ended.STILL_VALID
    assert len(portal.calls) == 0


def test_a_lost_login_may_have_been_done(portal):
    portal.add("POST", LOGIN, json={"user": {}})
    with pytest.raises(NoClearAnswer) as caught:
        vacd().issue()
    assert caught.value.maybe_done


def test_a_known_token_is_given_as_an_option():
    assert vacd(auth_token=AUTH).known() == TOKEN
    assert not isinstance(vacd(), ListingVendor)
    assert vacd().identity == "joe"
