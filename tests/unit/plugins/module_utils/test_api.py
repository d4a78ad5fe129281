# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip
import io
import json
import re
import socket
import ssl
import typing as t
import zlib
from datetime import datetime, timezone
from http import client
from types import SimpleNamespace

import pytest
import requests
import responses
import trustme
import urllib3
from requests import exceptions
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError, NewConnectionError

from ansible_collections.telephony.auth.plugins.module_utils import _api
from ansible_collections.telephony.auth.plugins.module_utils._api import (
    MAX_REPLY_BYTES,
    Api,
    Reply,
)
from ansible_collections.telephony.auth.plugins.module_utils._connection import Connection, connection
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.calls import (
    OK,
    SECRET,
    URL,
    Waits,
    make_api,
    refusal,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.conftest import DRIP, FLOOD, HANG, RESET
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import CONNECTION_OPTIONS as OPTIONS


@pytest.fixture
def vendor() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def no_jitter(monkeypatch):
    monkeypatch.setattr(_api, "_RANDOM", SimpleNamespace(uniform=lambda _low, high: high))


def reply(body: bytes | str = b"", status: int = 200, content_type: str = "application/json", **more: t.Any) -> Reply:
    body = body if isinstance(body, bytes) else body.encode()
    return Reply("https://pbx.example/api", "check", status, content_type, body, Masker([SECRET]), **more)


# Requests as they leave


def test_a_request_holds_what_was_asked_for_and_no_more(broken_server):
    broken_server.steps = [OK]
    api, _waits = make_api(f"{broken_server.url}/api")
    answer = api.call("check", "POST", "/v1/x", headers={"X-Auth-Token": "t"}, json={"a": 1})
    assert (answer.status, answer.json()) == (200, {})
    head, _empty, body = broken_server.requests[0].decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    assert (first, body) == ("POST /api/v1/x HTTP/1.1", '{"a": 1}')
    assert set(lines) - {f"Host: {broken_server.url[7:]}"} == {
        "User-Agent: telephony.auth (Ansible)",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: keep-alive",
        "Content-Length: 8",
        "Content-Type: application/json",
        "X-Auth-Token: t",
    }


def test_no_netrc_is_read(broken_server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login joe password pw\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    broken_server.steps = [OK, OK]
    api, _waits = make_api(broken_server.url)
    api.call("check", "GET", "/")
    api.call("check", "GET", "/", headers={"Authorization": "Bearer mine"})
    without, own = (request.decode().lower() for request in broken_server.requests)
    assert "authorization" not in without
    assert "authorization: bearer mine\r\n" in own


def test_no_cookie_is_kept_and_the_connection_is(broken_server):
    cookie = b"HTTP/1.1 200 OK\r\nSet-Cookie: Red60urne=mine; Path=/\r\nContent-Length: 0\r\n\r\n"
    broken_server.steps = [cookie, cookie, cookie]
    api, _waits = make_api(broken_server.url)
    for _number in range(2):
        api.call("check", "GET", "/")
    api.call("check", "GET", "/", headers={"Cookie": "Red60urne=given"})
    *others, last = (request.decode() for request in broken_server.requests)
    assert not any("cookie" in request.lower() for request in others)
    assert "Cookie: Red60urne=given\r\n" in last


def test_an_address_may_be_of_ip_version_6(ipv6_server):
    ipv6_server.steps = [OK]
    api, _waits = make_api(ipv6_server.url)
    assert api.call("check", "GET", "/").status == 200
    assert b"\r\nHost: [::1]:" in ipv6_server.requests[0]


# TLS


def call_with(options: dict[str, t.Any]) -> Reply:
    return Api(connection({**OPTIONS, **options}), Masker(), sleep=Waits()).call("check", "GET", "/")


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_a_certificate_is_trusted_as_the_options_say(tls_server, ca_file, monkeypatch, tmp_path):
    _context, url = tls_server
    assert call_with({"api_url": url, "ca_path": ca_file}).status == 204
    assert call_with({"api_url": url, "validate_certs": False}).status == 204
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    # The bundle of the environment decides nothing that an option says
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    assert call_with({"api_url": url, "ca_path": ca_file}).status == 204
    assert call_with({"api_url": url, "validate_certs": False}).status == 204
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    with pytest.raises(NoClearAnswer):
        call_with({"api_url": url, "ca_path": str(tmp_path / "other.pem")})


@pytest.mark.parametrize("changes", [False, True])
def test_an_unknown_certificate_is_an_error_at_once(tls_server, changes):
    _context, url = tls_server
    api, waits = make_api(url)
    with pytest.raises(
        NoClearAnswer, match=r"cannot be trusted: .*certificate.* See validate_certs, ca_path"
    ) as caught:
        api.call("issue", "GET", "/", changes=changes)
    assert (caught.value.code, caught.value.maybe_done, waits) == ("tls", False, [])


def test_a_certificate_for_another_name_is_an_error(tls_server, ca_file):
    _context, url = tls_server
    with pytest.raises(NoClearAnswer, match=r"not valid for ('127.0.0.1'|this name)") as caught:
        call_with({"api_url": url.replace("localhost", "127.0.0.1"), "ca_path": ca_file})
    assert caught.value.code == "tls"


def test_a_certificate_that_has_expired_is_an_error(tls_server, ca_file, authority):
    context, url = tls_server
    authority.issue_cert("localhost", not_after=datetime(2026, 1, 1, tzinfo=timezone.utc)).configure_cert(context)
    with pytest.raises(NoClearAnswer, match="certificate has expired") as caught:
        call_with({"api_url": url, "ca_path": ca_file})
    assert caught.value.code == "tls"


def test_a_client_certificate_is_shown(tls_server, ca_file, client_files, authority):
    context, url = tls_server
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    cert, key = client_files
    assert call_with({"api_url": url, "ca_path": ca_file, "client_cert": cert, "client_key": key}).status == 204
    with pytest.raises(NoClearAnswer):
        call_with({"api_url": url, "ca_path": ca_file})


def test_a_reply_over_tls_has_the_same_limit(tls_server, ca_file):
    _context, url = tls_server
    api, _waits = make_api(url, verify=ca_file, timeout=0.2)
    assert refusal(api, changes=True).code == "timeout"


# Replies that are no use


@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://elsewhere.example:8443/token/abcdef?t=1", r"https://elsewhere\.example:8443"),
        ("http://elsewhere-with-a-long-name.example/", r"http://elsewhere-with-a-long-name\.example"),
        ("https://joe:pw@elsewhere.example/", r"https://elsewhere\.example"),
        ("/login", "another path"),
        ("https://[::1", "an invalid address"),
        ("https://a:b", "an invalid address"),
    ],
)
def test_a_redirect_is_not_followed_but_named(vendor, everything_in, changes, status, location, target):
    vendor.add("POST", f"{URL}/token/{SECRET}", status=status, headers={"Location": location})
    api, waits = make_api()
    failure = refusal(api, changes=changes)
    assert failure.code == "redirected"
    assert re.search(rf"was redirected to {target}\. Put the right address into api_url", failure.message)
    assert "pw" not in everything_in(failure)
    assert "abcdef" not in everything_in(failure)
    assert (failure.maybe_done, waits) == (changes, [])


