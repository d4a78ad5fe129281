# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
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
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, ListingVendor, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import WebitelDomainToken
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import NOW, jwt, make, validate

URL = "https://api.webitel.com"
TOKENS = f"{URL}/api/v2/domains/mydomain.com/settings/token"
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
OTHER = "c2353445-bc74-4f1a-8850-1d55a371c0a9"
EXPIRE = (NOW + 3600) * 1000 + 426
JWT = jwt(id=UUID, exp=EXPIRE, d="mydomain.com", t="domain", v=2)
TOKEN = Token(JWT, expires_at=NOW + 3600)
ENTRY = {
    "uuid": UUID,
    "expire": EXPIRE,
    "roleName": "admin",
    "createdBy": "100@mydomain.com",
    "createdOn": NOW * 1000 + 441,
    "enabled": True,
}
WHOAMI = {"id": f"{UUID}@mydomain.com", "domain": "mydomain.com", "roleName": "admin", "acl": {}}
PAIR = {"key": "a-key", "token": jwt(exp=1), "username": "100@mydomain.com", "domain": "mydomain.com"}
LOGOUT = {"status": "OK", "info": "Successful logout."}
AUTH = jwt(id=OTHER, exp=EXPIRE, d="mydomain.com", t="domain", v=2)


@pytest.fixture
def engine() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def webitel(**options: t.Any) -> WebitelDomainToken:
    return make(WebitelDomainToken, **{"auth_token": AUTH, "role": "admin", **options})


def user(**options: t.Any) -> WebitelDomainToken:
    return webitel(auth_token=None, username="100@mydomain.com", password="p&w", **options)


def ok(info: object) -> dict[str, t.Any]:
    return {"json": {"status": "OK", "info": info}}


def info(status: int, text: str) -> dict[str, t.Any]:
    return {"status": status, "json": {"status": "error", "info": text}}


def listing(*entries: object, name: str = "mydomain.com") -> dict[str, t.Any]:
    return ok([{"_id": "6", "name": name, "tokens": list(entries)}])


def test_a_token_is_made_with_its_end_in_whole_milliseconds(engine):
    sent: dict[str, t.Any] = {}

    def make_one(request: t.Any) -> tuple[int, dict[str, str], str]:
        sent.update(json.loads(request.body))
        return 200, {}, json.dumps({"status": "OK", "info": {"data": ENTRY, "token": JWT}})

    engine.add_callback("POST", TOKENS, make_one)
    vendor = webitel(lifetime="1h")
    token = vendor.issue()
    assert sent["role"] == "admin"
    assert isinstance(sent["expire"], int)
    assert (NOW + 3600) * 1000 <= sent["expire"] < (NOW + 3601) * 1000
    assert token == Token(
        JWT,
        issued_at=NOW,
        expires_at=NOW + 3600,
        details={"uuid": UUID, "domain": "mydomain.com", "role_name": "admin", "created_by": "100@mydomain.com"},
    )
    assert vendor.headers(token) == {"X-Access-Token": JWT}
    assert vendor.listed_as(token) == UUID
    assert vendor.owner(token) == "mydomain.com"
    assert vendor.api.secrets.mask(f"({JWT})") == "(***)"


def test_a_run_logs_in_once_and_out_at_its_end(engine):
    pair = matchers.header_matcher({"X-Access-Token": PAIR["token"], "X-Key": "a-key"})
    engine.add("POST", f"{URL}/login", json=PAIR)
    engine.add("GET", TOKENS, match=[pair], **listing(ENTRY))
    engine.add("DELETE", f"{TOKENS}/{UUID}", match=[pair], **ok({"n": 1, "nModified": 1, "ok": 1}))
    engine.add("POST", f"{URL}/logout", match=[pair], json=LOGOUT)
    vendor = user()
    assert vendor.list() == (UUID,)
    assert vendor.revoke(TOKEN, leaving=False) is Ended.REVOKED
    assert vendor.close() == ()
    assert vendor.close() == ()
    assert len(engine.calls) == 4


def test_a_login_that_does_not_end_is_told_of(engine):
    engine.add("POST", f"{URL}/login", json=PAIR)
    engine.add("GET", TOKENS, **ok([]))
    engine.add("POST", f"{URL}/logout", **info(500, "no connection"))
    vendor = user()
    assert vendor.list() == ()
    (warning,) = vendor.close()
    assert warning.startswith("The login of this run did not end: ")


