# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A user and its token, as the playbooks onboard and offboard bring them about: killed at each step, and run again."""

from __future__ import annotations

import json
import os
import signal
import typing as t
from functools import partial
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.action.token import ActionModule as TokenAction
from ansible_collections.telephony.auth.plugins.action.token_info import ActionModule as TokenInfoAction
from ansible_collections.telephony.auth.plugins.action.user import ActionModule as UserAction
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import USERS_OF
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import Run
from ansible_collections.telephony.auth.tests.lifecycle.drive import Watcher, act, at_step, die
from ansible_collections.telephony.auth.tests.simulators.tests.conftest import Running

Json = dict[str, t.Any]
# The administrator, and what a new user has to have
HOSTS: dict[str, Json] = {
    "vacd": {"admin_username": "parent@example.com"},
    "kazoo": {
        "admin_username": "admin@example.com",
        "admin_account_name": "Acme Telephony, Inc.",
        "token_account_name": "Acme Telephony, Inc.",
        "user_first_name": "Reports",
        "user_last_name": "Service",
    },
    "webitel": {"admin_username": "200@mydomain.com", "user_role": "user"},
    "ipcortex": {"admin_username": "operator", "user_full_name": "Reports Service"},
}
WITH_PASSWORD = [vendor for vendor in HOSTS if vendor != "vacd"]
PASSWORD = "s3t-in-the-w3b-interface"


class Host:
    """A host of the inventory: an API user that may be still to be made."""

    def __init__(self, sim: Running, vendor: str, directory: Path) -> None:
        self.sim = sim
        self.vendor = vendor
        self.directory = directory
        self.number = 0
        self.start_anew()

    def start_anew(self) -> None:
        """Another host."""
        self.number += 1
        self.name = f"new{self.number}@mydomain.com"
        self.password_file = self.directory / f"password{self.number}.json"
        self.token_file = self.directory / f"token{self.number}.json"
        self.variables: Json = {
            "inventory_hostname": self.name,
            "group_names": [self.vendor],
            "token_api_url": self.sim.api[self.vendor],
            "token_username": self.name,
            "token_store": {"type": "file", "path": str(self.token_file)},
            "token_timeout": 5,
            "token_retry_timeout": 20,
            "admin_password": self.sim.user(self.vendor, HOSTS[self.vendor]["admin_username"])["password"],
            "user_store": {"type": "file", "path": str(self.password_file)},
            **HOSTS[self.vendor],
        }

    def onboard(self, watcher: Watcher | None = None) -> list[Json]:
        """The tasks of the playbook, up to the first that fails."""
        results = [act(UserAction, self.variables, watcher=watcher)]
        if not results[0].get("failed"):
            results.append(act(TokenAction, self.variables, watcher=watcher))
        return results

    def offboard(self, state: str, watcher: Watcher | None = None) -> list[Json]:
        """The same."""
        results = [act(UserAction, self.variables, check_mode=True, watcher=watcher, state=state)]
        for action, wanted in (TokenAction, "absent"), (UserAction, state):
            if not results[-1].get("failed"):
                leaving = {**self.variables, "token_revoke": "user"}
                results.append(act(action, leaving, watcher=watcher, state=wanted))
        return results[1:] or results

    @property
    def exists(self) -> bool:
        users = self.sim.control("GET", "users")[self.vendor]
        return self.name in [user.get("username") for user in users if not user.get("deleted")]

    @property
    def tokens(self) -> list[str]:
        return [
            each["token"]
            for each in self.sim.control("GET", "tokens")
            if (each["vendor"], each["user"]) == (self.vendor, self.name) and each["kind"] != "auth"
        ]

    def has_all(self, told: str) -> bool:
        """Whether the user has the password on record, and one token, that on record. told is what the runs said."""
        (user,) = [each for each in self.sim.control("GET", "users")[self.vendor] if each.get("username") == self.name]
        if self.vendor != "vacd":
            kept = json.loads(self.password_file.read_bytes())
            assert (kept["username"], kept["password"], kept["pending"]) == (self.name, user["password"], None)
        token = json.loads(self.token_file.read_bytes())["token"]
        figures.count("tokens lost", token not in self.tokens)
        return token in self.tokens and (len(self.tokens) == 1 or "nobody knows" in told)


@pytest.fixture
def host(sim, tmp_path):
    return lambda vendor: Host(sim, vendor, tmp_path)


def die_before_create(step: str, _moment: str) -> None:
    if step == "create":
        os.kill(os.getpid(), signal.SIGKILL)


def failed(results: list[Json]) -> list[str]:
    return [result["msg"] for result in results if result.get("failed")]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("vendor", WITH_PASSWORD)
def test_an_on_boarding_that_is_killed_at_any_step_is_completed_by_the_next_one(host, vendor, moment):
    new, step = host(vendor), 0
    while True:
        run = Run(partial(new.onboard, at_step(step, moment, die)))
        if not run.was_killed():
            break
        figures.count("kills survived")
        again = new.onboard()
        assert failed(again) == [], step
        assert new.has_all(str(again)), step
        assert [result["changed"] for result in new.onboard()] == [False, False], step
        new.start_anew()
        step += 1
    assert step > 12


