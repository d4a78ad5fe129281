# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source, without ansible-rulebook. Its rows are those that the report makes."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import signal
import subprocess
import sys

import pytest
from processes import wait_until_dead

from ansible_collections.telephony.auth.extensions.eda.plugins.event_source import tokens
from ansible_collections.telephony.auth.plugins.filter.report import report

NOW = "2026-11-22T09:30:00Z"
FINE = {"name": "acme-john", "vendor": "kazoo", "user": "john", "fingerprint": "0123456789ab", "works": True}
SOON = {**FINE, "expires_at": "2026-11-23T09:30:00Z", "next_action_at": "2026-11-23T09:25:00Z", "reason": "it works"}
OVERDUE = {**SOON, "next_action_at": NOW}
FAILING = {**SOON, "works": False, "reason": "the vendor does not accept it"}
PROBLEM = {**FINE, "works": None, "problem": "the vendor is down"}
UNMANAGED = {**FINE, "unmanaged": [{"fingerprint": "ba9876543210"}]}


def rows(*facts):
    made = report(list(facts), now=NOW, groups={"acme": ["acme-john"]}, inventory=["inventory"])
    return json.loads(json.dumps(made["rows"]))


def kinds(events):
    return [event["type"] for event in events]


@pytest.fixture
def memory():
    return tokens.Memory(3600)