def test_a_redirect_without_target_is_the_vendor_s_business_if_it_is_json(vendor):
    vendor.add("GET", f"{URL}/x", status=301, json={"info": "Set security code"})
    assert make_api()[0].call("issue", "GET", "/x", changes=True).status == 301


@pytest.mark.parametrize("status", [300, 302, 304, 399])
def test_any_other_redirect_without_target_is_unclear(broken_server, status):
    broken_server.steps = [b"HTTP/1.1 %d Elsewhere\r\n\r\nn3w-token" % status]
    failure = refusal(make_api(broken_server.url)[0], changes=True)
    assert (failure.code, failure.status, failure.maybe_done) == ("bad_reply", status, True)
    assert failure.vendor_message is None


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("changes", [False, True])
def test_a_reply_has_a_limit(broken_server, chunked, changes):
    body = b'"' + b"x" * MAX_REPLY_BYTES + b'"'
    head = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    wire = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    broken_server.steps = [b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + wire]
    failure = refusal(make_api(broken_server.url)[0], changes=changes)
    assert failure.message == "The reply to issue is larger than 1048576 bytes."
    assert (failure.code, failure.status, failure.maybe_done) == ("bad_reply", 200, changes)


def test_a_reply_at_the_limit_is_read(vendor):
    vendor.add("GET", f"{URL}/x", body="x" * MAX_REPLY_BYTES)
    assert len(make_api()[0].call("check", "GET", "/x").body) == MAX_REPLY_BYTES


