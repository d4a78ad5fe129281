# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gateways, odd replies and impatient clients in front of the simulators: whatever comes back, the vendor may have done it."""

from __future__ import annotations

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import Json, User

HTML = {"body": "<html>Bad gateway</html>", "headers": {"Content-Type": "text/html"}}
# What comes back after the vendor has made a token
UNREADABLE: dict[str, Json] = {
    "502": {"status": 502, **HTML},
    "503 with Retry-After": {"status": 503, "headers": {"Retry-After": "1"}, "body": ""},
    "504": {"status": 504, **HTML},
    "500": {"status": 500, "body": "oops"},
    "a redirect": {"status": 302, "headers": {"Location": "https://elsewhere.example/"}, "body": ""},
    "too large": {"padding": 2 * 1024 * 1024},
    "a header that is too long": {"raw_headers": ["X-Long: " + 70_000 * "x"]},
    "another page": {"status": 200, **HTML},
}
# An account always has a key, so that a first run makes none
MADE = [vendor for vendor in VENDORS if vendor != "kazoo_api_key"]
READABLE: dict[str, Json] = {"gzip": {"encode": "gzip"}, "deflate": {"encode": "deflate"}}


def answer(user: User, operation: str, **parameters: object) -> None:
    """Let the next call of this kind be answered so, after the work."""
    rule = {
        "vendor": user.simulator,
        "operation": user.operation(operation),
        "fault": "answer",
        "times": 1,
        **parameters,
    }
    user.sim.faults(rule)
    figures.count("faults injected")


def is_accounted_for(user: User, *told: Json) -> None:
    """Each token that lives is on record, or was told of in one of these results."""
    text = " ".join(str(ran.get("msg", "")) + str(ran["warnings"]) for ran in told)
    if "nobody knows" not in text:
        assert user.agrees(text)


@pytest.mark.parametrize("vendor", MADE)
@pytest.mark.parametrize("reply", UNREADABLE)
def test_a_token_that_was_made_behind_an_unreadable_reply_is_not_lost_untold(user, vendor, reply):
    joe = user(vendor)
    answer(joe, "issue", **UNREADABLE[reply])
    ran = joe.run()
    assert [entry["operation"] for entry in joe.sim.log()].count(joe.operation("issue")) == 1
    if vendor == "webitel_domain_token":
        # The list tells which one it is, and nobody has its value
        assert joe.tokens == []
        assert (ran["failed"], ran["failure"]["maybe_done"]) == (True, False)
        assert "was deleted again, as nobody knows its value" in ran["msg"]
        assert joe.record is None
        assert joe.run()["changed"]
        assert joe.agrees()
        return
    (made,) = joe.tokens
    if vendor == "vacd":
        # The list tells which one it is
        assert not ran.get("failed"), ran["msg"]
        assert joe.record["token"] == made
        assert joe.record["guessed"] is True
    else:
        assert ran["failed"]
        assert ran["failure"]["maybe_done"] is True
        assert "nobody knows" in ran["msg"]
    again = joe.run()
    assert not again.get("failed"), again["msg"]
    assert joe.has_a_working_token_on_record()
    is_accounted_for(joe, ran, again)
    assert joe.run()["changed"] is False


@pytest.mark.parametrize("vendor", MADE)
@pytest.mark.parametrize("reply", READABLE)
def test_a_packed_reply_is_read(user, vendor, reply):
    joe = user(vendor)
    answer(joe, "issue", **READABLE[reply])
    assert joe.run().get("changed")
    assert joe.agrees()


@pytest.mark.parametrize("vendor", ["vacd", "webitel", "webitel_domain_token", "ipcortex", "dialer"])
@pytest.mark.parametrize("reply", UNREADABLE)
def test_the_end_of_a_token_behind_an_unreadable_reply_is_found_out(user, vendor, reply):
    joe = user(vendor)
    if vendor == "dialer":
        joe.base["check_path"] = "/account.json"
    assert joe.run()["changed"]
    answer(joe, "revoke", **UNREADABLE[reply])
    ran = joe.run(state="absent")
    assert not ran.get("failed"), ran["msg"]
    assert (joe.tokens, joe.record) == ([], None)


@pytest.mark.parametrize("reply", UNREADABLE)
def test_a_key_that_was_made_behind_an_unreadable_reply_is_read(user, reply):
    joe = user("kazoo_api_key")
    assert joe.run()["changed"]
    (before,) = joe.tokens
    assert joe.record["token"] == before
    answer(joe, "issue", **UNREADABLE[reply])
    ran = joe.run(renew="always")
    assert not ran.get("failed"), ran["msg"]
    assert joe.tokens != [before]
    assert joe.agrees()
    assert joe.run()["changed"] is False
    assert [entry["operation"] for entry in joe.sim.log()].count("issue") == 1


