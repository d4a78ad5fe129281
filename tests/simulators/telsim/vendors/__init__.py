# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One file per vendor; each defines one subclass of ``telsim.core.Vendor``. Found by name: a new one is one more file."""

from __future__ import annotations

import importlib
import pkgutil

from ..core import Shared, Vendor


def load(shared: Shared) -> dict[str, Vendor]:
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
    return {cls.name: cls(shared) for cls in Vendor.__subclasses__()}