@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{}",
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", RESET),
    ],
    ids=["length", "chunked", "reset"],
)
def test_half_a_reply_is_none(broken_server, wire, changes):
    broken_server.steps = [wire, OK]
    api, waits = make_api(broken_server.url)
    if changes:
        failure = refusal(api, changes=True)
        assert (failure.code, failure.maybe_done, waits) == ("bad_reply", True, [])
        assert "was cut off" in failure.message
    else:
        assert api.call("check", "GET", "/").ok
        assert len(waits) == 1


class Answers(LimitedAdapter):
    """An adapter that gives one answer, or fails in one way, with the request sent or not."""

    def __init__(self, answer: requests.Response | Exception, sent: bool = True) -> None:
        super().__init__()
        self.answer = answer
        self.sent = sent
        self.calls = 0

    def send_within(self, *_arguments: t.Any, **_more: t.Any) -> requests.Response:
        self.calls += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_half_a_reply_is_none_for_old_versions_of_urllib3_either():
    """Version 1 does not compare what it got with what was promised."""
    response = requests.Response()
    response.status_code, response.raw = 200, HTTPResponse(io.BytesIO(b"{}"), preload_content=False)
    response.headers["Content-Length"] = "100"
    api = Api(Connection(URL, retries=0), Masker(), adapter=Answers(response))
    with pytest.raises(NoClearAnswer, match="was cut off") as caught:
        api.call("issue", "GET", "/x", changes=True)
    assert caught.value.maybe_done


def deflate_raw(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def packed(content: bytes, encoding: str, *, chunked: bool = False) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding.encode() + b"\r\n"
    if chunked:
        return head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    return head + b"Content-Length: %d\r\n\r\n" % len(content) + content


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", deflate_raw),
    ],
)
def test_a_packed_reply_is_read_although_it_was_not_asked_for(broken_server, encoding, pack, chunked):
    """Refused, it would take the new token in it along."""
    broken_server.steps = [packed(pack(b'{"token": "n3w"}'), encoding, chunked=chunked)]
    api, _waits = make_api(broken_server.url)
    assert api.call("issue", "POST", "/x", changes=True).json() == {"token": "n3w"}


@pytest.mark.parametrize("changes", [False, True])
@pytest.mark.parametrize(
    ("wire", "what"),
    [
        (packed(gzip.compress(b"x" * (MAX_REPLY_BYTES + 1)), "gzip"), "larger than 1048576 bytes"),
        (packed(gzip.compress(b"x" * 100 * MAX_REPLY_BYTES, 1), "gzip"), "larger than 1048576 bytes"),
        (packed(deflate_raw(b"x" * 2 * MAX_REPLY_BYTES), "deflate"), "larger than 1048576 bytes"),
        (packed(b"{}", "br"), "compressed in a way that cannot be read"),
        (packed(b"{}", "zstd"), "compressed in a way that cannot be read"),
        (packed(b"{}", "gzip, gzip"), "compressed in a way that cannot be read"),
        (packed(b"{}", "gzip"), "compressed in a way that cannot be read"),
        (packed(gzip.compress(b"{}")[:-9], "gzip"), "compressed in a way that cannot be read"),
    ],
    ids=["over", "bomb", "raw bomb", "br", "zstd", "twice", "not packed", "half"],
)
def test_a_packed_reply_that_cannot_be_read_is_unclear(broken_server, wire, what, changes):
    broken_server.steps = [wire]
    failure = refusal(make_api(broken_server.url)[0], changes=changes)
    assert failure.message == f"The reply to issue is {what}."
    assert (failure.code, failure.maybe_done) == ("bad_reply", changes)


def test_a_packed_reply_at_the_limit_is_read(broken_server):
    broken_server.steps = [packed(gzip.compress(b"x" * MAX_REPLY_BYTES), "gzip")]
    assert len(make_api(broken_server.url)[0].call("check", "GET", "/x").body) == MAX_REPLY_BYTES


