# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A limit of the vendor's on how often something may be done, kept to by all hosts of a run."""

from __future__ import annotations

import multiprocessing
import threading
import typing as t

# Whoever is killed while holding the lock, which takes no time, shall not hold up all others.
_LONGEST_HOLD = 5.0


class Pace:
    """At most so many of one request in so many seconds: in this process, after share() also in all that fork from it."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._lock: t.Any = threading.Lock()
        self._times: t.Any = [float("-inf")] * most

    def share(self) -> None:
        """Count with processes that are forked from now on. Raises OSError and ImportError where there are no semaphores."""
        self._lock, self._times = multiprocessing.Lock(), multiprocessing.RawArray("d", list(self._times))

    def book(self, now: float) -> float:
        """The seconds to wait for one more, which is taken to be made then. now is a time of the clock that never jumps."""
        held = self._lock.acquire(timeout=_LONGEST_HOLD)
        try:
            oldest = min(range(self.most), key=self._times.__getitem__)
            due: float = max(now, self._times[oldest] + self.seconds)
            self._times[oldest] = due
        finally:
            if held:
                self._lock.release()
        return due - now
