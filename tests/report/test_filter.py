# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter: what is urgent, what comes next, and texts that mean harm."""

from __future__ import annotations

import csv
import io
import json
import shlex

import pytest
from ansible.errors import AnsibleFilterError
from fleet import DAY, GROUPS, HOUR, MINUTE, fact, fleet, hostile_fleet, thousand, twenty_tenants, unmanaged

from ansible_collections.telephony.auth.plugins.filter.report import FilterModule
from ansible_collections.telephony.auth.plugins.module_utils._clock import iso

NOW = 1795768200
SOON = 7 * DAY

report = FilterModule().filters()["report"]


def reported(*facts, **options):
    return report(list(facts), now=iso(NOW), **options)


def row_of(vendor="kazoo", **more):
    (row,) = reported(fact("john", vendor, NOW, **more))["rows"]
    return row


def cells(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("more", "urgency", "next_action"),
    [
        ({}, "ok", "Nothing planned"),
        ({"next_action_at": 0}, "overdue", "Renew the token now"),
        ({"next_action_at": -1}, "overdue", "Renew the token now"),
        ({"next_action_at": 1}, "soon", "Renew the token in 1 second"),
        ({"next_action_at": SOON}, "soon", "Renew the token in 7 days"),
        ({"next_action_at": SOON + 1}, "ok", "Renew the token in 7 days"),
        ({"next_action": "issue", "next_action_at": 90 * DAY}, "overdue", "Renew the token now"),
        ({"expires_at": 0}, "overdue", "Renew the token now"),
        ({"expires_at": 0, "next_action_at": DAY}, "overdue", "Renew the token now"),
        ({"expires_at": 1}, "soon", "Nothing planned"),
        ({"expires_at": SOON}, "soon", "Nothing planned"),
        ({"expires_at": SOON + 1}, "ok", "Nothing planned"),
        ({"expires_at": 90 * DAY, "next_action_at": 2 * HOUR}, "soon", "Renew the token in 2 hours"),
        ({"works": False}, "overdue", "Renew the token now"),
        ({"works": None}, "ok", "Nothing planned"),
        ({"fingerprint": None, "works": None}, "ok", "Nothing planned"),
        ({"fingerprint": None, "works": None, "next_action_at": 0}, "overdue", "Issue a token now"),
        ({"problem": "The vendor cannot be reached."}, "problem", "Solve the problem"),
    ],
)
def test_urgency(more, urgency, next_action):
    row = row_of(**more)
    assert (row["urgency"], row["next_action"]) == (urgency, next_action)


@pytest.mark.parametrize(
    ("minutes_old", "urgency"),
    [(0, "ok"), (8, "ok"), (36, "ok"), (37, "soon"), (54, "soon"), (55, "overdue"), (60, "overdue")],
)
def test_token_of_an_hour_is_not_urgent_for_two_thirds_of_it(minutes_old, urgency):
    """It is renewed five minutes before its expiry, by a run that comes every hour."""
    issued = -minutes_old * MINUTE
    row = row_of(issued_at=issued, expires_at=issued + HOUR, next_action_at=issued + 55 * MINUTE)
    assert row["urgency"] == urgency


@pytest.mark.parametrize(
    ("days_old", "urgency"), [(0, "ok"), (60, "ok"), (82, "ok"), (83, "soon"), (89, "soon"), (90, "overdue")]
)
def test_token_that_is_rotated_every_90_days_is_urgent_in_the_last_week(days_old, urgency):
    assert row_of("vacd", issued_at=-days_old * DAY, next_action_at=(90 - days_old) * DAY)["urgency"] == urgency


@pytest.mark.parametrize(
    ("issued_at", "due", "urgency"),
    [
        (-2 * HOUR, HOUR, "ok"),
        (-2 * HOUR, HOUR - 1, "soon"),
        (None, HOUR, "soon"),
        (None, SOON, "soon"),
        (None, SOON + 1, "ok"),
    ],
)
def test_less_than_a_third_is_left(issued_at, due, urgency):
    for key in ("expires_at", "next_action_at"):
        assert row_of(issued_at=issued_at, **{key: due})["urgency"] == urgency