@pytest.mark.parametrize("vendor", WITH_PASSWORD)
def test_an_off_boarding_that_is_killed_at_any_step_is_completed_by_the_next_one(host, vendor):
    leaver, step = host(vendor), 0
    while True:
        assert failed(leaver.onboard()) == []
        if not Run(partial(leaver.offboard, "absent", at_step(step, "after", die))).was_killed():
            break
        figures.count("kills survived")
        assert failed(leaver.offboard("absent")) == [], step
        assert (leaver.exists, leaver.password_file.exists(), leaver.token_file.exists()) == (False, False, False), step
        assert leaver.tokens == [] or vendor == "kazoo", step
        assert [result["changed"] for result in leaver.offboard("absent")] == [False, False], step
        leaver.start_anew()
        step += 1
    assert step > 12


def test_a_user_of_ringcx_needs_a_password_from_elsewhere(host):
    new = host("vacd")
    made, refused = new.onboard()
    assert (made["changed"], refused["failure"]["code"]) == (True, "credentials_missing")
    assert "has no way to set a user's password" in refused["msg"]
    assert "token_password" in refused["msg"]
    new.sim.control("PATCH", "users", {"vendor": "vacd", "username": new.name, "set": {"password": PASSWORD}})
    new.variables["token_password"] = PASSWORD
    assert [result["changed"] for result in new.onboard()] == [False, True]
    assert new.has_all("")
    assert [result["changed"] for result in new.onboard()] == [False, False]
    assert [result["changed"] for result in new.offboard("disabled")] == [True, True]
    assert (new.tokens, new.sim.user("vacd", new.name)["enabled"]) == ([], False)
    assert [result["changed"] for result in new.offboard("disabled")] == [False, False]


def test_who_is_disabled_has_no_token(host):
    leaver = host("kazoo")
    leaver.onboard()
    assert leaver.tokens
    assert [result["changed"] for result in leaver.offboard("disabled")] == [True, True]
    assert (leaver.tokens, leaver.sim.user("kazoo", leaver.name)["enabled"]) == ([], False)


def test_a_user_that_is_not_there_is_not_made_to_be_disabled(host):
    never = host("kazoo")
    assert [result["changed"] for result in never.offboard("disabled")] == [False, False]
    assert not never.exists


@pytest.mark.parametrize("vendor", ["webitel", "ipcortex"])
def test_where_a_user_cannot_be_disabled_nothing_ends(host, vendor):
    stays = host(vendor)
    stays.onboard()
    (refused,) = stays.offboard("disabled")
    assert "To remove it, set user_leaves=removed." in refused["msg"]
    assert stays.has_all("")


@pytest.mark.parametrize("vendor", WITH_PASSWORD)
def test_a_nightly_run_finds_the_password_without_an_administrator(host, vendor):
    new = host(vendor)
    new.onboard()
    new.token_file.unlink()
    for name in [name for name in new.variables if name.startswith("admin_")]:
        del new.variables[name]
    result = act(TokenAction, new.variables)
    assert (result.get("failed"), result["changed"]) == (None, True)
    kept = json.loads(new.password_file.read_bytes())
    assert kept["password"] not in str(result)
    assert act(TokenInfoAction, new.variables)["works"] is True


@pytest.mark.parametrize("vendor", WITH_PASSWORD)
def test_a_password_that_is_not_there_or_pending_is_told(host, vendor):
    new = host(vendor)
    before = len(new.sim.log())
    missing = act(TokenAction, new.variables)
    assert missing["failure"]["code"] == "credentials_missing"
    assert "does not exist. Run telephony.auth.onboard, first" in missing["msg"]
    assert "telephony.auth.onboard" in act(TokenInfoAction, new.variables)["problem"]
    assert len(new.sim.log()) == before
    assert Run(partial(new.onboard, die_before_create)).was_killed()
    kept = json.loads(new.password_file.read_bytes())
    told = act(TokenAction, new.variables)
    assert told["failure"]["code"] == "credentials_missing"
    assert "Run telephony.auth.onboard, which sets it again." in told["msg"]
    new.password_file.write_text(json.dumps({**kept, "api_url": "https://elsewhere.example.com"}), encoding="utf-8")
    assert act(TokenAction, new.variables)["failure"]["code"] == "record_mismatch"
    assert kept["password"] not in str([missing, told])


@pytest.mark.parametrize(
    ("variable", "suggestion"),
    [("user_frist_name", "user_first_name"), ("admin_pasword", "admin_password"), ("user_nothing_like_it", "")],
)
def test_a_typing_error_is_found_before_any_request(host, variable, suggestion):
    new = host("kazoo")
    before = len(new.sim.log())
    new.variables[variable] = "x"
    (result,) = new.onboard()
    assert f"No vendor's module has an option for the variable {variable}" in result["msg"]
    assert f"(did you mean {suggestion}?)" in result["msg"] or not suggestion
    assert len(new.sim.log()) == before


def test_a_vendor_whose_users_cannot_be_managed_is_told(host):
    new = host("kazoo")
    new.variables["group_names"] = ["dialer"]
    (result,) = new.onboard()
    assert "There is no module for users of dialer." in result["msg"]
    assert all(vendor in result["msg"] for vendor in USERS_OF)