def test_a_reply_without_content_is_packed_in_no_way(broken_server):
    broken_server.steps = [b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"]
    assert make_api(broken_server.url)[0].call("revoke", "DELETE", "/x", changes=True).body == b""


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Encoding: identity",
        b"Content-Length: \xb2",
        b"Content-Length: two",
        b"Content-Length: " + b"9" * 5000,
        b"Date: \xff\xfe",
        b"Date: Tue, 14 Nov 99999999999999999999 23:13:20 GMT",
        b"Set-Cookie: \x00=;;; expires=\xff",
        b"Retry-After: " + b"9" * 5000,
        b"Content-Type: text/plain; charset=\xff",
        b"No colon at all",
        b": no name",
    ],
    ids=lambda value: ascii(value[:25]),
)
def test_odd_headers_do_no_harm(broken_server, header):
    broken_server.steps = [b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\n{}"]
    assert make_api(broken_server.url)[0].call("check", "GET", "/x").json() == {}


def test_a_redirect_has_the_same_limit(broken_server):
    broken_server.steps = [b"HTTP/1.1 302 Found\r\nLocation: https://a.example\r\n\r\n" + b"x" * 2 * MAX_REPLY_BYTES]
    failure = refusal(make_api(broken_server.url)[0])
    assert failure.message == "The reply to issue is larger than 1048576 bytes."


# Failures and repetitions

SENT = {
    "reset": (RESET, "unreachable", "cannot be reached: Connection reset by peer"),
    "closed": (b"", "unreachable", "cannot be reached: "),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "bad_reply", "is not HTTP"),
    "a long header": (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n{}", "bad_reply", "is not HTTP"),
    "many headers": (b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 200 + b"\r\n{}", "bad_reply", "is not HTTP"),
    "no status": (b"HTTP/1.1 abc OK\r\n\r\n{}", "bad_reply", "is not HTTP"),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "bad_reply",
        "has headers that contradict each other",
    ),
    "no chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}", "bad_reply", "was cut off"),
    "silent": (HANG, "timeout", "did not complete its answer within 0.2 seconds"),
    "stuck": (
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", HANG),
        "timeout",
        "did not complete its answer within 0.2 seconds",
    ),
    "flooding": (FLOOD, "timeout", "did not complete its answer within 0.2 seconds"),
    "dripping headers": (
        (b"HTTP/1.1 200 OK\r\nX-Long: ", DRIP),
        "timeout",
        "did not complete its answer within 0.2 seconds",
    ),
    "dripping content": (
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", DRIP),
        "timeout",
        "did not complete its answer within 0.2 seconds",
    ),
}


@pytest.mark.parametrize(("step", "code", "what"), SENT.values(), ids=SENT)
def test_a_change_is_not_repeated_when_it_may_have_been_made(broken_server, everything_in, step, code, what):
    broken_server.steps = [step, OK]
    api, waits = make_api(broken_server.url, timeout=0.2)
    failure = refusal(api, changes=True, headers={"X-Auth-Token": SECRET}, data={"password": SECRET})
    assert (failure.code, failure.maybe_done, failure.operation) == (code, True, "issue")
    assert what in failure.message
    assert (len(broken_server.requests), waits) == (1, [])
    assert "s3cr3t" not in everything_in(failure)


@pytest.mark.parametrize(("step", "code", "what"), SENT.values(), ids=SENT)
def test_a_question_is_repeated(broken_server, step, code, what):
    broken_server.steps = [step, step, OK]
    api, waits = make_api(broken_server.url, timeout=0.2)
    assert api.call("check", "GET", "/").ok
    assert len(waits) == 2
    broken_server.steps = [step]
    failure = refusal(make_api(broken_server.url, timeout=0.2, retries=0)[0])
    assert (failure.code, failure.maybe_done) == (code, False)
    assert what in failure.message


@pytest.mark.parametrize("changes", [False, True])
def test_who_does_not_listen_is_asked_again(closed_port, everything_in, changes):
    api, waits = make_api(f"http://127.0.0.1:{closed_port}")
    failure = refusal(api, changes=changes)
    assert failure.message == f"http://127.0.0.1:{closed_port} cannot be reached: Connection refused."
    assert (failure.code, failure.maybe_done, len(waits)) == ("unreachable", False, 3)
    assert "s3cr3t" not in everything_in(failure)


@pytest.mark.parametrize("url", ["https://pbx.example", "http://127.0.0.1:9"])
def test_a_dead_proxy_is_named(closed_port, everything_in, url):
    proxy = f"http://joe:s3cr3t@127.0.0.1:{closed_port}"
    api = Api(connection({**OPTIONS, "api_url": url, "proxy": proxy}), Masker(), sleep=Waits())
    failure = refusal(api, changes=True)
    assert failure.message == (
        f"The proxy does not lead to {url}: Connection refused. See the option proxy, or the environment variables"
        " HTTPS_PROXY, HTTP_PROXY and NO_PROXY where it is not set."
    )
    assert (failure.code, failure.maybe_done) == ("unreachable", False)
    assert "s3cr3t" not in everything_in(failure)


