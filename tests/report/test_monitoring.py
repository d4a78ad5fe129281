# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Metrics and test results, read by the libraries of those who read them; the alerts and the dashboard that go by the metrics."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import junitparser
import promql_parser
import pytest
import yaml
from ansible.errors import AnsibleFilterError
from fleet import DAY, HOUR, fact, fleet, hostile_fleet, unmanaged
from hypothesis import HealthCheck, given, settings, strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.telephony.auth.plugins.filter.report import FilterModule
from ansible_collections.telephony.auth.plugins.filter.report_junit import report_junit
from ansible_collections.telephony.auth.plugins.filter.report_prometheus import report_prometheus
from ansible_collections.telephony.auth.plugins.module_utils._clock import iso

NOW = 1795768200
MONITORING = Path(__file__).parents[2] / "examples" / "monitoring"
RULES = MONITORING / "telephony-tokens.rules.yml"

report = FilterModule().filters()["report"]


def reported(*facts, **options):
    return report(list(facts), now=iso(NOW), **options)


def metrics(found):
    """What a Prometheus reads: by metric, the values by name of the host."""
    families = list(text_string_to_metric_families(report_prometheus(found)))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    assert all(family.documentation and family.type == "gauge" for family in families)
    return {
        family.name: {sample.labels.get("name"): int(sample.value) for sample in family.samples} for family in families
    }


def labels(found, metric="telephony_token_info"):
    (family,) = [each for each in text_string_to_metric_families(report_prometheus(found)) if each.name == metric]
    return [sample.labels for sample in family.samples]


def results(found, **options):
    """What a CI system reads: its verdict on each API user, and the message."""
    suites = junitparser.JUnitXml.fromstring(report_junit(found, **options).encode())
    cases = [case for suite in suites for case in suite]
    for counted, kinds in (("errors", junitparser.Error), ("failures", junitparser.Failure)):
        assert getattr(suites, counted) == sum(isinstance(each, kinds) for case in cases for each in case.result)
    assert suites.tests == len(cases)
    return {
        case.name: [(type(each).__name__.lower(), each.type, each.message) for each in case.result] for case in cases
    }


def test_metrics_of_one_api_user():
    found = metrics(
        reported(
            fact(
                "john",
                "vacd",
                NOW,
                issued_at=-DAY,
                expires_at=DAY,
                next_action_at=HOUR,
                retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": HOUR}],
                unmanaged=[unmanaged("9f1c02ab77d4"), unmanaged("5b0e6d3a91c2", probably_ours=True)],
            )
        )
    )
    assert found.pop("telephony_report_timestamp_seconds") == {None: NOW}
    assert {name.removeprefix("telephony_token_"): values for name, values in found.items()} == {
        "info": {"john": 1},
        "works": {"john": 1},
        "problem": {"john": 0},
        "overdue": {"john": 0},
        "soon": {"john": 1},
        "issued_timestamp_seconds": {"john": NOW - DAY},
        "expires_timestamp_seconds": {"john": NOW + DAY},
        "next_action_timestamp_seconds": {"john": NOW + HOUR},
        "retiring": {"john": 1},
        "unmanaged": {"john": 2},
        "probably_ours": {"john": 1},
    }


def test_what_is_not_known_has_no_sample():
    found = metrics(reported({"name": "john"}))
    empty = {name.removeprefix("telephony_token_") for name, values in found.items() if not values}
    times = {f"{what}_timestamp_seconds" for what in ("issued", "expires", "next_action")}
    assert empty == {"works", "unmanaged", "probably_ours", *times}
    assert found["telephony_token_retiring"] == {"john": 0}
    assert labels(reported({"name": "john"}), "telephony_token_problem") == [{"name": "john", "vendor": "unknown"}]


