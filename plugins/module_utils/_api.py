# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP API: its connection, its limits, when a request is repeated, and errors that hold no secret."""

from __future__ import annotations

import codecs
import functools
import json
import math
import os
import random
import re
import socket
import ssl
import time
import traceback
import typing as t
import zlib
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlsplit

from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._connection import Connection
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer
from ansible_collections.telephony.auth.plugins.module_utils._pace import Pace
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker, is_header_safe

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.exceptions import (
        ProxyError,
        SSLError,
        Timeout,
    )
    from requests.utils import select_proxy
    from urllib3.exceptions import (
        HTTPError,
        IncompleteRead,
        InvalidHeader,
        NewConnectionError,
        ProtocolError,
        ReadTimeoutError,
        SSLError as TlsError,
    )
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

MAX_REPLY_BYTES = 1024 * 1024
_EXCERPT_CHARACTERS = 200
_HEADERS = {
    "User-Agent": "telephony.auth (Ansible)",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}
_FIRST_BACKOFF = 0.5
_LONGEST_BACKOFF = 10.0
_RANDOM = random.SystemRandom()
# Where vendors put their own words in JSON.
_WORDS = ("message", "info", "generalMessage", "error")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_SINGLE_BYTE = re.compile(r"iso8859-\d+|cp125\d")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
# zlib's words for: a gzip or zlib header; none, as some servers understand deflate.
_WAYS_TO_UNPACK = (47, -15)
_PROXY_SETTINGS = (
    "the option proxy, or the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY where it is not set"
)


def _no_number(text: str) -> t.NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


# NaN and Infinity are no JSON, and no number that a file of ours could hold.
_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_no_number)


@dataclass(frozen=True)
class Reply:
    """A vendor's complete reply, unpacked, with a status that the vendor's own code can judge."""

    api_url: str
    operation: str
    status: int
    content_type: str
    body: bytes
    secrets: Masker
    changes: bool = False

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def _encoding(self) -> str:
        """The body's encoding: as its first bytes tell, else as the content type says, else UTF-8."""
        seen = json.detect_encoding(self.body)
        charset = _CHARSET.search(self.content_type) if seen == "utf-8" else None
        if charset:
            try:
                named = codecs.lookup(charset.group(1)).name
            except LookupError:
                return seen
            if _SINGLE_BYTE.fullmatch(named):
                return named
        return seen

    @property
    def text(self) -> str:
        return self.body.decode(self._encoding, "replace").strip()

    @property
    def is_html(self) -> bool:
        return "html" in self.content_type or self.text[:15].lower().startswith(("<!doctype", "<html"))

    @property
    def excerpt(self) -> str:
        """The beginning of the text, masked, for a message. Empty where the body may hold a token just made."""
        return "" if self.changes and self.status < 400 else self._shown(self.text)

    @property
    def vendor_message(self) -> str | None:
        """What the vendor says, masked, for a message: the text in a JSON object, else the beginning of the reply."""
        try:
            value = self._parse()
            is_json = True
        except (ValueError, RecursionError):
            value, is_json = None, False
        for name in _WORDS if isinstance(value, dict) else ():
            if isinstance(value.get(name), str) and value[name].strip():
                return self._shown(value[name])
        # What is no sentence may be a token just made, handed on under a status of a gateway's own.
        if self.changes and (is_json or " " not in self.excerpt):
            return None
        return self.excerpt or None

    def _shown(self, text: str) -> str:
        text = self.secrets.clean(text)
        return text if len(text) <= _EXCERPT_CHARACTERS else text[:_EXCERPT_CHARACTERS] + "..."

    def _parse(self) -> t.Any:
        """The body as JSON. Raises ValueError, RecursionError."""
        text = self.body.decode(self._encoding)
        value = _JSON.decode(text)
        if "\\u" in text and _HALF_CHARACTER.search(json.dumps(value, ensure_ascii=False)):
            # An escape made half a character, which cannot be written to any file.
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        return value

    def json(self) -> t.Any:
        """The body as JSON, whatever the content type says; half characters become question marks. Raises NoClearAnswer."""
        try:
            return self._parse()
        except (ValueError, RecursionError):
            pass
        # Raised out here, so as not to carry along an exception that holds the body.
        raise self.bad("is not JSON")

    def json_object(self) -> dict[str, t.Any]:
        """The body as a JSON object. Raises NoClearAnswer."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.bad("is not a JSON object")
        return value

    def bad(self, why: str) -> NoClearAnswer:
        """The error for a reply that does not follow the vendor's API."""
        kind = self._shown(self.content_type) or "missing"
        about = f"HTTP status {self.status}, content type {kind}, {len(self.body)} bytes"
        return NoClearAnswer(
            f"The reply to {self.operation} {why} ({about}). Does api_url lead to the vendor's API?",
            code="bad_reply",
            operation=self.operation,
            status=self.status,
            vendor_message=self.excerpt or None,
            maybe_done=self.changes,
        )

    def token(self, value: object, name: str) -> str:
        """A token found in this reply under name, once it is known to be usable. Raises NoClearAnswer."""
        if not is_header_safe(value):
            raise self.bad(f"has no usable {name}")
        self.secrets.add(t.cast(str, value))
        return t.cast(str, value)


