# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Requests does not tell or do: whether a request may have left, and a limit for the whole of a reply.

The timeouts of Requests only limit how long nothing at all arrives.
"""

from __future__ import annotations

import io
import math
import socket
import time
import typing as t
from http.client import HTTPResponse

# pylint: disable=no-member  # it takes the stand-ins at the end of the imports for the classes themselves

try:
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
except ImportError:  # _api says so to the user
    HTTPAdapter = HTTPConnection = HTTPSConnection = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore


class LimitedAdapter(HTTPAdapter):
    """Keeps connections and nothing else; a reply must be complete timeout seconds after its request began."""

    # Whether the first byte of the last request may have left this host, for the vendor or for a proxy that hands it on.
    sent = True
    _ends_at = math.inf

    def send_within(self, timeout: float, request: t.Any, **more: t.Any) -> t.Any:
        """What send() gives back, with the content still to be read."""
        self.sent = False
        self._ends_at = time.monotonic() + timeout
        return self.send(request, stream=True, timeout=timeout, **more)

    def limit(self, sock: t.Any) -> None:
        """Let the next operation of a socket take no longer than is left."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        sock.settimeout(left)

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._limit_all(self.poolmanager)

    def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._limit_all(manager)
        return manager

    def _limit_all(self, manager: t.Any) -> None:
        """Have a pool manager make connections that tell when they send, and whose replies are limited."""
        adapter = self

        class Reply(HTTPResponse):
            def __init__(self, sock: t.Any, *args: t.Any, **kwargs: t.Any) -> None:
                super().__init__(sock, *args, **kwargs)
                self.fp.close()
                self.fp = io.BufferedReader(_LimitedReader(adapter, sock))

            def _read_status(self) -> tuple[str, int, str]:
                """http.client skips 100 alone; taking another interim reply for the reply would leave that one to the next request."""
                version, status, reason = super()._read_status()  # type: ignore[misc]
                return version, 100 if status in (102, 103) else status, reason

        class Http(HTTPConnection):
            response_class = Reply
            _stands = False

            def connect(self) -> None:
                self._stands = False
                super().connect()
                self._stands = True

            def send(self, data: t.Any) -> None:
                if self.sock is None and self.auto_open:
                    self.connect()
                # What goes out before is for the proxy alone: its tunnel, and the handshakes.
                adapter.sent = adapter.sent or self._stands
                super().send(data)

        class Https(Http, HTTPSConnection):
            pass

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}


class _LimitedReader(io.RawIOBase):
    """What a socket receives."""

    def __init__(self, adapter: LimitedAdapter, sock: t.Any) -> None:
        super().__init__()
        self._adapter = adapter
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        self._adapter.limit(self._sock)
        return t.cast("int | None", self._raw.readinto(buffer))

    def close(self) -> None:
        self._raw.close()
        super().close()
