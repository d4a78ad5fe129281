# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip
import http.server
import io
import re
import ssl
import threading
import time
import typing as t
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import responses
import trustme
from requests import exceptions
from urllib3.exceptions import HTTPError, LocationParseError, MaxRetryError, NameResolutionError

from ansible_collections.telephony.auth.plugins.module_utils import _api
from ansible_collections.telephony.auth.plugins.module_utils._api import (
    MAX_REPLY_BYTES,
    Api,
    Connection,
    Reply,
    _environ_proxies,
    connection,
    normalize_api_url,
)
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer, OptionError
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.conftest import DRIP, FLOOD, HANG, RESET

URL = "https://pbx.example/api"
SECRET = "s3cr3t&t=k+n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
OPTIONS: dict[str, t.Any] = {
    "api_url": URL,
    "validate_certs": True,
    "ca_path": None,
    "client_cert": None,
    "client_key": None,
    "proxy": None,
    "timeout": 30,
    "retries": 3,
    "retry_timeout": 60,
}


class Waits(list):  # type: ignore[type-arg]
    """A sleep that only notes how long it would have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def make_api(url: str = URL, **settings: t.Any) -> tuple[Api, Waits]:
    waits = Waits()
    return Api(Connection(url, **settings), Masker([SECRET]), adapter=LimitedAdapter(), sleep=waits), waits


@pytest.fixture
def vendor() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def no_jitter(monkeypatch):
    monkeypatch.setattr(_api, "_RANDOM", SimpleNamespace(uniform=lambda _low, high: high))


def reply(body: bytes | str = b"", status: int = 200, content_type: str = "application/json", **more: t.Any) -> Reply:
    body = body if isinstance(body, bytes) else body.encode()
    return Reply("check", status, content_type, body, Masker([SECRET]), **more)


# api_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://pbx.example.com", "https://pbx.example.com"),
        ("https://pbx.example.com/", "https://pbx.example.com"),
        ("https://pbx.example.com//", "https://pbx.example.com"),
        (" https://PBX.Example.com:8443/V2/ ", "https://pbx.example.com:8443/V2"),
        ("HTTPS://pbx.example.com/a", "https://pbx.example.com/a"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.2", "http://127.0.0.2"),
        ("http://[::1]:80/a/", "http://[::1]:80/a"),
    ],
)
def test_an_api_url_is_brought_into_one_form(given, expected):
    assert normalize_api_url(given) == expected


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("", "must start with https://"),
        ("pbx.example.com", "must start with https://"),
        ("pbx.example.com:8443/v2", "must start with https://"),
        ("//pbx.example.com", "must start with https://"),
        ("ftp://pbx.example.com", "must start with https://"),
        ("https://", "must start with https://"),
        ("https:///path", "must start with https://"),
        ("https://joe@pbx.example.com", "must not contain a user name or password"),
        ("https://joe:pw@pbx.example.com", "must not contain a user name or password"),
        ("https://:@pbx.example.com", "must not contain a user name or password"),
        ("https://pbx.example.com?token=pw", r"must not contain a query"),
        ("https://pbx.example.com/#pw", r"must not contain a query"),
        ("https://pbx.example.com:port", "is not a valid URL"),
        ("https://pbx.example.com:99999", "is not a valid URL"),
        ("https://[::1", "is not a valid URL"),
        ("https://[pbx]/", "is not a valid URL"),
        ("https://pbx example.com", "is not a valid URL"),
        ("https://pbx.example.com/a b", "is not a valid URL"),
        ("https://.example.com", "is not a valid URL"),
        ("https://*.example.com", "is not a valid URL"),
        ("https://pbx..example.com", "is not a valid URL"),
        (f"https://{'a' * 64}.example.com", "is not a valid URL"),
        ("http://pbx.example.com", "uses http://"),
        ("http://10.0.0.1", "uses http://"),
        ("http://localhost.example.com", "uses http://"),
    ],
)
def test_a_bad_api_url_is_an_error_that_names_the_option(given, complaint):
    with pytest.raises(OptionError, match=f"^api_url {complaint}") as caught:
        connection({**OPTIONS, "api_url": given})
    assert "pw" not in str(caught.value)


def test_plain_http_is_possible_for_who_accepts_it():
    assert (
        connection({**OPTIONS, "api_url": "http://pbx.example", "validate_certs": False}).api_url
        == "http://pbx.example"
    )


# The other options


def test_the_options_become_a_connection():
    assert connection(OPTIONS) == Connection(URL, True, None, {}, 30, 3, 60)
    assert connection({**OPTIONS, "validate_certs": False, "ca_path": "/ignored"}).verify is False


@pytest.mark.parametrize(
    ("option", "value", "least"), [("timeout", 0, 1), ("timeout", -1, 1), ("retries", -1, 0), ("retry_timeout", -1, 0)]
)
def test_numbers_have_a_least_value(option, value, least):
    with pytest.raises(OptionError, match=f"^{option} must be at least {least}, not {value}"):
        connection({**OPTIONS, option: value})
    assert connection({**OPTIONS, option: least})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


def test_ca_path_may_be_a_file_or_a_directory(ca_file):
    assert connection({**OPTIONS, "ca_path": ca_file}).verify == ca_file
    directory = str(Path(ca_file).parent)
    assert connection({**OPTIONS, "ca_path": directory}).verify == directory


def test_a_ca_path_that_is_of_no_use_is_named(tmp_path):
    with pytest.raises(OptionError, match=f"^ca_path {tmp_path}/none cannot be read: No such file"):
        connection({**OPTIONS, "ca_path": f"{tmp_path}/none"})
    (tmp_path / "text").write_text("no certificate")
    with pytest.raises(OptionError, match=f"^ca_path {tmp_path}/text does not hold certificates in PEM format"):
        connection({**OPTIONS, "ca_path": f"{tmp_path}/text"})


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_s_certificates_are_used_where_the_options_are_silent(monkeypatch, ca_file, variable, tmp_path):
    monkeypatch.setenv(variable, ca_file)
    assert connection(OPTIONS).verify == ca_file
    assert connection({**OPTIONS, "validate_certs": False}).verify is False
    assert connection({**OPTIONS, "ca_path": str(tmp_path)}).verify == str(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path / "none"))
    with pytest.raises(OptionError, match=f"^{variable} {tmp_path}/none cannot be read"):
        connection(OPTIONS)


@pytest.fixture
def client_files(authority: trustme.CA, tmp_path: Path) -> tuple[str, str]:
    issued = authority.issue_cert("joe@example.com")
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")


def test_a_client_certificate_may_hold_its_key(client_files, tmp_path):
    cert, key = client_files
    assert connection({**OPTIONS, "client_cert": cert, "client_key": key}).client_cert == (cert, key)
    both = tmp_path / "both.pem"
    both.write_bytes(Path(cert).read_bytes() + Path(key).read_bytes())
    assert connection({**OPTIONS, "client_cert": str(both)}).client_cert == str(both)


def test_a_client_certificate_of_no_use_is_named(client_files, authority, tmp_path):
    cert, key = client_files
    with pytest.raises(OptionError, match=r"^client_cert are not a certificate and its unencrypted private key"):
        connection({**OPTIONS, "client_cert": cert})
    with pytest.raises(OptionError, match=r"^client_cert and client_key are not"):
        connection({**OPTIONS, "client_cert": key, "client_key": cert})
    with pytest.raises(OptionError, match=r"^client_cert and client_key cannot be read: No such file"):
        connection({**OPTIONS, "client_cert": cert, "client_key": f"{tmp_path}/none"})
    authority.issue_cert("other@example.com").private_key_pem.write_to_path(key)
    with pytest.raises(OptionError, match=r"^client_cert and client_key are not"):
        connection({**OPTIONS, "client_cert": cert, "client_key": key})


def test_an_encrypted_key_is_an_error_and_no_question_on_the_terminal(client_files, monkeypatch):
    cert, key = client_files
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(Path(key).read_bytes(), None)
    encrypted = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(b"password"),
    )
    Path(key).write_bytes(encrypted)
    with pytest.raises(OptionError, match="unencrypted"):
        connection({**OPTIONS, "client_cert": cert, "client_key": key})


@pytest.mark.parametrize(
    "proxy",
    [
        "proxy:3128",
        "proxy.example",
        "socks5://proxy",
        "http://",
        "http://:3128",
        "http://p:0",
        "http://p:x",
        "http://[p",
    ],
)
def test_a_bad_proxy_is_named_but_not_quoted(proxy):
    with pytest.raises(OptionError, match=r"^proxy must be a URL like http://proxy\.example\.com:3128\.$"):
        connection({**OPTIONS, "proxy": proxy})


@pytest.fixture(autouse=True)
def _fresh_environment():
    """A process looks at its environment only once."""
    _api._environ_proxies.cache_clear()  # pylint: disable=protected-access  # what a new process would have


def test_the_option_wins_over_the_environment_s_proxy(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:3128")
    assert connection(OPTIONS).proxies["https"] == "http://environment:3128"
    assert connection({**OPTIONS, "proxy": "http://option:1"}).proxies == {
        "http": "http://option:1",
        "https": "http://option:1",
    }
    monkeypatch.setenv("NO_PROXY", "pbx.example")
    _environ_proxies.cache_clear()
    assert connection(OPTIONS).proxies == {}


@pytest.mark.parametrize("api_url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]"])
def test_what_is_meant_for_this_host_goes_to_no_proxy_of_the_environment(monkeypatch, api_url):
    """Else credentials would leave the host in plain http."""
    monkeypatch.setenv("HTTP_PROXY", "http://environment:3128")
    assert connection({**OPTIONS, "api_url": api_url}).proxies == {}


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


# TLS


@pytest.fixture
def tls_server(authority: trustme.CA) -> t.Iterator[tuple[ssl.SSLContext, str]]:
    """A server with a certificate for localhost, of an authority that nobody else knows."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def do_POST(self) -> None:
            """A byte now and then, until the client has enough."""
            self.send_response(200)
            self.send_header("Content-Length", "500")
            self.end_headers()
            for _byte in range(500):
                self.wfile.write(b"x")
                time.sleep(0.02)

        def log_message(self, *_arguments: t.Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: t.Any, client_address: t.Any) -> None:
            # In the thread of the connection, where a failed handshake stops nobody else
            try:
                super().finish_request(context.wrap_socket(request, server_side=True), client_address)
            except OSError:
                pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield context, f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


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
    with pytest.raises(NoClearAnswer, match=r"not valid for '127.0.0.1'") as caught:
        call_with({"api_url": url.replace("localhost", "127.0.0.1"), "ca_path": ca_file})
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


