# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An API whose calls are tested: it notes its waits, and its failures are looked at."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._api import Api
from ansible_collections.telephony.auth.plugins.module_utils._connection import Connection
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._errors import NoClearAnswer
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import CONNECTION_OPTIONS as OPTIONS

URL = OPTIONS["api_url"]
SECRET = "s3cr3t&t=k+n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Waits(t.List[float]):
    """A sleep that only notes how long it would have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def make_api(url: str = URL, **settings: t.Any) -> tuple[Api, Waits]:
    waits = Waits()
    return Api(Connection(url, **settings), Masker([SECRET]), adapter=LimitedAdapter(), sleep=waits), waits


def refusal(api: Api, *, changes: bool = False, **more: t.Any) -> NoClearAnswer:
    with pytest.raises(NoClearAnswer) as caught:
        api.call("issue", "POST", f"/token/{SECRET}", changes=changes, **more)
    return caught.value
