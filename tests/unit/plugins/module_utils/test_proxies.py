# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies: what they refuse, what they break off, and what the vendor may have done meanwhile."""

from __future__ import annotations

import base64
import dataclasses
import typing as t
from importlib.metadata import version

import proxy
import pytest

from ansible_collections.telephony.auth.plugins.module_utils._api import (
    Api,
)
from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.calls import (
    OK,
    Waits,
    make_api,
    refusal,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.conftest import DRIP, HANG, RESET
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import CONNECTION_OPTIONS as OPTIONS


@pytest.fixture(scope="module")
def real_proxy() -> t.Iterator[str]:
    """A proxy that wants joe's password and does not let anybody to blocked.example."""
    flags = ["--hostname", "127.0.0.1", "--port", "0", "--num-workers", "1", "--num-acceptors", "1", "--threaded"]
    rules = ["--plugins", "proxy.plugin.FilterByUpstreamHostPlugin", "--filtered-upstream-hosts", "blocked.example"]
    with proxy.Proxy([*flags, "--log-level", "critical", "--basic-auth", "joe:s3cr3t&t=k+n", *rules]) as running:
        yield f"127.0.0.1:{running.flags.port}"


def through(address: str, url: str, user: str = "joe:s3cr3t&t=k+n@", **more: t.Any) -> tuple[Api, Waits]:
    waits = Waits()
    options = {**OPTIONS, "api_url": url, "proxy": f"http://{user}{address}", **more}
    return Api(connection(options), Masker(), adapter=LimitedAdapter(), sleep=waits), waits


def test_a_proxy_passes_on_plain_requests(real_proxy, broken_server):
    broken_server.steps = [OK]
    api, _waits = through(real_proxy, broken_server.url)
    assert api.call("issue", "POST", "/x", changes=True, data="a=1").json() == {}
    assert broken_server.requests[0].endswith(b"\r\n\r\na=1")


def test_a_proxy_passes_on_tls(real_proxy, tls_server, ca_file):
    _context, url = tls_server
    api, _waits = through(real_proxy, url, ca_path=ca_file)
    assert [api.call("check", "GET", "/").status for _again in range(2)] == [204, 204]


@pytest.mark.parametrize("user", ["", "joe:wr0ng@"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://pbx.example"])
def test_a_proxy_that_wants_a_password_kept_the_request(real_proxy, everything_in, url, user):
    api, waits = through(real_proxy, url, user)
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done, waits) == ("proxy_refused", False, [])
    assert failure.message == (
        f"The proxy refused to pass the request on to {url}: it wants another user name and password, or any at all"
        " (status 407). Write them as in http://user:password@proxy.example.com:3128 into the option proxy, or the"
        " environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY where it is not set."
    )
    assert "wr0ng" not in everything_in(failure)


def test_a_proxy_that_does_not_allow_the_host_kept_the_request(real_proxy):
    api, waits = through(real_proxy, "https://blocked.example")
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done, waits) == ("proxy_refused", False, [])
    assert "to https://blocked.example (status 418). Ask for it to be allowed" in failure.message
    assert "the option proxy, or the environment variables HTTPS_PROXY" in failure.message


def test_a_proxy_that_does_not_reach_the_vendor_is_asked_again(real_proxy, closed_port):
    api, waits = through(real_proxy, f"https://127.0.0.1:{closed_port}")
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done, len(waits)) == ("unreachable", False, 3)
    assert f"The proxy does not lead to https://127.0.0.1:{closed_port}: status 502" in failure.message


@pytest.mark.parametrize("step", [b"", RESET])
def test_a_plain_proxy_may_close_after_the_work(real_proxy, broken_server, everything_in, step):
    broken_server.steps = [step, OK]
    api, waits = through(real_proxy, broken_server.url)
    failure = refusal(api, changes=True)
    assert (failure.maybe_done, len(broken_server.requests), waits) == (True, 1, [])
    assert "s3cr3t" not in everything_in(failure)


def test_a_tunnel_may_close_after_the_work(real_proxy, tls_server, ca_file):
    _context, url = tls_server
    api, waits = through(real_proxy, url, ca_path=ca_file)
    with pytest.raises(NoClearAnswer, match="cannot be reached") as caught:
        api.call("issue", "DELETE", "/", changes=True)
    assert (caught.value.code, caught.value.maybe_done, waits) == ("unreachable", True, [])


