# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: Tell what tokens exist, and what is urgent about them
description:
  - Turns the facts about the tokens of many API users, as M(telephony.auth.token_info) returns them, into rows in the order of
    their urgency, a summary, a timeline, a table for the screen, and CSV. The role P(telephony.auth.report#role) makes files of them.
  - How urgent a token is goes by its own lifetime, so that one which lives for an hour and is renewed by each run is V(ok) most of
    that hour. It is V(overdue) if it does not work, has expired, or the next provisioning run has something to do by now. It is
    V(soon) if that is so within O(soon), and less than a third of the time since the token was issued is left until then.
    When the token was issued may be unknown, or no sooner than that; O(soon) alone decides then. Else it is V(ok).
  - All text is taken for hostile. In what is returned, it is on one line and without control characters, and no cell of the
    CSV starts with a character that makes a spreadsheet take it for a formula. HTML is for the caller to escape.
positional: _input
options:
  _input:
    description:
      - The facts, one dictionary for each API user. None holds a secret.
      - Missing keys count as null. What cannot be read becomes a row with the urgency V(problem).
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the inventory host.
        type: str
        required: true
      vendor:
        description: The kind of token, as in O(telephony.auth.token#module:vendor).
        type: str
      user:
        description: Who the API user is for the vendor.
        type: str
      api_url:
        description: URL of the vendor's API.
        type: str
      store:
        description: The type of the store, such as V(file), V(vault_file) or V(hashi_vault).
        type: str
      place:
        description: Where in the store the record is, such as its path.
        type: str
      fingerprint:
        description: Fingerprint of the token on record. Null if there is none.
        type: str
      issued_at:
        description: When the token was issued, in ISO 8601 like V(2026-11-22T09:30:00Z). Null if that is unknown.
        type: str
      expires_at:
        description: When the token expires. Null for never, or if that is unknown.
        type: str
      works:
        description: Whether the vendor accepts the token. Null if it was not asked or gave no clear answer.
        type: bool
      reason:
        description: Why the token is what it is, in one line.
        type: str
      next_action:
        description: >-
          What the next provisioning run would do: V(issue) is to make a token, V(settle) is to end tokens or to correct the record,
          V(none) is nothing.
        type: str
      next_action_at:
        description: When the next provisioning run has something to do. Null for never.
        type: str
      retiring:
        description: Tokens that were replaced and still live, with their C(fingerprint) and when to revoke them (C(revoke_at)).
        type: list
        elements: dict
      unmanaged:
        description:
          - Tokens that the vendor lists and no record knows, with their C(fingerprint), and whether each is C(probably_ours), because it
            appeared after a run was interrupted while it made a token. Null if the vendor does not tell.
        type: list
        elements: dict
      problem:
        description: Why nothing certain can be said, or null.
        type: str
  hosts:
    description: Names of all inventory hosts that belong into the report. One without a fact gets a row with the urgency V(problem).
    type: list
    elements: str
    default: []
  now:
    description: The time to compare with, in ISO 8601 like V(2026-11-22T09:30:00Z). By default, the present.
    type: str
  groups:
    description:
      - The groups of the inventory, each with the names of its hosts, as the variable C(groups) has them.
      - Those of a host are its tenants. C(all), C(ungrouped) and the groups of the vendors, such as C(kazoo), are none.
    type: dict
    default: {}
  inventory:
    description: What the commands in the report name as the inventory.
    type: list
    elements: str
    default:
      - INVENTORY
  soon:
    description:
      - Nothing that is further away than this is urgent. A duration such as V(7d), V(36h), V(1w2d), or a bare number of seconds.
    type: str
    default: 7d
  days:
    description: How many days the timeline reaches into the future.
    type: int
    default: 90
"""

EXAMPLES = r"""
- name: Show whose token is overdue
  ansible.builtin.debug:
    msg: "{{ (facts | telephony.auth.report).summary.hosts.overdue }}"
  vars:
    facts:
      - name: acme-john
        vendor: kazoo
        fingerprint: 0123456789ab
        expires_at: '2026-11-22T09:30:00Z'
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    generated_at:
      description: The time that everything was compared with.
      type: str
    days:
      description: How many days the timeline has.
      type: int
    soon_days:
      description: What O(soon) is in days.
      type: float
    summary:
      description: The numbers.
      type: dict
      contains:
        total:
          description: How many API users there are.
          type: int
        counts:
          description: How many of them are V(problem), V(overdue), V(soon), V(ok), V(unmanaged).
          type: dict
        vendors:
          description: C(total) and C(counts) for each vendor.
          type: dict
        tenants:
          description: C(total) and C(counts) for each tenant. An API user of two tenants counts in both.
          type: dict
        hosts:
          description: The names of those who are V(problem), V(overdue), V(unmanaged).
          type: dict
        unmanaged_tokens:
          description: How many tokens no record knows.
          type: int
        probably_ours:
          description: How many of these are probably what an interrupted run made.
          type: int
    rows:
      description:
        - What is known of each API user, in the order of urgency, then name.
        - "Beside the keys of the input: C(urgency), which is V(problem), V(overdue), V(soon) or V(ok); C(flags), a list of
          all such words that apply, which may have V(unmanaged) too; C(tenants), the names of the host's groups in O(groups);
          C(age_days); C(next_action) in words; and C(age), C(expires) and C(revoke) in words such as V(in 3 days)."
        - C(command) is what mends it, for a shell - C(telephony.auth.provision) if it is V(overdue),
          C(telephony.auth.rotate) to renew now what is V(soon), C(telephony.auth.check) to ask again where there is a V(problem).
          Null if there is nothing to do, or if C(--limit) would take the name of the host for a pattern.
      type: list
      elements: dict
    timeline:
      description: >-
        What happens in the next days, in the order of time: C(at), C(when) in words, C(day) counted from now, C(event), which is
        V(rotates), V(expires) or V(retires), C(name), C(vendor) and C(fingerprint).
      type: list
      elements: dict
    table:
      description: The lines of a table for the screen.
      type: list
      elements: str
    csv:
      description: The rows as CSV, with a header.
      type: str
"""

import csv
import io
import shlex
import time
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import seconds
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils._table import minutes, one_line, table

Row = t.Dict[str, t.Any]

_URGENCIES = ("problem", "overdue", "soon", "ok")
_FLAGS = (*_URGENCIES, "unmanaged")
_TEXTS = ("vendor", "user", "api_url", "store", "place", "fingerprint", "reason", "problem")
_DAY = 86400
_UNITS = (("day", _DAY), ("hour", 3600), ("minute", 60), ("second", 1))
_LONGEST_TEXT = 300
_NO_TENANTS = {"all", "ungrouped", *VENDORS}
# What --limit takes for a pattern instead of a name, anywhere in it and at its start
_PATTERN = set(",:;&!*?[]\ufffd\u2026")
_PATTERN_START = ("-", "@", "~")
# Also the wide forms of = + - @, which some spreadsheets take for the narrow ones
_FORMULA = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_NO_FACT = "There is no report of this host: it was unreachable, its tasks failed, or telephony.auth.token_info did not run for it."
_NO_SENSE = "The fact token_report of this host makes no sense."

_COLUMNS = {
    "urgency": "URGENCY",
    "name": "NAME",
    "tenants": "TENANT",
    "vendor": "VENDOR",
    "user": "USER",
    "store": "STORE",
    "fingerprint": "TOKEN",
    "issued_at": "ISSUED",
    "expires_at": "EXPIRES",
    "age_days": "AGE IN DAYS",
    "next_action": "NEXT ACTION",
    "retiring": "RETIRING",
    "unmanaged": "UNMANAGED",
}
_WIDEST_COLUMN = 40
_OURS = " probably ours"
_CSV = (
    "urgency",
    "name",
    "tenants",
    "vendor",
    "user",
    "api_url",
    "store",
    "place",
    "fingerprint",
    "works",
    "issued_at",
    "expires_at",
    "age_days",
    "next_action_at",
    "next_action",
    "command",
    "retiring",
    "unmanaged",
    "reason",
    "problem",
)


class _Judge(t.NamedTuple):
    """What facts are judged by."""

    now: int
    soon: int
    tenants: t.Mapping[str, list[str]]
    inventory: t.Sequence[str]

    def is_near(self, moment: int | None, issued: int | None) -> bool:
        """Whether it is near for a token of this age: routine is not urgent."""
        if moment is None:
            return False
        left = moment - self.now
        is_routine = issued is not None and issued < moment and 3 * left >= moment - issued
        return left <= self.soon and not is_routine

    def command(self, playbook: str, name: str) -> str | None:
        """For a shell. The name of a host that is a pattern as well would stand for other hosts."""
        if name.startswith(_PATTERN_START) or _PATTERN & set(name):
            return None
        inventories = [word for each in self.inventory for word in ("-i", each)]
        command = shlex.join(["ansible-playbook", *inventories, f"telephony.auth.{playbook}", "--limit", name])
        return command if command.isprintable() else None


def _text(value: t.Any) -> str | None:
    return None if value is None else one_line(value, _LONGEST_TEXT)


def _span(duration: int) -> str:
    unit, size = next((each for each in _UNITS if duration >= each[1]), _UNITS[-1])
    count = duration // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _relative(moment: int | None, now: int) -> str | None:
    if moment is None:
        return None
    return f"in {_span(moment - now)}" if moment > now else f"{_span(now - moment)} ago"


def _moment(text: t.Any) -> int | None:
    """What is older than Unix is no time of a token."""
    moment = unix(text)
    if moment is not None and moment < 0:
        raise ValueError
    return moment


def _unmanaged(token: t.Mapping[str, t.Any]) -> Row:
    return {"fingerprint": _text(str(token["fingerprint"])), "probably_ours": token.get("probably_ours") is True}


def _row(fact: t.Mapping[str, t.Any], judge: _Judge) -> Row:
    """Raises an AttributeError, KeyError, TypeError or ValueError if the fact makes no sense."""
    now = judge.now
    row: Row = {"name": _text(str(fact["name"])), **{key: _text(fact.get(key)) for key in _TEXTS}}
    issued, expires, due = (_moment(fact.get(key)) for key in ("issued_at", "expires_at", "next_action_at"))
    row["tenants"] = judge.tenants.get(row["name"], [])
    row.update(issued_at=iso(issued), expires_at=iso(expires), next_action_at=iso(due))
    row["works"] = fact.get("works") if isinstance(fact.get("works"), bool) else None
    row["retiring"] = [
        {"fingerprint": _text(each["fingerprint"]), "revoke_at": iso(moment), "revoke": _relative(moment, now)}
        for each, moment in ((each, _moment(each["revoke_at"])) for each in fact.get("retiring") or [])
    ]
    listed = fact.get("unmanaged")
    row["unmanaged"] = None if listed is None else [_unmanaged(each) for each in listed]

    broken = row["works"] is False or (expires is not None and expires <= now)
    # What is to be done now was judged by the vendor's clock; that of this host may be wrong.
    overdue = broken or fact.get("next_action") in ("issue", "settle") or (due is not None and due <= now)
    flags = [flag for flag, applies in (("problem", row["problem"]), ("overdue", overdue)) if applies]
    if not flags:
        flags.append("soon" if any(judge.is_near(moment, issued) for moment in (expires, due)) else "ok")
    if row["unmanaged"]:
        flags.append("unmanaged")
    row.update(urgency=flags[0], flags=flags)

    ends = [each["revoke_at"] for each in row["retiring"]]
    settles = fact.get("next_action") == "settle" and due is not None
    if not row["fingerprint"]:
        what = "Issue a token"
    elif broken:
        what = "Renew the token"
    elif row["next_action_at"] in ends or (settles and any(end <= row["next_action_at"] for end in ends)):
        what = "Revoke the replaced token"
    else:
        what = "Bring the record up to date" if settles else "Renew the token"
    if overdue:
        row["next_action"] = f"{what} now"
    else:
        row["next_action"] = "Nothing planned" if due is None else f"{what} {_relative(due, now)}"
    if row["problem"]:
        row["next_action"] = "Solve the problem"
    renews = "rotate" if what == "Renew the token" else None
    playbook = {"problem": "check", "overdue": "provision", "soon": renews}.get(row["urgency"])
    row["command"] = judge.command(playbook, row["name"]) if playbook else None
    age = None if issued is None else max(0, now - issued)
    row["age_days"] = None if age is None else age // _DAY
    row["age"] = None if age is None else _span(age)
    row["expires"] = _relative(expires, now)
    return row


def _rows(facts: t.Iterable[t.Any], hosts: t.Iterable[str], judge: _Judge) -> list[Row]:
    rows: dict[str, Row] = {}
    for fact in facts:
        try:
            row = _row(fact, judge)
        except (AttributeError, KeyError, TypeError, ValueError):
            name = fact.get("name", "?") if isinstance(fact, t.Mapping) else "?"
            row = _row({"name": name, "problem": _NO_SENSE}, judge)
        rows[row["name"]] = row
    for host in hosts:
        row = _row({"name": host, "problem": _NO_FACT}, judge)
        rows.setdefault(row["name"], row)
    return sorted(rows.values(), key=lambda row: (_URGENCIES.index(row["urgency"]), row["name"]))


def _counts(rows: t.Sequence[Row]) -> dict[str, int]:
    return {flag: sum(flag in row["flags"] for row in rows) for flag in _FLAGS}


def _figures(rows: t.Sequence[Row], names: t.Callable[[Row], t.Iterable[str]]) -> dict[str, t.Any]:
    """The numbers of those rows that have one of these names, by name."""
    owned: dict[str, list[Row]] = {}
    for row in rows:
        for name in names(row):
            owned.setdefault(name, []).append(row)
    return {name: {"total": len(owned[name]), "counts": _counts(owned[name])} for name in sorted(owned)}


def _summary(rows: t.Sequence[Row]) -> dict[str, t.Any]:
    return {
        "total": len(rows),
        "counts": _counts(rows),
        "vendors": _figures(rows, lambda row: [row["vendor"] or "unknown"]),
        "tenants": _figures(rows, lambda row: row["tenants"]),
        "hosts": {
            flag: [row["name"] for row in rows if flag in row["flags"]] for flag in ("problem", "overdue", "unmanaged")
        },
        "unmanaged_tokens": sum(len(row["unmanaged"] or []) for row in rows),
        "probably_ours": sum(len(_ours(row)) for row in rows),
    }


def _ours(row: Row) -> list[Row]:
    return [token for token in row["unmanaged"] or [] if token["probably_ours"]]


def _timeline(rows: t.Sequence[Row], now: int, days: int) -> list[dict[str, t.Any]]:
    events = []
    for row in rows:
        moments = [("retires", each["revoke_at"], each["fingerprint"]) for each in row["retiring"]]
        moments.append(("expires", row["expires_at"], row["fingerprint"]))
        # The run that revokes a replaced token need not rotate
        if row["next_action_at"] not in [each["revoke_at"] for each in row["retiring"]]:
            moments.append(("rotates", row["next_action_at"], row["fingerprint"]))
        for event, at, fingerprint in moments:
            moment = unix(at)
            if moment is not None and now < moment <= now + days * _DAY:
                day = (moment - now) // _DAY
                event_of = {"name": row["name"], "vendor": row["vendor"], "fingerprint": fingerprint}
                events.append({"at": at, "when": _relative(moment, now), "day": day, "event": event, **event_of})
    return sorted(events, key=lambda event: (event["at"], event["name"]))


def _cell(row: Row, column: str) -> str:
    value = row[column]
    if value is None:
        return ""
    if column == "tenants":
        return ", ".join(value)
    if column == "retiring":
        return ", ".join(f"{each['fingerprint']} until {each['revoke_at']}" for each in value)
    if column == "unmanaged":
        return ", ".join(each["fingerprint"] + (_OURS if each["probably_ours"] else "") for each in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(row: Row, column: str) -> str:
    value = row[column]
    if column in ("retiring", "unmanaged"):
        value = value or []
        ours = len(_ours(row)) if column == "unmanaged" else 0
        return str(len(value) or "") + (f" ({ours}{_OURS})" if ours else "")
    if column.endswith("_at"):
        return minutes(value)
    return one_line(_cell(row, column), _WIDEST_COLUMN)


def _table(rows: t.Sequence[Row]) -> list[str]:
    """Lines of equal columns, and below what the problems are."""
    lines = table([list(_COLUMNS.values()), *([_short(row, column) for column in _COLUMNS] for row in rows)])
    return lines + [f"{row['name']}: {row['problem']}" for row in rows if row["problem"]]


def _csv(rows: t.Sequence[Row]) -> str:
    text = io.StringIO()
    # Quoted, so that no other separator cuts a cell in two
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(_CSV)
    for row in rows:
        cells = (_cell(row, column) for column in _CSV)
        writer.writerow("'" + cell if cell.startswith(_FORMULA) else cell for cell in cells)
    return text.getvalue()


def _tenants(groups: t.Mapping[str, t.Iterable[str]]) -> dict[str, list[str]]:
    """By name of the host."""
    tenants: dict[str, list[str]] = {}
    for group in sorted(set(groups) - _NO_TENANTS):
        for host in groups[group]:
            tenants.setdefault(one_line(host, _LONGEST_TEXT), []).append(one_line(group, _LONGEST_TEXT))
    return tenants


def report(
    facts: t.Any,
    hosts: t.Sequence[str] = (),
    now: str | None = None,
    groups: t.Mapping[str, t.Iterable[str]] | None = None,
    inventory: t.Sequence[str] = ("INVENTORY",),
    soon: str = "7d",
    days: int = 90,
) -> dict[str, t.Any]:
    if not isinstance(facts, (list, tuple)):
        raise AnsibleFilterError("The input of telephony.auth.report is a list of dictionaries.")
    if days < 1:
        raise AnsibleFilterError("days is at least 1.")
    try:
        moment = int(time.time()) if now is None else unix(now)
        soon_seconds = seconds("soon", str(soon))
    except OptionError as error:
        raise AnsibleFilterError(error.message) from error
    except ValueError as error:
        raise AnsibleFilterError("now is not a time like 2026-11-22T09:30:00Z.") from error
    rows = _rows(facts, hosts, _Judge(t.cast(int, moment), soon_seconds, _tenants(groups or {}), inventory))
    return {
        "generated_at": iso(moment),
        "days": days,
        "soon_days": soon_seconds / _DAY,
        "summary": _summary(rows),
        "rows": rows,
        "timeline": _timeline(rows, t.cast(int, moment), days),
        "table": _table(rows),
        "csv": _csv(rows),
    }


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"report": report}