def test_metrics_of_a_fleet_are_its_summary():
    found = reported(*fleet(NOW), hosts=["webitel-unknown"])
    read, counts = metrics(found), found["summary"]["counts"]
    assert len(read["telephony_token_info"]) == found["summary"]["total"]
    for flag in ("problem", "overdue", "soon"):
        assert sum(read[f"telephony_token_{flag}"].values()) == counts[flag]
    assert sum(read["telephony_token_unmanaged"].values()) == found["summary"]["unmanaged_tokens"]
    assert sum(read["telephony_token_probably_ours"].values()) == found["summary"]["probably_ours"]


def test_test_results_of_a_fleet():
    found = results(reported(*fleet(NOW), hosts=["webitel-unknown"]))
    assert {name: kinds for name, kinds in found.items() if kinds} == {
        "globex-ivr": [
            (
                "error",
                "problem",
                "Kazoo cannot be reached: the connection was refused (crossbar.example.com:8443).",
            )
        ],
        "webitel-unknown": [("error", "problem", found["webitel-unknown"][0][2])],
        "acme-mary": [("failure", "overdue", "Renew the token now. The token on record has expired.")],
        "ipcortex-agent": [("failure", "overdue", "Renew the token now. The PBX does not know the session any more.")],
        "vacd-archive": [("failure", "overdue", "Renew the token now. The token on record is older than 90 days.")],
        "vacd-billing": [
            (
                "failure",
                "unmanaged",
                "The vendor lists tokens that no record knows: 9f1c02ab77d4, 5b0e6d3a91c2",
            )
        ],
    }
    assert len(found) == 18


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        ([], set()),
        (["unmanaged"], {"vacd-archive", "vacd-billing"}),
        (["overdue"], {"acme-mary", "ipcortex-agent", "vacd-archive"}),
        (["problem", "unmanaged"], {"globex-ivr", "vacd-archive", "vacd-billing"}),
    ],
)
def test_only_what_is_asked_for_fails(fail_on, failing):
    found = results(reported(*fleet(NOW)), fail_on=fail_on)
    assert {name for name, kinds in found.items() if kinds} == failing


def test_nobody():
    assert metrics(reported())["telephony_report_timestamp_seconds"] == {None: NOW}
    assert results(reported()) == {}


@pytest.mark.parametrize("convert", [report_prometheus, report_junit])
@pytest.mark.parametrize("nothing", [None, "text", [], {}, {"rows": [{}], "summary": {"vendors": [None]}}])
def test_what_is_no_report_is_told(convert, nothing):
    with pytest.raises(AnsibleFilterError, match=r"what telephony\.auth\.report returns"):
        convert(nothing)


@pytest.mark.parametrize("fail_on", ["overdue", ["everything"]])
def test_senseless_fail_on(fail_on):
    with pytest.raises(AnsibleFilterError, match="fail_on is a list with some of problem, overdue, unmanaged"):
        report_junit(reported(), fail_on=fail_on)


any_text = st.text() | st.text(alphabet="\\\"\n{},=#<>&'\t\r\u2028\ufffe\udc80n ", max_size=20)


@given(texts=st.lists(any_text, min_size=7, max_size=7), number=st.integers(min_value=0, max_value=8_000_000_000))
@settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_and_time_is_read_as_it_was_written(texts, number):
    name, vendor, user, place, problem, token, reason = texts
    more = {"expires_at": iso(number), "problem": problem, "reason": reason, "unmanaged": [unmanaged(token)]}
    found = reported({**fact("joe", vendor, NOW, user=user, place=place, fingerprint=token, **more), "name": name})
    (row,) = found["rows"]
    (read,) = labels(found)
    wanted = {key: row[key] for key in ("name", "user", "place", "fingerprint", "store", "api_url")}
    assert read == {key: value or "" for key, value in {**wanted, "vendor": row["vendor"] or "unknown"}.items()}
    assert metrics(found)["telephony_token_expires_timestamp_seconds"] == {row["name"]: number}
    ((case, ((_kind, _type, message),)),) = results(found).items()
    assert case == row["name"]
    assert message.startswith(row["problem"] or "")