def test_a_lost_login_is_told_of_and_not_repeated(engine):
    engine.add("POST", f"{URL}/login", status=502)
    with pytest.raises(NoClearAnswer) as caught:
        user().issue()
    assert "A login may be left that nobody knows" in caught.value.message
    assert (caught.value.operation, caught.value.maybe_done) == ("login", True)
    assert len(engine.calls) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"username": "100@mydomain.com", "password": "p", "auth_token": None, "domain": "other.com"},
        {"domain": "other.com"},
        {"token": jwt(id=UUID, d="other.com")},
    ],
)
def test_another_domain_than_that_of_the_credentials_is_an_error_before_any_request(options):
    with pytest.raises(OptionError, match=r"which Webitel would silently use in its place\. Nothing was changed\."):
        webitel(**options)


@pytest.mark.parametrize(
    ("path", "answer", "options"),
    [
        ("/login", {**PAIR, "domain": "other.com"}, {"auth_token": None, "username": "joe", "password": "p"}),
        (
            "/api/v2/whoami",
            {"id": "300@other.com", "domain": "other.com"},
            {"auth_token": "the-token", "auth_key": "the-key"},
        ),
    ],
)
def test_another_domain_of_the_caller_is_an_error_before_anything_is_changed(engine, path, answer, options):
    engine.add(responses.GET if "whoami" in path else responses.POST, f"{URL}{path}", json=answer)
    with pytest.raises(OptionError, match=r"The domain is mydomain\.com, .* are of other\.com"):
        webitel(domain="MyDomain.com", **options).list()
    assert len(engine.calls) == 1


def test_a_login_of_root_has_any_domain(engine):
    engine.add("POST", f"{URL}/login", json={"key": "k", "token": "t"})
    engine.add("GET", TOKENS, **listing(ENTRY))
    vendor = webitel(auth_token=None, username="root", password="p", domain="mydomain.com")
    assert vendor.list() == (UUID,)


def test_a_pair_that_is_refused_is_no_authority(engine):
    engine.add("GET", f"{URL}/api/v2/whoami", **info(401, "Invalid User"))
    with pytest.raises(
        VendorRefused, match=r"auth_token and auth_key were refused by https://\S+ \(Invalid User\)"
    ) as caught:
        webitel(auth_token="t", auth_key="k", domain="mydomain.com").list()
    assert caught.value.code == "credentials_refused"


def test_the_list_is_asked_for_nothing_else_than_tokens(engine):
    columns = matchers.query_param_matcher({"columns": '{"name":1,"tokens":1}'})
    dead = {**ENTRY, "uuid": OTHER, "expire": (NOW - 1) * 1000}
    engine.add("GET", TOKENS, match=[columns], **listing(ENTRY, dead, {"uuid": OTHER.upper(), "expire": "x"}))
    assert webitel().list() == (UUID, OTHER.upper())


@pytest.mark.parametrize(
    "reply",
    [
        ok({}),
        ok([5]),
        listing(5),
        listing({"uuid": "../.."}),
        listing({"uuid": 7}),
        listing(ENTRY, name="other.com"),
        {"json": {"status": "error", "info": []}},
        {"json": []},
    ],
)
def test_what_is_no_list_of_this_domain_is_none(engine, reply):
    engine.add("GET", TOKENS, **reply)
    with pytest.raises(NoClearAnswer):
        webitel().list()


@pytest.mark.parametrize(
    ("reply", "code"), [(info(403, "Permission denied!"), "not_permitted"), (info(401, "x"), "credentials_refused")]
)
def test_who_is_no_administrator_is_refused(engine, reply, code):
    engine.add("POST", TOKENS, **reply)
    with pytest.raises(VendorRefused, match=r"No token was made\. The vendor at https://\S+ says:") as caught:
        webitel().issue()
    assert (caught.value.code, caught.value.operation) == (code, "issue")


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ({"json": WHOAMI}, {}, (True, "the vendor accepts the token", {})),
        ({"json": WHOAMI}, {"role": None}, (True, "the vendor accepts the token", {})),
        ({"json": WHOAMI}, {"enabled": True}, (True, "the vendor accepts the token", {})),
        ({"json": WHOAMI}, {"enabled": False}, (True, "the vendor accepts the token", {"enabled": (True, False)})),
        ({"json": WHOAMI}, {"role": "user"}, (False, "the role of the token is admin", {})),
        ({"json": {**WHOAMI, "domain": "x"}}, {}, (False, "the token is of the domain x", {})),
        (info(401, "Not found token"), {}, (False, "Not found token", {})),
        (info(401, "Token Expired"), {"enabled": True}, (False, "Token Expired", {})),
        (info(400, "Token Expired"), {}, (False, "Token Expired", {})),
    ],
)
def test_a_check_asks_the_engine_with_the_token_alone(engine, reply, options, expected):
    engine.add("GET", f"{URL}/api/v2/whoami", match=[matchers.header_matcher({"X-Access-Token": JWT})], **reply)
    verdict = webitel(**options).check(TOKEN)
    assert (verdict.accepted, verdict.reason, verdict.differs) == expected
    if verdict.accepted:
        assert verdict.details == {"uuid": UUID, "domain": "mydomain.com", "role_name": "admin"}


