# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP side: takes requests in, applies faults, keeps the log, answers the control API, starts and ends."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gzip
import json
import logging
import os
import signal
import socket
import ssl
import struct
import sys
import tempfile
import typing as t
import zlib
from pathlib import Path

from aiohttp import web

from .core import JSON, Call, Faults, Reply, Rule, Shared, Vendor
from .vendors import load

HANG_SECONDS = 120.0
OVERSIZE = 2 * 1024 * 1024
HTML = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>Please sign in</h1></body></html>\n"
ERRORS = {"status": 500, "rate_limit": 429, "unavailable": 503, "late": 504}
COMPRESS: dict[str, t.Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
PLAIN: dict[str, tuple[bytes, str | None]] = {
    "html": (HTML, "text/html; charset=utf-8"),
    "html_before": (HTML, "text/html; charset=utf-8"),
    "empty": (b"", None),
    "garbage": (b'{"status": "success", "data": {"tok', JSON),
}


@dataclasses.dataclass
class Late:
    """A call that was given up by whoever stands before the vendor, and that the vendor still works on."""

    due: float | None  # by the simulators' clock; None: when it is released
    vendor: Vendor
    call: Call
    entry: dict[str, t.Any]


class Simulators:
    def __init__(self, generated: int = 0) -> None:
        self.shared = Shared()
        self.vendors = load(self.shared)
        self.generated = generated
        self.faults = Faults()
        self.late: list[Late] = []
        self.log: list[dict[str, t.Any]] = []
        self.count = 0
        self.base_url = ""
        self.populate()

    def populate(self) -> None:
        for vendor in self.vendors.values():
            vendor.add_generated(self.generated)

    # -- vendor requests --------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request) -> web.StreamResponse:
        raw_target = request.raw_path
        proxied = raw_target.startswith("http://")
        if proxied:  # asked as a proxy: good enough to see that a client used one
            raw_target = "/" + raw_target.partition("://")[2].partition("/")[2]
        name = raw_target[1:].partition("/")[0].partition("?")[0]
        body = await request.read()
        self.finish_late()
        if name == "control":
            return self.control(request, raw_target, body)
        vendor = self.vendors.get(name)
        if vendor is None:
            return self.response(Reply.json(404, {"error": "no such simulator"}))
        call = Call(name, request.method, raw_target, request.headers, body)
        operation = vendor.operation(call)
        user = vendor.who(call)
        rule = self.faults.match(name, operation, user)
        self.count += 1
        entry: dict[str, t.Any] = {
            "n": self.count,
            "time": self.shared.clock.now(),
            "vendor": name,
            "operation": operation,
            "method": call.method,
            "path": call.raw_path,
            "query": call.raw_query,
            "user": user,
            "status": None,
            "worked": False,
            "fault": rule.fault if rule else None,
            "header_names": list(request.headers),
            "content_type": request.headers.get("Content-Type"),
            "proxied": proxied,
            # The client's port: the same for all requests that come by one connection
            "connection": request.transport.get_extra_info("peername")[1] if request.transport else None,
        }
        self.log.append(entry)
        if rule is None:
            response: web.StreamResponse = self.response(self.work(vendor, call, entry))
        else:
            response = await self.faulty(rule, vendor, call, request, entry)
        entry["status"] = response.status if response.status != 499 else None
        return response

    @staticmethod
    def work(vendor: Vendor, call: Call, entry: dict[str, t.Any], trouble: Rule | None = None) -> Reply:
        """The vendor handles the call, perhaps with something amiss inside."""
        vendor.trouble = trouble
        try:
            return vendor.handle(call)
        finally:
            vendor.trouble = None
            entry["worked"] = True

    def finish_late(self, everything: bool = False) -> int:
        """Do what is due by now, each at its own time; or everything that waits. Tells how much that was."""
        now = self.shared.clock.now()
        due = [late for late in self.late if everything or (late.due is not None and late.due <= now)]
        self.late = [late for late in self.late if late not in due]
        for late in sorted(due, key=lambda late: now if late.due is None else late.due):
            with self.shared.clock.at(now if late.due is None else min(now, late.due)):
                self.work(late.vendor, late.call, late.entry)
        return len(due)

    def response(self, reply: Reply) -> web.Response:
        headers = dict(reply.headers)
        if reply.content_type is not None:
            headers["Content-Type"] = reply.content_type
        response = web.Response(status=reply.status, body=reply.body, headers=headers)
        if "date" in map(str.lower, headers):
            response["lies"] = True
        return response

    async def faulty(
        self, rule: Rule, vendor: Vendor, call: Call, request: web.Request, entry: dict[str, t.Any]
    ) -> web.StreamResponse:
        fault, params = rule.fault, rule.params
        if fault == "delay":
            await asyncio.sleep(float(params.get("seconds", 1)))
        elif fault == "hold":
            await self.faults.hold()
        elif fault == "hang":
            await self.hang(request)
            return self.aborted(request)
        elif fault == "late":
            seconds = params.get("seconds")
            due = None if seconds is None else self.shared.clock.now() + float(seconds)
            self.late.append(Late(due, vendor, call, entry))
        work = self.work(vendor, call, entry, rule) if rule.works else None
        if fault in vendor.troubles:
            return self.response(work or vendor.error(500, "fault"))
        if fault in ("reset_before", "reset_after") or params.get("status", 0) is None:
            return self.aborted(request)
        if fault in ("truncated", "slow"):
            return await self.piecemeal(fault, params, work or vendor.error(500, "fault"), request)
        reply = self.replaced(fault, params, work, vendor, call)
        if params.get("raw_headers"):
            return self.as_it_is(reply, params["raw_headers"], request)
        return self.response(reply)

    def replaced(self, fault: str, params: dict[str, t.Any], work: Reply | None, vendor: Vendor, call: Call) -> Reply:
        """The reply that a fault puts in place of the vendor's own."""
        if fault in ("delay", "hold"):
            return work or vendor.error(500, "fault")
        if fault == "oversized":
            return self.oversized(work)
        if fault == "answer":
            return self.answered(params, work or vendor.error(500, "fault"))
        if fault in ERRORS:
            status = int(params.get("status", ERRORS[fault]))
            reply = self.described(params, vendor.error(status, f"simulated {status}"))
            wait = params.get("retry_after", 1 if fault == "rate_limit" else None)
            if wait is not None:
                reply.headers["Retry-After"] = str(wait)
            return reply
        status = int(params.get("status", 200))
        if fault == "redirect":
            target = params.get("to") or self.base_url + "/elsewhere"
            return Reply(int(params.get("status", 302)), b"", None, {"Location": target})
        if fault == "wrong_type":
            value = params.get("value", [[{"unexpected": [None, 1, {"deep": ["junk"]}]}], 42, None])
            return Reply.json(status, value)
        if fault == "echo":
            lines = [f"{call.method} {call.target} HTTP/1.1"]
            lines += [f"{name}: {value}" for name, value in call.headers.items()]
            text = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + call.body
            return Reply(int(params.get("status", 500)), text, "text/plain; charset=utf-8")
        return Reply(status, *PLAIN[fault])

    @staticmethod
    def described(params: dict[str, t.Any], otherwise: Reply) -> Reply:
        """The reply that a rule describes; what it does not name is as in the other one, but headers go with their body."""
        body = params.get("body")
        status = int(params.get("status", otherwise.status))
        if body is None:
            reply = dataclasses.replace(otherwise, status=status, headers=dict(otherwise.headers))
        elif isinstance(body, str):
            reply = Reply.text(status, body)
        else:
            reply = Reply.json(status, body)
        for name, value in (params.get("headers") or {}).items():
            if name.lower() == "content-type":
                reply.content_type = value
            else:
                reply.headers[name] = str(value)
        return reply

    def answered(self, params: dict[str, t.Any], work: Reply) -> Reply:
        """What a gateway, or the vendor itself, makes of the vendor's reply after the work."""
        reply = self.described(params, work)
        reply.body += b" " * int(params.get("padding", 0))
        encode = params.get("encode")
        if encode in COMPRESS:
            reply.body = COMPRESS[encode](reply.body)
            reply.headers["Content-Encoding"] = encode
        elif encode:
            reply.body = reply.body.decode().encode(encode)
            reply.content_type = f"{(reply.content_type or JSON).partition(';')[0]}; charset={encode}"
        return reply

    @staticmethod
    def as_it_is(reply: Reply, lines: list[str], request: web.Request) -> web.StreamResponse:
        """With lines in its head that no server library would write."""
        head = [f"HTTP/1.1 {reply.status} Simulated"]
        if reply.content_type is not None:
            head.append(f"Content-Type: {reply.content_type}")
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        if not any(line.lower().startswith("content-length") for line in lines):
            head.append(f"Content-Length: {len(reply.body)}")
        if request.transport is not None:
            request.transport.write("\r\n".join([*head, *lines, "", ""]).encode() + reply.body)
            request.transport.close()
        return web.Response(status=reply.status)  # for the log; the connection is gone

    @staticmethod
    def oversized(work: Reply | None) -> Reply:
        """The right reply with more than a mebibyte of padding: only its size gives it away."""
        work = work or Reply.json(200, {})
        if (work.content_type or JSON).startswith("text/"):
            return Reply(work.status, work.body + b"x" * OVERSIZE, work.content_type)
        value = json.loads(work.body)
        if isinstance(value, dict):
            value["padding"] = "x" * OVERSIZE
        elif isinstance(value, list):
            value += ["x" * 64] * (OVERSIZE // 64)
        else:
            value = [value, "x" * OVERSIZE]
        return Reply.json(work.status, value, work.content_type)

    async def piecemeal(
        self, fault: str, params: dict[str, t.Any], reply: Reply, request: web.Request
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        if reply.content_type is not None:
            response.headers["Content-Type"] = reply.content_type
        response.content_length = len(reply.body)
        try:
            await response.prepare(request)
            if fault == "truncated":
                await response.write(reply.body[: len(reply.body) // 2])
                if request.transport is not None:
                    request.transport.close()
                return response
            for index in range(len(reply.body)):
                await response.write(reply.body[index : index + 1])
                await asyncio.sleep(float(params.get("interval", 0.1)))
        except ConnectionError:  # the client had enough
            pass
        return response

    async def hang(self, request: web.Request) -> None:
        """No answer until the client gives up."""
        released, loop = self.faults.released, asyncio.get_running_loop()
        end = loop.time() + HANG_SECONDS
        while loop.time() < end and not released.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(0.05)

    @staticmethod
    def aborted(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is not None and not transport.is_closing():
            sock = transport.get_extra_info("socket")
            if sock is not None:  # without lingering a close is a reset, not an orderly end
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        return web.Response(status=499)  # never gets anywhere

    # -- control API ------------------------------------------------------------------------------------------------

    def control(self, request: web.Request, raw_target: str, body: bytes) -> web.Response:
        command = f"{request.method} {raw_target.partition('?')[0].rstrip('/')[len('/control'):]}"
        commands: dict[str, t.Callable[[dict[str, t.Any], web.Request], t.Any]] = {
            "POST /reset": self.reset,
            "GET /users": lambda given, request: {name: vendor.public() for name, vendor in self.vendors.items()},
            "POST /users": lambda given, request: self.vendors[given["vendor"]].add_generated(given.get("count", 1)),
            "PATCH /users": lambda given, request: self.vendors[given["vendor"]].change(given),
            "POST /tokens": lambda given, request: {
                "token": self.vendors[given["vendor"]].make_token(given["username"])
            },
            "DELETE /tokens": self.end_token,
            "PUT /faults": self.put_faults,
            "GET /faults": self.show_faults,
            "POST /release": lambda given, request: {
                "released": self.faults.release(),
                "late": self.finish_late(everything=True),
            },
            "GET /requests": self.requests,
            "DELETE /requests": self.forget_requests,
            "GET /tokens": self.tokens,
            "GET /secrets": self.show_secrets,
            "POST /clock": self.move_clock,
            "GET /clock": lambda given, request: {"now": self.shared.clock.now()},
            "PUT /settings": self.put_settings,
            "GET /settings": self.show_settings,
        }
        if command not in commands:
            return self.response(Reply.json(404, {"error": f"no such control command: {command}"}))
        try:
            answer = commands[command](json.loads(body) if body.strip() else {}, request)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            return self.response(Reply.json(400, {"error": f"{type(exc).__name__}: {exc}"}))
        return self.response(Reply.json(200, answer))

    def reset(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        self.shared.clock.offset = 0.0
        self.faults.replace([])
        self.faults.release()
        self.late.clear()
        self.log.clear()
        self.count = 0
        for vendor in self.vendors.values():
            vendor.start()
        self.populate()
        return {"reset": True}

    def put_faults(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        for spec in given["faults"]:
            if spec.get("vendor", "*") not in ("*", *self.vendors):
                raise ValueError(f"unknown vendor {spec['vendor']!r}")
        self.faults.replace(given["faults"])
        return self.show_faults(given, request)

    def show_faults(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        return {"faults": [rule.as_dict() for rule in self.faults.rules]}

    def requests(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        after = int(request.query.get("after", 0))
        return [entry for entry in self.log if entry["n"] > after]

    def forget_requests(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        self.log.clear()
        return {"forgotten": True}

    def tokens(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        now = self.shared.clock.now()
        return [
            {"vendor": name, **vars(token)}
            for name, vendor in self.vendors.items()
            for token in vendor.tokens()
            if token.alive(now)
        ]

    def end_token(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        self.vendors[given["vendor"]].end_token(given["token"])
        return {"ended": True}

    def show_secrets(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        return self.shared.secrets.all(int(request.query.get("min_length", 1)))

    def move_clock(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        self.shared.clock.offset += float(given["advance"])
        return {"now": self.shared.clock.now()}

    def put_settings(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        for name, settings in given.items():
            unknown = set(settings) - set(self.vendors[name].settings)
            if unknown:
                raise ValueError(f"unknown settings {sorted(unknown)}")
        for name, settings in given.items():
            self.vendors[name].settings.update(settings)
        return self.show_settings(given, request)

    def show_settings(self, given: dict[str, t.Any], request: web.Request) -> t.Any:
        return {name: vendor.settings for name, vendor in self.vendors.items()}

    async def finish_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """The date is the simulators' own unless a fault lies about it; what has no content type must not be given one."""
        if "lies" not in response:
            response.headers["Date"] = self.shared.clock.http_date()
        response.headers["Server"] = "simulator"
        if "Content-Type" in response.headers and response.headers["Content-Type"] == "application/octet-stream":
            del response.headers["Content-Type"]


def tls_contexts(folder: Path) -> tuple[dict[str, ssl.SSLContext], dict[str, str]]:
    """Contexts for TLS and for TLS with a client certificate; the files that a client needs, beside the ready file."""
    import trustme

    authority = trustme.CA()
    server = authority.issue_cert("localhost")  # and not 127.0.0.1: the wrong name is one URL away
    client = authority.issue_cert("client.example.com")
    paths = {
        "ca_path": str(folder / "ca.pem"),
        "client_cert_path": str(folder / "client.pem"),
        "client_key_path": str(folder / "client-key.pem"),
    }
    authority.cert_pem.write_to_path(paths["ca_path"])
    client.cert_chain_pems[0].write_to_path(paths["client_cert_path"])
    with open(os.open(paths["client_key_path"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as key:
        key.write(client.private_key_pem.bytes())
    contexts = {}
    for name in ("tls_url", "mtls_url"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.configure_cert(context)
        if name == "mtls_url":
            context.verify_mode = ssl.CERT_REQUIRED
            authority.configure_trust(context)
        contexts[name] = context
    return contexts, paths


def write_ready(path: Path, ready: dict[str, t.Any]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with open(handle, "w", encoding="utf-8") as temporary:
        json.dump(ready, temporary, indent=1)
    os.replace(name, path)


async def run(options: argparse.Namespace) -> None:
    simulators = Simulators(options.users)
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", simulators.serve)
    app.on_response_prepare.append(simulators.finish_headers)
    access_log = logging.getLogger("aiohttp.access") if options.verbose else None
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=0.2, keepalive_timeout=75, access_log=access_log)
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.call_later(options.max_seconds, stop.set)
    try:
        await web.TCPSite(runner, "127.0.0.1", options.port, backlog=1024).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        simulators.base_url = url
        ready: dict[str, t.Any] = {
            "pid": os.getpid(),
            "url": url,
            "tls_url": None,
            "mtls_url": None,
            "ca_path": None,
            "api_urls": {name: f"{url}/{name}{vendor.api_path}" for name, vendor in simulators.vendors.items()},
            "control": url + "/control",
        }
        if options.tls:
            contexts, paths = tls_contexts(options.ready_file.resolve().parent if options.ready_file else Path.cwd())
            ready.update(paths)
            for name, context in contexts.items():
                await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
                ready[name] = f"https://localhost:{runner.addresses[-1][1]}"
        if options.ready_file:
            write_ready(options.ready_file, ready)
        else:
            print(json.dumps(ready), flush=True)
        await stop.wait()
    finally:
        simulators.faults.release()
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description="The vendor APIs on loopback, for tests and the demo.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument(
        "--ready-file", type=Path, help="written when listening; without it, one line on standard output"
    )
    parser.add_argument("--tls", action="store_true", help="more ports with TLS, one of them asking for a certificate")
    parser.add_argument("--users", type=int, default=0, help="generated users per vendor")
    parser.add_argument("--max-seconds", type=float, default=3600)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.verbose:
        logging.basicConfig(level=logging.INFO)
    try:
        asyncio.run(run(options))
    except OSError as failure:
        sys.exit(f"The simulators cannot listen: {failure}")
