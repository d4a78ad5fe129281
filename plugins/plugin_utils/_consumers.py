# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What those who use a token get of its record."""

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._result import document
from ansible_collections.telephony.auth.plugins.plugin_utils._masking import mask


def public(record: Record) -> Json:
    """The public shape of a record, of whose secrets Ansible is told. Raises StoreError."""
    if record.vendor not in VENDORS:
        raise StoreError(
            "The record is of a vendor that this version of telephony.auth does not know. Update the collection.",
            code="newer_record",
        )
    mask([secret for token in record.tokens for secret in token.secrets])
    return document(VENDORS[record.vendor], record)