def test_replaced_token_is_urgent_by_the_same_rule():
    for hours_old, urgency in ((6, "ok"), (16, "ok"), (17, "soon")):
        due = (24 - hours_old) * HOUR
        retiring = [{"fingerprint": "77aa01c4e5f6", "revoke_at": due}]
        assert row_of("vacd", issued_at=-hours_old * HOUR, next_action_at=due, retiring=retiring)["urgency"] == urgency


@pytest.mark.parametrize("works", [True, False])
def test_token_without_an_end_is_judged_by_whether_it_works(works):
    for issued_at in (None, -400 * DAY):
        assert row_of("vacd", issued_at=issued_at, works=works)["urgency"] == ("ok" if works else "overdue")


@pytest.mark.parametrize(
    ("issued_at", "expires_at", "urgency"),
    [
        # The clock of this host is behind: the token is new
        (2 * MINUTE, 62 * MINUTE, "ok"),
        # It is ahead
        (-3 * HOUR, -2 * HOUR, "overdue"),
        # Issued no sooner than it expires: its lifetime is unknown
        (HOUR, HOUR, "soon"),
        (400 * DAY, HOUR, "soon"),
        (400 * DAY, 90 * DAY, "ok"),
    ],
)
def test_clocks_that_are_wrong(issued_at, expires_at, urgency):
    assert row_of(issued_at=issued_at, expires_at=expires_at)["urgency"] == urgency


@pytest.mark.parametrize(
    ("more", "playbook"),
    [
        ({}, None),
        ({"works": False}, "provision"),
        ({"fingerprint": None, "works": None, "next_action_at": 0}, "provision"),
        ({"next_action": "settle", "next_action_at": 0}, "provision"),
        ({"next_action_at": DAY}, "rotate"),
        ({"expires_at": DAY}, "rotate"),
        ({"next_action_at": DAY, "retiring": [{"fingerprint": "77aa01c4e5f6", "revoke_at": DAY}]}, None),
        ({"problem": "The vendor cannot be reached.", "works": False}, "check"),
        ({"unmanaged": [unmanaged("9f1c02ab77d4")]}, None),
    ],
)
def test_command_that_mends_it(more, playbook):
    wanted = playbook and f"ansible-playbook -i INVENTORY telephony.auth.{playbook} --limit john"
    assert row_of(**more)["command"] == wanted


def test_command_names_the_inventories_of_the_run():
    (row,) = reported(fact("john", "kazoo", NOW, works=False), inventory=["/srv/my hosts.yml", "$(id)"])["rows"]
    assert row["command"] == (
        "ansible-playbook -i '/srv/my hosts.yml' -i '$(id)' telephony.auth.provision --limit john"
    )
    (row,) = reported(fact("john", "kazoo", NOW, works=False), inventory=["\x1b[2J"])["rows"]
    assert row["command"] is None


@pytest.mark.parametrize("name", ["john", "John Smith", "a'b", "$(touch owned)", "`id`", "x|y>z", "j\u00f6rg", "a\\b"])
def test_command_is_quoted_for_a_shell(name):
    (row,) = reported(fact("x", "kazoo", NOW, works=False) | {"name": name})["rows"]
    assert shlex.split(row["command"])[-2:] == ["--limit", name]


@pytest.mark.parametrize(
    "name",
    [
        "a,b",
        "a:b",
        "a;b",
        "fe80::1",
        "!all",
        "&x",
        "web*",
        "web?",
        "web[0:9]",
        "~.*",
        "@hosts",
        "-e@x",
        "a\x07b",
        "x" * 301,
    ],
)
def test_no_command_where_a_name_would_stand_for_other_hosts(name):
    (row,) = reported(fact("x", "kazoo", NOW, works=False) | {"name": name})["rows"]
    assert row["command"] is None


def test_tenants_are_the_groups_that_are_no_vendor_s():
    groups = {"all": ["john"], "ungrouped": [], "kazoo": ["john"], "kazoo_acme": ["john"], "acme": ["john", "mary"]}
    found = reported(fact("john", "kazoo", NOW, works=False), hosts=["mary", "eve"], groups=groups)
    tenants = {row["name"]: row["tenants"] for row in found["rows"]}
    assert tenants == {"john": ["acme", "kazoo_acme"], "mary": ["acme"], "eve": []}
    figures = found["summary"]["tenants"]
    assert {tenant: each["total"] for tenant, each in figures.items()} == {"acme": 2, "kazoo_acme": 1}
    assert (figures["acme"]["counts"]["problem"], figures["acme"]["counts"]["overdue"]) == (1, 1)
    assert {row["name"]: row["tenants"] for row in cells(found["csv"])}["john"] == "acme, kazoo_acme"
    head, *lines = found["table"]
    (line,) = [line for line in lines if line.startswith("overdue")]
    assert line[head.index("TENANT") :].startswith("acme, kazoo_acme  ")


