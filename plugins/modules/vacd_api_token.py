#!/usr/bin/python
# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vacd_api_token
short_description: To be documented
description:
  - To be documented.
author:
  - telephony.auth contributors
"""

EXAMPLES = ""

RETURN = ""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd


def main() -> None:
    run_module(Vacd)


if __name__ == "__main__":
    main()
