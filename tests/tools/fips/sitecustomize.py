# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Python on a machine with FIPS does: MD5 and SHA-1 only for who says that it is for no security."""

from __future__ import annotations

import hashlib
import inspect
import typing as t

REFUSED = {"md5", "sha1"}
# What tests are made with, and no part of what they test
TOOLS = ("hypothesis.", "cryptography.")
_new = hashlib.new


def _guarded(name: str, data: t.Any = b"", *, usedforsecurity: bool = True, **more: t.Any) -> t.Any:
    if usedforsecurity and name.lower().replace("-", "") in REFUSED:
        frame = t.cast(t.Any, inspect.currentframe())
        while frame and frame.f_globals.get("__name__") == __name__:
            frame = frame.f_back
        if not str(frame.f_globals.get("__name__")).startswith(TOOLS):
            raise ValueError(f"[digital envelope routines] unsupported: {name}")
    return _new(name, data, usedforsecurity=usedforsecurity, **more)


def _named(name: str) -> t.Callable[..., t.Any]:
    def guarded(data: t.Any = b"", **more: t.Any) -> t.Any:
        return _guarded(name, data, **more)

    return guarded


hashlib.new = _guarded
for _name in REFUSED:
    setattr(hashlib, _name, _named(_name))
