# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of guide_requests.rst, below the mark in it, made of tests/docs/requests.yml. shared_docs.py writes them."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_requests.rst"
REQUESTS = ROOT / "tests" / "docs" / "requests.yml"
MARK = ".. Made of tests/docs/requests.yml. Edit that, then run: make format\n"
HEADINGS = ["Request", "What it does", "Task", "Test"]

Entry = dict[str, t.Any]


def sent(entry: Entry) -> list[str]:
    """The request, its headers and its body."""
    form = "&".join(f"{name}={value}" for name, value in entry.get("form", {}).items())
    body = json.dumps(entry["json"]) if "json" in entry else form
    headers = [f"{name}: {value}" for name, value in entry.get("headers", {}).items()]
    return [f"``{line}``" for line in (f"{entry['method']} {entry['path']}", *headers, body) if line]


def task(entry: Entry) -> list[str]:
    """The module and its options."""
    module = f"telephony.auth.{entry['module']}#module"
    values = {name: value if isinstance(value, str) else json.dumps(value) for name, value in entry["options"].items()}
    return [f":ansplugin:`{module}`", *(f":ansopt:`{module}:{name}={value}`" for name, value in values.items())]


def row(*cells: list[str]) -> str:
    """One row of a list-table, each cell of paragraphs."""
    texts = ["- " + "\n\n       ".join(cell) for cell in cells]
    return "   * " + "\n     ".join(texts) + "\n"


def tables() -> str:
    text = ""
    for vendor in yaml.safe_load(REQUESTS.read_text(encoding="utf-8")).values():
        text += f"\n{vendor['title']}\n{'-' * len(vendor['title'])}\n\n"
        text += ".. list-table::\n   :header-rows: 1\n   :widths: 35 25 25 15\n\n"
        text += row(*([heading] for heading in HEADINGS))
        for entry in vendor["requests"]:
            test = f"``{entry['test'].rpartition('/')[2]}``" if "test" in entry else "None."
            text += row(sent(entry), [entry["does"]], task(entry), [test])
    return text
