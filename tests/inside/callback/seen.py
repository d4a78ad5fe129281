# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For tests: all that Ansible tells callbacks about tasks, as lines of JSON in the file that SEEN_FILE names."""

from __future__ import annotations

DOCUMENTATION = """
name: seen
type: aggregate
short_description: Write down what callbacks see
description:
  - Writes one line for each result, also of each item of a loop and of each try, to the file that E(SEEN_FILE) names.
"""

import json
import os
import typing as t

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "seen"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, event: str, result: t.Any) -> None:
        seen = dict(result.result)
        line = {"event": event, "task": result.task.name, "host": result.host.get_name(), "result": seen}
        with open(os.environ["SEEN_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._write("unreachable", result)

    def v2_runner_retry(self, result: t.Any) -> None:
        self._write("retry", result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        self._write("item", result)

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        self._write("item failed", result)
