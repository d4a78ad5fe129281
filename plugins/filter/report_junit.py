# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_junit
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: The report on tokens as test results in JUnit's XML
description:
  - Turns what P(telephony.auth.report#filter) returns into XML as JUnit writes it, so that a CI system shows each API user as a test. The role
    P(telephony.auth.report#role) makes a file of it.
  - Each vendor is a test suite, each API user a test case. It is an error if nothing certain can be said of it (V(problem)), and a failure if
    it is V(overdue) or V(unmanaged). What it says is in the test's message.
  - No secret is in it. It still tells who has access to what.
positional: _input
options:
  _input:
    description: The report.
    type: dict
    required: true
  fail_on:
    description: Which of these are an error or a failure. An API user that is only one of the others passes.
    type: list
    elements: str
    choices:
      - problem
      - overdue
      - unmanaged
    default:
      - problem
      - overdue
      - unmanaged
seealso:
  - plugin: telephony.auth.report
    plugin_type: filter
  - plugin: telephony.auth.report_prometheus
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the test results
  ansible.builtin.debug:
    msg: "{{ facts | telephony.auth.report | telephony.auth.report_junit(fail_on=['overdue']) }}"
  vars:
    facts:
      - name: acme-john
        vendor: kazoo
        works: true
        expires_at: '2026-11-22T09:30:00Z'
"""

RETURN = r"""
_value:
  description: The XML, in UTF-8 when it is written.
  type: str
"""

import typing as t
from xml.etree import ElementTree

from ansible.errors import AnsibleFilterError

Row = t.Mapping[str, t.Any]

_FAIL_ON = ("problem", "overdue", "unmanaged")


def _message(row: Row, flag: str) -> str:
    if flag == "unmanaged":
        return f"The vendor lists tokens that no record knows: {', '.join(each['fingerprint'] for each in row['unmanaged'])}"
    return str(row["problem"] if flag == "problem" else f"{row['next_action']}. {row['reason'] or ''}".strip())


def _case(suite: ElementTree.Element, row: Row, fail_on: t.Sequence[str]) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=suite.attrib["name"], name=row["name"], time="0")
    flags = [flag for flag in row["flags"] if flag in fail_on]
    if not flags:
        ElementTree.SubElement(case, "system-out").text = row["next_action"]
        return
    # Not all CI systems read more than one.
    kind = "error" if flags[0] == "problem" else "failure"
    messages = [_message(row, flag) for flag in flags]
    ElementTree.SubElement(case, kind, type=flags[0], message=messages[0]).text = "\n".join(messages)


def _count(element: ElementTree.Element) -> None:
    for kind, name in (("testcase", "tests"), ("failure", "failures"), ("error", "errors")):
        element.set(name, str(sum(1 for _each in element.iter(kind))))


def _suites(report: t.Mapping[str, t.Any], fail_on: t.Sequence[str]) -> ElementTree.Element:
    """Raises an AttributeError, KeyError, TypeError or ValueError if it is no report."""
    suites = ElementTree.Element("testsuites", name="telephony.auth.report")
    for vendor in report["summary"]["vendors"]:
        suite = ElementTree.SubElement(
            suites, "testsuite", name=vendor, timestamp=report["generated_at"].rstrip("Z"), time="0"
        )
        for row in report["rows"]:
            if (row["vendor"] or "unknown") == vendor:
                _case(suite, row, fail_on)
        _count(suite)
    _count(suites)
    return suites


def report_junit(report: t.Any, fail_on: t.Sequence[str] = _FAIL_ON) -> str:
    if isinstance(fail_on, str) or not set(fail_on) <= set(_FAIL_ON):
        raise AnsibleFilterError(f"fail_on is a list with some of {', '.join(_FAIL_ON)}.")
    try:
        text = ElementTree.tostring(_suites(report, fail_on), encoding="unicode")
    except (AttributeError, KeyError, TypeError, ValueError):
        raise AnsibleFilterError(
            "The input of telephony.auth.report_junit is what telephony.auth.report returns."
        ) from None
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_junit": report_junit}
