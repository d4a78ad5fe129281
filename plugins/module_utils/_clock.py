# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time: Unix seconds inside, ISO 8601 UTC outside, and the vendor's clock where it is known."""

from __future__ import annotations

import calendar
import datetime
import time
import typing as t
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_ISO = "%Y-%m-%dT%H:%M:%SZ"
# The Date header has whole seconds, and a reply takes its time.
_TOLERANCE = 5
_WORTH_A_WARNING = 300
# Further off than this, a Date header is more likely wrong than the clock of this host.
# A clock that lost its battery, or a wrong year, is further away.
_PLAUSIBLE = 180 * 86400
# ISO 8601 names years of four digits, and durations are added.
_YEARS = range(1970, 9001)


def iso(unix: int | None) -> str | None:
    """Unix seconds as ISO 8601 UTC."""
    return None if unix is None else time.strftime(_ISO, time.gmtime(unix))


def unix(text: str | None) -> int | None:
    """ISO 8601 UTC as Unix seconds. Raises ValueError."""
    if text is None:
        return None
    if len(text) != 20 or text[-1] != "Z":
        raise ValueError
    # Not strptime, which makes its patterns anew in each process that Ansible forks.
    return int(datetime.datetime.fromisoformat(text[:-1] + "+00:00").timestamp())


@dataclass(frozen=True)
class Moment:
    """What time it is, in Unix seconds. certain is false where clocks differ so much that neither is to be believed."""

    now: int
    certain: bool = True


class Clock:
    """What time it is for the vendor: by the Date header of its last reply, else by the clock of this host.

    A difference of up to 5 seconds is none. One of 5 minutes or more is a warning. One of more than 180 days is a warning
    and makes the moment uncertain, so that a wrong date neither ends nor renews a token.
    """

    def __init__(self, local: t.Callable[[], float] = time.time) -> None:
        self._local = local
        self._ahead = 0.0
        self._implausible: str | None = None

    def now(self) -> int:
        return int(self._local() + self._ahead)

    def moment(self) -> Moment:
        return Moment(self.now(), certain=self._implausible is None)

    def compare(self, date: str | None) -> None:
        """Learn from a Date header; one that is missing or makes no sense teaches nothing."""
        try:
            # Without a zone it is UTC, and not the time of this host.
            moment = parsedate_to_datetime(date or "").utctimetuple()
        except (TypeError, ValueError, OverflowError):
            return
        if moment.tm_year not in _YEARS:
            return
        told = calendar.timegm(moment)
        ahead = told - self._local()
        if abs(ahead) > _PLAUSIBLE:
            self._implausible = iso(told)
            return
        self._ahead = ahead if abs(ahead) > _TOLERANCE else 0.0

    def warnings(self) -> list[str]:
        warnings = []
        if self._implausible:
            warnings.append(
                f"The vendor's reply was dated {self._implausible}, more than 180 days from the clock of this host."
                " So time was no reason to renew or to end a token; correct whichever of the two is wrong."
            )
        if abs(self._ahead) >= _WORTH_A_WARNING:
            difference = f"{abs(self._ahead) / 60:.0f} minutes {'behind' if self._ahead > 0 else 'ahead of'}"
            what = f"The clock of this host is {difference} the vendor's."
            warnings.append(f"{what} Tokens were judged by the vendor's clock; correct the clock of this host.")
        return warnings
