# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failures that travel up from vendor, store and options to the one place that reports them.

No message in here, and none put in here, holds a secret: text that came from outside is masked before.
"""

from __future__ import annotations

import typing as t

Error = t.TypeVar("Error", bound="TelephonyError")


class TelephonyError(Exception):
    """Something an operator must know, in one sentence.

    code is a stable word for playbooks to branch on; the other fields become failure in the result.
    vendor_message is what the vendor said, already masked. maybe_done says that the vendor may have done the work although
    no usable reply arrived.
    """

    maybe_done = False

    def __init__(
        self,
        message: str,
        *,
        code: str,
        operation: str | None = None,
        status: int | None = None,
        vendor_message: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.operation = operation
        self.status = status
        self.vendor_message = vendor_message

    def adding(self: Error, sentence: str) -> Error:
        """The same failure with one more sentence in its message."""
        self.message = f"{self.message} {sentence}"
        return self

    def as_result(self, vendor: str) -> dict[str, t.Any]:
        return {
            "vendor": vendor,
            "operation": self.operation,
            "status": self.status,
            "code": self.code,
            "vendor_message": self.vendor_message,
            "maybe_done": self.maybe_done,
        }


class OptionError(TelephonyError):
    """The task is written in a way that cannot work; nothing was asked of the vendor."""

    def __init__(self, message: str, code: str = "bad_option") -> None:
        super().__init__(message, code=code)


class StoreError(TelephonyError):
    """The record cannot be read, trusted or written. maybe_done: it may have been written all the same."""

    def __init__(self, message: str, *, maybe_done: bool = False, **fields: t.Any) -> None:
        super().__init__(message, **fields)
        self.maybe_done = maybe_done


class VendorRefused(TelephonyError):
    """The vendor understood the request and said no; asking again would not help."""


class NoClearAnswer(TelephonyError):
    """Nobody can tell what the vendor thinks: unreachable, timed out, a server error, a reply that makes no sense."""

    def __init__(self, message: str, *, maybe_done: bool = False, **fields: t.Any) -> None:
        super().__init__(message, **fields)
        self.maybe_done = maybe_done


class StoreConflict(StoreError):
    """Another run wrote the record since it was loaded. Nothing was written; loading again shows what is there now."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} was changed by another run meanwhile.", code="changed_meanwhile")
