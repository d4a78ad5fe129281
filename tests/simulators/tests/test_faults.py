# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault does what its name says, to the calls it is meant for; log, secrets, tokens and clock tell the truth."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
import typing as t
import urllib.parse
import uuid

import jwt
import pytest
import requests

USERS = {
    "vacd": "api.one@example.com",
    "kazoo": "john@example.com",
    "webitel": "201@mydomain.com",
    "ipcortex": "agent",
    "dialer": "user@example.com",
}


def raw(sim, request: bytes, timeout: float = 5) -> tuple[bytes, Exception | None]:
    """Everything that comes back on one connection, and how it ended."""
    host = urllib.parse.urlsplit(sim.url)
    with socket.create_connection((host.hostname, host.port), timeout=timeout) as connection:
        connection.sendall(request)
        got = b""
        try:
            while True:
                piece = connection.recv(65536)
                if not piece:
                    return got, None
                got += piece
        except OSError as exc:
            return got, exc


def raw_login(sim) -> bytes:
    user = sim.user("webitel", USERS["webitel"])
    body = json.dumps({"username": user["username"], "password": user["password"]}).encode()
    head = "POST /webitel/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    return head.format(len(body)).encode() + body


def live(sim, vendor: str) -> int:
    return sum(
        token["vendor"] == vendor and token["kind"] not in ("key", "static") for token in sim.control("GET", "tokens")
    )


@pytest.mark.parametrize("vendor", USERS)
def test_an_ordinary_login_is_logged(sim, vendor: str) -> None:
    before = sim.control("GET", "clock")["now"]
    assert sim.login(vendor, USERS[vendor]).status_code in (200, 201)
    [entry] = sim.log()
    assert entry["n"] == 1
    assert entry["time"] >= before
    assert entry["vendor"] == vendor
    assert entry["operation"] == ("login" if vendor == "vacd" else "issue")
    assert entry["user"] == USERS[vendor]
    assert entry["path"].startswith(f"/{vendor}/")
    assert entry["query"] == ""
    assert entry["fault"] is None
    assert "User-Agent" in entry["header_names"]
    assert entry["content_type"].startswith("application/")
    assert live(sim, vendor) == 1


@pytest.mark.parametrize("vendor", USERS)
def test_status_strikes_before_the_work(sim, vendor: str) -> None:
    sim.faults({"vendor": vendor, "operation": "*", "fault": "status", "status": 500, "times": 1})
    assert sim.login(vendor, USERS[vendor]).status_code == 500
    assert live(sim, vendor) == 0
    assert sim.log()[0]["fault"] == "status"
    assert sim.login(vendor, USERS[vendor]).ok


def test_status_with_body_and_headers(sim) -> None:
    sim.faults(
        {"fault": "status", "status": 418, "body": "short", "headers": {"X-Test": "1", "Content-Type": "text/x"}}
    )
    reply = requests.get(sim.api["kazoo"] + "/token_auth", timeout=5)
    assert (reply.status_code, reply.text, reply.headers["X-Test"]) == (418, "short", "1")
    assert reply.headers["Content-Type"] == "text/x"
    sim.faults({"fault": "status", "status": 502, "body": {"a": 1}})
    assert requests.get(sim.api["kazoo"] + "/token_auth", timeout=5).json() == {"a": 1}


@pytest.mark.parametrize(("fault", "tokens"), [("reset_before", 0), ("reset_after", 1)])
def test_resets(sim, fault: str, tokens: int) -> None:
    request = raw_login(sim)
    sim.faults({"fault": fault, "times": 1})
    got, error = raw(sim, request)
    assert got == b""
    assert isinstance(error, ConnectionResetError)
    assert live(sim, "webitel") == tokens
    assert sim.log()[0]["status"] is None


def test_delay(sim) -> None:
    sim.faults({"fault": "delay", "seconds": 0.4})
    start = time.monotonic()
    assert sim.login("webitel", USERS["webitel"]).ok
    assert time.monotonic() - start >= 0.4


