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
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import make

URL = "https://portal.vacd.biz/api/v1"
TOKENS = f"{URL}/admin/token"
TOKEN = "aws80:c2353445-bc74-af1a-2850-1d55a371c0a9"
DENIED = {"generalMessage": "You do not have permission to access this resource", "details": "", "timestamp": 1}
LOGIN = {
    "authToken": "baf522ee-5d42",
    "platformHost": "x",
    "user": {"userId": 7, "userName": "joe", "roles": [], "enabled": True, "phoneNumber": "123"},
    "accounts": [{"accountId": "99", "accountName": "Acme", "enableInbound": True}, "odd"],
}


@pytest.fixture
def portal() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def with_token(token: str) -> t.Any:
    return matchers.header_matcher({"X-Auth-Token": token})


def vacd(**options: t.Any) -> Vacd:
    return make(Vacd, **(options or {"auth_token": "4uth"}))


@pytest.mark.parametrize("stay", [False, True])
@pytest.mark.parametrize("password", ["simple", "a&b=c+d%e f", "Grüße&"])
def test_a_login_by_form_happens_once(portal, password, stay):
    login = portal.add(
        "POST",
        f"{URL}/auth/login",
        json=LOGIN,
        match=[
            matchers.urlencoded_params_matcher(
                {"username": "joe@a", "password": password, "stayLoggedIn": str(stay).lower()}
            ),
            matchers.header_matcher({"Accept": "application/json"}),
        ],
    )
    portal.add("GET", TOKENS, json=["one"], match=[with_token("baf522ee-5d42")])
    portal.add("POST", TOKENS, body=TOKEN, content_type="text/plain", match=[with_token("baf522ee-5d42")])
    vendor = vacd(username="joe@a", password=password, stay_logged_in=stay)
    assert vendor.list() == ("one",)
    assert vendor.issue() == Token(
        TOKEN,
        details={
            "user": {"userId": "7", "userName": "joe", "enabled": True},
            "accounts": [{"accountId": "99", "accountName": "Acme"}],
        },
    )
    assert login.call_count == 1
    assert portal.calls[0].request.url == f"{URL}/auth/login"


@pytest.mark.parametrize(
    ("status", "reply", "error", "code", "message"),
    [
        (401, {"json": DENIED}, VendorRefused, "credentials_refused", "The login was refused: wrong user name or password"),
        (403, {"body": ""}, VendorRefused, "credentials_refused", "The login was refused"),
        (404, {"json": {"generalMessage": "Gone", "details": "away"}}, VendorRefused, "vendor_error", "The login failed. .*Gone away"),
        (404, {"body": "<html>", "content_type": "text/html"}, NoClearAnswer, "bad_reply", "is a web page"),
        (200, {"json": {**LOGIN, "authToken": None}}, NoClearAnswer, "bad_reply", "no usable authToken"),
        (200, {"json": []}, NoClearAnswer, "bad_reply", "not a JSON object"),
    ],
)  # fmt: skip
def test_a_failed_login_is_not_repeated(portal, status, reply, error, code, message):
    portal.add("POST", f"{URL}/auth/login", status=status, **reply)
    with pytest.raises(error, match=message) as caught:
        vacd(username="joe", password="pw").list()
    assert (caught.value.code, caught.value.operation, caught.value.status) == (code, "login", status)
    assert len(portal.calls) == 1


@pytest.mark.parametrize("answer", [{"authToken": "a"}, {"authToken": "a", "user": None, "accounts": None}])
def test_a_login_may_tell_nothing_about_the_user(portal, answer):
    portal.add("POST", f"{URL}/auth/login", json=answer)
    portal.add("POST", TOKENS, body=TOKEN)
    assert vacd(username="joe", password="pw").issue().details == {}


@pytest.mark.parametrize("body", [TOKEN, f" {TOKEN}\r\n", f'"{TOKEN}"'])
@pytest.mark.parametrize("status", [200, 201])
def test_a_new_token_comes_as_text_or_as_quoted_json(portal, status, body):
    portal.add("POST", TOKENS, body=body, status=status, content_type="text/plain", match=[with_token("4uth")])
    assert vacd().issue() == Token(TOKEN)
    request = portal.calls[0].request
    assert request.body is None
    assert request.headers["Accept"].startswith("text/plain")


