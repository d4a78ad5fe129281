# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One HTTP API: its connection, its limits, when a request is repeated, and errors that hold no secret."""

from __future__ import annotations

import functools
import ipaddress
import json
import os
import random
import re
import ssl
import time
import traceback
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
)
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker, is_header_safe, one_line

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.exceptions import (
        ChunkedEncodingError,
        ConnectionError as RequestsConnectionError,
        ConnectTimeout,
        ProxyError,
        RequestException,
        SSLError,
        Timeout,
    )
    from requests.utils import get_environ_proxies
    from urllib3 import disable_warnings
    from urllib3.exceptions import (
        HTTPError,
        InsecureRequestWarning,
        InvalidHeader,
        NewConnectionError,
        ReadTimeoutError,
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


@dataclass(frozen=True)
class Connection:
    """How one API is reached; made by connection() from the options of the api fragment."""

    api_url: str
    verify: bool | str = True
    client_cert: str | tuple[str, str] | None = None
    proxies: t.Mapping[str, str] = field(default_factory=dict)
    timeout: float = 30
    retries: int = 3
    retry_timeout: float = 60

    @property
    def endpoint(self) -> tuple[object, ...]:
        """What requests must have in common to share a kept connection."""
        return (self.api_url, self.verify, self.client_cert, tuple(sorted(self.proxies.items())))


def connection(options: t.Mapping[str, t.Any]) -> Connection:
    """Check the connection options and turn them into a Connection.

    Raises OptionError, naming the option, before anything is sent.
    """
    api_url = normalize_api_url(options["api_url"], options["validate_certs"])
    for name, least in (("timeout", 1), ("retries", 0), ("retry_timeout", 0)):
        if options[name] < least:
            raise OptionError(f"{name} must be at least {least}, not {options[name]}.")
    return Connection(
        api_url=api_url,
        verify=_verify(options),
        client_cert=_client_cert(options),
        proxies=_proxies(options["proxy"], api_url),
        timeout=options["timeout"],
        retries=options["retries"],
        retry_timeout=options["retry_timeout"],
    )


@functools.lru_cache(maxsize=16)
def normalize_api_url(api_url: str, validate_certs: bool = True) -> str:
    """The api_url without its trailing slash, once it is known to be usable. Raises OptionError."""
    try:
        parts = urlsplit(api_url.strip())
        host, _port = parts.hostname, parts.port
        (host or "").encode("idna")
        if re.search(r"\s", api_url.strip()):
            raise ValueError
    except ValueError:
        raise OptionError("api_url is not a valid URL. Write it like https://pbx.example.com.") from None
    if parts.scheme not in ("https", "http") or not host:
        raise OptionError("api_url must start with https:// and name a host, like https://pbx.example.com.")
    if parts.username is not None or parts.password is not None:
        raise OptionError("api_url must not contain a user name or password. Use the options for credentials instead.")
    if parts.query or parts.fragment:
        raise OptionError("api_url must not contain a query (?) or a fragment (#).")
    if parts.scheme == "http" and validate_certs and not _is_loopback(host):
        raise OptionError(
            "api_url uses http://, which would send credentials readable by anyone on the way."
            " Use https://, or set validate_certs=false if you accept that."
        )
    url = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
    try:
        requests.Request("GET", url).prepare()
    except RequestException:
        raise OptionError("api_url is not a valid URL. Write it like https://pbx.example.com.") from None
    return url


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _verify(options: t.Mapping[str, t.Any]) -> bool | str:
    """What Requests calls verify. Given per request, so that no environment variable overrides the options."""
    if not options["validate_certs"]:
        disable_warnings(InsecureRequestWarning)  # the task says that it knows
        return False
    if options["ca_path"]:
        return _certificates("ca_path", options["ca_path"])
    # As every program built on Requests: the operator's own bundle, where the options do not say otherwise.
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if os.environ.get(variable):
            return _certificates(variable, os.environ[variable])
    return True


def _certificates(name: str, path: str) -> str:
    """The path of a file or a directory of certificates, once it is known to be usable. Raises OptionError."""
    # Parsing a whole bundle takes longer than a request; OpenSSL does it when the first connection is made.
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb") as file:
                if b"-----BEGIN" not in file.read():
                    raise OptionError(f"{name} {path} does not hold certificates in PEM format.")
    except OSError as error:
        raise OptionError(f"{name} {path} cannot be read: {error.strerror}.") from None
    return path


def _client_cert(options: t.Mapping[str, t.Any]) -> str | tuple[str, str] | None:
    cert, key = options["client_cert"], options["client_key"]
    if not cert:
        return None
    names = "client_cert and client_key" if key else "client_cert"
    try:
        # An encrypted key would make OpenSSL ask on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert, key, password="")
    except ssl.SSLError:
        raise OptionError(f"{names} are not a certificate and its unencrypted private key in PEM format.") from None
    except OSError as error:
        raise OptionError(f"{names} cannot be read: {error.strerror}.") from None
    return (cert, key) if key else t.cast(str, cert)


def _proxies(proxy: str | None, api_url: str) -> t.Mapping[str, str]:
    if not proxy:
        # What is meant for this host stays on it, as plain http is allowed there.
        return {} if _is_loopback(urlsplit(api_url).hostname or "") else _environ_proxies(os.getpid(), api_url)
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise OptionError("proxy must be a URL like http://proxy.example.com:3128.")
    return {"http": proxy, "https": proxy}


@functools.lru_cache(maxsize=16)
def _environ_proxies(_process: int, api_url: str) -> t.Mapping[str, str]:
    """The proxies of the environment, which stays the same for a process."""
    proxies: t.Mapping[str, str] = get_environ_proxies(api_url)
    return proxies


@dataclass(frozen=True)
class Reply:
    """A vendor's complete reply with a status below 500 that is no redirect."""

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
    def text(self) -> str:
        return self.body.decode("utf-8", "replace").strip()

    @property
    def is_html(self) -> bool:
        return "html" in self.content_type or self.text[:15].lower().startswith(("<!doctype", "<html"))

    @property
    def excerpt(self) -> str:
        """The beginning of the text, masked, for a message. Empty where the body may hold a token just made."""
        if self.changes and self.ok:
            return ""
        text = one_line(self.secrets.mask(self.text))
        return text if len(text) <= _EXCERPT_CHARACTERS else text[:_EXCERPT_CHARACTERS] + "..."

    def json(self) -> t.Any:
        """The body as JSON, whatever the content type says. Raises NoClearAnswer."""
        try:
            return json.loads(self.body)
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
        about = f"HTTP status {self.status}, content type {self.content_type or 'missing'}, {len(self.body)} bytes"
        excerpt = self.excerpt
        return NoClearAnswer(
            f"The reply to {self.operation} {why} ({about}). Does api_url lead to the vendor's API?",
            code="bad_reply",
            operation=self.operation,
            status=self.status,
            vendor_message=excerpt or None,
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
        """Send one request; body is what Requests calls json=, data= or params=.

        A call that changes something (issues or revokes) is repeated only when it is sure that the vendor did not
        do the work: when no connection came about, or on 429, or on 503 with Retry-After.
        """
        request = requests.Request(method, self.api_url + path, {**_HEADERS, **(headers or {})}, **body)
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

    def _send(self, operation: str, request: requests.Request, changes: bool) -> Reply:
        try:
            return self._exchange(operation, request, changes)
        except (RequestException, HTTPError) as error:
            failure, sent = self._explain(operation, error, changes)
        # Raised out here, so as not to carry along the exception of Requests, which holds the URL.
        if failure.code in ("tls", "bad_option") or (sent and changes):
            raise failure
        raise _TryAgain(failure)

    def _exchange(self, operation: str, request: requests.Request, changes: bool) -> Reply:
        # By an adapter and not by a session, which follows redirects, keeps cookies and reads .netrc.
        with self._adapter.send_within(
            self.settings.timeout,
            request.prepare(),
            verify=self.settings.verify,
            cert=self.settings.client_cert,
            proxies=self.settings.proxies,
        ) as response:
            self.clock.compare(response.headers.get("Date"))
            reply = Reply(
                operation=operation,
                status=response.status_code,
                content_type=response.headers.get("Content-Type", ""),
                body=self._read(operation, response, changes),
                secrets=self.secrets,
                changes=changes,
            )
            return self._accept(reply, response.headers)

    def _read(self, operation: str, response: requests.Response, changes: bool) -> bytes:
        """The whole body, at most MAX_REPLY_BYTES of it."""

        def bad(what: str) -> NoClearAnswer:
            return NoClearAnswer(
                f"The reply to {operation} is {what}.",
                code="bad_reply",
                operation=operation,
                status=response.status_code,
                maybe_done=changes,
            )

        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise bad("compressed although that was not asked for")
        body = b""
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > MAX_REPLY_BYTES:
                raise bad(f"larger than {MAX_REPLY_BYTES} bytes")
        expected = response.headers.get("Content-Length", "")
        if expected.isdecimal() and len(body) < int(expected):
            raise ChunkedEncodingError()
        return body

    def _accept(self, reply: Reply, headers: t.Mapping[str, str]) -> Reply:
        """Pass on what a vendor's own code can judge; raise the rest."""
        location = headers.get("Location")
        if 300 <= reply.status < 400 and location:
            what = f"was redirected to {_host_of(location)}. Put the right address into api_url."
            raise self._failure(reply, "redirected", what, False)
        wait = _retry_after(headers.get("Retry-After"))
        if reply.status == 429:
            raise _TryAgain(self._failure(reply, "rate_limited", "was refused: too many requests.", False), wait)
        if reply.status < 500:
            return reply
        failure = self._failure(reply, "server_error", f"ended in a server error ({reply.status}).", reply.changes)
        if reply.status == 503 and wait is not None:
            failure.maybe_done = False
            raise _TryAgain(failure, wait)
        if reply.status in (502, 503, 504) and not reply.changes:
            raise _TryAgain(failure)
        raise failure

    def _failure(self, reply: Reply, code: str, what: str, maybe_done: bool) -> NoClearAnswer:
        return NoClearAnswer(
            f"The request to {reply.operation} at {self.api_url} {what}",
            code=code,
            operation=reply.operation,
            status=reply.status,
            vendor_message=reply.excerpt or None,
            maybe_done=maybe_done,
        )

    def _explain(self, operation: str, error: Exception, changes: bool) -> tuple[NoClearAnswer, bool]:
        """The failure behind an exception of Requests, and whether the request may have reached the vendor.

        The exceptions' own texts are not used: they hold the URL, which for vacd holds a token.
        """
        where, cause = self.api_url, _root_cause(error)
        if isinstance(error, SSLError):
            # Only a certificate is judged before anything is sent for sure.
            code, sent = "tls", not any(isinstance(inner, ssl.SSLCertVerificationError) for inner in _chain(error))
            what = f"{where} cannot be trusted: {cause}. See validate_certs, ca_path and client_cert."
        elif isinstance(error, ProxyError):
            code, sent = "unreachable", False
            what = f"The proxy does not lead to {where}: {cause}. See the option proxy."
        elif isinstance(error, ConnectTimeout):
            code, sent = "timeout", False
            what = f"{where} did not accept a connection within {self.settings.timeout:g} seconds."
        elif isinstance(error, Timeout) or any(isinstance(inner, ReadTimeoutError) for inner in _chain(error)):
            code, sent = "timeout", True
            what = f"{where} did not complete its answer within {self.settings.timeout:g} seconds."
        elif isinstance(error, ChunkedEncodingError):
            code, sent = "bad_reply", True
            what = f"The reply of {where} was cut off."
        elif any(isinstance(inner, InvalidHeader) for inner in _chain(error)):
            code, sent = "bad_reply", True
            what = f"The reply of {where} has headers that contradict each other."
        elif isinstance(error, RequestsConnectionError):
            code, sent = "unreachable", not _never_connected(error)
            what = f"{where} cannot be reached: {cause}."
        else:
            code, sent = ("bad_option", False) if isinstance(error, ValueError) else ("unreachable", True)
            what = f"{where} cannot be asked: {type(error).__name__}."
        failure = NoClearAnswer(what, code=code, operation=operation, maybe_done=sent and changes)
        return failure, sent


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
            todo += [getattr(current, "reason", None), current.__cause__, *current.args]


def _never_connected(error: BaseException) -> bool:
    return any(isinstance(inner, NewConnectionError) for inner in _chain(error))


def _root_cause(error: BaseException) -> str:
    """What the operating system or OpenSSL said, in its own fixed words."""
    causes = [inner for inner in _chain(error) if isinstance(inner, OSError)]
    for cause in reversed(causes):
        text = getattr(cause, "verify_message", None) or cause.strerror
        if isinstance(text, str) and text:
            return text
    return "name or address unknown" if _never_connected(error) else "the connection was closed"
