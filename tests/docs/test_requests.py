# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each request that a vendor has published is sent by the task that guide_requests.rst names for it."""

from __future__ import annotations

import importlib
import json
import typing as t
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import yaml
from requests import PreparedRequest

from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.portal import Portal

ROOT = Path(__file__).parents[2]
VENDORS = yaml.safe_load((ROOT / "tests" / "docs" / "requests.yml").read_text(encoding="utf-8"))
REQUESTS = [(vendor, entry) for vendor, about in VENDORS.items() for entry in about["requests"]]
# The simulated users: the ones who may send all that is listed
USERS = {
    "dialer": "user@example.com",
    "ipcortex": "agent",
    "kazoo": "john@example.com",
    "vacd": "api.three@example.com",
    "webitel": "200@mydomain.com",
}

Json = dict[str, t.Any]


def id_of(vendor: str, entry: Json) -> str:
    told = json.dumps([entry.get(name) for name in ("headers", "json", "form")])
    return f"{vendor} {entry['method']} {entry['path']} {told}"


class Vendor(Portal):
    """A simulated vendor that keeps what it was sent and what it answered."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.seen: list[tuple[PreparedRequest, int]] = []

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        reply = super().answer(request)
        self.seen.append((request, reply[0]))
        return reply

    def task(self, module: str, options: Json) -> Json:
        """What a task returns."""
        action = importlib.import_module(f"ansible_collections.telephony.auth.plugins.action.{module}").ActionModule
        result, _warnings = self.run_door(action.vendor, action.start, **options)
        assert not result.get("failed"), result
        return result


def values_of(portal: Vendor, username: str) -> dict[str, str]:
    """What the words in braces stand for."""
    simulated = t.cast(t.Any, portal.vendor)
    user = simulated.users[username]
    token = simulated.make_token(username)
    values = {"username": username, "password": user["password"], "token": token}
    if portal.vendor.name == "dialer":
        values["check_path"] = "/account.json"
    elif portal.vendor.name == "ipcortex":
        # Somebody else's, which a login may join
        values.update(session=simulated.make_token("operator"), api_key=user["api_key"])
    elif portal.vendor.name == "kazoo":
        api_key = simulated.by_id[user["account_id"]]["api_key"]
        values.update(credentials=user["credentials"]["md5"], account_name=user["account_name"], api_key=api_key)
    elif portal.vendor.name == "vacd":
        login = {"username": username, "password": user["password"]}
        values["auth_token"] = portal.task("vacd_login", login)["token"]
    else:
        [values["key"]] = simulated.pairs
        caller = {"auth_token": token, "auth_key": values["key"], "domain": "mydomain.com", "role": "admin"}
        values["domain_token"] = portal.task("webitel_domain_token", caller)["token"]
    return values


def fill(template: t.Any, values: dict[str, str]) -> t.Any:
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    return template.format_map(values) if isinstance(template, str) else template


def is_sent(entry: Json, request: PreparedRequest, path: str) -> bool:
    """Whether a request is the one of the entry, which has its values."""
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    if "json" in entry:
        same_body = body.startswith("{") and json.loads(body) == entry["json"]
    else:
        same_body = dict(parse_qsl(body)) == entry.get("form", {})
    headers = entry.get("headers", {})
    same_headers = {name: request.headers.get(name) for name in headers} == headers
    target = (str(request.method), unquote(urlsplit(str(request.url)).path))
    return same_body and same_headers and target == (entry["method"], path + entry["path"])


@pytest.mark.parametrize(("vendor", "entry"), REQUESTS, ids=[id_of(*each) for each in REQUESTS])
def test_a_published_request_is_sent_by_its_task(vendor, entry):
    portal = Vendor(vendor)
    values = values_of(portal, "reseller1" if "resellers" in entry["path"] else USERS[vendor])
    portal.seen.clear()
    filled = {name: fill(value, values) for name, value in entry.items()}
    portal.task(entry["module"], filled["options"])
    path = urlsplit(portal.api_url).path
    assert [status for request, status in portal.seen if is_sent(filled, request, path)] in ([200], [201])


@pytest.mark.parametrize("test", sorted({entry["test"] for _vendor, entry in REQUESTS}))
def test_a_test_that_is_named_exists(test):
    path, _colons, name = test.partition("::")
    assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_no_request_is_listed_twice():
    ids = [id_of(*each) for each in REQUESTS]
    assert len(set(ids)) == len(ids)
