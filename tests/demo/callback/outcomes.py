# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For the demo and its tests: what became of each host, as lines of JSON in the file that OUTCOMES_FILE names."""

from __future__ import annotations

DOCUMENTATION = """
name: outcomes
type: aggregate
short_description: Write what became of each host as lines of JSON
description:
  - Writes one line for each task of each host to the file that the environment variable E(OUTCOMES_FILE) names.
"""

import json
import os
import typing as t

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "outcomes"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, result: t.Any, status: str) -> None:
        values = {name: value for name, value in dict(result.result).items() if not name.startswith("_ansible")}
        line = {"host": result.host.get_name(), "action": result.task.action, "status": status, "result": values}
        with open(os.environ["OUTCOMES_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write(result, "changed" if result.result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._write(result, "failed")

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._write(result, "unreachable")
