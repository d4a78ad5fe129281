# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write into modules and guides what is made of other files, below the mark in each.

That is what several modules return alike, from returns.txt, and the tables of guides.
Usage: shared_docs.py [--check]; with --check nothing is written, and a file that is not current is a failure.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import matrix_table
import requests_table

TOOLS = Path(__file__).parent
MODULES = TOOLS.parent.parent / "plugins" / "modules"
MARK = "# The rest is the same in several modules. Edit tests/tools/returns.txt, then run: make format\n"
# What the modules for any vendor are about
FOR_ANY_VENDOR = {"token": {"token"}, "token_info": {"token"}, "user": {"user", "password"}}
# Those that return nothing that others do
OWN_RETURNS = {"summary"}

KINDS = {"token", "user", "password", "info"}
VENDORS = [path.stem[1:] for path in (MODULES.parent / "module_utils" / "_vendors").glob("_[a-z]*.py")]


def kinds_of(module: str, text: str) -> set[str]:
    """What a module is about, by the fragments of its documentation."""
    kinds = {kind for kind in KINDS if f"  - telephony.auth._{kind}\n" in text}
    return kinds or FOR_ANY_VENDOR.get(module) or {"token" if module.endswith("_token_info") else "info"}


def shared_returns(module: str, documentation: str) -> str:
    """What this module's RETURN has in common with others."""
    _header, of_all, of_tokens, of_users, of_info = (TOOLS / "returns.txt").read_text(encoding="utf-8").split("---\n")
    vendor, kinds = module.partition("_")[0], kinds_of(module, documentation)
    more = of_users if "user" in kinds else of_info if "info" in kinds else of_tokens
    lists = module.endswith("_token_info")
    if module == "token_info" or lists:
        more = ""
    lines = []
    for line in (of_all + more).splitlines():
        text, _mark, words = line.partition("  # only ")
        wanted = set(words.split())
        of_vendor = not wanted - KINDS or vendor in wanted or module in FOR_ANY_VENDOR
        if of_vendor and (not wanted & KINDS or wanted & kinds):
            lines.append(f"{text}\n")
    row = max((name for name in VENDORS if module.startswith(name)), key=len, default="kazoo")
    shared = "".join(lines).replace("VENDOR", row)
    # The options that the text names are those of the vendors' modules. A name with a # says itself whose option it is.
    return re.sub(r"O\(([^#)]+)\)", r"C(\1)", shared) if module in FOR_ANY_VENDOR or lists else shared


def current(path: Path) -> str:
    """The text of the module's file as it should be."""
    text = path.read_text(encoding="utf-8")
    if text.count(MARK) != 1:
        sys.exit(f'{path.name} must have this line once in RETURN, below what is its own:\n{MARK}and then """')
    own, rest = text.split(MARK)
    return own + MARK + shared_returns(path.stem, own) + rest[rest.index('"""') :]


def pages() -> dict[Path, str]:
    """The text of each guide with tables as it should be."""
    return {
        page.PAGE: page.PAGE.read_text(encoding="utf-8").partition(page.MARK)[0] + page.MARK + page.tables()
        for page in (requests_table, matrix_table)
    }


def main(arguments: list[str]) -> int:
    modules = [path for path in sorted(MODULES.glob("*.py")) if path.stem not in OWN_RETURNS]
    wanted = {path: current(path) for path in modules} | pages()
    stale = [path for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        if arguments == ["--check"]:
            print(f"{path.name} is not current. Run: make format")
        else:
            path.write_text(wanted[path], encoding="utf-8")
    return 1 if stale and arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
