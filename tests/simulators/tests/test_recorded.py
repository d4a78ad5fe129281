# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every exchange that was recorded from the real servers, played against the simulators."""

from __future__ import annotations

import datetime
import json
import re
import typing as t
from pathlib import Path

import pytest
import requests

OBSERVED = Path(__file__).resolve().parent.parent / "observed"
# Different in each run; their type is compared, everything else to the letter.
VOLATILE = {"timestamp", "request_id", "exp", "identity_sig", "expires", "createdOn"}
PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
KAZOO_TIME = datetime.datetime(2026, 11, 22, 13, 28, 17, tzinfo=datetime.UTC).timestamp()
WEBITEL_TIME = 1795354127.2


class Player:
    """Plays one file in order; a placeholder is bound where it first shows up in a reply."""

    def __init__(self, base: str, root: str, bound: dict[str, str]) -> None:
        self.base, self.root, self.bound = base, root, bound
        self.session = requests.Session()

    def fill(self, value: t.Any) -> t.Any:
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda match: self.value(match[1]), value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        return value

    def value(self, name: str) -> str:
        if name == "TAMPERED_JWT":  # the right token with one character of its signature changed
            head, _dot, signature = self.bound["USER_JWT"].rpartition(".")
            middle = len(signature) // 2
            other = "A" if signature[middle] != "A" else "B"
            return f"{head}.{signature[:middle]}{other}{signature[middle + 1:]}"
        return self.bound[name]

    def play(self, exchange: dict[str, t.Any]) -> None:
        request, expected = exchange["request"], exchange["response"]
        path = request["path"]
        base = self.root if path.startswith("/v1/") else self.base
        body = None
        if "json" in request:
            body = json.dumps(self.fill(request["json"])).encode()
        elif "raw" in request:
            body = request["raw"].encode()
        reply = self.session.request(
            request["method"],
            base + self.fill(path),
            params=request.get("query"),
            headers=self.fill(request["headers"]),
            data=body,
            allow_redirects=False,
            timeout=10,
        )
        assert reply.status_code == expected["status"], reply.text
        assert reply.headers.get("Content-Type") == expected["content_type"]
        self.compare(expected["body"], reply.json(), "body")

    def compare(self, expected: t.Any, got: t.Any, where: str) -> None:
        assert type(got) is type(expected), f"{where}: {got!r} for {expected!r}"
        if isinstance(expected, dict):
            if where.endswith(".acl"):  # shortened in the recording
                got = {key: got[key] for key in expected}
            assert set(got) == set(expected), where
            for key in expected:
                if key in VOLATILE:
                    assert type(got[key]) is type(expected[key]), f"{where}.{key}"
                else:
                    self.compare(expected[key], got[key], f"{where}.{key}")
        elif isinstance(expected, list):
            assert len(got) == len(expected), where
            for index, item in enumerate(expected):
                self.compare(item, got[index], f"{where}[{index}]")
        elif isinstance(expected, str) and PLACEHOLDER.search(expected):
            whole = PLACEHOLDER.fullmatch(expected)
            if whole and whole[1] not in self.bound and whole[1] != "TAMPERED_JWT":
                assert got, where
                self.bound[whole[1]] = got
            assert got == self.fill(expected), where
        else:
            assert got == expected, where


def exchanges(vendor: str) -> list[dict[str, t.Any]]:
    recorded: dict[str, t.Any] = json.loads((OBSERVED / f"{vendor}.json").read_text(encoding="utf-8"))
    return list(recorded["exchanges"])


@pytest.mark.parametrize(("vendor", "recorded_at", "count"), [("kazoo", KAZOO_TIME, 35), ("webitel", WEBITEL_TIME, 43)])
def test_every_recorded_exchange(sim, vendor: str, recorded_at: float, count: int) -> None:
    accounts = {user["account_name"]: user for user in sim.control("GET", "users")["kazoo"]}
    bound = {"API_KEY": accounts["Acme Telephony, Inc."]["api_key"]} if vendor == "kazoo" else {}
    player = Player(sim.api[vendor], f"{sim.url}/{vendor}", bound)
    sim.advance(recorded_at - sim.control("GET", "clock")["now"])
    recorded = exchanges(vendor)
    assert len(recorded) == count
    for exchange in recorded:
        sim.advance(0.05)  # tokens of one millisecond would be one text
        try:
            player.play(exchange)
        except AssertionError as exc:
            raise AssertionError(f"{exchange['case']}: {exc}") from exc
    log = sim.log()
    assert [entry["status"] for entry in log] == [exchange["response"]["status"] for exchange in recorded]


def test_recorded_values_are_real(sim) -> None:
    """What the comparison takes by type only has the right form."""
    reply = sim.login("kazoo", "john@example.com").json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", reply["timestamp"])
    assert len(reply["auth_token"]) > 700
    reply = sim.login("webitel", "200@mydomain.com").json()
    days = (reply["expires"] / 1000 - sim.control("GET", "clock")["now"]) / 86400
    assert 99.9 < days < 100
