# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# For the modules of this collection alone: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    # The guides of the documentation that the modules point to: those for tokens
    DOCUMENTATION = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_what_happens_when
    description: What is left behind when a run is cut off, and what the next one does about it.
  - ref: ansible_collections.telephony.auth.docsite.guide_schedules
    description: How often to run this, for each kind of token.
  - ref: ansible_collections.telephony.auth.docsite.guide_stores
    description: Where the record can be kept, what is in it, and how others read it.
"""

    # Those for users
    USERS = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_onboarding
    description: From no user to a working token, and back.
"""

    # Those for one vendor
    RINGCX = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_ringcx
    description: The way from the vendor's admin page to a nightly rotation, step by step.
"""

    KAZOO = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_kazoo
    description: The way from the vendor's admin page to a nightly rotation, step by step.
"""

    WEBITEL = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_webitel
    description: The way from the vendor's admin page to a nightly rotation, step by step.
"""

    IPCORTEX = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_ipcortex
    description: The way from the vendor's admin page to a nightly rotation, step by step.
"""

    DIALER = r"""
options: {}
seealso:
  - ref: ansible_collections.telephony.auth.docsite.guide_dialer
    description: The way from the vendor's admin page to a nightly rotation, step by step.
"""
