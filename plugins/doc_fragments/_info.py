# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # What is told of API users, whatever the vendor.
    DOCUMENTATION = r"""
options:
  name:
    description:
      - User name of the only user to tell of. Without it, all users are told that the administrator may see.
    type: str
notes:
  - O(username) and O(password) are those of the administrator.
"""
