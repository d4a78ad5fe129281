# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo itself: it comes to its end, stops when told to, and leaves nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stage import ROOT
from story import NotAsExpected, Story


def start(output):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    script = [str(ROOT / "tests" / "demo" / "demo.sh")]
    return subprocess.Popen(script, env={**os.environ, "PATH": path}, stdout=output, stderr=subprocess.STDOUT)


def left_behind(text):
    """Whether the simulators that this text tells of are still there, and the folders of runs."""
    (pid,) = re.findall(r"process (\d+)", text)
    return Path(f"/proc/{pid}").exists() or list((ROOT / ".venv-demo").glob("run-*"))


def test_to_the_end(tmp_path):
    output = tmp_path / "output"
    with output.open("w") as file:
        code = start(file).wait(300)
    text = output.read_text(encoding="utf-8")
    assert code == 0, text
    assert "All as promised" in text
    assert not left_behind(text)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle(tmp_path, number):
    output = tmp_path / "output"
    with output.open("w") as file:
        process = start(file)
        limit = time.monotonic() + 60
        while "\n2. " not in output.read_text(encoding="utf-8") and time.monotonic() < limit:
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(number)
        code = process.wait(60)
    text = output.read_text(encoding="utf-8")
    assert code == 128 + number, text
    assert "Stopped." in text
    assert not left_behind(text)


def test_what_is_not_as_expected_ends_it():
    story = Story()
    story.expect("two facts", True, True)
    with pytest.raises(NotAsExpected, match="two facts"):
        story.expect("two facts", True, False)
