# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vendor that means harm, or has gone mad: time and memory stay bounded, the error is clear, nothing is lost."""

from __future__ import annotations

import contextlib
import gzip
import json
import resource
import socketserver
import threading
import time
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._store import FileStore
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import Json
from ansible_collections.telephony.auth.tests.lifecycle.drive import drive
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt

DOMAIN_TOKEN = jwt(id="3f2504e0-4f89-41d3-9a0c-0305e82c3301", d="mydomain.com", exp=2_000_000_000_000)
ACCOUNT_TOKEN = jwt(account_id="a0c0ffee00000000000000000000ac3e", exp=2_000_000_000)
OPTIONS: dict[str, Json] = {
    "vacd": {"username": "joe", "auth_token": "an-auth-token"},
    "vacd_login": {"username": "joe", "password": "p&ss w0rd"},
    "kazoo": {"username": "joe", "password": "p&ss w0rd", "account_name": "acme"},
    "ringcx_session": {"username": "joe", "rc_access_token": "an-access-token"},
    "kazoo_api_key": {"auth_token": ACCOUNT_TOKEN},
    "webitel": {"username": "joe", "password": "p&ss w0rd"},
    "webitel_domain_token": {"auth_token": DOMAIN_TOKEN, "role": "admin"},
    "ipcortex": {"username": "joe", "password": "p&ss w0rd"},
    "dialer": {"username": "joe", "password": "p&ss w0rd", "check_path": "/check.json"},
}
KNOWN: dict[str, Json] = {
    "vacd": {"api_token": "the-known-token"},
    "vacd_login": {"auth_token": "the-known-token"},
    "kazoo": {"auth_token": "the-known-token"},
    "ringcx_session": {"access_token": "the-known-token", "refresh_token": "the-refresh-token"},
    "kazoo_api_key": {"api_key": 64 * "a"},
    "webitel": {"token": "the-known-token", "key": "the-known-key"},
    "webitel_domain_token": {"token": DOMAIN_TOKEN},
    "ipcortex": {"session": "the-known-token"},
    "dialer": {"token": "the-known-token"},
}
MEBIBYTE = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def reply(body: bytes, headers: bytes = b"") -> list[bytes]:
    return [OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body]