def test_truncated(sim) -> None:
    request = raw_login(sim)
    sim.faults({"fault": "truncated"})
    got, error = raw(sim, request)
    assert error is None
    head, _sep, body = got.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    assert b" 200 " in head
    assert len(body) == length // 2
    assert live(sim, "webitel") == 1


@pytest.mark.parametrize("vendor", USERS)
def test_oversized(sim, vendor: str) -> None:
    sim.faults({"fault": "oversized"})
    reply = sim.login(vendor, USERS[vendor])
    assert reply.status_code in (200, 201)
    assert len(reply.content) > 1024 * 1024
    assert len(reply.json()) > 1


def test_oversized_text(sim) -> None:
    token = sim.login("vacd", USERS["vacd"]).json()["authToken"]
    sim.faults({"fault": "oversized", "operation": "issue"})
    reply = requests.post(sim.api["vacd"] + "/v1/admin/token", headers={"X-Auth-Token": token}, timeout=5)
    assert reply.text.startswith("aws80:")
    assert len(reply.content) > 1024 * 1024


@pytest.mark.parametrize(("fault", "tokens"), [("html", 1), ("html_before", 0)])
def test_html(sim, fault: str, tokens: int) -> None:
    sim.faults({"fault": fault})
    reply = sim.login("kazoo", USERS["kazoo"])
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<html>" in reply.text
    assert live(sim, "kazoo") == tokens


def test_empty_garbage_and_wrong_type(sim) -> None:
    sim.faults({"fault": "empty", "times": 1}, {"fault": "garbage", "times": 1}, {"fault": "wrong_type", "times": 1})
    reply = sim.login("dialer", USERS["dialer"])
    assert (reply.status_code, reply.content, reply.headers.get("Content-Type")) == (200, b"", None)
    reply = sim.login("dialer", USERS["dialer"])
    assert reply.headers["Content-Type"] == "application/json"
    with pytest.raises(requests.exceptions.JSONDecodeError):
        reply.json()
    assert isinstance(sim.login("dialer", USERS["dialer"]).json(), list)
    sim.faults({"fault": "wrong_type", "value": {"token": {"a": []}}})
    assert sim.login("dialer", USERS["dialer"]).json() == {"token": {"a": []}}


def test_redirect(sim) -> None:
    sim.faults({"fault": "redirect", "times": 1}, {"fault": "redirect", "to": "http://127.0.0.1:9/x", "status": 307})
    reply = requests.get(sim.api["webitel"] + "/api/v2/whoami", allow_redirects=False, timeout=5)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("http://127.0.0.1:")
    reply = requests.get(sim.api["webitel"] + "/api/v2/whoami", allow_redirects=False, timeout=5)
    assert (reply.status_code, reply.headers["Location"]) == (307, "http://127.0.0.1:9/x")


def test_rate_limit_and_unavailable(sim) -> None:
    sim.faults(
        {"fault": "rate_limit", "retry_after": 7, "times": 1},
        {"fault": "rate_limit", "retry_after": None, "times": 1},
        {"fault": "unavailable", "retry_after": "Wed, 21 Oct 2026 07:28:00 GMT", "times": 1},
        {"fault": "unavailable"},
    )
    got = [requests.get(sim.api["vacd"] + "/v1/admin/token", timeout=5) for _unused in range(4)]
    assert [reply.status_code for reply in got] == [429, 429, 503, 503]
    waits = [reply.headers.get("Retry-After") for reply in got]
    assert waits == ["7", None, "Wed, 21 Oct 2026 07:28:00 GMT", None]


def test_hang_until_the_client_gives_up(sim) -> None:
    sim.faults({"fault": "hang"})
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(sim.api["kazoo"] + "/token_auth", timeout=0.3)
    assert sim.log()[0]["status"] is None


def test_hold_and_release(sim) -> None:
    sim.faults({"fault": "hold"})
    done: list[int] = []
    waiting = threading.Thread(target=lambda: done.append(sim.login("webitel", USERS["webitel"]).status_code))
    waiting.start()
    deadline = time.monotonic() + 5
    while not sim.log() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    assert done == []
    assert live(sim, "webitel") == 0
    assert sim.control("POST", "release") == {"released": 1, "late": 0}
    waiting.join(5)
    assert done == [200]


