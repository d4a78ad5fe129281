# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    StoreError,
    TelephonyError,
    VendorRefused,
)


@pytest.mark.parametrize("kind", [TelephonyError, StoreError, VendorRefused, NoClearAnswer])
def test_a_failure_becomes_the_result_of_a_task(kind):
    failure = kind("It failed.", code="timeout", operation="check", status=504, vendor_message="later")
    assert str(failure) == failure.message == "It failed."
    assert failure.as_result("kazoo") == {
        "vendor": "kazoo",
        "operation": "check",
        "status": 504,
        "code": "timeout",
        "vendor_message": "later",
        "maybe_done": False,
    }


def test_what_is_not_known_is_null():
    assert OptionError("Wrong.").as_result("vacd") == {
        "vendor": "vacd",
        "operation": None,
        "status": None,
        "code": "bad_option",
        "vendor_message": None,
        "maybe_done": False,
    }


def test_a_sentence_is_added_to_the_same_failure():
    failure = NoClearAnswer("It failed.", code="timeout", maybe_done=True)
    assert failure.adding("Sorry.") is failure
    assert failure.message == "It failed. Sorry."
    assert failure.maybe_done


def test_work_counts_as_not_done_unless_said():
    assert NoClearAnswer("It failed.", code="timeout").maybe_done is False