@pytest.mark.parametrize(
    ("entries", "enabled", "expected"),
    [
        ([{**ENTRY, "enabled": False}], True, (True, "the token is disabled", {"enabled": (False, True)})),
        ([{**ENTRY, "enabled": False}], False, (True, "the token is disabled", {})),
        # The engine says so too when its database fails: it is enabled, and nobody knows why it does not work.
        ([ENTRY], True, (False, "Not found token", {})),
        ([{**ENTRY, "enabled": False, "roleName": "user"}], False, (False, "the role of the token is user", {})),
        ([], False, (False, "Not found token", {})),
    ],
)
def test_the_list_tells_a_disabled_token_from_a_deleted_one(engine, entries, enabled, expected):
    engine.add("GET", f"{URL}/api/v2/whoami", **info(401, "Not found token"))
    engine.add("GET", TOKENS, **listing(*entries))
    verdict = webitel(enabled=enabled).check(TOKEN)
    assert (verdict.accepted, verdict.reason, verdict.differs) == expected


@pytest.mark.parametrize("reply", [{"json": {"status": "error"}}, {"json": {}, "status": 401}, info(403, "x")])
def test_a_check_without_a_clear_answer_is_a_failure(engine, reply):
    engine.add("GET", f"{URL}/api/v2/whoami", **reply)
    with pytest.raises(TelephonyError):
        webitel().check(TOKEN)


@pytest.mark.parametrize("enabled", [True, False])
def test_a_token_is_enabled_and_disabled(engine, enabled):
    state = matchers.json_params_matcher({"state": enabled})
    engine.add("PATCH", f"{TOKENS}/{UUID}", match=[state], **ok({"n": 1, "nModified": 1, "ok": 1}))
    webitel(enabled=enabled).adjust(TOKEN)


def test_a_token_that_is_gone_cannot_be_enabled(engine):
    engine.add("PATCH", f"{TOKENS}/{UUID}", **ok({"n": 0, "nModified": 0, "ok": 1}))
    with pytest.raises(NoClearAnswer, match="does not know the token"):
        webitel(enabled=True).adjust(TOKEN)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (ok({"n": 1, "nModified": 1, "ok": 1}), Ended.REVOKED),
        (ok({"n": 1, "nModified": 0, "ok": 1}), Ended.ALREADY_GONE),
        (ok({"n": 1}), "bad_reply"),
        (ok("gone"), "bad_reply"),
        (info(403, "Permission denied!"), "not_permitted"),
        (info(500, "x"), "server_error"),
    ],
)
@pytest.mark.parametrize("token", [TOKEN, Token(UUID)], ids=["on record", "listed"])
def test_a_token_is_deleted_by_its_uuid(engine, token, reply, expected):
    engine.add("DELETE", f"{TOKENS}/{UUID}", **reply)
    if isinstance(expected, Ended):
        assert webitel().revoke(token, leaving=False) is expected
    else:
        with pytest.raises(TelephonyError) as caught:
            webitel().revoke(token, leaving=False)
        assert caught.value.code == expected


def test_without_credentials_a_token_may_delete_itself(engine):
    own = matchers.header_matcher({"X-Access-Token": JWT})
    engine.add("DELETE", f"{TOKENS}/{UUID}", match=[own], **ok({"n": 1, "nModified": 1}))
    vendor = webitel(auth_token=None, domain="mydomain.com")
    assert vendor.revoke(TOKEN, leaving=True) is Ended.REVOKED
    for use in (vendor.list, lambda: vendor.revoke(Token(UUID), leaving=True)):
        with pytest.raises(OptionError, match="username is not set") as caught:
            use()
        assert caught.value.code == "credentials_missing"