def endless(head: bytes, part: bytes) -> Iterator[bytes]:
    """10 GiB, unless the client has had enough before."""
    yield head
    for _number in range(10 * 1024 * MEBIBYTE // len(part)):
        yield part


def a_byte_a_second() -> Iterator[bytes]:
    yield OK + b"Content-Length: 1000\r\n\r\n"
    for _number in range(1000):
        yield b" "
        time.sleep(1)


BOMB = gzip.compress(b"0" * (64 * MEBIBYTE))
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
HOSTILE: dict[str, t.Callable[[], t.Iterable[bytes]]] = {
    "10 GiB": lambda: endless(OK + b"Content-Length: 10737418240\r\n\r\n", b"x" * 65536),
    "10 GiB in chunks": lambda: endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "10 GiB without length": lambda: endless(OK + b"\r\n", b"[" * 65536),
    "10 GiB of status line": lambda: endless(b"HTTP/1.1 200 ", b"x" * 65536),
    "10 GiB of one header": lambda: endless(OK + b"X-Long: ", b"x" * 65536),
    "10 GiB of headers": lambda: endless(OK, b"X-More: x\r\n" * 6000),
    "10 GiB of interim replies": lambda: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
    "a byte a second": a_byte_a_second,
    "10,000 headers": lambda: reply(b"{}", b"".join(b"X-Header-%d: x\r\n" % number for number in range(10_000))),
    "deeply nested lists": lambda: reply(b"[" * 500_000 + b"]" * 500_000),
    "deeply nested objects": lambda: reply(b'{"a":' * 150_000 + b"1" + b"}" * 150_000),
    "no UTF-8": lambda: reply(b'{"token": "\xff\xfe\xc3\x28", "message": "\x80"}'),
    "NUL bytes": lambda: reply(b'{"token": "a\0b", "auth_token": "a\\u0000b"}'),
    "nothing but NUL bytes": lambda: reply(b"\0" * 1000),
    "a gzip bomb": lambda: reply(BOMB, b"Content-Encoding: gzip\r\n"),
    "a gzip bomb in transfer": lambda: [OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n" % len(BOMB) + BOMB],
    "a huge number": lambda: reply(b'{"expires": ' + b"9" * 500_000 + b"}"),
    "a huge exponent": lambda: reply(b'{"token": "abc", "key": "k", "expires": 1e400, "result": "success"}'),
    "half a surrogate": lambda: reply(b'{"token": "\\ud800", "auth_token": "\\ud800", "user": {"session": "\\udfff"}}'),
    "no HTTP": lambda: [b"\x16\x03\x01\x02\x00" + b"\xff" * 5000],
    "HTTP 0.9": lambda: [b"[]"],
    "a length that is none": lambda: [OK + b"Content-Length: -1\r\n\r\n[]"],
    "two lengths": lambda: [OK + b"Content-Length: 2\r\nContent-Length: 200\r\n\r\n[]"],
    "a chunk that is none": lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nxx\r\n"],
    "a date beyond all": lambda: reply(b"[]", b"Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
    "a redirect of 1 MiB": lambda: [b"HTTP/1.1 302 Found\r\nLocation: http://" + b"a" * MEBIBYTE + b"\r\n\r\n"],
    "to wait for ever": lambda: [b"HTTP/1.1 429 Wait\r\nRetry-After: 99999999999999\r\nContent-Length: 0\r\n\r\n"],
}


class _Handler(socketserver.BaseRequestHandler):
    server: HostileServer

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data = b""
                while b"\r\n\r\n" not in data:
                    more = self.request.recv(65536)
                    if not more:
                        return
                    data += more
                head, _end, body = data.partition(b"\r\n\r\n")
                length = sum(
                    int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
                )
                while len(body) < length:
                    body += self.request.recv(65536)
                answer, keep = self.server.answer(head)
                for part in answer:
                    self.request.sendall(part)
                    self.server.sent += len(part)
                    if self.server.over.is_set():
                        return
                if not keep:
                    return


class HostileServer(socketserver.ThreadingTCPServer):
    """Answers what answer() says."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.over = threading.Event()
        self.sent = 0
        self.hostile: t.Callable[[], t.Iterable[bytes]] = list
        self.polite: t.Callable[[bytes], bytes | None] = lambda _head: None

    def answer(self, head: bytes) -> tuple[t.Iterable[bytes], bool]:
        polite = self.polite(head)
        return ([polite], True) if polite else (self.hostile(), False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def vendor_server() -> Iterator[HostileServer]:
    with HostileServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def attempt(vendor: str, url: str, path: Path, **options: t.Any) -> Json:
    """A run that must come to an end soon, without eating the memory, and in good order."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    base = {**OPTIONS[vendor], "api_url": url, "path": str(path), "timeout": 2, "retries": 1, "retry_timeout": 2}
    ran = drive(vendor, {**base, **options})
    figures.count("hostile replies")
    assert time.monotonic() - began < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024, "memory in KiB"
    if ran.get("failed"):
        assert ran["failure"]["code"] not in ("internal_error", "bad_option", "identity_unknown"), ran["msg"]
        assert len(ran["msg"]) < 2000
        assert ran["msg"].isprintable()
    return ran


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_hostile_reply_to_a_question_costs_nothing(vendor_server, tmp_path, vendor, hostile):
    vendor_server.hostile = HOSTILE[hostile]
    path = tmp_path / "joe.json"
    ran = attempt(vendor, vendor_server.url, path, **KNOWN[vendor])
    assert ran.get("failed") or not ran["changed"] or path.exists()
    assert vendor_server.sent < 200 * MEBIBYTE


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_hostile_reply_in_place_of_a_new_token_costs_no_token(vendor_server, tmp_path, vendor, hostile):
    """The old one stays on record, and the run tells what may have happened."""
    path = tmp_path / "joe.json"
    known = json.dumps({"id": "joe", "username": "joe"}).encode() if vendor == "webitel" else b'["the-known-token"]'

    def polite(head: bytes) -> bytes | None:
        issues = head.startswith((b"POST /v1/admin/token", b"POST /login"))
        return None if issues else reply(known)[0]

    vendor_server.polite = polite
    vendor_server.hostile = HOSTILE[hostile]
    assert attempt(vendor, vendor_server.url, path, **KNOWN[vendor])["changed"]
    ran = attempt(vendor, vendor_server.url, path, renew="always")
    record = FileStore(lambda _record: {}, str(path)).load()
    assert record
    assert record.token
    assert record.token.value == "the-known-token" if ran.get("failed") else ran["changed"]
    if ran.get("failed") and ran["failure"]["maybe_done"]:
        assert "that nobody knows" in ran["msg"]
        # At vacd the list tells, and one may yet appear on it.
        assert bool(record.attempts) is (vendor == "vacd")


@pytest.mark.parametrize(
    "token",
    ["two\nlines", "a\r\nX-Evil: 1", "a b", "ümlaut", "\x1b[31mred", "", "a\0", " ", "x" * (512 * 1024)],
    ids=lambda token: repr(token[:12]),
)
def test_a_token_that_cannot_be_one_is_refused_and_told(vendor_server, tmp_path, token):
    answer = json.dumps({"token": token, "key": "k"}).encode()
    vendor_server.hostile = lambda: reply(answer)
    ran = attempt("webitel", vendor_server.url, tmp_path / "joe.json")
    assert ran["failure"]["code"] == "bad_reply"
    assert "nobody knows" in ran["msg"]


@pytest.mark.parametrize(
    "token", ["$(reboot)", "`reboot`", "a;reboot", "'\"", "{{7*7}}", "../../etc/passwd", "%0d%0a", "-rf"]
)
def test_a_token_of_shell_characters_is_a_token(vendor_server, tmp_path, token):
    """Nothing here passes it to a shell or a template."""
    answers = {b"POST /login": {"token": token, "key": token}, b"GET /api": {"id": "joe"}}
    vendor_server.polite = lambda head: next(
        reply(json.dumps(answer).encode())[0] for start, answer in answers.items() if head.startswith(start)
    )
    path = tmp_path / "joe.json"
    assert attempt("webitel", vendor_server.url, path)["changed"]
    assert json.loads(path.read_bytes())["token"] == token
    assert not attempt("webitel", vendor_server.url, path)["changed"]
