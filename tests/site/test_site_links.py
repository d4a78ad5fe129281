# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of the documentation site's links finds what is dead, and the site has what people look for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "tests" / "output" / "site"
GITHUB = "https://github.com/telephony-auth/telephony.auth"

sys.path.insert(0, str(ROOT / "tests" / "tools"))

import site_links


@pytest.fixture
def site(tmp_path):
    """Write a site of two pages, the first one with this text."""

    def write(text):
        (tmp_path / "guides").mkdir()
        (tmp_path / "index.html").write_text(f'<html id="top"><body>{text}</body></html>', encoding="utf-8")
        (tmp_path / "guides" / "one.html").write_text(
            '<html><body><h1 id="a b">One</h1><a href="../index.html#top">up</a></body></html>', encoding="utf-8"
        )
        return tmp_path

    return write


@pytest.mark.parametrize(
    "link",
    [
        "guides/one.html",
        "guides/one.html#a%20b",
        "#top",
        "https://example.com/",
        "mailto:nobody@example.com",
        f"{GITHUB}/issues",
        f"{GITHUB}/edit/main/README.md",
        f"{GITHUB}/tree/main/examples#readme",
    ],
)
def test_a_link_that_leads_somewhere_passes(site, link):
    assert site_links.main(site(f'<a href="{link}">go</a>')) == 0


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("guides/two.html", "there is no such file"),
        ("guides/", "there is no such file"),
        ("guides/one.html#a", "there is no such anchor"),
        ("#bottom", "there is no such anchor"),
        ("/guides/one.html", "it leaves the site, which may be below a path"),
        (f"{GITHUB}/blob/main/LIESMICH.md", "there is no such file in the repository"),
    ],
)
def test_a_dead_link_is_found(site, link, wrong, capsys):
    assert site_links.main(site(f'<a href="{link}">go</a>')) == 1
    assert capsys.readouterr().out.splitlines()[-1] == f"index.html: {link}: {wrong}"


@pytest.mark.parametrize(
    "text", ['<img src="none.svg">', '<link rel="stylesheet" href="none.css">', '<script src="none.js"></script>']
)
def test_a_missing_picture_style_or_script_is_found(site, text):
    assert len(site_links.dead_links(site(text))) == 1


def test_a_folder_without_a_site_does_not_pass(tmp_path):
    with pytest.raises(OSError, match="index"):
        site_links.main(tmp_path)


def test_each_guide_and_each_plugin_has_a_page():
    pages = {path.stem for path in SITE.rglob("*.html")}
    assert {path.stem for path in ROOT.glob("docs/docsite/rst/*.rst")} <= pages
    for folder, kind in ("modules", "module"), ("lookup", "lookup"), ("filter", "filter"):
        names = {path.stem for path in ROOT.glob(f"plugins/{folder}/*.py")} - {"__init__"}
        assert {f"{name}_{kind}" for name in names} <= pages
    assert {f"{path.name}_role" for path in ROOT.glob("roles/*")} <= pages


def test_nothing_is_loaded_from_elsewhere():
    """Who reads the site is nobody else's business."""
    for page in SITE.rglob("*.html"):
        root = site_links.parsed(page)
        loaded = root.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src | //iframe/@src")
        assert not [url for url in loaded if "//" in url], page
