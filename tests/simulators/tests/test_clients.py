# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that others wrote take the simulators for the real thing."""

# pylint: disable=no-member  # the methods of kazoo.Client are made at run time

from __future__ import annotations

import kazoo
import pytest
import ringcentral_engage_voice.engage_voice_client as engage
from kazoo.exceptions import KazooApiAuthenticationError


def test_ringcentral_engage_voice_in_legacy_mode(sim, monkeypatch: pytest.MonkeyPatch) -> None:
    server = sim.url + "/vacd"
    monkeypatch.setattr(engage, "LEGACY_SERVERS", [*engage.LEGACY_SERVERS, server])
    client = engage.RingCentralEngageVoice(server=server)
    user = sim.user("vacd", "api.one@example.com")
    client.authorize(username=user["username"], password=user["password"])
    made = client.post("/api/v1/admin/token").text
    assert made.startswith("aws80:")
    assert client.get("/api/v1/admin/token").json() == [made]
    assert client.get("/api/v1/admin/accounts").json()[0]["accountId"]
    assert client.delete(f"/api/v1/admin/token/{made}").text == "true"
    assert [entry["operation"] for entry in sim.log()] == ["login", "issue", "list", "other", "revoke"]


def test_ringcentral_engage_voice_wrong_password(sim, monkeypatch: pytest.MonkeyPatch) -> None:
    server = sim.url + "/vacd"
    monkeypatch.setattr(engage, "LEGACY_SERVERS", [*engage.LEGACY_SERVERS, server])
    with pytest.raises(Exception, match="HTTP status code: 401"):
        engage.RingCentralEngageVoice(server=server).authorize(username="api.one@example.com", password="wrong")


def test_kazoo_sdk_with_a_password(sim) -> None:
    user = sim.user("kazoo", "john@example.com")
    client = kazoo.Client(
        username=user["username"],
        password=user["password"],
        account_name=user["account_name"],
        base_url=sim.api["kazoo"],
    )
    client.authenticate()
    account = client.get_account(user["account_id"])
    assert account["data"]["name"] == "Acme Telephony, Inc."
    assert len(client.get_users(user["account_id"])["data"]) > 3


def test_kazoo_sdk_with_an_api_key(sim) -> None:
    user = sim.user("kazoo", "john@example.com")
    account = next(entry for entry in sim.control("GET", "users")["kazoo"] if "api_key" in entry)
    client = kazoo.Client(api_key=account["api_key"], base_url=sim.api["kazoo"])
    client.authenticate()
    assert client.get_user(user["account_id"], user["owner_id"])["data"]["username"] == "john@example.com"


def test_kazoo_sdk_wrong_password(sim) -> None:
    client = kazoo.Client(
        username="john@example.com", password="wrong", account_name="Acme Telephony, Inc.", base_url=sim.api["kazoo"]
    )
    with pytest.raises(KazooApiAuthenticationError):
        client.authenticate()
