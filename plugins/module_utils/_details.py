# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts that come from outside, a vendor or a record, let in by name, type and length."""

from __future__ import annotations

import typing as t

# What is allowed: str or bool for a plain value, (value, value) for one of these texts, {name: shape} for an object,
# {str: shape} for one of any names, [shape] for a list.
Shape = t.Union[t.Type[t.Any], t.Tuple[str, ...], t.Mapping[t.Any, t.Any], t.List[t.Any]]
Clean = t.Callable[[str], str]

LONGEST_TEXT = 256
MOST_ITEMS = 100
# A text as long is no fact. It is left out and not cut, as half a secret in it could not be found.
_TOO_LONG = 16 * LONGEST_TEXT
# Larger whole numbers are not the same in every program that reads JSON.
_LARGEST_NUMBER = 2**53


def let_in(value: object, shape: Shape, clean: Clean) -> t.Any:
    """The part of value that has this shape; None where there is none.

    Texts are cleaned by clean() and cut to LONGEST_TEXT characters; lists, and objects of any names, to MOST_ITEMS items.
    A whole number where a text is expected becomes one, and 0 and 1 become truth values.
    """
    if isinstance(shape, list):
        items = [let_in(item, shape[0], clean) for item in value[:MOST_ITEMS]] if isinstance(value, list) else []
        return [item for item in items if item is not None] or None
    if isinstance(shape, t.Mapping):
        return _object(value if isinstance(value, dict) else {}, shape, clean)
    if isinstance(shape, tuple):
        return next((choice for choice in shape if choice == value), None)
    if shape is bool:
        return bool(value) if isinstance(value, int) and value in (0, 1) else None
    return _text(value, clean)


def _object(value: t.Mapping[t.Any, t.Any], shape: t.Mapping[t.Any, t.Any], clean: Clean) -> dict[str, t.Any] | None:
    if str in shape:
        pairs = [(_text(name, clean), let_in(value[name], shape[str], clean)) for name in list(value)[:MOST_ITEMS]]
    else:
        pairs = [(name, let_in(value.get(name), inner, clean)) for name, inner in shape.items()]
    return {name: inner for name, inner in pairs if name is not None and inner is not None} or None


def _text(value: object, clean: Clean) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_NUMBER:
        return str(value)
    return clean(value)[:LONGEST_TEXT] if isinstance(value, str) and len(value) < _TOO_LONG else None