@pytest.mark.parametrize(
    ("fact", "kind", "urgency", "reason"),
    [
        (SOON, "due", "soon", "it works"),
        (OVERDUE, "due", "overdue", "it works"),
        (FAILING, "failing", "overdue", "the vendor does not accept it"),
        (PROBLEM, "problem", "problem", "the vendor is down"),
        (UNMANAGED, "unmanaged", "ok", "The vendor lists tokens that no record knows: 1"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_state_to_act_on_is_an_event(memory, fact, kind, urgency, reason):
    (event,) = memory.take(rows(fact), 0)
    playbook = {"soon": "rotate", "overdue": "provision", "problem": "check"}.get(urgency)
    assert event == {
        "type": kind,
        "host": "acme-john",
        "vendor": "kazoo",
        "user": "john",
        "fingerprint": "0123456789ab",
        "urgency": urgency,
        "reason": reason,
        "expires_at": fact.get("expires_at"),
        "next_action_at": fact.get("next_action_at"),
        "tenants": ["acme"],
        "command": playbook and f"ansible-playbook -i inventory telephony.auth.{playbook} --limit acme-john",
        "unmanaged": ["ba9876543210"] if kind == "unmanaged" else [],
        "meta": {"hosts": "acme-john"},
    }


def test_a_token_that_is_fine_is_no_event(memory):
    assert memory.take(rows(FINE), 0) == []


def test_an_api_user_can_have_several_states(memory):
    fact = {**UNMANAGED, "problem": "a list cannot be read", "next_action_at": NOW}
    assert kinds(memory.take(rows(fact), 0)) == ["due", "problem", "unmanaged"]


def test_a_state_that_stays_is_sent_again_after_the_reminder_and_not_before(memory):
    sent = [kinds(memory.take(rows(OVERDUE), now)) for now in (0, 900, 3599, 3600, 7199, 7200)]
    assert sent == [["due"], [], [], ["due"], [], ["due"]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SOON, OVERDUE),
        (OVERDUE, FAILING),
        (OVERDUE, {**OVERDUE, "fingerprint": "ba9876543210"}),
        (UNMANAGED, {**UNMANAGED, "unmanaged": [{"fingerprint": "ffffffffffff"}]}),
    ],
    ids=["more urgent", "does not work any more", "another token", "another unmanaged token"],
)
def test_a_state_that_changes_is_sent_at_once(memory, before, after):
    memory.take(rows(before), 0)
    assert len(memory.take(rows(after), 1)) == 1


def test_a_problem_in_other_words_is_the_same_problem(memory):
    memory.take(rows(PROBLEM), 0)
    assert memory.take(rows({**PROBLEM, "problem": "the vendor is down, since 10 minutes"}), 1) == []


def test_when_no_state_is_left_it_is_ok_once(memory):
    memory.take(rows({**UNMANAGED, "next_action_at": NOW}), 0)
    assert memory.take(rows(UNMANAGED), 1) == []
    assert [kinds(memory.take(rows(FINE), now)) for now in (2, 3)] == [["ok"], []]
    assert kinds(memory.take(rows(OVERDUE), 4)) == ["due"]


def test_an_api_user_that_has_left_is_forgotten(memory):
    memory.take(rows(OVERDUE, {**OVERDUE, "name": "acme-mary"}), 0)
    assert memory.take(rows(OVERDUE), 1) == []
    assert kinds(memory.take(rows(OVERDUE, {**OVERDUE, "name": "acme-mary"}), 2)) == ["due"]


def test_a_report_that_fails_is_one_event_and_the_states_of_the_api_users_stay(memory):
    memory.take(rows(OVERDUE), 0)
    (failed,) = memory.fail("why", 1)
    assert (failed["type"], failed["host"], failed["reason"], "meta" in failed) == ("report_failed", None, "why", False)
    assert set(failed) | {"meta"} == set(memory.take(rows(FAILING), 1)[-1]) | {"meta"}
    memory.fail("why", 2)
    assert [kinds(memory.fail("in other words", now)) for now in (3, 3602)] == [[], ["report_failed"]]
    assert [(event["type"], event["host"]) for event in memory.take(rows(FAILING), 3603)] == [
        ("ok", None),
        ("failing", "acme-john"),
    ]


def test_a_vendor_s_words_are_no_template(memory):
    """A playbook that a rule runs has the event among its variables, which Ansible would take for templates."""
    hostile = "{{ lookup('pipe', 'id') }} {% set x = 1 %} {# #} {{{"
    fact = {**FAILING, "reason": hostile, "user": hostile, "problem": hostile}
    made = [{**row, "tenants": [hostile]} for row in rows(fact)]
    events = memory.take(made, 0)
    assert kinds(events) == ["failing", "problem"]
    assert not re.search(r"\{[{%#]", str([list(event.values()) for event in events]).replace("{'", ""))


@pytest.mark.parametrize("name", ["web*", "a,b", "a:b", "!a", "~a", "@a", "-a", "a[0]", "{{ a }}"])
def test_a_name_that_is_more_than_a_name_limits_no_run(memory, name):
    (event,) = memory.take(rows({**OVERDUE, "name": name}), 0)
    assert (event["command"], "meta" in event) == (None, False)


def test_the_longest_event_is_bounded(memory):
    many = [{"fingerprint": f"{number:012}"} for number in range(5000)]
    row = {**rows({**UNMANAGED, "unmanaged": many})[0], "user": "x" * 100_000}
    (event,) = memory.take([row], 0)
    assert len(event["unmanaged"]) == 100
    assert event["reason"].endswith(": 5000")
    assert len(json.dumps(event)) < 5000


def first_events(args):
    """The first event of the source, in a list. Then the source is cancelled."""

    async def gather():
        queue: asyncio.Queue[tokens.Event] = asyncio.Queue()
        source = asyncio.create_task(tokens.main(queue, args))
        waiting = asyncio.create_task(queue.get())
        done, _pending = await asyncio.wait([source, waiting], return_when=asyncio.FIRST_COMPLETED)
        if source in done:
            source.result()
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        assert source.cancelled()
        return [waiting.result()]

    return asyncio.run(gather())


def write_report(path, *facts, now=None):
    path.write_text(json.dumps(report(list(facts), now=now)), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _quick_rounds(monkeypatch):
    monkeypatch.setattr(tokens, "_SHORTEST_INTERVAL", 0)


def test_a_file_is_read(tmp_path):
    assert kinds(first_events({"file": str(write_report(tmp_path / "tokens.json", FAILING))})) == ["failing"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is no report of telephony.auth.report: it is no JSON"),
        ("[]", "is no report of telephony.auth.report"),
        ("{}", "is no report of telephony.auth.report"),
        (json.dumps({"generated_at": NOW, "rows": []}), "older than 93600 seconds"),
        (json.dumps({"generated_at": "9999-01-01T00:00:00Z", "rows": [{}]}), "is no report of telephony.auth.report"),
        (json.dumps({"generated_at": "9999-01-01T00:00:00Z"}), "is no report of telephony.auth.report"),
    ],
    ids=["missing", "cut off", "a list", "empty", "too old", "rows without names", "no rows"],
)
def test_a_file_that_is_no_fresh_report_is_a_report_that_failed(tmp_path, text, reason):
    path = tmp_path / "tokens.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    (event,) = first_events({"file": str(path)})
    assert event["type"] == "report_failed"
    assert reason in event["reason"]


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tokens, "_LARGEST_REPORT", 10)
    (event,) = first_events({"file": str(write_report(tmp_path / "tokens.json"))})
    assert "too large" in event["reason"]


