# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import multiprocessing

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils import _pace
from ansible_collections.telephony.auth.plugins.module_utils._pace import Pace

FORK = multiprocessing.get_context("fork")


@given(st.lists(st.floats(0, 300), min_size=1, max_size=30).map(sorted))
def test_no_more_than_five_are_made_in_any_minute_and_none_waits_for_nothing(asked):
    pace, made = Pace(5, 60), []
    for now in asked:
        made.append(now + pace.book(now))
    for number, when in enumerate(made):
        fifth_last = made[number - 5] + 60 if number >= 5 else 0
        assert when == pytest.approx(max(asked[number], fifth_last))


def book(pace, answers):
    answers.put(pace.book(1000.0))


def test_hosts_of_a_run_count_together():
    pace, answers = Pace(5, 60), FORK.Queue()
    pace.share()
    hosts = [FORK.Process(target=book, args=(pace, answers)) for _each in range(12)]
    for host in hosts:
        host.start()
    waits = sorted(answers.get(timeout=30) for _host in hosts)
    for host in hosts:
        host.join(30)
    assert waits == [0.0] * 5 + [60.0] * 5 + [120.0] * 2


def test_what_was_counted_before_is_shared_too():
    pace = Pace(1, 60)
    assert pace.book(1000.0) == 0
    pace.share()
    assert pace.book(1000.0) == 60


def test_who_was_killed_while_counting_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(_pace, "_LONGEST_HOLD", 0.01)
    pace = Pace(1, 60)
    pace._lock.acquire()  # pylint: disable=protected-access
    assert [pace.book(1000.0), pace.book(1000.0)] == [0, 60]