def refusal(api: Api, *, changes: bool = False, **more: t.Any) -> NoClearAnswer:
    with pytest.raises(NoClearAnswer) as caught:
        api.call("issue", "POST", f"/token/{SECRET}", changes=changes, **more)
    return caught.value


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
    assert (failure.maybe_done, waits) == (False, [])


def test_a_redirect_without_target_is_the_vendor_s_business(vendor):
    vendor.add("GET", f"{URL}/x", status=301, json={"info": "Set security code"})
    assert make_api()[0].call("issue", "GET", "/x").status == 301


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


def test_half_a_reply_is_none_for_old_versions_of_urllib3_either():
    """Version 1 does not compare what it got with what was promised."""

    class Adapter(LimitedAdapter):
        def send_within(self, *_arguments: t.Any, **_more: t.Any) -> requests.Response:
            response = requests.Response()
            response.status_code, response.raw = 200, io.BytesIO(b"{}")
            response.headers["Content-Length"] = "100"
            return response

    api = Api(Connection(URL, retries=0), Masker(), adapter=Adapter())
    with pytest.raises(NoClearAnswer, match="was cut off"):
        api.call("check", "GET", "/x")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate"])
def test_a_compressed_reply_was_not_asked_for(vendor, encoding):
    vendor.add("GET", f"{URL}/x", body=gzip.compress(b"{}"), headers={"Content-Encoding": encoding})
    with pytest.raises(NoClearAnswer, match="compressed although that was not asked for") as caught:
        make_api()[0].call("check", "GET", "/x")
    assert caught.value.code == "bad_reply"


