# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts that come from outside, a vendor or a record, let in by name, type and length."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._secrets import one_line

# What is allowed: a type for a plain value, {name: shape} for an object, {str: shape} for one of any names, [shape] for a list.
Shape = t.Union[t.Type[t.Any], t.Mapping[t.Any, t.Any], t.List[t.Any]]

LONGEST_TEXT = 256
MOST_ITEMS = 100
_LARGEST_NUMBER = 2**53


def let_in(value: object, shape: Shape, clean: t.Callable[[str], str] = one_line) -> t.Any:
    """The part of value that has this shape; None where there is none.

    Texts are cleaned and cut to LONGEST_TEXT characters; lists and objects of any names to MOST_ITEMS items.
    A number where a text is expected becomes one.
    """
    if isinstance(shape, list):
        items = value if isinstance(value, list) else []
        return _present(let_in(item, shape[0], clean) for item in items[:MOST_ITEMS])
    if isinstance(shape, t.Mapping):
        return _object(value if isinstance(value, dict) else {}, shape, clean)
    if shape is bool:
        return bool(value) if isinstance(value, int) and value in (0, 1) else None
    if isinstance(value, bool):
        return None
    if shape is int:
        return value if isinstance(value, int) and abs(value) <= _LARGEST_NUMBER else None
    if isinstance(value, int) and abs(value) <= _LARGEST_NUMBER:
        return str(value)
    return clean(value[: 16 * LONGEST_TEXT])[:LONGEST_TEXT] if isinstance(value, str) else None


def _object(value: t.Mapping[t.Any, t.Any], shape: t.Mapping[t.Any, t.Any], clean: t.Callable[[str], str]) -> t.Any:
    if str in shape:
        names = list(value)[:MOST_ITEMS]
        pairs = ((let_in(name, str, clean), let_in(value[name], shape[str], clean)) for name in names)
    else:
        pairs = ((name, let_in(value.get(name), inner, clean)) for name, inner in shape.items())
    return {name: inner for name, inner in pairs if name is not None and inner is not None} or None


def _present(items: t.Iterable[t.Any]) -> list[t.Any] | None:
    return [item for item in items if item is not None] or None
