# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold for every vendor: only a clear answer counts as one."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import responses

from ansible_collections.telephony.auth.plugins.module_utils import _registry
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor, refused, said, shown
from ansible_collections.telephony.auth.plugins.module_utils._vendors._dialer import Dialer
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo_api_key import KazooApiKey
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd_login import VacdLogin
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import WebitelDomainToken
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, make

URL = "https://vendor.example/base"
PASSWORD = "p&ss=w+rd% ü"
PASSWORD_TOKEN = "r1ngc3ntral"
USER: dict[str, t.Any] = {"api_url": URL, "username": "joe", "password": PASSWORD}
TOKEN = Token("t0ken-t0ken", {"key": "k3y"}, expires_at=2_000_000_000)
# The tokens of a domain say by which name they are listed
NAMED = jwt(id="3f2504e0-4f89-41d3-9a0c-0305e82c3301", d="mydomain.com")

VENDORS: dict[str, tuple[type[BaseVendor], dict[str, t.Any]]] = {
    "vacd": (Vacd, {"api_url": URL, "auth_token": "4uth"}),
    "vacd_login": (VacdLogin, USER),
    "kazoo": (Kazoo, {**USER, "account_name": "acme"}),
    "kazoo key": (Kazoo, {"api_url": URL, "api_key": "a" * 64}),
    "ringcx_session": (RingcxSession, {"api_url": URL, "username": "joe", "rc_access_token": PASSWORD_TOKEN}),
    "kazoo_api_key": (KazooApiKey, {"api_url": URL, "auth_token": jwt(account_id=32 * "a")}),
    "webitel": (Webitel, USER),
    "webitel_domain_token": (WebitelDomainToken, {"api_url": URL, "auth_token": NAMED, "role": "admin"}),
    "ipcortex": (Ipcortex, USER),
    "dialer": (Dialer, {**USER, "check_path": "/me.json"}),
    "dialer reseller": (Dialer, {**USER, "check_path": "/me.json", "account_type": "reseller"}),
}


def token_of(vendor: BaseVendor) -> Token:
    return replace(TOKEN, value=NAMED) if vendor.lists_names else TOKEN


HTML = "<!DOCTYPE html><html><body>Sign in</body></html>"
JUNK: dict[str, dict[str, t.Any]] = {
    "page": {"status": 200, "body": HTML, "content_type": "text/html"},
    "page as JSON": {"status": 200, "body": HTML, "content_type": "application/json"},
    "page 401": {"status": 401, "body": HTML, "content_type": "text/html"},
    "page 403": {"status": 403, "body": HTML, "content_type": "text/html"},
    "page 404": {"status": 404, "body": HTML, "content_type": "text/html"},
    "nothing": {"status": 200, "body": ""},
    "garbage": {"status": 200, "body": "}{ \x00", "content_type": "application/json"},
    "number": {"status": 200, "json": 5},
    "null": {"status": 200, "body": "null"},
    "nested": {"status": 200, "body": '{"token":' * 50_000},
    "other object": {
        "status": 200,
        "json": {"token": {"a": []}, "data": [], "user": "x", "auth_token": 1, "status": "x"},
    },
    "error": {"status": 500, "json": {"message": "oops"}},
    "unavailable": {"status": 503, "body": HTML, "content_type": "text/html"},
    "teapot": {"status": 418, "json": {}},
    "multiple": {"status": 300, "json": {}},
}
OPERATIONS: dict[str, t.Callable[[BaseVendor], object]] = {
    "issue": lambda vendor: vendor.issue(),
    "check": lambda vendor: vendor.check(token_of(vendor)),
    "revoke": lambda vendor: vendor.revoke(token_of(vendor), leaving=False),
}
# Where nobody knows the shape of the answer, every good status without a web page is one
SHAPELESS = {("dialer", "check"), ("dialer", "revoke")}
# Nobody is asked where nobody can end a token
UNASKED = {("vacd_login", "revoke"), ("ringcx_session", "revoke")}
# vacd's tokens come as bare text, and only asking tells that one is none
BARE = {("vacd", "issue", "number"), ("vacd", "issue", "null")}


