# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of processes that others started."""

from __future__ import annotations

import time
from pathlib import Path


def is_alive(pid):
    """A zombie of which nobody has heard is as good as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_dead(*pids):
    limit = time.monotonic() + 20
    while any(map(is_alive, pids)):
        assert time.monotonic() < limit, "A process is left"
        time.sleep(0.01)
