# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""guide_failures.rst has each code of a failure, and says rightly whether the vendor may have done something."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.telephony.auth.tests.docs.blocks import blocks

ROOT = Path(__file__).parents[2]
GUIDE = "docs/docsite/rst/guide_failures.rst"
TEXT = (ROOT / GUIDE).read_text(encoding="utf-8")
ROW = re.compile(
    r"^  \* - ``(\w+)``\n    - (.+)\n    - (.+)\n    - (No|Perhaps|Ended again)\n    - (Yes|Later|First mend it)$",
    re.MULTILINE,
)
ROWS = {code: words for code, *words in ROW.findall(TEXT)}
# What is about a connection that was never made
NOTHING_WAS_SENT = {"bad_option", "proxy_refused"}


def test_the_guide_has_each_code_once():
    returns = (ROOT / "tests" / "tools" / "returns.txt").read_text(encoding="utf-8")
    documented = set(re.findall(r"^ +- V\((\w+)\) - ", returns, re.MULTILINE))
    assert set(ROWS) == documented
    assert len(ROWS) == len(ROW.findall(TEXT)) == len(re.findall(r"^  \* - ``", TEXT, re.MULTILINE))


def unclear_codes(tree: ast.AST) -> t.Iterator[str]:
    """The codes of failures that may say maybe_done."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            about = {each.arg: each.value for each in node.keywords}
            code, maybe = about.get("code"), about.get("maybe_done")
            if getattr(node.func, "attr", "") == "_failure":
                code, maybe = node.args[1], about.get("maybe_done", ast.Constant(False))
            if isinstance(code, ast.Constant) and maybe and not (isinstance(maybe, ast.Constant) and not maybe.value):
                yield str(code.value)
        elif isinstance(node, ast.FunctionDef) and node.name == "_explain":
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            pairs = [each.elts[0] for each in returned if isinstance(each, ast.Tuple)]
            yield from (str(code.value) for code in pairs if isinstance(code, ast.Constant))


def test_the_guide_says_which_failures_may_be_unclear():
    paths = (ROOT / "plugins" / "module_utils").rglob("*.py")
    found = {code for path in paths for code in unclear_codes(ast.parse(path.read_text(encoding="utf-8")))}
    perhaps = {code for code, words in ROWS.items() if words[2] == "Perhaps"}
    # An exception that should not have been may come at any moment.
    assert perhaps == found - NOTHING_WAS_SENT | {"internal_error"}


def test_what_passes_by_itself_is_what_the_playbook_passes_over():
    [(_where, block)] = blocks(GUIDE)
    passed = set(yaml.safe_load(block)[0]["vars"]["may_pass"])
    # A reply that makes no sense mostly comes of an address that is not the API's.
    assert passed == {code for code, words in ROWS.items() if words[3] in ("Yes", "Later")} - {"bad_reply"}


@pytest.mark.parametrize(
    ("api_url", "code", "words"),
    [
        ("http://127.0.0.1:1", 0, "Not this time (unreachable)"),
        ("127.0.0.1", 2, "Fail for what somebody has to mend"),
    ],
)
def test_the_playbook_branches_on_the_code(tmp_path, api_url, code, words):
    [(_where, block)] = blocks(GUIDE)
    (tmp_path / "play.yml").write_text(block, encoding="utf-8")
    env = {**os.environ, "HOME": str(tmp_path), "KAZOO_API_URL": api_url, "KAZOO_RETRIES": "0", "NO_PROXY": "127.0.0.1"}
    given = json.dumps({"vault_kazoo_password": "a password"})
    command = [sys.executable, "-m", "ansible", "playbook", "play.yml", "--extra-vars", given]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stdout) == (code, True), done.stdout[-2000:] + done.stderr[-1000:]