def test_echo(sim) -> None:
    password = sim.user("webitel", USERS["webitel"])["password"]
    sim.faults({"fault": "echo"})
    reply = sim.login("webitel", USERS["webitel"])
    assert reply.status_code == 500
    assert password in reply.text
    assert "User-Agent:" in reply.text
    assert live(sim, "webitel") == 0


def test_slow(sim) -> None:
    sim.faults({"fault": "slow", "interval": 0.005})
    start = time.monotonic()
    reply = requests.post(sim.api["webitel"] + "/logout", timeout=5)
    assert reply.json() == {"status": 401, "message": "Invalid credentials"}
    assert time.monotonic() - start > 0.005 * len(reply.content)


def test_matching_in_order_with_counters(sim) -> None:
    sim.faults(
        {"vendor": "kazoo", "operation": "check", "fault": "status", "status": 501, "skip": 1, "times": 1},
        {"vendor": "kazoo", "fault": "status", "status": 502, "every": 3},
    )
    url = sim.api["kazoo"] + "/token_auth"
    # The second rule sees only what the first one let pass.
    got = [requests.get(url, timeout=5).status_code for _unused in range(8)]
    assert got == [401, 501, 401, 502, 401, 401, 502, 401]
    assert requests.get(sim.api["webitel"] + "/api/v2/whoami", timeout=5).status_code == 401
    counters = [(rule["seen"], rule["fired"]) for rule in sim.control("GET", "faults")["faults"]]
    assert counters == [(8, 1), (7, 2)]


def test_matching_by_user(sim) -> None:
    sim.faults({"user": "201@mydomain.com", "fault": "status", "status": 500})
    assert sim.login("webitel", "201@mydomain.com").status_code == 500
    assert sim.login("webitel", "200@mydomain.com").status_code == 200


@pytest.mark.parametrize(
    "rules",
    [
        [{"fault": "nonsense"}],
        [{"fault": "status", "operation": "nonsense"}],
        [{"fault": "status", "vendor": "nonsense"}],
        [{}],
        None,
    ],
)
def test_bad_rules_are_refused(sim, rules: t.Any) -> None:
    reply = requests.put(sim.ready["control"] + "/faults", json={"faults": rules}, timeout=5)
    assert reply.status_code == 400
    assert sim.login("webitel", "200@mydomain.com").status_code == 200


def test_unknown_control_commands(sim) -> None:
    assert requests.get(sim.ready["control"] + "/nonsense", timeout=5).status_code == 404
    reply = requests.put(sim.ready["control"] + "/settings", json={"vacd": {"nonsense": 1}}, timeout=5)
    assert reply.status_code == 400
    assert requests.get(sim.url + "/nonsense", timeout=5).status_code == 404
    assert sim.log() == []


def test_requests_can_be_forgotten_and_read_from_a_point(sim) -> None:
    for _unused in range(3):
        requests.get(sim.api["webitel"] + "/api/v2/whoami?x=%C3%BC&y=1", timeout=5)
    assert [entry["n"] for entry in sim.control("GET", "requests?after=2")] == [3]
    assert sim.log()[0]["query"] == "x=%C3%BC&y=1"
    sim.control("DELETE", "requests")
    assert sim.log() == []


def test_secrets_hold_all_that_was_ever_seen(sim) -> None:
    kazoo = sim.login("kazoo", "john@example.com").json()["auth_token"]
    webitel = sim.login("webitel", "200@mydomain.com").json()
    session = sim.login("ipcortex", "agent").json()["user"]["session"]
    auth = sim.login("vacd", "api.two@example.com").json()["authToken"]
    api = requests.post(sim.api["vacd"] + "/v1/admin/token", headers={"X-Auth-Token": auth}, timeout=5).text
    wrong = f"wrong-{uuid.uuid4()}"
    requests.post(sim.api["dialer"] + "/session.json", json={"login": "user@example.com", "password": wrong}, timeout=5)
    sim.control("POST", "reset")
    known = sim.control("GET", "secrets")
    expected = {
        kazoo,
        webitel["key"],
        webitel["token"],
        session,
        auth,
        api,
        wrong,
        "m32c6NfqYEt",
        "p&ss=w+rd% ö x",
        "82a2dc91686ec828a67152d45a5c5ef7",
        "055cf886cb9b5c5867083463867c527ace0f8ecc",
        sim.user("ipcortex", "agent")["api_key"],
        sim.user("dialer", "static@example.com")["static_token"],
    }
    assert expected <= set(known)
    assert "secret" in known
    assert "secret" not in sim.control("GET", "secrets?min_length=8")


