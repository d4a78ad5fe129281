# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of HTTP share: servers on loopback that misbehave, and a look into exceptions."""

from __future__ import annotations

import http.server
import io
import socket
import socketserver
import ssl
import struct
import threading
import time
import traceback
import typing as t
from importlib.metadata import version
from pathlib import Path

import pytest
import responses
import trustme
from hypothesis import HealthCheck, settings

from ansible_collections.telephony.auth.plugins.module_utils._connection import _environ_proxies
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession

# A busy machine is no reason to fail, and nothing is left behind in the checkout
settings.register_profile("unit", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unit")
# More logins than in a run, and nobody who counts them. What is about the pace has one of its own.
RingcxSession.pace.seconds = 0
if version("urllib3").startswith("1.24."):
    # What responses has in place of a body takes itself for closed too early there, and it has no option for that
    # pylint: disable-next=protected-access
    responses._handle_body = lambda body: io.BytesIO(body.encode() if isinstance(body, str) else t.cast(bytes, body))

HANG = "hang"
RESET = "reset"
DRIP = "drip"
FLOOD = "flood"


class _Handler(socketserver.StreamRequestHandler):
    server: BrokenServer

    def handle(self) -> None:
        while True:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line:
                    return
                head += line
            length = [
                int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length:")
            ]
            self.server.requests.append(head + self.rfile.read(sum(length)))
            step = self.server.steps.pop(0)
            for part in step if isinstance(step, tuple) else (step,):
                if part == HANG:
                    self.server.over.wait(30)
                elif part == DRIP:
                    while not self.server.over.wait(0.02):
                        self.wfile.write(b"x")
                elif part == FLOOD:
                    while not self.server.over.is_set():
                        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                elif part == RESET:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    self.wfile.write(t.cast(bytes, part))
            if (
                b"\r\nconnection: close" in head.lower()
                or not isinstance(step, bytes)
                or b"Content-Length: 0" not in step
            ):
                return


class BrokenServer(socketserver.ThreadingTCPServer):
    """Answers the next request with the next step, byte for byte, and then closes the connection.

    A step is what to send, HANG (say nothing until the test is over), DRIP (a byte now and then until it is over), FLOOD
    (interim replies without end), RESET (abort the connection), or a tuple of those.
    Only a reply without content keeps the connection.
    """

    allow_reuse_address = True
    daemon_threads = True
    host = "127.0.0.1"

    def __init__(self) -> None:
        super().__init__((self.host, 0), _Handler)
        self.steps: list[object] = []
        self.requests: list[bytes] = []
        self.over = threading.Event()

    def handle_error(self, _request: t.Any, _client_address: t.Any) -> None:
        """Clients go away, which is no error here."""

    def shutdown_request(self, request: t.Any) -> None:
        # Not in the polite way of the parent, which would say goodbye before a reset
        self.close_request(request)

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.server_address[1]}"


def serving(kind: type[BrokenServer]) -> t.Iterator[BrokenServer]:
    with kind() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def broken_server() -> t.Iterator[BrokenServer]:
    yield from serving(BrokenServer)


class Ipv6Server(BrokenServer):
    address_family = socket.AF_INET6
    host = "::1"


@pytest.fixture
def ipv6_server() -> t.Iterator[BrokenServer]:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("This machine has no IPv6")
    yield from serving(Ipv6Server)


@pytest.fixture
def closed_port() -> t.Iterator[int]:
    """A port on which nobody listens, kept so for the test."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own proxies, certificates and options stay out of the tests, and those of earlier tests too."""
    _environ_proxies.cache_clear()
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle", "netrc"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def everything_in(error: BaseException) -> str:
    """All text of an exception, of those inside it and of those it was raised from."""
    todo: list[object] = [error]
    seen: list[object] = []
    while todo:
        current = todo.pop()
        if current is not None and not any(current is other for other in seen):
            seen.append(current)
            if isinstance(current, BaseException):
                todo += [current.__cause__, current.__context__, *current.args, *vars(current).values()]
    text = "\n".join(f"{each!s} {each!r}" for each in seen if isinstance(each, (str, bytes, BaseException)))
    return text + "".join(traceback.format_exception(type(error), error, None))


@pytest.fixture(name="everything_in")
def _everything_in() -> t.Callable[[BaseException], str]:
    return everything_in


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


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

        def do_DELETE(self) -> None:
            """Do the work and say nothing."""

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


@pytest.fixture
def client_files(authority: trustme.CA, tmp_path: Path) -> tuple[str, str]:
    issued = authority.issue_cert("joe@example.com")
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    return str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