@pytest.mark.parametrize("body", ["<html>", '{"status": "OK", "info": {"token": "no.j.wt"}}', '{"status": "OK"}'])
def test_a_token_whose_value_is_lost_is_deleted_again(engine, body):
    expire = []

    def make_one(request: t.Any) -> tuple[int, dict[str, str], str]:
        expire.append(json.loads(request.body)["expire"])
        return 200, {}, body

    def list_all(_request: t.Any) -> tuple[int, dict[str, str], str]:
        another = {**ENTRY, "uuid": OTHER, "expire": expire[0] + 1}
        return 200, {}, json.dumps(listing(another, {**ENTRY, "expire": expire[0]})["json"])

    engine.add_callback("POST", TOKENS, make_one)
    engine.add_callback("GET", TOKENS, list_all)
    engine.add("DELETE", f"{TOKENS}/{UUID}", **ok({"nModified": 1}))
    with pytest.raises(NoClearAnswer) as caught:
        webitel().issue()
    assert f"The token {UUID} that was made was deleted again" in caught.value.message
    assert caught.value.maybe_done is False


@pytest.mark.parametrize("listed", [listing(ENTRY), info(500, "x")], ids=["another's", "no list"])
def test_what_is_not_surely_the_lost_token_is_left_alone(engine, listed):
    engine.add("POST", TOKENS, status=502)
    engine.add("GET", TOKENS, **listed)
    with pytest.raises(NoClearAnswer) as caught:
        webitel(lifetime="1d").issue()
    assert caught.value.maybe_done is True


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"lifetime": "0s"}, "lifetime must be longer than 0s"),
        ({"lifetime": "soon"}, "lifetime is not a duration"),
        ({"domain": "*", "auth_token": None}, "domain must be the name of one domain"),
        ({"domain": "a/../b", "auth_token": None}, "domain must be the name of one domain"),
        ({"keep": [UUID]}, "keep is of use only with exclusive=true"),
        ({"adopt": True}, "adopt=true is not possible"),
        ({"uuid": UUID}, "uuid goes with state=absent only"),
        ({"uuid": "../..", "state": "absent"}, "uuid must be a UUID"),
        ({"token": "no-jwt"}, "is no token of a Webitel domain"),
        ({"token": "two words"}, "token must be one line of printable ASCII"),
        ({"auth_token": "two words"}, "auth_token must be one line of printable ASCII"),
    ],
)
def test_bad_input_is_named_before_any_request(options, complaint):
    with pytest.raises(OptionError, match=re.escape(complaint)):
        webitel(**options)


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"auth_token": None, "username": "joe"}, "password is not set. Give password or WEBITEL_PASSWORD."),
        ({"auth_token": "t", "auth_key": "k"}, "domain is not set. Give domain or WEBITEL_DOMAIN."),
        ({"role": None}, "role is not set. Give role."),
        ({}, ""),
    ],
)
def test_who_cannot_make_a_token_is_told_what_is_missing(options, hint):
    assert webitel(**options).cannot_issue() == hint


def test_without_a_domain_nothing_is_asked():
    with pytest.raises(OptionError, match="domain is not set"):
        webitel(auth_token="t", auth_key="k").list()


@pytest.mark.parametrize("other", ["token", "path", "record"])
def test_a_uuid_stands_alone(other):
    value = {} if other == "record" else JWT
    assert "mutually exclusive: uuid" in validate(WebitelDomainToken.spec(), uuid=UUID, **{other: value})[1]


def test_a_uuid_is_looked_up_on_the_list(engine):
    engine.add("GET", TOKENS, **listing(ENTRY))
    vendor = webitel(uuid=UUID, state="absent")
    known = vendor.known()
    assert known == Token(UUID)
    assert vendor.check(known) == Verdict(
        True,
        "the vendor accepts the token",
        {"uuid": UUID, "domain": "mydomain.com", "role_name": "admin", "created_by": "100@mydomain.com"},
    )
    assert vendor.check(Token(OTHER)).accepted is False


def test_a_known_token_tells_its_domain_and_its_end():
    vendor = webitel(auth_token=None, token=JWT)
    assert vendor.known() == TOKEN
    assert vendor.identity == "mydomain.com"
    assert isinstance(vendor, ListingVendor)
    assert vendor.lists_names


def test_a_record_without_such_a_token_is_of_no_use_and_gets_into_no_url():
    with pytest.raises(OptionError, match="is no token of a Webitel domain") as caught:
        webitel().revoke(Token("t0ken"), leaving=False)
    assert caught.value.code == "not_a_record"
