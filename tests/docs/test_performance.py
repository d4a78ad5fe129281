# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of guide_performance.rst is what tests/benchmark writes there, and the arithmetic beside it is right."""

from __future__ import annotations

import re

from ansible_collections.telephony.auth.plugins.module_utils._vendors._ringcx_session import RingcxSession
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import drivers
from ansible_collections.telephony.auth.tests.benchmark import guide

TEXT = guide.GUIDE.read_text(encoding="utf-8")
ROW = re.compile(r"^  \* - ``(\w+)``\n    - ([0-9.]+)\n    - ([0-9.]+)\n    - ([0-9.]+)$", re.MULTILINE)


def test_the_table_is_one_that_the_benchmark_writes():
    found = {kind: ratios for kind, *ratios in ROW.findall(TEXT)}
    assert sorted(found) == drivers()
    where, least, most = re.findall(r"^Measured on (.+)\. The task .+ took (\d+) to (\d+) mill", TEXT, re.MULTILINE)[0]
    rows = [
        [kind, state, guide.HOSTS, 0.0, float(least if kind == "file" else most), ratio, ""]
        for kind, ratios in found.items()
        for state, ratio in zip(guide.STATES, ratios, strict=True)
    ]
    others = [["file", "report", 1000, 0.0, 1.0, "9.9", ""], ["by uri", "report", guide.HOSTS, 0.0, 1.0, "9.9", ""]]
    assert guide.put(TEXT, guide.table([*rows, *others], where)) == TEXT
    assert guide.put(TEXT, guide.table([*rows, *others], "another machine")) != TEXT


def test_the_time_for_logins_is_that_of_the_pace():
    each = RingcxSession.pace.seconds / RingcxSession.pace.most
    assert (100 * each, 300 * each) == (20 * 60, 60 * 60)
    assert "100 users take 20 minutes, and those for 300 an hour" in TEXT
    assert "With more than 25 users" in TEXT
    assert 25 * each == 300