class _TryAgain(Exception):
    """A request that may be sent once more, after wait seconds where the vendor said so."""

    def __init__(self, failure: NoClearAnswer, wait: float | None = None) -> None:
        super().__init__()
        self.failure = failure
        self.wait = wait


class Api:
    """Sends requests to one API and gives back complete replies.

    What may be repeated is repeated here; everything else raises NoClearAnswer.
    """

    def __init__(
        self,
        settings: Connection,
        secrets: Masker,
        clock: Clock | None = None,
        adapter: LimitedAdapter | None = None,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.secrets = secrets
        self.clock = clock or Clock()
        self._adapter = adapter or _adapter_for(os.getpid(), settings.endpoint)
        self._sleep = sleep
        for password in settings.proxy_passwords:
            secrets.add(password)

    @property
    def api_url(self) -> str:
        return self.settings.api_url

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        changes: bool = False,
        headers: t.Mapping[str, str] | None = None,
        **body: t.Any,
    ) -> Reply:
        """Send one request; body is what Requests calls json=, data= or params=. Raises NoClearAnswer.

        A call that changes something (issues or revokes) may have been carried out from the moment when its first byte
        may have left, whatever comes back or does not. The exceptions are 429, and a 4xx of the vendor's own, which is
        passed on. It is repeated only when no connection came about, or on 429.
        """
        request = self._prepared(operation, method, path, headers, body)
        waited = 0.0
        attempt = 0
        while True:
            try:
                return self._send(operation, request, changes)
            except _TryAgain as again:
                failure, wait = again.failure, again.wait
            if wait is None:
                jitter = _RANDOM.uniform(0.5, 1)
                wait = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2**attempt) * jitter
            if attempt >= self.settings.retries or waited + wait > self.settings.retry_timeout:
                raise failure
            self._sleep(wait)
            waited += wait
            attempt += 1

    def keep_to(self, pace: Pace) -> None:
        """Wait until the vendor allows one more."""
        wait = pace.book(time.monotonic())
        if wait > 0:
            self._sleep(wait)

    def _prepared(
        self, operation: str, method: str, path: str, headers: t.Mapping[str, str] | None, body: dict[str, t.Any]
    ) -> requests.PreparedRequest:
        try:
            return requests.Request(method, self.api_url + path, {**_HEADERS, **(headers or {})}, **body).prepare()
        except ValueError as error:
            kind = type(error).__name__
        # Raised out here, so as not to carry along an exception that holds the URL or a header.
        raise NoClearAnswer(f"{self.api_url} cannot be asked: {kind}.", code="bad_option", operation=operation)

    def _send(self, operation: str, request: requests.PreparedRequest, changes: bool) -> Reply:
        try:
            return self._exchange(operation, request, changes)
        except (NoClearAnswer, _TryAgain):
            raise
        except Exception as error:  # whatever it is: the vendor may have done the work
            sent = self._adapter.sent
            if not sent and not isinstance(error, (OSError, HTTPError, HTTPException, ValueError)):
                raise
            code, what = self._explain(error, sent)
        # Raised out here, so as not to carry along the exception of Requests, which holds the URL.
        failure = NoClearAnswer(what, code=code, operation=operation, maybe_done=sent and changes)
        if code in ("tls", "bad_option", "proxy_refused") or failure.maybe_done:
            raise failure
        raise _TryAgain(failure)

    def _exchange(self, operation: str, request: requests.PreparedRequest, changes: bool) -> Reply:
        # By an adapter and not by a session, which follows redirects, keeps cookies and reads .netrc.
        with self._adapter.send_within(
            self.settings.timeout,
            request,
            verify=self.settings.verify,
            cert=self.settings.client_cert,
            proxies=self.settings.proxies,
        ) as response:
            self.clock.compare(response.headers.get("Date"))
            reply = Reply(
                api_url=self.api_url,
                operation=operation,
                status=response.status_code,
                content_type=response.headers.get("Content-Type", ""),
                body=self._read(operation, response, changes),
                secrets=self.secrets,
                changes=changes,
            )
            return self._accept(reply, response.headers)

    def _read(self, operation: str, response: requests.Response, changes: bool) -> bytes:
        """The whole body, unpacked, at most MAX_REPLY_BYTES of it."""

        def bad(what: str) -> NoClearAnswer:
            return NoClearAnswer(
                f"The reply to {operation} is {what}.",
                code="bad_reply",
                operation=operation,
                status=response.status_code,
                maybe_done=changes,
            )

        body = b""
        # Not unpacked by urllib3, of which old versions do so without a limit.
        for chunk in response.raw.stream(65536, decode_content=False):
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                raise bad(f"larger than {MAX_REPLY_BYTES} bytes")
        expected = response.headers.get("Content-Length", "")
        if re.fullmatch("[0-9]{1,9}", expected) and len(body) < int(expected):
            raise IncompleteRead(len(body), int(expected) - len(body))
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding in ("", "identity") or not body:
            return body
        # A vendor or a gateway may pack although that was not asked for, and the reply may hold a new token.
        unpacked = _unpacked(body) if encoding in ("gzip", "x-gzip", "deflate") else None
        if unpacked is None:
            raise bad("compressed in a way that cannot be read")
        if len(unpacked) > MAX_REPLY_BYTES:
            raise bad(f"larger than {MAX_REPLY_BYTES} bytes")
        return unpacked

    def _accept(self, reply: Reply, headers: t.Mapping[str, str]) -> Reply:
        """Pass on what a vendor's own code can judge; raise the rest."""
        if reply.ok:
            return reply
        if reply.status < 200:
            raise reply.bad("is not a final one")
        if reply.status < 400:
            return self._accept_redirect(reply, headers.get("Location"))
        wait = _retry_after(headers.get("Retry-After"))
        if reply.status == 429:
            raise _TryAgain(self._failure(reply, "rate_limited", "was refused: too many requests.", False), wait)
        if reply.status < 500 and self._is_of_proxy(reply, headers):
            raise NoClearAnswer(
                self._proxy_refused(reply.status),
                code="proxy_refused",
                operation=reply.operation,
                status=reply.status,
            )
        # 408 is what gateways say when a server took too long.
        if reply.status < 500 and reply.status != 408:
            return reply
        what = f"ended in a server error ({reply.status})."
        failure = self._failure(reply, "server_error", what, maybe_done=reply.changes)
        if reply.status in (408, 502, 503, 504) and not reply.changes:
            raise _TryAgain(failure, wait if reply.status == 503 else None)
        raise failure

    def _accept_redirect(self, reply: Reply, location: str | None) -> Reply:
        """No redirect is followed. One without a target, but with JSON, is what Webitel calls a refusal."""
        if location:
            what = f"was redirected to {_host_of(location)}. Put the right address into api_url."
            raise self._failure(reply, "redirected", what, maybe_done=reply.changes)
        reply.json_object()
        return reply

    def _is_of_proxy(self, reply: Reply, headers: t.Mapping[str, str]) -> bool:
        """Whether a refusal is that of a proxy in front of plain http, as far as that can be told."""
        if not self.api_url.startswith("http:") or not select_proxy(self.api_url, self.settings.proxies):
            return False
        if reply.status == 407:
            return True
        signed = "X-Squid-Error" in headers or "Proxy-Agent" in headers or "error=" in headers.get("Proxy-Status", "")
        return signed and "json" not in reply.content_type

    def _proxy_refused(self, status: int) -> str:
        refused = f"The proxy refused to pass the request on to {self.api_url}"
        if status == 407:
            return (
                f"{refused}: it wants another user name and password, or any at all (status 407)."
                f" Write them as in http://user:password@proxy.example.com:3128 into {_PROXY_SETTINGS}."
            )
        return (
            f"{refused} (status {status}). Ask for it to be allowed there, or choose another way in {_PROXY_SETTINGS}."
        )

    def _failure(self, reply: Reply, code: str, what: str, maybe_done: bool) -> NoClearAnswer:
        return NoClearAnswer(
            f"The request to {reply.operation} at {self.api_url} {what}",
            code=code,
            operation=reply.operation,
            status=reply.status,
            vendor_message=reply.vendor_message,
            maybe_done=maybe_done,
        )

    def _explain(self, error: Exception, sent: bool) -> tuple[str, str]:
        """The code and the message for an exception of Requests or of what it is built on.

        Their own texts are not used: they hold the URL, which for vacd holds a token.
        """
        where, cause, inner = self.api_url, _root_cause(error), tuple(_chain(error))

        def has(*kinds: type[BaseException]) -> bool:
            return any(isinstance(each, kinds) for each in inner)

        refused = None if sent else _tunnel_refusal(inner)
        # What such a status says is that the proxy did not reach the vendor.
        if refused in (502, 503, 504):
            return "unreachable", f"The proxy does not lead to {where}: status {refused}. See {_PROXY_SETTINGS}."
        if refused:
            return "proxy_refused", self._proxy_refused(refused)
        if has(SSLError, TlsError, ssl.SSLError) and not (sent and has(ssl.SSLEOFError)):
            who = "The proxy" if isinstance(error, ProxyError) else where
            return "tls", f"{who} cannot be trusted: {cause}. See validate_certs, ca_path and client_cert."
        if has(Timeout, ReadTimeoutError, socket.timeout):
            what = "complete its answer" if sent else "accept a connection"
            return "timeout", f"{where} did not {what} within {self.settings.timeout:g} seconds."
        if has(InvalidHeader):
            return "bad_reply", f"The reply of {where} has headers that contradict each other."
        if isinstance(error, (ProtocolError, IncompleteRead)):
            return "bad_reply", f"The reply of {where} was cut off."
        if sent and any(isinstance(each, HTTPException) and not isinstance(each, OSError) for each in inner):
            return "bad_reply", f"The reply of {where} is not HTTP."
        if not sent and isinstance(error, ValueError):
            return "bad_option", f"{where} cannot be asked: {type(error).__name__}."
        if not sent and isinstance(error, ProxyError):
            return "unreachable", f"The proxy does not lead to {where}: {cause}. See {_PROXY_SETTINGS}."
        if isinstance(error, (OSError, HTTPError, HTTPException)):
            return "unreachable", f"{where} cannot be reached: {cause}."
        return "bad_reply", f"The reply of {where} cannot be read: {type(error).__name__}."