def test_reset_forgets_tokens_log_faults_and_clock(sim) -> None:
    sim.login("kazoo", "john@example.com")
    sim.advance(10**6)
    sim.faults({"fault": "status"})
    sim.control("PUT", "settings", {"vacd": {"token_reply": "json"}})
    sim.control("POST", "reset")
    assert sim.log() == []
    assert live(sim, "kazoo") == 0
    assert sim.control("GET", "faults") == {"faults": []}
    assert abs(sim.control("GET", "clock")["now"] - time.time()) < 5
    assert sim.control("GET", "settings")["vacd"]["token_reply"] == "text"


@pytest.mark.parametrize("vendor", USERS)
def test_generated_users_can_log_in(sim, vendor: str) -> None:
    made = sim.control("POST", "users", {"vendor": vendor, "count": 3})
    assert len({user["username"] for user in made}) == 3
    assert all(sim.login(vendor, user["username"]).ok for user in made)
    assert live(sim, vendor) == 3


def accepted(sim, vendor: str, reply: requests.Response) -> bool:
    """Whether the vendor takes what it gave."""
    body, url = reply.json(), sim.api[vendor]
    if vendor == "vacd":
        got = requests.get(url + "/v1/admin/token", headers={"X-Auth-Token": body["authToken"]}, timeout=5)
    elif vendor == "kazoo":
        got = requests.get(url + "/token_auth", headers={"X-Auth-Token": body["auth_token"]}, timeout=5)
    elif vendor == "webitel":
        headers = {"X-Access-Token": body["token"], "X-Key": body["key"]}
        got = requests.get(url + "/api/v2/whoami", headers=headers, timeout=5)
    elif vendor == "ipcortex":
        cookies = {"Red60urne": body["user"]["session"]}
        got = requests.post(url + "/rest/auth/", json={"auth": {"type": "auth"}}, cookies=cookies, timeout=5)
        return bool(got.json()["result"] == "success")
    else:
        got = requests.get(url + "/account.json", headers={"Authorization": "Bearer " + body["token"]}, timeout=5)
    assert got.status_code in (200, 401)
    return got.ok


@pytest.mark.parametrize(
    ("vendor", "life"),
    [("vacd", 3600), ("kazoo", 3600), ("webitel", 100 * 86400), ("ipcortex", 3600), ("dialer", 86400)],
)
def test_clock_expires_tokens(sim, vendor: str, life: int) -> None:
    reply = sim.login(vendor, USERS[vendor])
    [token] = [
        token for token in sim.control("GET", "tokens") if token["user"] == USERS[vendor] and token["kind"] != "key"
    ]
    assert life - 2 <= token["expires_at"] - token["issued_at"] <= life
    assert accepted(sim, vendor, reply)
    sim.advance(life - 30)
    assert accepted(sim, vendor, reply)
    sliding = vendor in ("vacd", "ipcortex")  # there a use makes it live on
    sim.advance(60)
    assert accepted(sim, vendor, reply) == sliding
    sim.advance(life + 1)
    assert not accepted(sim, vendor, reply)
    assert live(sim, vendor) == 0


def test_date_header_follows_the_clock(sim) -> None:
    sim.advance(-86400 * 365 * 10)
    assert " 2016 " in requests.get(sim.ready["control"] + "/clock", timeout=5).headers["Date"]


