# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tokens
author: telephony.auth contributors (@telephony-auth)
version_added: 1.0.0
short_description: Events about API tokens that are due, fail or are unmanaged
description:
  - Looks at the report of P(telephony.auth.report#role) again and again, and sends an event for each API user whose state has become one
    to act on. An API user is a host of the inventory.
  - With O(inventory), it makes the report itself, by the playbook C(telephony.auth.report). With O(file), it reads what another run wrote.
  - Secrets such as the vault password come from Ansible's own configuration or environment, such as E(ANSIBLE_VAULT_PASSWORD_FILE).
  - An event is sent again only when its state has changed, or after O(reminder). After a restart, all states are new.
  - No event has a secret in it. The guide guide_events has a table of what is in it.
options:
  inventory:
    description:
      - Paths of the inventories to report on. Either this or O(file) is needed.
      - C(ansible-playbook) is the first one on E(PATH).
    type: list
    elements: str
  limit:
    description: A pattern of the API users to report on, as for C(--limit). For O(inventory) alone.
    type: str
  extra_vars:
    description: Variables for the report, such as C(report_soon). A secret belongs into the inventory. For O(inventory) alone.
    type: dict
    default: {}
  timeout:
    description: After how many seconds a report that does not end is ended, and has failed. For O(inventory) alone.
    type: int
    default: 600
  file:
    description: Path of a JSON file that a run of the report writes (O(telephony.auth.report#role:report_json)).
    type: str
  max_age:
    description:
      - How many seconds old O(file) may be. An older one counts as a report that failed.
      - The default, 26 hours, is for a report that is made every night.
    type: int
    default: 93600
  interval:
    description: How many seconds to wait after a report until the next one. At least 60.
    type: int
    default: 900
  reminder:
    description: After how many seconds an event is sent again while its state stays the same. At least O(interval).
    type: int
    default: 3600
"""

EXAMPLES = r"""
# Asks all vendors every 15 minutes
- telephony.auth.tokens:
    inventory:
      - /etc/telephony/inventory

# Reads what a nightly run of telephony.auth.report writes, and asks nobody
- telephony.auth.tokens:
    file: /var/lib/telephony/tokens.json
"""

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import typing as t
from datetime import datetime, timezone
from pathlib import Path

Event = t.Dict[str, t.Any]
# When it was sent and what it went by, for each type of event that an API user has
States = t.Dict[str, t.Tuple[float, str]]

log = logging.getLogger("telephony.auth.tokens")

_SHORTEST_INTERVAL = 60
# For ansible-playbook to end after SIGTERM
_PATIENCE = 5.0
# Becomes another program, which ends with this one. A signal to ansible-rulebook ends it by way of Java, and nobody is told
_LEASH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
os.execv(sys.argv[1], sys.argv[1:])
"""
_LARGEST_REPORT = 64 * 1024 * 1024
_LONGEST_TEXT = 1000
_MOST_UNMANAGED = 100
# What is sent to a playbook becomes a variable there, and a vendor's words must not become a template
_TEMPLATE = re.compile(r"\{(?=[{%#])")
# As the report does: names which --limit would take for a pattern
_PATTERN = re.compile(r"^[-@~]|[,:;&!*?\[\]\ufffd\u2026]")
_TEXTS = ("vendor", "user", "fingerprint", "urgency", "expires_at", "next_action_at")
_NO_REPORT = "is no report of telephony.auth.report"


class _Failed(Exception):
    """There is no report. The text has no secret in it."""


def _number(args: dict[str, t.Any], name: str, default: int, least: int) -> int:
    try:
        value = int(args.get(name, default))
    except (TypeError, ValueError):
        raise ValueError(f"{name} is a number of seconds") from None
    if value < least:
        raise ValueError(f"{name} is at least {least}")
    return value


class Settings(t.NamedTuple):
    inventory: list[str]
    limit: str
    extra_vars: dict[str, t.Any]
    timeout: int
    file: str
    max_age: int
    interval: int
    reminder: int

    @classmethod
    def of(cls, args: dict[str, t.Any]) -> Settings:
        """Raises a ValueError."""
        # Beside the options, ansible-rulebook may hand over a queue of its own
        unknown = sorted(set(args) - set(cls.__annotations__) - {"eda_feedback_queue"})
        if unknown:
            raise ValueError(f"Unknown options: {', '.join(unknown)}")
        inventory = args.get("inventory") or []
        file = args.get("file") or ""
        if bool(inventory) == bool(file):
            raise ValueError("Either inventory or file is needed")
        interval = _number(args, "interval", 900, _SHORTEST_INTERVAL)
        return cls(
            inventory=[inventory] if isinstance(inventory, str) else [str(each) for each in inventory],
            limit=str(args.get("limit") or ""),
            extra_vars=dict(args.get("extra_vars") or {}),
            timeout=_number(args, "timeout", 600, 1),
            file=str(file),
            max_age=_number(args, "max_age", 93600, 1),
            interval=interval,
            reminder=_number(args, "reminder", max(3600, interval), interval),
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    """With all that it started, by the id of the process, which leads a group of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE)
    except asyncio.TimeoutError:
        pass
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _make(settings: Settings) -> t.Any:
    """Run the playbook. What it says on stderr goes where ansible-rulebook's own goes."""
    with tempfile.TemporaryDirectory(prefix="telephony-auth-") as folder:
        variables, report = Path(folder, "variables.json"), Path(folder, "report.json")
        ours = {"report_json": str(report), "report_mode": "0600", "report_table": False}
        variables.write_text(json.dumps({**settings.extra_vars, **ours}), encoding="utf-8")
        program = shutil.which("ansible-playbook")
        if program is None:
            raise _Failed("There is no ansible-playbook on PATH")
        command = [program, *(f"--inventory={each}" for each in settings.inventory)]
        command += [f"--limit={settings.limit}"] if settings.limit else []
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-c", _LEASH, *command, f"--extra-vars=@{variables}", "telephony.auth.report"],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            await asyncio.wait_for(process.wait(), settings.timeout)
        except asyncio.TimeoutError:
            raise _Failed(f"The report did not end within {settings.timeout} seconds") from None
        finally:
            if process.returncode is None:
                await _end(process)
        # Whatever else failed: where a report was written, it says so
        if not report.exists():
            raise _Failed(
                f"ansible-playbook ended with {process.returncode} and wrote no report. Run telephony.auth.report by hand to see why."
            )
        return _read(report)


def _read(path: Path) -> t.Any:
    try:
        if path.stat().st_size > _LARGEST_REPORT:
            raise _Failed(f"{path} {_NO_REPORT}: it is too large")
        return json.loads(path.read_bytes())
    except OSError as error:
        raise _Failed(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _Failed(f"{path} {_NO_REPORT}: it is no JSON") from error


def _check_age(settings: Settings, report: t.Any) -> None:
    try:
        made = datetime.strptime(report["generated_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except (KeyError, TypeError, ValueError):
        raise _Failed(f"{settings.file} {_NO_REPORT}") from None
    if time.time() - made.timestamp() > settings.max_age:
        raise _Failed(f"{settings.file} is of {report['generated_at']}, and so older than {settings.max_age} seconds")


async def _rows(settings: Settings) -> list[Event]:
    if settings.inventory:
        report = await _make(settings)
    else:
        report = _read(Path(settings.file))
        _check_age(settings, report)
    rows = report.get("rows") if isinstance(report, dict) else None
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get("name"), str) for row in rows
    ):
        raise _Failed(f"{settings.file or 'The JSON'} {_NO_REPORT}")
    return rows


def _text(value: t.Any) -> str | None:
    return None if value is None else _TEMPLATE.sub("{ ", str(value)[:_LONGEST_TEXT])


def _event(kind: str, row: Event, reason: t.Any) -> Event:
    host = row.get("name")
    event: Event = {
        "type": kind,
        "host": _text(host),
        **{key: _text(row.get(key)) for key in _TEXTS},
        "reason": _text(reason),
    }
    event["tenants"] = [_text(each) for each in row.get("tenants") or []]
    command = row.get("command")
    event["command"] = command if command == _text(command) else None
    event["unmanaged"] = _unmanaged(row)[:_MOST_UNMANAGED]
    if host is not None and host == event["host"] and not _PATTERN.search(host):
        event["meta"] = {"hosts": host}
    return event


def _unmanaged(row: Event) -> list[str | None]:
    return [_text(each["fingerprint"]) for each in row.get("unmanaged") or []]


def _current(row: Event) -> t.Iterator[tuple[str, t.Any, t.Any]]:
    """The type of each event that applies, its reason, and what has to change for it to be sent again at once."""
    flags, fingerprint = row.get("flags") or [], row.get("fingerprint")
    if row.get("works") is False:
        yield "failing", row.get("reason"), fingerprint
    elif "overdue" in flags or "soon" in flags:
        yield "due", row.get("reason"), ["overdue" in flags, fingerprint]
    if "problem" in flags:
        # Its words may be others each time
        yield "problem", row.get("problem"), None
    unmanaged = _unmanaged(row)
    if unmanaged:
        yield "unmanaged", f"The vendor lists tokens that no record knows: {len(unmanaged)}", sorted(
            map(str, unmanaged)
        )


class Memory:
    """What was sent. It holds as much as the last report has API users to act on."""

    def __init__(self, reminder: float) -> None:
        self._reminder = reminder
        self._sent: dict[str | None, States] = {}

    def take(self, rows: t.Iterable[Event], now: float) -> list[Event]:
        """The events of a report. An API user that is no longer in it is forgotten."""
        before, self._sent = self._sent, {}
        events = self._of({}, before.get(None, {}), (), now)
        for row in rows:
            events += self._of(row, before.get(row["name"], {}), _current(row), now)
        return events

    def fail(self, reason: str, now: float) -> list[Event]:
        """The events of no report: of the API users, nothing new is known."""
        return self._of({}, self._sent.get(None, {}), [("report_failed", reason, None)], now)

    def _of(self, row: Event, before: States, current: t.Iterable[tuple[str, t.Any, t.Any]], now: float) -> list[Event]:
        events, states = [], {}
        for kind, reason, goes_by in current:
            digest = hashlib.sha256(json.dumps(goes_by).encode()).hexdigest()
            at, sent = before.get(kind, (now, ""))
            if sent != digest or now - at >= self._reminder:
                at = now
                events.append(_event(kind, row, reason))
            states[kind] = at, digest
        if states:
            self._sent[row.get("name")] = states
        elif before:
            events.append(_event("ok", row, row.get("reason")))
        return events


async def _look(settings: Settings, memory: Memory) -> list[Event]:
    """The events of one round. Whatever happens in it, there is a next one."""
    try:
        rows = await _rows(settings)
        return memory.take(rows, time.monotonic())
    except _Failed as failure:
        reason = str(failure)
    except Exception as error:
        log.exception("The round failed")
        reason = f"This should not happen: {type(error).__name__}"
    log.warning("No report: %s", reason)
    return memory.fail(reason, time.monotonic())


async def main(queue: asyncio.Queue[t.Any], args: dict[str, t.Any]) -> None:
    """Look at the report until cancelled. Options that make no sense end it at once."""
    settings = Settings.of(args)
    memory = Memory(settings.reminder)
    while True:
        for event in await _look(settings, memory):
            await queue.put(event)
        await asyncio.sleep(settings.interval)


if __name__ == "__main__":

    class MockQueue(asyncio.Queue[t.Any]):
        """Prints events, to try the source without ansible-rulebook: python tokens.py INVENTORY..."""

        async def put(self, item: t.Any) -> None:
            print(json.dumps(item, indent=2))  # noqa: T201

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(MockQueue(), {"inventory": sys.argv[1:]}))
