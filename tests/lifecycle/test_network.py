# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that are cut between the module and the vendor, by a proxy that forwards bytes and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import typing as t
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.test_kills import ROTATE, STEPS, is_repaired, prepare

CUTS = ("before", "after", "midway", "silence")


class Proxy:
    """Forwards TCP connections to one address. Of the requests, the one with this number is cut off:

    before it reaches the vendor, after it reached him, midway through his reply, or never, but nothing comes back.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.target = t.cast(str, parts.hostname), t.cast(int, parts.port)
        self.cut: tuple[int, str] | None = None
        self.requests = 0
        self.loop = asyncio.new_event_loop()
        self.tasks: set[asyncio.Task[None]] = set()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}{parts.path}"
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def stop(self) -> None:
        def end() -> None:
            self.server.close()
            for task in self.tasks:
                task.cancel()
            self.loop.call_soon(self.loop.stop)

        self.loop.call_soon_threadsafe(end)
        self.thread.join()
        self.loop.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = t.cast("asyncio.Task[None]", asyncio.current_task())
        self.tasks.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            vendor_reader, vendor_writer = await asyncio.open_connection(*self.target)
            while await self.forward(reader, writer, vendor_reader, vendor_writer):
                pass
            vendor_writer.close()
        writer.transport.abort()
        self.tasks.discard(task)

    async def forward(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        vendor_reader: asyncio.StreamReader,
        vendor_writer: asyncio.StreamWriter,
    ) -> bool:
        request = await self.message(reader)
        number, self.requests = self.requests, self.requests + 1
        to_cut, way = self.cut or (-1, "")
        cut = way if to_cut == number else ""
        if cut == "before":
            return False
        vendor_writer.write(request)
        reply = await self.message(vendor_reader)
        if cut == "silence":
            await asyncio.sleep(60)
        if cut == "after":
            return False
        writer.write(reply[: len(reply) - len(reply) // 4] if cut == "midway" else reply)
        await writer.drain()
        return cut == ""

    @staticmethod
    async def message(reader: asyncio.StreamReader) -> bytes:
        """One request or reply; all of them have a Content-Length or no body."""
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [int(line[15:]) for line in head.lower().splitlines() if line.startswith(b"content-length:")]
        return head + await reader.readexactly(sum(lengths))


@pytest.fixture
def through(sim) -> Iterator[t.Callable[[str], Proxy]]:
    proxies: list[Proxy] = []

    def make(url: str) -> Proxy:
        proxies.append(Proxy(url))
        return proxies[-1]

    yield make
    for proxy in proxies:
        proxy.stop()


CASES = [(vendor, step, cut) for vendor, steps in STEPS.items() for step in range(len(steps)) for cut in CUTS]
NAMES = [f"{vendor}, {STEPS[vendor][step]}, {cut}" for vendor, step, cut in CASES]


@pytest.mark.parametrize(("vendor", "step", "cut"), CASES, ids=NAMES)
def test_a_connection_that_is_cut_loses_nothing(user, through, vendor, step, cut):
    joe = user(vendor)
    proxy = through(joe.base["api_url"])
    joe.base["api_url"] = proxy.url
    prepare(joe)
    proxy.requests, proxy.cut = 0, (step, cut)
    joe.base["timeout"] = 1
    ran = joe.run(**ROTATE)
    assert proxy.requests > step
    figures.count("faults injected")
    if ran.get("failed"):
        assert ran["failure"]["code"] in ("unreachable", "bad_reply", "timeout"), ran["msg"]
    told = str(ran.get("msg", "")) + str(ran["warnings"])
    proxy.cut = None
    is_repaired(joe, told)
