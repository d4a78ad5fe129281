# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for Python's own module: what modules log goes to the file that SYSLOG_FILE names."""

from __future__ import annotations

import os

LOG_USER = 8
LOG_INFO = 6


def openlog(*_arguments: object) -> None:
    pass


def syslog(*arguments: object) -> None:
    with open(os.environ["SYSLOG_FILE"], "a", encoding="utf-8", errors="surrogateescape") as file:
        file.write(f"{arguments[-1]}\n")