# Version 2 of urllib3 has a class for it
NO_NAME = getattr(urllib3.exceptions, "NameResolutionError", lambda host, pool, why: NewConnectionError(pool, str(why)))
UNKNOWN = exceptions.ConnectionError(MaxRetryError(None, "/s3cr3t", NO_NAME("pbx", None, socket.gaierror(-2, ""))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "sent", "code", "what", "repeated"),
    [
        (exceptions.ConnectTimeout("s3cr3t"), False, "timeout", "did not accept a connection within 30 seconds", True),
        (exceptions.ReadTimeout("s3cr3t"), True, "timeout", "did not complete its answer within 30 seconds", False),
        (exceptions.ConnectionError("s3cr3t"), True, "unreachable", "cannot be reached: ", False),
        (exceptions.ConnectionError("s3cr3t"), False, "unreachable", "cannot be reached: ", True),
        # Version 1 of urllib3 calls everything so that happens to a connection through a proxy
        (exceptions.ProxyError("s3cr3t"), True, "unreachable", "cannot be reached: ", False),
        (exceptions.ProxyError("s3cr3t"), False, "unreachable", "The proxy does not lead to ", True),
        (UNKNOWN, False, "unreachable", "cannot be reached: name or address unknown", True),
        (exceptions.SSLError("s3cr3t"), False, "tls", "cannot be trusted", False),
        (exceptions.SSLError("s3cr3t"), True, "tls", "cannot be trusted", False),
        (exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred")), True, "unreachable", "cannot be reached: ", False),
        (exceptions.InvalidHeader("s3cr3t"), False, "bad_option", "cannot be asked: InvalidHeader", False),
        (LocationParseError("s3cr3t"), False, "bad_option", "cannot be asked: LocationParseError", False),
        (UnicodeError("s3cr3t"), False, "bad_option", "cannot be asked: UnicodeError", False),
        (UnicodeError("s3cr3t"), True, "bad_reply", "cannot be read: UnicodeError", False),
        (ValueError("s3cr3t"), True, "bad_reply", "cannot be read: ValueError", False),
        (KeyError("s3cr3t"), True, "bad_reply", "cannot be read: KeyError", False),
        (client.HTTPException("s3cr3t"), True, "bad_reply", "is not HTTP", False),
        (client.HTTPException("s3cr3t"), False, "unreachable", "cannot be reached", True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_exception_is_told_in_own_words(everything_in, error, sent, code, what, repeated):
    adapter = Answers(error, sent)
    api = Api(Connection(URL), Masker([SECRET]), adapter=adapter, sleep=Waits())
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done) == (code, sent)
    assert what in failure.message
    assert adapter.calls == (4 if repeated else 1)
    assert "s3cr3t" not in everything_in(failure)


def test_a_mistake_of_ours_before_anything_was_sent_is_none_of_the_vendor_s():
    api = Api(Connection(URL), Masker(), adapter=Answers(KeyError("x"), sent=False))
    with pytest.raises(KeyError):
        api.call("issue", "POST", "/x", changes=True)


@pytest.mark.parametrize("header", ["Gr\xfc\xdfe\n", "line\r\nX-Evil: 1"])
def test_a_request_that_cannot_be_written_is_not_sent(broken_server, everything_in, header):
    api, waits = make_api(broken_server.url)
    failure = refusal(api, changes=True, headers={"X-Auth-Token": header})
    assert (failure.code, failure.maybe_done, waits) == ("bad_option", False, [])
    assert broken_server.requests == []
    assert "evil" not in everything_in(failure).lower()


@pytest.mark.parametrize("interim", [100, 102, 103])
def test_an_interim_reply_is_not_taken_for_the_reply(broken_server, interim):
    """Else the reply would be that to the next request, of another user."""
    broken_server.steps = [b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n" % interim + OK]
    assert make_api(broken_server.url)[0].call("issue", "POST", "/x", changes=True).json() == {}


def test_a_change_of_protocol_is_no_answer(broken_server):
    broken_server.steps = [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"]
    failure = refusal(make_api(broken_server.url)[0], changes=True)
    assert (failure.code, failure.status, failure.maybe_done) == ("bad_reply", 101, True)


@pytest.mark.parametrize(
    ("status", "headers", "changes", "repeated", "code", "maybe_done"),
    [
        (429, {}, False, True, "rate_limited", False),
        (429, {}, True, True, "rate_limited", False),
        (503, {}, False, True, "server_error", False),
        (503, {}, True, False, "server_error", True),
        (503, {"Retry-After": "1"}, False, True, "server_error", False),
        (503, {"Retry-After": "1"}, True, False, "server_error", True),
        (408, {}, False, True, "server_error", False),
        (408, {}, True, False, "server_error", True),
        (999, {}, True, False, "server_error", True),
        (502, {}, False, True, "server_error", False),
        (504, {}, False, True, "server_error", False),
        (502, {}, True, False, "server_error", True),
        (502, {"Retry-After": "1"}, True, False, "server_error", True),
        (500, {}, False, False, "server_error", False),
        (500, {}, True, False, "server_error", True),
        (501, {"Retry-After": "1"}, False, False, "server_error", False),
    ],
)
def test_what_is_done_about_a_status(vendor, status, headers, changes, repeated, code, maybe_done):
    vendor.add("POST", f"{URL}/token/{SECRET}", status=status, headers=headers, body=f"no: {SECRET}")
    api, waits = make_api(retries=2)
    failure = refusal(api, changes=changes)
    assert (failure.code, failure.status, failure.maybe_done) == (code, status, maybe_done)
    assert failure.vendor_message == "no: ***"
    assert SECRET not in failure.message
    assert len(vendor.calls) == (3 if repeated else 1)
    assert len(waits) == (2 if repeated else 0)


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 403, 404, 406, 407, 410, 423, 499])
def test_every_other_status_is_the_vendor_s_business(vendor, status):
    vendor.add("GET", f"{URL}/x", status=status)
    api, waits = make_api()
    assert api.call("check", "GET", "/x").status == status
    assert waits == []


def test_waits_grow_up_to_a_limit(vendor, no_jitter):
    vendor.add("GET", f"{URL}/x", status=429)
    api, waits = make_api(retries=7, retry_timeout=1000)
    with pytest.raises(NoClearAnswer):
        api.call("check", "GET", "/x")
    assert waits == [0.5, 1, 2, 4, 8, 10, 10]


def test_waits_differ_from_host_to_host(vendor, monkeypatch):
    limits = []

    def uniform(low: float, high: float) -> float:
        limits.append((low, high))
        return low

    monkeypatch.setattr(_api, "_RANDOM", SimpleNamespace(uniform=uniform))
    vendor.add("GET", f"{URL}/x", status=429)
    vendor.add("GET", f"{URL}/x", status=200)
    api, waits = make_api()
    api.call("check", "GET", "/x")
    assert (limits, waits) == ([(0.5, 1)], [0.25])


@pytest.mark.parametrize(
    ("retry_timeout", "retries", "expected"),
    [(60, 3, [0.5, 1, 2]), (60, 0, []), (1.5, 3, [0.5, 1]), (1.4, 3, [0.5]), (0, 3, [])],
)
def test_waiting_stays_within_retries_and_retry_timeout(vendor, no_jitter, retry_timeout, retries, expected):
    vendor.add("GET", f"{URL}/x", status=429)
    api, waits = make_api(retries=retries, retry_timeout=retry_timeout)
    with pytest.raises(NoClearAnswer, match="too many requests"):
        api.call("check", "GET", "/x")
    assert waits == expected


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("7", [7, 7]),
        ("0", [0, 0]),
        (" 7 ", [7, 7]),
        ("61", []),
        ("31", [31]),
        ("9" * 400, []),
        ("-1", [0.5, 1]),
        ("soon", [0.5, 1]),
        ("²", [0.5, 1]),
        ("", [0.5, 1]),
        ("Wed, 21 Oct 2099 07:28:00 GMT", [0.5, 1]),
    ],
    ids=lambda value: value[:5] if isinstance(value, str) else None,
)
def test_the_vendor_s_own_wait_is_kept(vendor, no_jitter, retry_after, expected):
    vendor.add("GET", f"{URL}/x", status=429, headers={"Retry-After": retry_after})
    api, waits = make_api(retries=2)
    with pytest.raises(NoClearAnswer):
        api.call("check", "GET", "/x")
    assert waits == expected


def test_a_repeated_request_is_the_same_request(vendor, no_jitter):
    vendor.add("PUT", f"{URL}/x", status=429)
    vendor.add("PUT", f"{URL}/x", status=201)
    api, _waits = make_api()
    assert api.call("issue", "PUT", "/x", changes=True, headers={"X-A": "1"}, json={"a": 1}).status == 201
    first, second = (call.request for call in vendor.calls)
    assert (first.body, first.headers) == (second.body, second.headers)


# Replies


def test_json_is_read_whatever_the_content_type_says():
    assert reply('{"a": 1}', content_type="").json_object() == {"a": 1}
    assert reply("[1]", content_type="text/plain").json() == [1]


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe{", b"[" * 100_000, f"x {SECRET}".encode()])
def test_what_is_no_json_is_an_error(body, everything_in):
    with pytest.raises(
        NoClearAnswer, match=r"^The reply to check is not JSON \(HTTP status 200, content type "
    ) as caught:
        reply(body).json()
    assert caught.value.code == "bad_reply"
    assert "s3cr3t" not in everything_in(caught.value)


def test_bytes_that_are_no_text_are_not_kept_in_the_exception(everything_in):
    with pytest.raises(NoClearAnswer) as caught:
        reply(b'{"token": "s3cr3t\xff"}', changes=True).json()
    assert "s3cr3t" not in everything_in(caught.value)


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null"])
def test_json_of_another_shape_is_an_error(body):
    with pytest.raises(NoClearAnswer, match="is not a JSON object"):
        reply(body).json_object()


def test_a_bad_reply_is_described():
    failure = reply("<h1>Apache</h1>", 404, "", changes=True).bad("is a web page")
    assert failure.message == (
        "The reply to check is a web page (HTTP status 404, content type missing, 15 bytes)."
        " Does api_url lead to the vendor's API?"
    )
    assert (failure.status, failure.vendor_message, failure.maybe_done) == (404, "<h1>Apache</h1>", True)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("{}", "text/html; charset=utf-8", True),
        ("{}", "application/xhtml+xml", True),
        ("\n<!DOCTYPE html>", "", True),
        ("<HTML><body>", "application/json", True),
        ("aws80:1234", "text/plain", False),
        ("{}", "", False),
    ],
)
def test_a_web_page_is_known(body, content_type, expected):
    assert reply(body, content_type=content_type).is_html is expected


def test_an_excerpt_is_short_masked_and_in_one_line():
    assert reply(f"a\n\n b {SECRET}").excerpt == "a b ***"
    assert reply("word " * 100).excerpt == ("word " * 40) + "..."
    # Half a secret at the cut is none
    assert "s3cr" not in reply("word " * 39 + f" {SECRET}").excerpt


def test_no_excerpt_is_made_of_a_reply_that_may_hold_a_new_token():
    assert reply("new-token", changes=True).excerpt == ""
    assert reply("new-token", changes=True).bad("is odd").vendor_message is None
    assert reply("no such user", 400, changes=True).excerpt == "no such user"


@pytest.mark.parametrize("value", [None, "", 1, ["a"], "two words", "line\r\nX-Evil: 1", "Grüße"])
def test_a_token_that_cannot_be_sent_is_none(value):
    with pytest.raises(NoClearAnswer, match="has no usable authToken") as caught:
        reply("{}", changes=True).token(value, "authToken")
    assert caught.value.maybe_done


def test_a_token_found_is_a_secret_from_then_on():
    found = reply("{}")
    assert found.token("n3w", "token") == "n3w"
    assert found.secrets.mask("it is n3w") == "it is ***"


def test_bytes_of_no_encoding_are_still_text():
    assert reply(b"caf\xe9 ").text == "caf\ufffd"


def test_a_cause_is_searched_at_any_depth_but_not_for_ever():
    circle = exceptions.ConnectionError("again")
    circle.__cause__ = circle
    api = Api(Connection(URL), Masker(), adapter=Answers(circle))
    assert "the connection was closed" in refusal(api, changes=True).message
    deep: Exception = OSError(113, "No route to host")
    for kind in (Exception, HTTPError, exceptions.ConnectionError):
        outer = kind()
        outer.__cause__ = deep
        deep = outer
    api = Api(Connection(URL), Masker(), adapter=Answers(deep))
    assert "cannot be reached: No route to host." in refusal(api, changes=True).message


# Texts of others


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_a_secret_is_found_in_every_encoding(encoding):
    said = reply(f"no user with {SECRET}".encode(encoding), 400)
    assert said.excerpt == "no user with ***"
    body = json.dumps({"message": f"no user with {SECRET}"}).encode(encoding)
    assert reply(body, 500, changes=True).vendor_message == "no user with ***"


@pytest.mark.parametrize(
    "text",
    [
        "s\x003\x00c\x00r\x003\x00t\x00&\x00t\x00=\x00k\x00+\x00n\x00",
        "s3c\u200br3t&t=k+n",
        "s3c\u00adr3t&t\x1b=k+n",
        # Not begun with a letter of Latin, of which the zeros would tell the encoding
        ("\u0416\u0416" + SECRET).encode("utf-16-le").decode("latin-1"),
    ],
)
def test_a_secret_is_found_with_unseen_characters_in_between(text):
    for said in (reply(text, 400).excerpt, reply(json.dumps({"info": text}), 400).vendor_message):
        assert said
        assert said.endswith("***")
        assert "s3c" not in said


def test_the_content_type_tells_the_encoding_of_old_texts():
    assert reply(b"caf\xe9", content_type="text/plain; charset=ISO-8859-1").text == "caf\xe9"
    assert reply(b"caf\xe9", content_type='text/plain; Charset="windows-1252"').text == "caf\xe9"
    assert reply(b'"caf\xe9"', content_type="application/json; charset=latin1").json() == "caf\xe9"


@pytest.mark.parametrize("charset", ["rot13", "utf-7", "hex", "unicode_escape", "idna", "none-such", "x" * 99, "\xff"])
def test_no_other_codec_is_let_near_a_text(charset):
    assert reply("caf\xe9", content_type=f"text/plain; charset={charset}").text == "caf\xe9"


def test_what_a_content_type_holds_is_masked_too():
    failure = reply("<html>", content_type=f"text/\x00{SECRET}\nx").bad("is a web page")
    assert "content type text/*** x, 6 bytes" in failure.message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"message": "too many requests", "error": "429", "status": "error"}, "too many requests"),
        ({"status": "error", "info": f"-ERR\n{SECRET}"}, "-ERR ***"),
        ({"generalMessage": "Try later"}, "Try later"),
        ({"error": "slow down"}, "slow down"),
        ({"message": {"deep": 1}, "error": "slow down"}, "slow down"),
        ({"message": " ", "info": "X" * 300}, "***"),
        ({"message": "word " * 100}, "word " * 40 + "..."),
        ({"auth_token": "n3w"}, None),
        (["n3w token"], None),
    ],
)
@pytest.mark.parametrize("status", [429, 500])
def test_of_json_the_vendor_s_words_are_told(vendor, status, body, message):
    vendor.add("POST", f"{URL}/token/{SECRET}", status=status, json=body)
    failure = refusal(make_api(retries=0)[0], changes=True)
    assert failure.vendor_message == message


@pytest.mark.parametrize(
    ("body", "message"), [("n3w", None), ("<h1>Bad Gateway</h1> here", "<h1>Bad Gateway</h1> here")]
)
def test_a_token_handed_on_under_a_gateway_s_status_is_not_shown(vendor, body, message):
    vendor.add("POST", f"{URL}/token/{SECRET}", status=502, body=body)
    assert refusal(make_api()[0], changes=True).vendor_message == message


def test_a_question_s_json_without_words_is_shown_as_it_is():
    assert reply('{"code": 7}', 500).vendor_message == '{"code": 7}'
    assert reply("", 500).vendor_message is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5000])
def test_numbers_that_no_file_could_hold_are_no_json(number):
    with pytest.raises(NoClearAnswer, match="is not JSON"):
        reply(f'{{"expires": {number}}}').json()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"\ud800": ["a\uDfffb"]}', {"?": ["a?b"]}),
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\\ud800 \u0041"', r"\ud800 A"),
    ],
)
def test_half_a_character_never_leaves_a_reply(text, value):
    assert reply(text).json() == value


def test_half_a_character_in_utf_16_is_no_json():
    with pytest.raises(NoClearAnswer, match="is not JSON"):
        reply(b'"\x00\x00\xd8"\x00').json()
