# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A limit for the whole of a request. The timeouts of Requests only limit how long nothing at all arrives."""

from __future__ import annotations

import contextlib
import socket
import threading
import typing as t
import weakref

# pylint: disable=no-member  # it takes the stand-ins at the end of the imports for the classes themselves

try:
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
except ImportError:  # _api says so to the user
    HTTPAdapter = HTTPConnection = HTTPSConnection = HTTPConnectionPool = HTTPSConnectionPool = object  # type: ignore


class Deadline:
    """Whether the time of a request was up before it was done."""

    passed = False


class LimitedAdapter(HTTPAdapter):
    """Sends requests over connections that it can cut."""

    def __init__(self) -> None:
        self._connections: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        super().__init__()

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> t.Iterator[Deadline]:
        """Cut the connections when the body of this with statement takes longer."""
        deadline = Deadline()

        def cut() -> None:
            deadline.passed = True
            for connection in list(self._connections):
                if connection.sock is not None:
                    with contextlib.suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield deadline
        finally:
            timer.cancel()
            # It may be at work just now, and must not cut the next request.
            timer.join()

    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._watch(manager)
        return manager

    def _watch(self, manager: t.Any) -> None:
        """Have a pool manager make connections that are known here from their beginning."""
        connections = self._connections

        class Http(HTTPConnection):
            def connect(self) -> None:
                connections.add(self)
                super().connect()

        class Https(HTTPSConnection):
            def connect(self) -> None:
                connections.add(self)
                super().connect()

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}
