# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the links of the documentation site: pages, anchors, pictures, styles, and files of this repository on GitHub.

Usage: site_links.py FOLDER. Other links that leave the site are not followed: make docs-site ARGS=linkcheck does that.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html

ROOT = Path(__file__).parents[2]
IN_REPOSITORY = r"https://github\.com/telephony-auth/telephony\.auth/(?:blob|edit|raw|tree)/main/([^?#]+)"


@cache
def parsed(page: Path) -> lxml.html.HtmlElement:
    return lxml.html.parse(str(page)).getroot()


@cache
def anchors(page: Path) -> set[str]:
    return set(parsed(page).xpath("//@id | //a/@name"))


def problem(page: Path, link: str) -> str | None:
    """What is wrong with this link of the page, if anything is."""
    url = urlsplit(link)
    if url.scheme or url.netloc:
        in_repository = re.match(IN_REPOSITORY, link)
        missing = in_repository and not (ROOT / unquote(in_repository[1])).exists()
        return "there is no such file in the repository" if missing else None
    if url.path.startswith("/"):
        return "it leaves the site, which may be below a path"
    target = (page.parent / unquote(url.path)).resolve() if url.path else page
    if not target.is_file():
        return "there is no such file"
    if url.fragment and target.suffix == ".html" and unquote(url.fragment) not in anchors(target):
        return "there is no such anchor"
    return None


def dead_links(site: Path) -> list[str]:
    pages = sorted(site.resolve().rglob("*.html"))
    links = [(page, link) for page in pages for link in sorted({each[2] for each in parsed(page).iterlinks()})]
    told = [(page.relative_to(site.resolve()), link, problem(page, link)) for page, link in links]
    print(f"{len(pages)} pages, {len(links)} links")
    return [f"{page}: {link}: {wrong}" for page, link, wrong in told if wrong]


def main(folder: str) -> int:
    dead = dead_links(Path(folder))
    print("\n".join(dead))
    return 1 if dead or not anchors(Path(folder).resolve() / "index.html") else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