@functools.lru_cache(maxsize=16)
def _adapter_for(_process: int, _endpoint: tuple[object, ...]) -> LimitedAdapter:
    """The connections that a loop shares. A forked process must not use its parent's."""
    return LimitedAdapter()


def _host_of(location: str) -> str:
    """Where a redirect leads, without the path, which may hold a token."""
    try:
        parts = urlsplit(location)
        return (
            f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
            if parts.hostname
            else "another path"
        )
    except ValueError:
        return "an invalid address"


def _unpacked(body: bytes) -> bytes | None:
    """What was packed by gzip or deflate, at most one byte more than MAX_REPLY_BYTES; None when it cannot be read."""
    for way in _WAYS_TO_UNPACK:
        unpacker = zlib.decompressobj(way)
        try:
            content = unpacker.decompress(body, MAX_REPLY_BYTES + 1)
        except zlib.error:
            continue
        if unpacker.eof or len(content) > MAX_REPLY_BYTES:
            return content
    return None


def _tunnel_refusal(chain: t.Iterable[BaseException]) -> int | None:
    """The status by which a proxy refused a tunnel; http.client tells it in no other way than by this text."""
    for error in chain:
        found = re.match(r"Tunnel connection failed: (\d{3}) ", str(error)) if isinstance(error, OSError) else None
        if found:
            return int(found.group(1))
    return None


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait; the HTTP date form is treated as missing, because clocks differ."""
    return float(value) if value and value.strip().isdecimal() else None


def _chain(error: BaseException) -> t.Iterator[BaseException]:
    """An exception and those inside it: Requests wraps urllib3, which wraps the operating system."""
    todo: list[t.Any] = [error]
    for _step in range(20):
        if not todo:
            return
        current = todo.pop(0)
        if isinstance(current, BaseException):
            yield current
            cause = current.__cause__
            if isinstance(current, NewConnectionError):
                # Version 1 of urllib3 does not say that this is the cause
                cause = cause or current.__context__
            todo += [getattr(current, "reason", None), cause, *current.args]


def _never_connected(error: BaseException) -> bool:
    return any(isinstance(inner, NewConnectionError) for inner in _chain(error))


def _root_cause(error: BaseException) -> str:
    """What the operating system or OpenSSL said, in its own fixed words."""
    causes = [inner for inner in _chain(error) if isinstance(inner, OSError)]
    for cause in reversed(causes):
        text = getattr(cause, "verify_message", None) or cause.strerror
        if isinstance(text, str) and text:
            return text
    # Version 1 of urllib3 compares names by itself, and raises its own class or that of Python
    if any(
        isinstance(each, ssl.CertificateError) or type(each).__name__ == "CertificateError" for each in _chain(error)
    ):
        return "its certificate is not valid for this name"
    return "name or address unknown" if _never_connected(error) else "the connection was closed"
