# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables of guide_matrix.rst, below the mark in it, made of what make matrix wrote down. shared_docs.py writes them."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_matrix.rst"
RESULT = ROOT / "tests" / "docs" / "matrix.json"
MARK = ".. Made of tests/docs/matrix.json, which make matrix writes. Then run: make format\n"

CORES = ["2.19", "2.20", "2.21", "2.22"]
# What a session with the name of a version is about
WHAT = {
    "units": "Unit tests",
    "inside": "Tasks inside Ansible and shipped; no secret is shown",
    "playbooks": "Playbooks of the installed collection",
    "roles": "The role ``token`` with each store",
    "lifecycle": "No token is lost, whatever fails",
    "awx": "The role ``awx``, and its jobs",
    "integration": "Integration targets",
    "sanity": "``ansible-test sanity``",
}
# These are not for each version
NONE = {"lifecycle-2.20", "lifecycle-2.21", "awx-2.20", "awx-2.21", "awx-2.22"}
# And the other sessions
PLATFORMS = {
    "platform-rhel-8": "RHEL 8",
    "platform-rhel-9": "RHEL 9",
    "platform-ubuntu-22.04": "Ubuntu 22.04",
    "platform-ubuntu-24.04": "Ubuntu 24.04",
    "platform-debian-12": "Debian 12",
    "platform-debian-13": "Debian 13",
    "platform-python-3.14": "Python 3.14",
    "fips": "Python with FIPS",
    "canary": "Pre-releases",
}
OUTCOMES = {"success": "passed", "skipped": "not run"}
VERSIONS = re.compile(r"Python ([\d.]+)(?:, requests ([\w.]+), urllib3 ([\w.]+))?")

Session = dict[str, t.Any]


def versions(session: Session | None) -> list[str]:
    """Of Python, and where it says so of Requests and urllib3."""
    found = VERSIONS.search(session["told"]) if session else None
    return [version or "" for version in found.groups()] if found else ["", "", ""]


def outcome(session: Session | None) -> str:
    if session is None:
        return "not run yet"
    told = VERSIONS.sub("", session["told"])
    passed = sum(int(number) for number in re.findall(r"(\d+) passed", told))
    tests = passed or sum(int(number) for number in re.findall(r"(\d+) tests of", told))
    what = OUTCOMES.get(session["result"], "FAILED")
    if session["result"] == "skipped":
        return f"{what}: {session['told'].removeprefix('skipped: ').rstrip('.')}"
    return f"{what}, {tests} tests" if tests else what


def table(headings: list[str], rows: list[list[str]]) -> str:
    text = "\n.. list-table::\n   :header-rows: 1\n\n"
    for row in (headings, *rows):
        text += "   * " + "\n     ".join(f"- {cell}".rstrip() for cell in row) + "\n"
    return text


def tables() -> str:
    sessions: dict[str, Session] = json.loads(RESULT.read_text(encoding="utf-8"))
    dates = sorted({session["date"] for session in sessions.values()})
    pythons = [
        next((found for name in WHAT if (found := versions(sessions.get(f"{name}-{core}"))[0])), "") for core in CORES
    ]
    rows = [["Python", *pythons]]
    for name, what in WHAT.items():
        of_cores = [f"{name}-{core}" for core in CORES]
        rows.append([what, *("" if each in NONE else outcome(sessions.get(each)) for each in of_cores)])
    platforms = [
        [title, *versions(sessions.get(name)), outcome(sessions.get(name))] for name, title in PLATFORMS.items()
    ]
    missing = sorted(
        {found for each in sessions.values() for found in re.findall(r"Not tested: no (Python [\d.]+)", each["told"])}
    )
    return (
        f"\nRun {' to '.join(dict.fromkeys([dates[0], dates[-1]]))}.\n"
        + table(["ansible-core", *CORES], rows)
        + table(["On", "Python", "Requests", "urllib3", "Result"], platforms)
        + (f"\nThese Pythons were not there: {', '.join(missing)}.\n" if missing else "")
    )
