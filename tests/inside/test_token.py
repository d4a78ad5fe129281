# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions token and token_info, and stores, in each way that a task can run: one play for all of it."""

from __future__ import annotations

import typing as t

import pytest
from lab import HERE, Lab
from search import Search

# Keywords by which a task is no longer for the controller as Ansible runs there
SHIPPED: dict[str, dict[str, t.Any]] = {
    "become": {"become": True},
    "environment": {"environment": {"UNUSED": "variable"}},
    "async": {"async": 30, "poll": 1},
    "another host": {"delegate_to": "far"},
}
LOOKUP = "{{ lookup('telephony.auth.token', store=kept, what='record') }}"
SAME = [
    "one.token == other.token",
    "one.headers == other.headers",
    "one.headers == one | telephony.auth.headers",
    "one.record == lookup('telephony.auth.token', store=kept, what='record')",
]
REASON = {"token": "A store is on the controller", "kazoo_user_auth": "A store is on the controller"}
REASON["token_info"] = "token_info runs on the controller"


@pytest.fixture(scope="module")
def ran(tmp_path_factory, collections, vendors):
    vendors.ask("POST", "reset")
    lab = Lab(tmp_path_factory.mktemp("token"), collections, vendors)
    login, no_file = lab.login(), {"store": {"type": "vault_file", "path": "vault.yml", "variable": "kept"}}
    variables = {f"token_{name}": value for name, value in login.items()}
    variables |= {"token_vendor": "kazoo", "ansible_become_exe": str(HERE / "bin" / "sudo")}

    def action(task, options, name="token", **keywords):
        return {"name": task, f"telephony.auth.{name}": {"options": options}, "ignore_errors": True, **keywords}

    def file(name):
        return {"store": {"type": "file", "path": str(lab.folder / "new" / f"{name}.json")}}

    refused = [
        task
        for way, keywords in SHIPPED.items()
        for task in (
            action(f"token, {way}", no_file, **keywords),
            action(f"token_info, {way}", file("here"), "token_info", **keywords),
            {"name": f"kazoo_user_auth, {way}", **lab.kazoo(**no_file), "ignore_errors": True, **keywords},
        )
    ]
    tasks = [
        *refused,
        action("Misspelt", file("here"), vars={"token_pasword": login["password"]}),
        action("Issued here", file("here")),
        action("Kept when shipped", file("here"), environment={"UNUSED": "variable"}),
        action("Issued when shipped", file("shipped"), environment={"UNUSED": "variable"}),
        action("Kept here", {"path": file("shipped")["store"]["path"]}),
        action("Given out here", {**file("here"), "return_token": True}, register="one"),
        action("Given out when shipped", {**file("here"), "return_token": True}, register="other", environment={"A": "b"}),
        {"name": "Compare", "ansible.builtin.assert": {"that": SAME}, "vars": {"kept": file("here")["store"]}},
        # What newer versions mask by themselves is shown
        {"name": "Looked up", "ansible.builtin.debug": {"msg": LOOKUP}, "vars": {"kept": file("here")["store"]},
         "no_log": "{{ ansible_version.full is version('2.22', '<') }}"},
        action("Looked at", file("here"), "token_info"),
        action("Refused", {**file("none"), "password": "not-the-password"}),
    ]  # fmt: skip
    env = {"ANSIBLE_INJECT_INVOCATION": "true"}
    run = lab.play(tasks, "-vvvv", "--diff", vars=variables, env=env)
    assert run.code == 0, run.output[-5000:]
    return run


@pytest.mark.parametrize("way", SHIPPED)
@pytest.mark.parametrize("name", REASON)
def test_a_store_on_the_controller_is_not_shipped(ran, name, way):
    (each,) = ran.of(f"{name}, {way}")
    assert each.event == "failed"
    assert each.result["msg"].startswith(REASON[name])
    assert "delegate_to: localhost" in each.result["msg"]
    assert "\n" not in each.result["msg"]


def test_a_file_is_the_same_store_both_ways(ran):
    for first, again in (("Issued here", "Kept when shipped"), ("Issued when shipped", "Kept here")):
        one, other = ran.result(first), ran.result(again)
        assert (one["changed"], other["changed"]) == (True, False)
        assert one["fingerprint"] == other["fingerprint"]


def test_a_misspelt_variable_is_named_with_what_was_meant(ran):
    assert "token_pasword (did you mean token_password?)" in ran.result("Misspelt")["msg"]


def test_no_secret_is_shown(ran, vendors):
    assert ran.result("Looked at")["works"]
    assert ran.result("Looked up")
    assert ran.result("Refused")["failure"]["code"] == "credentials_refused"
    search = Search(vendors.ask("GET", "secrets?min_length=8"))
    assert not search.in_text(ran.output)
    assert not search.in_text(repr(ran.seen))