@pytest.mark.parametrize(
    "body", ["", '""', '"a b"', '"open', "{}", "<b>token</b>", "a b", '["x"]', f"{TOKEN}\n{TOKEN}"]
)
def test_what_is_no_token_is_an_error_that_quotes_nothing(portal, body):
    portal.add("POST", TOKENS, body=body, content_type="text/plain")
    with pytest.raises(NoClearAnswer) as caught:
        vacd().issue()
    assert (caught.value.code, caught.value.maybe_done, caught.value.vendor_message) == ("bad_reply", True, None)


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "credentials_refused"), (403, "not_permitted"), (404, "vendor_error"), (400, "vendor_error")],
)
def test_a_refusal_is_told_in_the_vendor_s_words(portal, status, code):
    portal.add("POST", TOKENS, status=status, json={**DENIED, "requestUri": f"x - {TOKEN}"})
    with pytest.raises(
        VendorRefused,
        match=f"^No API token was made. The vendor at https://portal.vacd.biz/api says: {DENIED['generalMessage']}$",
    ) as caught:
        vacd().issue()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("status", "body", "accepted", "reason", "listed"),
    [
        (200, [TOKEN, "b"], True, "the vendor accepts the token", (TOKEN, "b")),
        (200, [], True, "the vendor accepts the token", ()),
        (401, {"generalMessage": "Jwt is expired"}, False, "Jwt is expired", None),
        (401, {"generalMessage": f"no {TOKEN}"}, False, "no ***", None),
        (401, "Jwt is expired", False, '"Jwt is expired"', None),
    ],
)
def test_a_check_asks_with_the_token_itself(portal, status, body, accepted, reason, listed):
    portal.add("GET", TOKENS, status=status, json=body, match=[with_token(TOKEN)])
    vendor = vacd()
    vendor.api.secrets.add(TOKEN)
    verdict = vendor.check(Token(TOKEN))
    assert (verdict.accepted, verdict.reason, verdict.listed) == (accepted, reason, listed)


@pytest.mark.parametrize("body", [{}, [1], [None], ["a b"], [[TOKEN]], "text"])
def test_what_is_no_list_of_tokens_is_an_error(portal, body):
    portal.add("GET", TOKENS, json=body)
    with pytest.raises(NoClearAnswer):
        vacd().list()


def test_a_check_that_is_forbidden_tells_nothing(portal):
    portal.add("GET", TOKENS, status=403, json=DENIED)
    with pytest.raises(VendorRefused, match="The API tokens were not listed") as caught:
        vacd().check(Token(TOKEN))
    assert caught.value.code == "not_permitted"


def test_the_token_that_authorises_is_listed_first(portal):
    portal.add("GET", TOKENS, json=["a", "4uth", "b"])
    assert vacd().list() == ("4uth", "a", "b")


def test_the_known_token_may_list_where_there_is_nothing_better(portal):
    portal.add("GET", TOKENS, json=[TOKEN], match=[with_token(TOKEN)])
    assert vacd(api_token=TOKEN).list() == (TOKEN,)
    with pytest.raises(OptionError, match="username is not set") as caught:
        vacd(state="absent").list()
    assert caught.value.code == "credentials_missing"


def test_a_token_that_lists_cannot_issue(portal):
    portal.add("GET", TOKENS, json=[TOKEN])
    vendor = vacd(api_token=TOKEN)
    vendor.list()
    assert (
        vendor.cannot_issue()
        == "username is not set. Give username or VACD_USERNAME. password is not set. Give password or VACD_PASSWORD."
    )


def test_a_token_that_is_listed_twice_is_one(portal):
    portal.add("GET", TOKENS, json=["a", "b", "a"])
    assert vacd().list() == ("a", "b")


def test_it_is_the_one_vendor_with_a_list():
    assert isinstance(vacd(), ListingVendor)


GONE = {"json": {"generalMessage": "expired"}, "status": 401}
DELETES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any] | None, object]] = {
    "true": ({"body": "true"}, None, Ended.REVOKED),
    "no content": ({"status": 204}, None, Ended.REVOKED),
    "not found": ({"status": 404, "json": DENIED}, None, Ended.ALREADY_GONE),
    "false, gone": ({"body": "false"}, GONE, Ended.ALREADY_GONE),
    "false, alive": ({"body": "false"}, {"json": [TOKEN]}, "not_permitted"),
    "empty, gone": ({"body": ""}, GONE, Ended.REVOKED),
    "empty, alive": ({"body": ""}, {"json": [TOKEN]}, "not_permitted"),
    "forbidden": ({"status": 403, "json": DENIED}, None, "not_permitted"),
    "page": ({"body": "<html>", "content_type": "text/html"}, None, "bad_reply"),
    "page, 404": ({"status": 404, "body": "<html>", "content_type": "text/html"}, None, "bad_reply"),
}


@pytest.mark.parametrize("authority", ["4uth", TOKEN, None])
@pytest.mark.parametrize(("reply", "check", "expected"), DELETES.values(), ids=DELETES)
def test_a_token_is_deleted_by_its_owner_a_parent_or_itself(portal, authority, reply, check, expected):
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", match=[with_token(authority or TOKEN)], **reply)
    if check:
        portal.add("GET", TOKENS, match=[with_token(TOKEN)], **check)
    vendor = vacd(auth_token=authority) if authority else vacd(username="joe")
    if isinstance(expected, Ended):
        assert vendor.revoke(Token(TOKEN), leaving=True) is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            vendor.revoke(Token(TOKEN), leaving=True)
        assert caught.value.code == expected


