# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that say how an API is reached, judged before anything is sent."""

from __future__ import annotations

import functools
import ipaddress
import os
import re
import ssl
import typing as t
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError

try:
    import requests
    from requests.exceptions import RequestException
    from requests.utils import get_environ_proxies
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning
except ImportError:  # _api says so to the user
    pass


@dataclass(frozen=True)
class Connection:
    """How one API is reached; made by connection() from the options of the api fragment."""

    api_url: str
    verify: bool | str = True
    client_cert: str | tuple[str, str] | None = None
    # Their URLs may hold a password.
    proxies: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 30
    retries: int = 3
    retry_timeout: float = 60

    @property
    def endpoint(self) -> tuple[object, ...]:
        """What requests must have in common to share a kept connection."""
        return (self.api_url, self.verify, self.client_cert, tuple(sorted(self.proxies.items())))

    @property
    def proxy_passwords(self) -> t.Iterator[str]:
        """What a proxy must not be quoted with."""
        for url in set(self.proxies.values()):
            for password in re.findall(":([^:/@]+)@", url):
                yield from (password, unquote(password))


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
        if "[" in parts.netloc:
            ipaddress.IPv6Address((host or "").partition("%")[0])
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