@pytest.mark.parametrize("kind", ["plain", "tunnel"])
def test_a_reply_through_a_proxy_has_the_same_limit(real_proxy, broken_server, tls_server, ca_file, kind):
    broken_server.steps = [(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{", DRIP)]
    url = broken_server.url if kind == "plain" else tls_server[1]
    api, waits = through(real_proxy, url, ca_path=ca_file, timeout=1)
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done, waits) == ("timeout", True, [])


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_environment_s_proxy_counts_as_the_option_s(monkeypatch, broken_server, everything_in, variable):
    monkeypatch.setenv(variable, broken_server.url.replace("//", "//joe:s3cr3t@"))
    broken_server.steps = [b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"]
    failure = refusal(Api(connection(OPTIONS), Masker(), adapter=LimitedAdapter()), changes=True)
    assert (failure.code, failure.maybe_done) == ("proxy_refused", False)
    assert broken_server.requests[0].startswith(b"CONNECT pbx.example:443 HTTP/1.")
    assert "s3cr3t" not in everything_in(failure)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (b"", "unreachable"),
        (RESET, "unreachable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"HTTP/1.1 503 Busy\r\n\r\n", "unreachable"),
        (HANG, "timeout"),
        ((b"HTTP/1.1 200 OK\r\nX-Long: ", DRIP), "timeout"),
        (b"HTTP/1.1 200 OK\r\n\r\nno TLS", "tls"),
        (b"HTTP/1.1 403 No\r\n\r\n", "proxy_refused"),
        (b"HTTP/1.1 500 No\r\n\r\n", "proxy_refused"),
    ],
)
def test_what_happens_before_a_tunnel_stands_happens_before_the_request(broken_server, step, code):
    broken_server.steps = [step] * 2
    address = broken_server.url[7:]
    api, waits = through(address, "https://pbx.example", timeout=1, retries=1)
    api.settings = dataclasses.replace(api.settings, timeout=0.2)
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done) == (code, False)
    assert len(waits) == (1 if code in ("unreachable", "timeout") else 0)


@pytest.mark.skipif(version("urllib3") < "1.26", reason="This urllib3 speaks no TLS to a proxy")
def test_a_proxy_with_an_unknown_certificate_is_named(tls_server):
    _context, url = tls_server
    api = Api(connection({**OPTIONS, "proxy": url}), Masker(), adapter=LimitedAdapter(), sleep=Waits())
    failure = refusal(api, changes=True)
    assert (failure.code, failure.maybe_done) == ("tls", False)
    assert "certificate" in failure.message


@pytest.mark.parametrize(
    ("head", "mine"),
    [
        (b"403 No\r\nX-Squid-Error: ERR_ACCESS_DENIED 0", True),
        (b"403 No\r\nProxy-Agent: x", True),
        (b"403 No\r\nProxy-Status: p; error=http_request_denied", True),
        (b"407 No", True),
        # What a proxy adds to replies of the vendor
        (b"403 No\r\nVia: 1.1 p", False),
        (b"403 No\r\nProxy-Status: p; received-status=403", False),
        (b"403 No\r\nProxy-Agent: x\r\nContent-Type: application/json", False),
        (b"403 No", False),
    ],
)
def test_a_plain_proxy_s_refusal_is_told_from_the_vendor_s(broken_server, head, mine):
    broken_server.steps = [b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\n\r\n"]
    api, _waits = through(broken_server.url[7:], "http://127.0.0.1:9")
    if mine:
        failure = refusal(api, changes=True)
        assert (failure.code, failure.status, failure.maybe_done) == ("proxy_refused", int(head[:3]), False)
    else:
        assert api.call("issue", "POST", "/x", changes=True).status == 403


def test_a_vendor_without_a_proxy_refuses_by_itself(broken_server):
    broken_server.steps = [b"HTTP/1.1 403 No\r\nX-Squid-Error: x\r\nContent-Length: 0\r\n\r\n"]
    assert make_api(broken_server.url)[0].call("issue", "POST", "/x", changes=True).status == 403


def test_a_proxy_s_password_is_masked_in_what_it_says(broken_server):
    basic = base64.b64encode(b"joe:s3cr3t&t=k+n")
    broken_server.steps = [b"HTTP/1.1 500 No\r\n\r\nYou sent s3cr3t&t=k+n and " + basic]
    api, _waits = through(broken_server.url[7:], "http://127.0.0.1:9")
    message = refusal(api, changes=True).vendor_message
    assert message
    assert message.startswith("You sent *** and ")
    assert basic.decode() not in message
