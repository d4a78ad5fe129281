# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vendors' own ways, beyond what was recorded: what each accepts, refuses and gets wrong."""

from __future__ import annotations

import hashlib
import json
import typing as t

import jwt
import pytest
import requests


def call(method: str, url: str, **options: t.Any) -> requests.Response:
    """A request without redirects, netrc or cookies of others."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, allow_redirects=False, timeout=5, **options)


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


# -- vacd -------------------------------------------------------------------------------------------------------------


def vacd_login(sim, username: str, **more: str) -> dict[str, str]:
    data = {"username": username, "password": sim.user("vacd", username)["password"], **more}
    reply = call("POST", sim.api["vacd"] + "/v1/auth/login", data=data)
    assert reply.status_code == 200
    return {"X-Auth-Token": reply.json()["authToken"]}


def vacd_create(sim, headers: dict[str, str]) -> str:
    reply = call("POST", sim.api["vacd"] + "/v1/admin/token", headers=headers)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/plain")
    return reply.text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"username": "api.one@example.com", "password": "wrong"}, 401),
        ({"username": "nobody@example.com", "password": "wrong"}, 401),
        ({"username": "locked@example.com", "password": "vacd-Locked-8VyBh4Dm"}, 403),
        ({"username": "disabled@example.com", "password": "vacd-Disabled-3CgNp7Wa"}, 403),
        ({"username": "api.one@example.com"}, 400),
        ({"username": "api.one@example.com", "password": "vacd-One-7Hq2Lr9XwZ", "stayLoggedIn": "maybe"}, 400),
    ],
)
def test_vacd_login_refused(sim, form: dict[str, str], status: int) -> None:
    reply = call("POST", sim.api["vacd"] + "/v1/auth/login", data=form)
    assert reply.status_code == status
    assert reply.json()["generalMessage"]
    assert sim.control("GET", "tokens") == [x for x in sim.control("GET", "tokens") if x["vendor"] != "vacd"]


def test_vacd_login_takes_a_form_and_no_json(sim) -> None:
    user = sim.user("vacd", "api.one@example.com")
    body = {"username": user["username"], "password": user["password"]}
    assert call("POST", sim.api["vacd"] + "/v1/auth/login", json=body).status_code == 400
    assert call("POST", sim.api["vacd"] + "/v1/auth/login", data=body).status_code == 200
    raw = b"username=api.two@example.com&password=p&ss=w+rd% \xc3\xb6 x"  # not encoded: another password
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call("POST", sim.api["vacd"] + "/v1/auth/login", data=raw, headers=form).status_code == 401


def test_vacd_stay_logged_in_lives_two_weeks_and_slides(sim) -> None:
    headers = vacd_login(sim, "api.two@example.com", stayLoggedIn="true")
    for _unused in range(3):
        sim.advance(13 * 86400)
        assert call("GET", sim.api["vacd"] + "/v1/admin/token", headers=headers).status_code == 200
    sim.advance(15 * 86400)
    assert call("GET", sim.api["vacd"] + "/v1/admin/token", headers=headers).status_code == 401


def test_vacd_tokens_list_and_delete_themselves(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/token"
    auth = vacd_login(sim, "api.one@example.com")
    assert call("GET", url, headers=auth).json() == []
    first = vacd_create(sim, auth)
    second = vacd_create(sim, {"X-Auth-Token": first})  # an API token makes the next one
    assert call("GET", url, headers={"X-Auth-Token": second}).json() == [first, second]
    sim.advance(10 * 365 * 86400)  # they do not expire
    reply = call("DELETE", f"{url}/{first}", headers={"X-Auth-Token": first})
    assert (reply.status_code, reply.headers["Content-Type"], reply.text) == (200, "text/plain", "true")
    assert call("GET", url, headers={"X-Auth-Token": first}).status_code == 401
    encoded = second.replace(":", "%3A")
    again = [call("DELETE", f"{url}/{encoded}", headers={"X-Auth-Token": second}) for _unused in range(2)]
    assert [reply.status_code for reply in again] == [200, 401]


def test_vacd_delete_of_an_unknown_or_foreign_token(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/token"
    one, parent, child = (vacd_login(sim, f"{name}@example.com") for name in ("api.one", "parent", "child"))
    reply = call("DELETE", url + "/aws80:00000000-0000-4000-8000-000000000000", headers=one)
    assert (reply.status_code, reply.text) == (200, "false")
    childs, parents = vacd_create(sim, child), vacd_create(sim, parent)
    assert call("DELETE", f"{url}/{childs}", headers=one).status_code == 403
    assert call("DELETE", f"{url}/{parents}", headers=child).status_code == 403
    assert call("DELETE", f"{url}/{childs}").status_code == 401
    assert call("DELETE", f"{url}/{childs}", headers=parent).text == "true"
    assert call("GET", url, headers=child).json() == []
    sim.control("PUT", "settings", {"vacd": {"delete_unknown": 404, "delete_reply": "empty"}})
    assert call("DELETE", f"{url}/{childs}", headers=parent).status_code == 404
    assert call("DELETE", f"{url}/{parents}", headers=parent).status_code == 204


def test_vacd_quoted_tokens(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/token"
    reply = call("POST", url, headers=vacd_login(sim, "quoted@example.com"))
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json().startswith("aws80:")
    sim.control("PUT", "settings", {"vacd": {"token_reply": "json"}})
    assert call("POST", url, headers=vacd_login(sim, "api.one@example.com")).text.startswith('"aws80:')


def test_vacd_accept_header(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/token"
    headers = vacd_login(sim, "api.one@example.com")
    assert call("POST", url, headers={**headers, "Accept": "application/json"}).status_code == 406
    assert call("GET", url, headers=headers).json() == []
    accept = "text/plain, application/json;q=0.9"
    assert call("POST", url, headers={**headers, "Accept": accept}).status_code == 200
    assert call("GET", url, headers={**headers, "Accept": accept}).status_code == 200


def test_vacd_users_and_paths(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin"
    assert call("GET", url + "/users", headers=vacd_login(sim, "api.one@example.com")).status_code == 403
    [parent] = call("GET", url + "/users", headers=vacd_login(sim, "parent@example.com")).json()
    assert [child["userName"] for child in parent["children"]] == ["child@example.com"]
    assert call("GET", url + "/accounts").status_code == 401
    headers = vacd_login(sim, "api.one@example.com")
    assert call("GET", url + "/accounts", headers=headers).status_code == 200
    assert call("GET", url + "/nonsense", headers=headers).status_code == 404
    assert call("POST", sim.url + "/vacd/voice/api/v1/admin/token", headers=headers).status_code == 404


def test_vacd_users_are_made_changed_and_deleted(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/users"
    headers = vacd_login(sim, "parent@example.com")
    [parent] = call("GET", url, headers=headers).json()
    new = {"userName": "new@example.com", "firstName": "New", "roles": ["USER", "WFO_ACCESS"]}
    made = call("POST", url, headers=headers, json=new, params={"parentUserId": parent["children"][0]["userId"]})
    assert (made.status_code, made.json()["roles"][1]["roleType"]) == (201, "WFO_ACCESS")
    assert call("POST", url, headers=headers, json=new).status_code == 409
    own = f"{url}/{made.json()['userId']}"
    assert call("PUT", own, headers=headers, json={**made.json(), "firstName": "Old"}).json()["firstName"] == "Old"
    assert call("PUT", f"{own}/setIsActive", headers=headers, json={"isActive": False}).json() is True
    assert call("POST", f"{own}/roles/NONSENSE", headers=headers).status_code == 400
    assert call("DELETE", f"{own}/roles/WFO_ACCESS", headers=headers).json() is True
    flat = call("GET", url, headers=headers, params={"flatten": "true"}).json()
    assert [(user["userName"], user["enabled"], user["children"]) for user in flat][2:] == [
        ("new@example.com", False, [])
    ]
    assert len(call("GET", url, headers=headers, params={"flatten": "true", "activeOnly": "true"}).json()) == 2
    child = f"{url}/{parent['children'][0]['userId']}"
    assert call("DELETE", child, headers=headers, params={"cascadeDelete": "false"}).status_code == 400
    assert call("DELETE", child, headers=headers).status_code == 200
    assert call("GET", own, headers=headers).status_code == 404


def test_vacd_list_lags(sim) -> None:
    url = sim.api["vacd"] + "/v1/admin/token"
    auth = vacd_login(sim, "api.one@example.com")
    old = [vacd_create(sim, auth) for _unused in range(2)]
    sim.advance(500)
    new = vacd_create(sim, auth)
    rule = {"vendor": "vacd", "operation": "list", "fault": "lagging_list", "seconds": 100}
    sim.faults({**rule, "times": 1}, {**rule, "reverse": True})
    assert call("GET", url, headers=auth).json() == old
    assert call("GET", url, headers=auth).json() == old[::-1]
    sim.advance(101)
    assert call("GET", url, headers=auth).json() == [new, *old[::-1]]
    assert call("GET", url, headers={"X-Auth-Token": new}).status_code == 200


# -- kazoo ------------------------------------------------------------------------------------------------------------


def kazoo_login(sim, **data: t.Any) -> requests.Response:
    return call("PUT", sim.api["kazoo"] + "/user_auth", json={"data": data})


def kazoo_ok(sim, username: str) -> str:
    reply = sim.login("kazoo", username)
    assert reply.status_code == 201
    return str(reply.json()["auth_token"])


ACME = "a0c0ffee00000000000000000000ac3e"


def kazoo_token(sim, username: str) -> str:
    return str(sim.login("kazoo", username).json()["auth_token"])


def test_kazoo_account_by_each_way(sim) -> None:
    digest = md5("john@example.com:m32c6NfqYEt")
    ways = [
        {"account_name": "ACME telephony inc"},
        {"account_realm": "Acme.SIP.example.com"},
        {"realm": "acme.sip.example.com"},
        {"phone_number": "+15551230001"},
        {"phone_number": "+10000000000", "account_realm": "nowhere.example.com", "account_name": "acmetelephonyinc"},
    ]
    assert [kazoo_login(sim, credentials=digest, **way).status_code for way in ways] == [201] * len(ways)
    assert kazoo_login(sim, credentials=digest, account_name="Beta Voice").status_code == 401


def test_kazoo_names_are_hashed_in_lower_case(sim) -> None:
    user = sim.user("kazoo", "Mary@Example.com")
    for name, status in ((user["username"], 401), (user["username"].lower(), 201)):
        reply = kazoo_login(sim, credentials=md5(f"{name}:{user['password']}"), account_name=user["account_name"])
        assert reply.status_code == status


def test_kazoo_imported_user_has_no_sha(sim) -> None:
    user = sim.user("kazoo", "imported@example.com")
    text = f"{user['username']}:{user['password']}"
    name = user["account_name"]
    assert kazoo_login(sim, credentials=md5(text), account_name=name).status_code == 201
    sha = hashlib.sha1(text.encode()).hexdigest()
    assert kazoo_login(sim, credentials=sha, method="sha", account_name=name).status_code == 401


@pytest.mark.parametrize(
    ("username", "status", "message", "data"),
    [
        ("off@example.com", 401, "invalid_credentials", {"message": "invalid credentials"}),
        ("nomodule@example.com", 401, "invalid credentials", {}),
        ("sleeper@example.com", 400, "validation error", {"account": {"disabled": {"message": "account disabled"}}}),
        (
            "late@example.com",
            400,
            "validation error",
            {"account": {"expired": {"message": "account expired", "cause": 63900000000}}},
        ),
    ],
)
def test_kazoo_refusals(sim, username: str, status: int, message: str, data: t.Any) -> None:
    reply = sim.login("kazoo", username)
    body = reply.json()
    assert (reply.status_code, body["message"], body["data"]) == (status, message, data)
    assert (body["status"], body["error"]) == ("error", str(status))


def test_kazoo_disabled_account_as_the_code_means_it(sim) -> None:
    sim.control("PUT", "settings", {"kazoo": {"locked_status": 423}})
    reply = sim.login("kazoo", "sleeper@example.com")
    assert reply.status_code == 423
    assert reply.json()["data"]["account"]["disabled"]


def test_kazoo_second_factor(sim) -> None:
    user = sim.user("kazoo", "mfa@example.com")
    reply = sim.login("kazoo", "mfa@example.com")
    assert reply.status_code == 401
    assert reply.json()["data"]["multi_factor_request"]["provider_name"] == "duo"
    data = {"credentials": user["credentials"]["md5"], "account_name": user["account_name"]}
    assert kazoo_login(sim, **data, multi_factor_response="AUTH|wrong").status_code == 401
    assert kazoo_login(sim, **data, multi_factor_response=user["multi_factor_response"]).status_code == 201


def test_kazoo_logins_of_one_second_are_one_text(sim) -> None:
    sim.advance(1.05 - sim.control("GET", "clock")["now"] % 1)  # early in a second
    first, second = kazoo_ok(sim, "john@example.com"), kazoo_ok(sim, "john@example.com")
    assert first == second
    sim.advance(1)
    assert kazoo_ok(sim, "john@example.com") != first
    assert first != kazoo_ok(sim, "ann@example.com")


def test_kazoo_expired_token_on_a_login(sim) -> None:
    token = kazoo_ok(sim, "john@example.com")
    sim.advance(3601)
    data = {"credentials": md5("john@example.com:m32c6NfqYEt"), "account_name": "Acme Telephony, Inc."}
    url = sim.api["kazoo"] + "/user_auth"
    reply = call("PUT", url, json={"data": data}, headers={"X-Auth-Token": token})
    assert reply.status_code == 401
    assert (reply.json()["message"], reply.json()["data"]) == ("invalid credentials", {})
    assert "Content-Type" not in reply.headers
    assert call("PUT", url, json={"data": data}).status_code == 201
    reply = call("POST", sim.api["kazoo"] + "/auth/tokeninfo", json={"data": {"token": token}})
    assert (reply.status_code, reply.json()["message"]) == (401, "token_expired")


def test_kazoo_errors_echo_what_was_sent(sim) -> None:
    reply = kazoo_login(sim, credentials="x" * 65, account_name="Acme")
    assert reply.json()["data"]["credentials"]["maxLength"]["value"] == "x" * 65
    reply = call("PUT", sim.api["kazoo"] + "/user_auth", json={"credentials": "my-hash"})
    assert reply.json()["data"]["data"]["required"]["value"] == {"credentials": "my-hash"}


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 201),
        ("application/json; charset=utf-8", 201),
        ("application/x-www-form-urlencoded", 201),
        ("text/plain", 400),
    ],
)
def test_kazoo_content_types(sim, content_type: str | None, status: int) -> None:
    data = {"credentials": md5("john@example.com:m32c6NfqYEt"), "account_name": "Acme Telephony, Inc."}
    headers = {"Content-Type": content_type} if content_type else {}
    url = sim.api["kazoo"] + "/user_auth"
    reply = call("PUT", url, data=json.dumps({"data": data}).encode(), headers=headers)
    assert reply.status_code == status
    if status == 400:
        assert reply.json()["data"]["credentials"]["required"]


def test_kazoo_verb_and_request_id(sim) -> None:
    data = {"credentials": md5("john@example.com:m32c6NfqYEt"), "account_name": "Acme Telephony, Inc."}
    body = {"data": data, "verb": "PUT"}
    reply = call("POST", sim.api["kazoo"] + "/user_auth", json=body, headers={"X-Request-ID": "mine"})
    assert (reply.status_code, reply.headers["X-Request-ID"], reply.json()["request_id"]) == (200, "mine", "mine")
    assert sim.log()[0]["operation"] == "issue"


def test_kazoo_delete_lies_and_reset_ends_all_of_a_user(sim) -> None:
    url = sim.api["kazoo"]
    user = sim.user("kazoo", "john@example.com")
    first = kazoo_ok(sim, "john@example.com")
    sim.advance(1)
    second = kazoo_ok(sim, "john@example.com")
    other = kazoo_ok(sim, "admin@example.com")
    assert call("DELETE", url + "/token_auth", headers={"X-Auth-Token": first}).status_code == 200
    assert call("GET", url + "/token_auth", headers={"X-Auth-Token": first}).status_code == 200
    sim.control("PUT", "settings", {"kazoo": {"delete_token": "kz5"}})
    reply = call("DELETE", url + "/token_auth", headers={"X-Auth-Token": first})
    assert (reply.status_code, reply.json()["data"]["cause"]) == (404, first)
    path = f"{url}/accounts/{user['account_id']}/users/{user['owner_id']}/auth"
    body = {"action": "reset_signature_secret", "data": {}}
    stranger = kazoo_ok(sim, "ann@example.com")
    assert call("PUT", path, json=body, headers={"X-Auth-Token": stranger}).status_code == 403
    assert (
        call("PUT", path, json=body, headers={"X-Auth-Token": kazoo_ok(sim, "special@example.com")}).status_code == 403
    )
    assert call("PUT", path, json=body, headers={"X-Auth-Token": first}).status_code == 201
    got = [call("GET", url + "/token_auth", headers={"X-Auth-Token": token}) for token in (first, second, other)]
    assert [reply.status_code for reply in got] == [401, 401, 200]
    assert {token["user"] for token in sim.control("GET", "tokens") if token["vendor"] == "kazoo"} >= {
        "admin@example.com"
    }
    assert "john@example.com" not in {token["user"] for token in sim.control("GET", "tokens")}
    assert sim.log()[-4]["operation"] == "revoke"


def test_kazoo_users_are_made_changed_and_deleted(sim) -> None:
    admin, url = kazoo_token(sim, "admin@example.com"), sim.api["kazoo"]
    headers = {"X-Auth-Token": admin}
    [beta] = call("GET", f"{url}/accounts/{ACME}/descendants", headers=headers).json()["data"]
    users = f"{url}/accounts/{beta['id']}/users"
    new = {"username": "New@example.com", "password": "n3w-s3cret", "first_name": "New", "last_name": "Service"}
    for lacking in "password", "first_name":
        less = {name: value for name, value in new.items() if name != lacking}
        reply = call("PUT", users, headers=headers, json={"data": less})
        assert (reply.status_code, list(reply.json()["data"])) == (400, [lacking])
    made = call("PUT", users, headers=headers, json={"data": new})
    assert (made.status_code, made.json()["data"]["username"], made.json()["data"]["enabled"]) == (
        201,
        "new@example.com",
        True,
    )
    assert "password" not in made.json()["data"]
    again = call("PUT", users, headers=headers, json={"data": new})
    assert list(again.json()["data"]["username"]) == ["unique"]
    own = f"{users}/{made.json()['data']['id']}"
    patched = call("PATCH", own, headers=headers, json={"data": {"enabled": False, "password": "0ther-s3cret"}})
    assert (patched.json()["data"]["first_name"], patched.json()["data"]["enabled"]) == ("New", False)
    [listed] = call("GET", users, headers=headers, params={"filter_username": "new@example.com"}).json()["data"]
    assert "enabled" not in listed
    john = {"X-Auth-Token": kazoo_token(sim, "john@example.com")}
    assert call("PUT", f"{url}/accounts/{ACME}/users", headers=john, json={"data": new}).status_code == 403
    assert call("GET", users, headers={"X-Auth-Token": kazoo_token(sim, "ann@example.com")}).status_code == 200
    assert call("DELETE", own, headers=headers).status_code == 200
    assert call("GET", own, headers=headers).status_code == 404


def test_kazoo_api_key_rotation_and_its_tokens(sim) -> None:
    url = sim.api["kazoo"]
    account = next(entry for entry in sim.control("GET", "users")["kazoo"] if "api_key" in entry)
    made = call("PUT", url + "/api_auth", json={"data": {"api_key": account["api_key"]}})
    assert made.status_code == 201
    assert "owner_id" not in made.json()["data"]
    token = {"X-Auth-Token": made.json()["auth_token"]}
    path = f"{url}/accounts/{account['account_id']}"
    assert call("GET", path + "/api_key", headers=token).json()["data"] == {"api_key": account["api_key"]}
    john = {"X-Auth-Token": kazoo_ok(sim, "john@example.com")}
    assert call("PUT", path + "/api_key", json={"data": {}}, headers=john).status_code == 403
    rotated = call("PUT", path + "/api_key", json={"data": {}}, headers=token)
    assert rotated.status_code == 201
    assert len(rotated.json()["data"]["api_key"]) == 64
    assert call("PUT", url + "/api_auth", json={"data": {"api_key": account["api_key"]}}).status_code == 404
    assert call("GET", url + "/token_auth", headers=token).status_code == 200
    body = {"action": "reset_signature_secret", "data": {}}
    assert call("PUT", path + "/auth", json=body, headers=token).status_code == 201
    assert call("GET", url + "/token_auth", headers=token).status_code == 401
    assert call("GET", url + "/token_auth", headers=john).status_code == 200


def test_kazoo_other_ways_to_carry_a_token(sim) -> None:
    url = sim.api["kazoo"] + "/token_auth"
    token = kazoo_ok(sim, "john@example.com")
    assert call("GET", f"{url}?auth_token={token}").status_code == 200
    assert call("GET", url, headers={"X-Auth-Token": token, "X-Auth-Account-ID": "0" * 32}).status_code == 401
    reply = call("PUT", sim.api["kazoo"] + "/auth", json={"action": "refresh_token", "data": {}, "auth_token": token})
    assert reply.status_code == 201
    claims = jwt.decode(reply.json()["auth_token"], options={"verify_signature": False})
    assert claims["method"] == "cb_auth"
    assert call("GET", sim.api["kazoo"] + "/nonsense").status_code == 404


GREGORIAN = 62167219200


def kazoo_api_token(sim, name: str) -> str:
    accounts = [entry for entry in sim.control("GET", "users")["kazoo"] if "api_key" in entry]
    account = next(entry for entry in accounts if entry["account_name"] == name)
    reply = call("PUT", sim.api["kazoo"] + "/api_auth", json={"data": {"api_key": account["api_key"]}})
    assert reply.status_code == 201
    return str(reply.json()["auth_token"])


def kazoo_tokeninfo(sim, token: str | None) -> tuple[int, str | None, t.Any]:
    data = {} if token is None else {"token": token}
    reply = call("POST", sim.api["kazoo"] + "/auth/tokeninfo", json={"data": data})
    return reply.status_code, reply.json().get("message"), reply.json()["data"]


def kazoo_state(sim, method: str, token: str, path: str = "/token_auth") -> tuple[int, str | None, t.Any]:
    reply = call(method, sim.api["kazoo"] + path, headers={"X-Auth-Token": token})
    return reply.status_code, reply.json().get("message"), reply.json().get("data")


@pytest.mark.parametrize("state", ["expired", "disabled"])
def test_kazoo_account_that_ends_after_issuing(sim, state: str) -> None:
    user = sim.user("kazoo", "ann@example.com")
    tokens = [kazoo_ok(sim, "ann@example.com"), kazoo_api_token(sim, "Beta Voice")]
    until = int(sim.control("GET", "clock")["now"] + GREGORIAN) + 600
    change = {"expired": until} if state == "expired" else {"enabled": False}
    sim.control("PATCH", "users", {"vendor": "kazoo", "account": "beta", "set": change})
    if state == "expired":
        assert kazoo_state(sim, "GET", tokens[0])[0] == 200
        sim.advance(700)
    more = {"cause": until} if state == "expired" else {}
    refusal = (400, "validation error", {"account": {state: {"message": f"account {state}", **more}}})
    for token in tokens:
        assert kazoo_state(sim, "GET", token) == refusal
        assert kazoo_state(sim, "DELETE", token) == refusal
        assert kazoo_state(sim, "GET", token, f"/accounts/{user['account_id']}") == refusal
        assert kazoo_tokeninfo(sim, token)[0] == 200  # which does not look at accounts
    reply = sim.login("kazoo", "ann@example.com")
    assert (reply.status_code, reply.json()["data"]) == (400, refusal[2])
    assert {token["token"] for token in sim.control("GET", "tokens")} >= set(tokens)
    sim.control("PATCH", "users", {"vendor": "kazoo", "account": "beta", "set": {"expired": None, "enabled": True}})
    assert kazoo_state(sim, "GET", tokens[0])[0] == 200


@pytest.mark.parametrize("name", ["Expired Trunks", "Dormant Lines"])
def test_kazoo_api_auth_of_an_ended_account_gives_a_token_of_no_use(sim, name: str) -> None:
    token = kazoo_api_token(sim, name)
    assert kazoo_state(sim, "GET", token)[:2] == (400, "validation error")
    assert kazoo_tokeninfo(sim, token)[0] == 200


def test_kazoo_deleted_user(sim) -> None:
    token = kazoo_ok(sim, "john@example.com")
    admin = kazoo_ok(sim, "admin@example.com")
    john = {"vendor": "kazoo", "username": "john@example.com"}
    sim.control("PATCH", "users", {**john, "set": {"deleted": True}})
    assert kazoo_tokeninfo(sim, token)[:2] == (500, "invalid_identity_provider")
    for method in ("GET", "DELETE"):
        assert kazoo_state(sim, method, token)[:2] == (401, "invalid_credentials")
    assert sim.login("kazoo", "john@example.com").status_code == 401
    assert token not in {entry["token"] for entry in sim.control("GET", "tokens")}
    account_id = sim.user("kazoo", "john@example.com")["account_id"]
    names = {user["username"] for user in kazoo_state(sim, "GET", admin, f"/accounts/{account_id}/users")[2]}
    assert "admin@example.com" in names
    assert "john@example.com" not in names


@pytest.mark.parametrize("token", ["aa.bb.cc", "a.b.c", "e30.W10.x"])
def test_kazoo_malformed_tokens(sim, token: str) -> None:
    assert kazoo_tokeninfo(sim, token) == (500, "init failed", {})
    assert kazoo_state(sim, "GET", token)[:2] == (401, "invalid_credentials")


def test_kazoo_tokeninfo_without_a_token(sim) -> None:
    assert kazoo_tokeninfo(sim, None) == (404, "missing token in request", {})
    assert kazoo_state(sim, "GET", "", "/auth/tokeninfo")[:2] == (404, "missing token in params")


# -- webitel ----------------------------------------------------------------------------------------------------------


def webitel_login(sim, username: str) -> dict[str, str]:
    body = sim.login("webitel", username).json()
    return {"X-Access-Token": body["token"], "X-Key": body["key"]}


def test_webitel_second_factor(sim) -> None:
    user = sim.user("webitel", "root")
    url = sim.api["webitel"] + "/login"
    body = {"username": "root", "password": user["password"]}
    reply = call("POST", url, json=body)
    assert (reply.status_code, reply.json()) == (301, {"status": "error", "info": "Set security code"})
    assert "Location" not in reply.headers
    reply = call("POST", url + "?code=000000", json=body)
    assert (reply.status_code, reply.json()["info"]) == (401, "code incorrect")
    assert call("POST", url, json={**body, "password": "wrong"}).json()["info"] == "secret incorrect"
    reply = call("POST", f"{url}?code={user['totp_code']}", json=body)
    assert reply.status_code == 200
    assert (reply.json()["role"], reply.json()["roleName"]) == (2, "root")
    assert "domain" not in reply.json()


def test_webitel_expired_pairs(sim) -> None:
    url = sim.api["webitel"]
    old, kept = webitel_login(sim, "200@mydomain.com"), webitel_login(sim, "200@mydomain.com")
    sim.advance(100 * 86400 + 1)
    reply = call("GET", url + "/api/v2/whoami", headers=old)
    assert (reply.status_code, reply.json()["info"]) == (401, "Token Expired")
    # An expired pair is still stored, so its logout works; and clears the other away.
    assert call("POST", url + "/logout", headers=old).status_code == 200
    assert call("POST", url + "/logout", headers=kept).status_code == 401
    sim.control("PUT", "settings", {"webitel": {"expired_status": 400}})
    assert call("GET", url + "/api/v2/whoami", headers=kept).status_code == 400


def test_webitel_tokens_in_query_and_body(sim) -> None:
    url = sim.api["webitel"]
    pair = webitel_login(sim, "201@mydomain.com")
    params = {"access_token": pair["X-Access-Token"], "x_key": pair["X-Key"]}
    assert call("GET", url + "/api/v2/whoami", params=params).json()["roleName"] == "user"
    assert call("POST", url + "/logout", json=params).status_code == 200


def test_webitel_bodies(sim) -> None:
    url = sim.api["webitel"] + "/login"
    headers = {"Content-Type": "application/json"}
    reply = call("POST", url, data=b"secret-text", headers=headers)
    assert reply.status_code == 400
    assert "secret-tex" in reply.json()["info"]
    assert call("POST", url, data=b'["a"]', headers=headers).status_code == 401
    assert call("POST", url, json={"username": {"a": 1}, "password": "x"}).status_code == 401
    user = sim.user("webitel", "202@mydomain.com")
    assert call("POST", url, json={key: user[key] for key in ("username", "password")}).status_code == 200


def test_webitel_domain_tokens_beyond_the_recording(sim) -> None:
    url = sim.api["webitel"] + "/api/v2/domains/mydomain.com/settings"
    admin = webitel_login(sim, "200@mydomain.com")
    assert call("GET", url, headers=admin).status_code == 404
    expire = int((sim.control("GET", "clock")["now"] + 100) * 1000)
    for bad in (expire // 1000, "soon", None, True):
        reply = call("POST", url + "/token", json={"role": "admin", "expire": bad}, headers=admin)
        assert (reply.status_code, reply.json()["info"]) == (400, "Bad expire date.")
    made = call("POST", url + "/token", json={"role": "admin", "expire": expire}, headers=admin).json()["info"]
    assert jwt.decode(made["token"], options={"verify_signature": False})["id"] == made["data"]["uuid"]
    domain = {"X-Access-Token": made["token"], "X-Key": "junk"}
    [whole] = call("GET", url + "/token", headers=domain).json()["info"]
    assert "auth" in whole  # without columns the whole document comes
    assert made["token"] not in json.dumps(whole)
    root = sim.user("webitel", "root")
    body = {"username": "root", "password": root["password"]}
    reply = call("POST", sim.api["webitel"] + f"/login?code={root['totp_code']}", json=body).json()
    headers = {"X-Access-Token": reply["token"], "X-Key": reply["key"]}
    everywhere = sim.api["webitel"] + "/api/v2/domains/*/settings/token"
    assert len(call("GET", everywhere, headers=headers).json()["info"]) == 1
    other = webitel_login(sim, "300@other.com")
    assert call("GET", url + "/token", headers=other).json()["info"] == []
    sim.advance(200)
    assert call("GET", url + "/token", headers=domain).json()["info"] == "Token Expired"


def test_webitel_accounts_are_made_changed_and_deleted(sim) -> None:
    url = sim.api["webitel"] + "/api/v2/accounts"
    admin = webitel_login(sim, "200@mydomain.com")
    new = {"login": "900", "password": "n3w-s3cret", "role": "user", "variables": ["account_role='admin'"]}
    # The domain that a caller names gives way to its own.
    made = call("POST", url, headers=admin, json=new, params={"domain": "other.com"}).json()["info"]
    assert (made["variable_w_domain"], made["variable_account_role"]) == ("mydomain.com", "admin")
    assert call("POST", url, headers=admin, json=new).json()["info"] == "Number exists"
    assert call("POST", url, headers=admin, json={**new, "role": None}).status_code == 400
    assert call("POST", url, headers=admin, json={**new, "login": "901", "password": "a@b"}).status_code == 500
    pair = webitel_login(sim, "900@mydomain.com")
    assert call("PUT", f"{url}/900", headers=admin, json={}).status_code == 400
    change = {"parameters": ["password='0ther-s3cret'"], "variables": ["effective_caller_id_name='New'"]}
    assert call("PUT", f"{url}/900", headers=admin, json=change).json()["status"] == "OK"
    assert call("GET", url, headers=pair).status_code == 401
    assert call("GET", url, headers=admin).json()["info"]["900"]["name"] == "New"
    assert list(call("GET", url, headers=webitel_login(sim, "201@mydomain.com")).json()["info"]) == ["201"]
    assert call("DELETE", f"{url}/200", headers=admin).json()["info"] == "Easy! it's YOU !!!"
    assert [call("DELETE", f"{url}/900", headers=admin).status_code for _unused in range(2)] == [200, 404]


def test_webitel_database_fault(sim) -> None:
    url = sim.api["webitel"]
    pair = webitel_login(sim, "201@mydomain.com")
    sim.faults({"vendor": "webitel", "fault": "database"})
    reply = call("GET", url + "/api/v2/whoami", headers=pair)
    assert (reply.status_code, reply.json()) == (401, {"status": "error", "info": "Invalid User"})
    for reply in call("POST", url + "/logout", headers=pair), sim.login("webitel", "201@mydomain.com"):
        assert (reply.status_code, reply.json()["status"]) == (500, "error")
    sim.faults()
    assert call("GET", url + "/api/v2/whoami", headers=pair).status_code == 200
    assert len([token for token in sim.control("GET", "tokens") if token["vendor"] == "webitel"]) == 1


def test_webitel_user_without_a_role(sim) -> None:
    url = sim.api["webitel"]
    pair = webitel_login(sim, "203@mydomain.com")
    reply = call("GET", url + "/api/v2/whoami", headers=pair)
    assert (reply.status_code, reply.json()["info"]) == (401, "Role name is required")
    assert call("POST", url + "/logout", headers=pair).status_code == 200
    pair = webitel_login(sim, "201@mydomain.com")
    sim.control("PATCH", "users", {"vendor": "webitel", "username": "201@mydomain.com", "set": {"role": None}})
    assert call("GET", url + "/api/v2/whoami", headers=pair).json()["info"] == "Role name is required"


def test_webitel_console_with_an_empty_reply(sim) -> None:
    sim.faults({"vendor": "webitel", "fault": "console"})
    reply = sim.login("webitel", "201@mydomain.com")
    assert (reply.status_code, reply.json()["info"]) == (401, "Unexpected end of JSON input")


def test_webitel_logout_with_a_wrong_key_leaves_the_pair_alive(sim) -> None:
    url = sim.api["webitel"]
    pair = webitel_login(sim, "201@mydomain.com")
    other = webitel_login(sim, "200@mydomain.com")
    for key in (other["X-Key"], "00000000-0000-4000-8000-000000000000"):
        reply = call("POST", url + "/logout", headers={**pair, "X-Key": key})
        assert (reply.status_code, reply.json()["info"]) == (401, "Invalid credentials.")
    assert call("GET", url + "/api/v2/whoami", headers=pair).status_code == 200


# -- ipcortex ---------------------------------------------------------------------------------------------------------


def ipcortex(sim, auth: t.Any, path: str = "/rest/auth/", **options: t.Any) -> requests.Response:
    return call("POST", sim.api["ipcortex"] + path, json={"auth": auth}, **options)


def test_ipcortex_session(sim) -> None:
    reply = sim.login("ipcortex", "operator")
    body = reply.json()
    assert body["result"] == "success"
    session = body["user"]["session"]
    assert reply.cookies.get_dict() == {"Red60urne": session}
    assert body["user"]["companies"] == ["acme", "beta"]
    assert body["user"]["perms"]["companyadmin"] == "yes"
    cookies = {"Red60urne": session}
    again = ipcortex(sim, {"type": "auth"}, path="/rest/auth", cookies=cookies)
    assert again.json() == body
    # With the cookie, a login acts on the same session: it now belongs to the other user.
    user = sim.user("ipcortex", "agent")
    auth = {"type": "auth", "username": "agent", "password": user["password"]}
    other = ipcortex(sim, auth, cookies=cookies).json()["user"]
    assert (other["session"], other["login"]) == (session, "agent")
    assert ipcortex(sim, {"type": "auth"}, cookies=cookies).json()["user"]["login"] == "agent"
    out = [ipcortex(sim, {"type": "auth"}, "/rest/auth/logout", cookies=cookies) for _unused in range(2)]
    assert [(reply.status_code, reply.json()["result"]) for reply in out] == [(200, "success"), (200, "fail")]
    assert ipcortex(sim, {"type": "auth"}, cookies=cookies).json()["result"] == "fail"
    fresh = ipcortex(sim, auth, cookies=cookies).json()["user"]["session"]
    assert fresh != session
    assert [entry["operation"] for entry in sim.log()][:4] == ["issue", "check", "issue", "check"]


def test_ipcortex_failures_come_with_200(sim) -> None:
    for auth in (
        {"type": "auth", "username": "agent", "password": "wrong"},
        {"type": "auth", "username": "nobody", "password": "wrong"},
        {"type": "auth", "username": "retired", "password": sim.user("ipcortex", "retired")["password"]},
        {"type": "auth", "username": ["agent"], "password": {}},
        {"type": "auth", "key": "wrong"},
        {"type": "auth", "key": sim.user("ipcortex", "retired")["api_key"]},
        {"type": "other", "key": sim.user("ipcortex", "agent")["api_key"]},
        {"type": "auth"},
        None,
    ):
        reply = ipcortex(sim, auth)
        assert (reply.status_code, reply.json()["result"]) == (200, "fail")
        assert reply.json()["message"]
        assert "Set-Cookie" not in reply.headers
    sim.control("PUT", "settings", {"ipcortex": {"fail_status": 401}})
    assert ipcortex(sim, {"type": "auth"}).status_code == 401


def test_ipcortex_users_are_made_changed_and_deleted(sim) -> None:
    def ops(verb: str, key: str, **body: t.Any) -> t.Any:
        auth = {"type": "auth", "key": key}
        return call(
            "POST", f"{sim.api['ipcortex']}/rest/ops/{verb}", json={"type": "user", "auth": auth, **body}
        ).json()

    key = sim.user("ipcortex", "operator")["api_key"]
    values = {"uname": "new", "name": "New", "password": "n3w-s3cret", "roleid": "office"}
    assert ops("create", sim.user("ipcortex", "agent")["api_key"], values=values)["message"] == "Permission denied"
    assert ops("create", key, values={**values, "name": None})["result"] == "fail"
    assert ops("create", key, values=values)["values"]["uname"] == "new"
    assert ops("create", key, values=values)["message"] == "uname is not unique"
    one = {"scope": {"uname": ["new"]}}
    assert ops("update", key, **one, values={"name": "Old"}) == {"result": "success", "numrows": 1}
    row = ops("read", key, **one, columns=["name", "roleid"])["values"]
    assert row == [{"name": "Old", "roleid": 16, "rolename": "office"}]
    assert len(ops("read", key)["values"]) == 5
    assert [ops("delete", key, **one)["result"] for _unused in range(2)] == ["success", "fail"]
    assert ops("read", key, scope={"nonsense": 1})["message"] == "Unknown column"


def test_ipcortex_form_is_not_read(sim) -> None:
    user = sim.user("ipcortex", "agent")
    text = json.dumps({"auth": {"type": "auth", "username": "agent", "password": user["password"]}})
    url = sim.api["ipcortex"] + "/rest/auth/"
    for content_type, result in (("application/x-www-form-urlencoded", "fail"), ("text/plain", "success")):
        assert call("POST", url, data=text, headers={"Content-Type": content_type}).json()["result"] == result
    assert call("GET", url).status_code == 405


def test_ipcortex_keys(sim) -> None:
    user = sim.user("ipcortex", "agent")
    header = {"Authorization": f"token auth={user['api_key']}"}
    for options in ({"auth": {"type": "auth", "key": user["api_key"]}}, {"auth": {"type": "auth"}, "headers": header}):
        reply = ipcortex(sim, **options)
        assert reply.json()["user"]["login"] == "agent"
        assert "session" not in reply.json()["user"]
        assert "Set-Cookie" not in reply.headers
    assert call("POST", sim.api["ipcortex"] + "/rest/auth", headers=header).json()["result"] == "success"
    read = ipcortex(sim, {"type": "auth", "key": user["api_key"]}, "/rest/dialplan/read")
    assert read.json()["result"] == "success"
    assert ipcortex(sim, {"type": "auth"}, "/rest/dialplan/read").json()["result"] == "fail"
    assert {entry["operation"] for entry in sim.log()} == {"check", "other"}


# -- dialer -----------------------------------------------------------------------------------------------------------


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + token}


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/session.json", {"login": "user@example.com", "password": "wrong"}, 401, "Invalid login credentials"),
        (
            "/session.json",
            {"name": "user@example.com", "pass": "dialer-User-6UjM9iKo"},
            401,
            "Invalid login credentials",
        ),
        (
            "/session.json",
            {"login": "elsewhere@example.com", "password": "dialer-Elsewhere-3BnM7qWe"},
            406,
            "Login denied due to IP restriction",
        ),
        ("/v1/resellers/login.json", {"name": "reseller1", "pass": "wrong"}, 401, "Invalid ID or Password"),
        (
            "/v1/resellers/login.json",
            {"name": "user@example.com", "pass": "dialer-User-6UjM9iKo"},
            401,
            "Invalid ID or Password",
        ),
        (
            "/v1/resellers/login.json",
            {"name": "reseller3", "pass": "dialer-Reseller3-8WeD1xCv"},
            401,
            "Your IP is not allowed",
        ),
    ],
)
def test_dialer_refusals(sim, path: str, body: dict[str, str], status: int, message: str) -> None:
    reply = call("POST", sim.api["dialer"] + path, json=body)
    assert (reply.status_code, reply.json()) == (status, {"error": message})


def test_dialer_wants_json(sim) -> None:
    user = sim.user("dialer", "user@example.com")
    body = {"login": user["username"], "password": user["password"]}
    assert call("POST", sim.api["dialer"] + "/session.json", data=body).status_code == 401


@pytest.mark.parametrize("username", ["user@example.com", "plain@example.com", "reseller1", "reseller2"])
def test_dialer_logins_and_logouts(sim, username: str) -> None:
    url = sim.api["dialer"]
    reseller = username.startswith("reseller")
    body = sim.login("dialer", username).json()
    token = bearer(body["token"])
    claims = jwt.decode(body["token"], options={"verify_signature": False})
    assert claims["type"] == ("reseller" if reseller else "user")
    assert call("GET", url + "/account.json", headers=token).json()["name"] == username
    assert call("GET", f"{url}/account.json?token={body['token']}").status_code == 200
    out = ("GET", url + "/v1/resellers/user/logout.json"), ("DELETE", url + "/session.json")
    right, wrong = out if reseller else out[::-1]
    assert call(*wrong, headers=token).status_code == 401
    assert call(*right, headers=token).status_code == 200
    assert call(*right, headers=token).status_code == 401
    assert call("GET", url + "/account.json", headers=token).status_code == 401


def test_dialer_blocked_user(sim) -> None:
    body = sim.login("dialer", "blocked@example.com").json()
    assert body["user"]["blocked"] is True
    assert call("GET", sim.api["dialer"] + "/account.json", headers=bearer(body["token"])).status_code == 401


@pytest.mark.parametrize("username", ["static@example.com", "reseller4"])
def test_dialer_static_tokens(sim, username: str) -> None:
    token = bearer(sim.user("dialer", username)["static_token"])
    url = sim.api["dialer"]
    sim.advance(10 * 365 * 86400)
    assert call("GET", url + "/account.json", headers=token).status_code == 200
    out = ("GET", "/v1/resellers/user/logout.json") if username.startswith("reseller") else ("DELETE", "/session.json")
    assert call(out[0], url + out[1], headers=token).status_code == 200
    assert call("GET", url + "/account.json", headers=token).status_code == 200


def test_dialer_logout_that_ends_nothing(sim) -> None:
    sim.control("PUT", "settings", {"dialer": {"logout_revokes": False}})
    token = bearer(sim.login("dialer", "user@example.com").json()["token"])
    assert call("DELETE", sim.api["dialer"] + "/session.json", headers=token).status_code == 200
    assert call("GET", sim.api["dialer"] + "/account.json", headers=token).status_code == 200


def test_dialer_has_no_get_of_a_session(sim) -> None:
    token = bearer(sim.login("dialer", "user@example.com").json()["token"])
    assert call("GET", sim.api["dialer"] + "/session.json", headers=token).status_code == 404
    assert call("GET", sim.api["dialer"] + "/nonsense").status_code == 404


# -- all --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ["vacd", "kazoo", "webitel", "ipcortex", "dialer"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b'{"data":[1]}', b'{"auth":[]}'])
def test_nonsense_never_upsets_a_vendor(sim, vendor: str, method: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-Auth-Token": "\xff", "X-Access-Token": "x", "Cookie": "a"}
    headers["Authorization"] = "Bearer"
    paths = [
        "",
        "/",
        "//",
        "/%00",
        "/%ff?a=%ff",
        "/user_auth",
        "/accounts",
        "/accounts/x/users",
        "/auth",
        "/auth/tokeninfo",
    ]
    paths += [
        "/login",
        "/api/v2/domains",
        "/api/v2/domains/x/settings/token",
        "/rest/auth",
        "/session.json",
        "/v1/admin/token",
    ]
    with requests.Session() as session:
        for path in paths:
            url = sim.api[vendor] + path
            reply = session.request(method, url, data=body, headers=headers, allow_redirects=False, timeout=5)
            assert reply.status_code < 500, path


def ringcx_login(sim, token: str, **query: str) -> requests.Response:
    form = {"rcAccessToken": token, "rcTokenType": "Bearer"}
    return call("POST", sim.api["ringcx"] + "/api/auth/login/rc/accesstoken", data=form, params=query)


def test_ringcx_gives_tokens_for_five_minutes_and_each_refresh_token_works_once(sim) -> None:
    user = sim.user("ringcx", "admin@example.com")
    assert "refreshToken" not in ringcx_login(sim, user["rc_access_token"]).json()
    first = ringcx_login(sim, user["rc_access_token"], includeRefresh="true").json()
    url = sim.api["ringcx"] + "/voice/api/v1/admin/token"
    bearer = {"Authorization": f"Bearer {first['accessToken']}"}
    assert call("GET", url, headers=bearer).json() == []
    sim.advance(299)
    assert call("GET", url, headers=bearer).status_code == 200
    sim.advance(2)
    refused = call("GET", url, headers=bearer)
    assert (refused.status_code, refused.text) == (401, "Jwt is expired")
    refresh = sim.api["ringcx"] + "/api/auth/token/refresh"
    second = call("POST", refresh, data={"refresh_token": first["refreshToken"]})
    assert second.json()["refreshToken"] != first["refreshToken"]
    assert call("POST", refresh, data={"refresh_token": first["refreshToken"]}).status_code == 401


def test_ringcx_allows_five_logins_a_minute(sim) -> None:
    token = sim.user("ringcx", "admin@example.com")["rc_access_token"]
    assert [ringcx_login(sim, token).status_code for _time in range(6)] == [200] * 5 + [429]
    sim.advance(61)
    assert ringcx_login(sim, token).status_code == 200
    assert ringcx_login(sim, "unknown").status_code == 401
    assert ringcx_login(sim, sim.user("ringcx", "off@example.com")["rc_access_token"]).status_code == 401