def makes_no_sense(vendor: str, operation: str, reply: str) -> bool:
    vendor = vendor.split()[0]
    if (vendor, operation) in UNASKED:
        return False
    good = JUNK[reply]["status"] == 200 and JUNK[reply].get("body") != HTML
    return (vendor, operation, reply) not in BARE and not ((vendor, operation) in SHAPELESS and good)


CASES = [case for case in itertools.product(VENDORS, OPERATIONS, JUNK) if makes_no_sense(*case)]


def made(vendor: str, **more: t.Any) -> BaseVendor:
    kind, options = VENDORS[vendor]
    return make(kind, **{**options, **more})


@pytest.mark.parametrize(("vendor", "operation", "reply"), CASES)
@responses.activate
def test_a_reply_that_makes_no_sense_is_neither_a_token_nor_a_refusal_of_one(vendor, operation, reply, everything_in):
    for method in ("GET", "PUT", "POST", "DELETE"):
        responses.add(method, re.compile(re.escape(URL)), **JUNK[reply])
    with pytest.raises(TelephonyError) as caught:
        OPERATIONS[operation](made(vendor))
    assert PASSWORD not in everything_in(caught.value)
    assert TOKEN.value not in everything_in(caught.value)
    assert caught.value.code in ("bad_reply", "server_error", "credentials_refused", "vendor_error", "not_permitted")
    if operation == "issue":
        # Web pages that say 401 may be taken for a refused login, as no second login follows either way
        issued = [call for call in responses.calls if call.request.method != "GET"]
        assert len(issued) <= 1 or JUNK[reply]["status"] == 503


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 418, 422, 500])
@responses.activate
def test_what_the_vendor_echoes_is_masked(vendor, operation, status, everything_in):
    def echo(request):
        text = f"{request.url} {request.headers} {request.body!r} {PASSWORD} {TOKEN.value} k3y {'a' * 64}"
        said = dict.fromkeys(("message", "info", "generalMessage", "details", "error"), text)
        return status, {}, json.dumps({**said, "result": "fail", "data": {"message": text}})

    for method in ("GET", "PUT", "POST", "DELETE"):
        responses.add_callback(method, re.compile(re.escape(URL)), echo)
    vendor_made = made(vendor)
    for secret in (*TOKEN.secrets, PASSWORD, "4uth", "a" * 64):
        vendor_made.api.secrets.add(secret)
    try:
        told = repr(OPERATIONS[operation](vendor_made))
    except TelephonyError as failure:
        told = everything_in(failure) + str(failure.as_result("x"))
    for secret in (PASSWORD, TOKEN.value, "k3y", "a" * 64, "4uth"):
        assert secret not in told


