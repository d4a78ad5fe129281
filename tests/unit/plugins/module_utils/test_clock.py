# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
import typing as t
from collections.abc import Iterator
from email.utils import formatdate

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock, Moment, iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._options import seconds

NOW = 1_700_000_000
DAY = 86400


@pytest.fixture(params=["UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+1345>-13:45"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The host is somewhere else, and may have set its clock forward or back."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # Clocks in Europe and America are set forward or back between these
        ("2027-03-27T12:00:00Z", "1d", "2027-03-28T12:00:00Z"),
        ("2027-03-28T00:30:00Z", "1h", "2027-03-28T01:30:00Z"),
        ("2027-10-30T23:30:00Z", "2h", "2027-10-31T01:30:00Z"),
        ("2027-03-14T06:59:59Z", "1s", "2027-03-14T07:00:00Z"),
        ("2026-11-01T05:30:00Z", "1d", "2026-11-02T05:30:00Z"),
        # Leap days, and years that have none
        ("2028-02-28T12:00:00Z", "1d", "2028-02-29T12:00:00Z"),
        ("2028-02-29T00:00:00Z", "365d", "2029-02-28T00:00:00Z"),
        ("2027-02-28T12:00:00Z", "1d", "2027-03-01T12:00:00Z"),
        ("2100-02-28T12:00:00Z", "1d", "2100-03-01T12:00:00Z"),
        ("2027-12-31T23:59:59Z", "1w2d", "2028-01-09T23:59:59Z"),
        # Past the end of 32 bits
        ("2038-01-19T03:14:07Z", "1", "2038-01-19T03:14:08Z"),
    ],
)
def test_a_day_has_24_hours_wherever_and_whenever(start, duration, end):
    assert iso(t.cast(int, unix(start)) + seconds("grace", duration)) == end


@pytest.mark.usefixtures("zone")
@given(moment=st.integers(0, 253402300799))
def test_a_time_is_the_same_everywhere(moment):
    assert unix(iso(moment)) == moment


def test_without_a_reply_the_clock_of_the_host_counts():
    clock = Clock(lambda: NOW + 0.9)
    assert (clock.now(), clock.warnings()) == (NOW, [])


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    ("ahead", "now", "warning"),
    [
        (0, NOW, None),
        (5, NOW, None),
        (-5, NOW, None),
        (6, NOW + 6, None),
        (-299, NOW - 299, None),
        (300, NOW + 300, "5 minutes behind the vendor's"),
        (-7200, NOW - 7200, "120 minutes ahead of the vendor's"),
    ],
)
def test_the_vendor_s_time_counts_once_it_is_known(ahead, now, warning):
    clock = Clock(lambda: NOW)
    clock.compare(formatdate(NOW + ahead, usegmt=True))
    assert clock.now() == now
    assert len(clock.warnings()) == (1 if warning else 0)
    if warning:
        assert f"The clock of this host is {warning}." in clock.warnings()[0]


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize(
    "date",
    [
        "Tue, 14 Nov 2023 23:13:20 GMT",
        "Tue, 14 Nov 2023 23:13:20 -0000",
        "Tue, 14 Nov 2023 23:13:20",
        "Wed, 15 Nov 2023 00:13:20 +0100",
        "Tuesday, 14-Nov-23 23:13:20 GMT",
    ],
)
def test_a_date_may_be_written_in_several_ways(date):
    clock = Clock(lambda: NOW)
    clock.compare(date)
    assert clock.now() == NOW + 3600


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "soon",
        "1700000000",
        "Tue, 99 Nov 2023 23:13:20 GMT",
        "Tue, 14 Nov 99999 23:13:20 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sat, 01 Jan 0100 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "1 NOV 2147483648 0:0",
        "Tue, 14 Nov 2023 23:13:20 +9999",
    ],
)
def test_a_date_that_makes_no_sense_teaches_nothing(date):
    """Whatever was known before stays."""
    clock = Clock(lambda: NOW)
    clock.compare(formatdate(NOW + 3600, usegmt=True))
    clock.compare(date)
    assert clock.now() == NOW + 3600


@pytest.mark.parametrize("ahead", [180 * DAY + 1, -180 * DAY - 1, 365 * DAY, -40 * 365 * DAY])
def test_a_date_beyond_plausibility_is_a_warning_and_no_time(ahead):
    """A vendor that tells a wrong date must neither end nor renew a token."""
    clock = Clock(lambda: NOW)
    clock.compare(formatdate(NOW + ahead, usegmt=True))
    assert clock.now() == NOW
    warning = " ".join(clock.warnings())
    assert f"was dated {iso(NOW + ahead)}, more than 180 days from the clock of this host" in warning
    assert "time was no reason to renew or to end a token" in warning
    assert not clock.moment().certain


@pytest.mark.parametrize("ahead", [180 * DAY, -180 * DAY])
def test_half_a_year_is_still_plausible(ahead):
    clock = Clock(lambda: NOW)
    clock.compare(formatdate(NOW + ahead, usegmt=True))
    assert clock.moment() == Moment(NOW + ahead)


def test_a_date_beyond_plausibility_leaves_what_was_learnt_before():
    clock = Clock(lambda: NOW)
    clock.compare(formatdate(NOW + 600, usegmt=True))
    clock.compare(formatdate(NOW + 365 * DAY, usegmt=True))
    assert clock.now() == NOW + 600
    assert len(clock.warnings()) == 2


@given(st.text() | st.integers(0, 2**70).map(lambda number: f"Tue, 14 Nov {number} 23:13:20 GMT"))
def test_no_date_is_a_reason_to_fail(date):
    clock = Clock(lambda: NOW)
    clock.compare(date)
    assert unix(iso(clock.now() + 100 * 366 * DAY))