def test_jwts_are_real(sim) -> None:
    kazoo = sim.login("kazoo", "john@example.com").json()["auth_token"]
    assert jwt.get_unverified_header(kazoo)["alg"] == "RS256"
    claims = jwt.decode(kazoo, options={"verify_signature": False})
    assert claims["exp"] - time.time() <= 3600
    webitel = sim.login("webitel", "200@mydomain.com").json()
    assert jwt.get_unverified_header(webitel["token"]) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(webitel["token"], options={"verify_signature": False})["exp"] == webitel["expires"]
    for name, timed in (("user@example.com", True), ("plain@example.com", False)):
        token = sim.login("dialer", name).json()["token"]
        assert ("exp" in jwt.decode(token, options={"verify_signature": False})) == timed


def test_keep_alive_is_kept_and_fast(sim) -> None:
    with requests.Session() as session:
        session.get(sim.api["webitel"] + "/api/v2/whoami", timeout=5)
        start = time.monotonic()
        for _unused in range(100):
            session.get(sim.api["webitel"] + "/api/v2/whoami", timeout=5)
        # With Nagle's delay this would be four seconds.
        assert time.monotonic() - start < 2
    pieces = raw(sim, b"POST /webitel/logout HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" * 2, timeout=0.5)[0]
    assert pieces.count(b"HTTP/1.1 401") == 2


def test_tls(sim) -> None:
    ready = sim.ready
    assert requests.get(ready["tls_url"] + "/control/clock", verify=ready["ca_path"], timeout=5).ok
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(ready["tls_url"] + "/control/clock", verify=True, timeout=5)
    wrong_name = ready["tls_url"].replace("localhost", "127.0.0.1")
    with pytest.raises(requests.exceptions.SSLError):  # the certificate is for the name alone
        requests.get(wrong_name + "/control/clock", verify=ready["ca_path"], timeout=5)


def test_tls_with_a_client_certificate(sim) -> None:
    ready = sim.ready
    url, verify = ready["mtls_url"] + "/control/clock", ready["ca_path"]
    certificate = (ready["client_cert_path"], ready["client_key_path"])
    assert requests.get(url, verify=verify, cert=certificate, timeout=5).ok
    with pytest.raises((requests.exceptions.ConnectionError, ssl.SSLError)):
        requests.get(url, verify=verify, timeout=5)


def test_as_a_proxy(sim) -> None:
    proxies = {"http": sim.url}
    with requests.Session() as session:
        session.trust_env = False
        reply = session.get("http://vendor.example.com/webitel/api/v2/whoami", proxies=proxies, timeout=5)
    assert reply.status_code == 401
    assert sim.log()[0]["proxied"] is True
    assert sim.log()[0]["path"] == "/webitel/api/v2/whoami"


def test_generated_users_at_start_and_ends_by_itself(starter) -> None:
    sim = starter("--users", "5", "--max-seconds", "3")
    assert sim.ready["tls_url"] is None
    assert all(
        len([user for user in users if user.get("purpose") == "generated"]) == 5
        for users in sim.control("GET", "users").values()
    )
    assert sim.process.wait(10) == 0