@pytest.mark.parametrize("vendor", VENDORS)
@responses.activate
def test_no_request_names_a_secret_in_its_url(vendor):
    """vacd's API wants the token to delete in the path; nobody else's does."""
    for method in ("GET", "PUT", "POST", "DELETE"):
        responses.add(method, re.compile(re.escape(URL)), status=404, json={})
    for operation in OPERATIONS.values():
        with contextlib.suppress(TelephonyError):
            operation(made(vendor))
    urls = [
        str(call.request.url) for call in responses.calls if not (vendor == "vacd" and call.request.method == "DELETE")
    ]
    assert len(urls) >= 2
    assert not any(secret in url for url in urls for secret in (TOKEN.value, "k3y", "a" * 64, "4uth", "joe"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_token_option_that_is_no_token_is_named_before_anything_is_sent(vendor):
    for name in {
        "vacd": ["api_token", "auth_token"],
        "vacd_login": ["auth_token"],
        "kazoo": ["auth_token"],
        "kazoo_api_key": ["auth_token"],
        "ringcx_session": ["access_token"],
        "ipcortex": ["session"],
    }.get(vendor.split()[0], ["token"]):
        more = {"key": "k"} if vendor == "webitel" else {}
        with pytest.raises(OptionError, match=f"^{name} must be one line of printable ASCII without spaces"):
            made(vendor, **more, **{name: "two words"}).known()


@pytest.mark.parametrize("vendor", VENDORS)
def test_nothing_is_known_without_an_option(vendor):
    assert made(vendor).known() is None


@pytest.mark.parametrize("vendor", VENDORS)
def test_who_has_credentials_can_issue(vendor):
    assert made(vendor).cannot_issue() == ""


WITH_A_LOGIN = [each for each in _registry.VENDORS.values() if each is not RingcxSession]


@pytest.mark.parametrize("vendor", WITH_A_LOGIN)
def test_who_has_no_credentials_is_told_which_option_is_missing_and_where_it_can_come_from(vendor):
    prefix = vendor.name.split("_")[0].upper()
    username, password = (
        f"{name} is not set. Give {name} or {prefix}_{name.upper()}." for name in ("username", "password")
    )
    assert make(vendor, api_url=URL).cannot_issue() == f"{username} {password}"
    assert make(vendor, api_url=URL, username="joe").cannot_issue() == password
    # A password without its user does no harm: it may be in the environment for another task
    assert make(vendor, api_url=URL, password="pw").cannot_issue() == username


@pytest.mark.parametrize("vendor", _registry.VENDORS.values(), ids=_registry.VENDORS)
def test_every_option_that_is_a_secret_is_marked_so(vendor):
    """And nothing else that a playbook's author wants to see."""
    secret = {name for name, attributes in vendor.spec().argument_spec.items() if attributes.get("no_log")}
    named_so = {
        name
        for name in vendor.spec().argument_spec
        if re.fullmatch("password|credentials|.*_token|token|api_key|auth_key|key|session|totp_code|proxy|keep", name)
    } - {"return_token", "keep" if vendor.lists_names else ""}
    assert secret == named_so


@pytest.mark.parametrize("name", _registry.VENDORS)
def test_a_vendor_is_a_row_that_tells_what_it_is(name):
    vendor = _registry.VENDORS[name]
    assert vendor.name == name
    assert vendor.title
    assert vendor.details
    path = Path(_registry.__file__).parents[1] / "modules" / f"{vendor.module}.py"
    assert f"run_module({vendor.__name__})" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("vendor", VENDORS)
def test_only_ringcx_and_webitel_s_domains_list_tokens(vendor):
    assert isinstance(made(vendor), ListingVendor) is (vendor in ("vacd", "webitel_domain_token"))


@pytest.mark.parametrize("vendor", _registry.VENDORS.values(), ids=_registry.VENDORS)
@pytest.mark.parametrize("name", ["joe\n", "a\0b", "\ud800", "x" * 257])
def test_a_user_name_that_no_record_could_hold_is_an_error(vendor, name):
    with pytest.raises(OptionError, match=r"^username must be one line of printable characters, at most 256"):
        make(vendor, api_url=URL, username=name)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_account_s_id_is_a_fact_though_it_looks_like_a_token(vendor):
    identifier = "0123456789abcdef0123456789ABCDEF"
    facts = {
        name: {"id": identifier} if isinstance(shape, dict) else identifier
        for name, shape in made(vendor).details.items()
    }
    assert "***" not in str(made(vendor).let_in(facts))


@pytest.mark.parametrize("vendor", VENDORS)
@responses.activate
def test_what_a_vendor_says_is_one_short_line(vendor):
    text = f"no {'x ' * 5000} {PASSWORD}\r\n"
    words = dict.fromkeys(("message", "info", "generalMessage", "details", "error"), text)
    for method in ("GET", "PUT", "POST", "DELETE"):
        responses.add(method, re.compile(re.escape(URL)), status=403, json={**words, "result": "fail"})
    with pytest.raises(TelephonyError) as caught:
        made(vendor).issue()
    told = caught.value.vendor_message or ""
    assert told.endswith("...")
    assert told.isprintable()
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    ("body", "told"), [(b'{"message": "No."}', 'says: {"message": "No."}'), (b"", "does not say why.")]
)
def test_a_refusal_names_the_address_that_was_asked(body, told):
    reply = Reply(URL, "issue", 401, "", body, made("webitel").api.secrets)
    assert refused(reply, "The login failed.", "any").message == f"The login failed. The vendor at {URL} {told}"


def test_a_secret_over_two_lines_is_masked():
    vendor = made("webitel")
    vendor.api.secrets.add("tops3cret")
    reply = Reply(URL, "check", 401, "", json.dumps({"info": "a\x01\n tops3cret"}).encode(), vendor.api.secrets)
    assert shown(reply, said(reply, "info")) == "a ***"
