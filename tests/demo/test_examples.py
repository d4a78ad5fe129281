# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples, run as they lie there. Addresses and passwords come from outside."""

from __future__ import annotations

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
    assert ("Kazoo still accepts the token" in run.output) is (vendor == "kazoo")