def test_ends_when_told_even_if_a_call_hangs(starter) -> None:
    sim = starter()
    sim.faults({"fault": "hang"})
    host = urllib.parse.urlsplit(sim.url)
    with socket.create_connection((host.hostname, host.port), timeout=5) as connection:
        connection.sendall(b"GET /kazoo/v2/token_auth HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        start = time.monotonic()
        sim.process.terminate()
        assert sim.process.wait(10) == 0
        assert time.monotonic() - start < 5


def test_log_tells_connections_apart(sim):
    with requests.Session() as first, requests.Session() as second:
        for session in first, second, first:
            session.get(f"{sim.url}/kazoo/v2/user_auth", timeout=5)
    one, other, same = (entry["connection"] for entry in sim.control("GET", "requests"))
    assert one == same != other


# -- work that is done although the reply does not say so ----------------------------------------------------------------


@pytest.mark.parametrize("vendor", USERS)
@pytest.mark.parametrize(
    ("status", "headers"),
    [(502, {}), (504, {}), (503, {"Retry-After": "1"}), (302, {"Location": "http://127.0.0.1:9/"})],
)
def test_answer_after_the_work(sim, vendor: str, status: int, headers: dict[str, str]) -> None:
    rule = {"fault": "answer", "status": status, "headers": headers, "body": "<h1>Bad gateway</h1>", "times": 1}
    sim.faults({**rule, "vendor": vendor})
    with requests.Session() as session:
        session.max_redirects = 0
        try:
            reply = sim.login(vendor, USERS[vendor])
        except requests.exceptions.ConnectionError:
            assert status == 302  # followed to where nobody is
        else:
            assert (reply.status_code, reply.text) == (status, rule["body"])
            assert headers.items() <= reply.headers.items()
            assert "Set-Cookie" not in reply.headers
    assert live(sim, vendor) == 1
    assert [(entry["status"], entry["worked"]) for entry in sim.log()] == [(status, True)]


def test_the_log_tells_whether_the_work_was_done(sim) -> None:
    sim.faults({"fault": "status", "times": 1}, {"fault": "reset_after", "times": 1})
    sim.login("webitel", USERS["webitel"])
    with pytest.raises(requests.exceptions.ConnectionError):
        sim.login("webitel", USERS["webitel"])
    sim.login("webitel", USERS["webitel"])
    assert [entry["worked"] for entry in sim.log()] == [False, True, True]


def test_answer_keeps_what_is_not_named(sim) -> None:
    sim.faults({"fault": "answer", "status": 500})
    reply = sim.login("ipcortex", USERS["ipcortex"])
    assert (reply.status_code, reply.json()["result"]) == (500, "success")
    assert reply.cookies.get_dict() == {"Red60urne": reply.json()["user"]["session"]}


@pytest.mark.parametrize("encode", ["gzip", "deflate"])
def test_answer_compressed_and_long(sim, encode: str) -> None:
    sim.faults({"fault": "answer", "encode": encode, "padding": 3_000_000})
    reply = sim.login("kazoo", USERS["kazoo"])
    assert reply.headers["Content-Encoding"] == encode
    assert int(reply.headers["Content-Length"]) < 100_000
    assert len(reply.content) > 3_000_000
    assert reply.json()["auth_token"]


def test_answer_in_another_encoding(sim) -> None:
    sim.faults({"fault": "answer", "encode": "utf-16"})
    reply = sim.login("webitel", USERS["webitel"])
    assert reply.headers["Content-Type"] == "application/json; charset=utf-16"
    assert json.loads(reply.content.decode("utf-16"))["token"]


@pytest.mark.parametrize("line", ["Content-Length: many", "no colon in here", "Transfer-Encoding: nonsense"])
def test_answer_with_a_line_that_is_no_header(sim, line: str) -> None:
    sim.faults({"fault": "answer", "raw_headers": [line]})
    got, error = raw(sim, raw_login(sim))
    assert error is None
    head, _sep, body = got.partition(b"\r\n\r\n")
    assert line.encode() in head.split(b"\r\n")
    assert json.loads(body)["token"]
    assert live(sim, "webitel") == 1
    assert sim.log()[0]["status"] == 200


def test_answer_with_a_date_that_lies(sim) -> None:
    lie = "Wed, 21 Oct 2015 07:28:00 GMT"
    sim.faults({"fault": "answer", "headers": {"Date": lie}, "times": 1})
    assert sim.login("webitel", USERS["webitel"]).headers["Date"] == lie
    assert sim.login("webitel", USERS["webitel"]).headers["Date"] != lie


@pytest.mark.parametrize("vendor", USERS)
def test_late_work_is_done_at_release(sim, vendor: str) -> None:
    sim.faults({"fault": "late", "times": 1})
    reply = sim.login(vendor, USERS[vendor])
    assert reply.status_code == 504
    sim.advance(10**5)
    assert live(sim, vendor) == 0
    assert sim.log()[0]["worked"] is False
    assert sim.control("POST", "release") == {"released": 0, "late": 1}
    assert live(sim, vendor) == 1
    assert (sim.log()[0]["status"], sim.log()[0]["worked"]) == (504, True)
    assert sim.control("POST", "release") == {"released": 0, "late": 0}


def test_late_work_is_done_when_the_clock_has_passed_it(sim) -> None:
    start = sim.control("GET", "clock")["now"]
    sim.faults(
        {"fault": "late", "seconds": 9000, "status": 502, "body": "later", "times": 1},
        {"fault": "late", "seconds": 7000, "times": 1},
    )
    first, second = sim.login("webitel", "201@mydomain.com"), sim.login("webitel", "202@mydomain.com")
    assert (first.status_code, first.text, second.status_code) == (502, "later", 504)
    sim.advance(6000)
    assert live(sim, "webitel") == 0
    sim.advance(50000)
    tokens = [token for token in sim.control("GET", "tokens") if token["vendor"] == "webitel"]
    assert [token["user"] for token in tokens] == ["202@mydomain.com", "201@mydomain.com"]
    # Each at its own time, although the clock went past both at once.
    assert [round(token["issued_at"] - start, -2) for token in tokens] == [7000, 9000]
    assert sim.control("GET", "clock")["now"] - start >= 56000


def test_late_work_behind_a_connection_that_is_reset(sim) -> None:
    sim.faults({"fault": "late", "status": None})
    with pytest.raises(requests.exceptions.ConnectionError):
        sim.login("webitel", USERS["webitel"])
    assert sim.log()[0]["status"] is None
    sim.control("POST", "release")
    assert live(sim, "webitel") == 1


def test_a_reset_forgets_late_work(sim) -> None:
    sim.faults({"fault": "late"})
    sim.login("webitel", USERS["webitel"])
    sim.control("POST", "reset")
    assert sim.control("POST", "release")["late"] == 0


@pytest.mark.parametrize(
    "rule",
    [{"fault": "database"}, {"fault": "database", "vendor": "vacd"}, {"fault": "lagging_list", "vendor": "kazoo"}],
)
def test_what_goes_wrong_inside_one_vendor_names_it(sim, rule: dict[str, str]) -> None:
    assert requests.put(sim.ready["control"] + "/faults", json={"faults": [rule]}, timeout=5).status_code == 400


# -- another service of the same user -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", USERS)
def test_another_service_makes_and_ends_tokens(sim, vendor: str) -> None:
    sim.faults({"fault": "status"})  # it strikes requests alone
    user = {"vendor": vendor, "username": USERS[vendor]}
    text = sim.control("POST", "tokens", user)["token"]
    [token] = [token for token in sim.control("GET", "tokens") if token["token"] == text]
    assert (token["vendor"], token["user"]) == (vendor, USERS[vendor])
    assert text in sim.control("GET", "secrets")
    sim.control("DELETE", "tokens", {"vendor": vendor, "token": text})
    assert live(sim, vendor) == 0
    assert sim.log() == []


@pytest.mark.parametrize("vendor", USERS)
def test_what_is_not_there_cannot_be_ended_or_changed(sim, vendor: str) -> None:
    for method, command, more in (
        ("DELETE", "tokens", {"token": "nonsense"}),
        ("POST", "tokens", {"username": "nobody"}),
        ("PATCH", "users", {"username": "nobody", "set": {}}),
        ("PATCH", "users", {"username": USERS[vendor], "set": {"nonsense": "x"}}),
    ):
        url = f"{sim.ready['control']}/{command}"
        assert requests.request(method, url, json={"vendor": vendor, **more}, timeout=5).status_code == 400


@pytest.mark.parametrize(
    ("vendor", "change", "statuses"),
    [
        ("vacd", {"locked": True}, [200, 403]),
        ("kazoo", {"enabled": False}, [201, 401]),
        ("kazoo", {"deleted": True}, [201, 401]),
        ("dialer", {"ip_denied": True}, [200, 406]),
    ],
)
def test_users_change_until_the_reset(sim, vendor: str, change: dict[str, t.Any], statuses: list[int]) -> None:
    user = {"vendor": vendor, "username": USERS[vendor]}
    before = sim.login(vendor, USERS[vendor]).status_code
    assert change.items() <= sim.control("PATCH", "users", {**user, "set": change}).items()
    assert [before, sim.login(vendor, USERS[vendor]).status_code] == statuses
    sim.control("POST", "reset")
    assert sim.login(vendor, USERS[vendor]).status_code == before
