# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role, run by ansible-playbook on an inventory whose hosts have the fact as a variable."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from html.parser import HTMLParser

import pytest
from fleet import GROUPS, HOSTILE, VENDORS, fact, fleet
from runs import FILES, run_role

from ansible_collections.telephony.auth.plugins.filter.report_junit import report_junit
from ansible_collections.telephony.auth.plugins.filter.report_prometheus import report_prometheus

TASK_NAMES = (
    "Put the report together",
    "Show the table",
    "Write the HTML page",
    "Write the JSON file",
    "Write the CSV file",
    "Write the metrics for Prometheus",
    "Write the test results for CI",
)


class Page(HTMLParser):
    """What a page consists of: elements with their attributes, and its texts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def first_match(pattern, text):
    found = re.search(pattern, text, re.MULTILINE | re.DOTALL)
    assert found, text
    return found[1]


def table_of(run):
    """The lines that the screen shows."""
    return first_match(r"^(URGENCY .*?)\n(?:\n|ok: )", run.output).splitlines()


def failure_of(run):
    return first_match(r"^fatal: [^\n]*?FAILED! => ([^\n]*)$", run.output)


def test_run(reported):
    assert all(f"TASK [telephony.auth.report : {name}]" in reported.output for name in TASK_NAMES)
    assert "WARNING" not in reported.output
    # Each task ran once, and none counts as a change, nor has a diff
    assert reported.output.count("-> localhost]") == 8
    assert not re.findall(r"changed=[1-9]", reported.output)
    assert "+++" not in reported.output


def test_table(reported, now):
    lines = table_of(reported)
    names = {each["name"] for each in fleet(now)} | {"webitel-unknown"}
    assert {line.split()[1] for line in lines[1 : len(names) + 1]} == names
    assert lines[1].startswith("problem  globex-ivr")
    assert lines[-1].startswith("webitel-unknown: There is no report of this host")


def test_json(reported, now):
    found = reported.json
    assert set(found) == {"generated_at", "days", "soon_days", "summary", "rows", "timeline"}
    assert (found["days"], found["soon_days"]) == (90, 7)
    assert {row["vendor"] for row in found["rows"]} == {*VENDORS, None}
    assert {row["store"] for row in found["rows"]} == {"file", "vault_file", "hashi_vault", None}
    assert found["summary"]["counts"] == {"problem": 2, "overdue": 3, "soon": 2, "ok": 11, "unmanaged": 2}
    assert set(found["summary"]["tenants"]) == set(GROUPS) - {"kazoo"}
    known = {row["name"]: row for row in found["rows"]}
    for each in fleet(now):
        same = (
            "vendor",
            "user",
            "api_url",
            "store",
            "place",
            "fingerprint",
            "issued_at",
            "expires_at",
            "works",
            "reason",
            "next_action_at",
            "unmanaged",
            "problem",
        )
        assert {key: known[each["name"]][key] for key in same} == {key: each[key] for key in same}


def test_csv(reported):
    rows = list(csv.DictReader(io.StringIO(reported.csv, newline="")))
    assert [row["name"] for row in rows] == [row["name"] for row in reported.json["rows"]]
    assert [row["urgency"] for row in rows] == [row["urgency"] for row in reported.json["rows"]]


def test_metrics_and_test_results(reported):
    """What the filters make of the same report, letter by letter."""
    assert reported.text("prometheus") == report_prometheus(reported.json)
    assert reported.text("junit") == report_junit(reported.json)


def test_html_loads_nothing(reported):
    page = Page(reported.html.read_text(encoding="utf-8"))
    assert not {"link", "img", "iframe", "object", "base", "form"} & {tag for tag, _attributes in page.elements}
    links = [
        value
        for _tag, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "style", "srcset")
    ]
    assert {value for value in links if not value.startswith("#icon-")} == {"report.csv", "report.json"}
    assert "url(" not in reported.html.read_text(encoding="utf-8")


def test_html_without_script_has_it_all(reported, now):
    text = " ".join(Page(reported.html.read_text(encoding="utf-8")).texts)
    for each in fleet(now):
        for value in (
            each["name"],
            each["user"],
            each["fingerprint"],
            each["place"],
            each["problem"] or each["reason"],
            *(token["fingerprint"] for token in each["unmanaged"] or []),
        ):
            assert value is None or value in text
    assert text.count("webitel-unknown") == 2, "its name, and the command"
    assert text.count("probably ours") == 1


def test_files_are_private(reported):
    for name in FILES.values():
        assert stat.S_IMODE((reported.folder / name).stat().st_mode) == 0o640


def test_fact_for_other_tasks(reported):
    result = json.loads((reported.folder / "result.json").read_text(encoding="utf-8"))
    assert result["summary"] == reported.json["summary"]
    assert result["html"] == str(reported.html)
    assert {kind: result[kind] for kind in FILES} == {kind: str(reported.folder / name) for kind, name in FILES.items()}
    assert set(result) == {"summary", *FILES}


def test_hostile_texts(hostile):
    raw = hostile.html.read_text(encoding="utf-8")
    page = Page(raw)
    assert len([tag for tag, _attributes in page.elements if tag == "script"]) == 1
    assert not [name for _tag, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "<img" not in raw
    # Each text is there, as text, in each place that has one: vendor, user, store, place, token, reason, retiring, unmanaged, vendors
    texts = [text.strip() for text in page.texts]
    for kind in ("markup", "attribute", "formula", "template"):
        assert texts.count(HOSTILE[kind]) == 9, kind
    assert "1337" not in raw + hostile.csv + hostile.output
    assert not re.findall(r"[^\n -~\u00a0-\u2027\u2030-\uffff]", raw + hostile.output)
    assert not [
        cell for row in csv.reader(io.StringIO(hostile.csv, newline="")) for cell in row if cell.startswith("=")
    ]


def test_failed_and_unknown_hosts_do_not_vanish(tmp_path, now):
    facts = [fact("acme-john", "kazoo", now)]
    run = run_role(tmp_path / "run", facts, failing=["acme-first", "acme-last"])
    assert run.code == 2
    assert [(row["urgency"], row["name"]) for row in run.json["rows"]] == [
        ("problem", "acme-first"),
        ("problem", "acme-last"),
        ("ok", "acme-john"),
    ]
    run = run_role(tmp_path / "run", facts, report_hosts=["acme-john", "of-no-inventory"])
    assert run.code == 0
    assert [(row["urgency"], row["name"]) for row in run.json["rows"]] == [
        ("problem", "of-no-inventory"),
        ("ok", "acme-john"),
    ]


def test_check_mode(tmp_path, now):
    run = run_role(tmp_path / "run", fleet(now), "--check", "--diff")
    assert run.code == 0, run.output
    assert len(table_of(run)) == 1 + 17 + 1
    assert not list(run.folder.glob("report.*"))
    assert not re.findall(r"changed=[1-9]", run.output)
    assert "+++" not in run.output


@pytest.mark.parametrize(
    ("fail_on", "words"),
    [
        (["problem"], ["With a problem: globex-ivr, webitel-unknown. "]),
        (["overdue", "unmanaged", "problem"], ["Overdue:", "no record knows:", "token_exclusive", "With a problem:"]),
    ],
)
def test_fail_on(tmp_path, now, fail_on, words):
    run = run_role(tmp_path / "run", fleet(now), more_hosts=["webitel-unknown"], report_fail_on=fail_on)
    assert run.code == 2
    assert all(word in failure_of(run) for word in words)
    assert ("Overdue:" in failure_of(run)) == ("overdue" in fail_on)
    # Only afterwards
    assert table_of(run)
    assert run.json["summary"]["total"] == 18
    assert run.html.exists()
    assert run.csv


def test_strings_from_the_command_line(tmp_path, now):
    strings = ["report_fail_on=overdue,unmanaged", "report_table=false", "report_days=10"]
    run = run_role(tmp_path / "run", fleet(now), *(word for each in strings for word in ("-e", each)))
    assert run.code == 2
    # The test results go by it as well: three are overdue, and one more is unmanaged
    junit = run.text("junit")
    assert (junit.count("<failure"), junit.count("<error")) == (4, 0)
    assert "Overdue: acme-mary, ipcortex-agent, vacd-archive. Run telephony.auth.provision" in failure_of(run)
    assert "no record knows: vacd-archive, vacd-billing. " in failure_of(run)
    assert "URGENCY" not in run.output
    assert run.json["days"] == 10


def test_fail_on_what_is_not_the_case(tmp_path, now):
    run = run_role(
        tmp_path / "run", [fact("acme-john", "kazoo", now)], report_fail_on=["overdue", "unmanaged", "problem"]
    )
    assert run.code == 0, run.output


def test_no_files_no_table(tmp_path, now):
    none = {f"report_{kind}": "" for kind in FILES}
    run = run_role(tmp_path / "run", fleet(now), report_table=False, **none)
    assert run.code == 0, run.output
    assert not list(run.folder.glob("report.*"))
    assert "URGENCY" not in run.output


def test_variables(tmp_path, now):
    given = {"report_mode": "0600", "report_title": "Tokens of <Acme> & Co", "report_days": 10, "report_soon": "30d"}
    given["report_csv"] = str(tmp_path / "a: b.csv")
    run = run_role(tmp_path / "run", fleet(now), report_hosts=["acme-john", "webitel-200"], **given)
    assert run.code == 0, run.output
    assert stat.S_IMODE(run.html.stat().st_mode) == 0o600
    assert "<title>Tokens of &lt;Acme&gt; &amp; Co</title>" in run.html.read_text(encoding="utf-8")
    assert (run.json["days"], run.json["soon_days"]) == (10, 30)
    assert [row["name"] for row in run.json["rows"]] == ["acme-john", "webitel-200"]
    assert "The next 10 days" in run.html.read_text(encoding="utf-8")
    assert 'href="../a%3A%20b.csv"' in run.html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"report_fail_on": ["everything"]}, "value of report_fail_on must be one or more of"),
        ({"report_soon": "a week"}, "soon is not a duration"),
    ],
)
def test_senseless_variables(tmp_path, now, variables, message):
    run = run_role(tmp_path / "run", fleet(now), **variables)
    assert run.code == 2
    assert message in run.output


def test_a_thousand(big):
    assert big.json["summary"]["total"] == 1000
    # By default the commands name the inventory of this run
    command = f"ansible-playbook -i {big.folder / 'hosts.yml'} telephony.auth.provision --limit user-0"
    assert big.json["rows"][0]["command"] == command
