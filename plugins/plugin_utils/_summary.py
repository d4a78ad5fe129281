# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of the API users of a play, for people."""

from __future__ import annotations

import typing as t
from collections import Counter

from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils._table import minutes, one_line, table

Result = t.Mapping[str, t.Any]
Results = t.Mapping[str, Result]
"""The results of a host's tasks, by the names under which they are registered."""

_LONGEST_REASON = 90
# Whatever else was done is a change.
_CHANGED = 1
_ORDER = {"failed": 0, "not asked": 2, "working": 2, "unchanged": 2, "left out": 3}
_HEADER = ("API USER", "DONE", "EXPIRES (UTC)", "NEXT ACTION (UTC)", "REASON")


def summary(hosts: t.Mapping[str, Results], unhandled: t.Sequence[str], check_mode: bool) -> list[str]:
    """Lines: a row for each host that has results, those that failed first; how many; whom no play takes."""
    rows = [_row(host, results, check_mode) for host, results in hosts.items() if results]
    rows.sort(key=lambda row: (_ORDER.get(row[1], _CHANGED), row[0]))
    lines = table([_HEADER, *rows]) if rows else []
    counts = Counter(row[1] if row[1] in _ORDER else "changed" for row in rows)
    words = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    lines.append(f"API users: {len(rows)}{f' ({words})' if words else ''}")
    if unhandled:
        names = ", ".join(sorted(unhandled))
        lines.append(f"Left out, as they are in no vendor's group: {names}. The groups are {', '.join(VENDORS)}.")
    return lines


def _row(host: str, results: Results, check_mode: bool) -> tuple[str, str, str, str, str]:
    token = results.get("token_report") or results.get("token_result") or {}
    failed = next((each for each in results.values() if each.get("failed")), None)
    if failed:
        done, reason = "failed", failed.get("msg")
    else:
        done = _done(results, check_mode)
        reason = "; ".join(str(each["reason"]) for each in results.values() if each.get("reason"))
    return (
        host,
        done,
        minutes(token.get("expires_at")),
        minutes(token.get("next_action_at")),
        one_line(reason or "", _LONGEST_REASON),
    )


def _done(results: Results, check_mode: bool) -> str:
    if all(each.get("skipped") for each in results.values()):
        return "left out"
    if "token_report" in results:
        return "working" if results["token_report"].get("works") else "not asked"
    changes = {name.partition("_")[0]: _change(name, each) for name, each in results.items() if each.get("changed")}
    verb = " to be " if check_mode else " "
    return ", ".join(what + verb + change for what, change in changes.items()) or "unchanged"


def _change(name: str, result: Result) -> str:
    is_user = name == "user_result"
    before, after = (result.get("diff", {}).get(side) or {} for side in ("before", "after"))
    if after.get("state") == "absent":
        return "removed" if is_user else "ended" if result.get("revoked") else "forgotten"
    if before.get("state") == "absent":
        return "made" if is_user else "issued"
    return "replaced" if before.get("fingerprint") != after.get("fingerprint") else "updated"
