# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy what several modules return alike from returns.txt into each of them, below the mark in its RETURN.

Usage: shared_docs.py [--check]; with --check nothing is written, and a module that is not current is a failure.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TOOLS = Path(__file__).parent
MODULES = TOOLS.parent.parent / "plugins" / "modules"
MARK = "# The rest is the same in several modules. Edit tests/tools/returns.txt, then run: make format\n"
FOR_ANY_VENDOR = ("token", "token_info")


def shared_returns(module: str, row: str) -> str:
    """What this module's RETURN has in common with others. row is the vendor's name in _registry.py."""
    _header, of_all, of_tokens = (TOOLS / "returns.txt").read_text(encoding="utf-8").split("---\n")
    vendor = module.partition("_")[0]
    lines = []
    for line in (of_all if module.endswith("_info") else of_all + of_tokens).splitlines():
        text, _mark, vendors = line.partition("  # only ")
        if not vendors or vendor in vendors.split() or module in FOR_ANY_VENDOR:
            lines.append(f"{text}\n")
    shared = "".join(lines).replace("VENDOR", row)
    # The options that the text names are those of the vendors' modules for tokens. A name with a # says itself whose option it is.
    return (
        re.sub(r"O\(([^#)]+)\)", r"C(\1)", shared) if module.endswith("_info") or module in FOR_ANY_VENDOR else shared
    )


def current(path: Path) -> str:
    """The text of the module's file as it should be."""
    text = path.read_text(encoding="utf-8")
    if text.count(MARK) != 1:
        sys.exit(f'{path.name} must have this line once in RETURN, below what is its own:\n{MARK}and then """')
    own, rest = text.split(MARK)
    row = re.search(r"\._vendors\._(\w+) import", rest)
    return own + MARK + shared_returns(path.stem, row.group(1) if row else "kazoo") + rest[rest.index('"""') :]


def main(arguments: list[str]) -> int:
    stale = [path for path in sorted(MODULES.glob("*.py")) if path.read_text(encoding="utf-8") != current(path)]
    for path in stale:
        if arguments == ["--check"]:
            print(f"{path.name} is not current. Run: make format")
        else:
            path.write_text(current(path), encoding="utf-8")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
