# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks that are full, directories that vanish or are closed midway, and many runs at once on one record."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import FORK, Json, Run, User, struck, wait_until
from ansible_collections.telephony.auth.tests.lifecycle.test_kills import ROTATE, is_repaired, prepare

DRIVE = Path(__file__).with_name("drive.py")
# Root may write anywhere, unless it gives that up
AS_ORDINARY_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk; a limit on the size of files stands in for it")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 512)
    return filler


def hold_issue(user: User) -> None:
    """The next token is made, and its reply held back."""
    user.sim.faults({"vendor": user.vendor, "operation": "issue", "fault": "hold", "times": 1})


def interfere(user: User, run: Callable[[], Json], meanwhile: Callable[[], object]) -> Json:
    """Do something while the reply with the new token is on its way."""
    hold_issue(user)

    def work() -> None:
        wait_until(lambda: struck(user.sim))
        meanwhile()
        user.sim.control("POST", "release")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        return run()
    finally:
        thread.join()
        figures.count("faults injected")


def is_still_served(user: User, ran: Json, code: str = "store_unwritable") -> None:
    """The run failed, and its token was taken back or will be found."""
    assert ran["failed"]
    assert ran["failure"]["code"] == code, ran["msg"]
    assert "was revoked again" in ran["msg"]
    assert user.has_a_working_token_on_record()


@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_full_disk_is_found_out_before_anything_is_issued(user, small_disk, vendor):
    print("The full disk is a real one: a small tmpfs")
    joe = user(vendor, small_disk)
    prepare(joe)
    filler = fill(small_disk)
    before = joe.tokens
    ran = joe.run(**ROTATE)
    figures.count("faults injected")
    assert (ran["failed"], ran["failure"]["code"]) == (True, "store_unwritable")
    assert joe.tokens == before
    # What needs no room goes on
    assert joe.run()["changed"] is False
    filler.unlink()
    is_repaired(joe)


@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_disk_that_fills_up_midway_has_room_for_what_was_issued(user, small_disk, vendor):
    joe = user(vendor, small_disk)
    prepare(joe)
    filler: list[Path] = []
    ran = interfere(joe, lambda: joe.run(**ROTATE), lambda: filler.append(fill(small_disk)))
    assert not ran.get("failed"), ran["msg"]
    assert joe.has_a_working_token_on_record()
    filler[0].unlink()
    is_repaired(joe)


@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_limit_on_the_size_of_files_is_like_a_full_disk(user, vendor):
    """For those who are not root."""
    joe = user(vendor)
    prepare(joe)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))

    try:
        ran = interfere(joe, lambda: joe.run(**ROTATE), limit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    is_still_served(joe, ran)
    is_repaired(joe)


@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_directory_that_is_removed_midway_costs_no_token(user, tmp_path, vendor):
    directory, elsewhere = tmp_path / "records", tmp_path / "moved"
    directory.mkdir()
    joe = user(vendor, directory)
    prepare(joe)
    ran = interfere(joe, lambda: joe.run(**ROTATE), lambda: directory.rename(elsewhere))
    elsewhere.rename(directory)
    is_still_served(joe, ran)
    is_repaired(joe)


@pytest.mark.skipif(bool(AS_ORDINARY_USER) and not shutil.which("setpriv"), reason="root may write anywhere")
@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_directory_that_is_closed_midway_costs_no_token(user, tmp_path, vendor):
    directory = tmp_path / "records"
    directory.mkdir()
    joe = user(vendor, directory)
    prepare(joe)

    def run() -> Json:
        told = subprocess.run(
            [*AS_ORDINARY_USER, sys.executable, str(DRIVE), vendor],
            input=json.dumps({**joe.base, **ROTATE}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
        return t.cast(Json, json.loads(told))

    try:
        ran = interfere(joe, run, lambda: directory.chmod(0o500))
    finally:
        directory.chmod(0o700)
    is_still_served(joe, ran)
    is_repaired(joe)


# Many at once


def eight(user: User, **options: t.Any) -> list[Json]:
    runs: list[Run] = [user.start(**options) for _number in range(8)]
    return [run.answer() for run in runs]


@pytest.mark.parametrize("vendor", ["vacd", "webitel", "kazoo", "ipcortex", "dialer"])
def test_eight_at_once_on_one_record_issue_one_token(user, vendor):
    joe = user(vendor)
    joe.sim.faults({"vendor": vendor, "fault": "delay", "seconds": 0.1})
    ran = eight(joe)
    assert [each["msg"] for each in ran if each.get("failed")] == []
    assert sorted(each["changed"] for each in ran) == [False] * 7 + [True]
    assert [entry["operation"] for entry in joe.sim.log()].count("issue") == 1
    assert joe.has_a_working_token_on_record()
    assert joe.agrees()


@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_eight_rotations_at_once_leave_one_token(user, vendor):
    joe = user(vendor)
    prepare(joe)
    ran = eight(joe, renew="always")
    assert [each["msg"] for each in ran if each.get("failed")] == []
    assert joe.has_a_working_token_on_record()
    assert joe.agrees()
    assert len(joe.tokens) == 1


def test_present_and_absent_at_once_agree_in_the_end(user):
    joe = user("vacd")
    runs = [joe.start(state=state) for state in ["present", "absent"] * 4]
    assert not any(run.answer().get("failed") for run in runs)
    assert joe.agrees()


def test_waiting_for_another_run_is_bounded_and_says_for_whom(user):
    joe = user("vacd")
    hold_issue(joe)
    run = joe.start()
    wait_until(lambda: struck(joe.sim))
    ran = joe.run(retry_timeout=1)
    assert ran["failure"]["code"] == "locked"
    assert f"in use by process {run.process.pid} on " in ran["msg"]
    # Whoever is killed holds nothing any more
    run.kill()
    joe.sim.control("POST", "release")
    figures.count("kills survived")
    is_repaired_at_once = joe.run(retry_timeout=1)
    assert not is_repaired_at_once.get("failed"), is_repaired_at_once["msg"]
    assert joe.agrees()


def test_hosts_of_a_run_keep_to_the_pace_of_a_vendor_together(monkeypatch):
    pace = RingcxSession.pace
    monkeypatch.setattr(pace, "seconds", 60)
    later = time.monotonic() + 1000
    before = list(pace._times)  # pylint: disable=protected-access
    try:
        # As Ansible does for each host, after it has imported the actions.
        for _host in range(pace.most):
            worker = FORK.Process(target=pace.book, args=(later,))
            worker.start()
            worker.join(30)
            assert worker.exitcode == 0
        assert pace.book(later) == 60
    finally:
        # What was booked is in the future, and later tests would wait for it
        pace._times[:] = before  # pylint: disable=protected-access