def test_replaced_token_is_the_next_thing_to_do():
    retiring = [{"fingerprint": "77aa01c4e5f6", "revoke_at": 90 * MINUTE}]
    row = row_of(next_action_at=90 * MINUTE, retiring=retiring)
    assert row["next_action"] == "Revoke the replaced token in 1 hour"
    assert row["retiring"] == [
        {"fingerprint": "77aa01c4e5f6", "revoke_at": iso(NOW + 90 * MINUTE), "revoke": "in 1 hour"}
    ]

    row = row_of(next_action_at=-DAY, retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": -DAY}])
    assert (row["urgency"], row["next_action"]) == ("overdue", "Revoke the replaced token now")
    # What telephony.auth.token_info says of a token whose time has come
    row = row_of(next_action="settle", next_action_at=0, retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": -DAY}])
    assert row["next_action"] == "Revoke the replaced token now"
    row = row_of(next_action="issue", next_action_at=0, retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": -DAY}])
    assert row["next_action"] == "Renew the token now"
    row = row_of(next_action="settle", next_action_at=0)
    assert (row["urgency"], row["next_action"]) == ("overdue", "Bring the record up to date now")
    row = row_of(next_action_at=DAY, works=False, retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": DAY}])
    assert row["next_action"] == "Renew the token now"


def test_problem_hides_no_other_flag():
    row = row_of(problem="The vendor cannot be reached.", next_action_at=-1, unmanaged=[unmanaged("9f1c02ab77d4")])
    assert (row["urgency"], row["flags"]) == ("problem", ["problem", "overdue", "unmanaged"])


@pytest.mark.parametrize(
    ("listed", "flags"),
    [(None, ["ok"]), ([], ["ok"]), ([unmanaged("9f1c02ab77d4", probably_ours=True)], ["ok", "unmanaged"])],
)
def test_unmanaged(listed, flags):
    row = row_of("vacd", unmanaged=listed)
    assert (row["flags"], row["unmanaged"]) == (flags, listed)


@pytest.mark.parametrize(
    ("issued_at", "days", "words"),
    [
        (None, None, None),
        (0, 0, "0 seconds"),
        (-DAY + 1, 0, "23 hours"),
        (-DAY, 1, "1 day"),
        (-400 * DAY, 400, "400 days"),
        (HOUR, 0, "0 seconds"),
    ],
)
def test_age(issued_at, days, words):
    """One that is issued by a clock that is ahead is new."""
    row = row_of(issued_at=issued_at)
    assert (row["age_days"], row["age"]) == (days, words)


@pytest.mark.parametrize(
    ("soon", "urgency"), [("1d", "ok"), ("36h", "soon"), ("1d12h", "soon"), (129600, "soon"), ("129599", "ok")]
)
def test_what_soon_is(soon, urgency):
    found = reported(fact("john", "kazoo", NOW, next_action_at=36 * HOUR), soon=soon)
    assert found["rows"][0]["urgency"] == urgency


def test_fleet():
    found = reported(*fleet(NOW), hosts=["webitel-unknown", "acme-john"], groups=GROUPS)
    order = [(row["urgency"], row["name"]) for row in found["rows"]]
    assert order == sorted(order, key=lambda each: (["problem", "overdue", "soon", "ok"].index(each[0]), each[1]))
    assert found["summary"]["total"] == 18
    assert found["summary"]["counts"] == {"problem": 2, "overdue": 3, "soon": 2, "ok": 11, "unmanaged": 2}
    assert found["summary"]["hosts"] == {
        "problem": ["globex-ivr", "webitel-unknown"],
        "overdue": ["acme-mary", "ipcortex-agent", "vacd-archive"],
        "unmanaged": ["vacd-archive", "vacd-billing"],
    }
    assert (found["summary"]["unmanaged_tokens"], found["summary"]["probably_ours"]) == (3, 1)
    vendors = {vendor: figures["total"] for vendor, figures in found["summary"]["vendors"].items()}
    assert vendors == {"dialer": 2, "ipcortex": 2, "kazoo": 4, "unknown": 1, "vacd": 5, "webitel": 4}
    assert found["summary"]["vendors"]["kazoo"]["counts"] == {
        "problem": 1,
        "overdue": 1,
        "soon": 0,
        "ok": 2,
        "unmanaged": 0,
    }
    assert {tenant: figures["total"] for tenant, figures in found["summary"]["tenants"].items()} == {
        "acme": 6,
        "globex": 5,
        "initech": 5,
        "resellers": 1,
    }
    json.dumps(found)


def test_timeline():
    events = reported(
        fact("b", "kazoo", NOW, expires_at=2 * DAY, next_action_at=2 * DAY - 300),
        fact(
            "a",
            "vacd",
            NOW,
            fingerprint="32b43e42a25d",
            next_action_at=DAY,
            retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": DAY}],
        ),
        fact("gone", "vacd", NOW, expires_at=-1, next_action_at=0),
        fact("late", "vacd", NOW, expires_at=30 * DAY, next_action_at=30 * DAY + 1),
        fact("never", "vacd", NOW),
        days=30,
    )["timeline"]
    assert [(event["event"], event["name"], event["day"], event["when"]) for event in events] == [
        ("retires", "a", 1, "in 1 day"),
        ("rotates", "b", 1, "in 1 day"),
        ("expires", "b", 2, "in 2 days"),
        ("expires", "late", 30, "in 30 days"),
    ]
    assert events[0]["fingerprint"] == "77aa01c4e5f6"
    assert events[0]["at"] == iso(NOW + DAY)


def test_two_retire_at_the_same_time():
    retiring = [{"fingerprint": word, "revoke_at": DAY} for word in ("77aa01c4e5f6", "0c9b8a776655")]
    events = reported(fact("a", "vacd", NOW, next_action_at=DAY, retiring=retiring))["timeline"]
    assert [(event["event"], event["fingerprint"]) for event in events] == [
        ("retires", "77aa01c4e5f6"),
        ("retires", "0c9b8a776655"),
    ]


def test_host_without_a_fact_does_not_vanish():
    found = reported(hosts=["left-alone"])
    (row,) = found["rows"]
    assert (row["name"], row["urgency"], row["vendor"]) == ("left-alone", "problem", None)
    assert "no report of this host" in row["problem"]
    assert "left-alone: There is no report" in found["table"][-1]


@pytest.mark.parametrize(
    "broken",
    [
        {"expires_at": "tomorrow"},
        {"expires_at": "2026-13-01T00:00:00Z"},
        {"expires_at": "0001-01-01T00:00:00Z"},
        {"issued_at": ["2026-11-22T09:30:00Z"]},
        {"next_action_at": 1.5},
        {"retiring": ["77aa01c4e5f6"]},
        {"retiring": [{"fingerprint": "77aa01c4e5f6"}]},
        {"unmanaged": 2},
        {"unmanaged": ["77aa01c4e5f6"]},
        {"unmanaged": [{"probably_ours": True}]},
        {"retiring": 2},
    ],
)
def test_fact_that_makes_no_sense_is_a_problem(broken):
    found = reported({**fact("john", "kazoo", NOW), **broken}, hosts=["john"])
    (row,) = found["rows"]
    assert (row["name"], row["urgency"]) == ("john", "problem")
    assert "makes no sense" in row["problem"]


@pytest.mark.parametrize("nothing", [None, "text", 7, [], {}])
def test_fact_without_a_name(nothing):
    (row,) = reported(nothing)["rows"]
    assert (row["name"], row["urgency"]) == ("?", "problem")


def test_fingerprints_that_are_null():
    retiring = [{"fingerprint": None, "revoke_at": DAY}]
    found = reported(fact("john", "vacd", NOW, unmanaged=[unmanaged(None)], retiring=retiring))
    assert found["summary"]["counts"]["unmanaged"] == 1


def test_only_a_name():
    (row,) = reported({"name": "john"})["rows"]
    assert (row["urgency"], row["fingerprint"], row["retiring"], row["unmanaged"]) == ("ok", None, [], None)


def texts_in(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


def test_no_text_moves_a_cursor_or_is_endless():
    found = reported(*hostile_fleet(NOW))
    for text in texts_in({key: found[key] for key in ("rows", "summary", "timeline", "table")}):
        assert text.isprintable()
        assert len(text) <= 500
    assert all(each in found["csv"] for each in ("owned", "</td><script>"))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula(start):
    text = start + 'HYPERLINK("http://203.0.113.9/","click");=1'
    facts = fact(
        text,
        "vacd",
        NOW,
        user=text,
        place=text,
        reason=text,
        problem=text,
        unmanaged=[unmanaged(text)],
        retiring=[{"fingerprint": text, "revoke_at": DAY}],
    )
    (row,) = cells(reported(facts)["csv"])
    assert row["user"] == "'" + start.strip() + text[len(start) :]
    assert not [cell for cell in row.values() if cell[:1] in set("=+-@\t\r\uff1d\uff0b\uff0d\uff20")]


def test_csv():
    found = reported(*fleet(NOW), hosts=["webitel-unknown"])
    rows = {row["name"]: row for row in cells(found["csv"])}
    assert list(rows) == [row["name"] for row in found["rows"]]
    assert rows["acme-mary"]["works"] == "false"
    assert rows["vacd-billing"]["unmanaged"] == "9f1c02ab77d4, 5b0e6d3a91c2 probably ours"
    assert rows["vacd-reports"]["unmanaged"] == "none"
    assert rows["acme-john"]["unmanaged"] == ""
    assert rows["vacd-crm"]["retiring"] == f"77aa01c4e5f6 until {iso(NOW + 4 * HOUR)}"
    assert rows["webitel-200"]["expires_at"] == iso(NOW + 85 * DAY)
    assert rows["webitel-200"]["age_days"] == "15"


def test_what_is_not_asked_for_is_left_out():
    """Should a fact have a secret in spite of all, the report does not."""
    found = reported(
        {
            **fact("john", "kazoo", NOW),
            "token": "s3cr3t",
            "retiring": [{"fingerprint": "77aa01c4e5f6", "revoke_at": iso(NOW + 1), "token": "s3cr3t"}],
        }
    )
    assert "77aa01c4e5f6" in str(found)
    assert "s3cr3t" not in str(found)


def test_table():
    head, *lines = reported(*fleet(NOW))["table"]
    for word in (
        "URGENCY",
        "NAME",
        "TENANT",
        "VENDOR",
        "USER",
        "STORE",
        "TOKEN",
        "ISSUED",
        "EXPIRES",
        "AGE IN DAYS",
        "NEXT ACTION",
        "RETIRING",
        "UNMANAGED",
    ):
        assert word in head
    crm = next(line for line in lines if "vacd-crm" in line)
    assert crm.startswith("soon     vacd-crm")
    assert crm[head.index("NEXT") :].startswith("Revoke the replaced token in 4 hours")
    assert crm[head.index("RETIRING")] == "1"
    billing = next(line for line in lines if "vacd-billing" in line)
    assert billing.endswith("2 (1 probably ours)")
    assert lines[-1].startswith("globex-ivr: Kazoo cannot be reached")


def test_nobody():
    found = reported()
    assert (found["rows"], found["timeline"], found["summary"]["total"]) == ([], [], 0)
    assert len(found["table"]) == 1


def test_a_thousand():
    users = thousand(NOW)
    summary = reported(*users, groups=twenty_tenants(users))["summary"]
    assert summary["counts"] == {"problem": 0, "overdue": 101, "soon": 19, "ok": 880, "unmanaged": 0}
    assert [figures["total"] for figures in summary["tenants"].values()] == [50] * 20


def test_the_present():
    found = report([fact("john", "kazoo", NOW, expires_at=None)])
    assert found["generated_at"] > "2026"


@pytest.mark.parametrize(
    ("facts", "options", "message"),
    [
        ({}, {}, "a list"),
        ([], {"soon": "a week"}, "soon is not a duration"),
        ([], {"days": 0}, "days is at least 1"),
        ([], {"now": "today"}, "now is not a time"),
    ],
)
def test_senseless_options(facts, options, message):
    with pytest.raises(AnsibleFilterError, match=message):
        report(facts, **options)
