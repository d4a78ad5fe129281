# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module of the vendor that does not exist: plugins/modules/acme_token.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: acme_token
short_description: Manage tokens of a vendor that does not exist
"""

from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._acme import Acme


def main() -> None:
    run_module(Acme)


if __name__ == "__main__":
    main()
