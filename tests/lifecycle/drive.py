# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run of a module's code in a process of its own, which can be killed: options as JSON in, the result as JSON out."""

from __future__ import annotations

import json
import sys
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.telephony.auth.plugins.module_utils._task import run
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._dialer import Dialer
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel

VENDORS: dict[str, type[BaseVendor]] = {each.name: each for each in (Vacd, Kazoo, Webitel, Ipcortex, Dialer)}


def drive(vendor: str, options: dict[str, t.Any], check_mode: bool = False) -> dict[str, t.Any]:
    """The result of one run, with its warnings."""
    validated = ArgumentSpecValidator(**VENDORS[vendor].spec().as_arguments()).validate(options)
    assert validated.error_messages == []
    result, warnings = run(VENDORS[vendor], validated.validated_parameters, check_mode)
    return {**result, "warnings": warnings}


if __name__ == "__main__":
    print(json.dumps(drive(sys.argv[1], json.load(sys.stdin))))