def test_hostile_texts():
    found = reported(*hostile_fleet(NOW))
    assert len(metrics(found)["telephony_token_info"]) == len(results(found)) == 6
    for text in (report_prometheus(found), report_junit(found)):
        assert all(line.isprintable() for line in text.splitlines())


def written():
    """The metrics that the filter writes, and the labels of each."""
    families = text_string_to_metric_families(report_prometheus(reported(*fleet(NOW))))
    return {family.name: {label for sample in family.samples for label in sample.labels} for family in families}


def uses(expression):
    """The metrics that an expression of Prometheus reads, each with the labels that it is chosen by."""
    found = []

    def visit(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {matcher.name for matcher in node.matchers.matchers}))

    promql_parser.walk(promql_parser.parse(expression), visit)
    assert found, expression
    return found


def alerts():
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return group["rules"]


def dashboard():
    return json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))


def assert_exists(expression):
    known = written()
    for metric, chosen_by in uses(expression):
        assert metric in known
        assert chosen_by <= known[metric]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_goes_by_metrics_and_labels_that_exist(rule):
    assert_exists(rule["expr"])
    assert set(rule) == {"alert", "expr", "labels", "annotations"}
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert shown <= {"name", "vendor"}


def test_the_dashboard_shows_metrics_and_labels_that_exist():
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    for panel in panels:
        for target in panel["targets"]:
            assert_exists(target["expr"].replace("$vendor", ".*"))
    vendor = next(each for each in dashboard()["templating"]["list"] if each["name"] == "vendor")
    ((metric, label),) = re.findall(r"^label_values\((\w+), (\w+)\)$", vendor["query"])
    assert label in written()[metric]


def test_every_metric_is_shown_or_alerts():
    used = {
        metric
        for panel in dashboard()["panels"]
        for target in panel["targets"]
        for metric, _labels in uses(target["expr"])
    }
    assert used == set(written())


# No registry of Python has it, Debian's package prometheus does. The tests above read metrics and rules with libraries. This one
# adds the habits of Prometheus in names, and what each alert does with times
@pytest.mark.skipif(not shutil.which("promtool"), reason="there is no promtool")
def test_promtool_agrees(tmp_path):
    text = report_prometheus(reported(*fleet(NOW)))
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    samples = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    # A report of 1970, when promtool's tests begin
    values = [(series, int(value) - NOW if "timestamp_seconds" in series else int(value)) for series, value in samples]
    series = [{"series": name, "values": f"{value}x10000"} for name, value in values]
    expected = {
        "TelephonyTokenBroken": {"acme-mary", "ipcortex-agent"},
        "TelephonyTokenExpires": set(),
        "TelephonyTokenOverdue": {"acme-mary", "ipcortex-agent", "vacd-archive"},
        "TelephonyTokenProblem": {"globex-ivr"},
        "TelephonyTokenUnmanaged": {"vacd-archive", "vacd-billing"},
    }
    tests = [
        {
            "expr": f'count(ALERTS{{alertname="{alert}"}}) or vector(0)',
            "eval_time": "1h",
            "exp_samples": [{"labels": "{}", "value": len(hosts)}],
        }
        for alert, hosts in expected.items()
    ]
    tests.append(
        {
            "expr": 'count by (name) (ALERTS{alertname="TelephonyTokenExpires"})',
            "eval_time": "38d",
            "exp_samples": [{"labels": f'{{name="{name}"}}', "value": 1} for name in ("webitel-201", "webitel-202")],
        }
    )
    tests.append(
        {
            "expr": 'count(ALERTS{alertname="TelephonyReportMissing"})',
            "eval_time": "49h",
            "exp_samples": [{"labels": "{}", "value": 1}],
        }
    )
    cases = tmp_path / "cases.yml"
    interval = {"interval": "1h", "input_series": series, "promql_expr_test": tests}
    cases.write_text(
        json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1h", "tests": [interval]}), encoding="utf-8"
    )
    done = subprocess.run(["promtool", "test", "rules", str(cases)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
