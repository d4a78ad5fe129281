# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_prometheus
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: The report on tokens as metrics for Prometheus
description:
  - Turns what P(telephony.auth.report#filter) returns into a text in the exposition format of Prometheus, for the textfile collector of its
    node exporter. The role P(telephony.auth.report#role) makes a file of it.
  - Times are in seconds since 1970, as Prometheus wants them. What is not known, such as the expiry of a token that never expires, has no sample.
  - Each metric has the labels C(name), the host of the inventory, and C(vendor), which is V(unknown) where it is not known.
  - No secret is in it. It still tells who has access to what.
positional: _input
options:
  _input:
    description: The report.
    type: dict
    required: true
seealso:
  - plugin: telephony.auth.report
    plugin_type: filter
  - plugin: telephony.auth.report_junit
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the metrics
  ansible.builtin.debug:
    msg: "{{ facts | telephony.auth.report | telephony.auth.report_prometheus }}"
  vars:
    facts:
      - name: acme-john
        vendor: kazoo
        works: true
        expires_at: '2026-11-22T09:30:00Z'
"""

RETURN = r"""
_value:
  description:
    - The text, in UTF-8 when it is written.
    - C(telephony_token_info) is always 1, and has what else is known as labels - C(user), C(api_url), C(store), C(place) and C(fingerprint).
    - C(telephony_token_works) is 1 if the vendor accepts the token, 0 if it does not or if there is none. No sample if it was not asked.
    - C(telephony_token_problem), C(telephony_token_overdue), C(telephony_token_soon) are 1 where the report says so, else 0.
    - C(telephony_token_issued_timestamp_seconds), C(telephony_token_expires_timestamp_seconds) and
      C(telephony_token_next_action_timestamp_seconds) say when the token was made, when it expires, and when the next provisioning run has
      something to do.
    - C(telephony_token_retiring) is how many replaced tokens still live.
    - C(telephony_token_unmanaged) is how many tokens the vendor lists that no record knows, and C(telephony_token_probably_ours) how many of
      these are probably what an interrupted run made. No samples if the vendor does not tell.
    - C(telephony_report_timestamp_seconds), without labels, is the time of the report.
  type: str
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.telephony.auth.plugins.module_utils._clock import unix

Row = t.Mapping[str, t.Any]
Labels = t.Mapping[str, str]
Sample = t.Tuple[Labels, t.Optional[int]]

_INFO = ("user", "api_url", "store", "place", "fingerprint")
# Each metric: its name, what it is, and its value in a row; None where there is none.
_METRICS: tuple[tuple[str, str, t.Callable[[Row], int | None]], ...] = (
    ("works", "Whether the vendor accepts the token.", lambda row: None if row["works"] is None else int(row["works"])),
    ("problem", "Whether nothing certain can be said of the token.", lambda row: int("problem" in row["flags"])),
    (
        "overdue",
        "Whether the token does not work, or the next run has something to do by now.",
        lambda row: int("overdue" in row["flags"]),
    ),
    ("soon", "Whether that will be so soon.", lambda row: int("soon" in row["flags"])),
    ("issued_timestamp_seconds", "When the token was issued.", lambda row: unix(row["issued_at"])),
    ("expires_timestamp_seconds", "When the token expires.", lambda row: unix(row["expires_at"])),
    (
        "next_action_timestamp_seconds",
        "When the next provisioning run has something to do.",
        lambda row: unix(row["next_action_at"]),
    ),
    ("retiring", "How many replaced tokens still live.", lambda row: len(row["retiring"])),
    (
        "unmanaged",
        "How many tokens the vendor lists that no record knows.",
        lambda row: None if row["unmanaged"] is None else len(row["unmanaged"]),
    ),
    (
        "probably_ours",
        "How many of these are probably what an interrupted run made.",
        lambda row: None if row["unmanaged"] is None else sum(each["probably_ours"] for each in row["unmanaged"]),
    ),
)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _family(name: str, what: str, samples: t.Iterable[Sample]) -> t.Iterator[str]:
    """The lines of one metric."""
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        if value is not None:
            pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            yield f"{name}{{{pairs}}} {value}" if pairs else f"{name} {value}"


def _lines(report: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    """Raises an AttributeError, KeyError, TypeError or ValueError if it is no report."""
    rows = [({"name": row["name"], "vendor": row["vendor"] or "unknown"}, row) for row in report["rows"]]
    known = [({**labels, **{key: row[key] or "" for key in _INFO}}, 1) for labels, row in rows]
    yield from _family("telephony_token_info", "What is known of the API user and its token.", known)
    for name, what, value in _METRICS:
        yield from _family(f"telephony_token_{name}", what, [(labels, value(row)) for labels, row in rows])
    yield from _family(
        "telephony_report_timestamp_seconds", "When the report was made.", [({}, unix(report["generated_at"]))]
    )


def report_prometheus(report: t.Any) -> str:
    try:
        return "".join(f"{line}\n" for line in _lines(report))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise AnsibleFilterError(
            "The input of telephony.auth.report_prometheus is what telephony.auth.report returns."
        ) from None


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report_prometheus": report_prometheus}
