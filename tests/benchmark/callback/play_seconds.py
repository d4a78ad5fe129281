# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For the benchmark: how long the tasks of a play took, written to the file that PLAY_SECONDS_FILE names."""

from __future__ import annotations

DOCUMENTATION = """
name: play_seconds
type: aggregate
short_description: Write how long the tasks of a play took
description:
  - Writes the seconds from the start of the play to the last result to the file that the environment variable
    E(PLAY_SECONDS_FILE) names. The start-up of Ansible and the reading of the inventory are not in it, what a task makes
    Ansible load is.
"""

import os
import time
import typing as t

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "play_seconds"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        self._start = time.perf_counter()

    def _result(self, *_args: t.Any, **_keywords: t.Any) -> None:
        self._last = time.perf_counter()

    v2_runner_on_ok = v2_runner_on_skipped = _result

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        with open(os.environ["PLAY_SECONDS_FILE"], "w", encoding="utf-8") as file:
            file.write(str(self._last - self._start))
