# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples, run as they lie there. Addresses and passwords come from outside."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from stage import ROOT, VENDORS

EXAMPLES = ROOT / "examples"
PROVISION = "telephony.auth.provision"
# Who logs in in examples/sessions, and what is shown then
SESSIONS = {
    "vacd": ("api.one@example.com", "Example Sub-Account"),
    "kazoo": ("john@example.com", "Acme Telephony, Inc."),
    "webitel": ("200@mydomain.com", "200@mydomain.com is admin"),
    "ipcortex": ("agent", '"result": "success"'),
    "dialer": ("user@example.com", "user@example.com"),
}


@pytest.fixture(scope="module")
def executed():
    """What was executed of the examples, files and folders."""
    return set()


@pytest.fixture
def example(executed):
    def path(name):
        executed.add(EXAMPLES / name)
        return str(EXAMPLES / name)

    return path


def password_of(vendors, vendor, name):
    return next(user["password"] for user in vendors.ask("GET", "users")[vendor] if user.get("username") == name)


@pytest.mark.parametrize("vendor", VENDORS)
def test_session(stage, vendors, example, vendor):
    name, shown = SESSIONS[vendor]
    password = password_of(vendors, vendor, name)
    stage.env.update({f"{vendor}_API_URL".upper(): vendors.api_urls[vendor], f"{vendor}_PASSWORD".upper(): password})
    playbook = example(f"sessions/{vendor}.yml")
    assert stage.play(playbook, "--check").code == 0
    assert not {"issue", "revoke"} & {request["operation"] for request in vendors.requests()}
    vendors.forget_requests()
    run = stage.play(playbook, "-vvvv")
    assert run.code == 0, run.output[-3000:]
    assert shown in run.output
    asked = [(request["operation"], request["status"]) for request in vendors.requests()]
    assert ("issue", 200) in asked or ("issue", 201) in asked
    assert asked[-1][0] == "revoke" or vendor == "kazoo"
    left = [token for token in vendors.alive() if token["kind"] != "auth"]
    assert len(left) == (1 if vendor == "kazoo" else 0)
    assert ("still accept" in run.output) is (vendor == "kazoo")


@pytest.mark.parametrize("store", ["file", "vault_file"])
def test_migration(stage, vendors, example, store):
    tokens = f"@{stage.existing_tokens()}"
    alive = [token["token"] for token in vendors.alive()]
    vendors.forget_requests()
    example("existing_tokens.yml")
    stage.records.mkdir()
    where = ["-e", f"token_store={store}", "-e", f"token_vault_file={stage.records}/{{{{ inventory_hostname }}}}.yml"]
    migrate = [example("migration.yml"), *where, "-e", tokens]
    assert stage.play(*migrate, "--check").code == 0
    assert not list(stage.records.iterdir())

    run = stage.play(*migrate)
    assert run.code == 0, run.output[-3000:]
    assert recap(run) == {"changed"}
    assert len(list(stage.records.glob("[!.]*"))) == 11
    for again in [migrate, [PROVISION, *where]]:
        run = stage.play(*again)
        assert (run.code, recap(run)) == (0, {"ok"})
    assert {request["operation"] for request in vendors.requests()} <= {"check", "list"}
    assert [token["token"] for token in vendors.alive()] == alive


def recap(run):
    """Whether any host was changed or failed, by the words of the recap."""
    counts = re.findall(r" (\w+)=([1-9]\d*)", run.output.rpartition("PLAY RECAP")[2])
    return {word for word, _number in counts} & {"changed", "failed", "unreachable"} or {"ok"}


def test_off_boarding(stage, vendors, example):
    playbook = example("off-boarding.yml")
    assert stage.play(PROVISION, "--limit", "vacd:acme-john:webitel:ipcortex-operator").code == 0
    # Somebody has made one more token, which no record names
    one = {"username": "api.one@example.com", "password": password_of(vendors, "vacd", "api.one@example.com")}
    more = stage.newcomer("vacd", "more", path=f"{stage.folder}/more.json", **one)
    assert stage.play(PROVISION, "--limit", "more", inventories=[more]).code == 0
    before = holders(vendors)
    assert before["api.one@example.com"] == 2

    assert stage.play(playbook).code != 0  # of whom?
    assert stage.play(playbook, "-e", "leaver=all", "--check").code == 0
    assert holders(vendors) == before
    leavers = {"vacd-reports": "api.one@example.com", "acme-john": "john@example.com", "webitel-other": "300@other.com"}
    for _twice in range(2):
        run = stage.play(playbook, "-e", f"leaver={':'.join(leavers)}")
        assert run.code == 0, run.output[-3000:]
        assert holders(vendors) == {user: count for user, count in before.items() if user not in leavers.values()}
        assert not [host for host in leavers if (stage.records / f"{host}.json").exists()]
    assert run.output.count("has no token any more") == 3

    # An API key ends by hand
    run = stage.play(playbook, "-e", "leaver=ipcortex-operator")
    assert (run.code, "End it in the vendor's web interface" in run.output) == (2, True)


def holders(vendors):
    """How many tokens each user has, less the logins that RingCX needs on the way."""
    return Counter(
        token["user"] for token in vendors.alive() if (token["vendor"], token["kind"]) != ("vacd", "auth")
    )