def test_a_round_that_breaks_is_not_the_end(tmp_path):
    """Not even for what nobody has thought of."""
    path = write_report(tmp_path / "tokens.json", UNMANAGED)
    good = json.loads(path.read_text(encoding="utf-8"))
    bad = {**good, "rows": [{**good["rows"][0], "unmanaged": [{}]}]}
    path.write_text(json.dumps(bad), encoding="utf-8")

    async def scenario():
        queue: asyncio.Queue[tokens.Event] = asyncio.Queue()
        source = asyncio.create_task(tokens.main(queue, {"file": str(path), "interval": 0}))
        found = [await queue.get()]
        path.write_text(json.dumps(good), encoding="utf-8")
        found += [await queue.get(), await queue.get()]
        source.cancel()
        return found

    found = asyncio.run(scenario())
    assert kinds(found) == ["report_failed", "ok", "unmanaged"]
    assert found[0]["reason"] == "This should not happen: KeyError"


@pytest.fixture
def playbook(tmp_path, monkeypatch):
    """A stand-in for ansible-playbook. It tells what it was called with, and goes on as the text says."""

    def install(text):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "ansible-playbook"
        told = tmp_path / "told.json"
        lines = [
            f"#!{sys.executable}",
            "import json, os, pathlib, signal, subprocess, sys, time",
            "file = next(word for word in sys.argv if word.startswith('--extra-vars=@')).partition('@')[2]",
            "variables = json.loads(pathlib.Path(file).read_text())",
            "told = {'argv': sys.argv[1:], 'variables': variables, 'pid': os.getpid(), 'stdin': sys.stdin.read(),",
            "        'modes': [os.stat(each).st_mode & 0o777 for each in (os.path.dirname(file),)]}",
            f"told_to = {str(told)!r}",
            "def tell(): pathlib.Path(told_to + '.new').write_text(json.dumps(told)); os.rename(told_to + '.new', told_to)",
            text,
        ]
        program.write_text("\n".join(lines) + "\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        return lambda: json.loads(told.read_text(encoding="utf-8"))

    return install


def left(tmp_path):
    return list(tmp_path.glob("telephony-auth-*"))


def test_a_report_is_made(tmp_path, playbook):
    made = write_report(tmp_path / "made.json", FAILING)
    told = playbook(f"pathlib.Path({str(made)!r}).rename(variables['report_json']); tell(); sys.exit(2)")
    more = {"report_soon": "1d", "word": "s3cret"}
    args = {"inventory": ["a", "b c"], "limit": "acme", "extra_vars": more}
    assert kinds(first_events(args)) == ["failing"]
    argv = told()["argv"]
    assert argv[:3] == ["--inventory=a", "--inventory=b c", "--limit=acme"]
    assert argv[3].startswith("--extra-vars=@")
    assert argv[4:] == ["telephony.auth.report"]
    variables = told()["variables"]
    assert variables.pop("report_json").startswith(str(tmp_path))
    assert variables == {**more, "report_mode": "0600", "report_table": False}
    assert (told()["stdin"], told()["modes"]) == ("", [0o700])
    assert left(tmp_path) == []


def test_a_playbook_that_writes_nothing_is_a_report_that_failed(tmp_path, playbook):
    playbook("sys.exit(4)")
    (event,) = first_events({"inventory": "somewhere"})
    assert (
        event["reason"]
        == "ansible-playbook ended with 4 and wrote no report. Run telephony.auth.report by hand to see why."
    )
    assert left(tmp_path) == []


def test_a_missing_program_is_a_report_that_failed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (event,) = first_events({"inventory": "somewhere"})
    assert event["reason"] == "There is no ansible-playbook on PATH"


# It and a process of its own, neither of which ends by itself
HANGS = """
child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])
told['child'] = child.pid
tell()
signal.pause()
"""


def test_a_report_that_hangs_is_ended_with_all_that_it_started(tmp_path, playbook, monkeypatch):
    told = playbook(HANGS)
    wait_for = asyncio.wait_for

    async def wait_until_it_hangs(waited, seconds):
        """The time is up when the process is as far as that."""
        while seconds == 600 and not (tmp_path / "told.json").exists():
            await asyncio.sleep(0.01)
        return await wait_for(waited, 0 if seconds == 600 else seconds)

    monkeypatch.setattr(asyncio, "wait_for", wait_until_it_hangs)
    (event,) = first_events({"inventory": "somewhere"})
    assert event["reason"] == "The report did not end within 600 seconds"
    wait_until_dead(told()["pid"], told()["child"])
    assert left(tmp_path) == []


@pytest.mark.parametrize("stubborn", [False, True], ids=["ends when asked", "has to be killed"])
def test_a_source_that_is_cancelled_leaves_nothing(tmp_path, playbook, monkeypatch, stubborn):
    monkeypatch.setattr(tokens, "_PATIENCE", 0.2)
    told = playbook(("signal.signal(signal.SIGTERM, signal.SIG_IGN)" if stubborn else "") + HANGS)

    async def scenario():
        source = asyncio.create_task(tokens.main(asyncio.Queue(), {"inventory": "somewhere"}))
        while not (tmp_path / "told.json").exists():
            assert not source.done()
            await asyncio.sleep(0.01)
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        assert source.cancelled()

    asyncio.run(scenario())
    wait_until_dead(told()["pid"], told()["child"])
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "Either inventory or file"),
        ({"inventory": "a", "file": "b"}, "Either inventory or file"),
        ({"file": "b", "intervall": 60}, "Unknown options: intervall"),
        ({"file": "b", "interval": 59}, "interval is at least 60"),
        ({"file": "b", "interval": "often"}, "interval is a number"),
        ({"file": "b", "reminder": 899}, "reminder is at least 900"),
        ({"inventory": "b", "timeout": 0}, "timeout is at least 1"),
    ],
    ids=str,
)
def test_options_that_make_no_sense_end_the_source(monkeypatch, args, message):
    monkeypatch.setattr(tokens, "_SHORTEST_INTERVAL", 60)
    with pytest.raises(ValueError, match=message):
        asyncio.run(tokens.main(asyncio.Queue(), args))


def test_it_can_be_tried_without_ansible_rulebook(tmp_path, playbook):
    made = write_report(tmp_path / "made.json", FAILING)
    playbook(f"pathlib.Path({str(made)!r}).rename(variables['report_json'])")
    command = [sys.executable, tokens.__file__, "inventory"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            # Up to the brace that ends the event
            printed = "".join(itertools.takewhile(lambda line: line != "}\n", program.stdout)) + "}"
            assert json.loads(printed)["type"] == "failing"
            program.send_signal(signal.SIGINT)
            assert program.wait(20) == 0
        finally:
            program.kill()
