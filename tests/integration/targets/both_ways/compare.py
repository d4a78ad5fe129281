# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare the results of both ways key by key, and see to it that each result came the way that it should."""

from __future__ import annotations

import collections
import json
import re
import sys
import typing as t
from pathlib import Path

MODULES = ("vacd_api_token", "kazoo_user_auth", "webitel_login", "ipcortex_token", "dialer_session")
# A task with environment is shipped, whatever the way.
SHIPPED_ANYHOW = "environment"


def results(directory: Path) -> list[dict[str, t.Any]]:
    return [json.loads(line) for line in (directory / "results").read_text(encoding="utf-8").splitlines()]


def shipped(directory: Path) -> int:
    """How many modules were started by a Python of their own."""
    started = directory / "started"
    lines = started.read_text(encoding="utf-8").splitlines() if started.exists() else []
    return sum(bool(re.search(rf"AnsiballZ_({'|'.join(MODULES)})\.py", line)) for line in lines)


def differences(one: t.Any, other: t.Any, where: str = "result") -> t.Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if key in one and key in other:
                yield from differences(one[key], other[key], f"{where}.{key}")
            else:
                yield f"{where}.{key} is there {'inside' if key in one else 'shipped'} only: {one.get(key, other.get(key))!r}"
    elif (type(one), one) != (type(other), other):
        yield f"{where} differs:\n    inside  {one!r}\n    shipped {other!r}"


def main(directory: Path) -> int:
    wrong = 0
    count: collections.Counter[str] = collections.Counter()
    for target in sorted(path.parent.parent for path in directory.glob("*/inside/results")):
        inside, other = results(target / "inside"), results(target / "shipped")
        pairs = [(each["case"], each["result"], theirs["result"]) for each, theirs in zip(inside, other)]
        found = [f"{case}: {line}" for case, one, two in pairs for line in differences(one, two)]
        if [each["case"] for each in inside] != [each["case"] for each in other] or not inside:
            found.append("the cases differ")
        count["compared"] += len(pairs)
        for way, least, most in (
            ("inside", 0, len(inside) // 4),
            ("shipped", len(other), len(other) + len(inside) // 4),
        ):
            ships = shipped(target / way)
            count[way] += ships
            if not least <= ships <= most:
                found.append(f"{ships} of {len(inside)} tasks were shipped, way: {way}")
        wrong += len(found)
        for line in found:
            print(f"{target.name}: {line}")
    print(f"{count['compared']} results compared. Modules shipped: {count['shipped']}, {count['inside']} when not told to.")
    return 1 if wrong or not count["compared"] else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