def test_a_token_is_refreshed_and_the_next_refresh_token_is_on_record_before_it_is_needed(user):
    joe = user("ringcx_session")
    assert joe.run()["changed"]
    first = joe.record["extra"]["refresh_token"]
    for _time in range(7):
        # More often than logins are allowed, and with an access token of RingCentral that has expired
        joe.sim.advance(5)
        assert joe.run(renew_before="10m", rc_access_token="expired")["changed"]
    assert joe.has_a_working_token_on_record()
    assert joe.record["extra"]["refresh_token"] != first
    # A refresh token that was used up by a lost reply is made up for by a login
    answer(joe, "issue", **UNREADABLE["502"])
    assert joe.run(renew_before="10m")["failure"]["maybe_done"] is True
    assert joe.run(renew_before="10m")["changed"]
    assert joe.has_a_working_token_on_record()


@pytest.mark.parametrize("seconds", [5, 300])
def test_a_token_that_appears_late_is_told_of_and_never_ended(user, seconds):
    """The gateway gives up, and the vendor makes the token when nobody waits for it any more."""
    joe = user("vacd")
    joe.sim.faults({"vendor": "vacd", "operation": "issue", "fault": "late", "seconds": seconds, "times": 1})
    ran = joe.run()
    assert ran["failure"]["maybe_done"] is True
    assert joe.tokens == []
    assert len(joe.record["unclear"]) == 1
    # An impatient rerun issues another one; the late one comes then
    assert joe.run()["changed"]
    mine = joe.record["token"]
    joe.sim.advance(seconds + 1)
    (late,) = set(joe.tokens) - {mine}
    for _run in range(2):
        ran = joe.run()
        assert fingerprint(late) in str(ran["warnings"])
        assert {"fingerprint": fingerprint(late), "probably_ours": True} in ran["others"]
    # It stays so after the time in which tokens are expected
    joe.sim.advance(3600)
    ran = joe.run()
    assert fingerprint(late) in str(ran["warnings"])
    assert joe.run(renew="always")["changed"]
    assert late in joe.tokens
    # Until somebody decides
    assert joe.run(adopt=False)["changed"]
    assert fingerprint(late) not in str(joe.run()["warnings"])
    assert late in joe.tokens


def test_a_token_of_another_service_is_not_taken_over_hours_later(user):
    joe = user("vacd")
    joe.sim.faults({"vendor": "vacd", "operation": "issue", "fault": "late", "times": 1})
    assert joe.run()["failed"]
    joe.sim.advance(4 * 3600)
    other = joe.sim.control("POST", "tokens", {"vendor": "vacd", "username": joe.user["username"]})["token"]
    ran = joe.run()
    assert ran["changed"]
    assert joe.record["token"] != other
    assert joe.run(renew="always")["changed"]
    assert joe.run(state="absent")["changed"]
    assert joe.tokens == [other]


def test_a_list_that_lags_costs_no_token(user):
    joe = user("vacd")
    joe.sim.faults({"vendor": "vacd", "fault": "lagging_list", "seconds": 60, "reverse": True})
    assert joe.run()["changed"]
    assert joe.run()["changed"] is False
    assert joe.run(renew="always")["changed"]
    assert joe.agrees()
    assert joe.run(state="absent")["changed"]
    assert joe.tokens == []


@pytest.mark.parametrize("vendor", ["vacd", "webitel", "webitel_domain_token", "ipcortex", "dialer"])
def test_one_refusal_is_not_the_truth(user, vendor):
    """A check that is refused once, by mistake: the token is renewed or revoked, and not left alive."""
    refusals: dict[str, Json] = {
        "vacd": {"body": '{"generalMessage": "denied"}'},
        "webitel": {"body": '{"status": "error", "info": "Invalid User"}'},
        "webitel_domain_token": {"body": '{"status": "error", "info": "Not found token"}'},
        "ipcortex": {"status": 200, "body": '{"result": "fail", "message": "no session"}'},
        "dialer": {"body": "{}"},
    }
    refusal = {"status": 401, "headers": {"Content-Type": "application/json"}, **refusals[vendor]}
    joe = user(vendor)
    if vendor == "dialer":
        joe.base["check_path"] = "/account.json"
    assert joe.run()["changed"]
    answer(joe, "check", **refusal)
    ran = joe.run()
    assert ran["changed"], ran
    assert joe.agrees()
    answer(joe, "check", **refusal)
    ran = joe.run(state="absent")
    assert ran["revoked"] is True, ran
    assert (joe.tokens, joe.record) == ([], None)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("years", [-1, 1, 30])
def test_a_vendor_that_tells_a_wrong_date_costs_no_token(user, vendor, years):
    dates = {
        -1: "Fri, 28 Nov 2025 12:00:00 GMT",
        1: "Sun, 28 Nov 2027 12:00:00 GMT",
        30: "Wed, 28 Nov 2056 12:00:00 GMT",
    }
    joe = user(vendor)
    assert joe.run()["changed"]
    before = joe.tokens
    joe.sim.faults({"vendor": joe.simulator, "fault": "answer", "headers": {"Date": dates[years]}})
    ran = joe.run(max_age="90d")
    assert ran["changed"] is False, ran
    assert joe.tokens == before
