# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kill -9 at every step of a rotation. Processes are ended by their own number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import Run, User, struck, wait_until

# The requests of a rotation
STEPS = {
    "vacd": ["check", "login", "list", "issue", "check the new one", "revoke"],
    "webitel": ["check", "issue", "check the new one", "revoke"],
}
ROTATE: dict[str, t.Any] = {"max_age": "12h"}


def kill(run: Run, user: User) -> None:
    """Kill a run, and have the simulators go on."""
    run.kill()
    user.sim.control("POST", "release")
    figures.count("kills survived")


def prepare(user: User) -> None:
    """A token on record that is to be replaced."""
    assert user.run()["changed"]
    # Less than a day, beyond which no Date header is believed
    user.sim.advance(45_000)


def is_repaired(user: User, told: str = "") -> None:
    """The next run has everything in order again, and the one after it nothing to do. told is what was said before."""
    user.sim.faults()
    assert user.has_a_working_token_on_record()
    ran = user.run(**ROTATE)
    assert not ran.get("failed"), ran["msg"]
    assert user.has_a_working_token_on_record()
    told += str(ran["warnings"])
    if not (user.vendor != "vacd" and "nobody knows" in told and len(user.tokens) == 2):
        assert user.agrees(told)
    assert not user.run(**ROTATE)["changed"]


@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("vendor", ["vacd", "webitel"])
def test_a_run_that_is_killed_at_any_moment_loses_nothing(user, vendor, part):
    """Between the requests too: the simulators slow down each one, so that the moments spread over the run."""
    joe = user(vendor)
    prepare(joe)
    delay = 0.05
    joe.sim.faults({"vendor": vendor, "fault": "delay", "seconds": delay})
    run = joe.start(**ROTATE)
    wait_until(lambda: joe.sim.log()[-1]["fault"] == "delay")
    time.sleep(part * delay)
    kill(run, joe)
    # The vendor may be at the last request still, and a token that comes after the next run has looked is nobody's
    time.sleep(3 * delay)
    is_repaired(joe)


@pytest.mark.parametrize("step", ["issue", "check the new one", "revoke"])
def test_a_playbook_that_is_killed_loses_nothing(user, tmp_path: Path, step):
    """The same with all of Ansible: the whole group of its processes dies."""
    joe = user("vacd")
    prepare(joe)
    joe.sim.faults({"vendor": "vacd", "fault": "hold", "skip": STEPS["vacd"].index(step), "times": 1})
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"telephony.auth.vacd_api_token": joe.base | ROTATE}],
    }
    playbook = tmp_path / "rotate.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    process = subprocess.Popen(
        [Path(sys.executable).with_name("ansible-playbook"), "-i", "localhost,", "-c", "local", str(playbook)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: struck(joe.sim), 60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    joe.sim.control("POST", "release")
    figures.count("kills survived")
    is_repaired(joe)
