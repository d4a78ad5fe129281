# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The five vendor APIs on loopback, for tests and the demo. See README.md beside this file."""

from __future__ import annotations

from telsim.server import main

if __name__ == "__main__":
    main()
