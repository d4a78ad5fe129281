# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible's own masking of secrets in all that it shows, which ansible-core has since 2.22."""

from __future__ import annotations

try:
    from ansible.module_utils.secrets import register_secrets  # type: ignore[import-not-found]  # types are checked with 2.19
except ImportError:  # ansible-core before 2.22
    register_secrets = None


def mask(secrets: list[str]) -> bool:
    """Have Ansible mask these secrets wherever they come up, and return whether it can."""
    if register_secrets:
        register_secrets(secrets)
    return register_secrets is not None
