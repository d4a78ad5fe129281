# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.constants import config
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils._summary import summary

Variables = t.Mapping[str, t.Any]

_RESULTS = ("user_result", "token_result", "token_report")
# Others are often said for all hosts
_OF_API_USERS = ("token_username", "token_vendor")


class ActionModule(ActionBase):
    """Show what became of the API users of the play, as a table."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        given = {"lines": {"type": "list", "elements": "str"}}
        _result, arguments = self.validate_argument_spec(argument_spec=given)  # type: ignore[no-untyped-call]  # ansible-core has no types here
        lines = arguments["lines"] or self._lines(task_vars or {})
        # What reads the output of Ansible as JSON takes nothing else.
        if "json" not in config.get_config_value("DEFAULT_STDOUT_CALLBACK"):
            Display().display("\n".join(["", *lines]))
        return {"changed": False, "lines": lines}

    def _lines(self, variables: Variables) -> list[str]:
        everybody = variables["ansible_play_hosts_all"]
        batch, alive = set(variables["ansible_play_batch"]), set(variables["ansible_play_hosts"])
        # Who failed is in no batch any more. Other batches have a table of their own.
        shown = [host for host in everybody if host in batch or host not in alive]
        hosts = {host: variables["hostvars"][host] for host in shown}
        results = {host: {name: told[name] for name in _RESULTS if name in told} for host, told in hosts.items()}
        is_last = everybody[-1] in hosts
        return summary(results, self._unhandled(variables) if is_last else [], self._task.check_mode)

    @staticmethod
    def _unhandled(variables: Variables) -> list[str]:
        """The hosts that look like API users, and that no play takes because they are in no vendor's group."""
        groups = variables["groups"]
        handled = {host for vendor in VENDORS for host in groups.get(vendor, ())}
        others = {host: variables["hostvars"][host] for host in groups["all"] if host not in handled}
        return [host for host, told in others.items() if any(name in told for name in _OF_API_USERS)]
