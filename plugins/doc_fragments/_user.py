# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # Which API user is wanted, whatever the vendor.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - V(present) makes sure that the user exists and is as the options say. What an option does not name stays as it is.
      - V(absent) deletes the user. It is no failure if there is none.
    type: str
    choices:
      - present
      - absent
    default: present
  name:
    description:
      - User name of the user to manage, with which it logs in. It identifies the user, so it cannot be changed.
    type: str
    required: true
notes:
  - O(username) and O(password) are those of the administrator. O(name) is the user that is managed.
"""