@pytest.mark.parametrize("options", [{"auth_token": TOKEN}, {"api_token": TOKEN}, {"username": "joe"}])
def test_status_401_means_gone_where_the_token_alone_speaks_for_itself(portal, options):
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", status=401, json=DENIED, match=[with_token(TOKEN)])
    assert vacd(**options).revoke(Token(TOKEN), leaving=True) is Ended.ALREADY_GONE


def test_status_401_to_another_authority_is_a_failure(portal):
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", status=401, json=DENIED)
    with pytest.raises(VendorRefused, match="The API token was not deleted"):
        vacd().revoke(Token(TOKEN), leaving=True)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"body": "true"}, Ended.REVOKED),
        ({"status": 404, "json": DENIED}, Ended.ALREADY_GONE),
        ({"status": 401, "json": DENIED}, "credentials_refused"),
    ],
)
def test_a_token_that_is_refused_is_deleted_by_a_login(portal, reply, expected):
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", status=401, json=DENIED, match=[with_token(TOKEN)])
    login = portal.add("POST", f"{URL}/auth/login", json=LOGIN)
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", match=[with_token(str(LOGIN["authToken"]))], **reply)
    vendor = vacd(username="joe", password="pw")
    if isinstance(expected, Ended):
        assert vendor.revoke(Token(TOKEN), leaving=True) is expected
    else:
        with pytest.raises(VendorRefused) as caught:
            vendor.revoke(Token(TOKEN), leaving=True)
        assert caught.value.code == expected
    assert login.call_count == 1


def test_a_token_of_a_user_who_is_gone_is_gone(portal):
    """As far as the vendor's answers tell; the list, which cannot be read then, is asked by the state machine."""
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", status=401, json=DENIED)
    portal.add("POST", f"{URL}/auth/login", status=401, json=DENIED)
    assert vacd(username="joe", password="pw").revoke(Token(TOKEN), leaving=True) is Ended.ALREADY_GONE


def test_whoever_has_logged_in_authorises(portal):
    portal.add("POST", f"{URL}/auth/login", json=LOGIN)
    portal.add("GET", TOKENS, json=[TOKEN])
    portal.add("DELETE", f"{TOKENS}/{TOKEN}", body="true", match=[with_token(str(LOGIN["authToken"]))])
    vendor = vacd(username="joe", password="pw")
    vendor.list()
    assert vendor.revoke(Token(TOKEN), leaving=False) is Ended.REVOKED
    assert len(portal.calls) == 3


def test_facts_do_not_show_the_token_that_came_with_them(portal):
    token = LOGIN["authToken"]
    portal.add("POST", f"{URL}/auth/login", json={**LOGIN, "user": {"fullName": f"Joe {token}"}, "accounts": None})
    portal.add("POST", TOKENS, body=TOKEN)
    assert vacd(username="joe", password="pw").issue().details == {"user": {"fullName": "Joe ***"}}


def test_a_token_to_delete_cannot_lead_elsewhere(portal):
    portal.add("DELETE", f"{TOKENS}/..%2Fusers%2F1%3Fa", status=204)
    assert vacd().revoke(Token("../users/1?a"), leaving=True) is Ended.REVOKED


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"count": 0}, "^count must be at least 1"),
        ({"keep": ["a"]}, "^keep is of use only with exclusive=true"),
        ({"keep": ["a"], "state": "absent", "all_tokens": True}, "^keep is of use only with exclusive=true"),
        ({"all_tokens": True}, "^all_tokens goes with state=absent only"),
    ],
)
def test_options_that_contradict_each_other_are_named(options, complaint):
    with pytest.raises(OptionError, match=complaint):
        vacd(**options)


def test_what_a_task_knows_and_returns():
    vendor = vacd(api_token=TOKEN, username="joe")
    assert vendor.known() == Token(TOKEN)
    assert vendor.headers(Token(TOKEN)) == {"X-Auth-Token": TOKEN}
    assert vendor.secret_results(Token(TOKEN)) == {}
    assert vendor.can_revoke(Token(TOKEN), leaving=False)
    assert (vendor.identity, vendor.owner(Token(TOKEN))) == ("joe", None)


def test_the_other_host_is_used_alike(portal):
    portal.add("GET", "https://portal.virtualacd.biz/api/v1/admin/token", json=[])
    assert vacd(api_url="https://portal.virtualacd.biz/api/", auth_token="a").list() == ()