@pytest.mark.parametrize("header", [b"Content-Encoding: identity", b"Content-Length: \xb2", b"Content-Length: two"])
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
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable", "cannot be reached: "),
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
    assert failure.message == f"The proxy does not lead to {url}: Connection refused. See the option proxy."
    assert (failure.code, failure.maybe_done) == ("unreachable", False)
    assert "s3cr3t" not in everything_in(failure)


LOST = exceptions.ConnectionError("https://pbx.example/api/s3cr3t")
UNKNOWN = exceptions.ConnectionError(MaxRetryError(None, "/s3cr3t", NameResolutionError("pbx", None, OSError(-2, ""))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "code", "what", "repeated"),
    [
        (exceptions.ConnectTimeout("s3cr3t"), "timeout", "did not accept a connection within 30 seconds", True),
        (exceptions.ReadTimeout("s3cr3t"), "timeout", "did not complete its answer within 30 seconds", False),
        (LOST, "unreachable", "cannot be reached: ", False),
        (UNKNOWN, "unreachable", "cannot be reached: name or address unknown", True),
        (exceptions.SSLError("s3cr3t"), "tls", "cannot be trusted", False),
        (exceptions.InvalidHeader("s3cr3t"), "bad_option", "cannot be asked: InvalidHeader", False),
        (LocationParseError("s3cr3t"), "bad_option", "cannot be asked: LocationParseError", False),
        (exceptions.RetryError("s3cr3t"), "unreachable", "cannot be asked: RetryError", False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_exception_of_requests_is_told_in_own_words(vendor, everything_in, error, code, what, repeated):
    vendor.add("POST", f"{URL}/token/{SECRET}", body=error)
    api, waits = make_api()
    failure = refusal(api, changes=True)
    assert failure.code == code
    assert what in failure.message
    assert len(waits) == (3 if repeated else 0)
    assert "s3cr3t" not in everything_in(failure)


@pytest.mark.parametrize(
    ("status", "headers", "changes", "repeated", "code", "maybe_done"),
    [
        (429, {}, False, True, "rate_limited", False),
        (429, {}, True, True, "rate_limited", False),
        (503, {}, False, True, "server_error", False),
        (503, {}, True, False, "server_error", True),
        (503, {"Retry-After": "1"}, False, True, "server_error", False),
        (503, {"Retry-After": "1"}, True, True, "server_error", False),
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


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 401, 403, 404, 406, 410, 423])
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


def test_a_cause_is_searched_at_any_depth_but_not_for_ever(vendor):
    circle = exceptions.ConnectionError("again")
    circle.__cause__ = circle
    vendor.add("POST", f"{URL}/token/{SECRET}", body=circle)
    assert "the connection was closed" in refusal(make_api()[0], changes=True).message
    deep: Exception = OSError(113, "No route to host")
    for kind in (Exception, HTTPError, exceptions.ConnectionError):
        outer = kind()
        outer.__cause__ = deep
        deep = outer
    vendor.replace("POST", f"{URL}/token/{SECRET}", body=deep)
    assert "cannot be reached: No route to host." in refusal(make_api()[0], changes=True).message
