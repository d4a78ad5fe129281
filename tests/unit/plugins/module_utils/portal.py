# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated vendor in this process, for the whole code of a module from its options to its result."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import responses
from requests import PreparedRequest

from ansible_collections.telephony.auth.plugins.module_utils._registry import USERS
from ansible_collections.telephony.auth.plugins.module_utils._task import BaseRun, Door, Result, run
from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserInfoRun, UserRun
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import validate

sys.path.append(str(Path(__file__).parents[3] / "simulators"))

from telsim.core import Call, Shared, Vendor
from telsim.vendors import load

CHANGING = ("create", "update", "delete")


class Killed(BaseException):
    """The process dies here."""


class Portal:
    """One vendor. faults says what goes wrong at which of the next requests that change users, counted from 0.

    "killed before" or "killed after" the work, "lost before" or "lost after" it (a gateway answers), or "refused".
    """

    def __init__(self, name: str) -> None:
        self.vendor: Vendor = load(Shared())[name]
        self.api_url = f"http://127.0.0.1:9{self.vendor.api_path}"
        self.log: list[tuple[str, str]] = []
        self.bodies: list[str] = []
        self.faults: dict[int, str] = {}
        self.changes = 0

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(str(request.url))
        target = f"/{self.vendor.name}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        body = request.body or b""
        call = Call(
            self.vendor.name,
            str(request.method),
            target,
            request.headers,
            body.encode() if isinstance(body, str) else body,
        )
        operation = self.vendor.operation(call)
        self.log.append((operation, call.target))
        fault = ""
        if operation in CHANGING:
            fault = self.faults.pop(self.changes, "")
            self.changes += 1
        if fault == "killed before":
            raise Killed
        if fault == "refused":
            return 403, {"Content-Type": "application/json"}, b'{"message": "no", "result": "fail", "info": "no"}'
        if fault == "lost before":
            return 504, {}, b""
        reply = self.vendor.handle(call)
        if fault == "killed after":
            raise Killed
        if fault == "lost after":
            return 504, {}, b""
        kind = {"Content-Type": reply.content_type} if reply.content_type else {}
        return reply.status, {**kind, **reply.headers}, reply.body

    @property
    def changing(self) -> list[str]:
        """The operations that change users, so far."""
        return [operation for operation, _target in self.log if operation in CHANGING]

    def run(self, module: str, check_mode: bool = False, **options: t.Any) -> tuple[Result, list[str]]:
        """What a module for users returns, and its warnings."""
        start = UserInfoRun if module.endswith("_info") else UserRun
        return self.run_door(USERS[module], start, check_mode, **options)

    def run_door(
        self, door: type[Door], start: type[BaseRun] | None, check_mode: bool = False, **options: t.Any
    ) -> tuple[Result, list[str]]:
        """The same for any module."""
        complete, complaint = validate(door.spec(), api_url=self.api_url, retries=0, **options)
        assert complaint == ""
        with responses.RequestsMock(assert_all_requests_are_fired=False) as network:
            for method in "GET", "POST", "PUT", "PATCH", "DELETE":
                network.add_callback(method, re.compile(".*"), callback=self.answer, content_type=None)
            result, warnings = run(door, complete, check_mode, start=start)
        assert result.get("failure", {}).get("code") != "internal_error", result
        return result, warnings

    def secrets(self) -> list[str]:
        return self.vendor.secrets.all(8)
