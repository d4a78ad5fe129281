# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vault_vars_file, as a task of its own. What it is for, the tests of the store vault_file show."""

from __future__ import annotations

import json
import re

import pytest

VALUE = {"token": "the-0ne-and-0nly-t0ken"}


@pytest.fixture
def keep(desk):
    def keep(*arguments, **options):
        """One task, ad hoc. Returns whether it changed something, or why it failed."""
        given = {"path": str(desk.folder / "vars.yml"), "name": "it", "value": VALUE, "before": {}, **options}
        module = ["telephony.auth.vault_vars_file", "-a", json.dumps({k: v for k, v in given.items() if v is not None})]
        done = desk.ansible("adhoc", "localhost", "-vvvv", "-m", *module, *arguments)
        desk.printed.append(done.stdout)
        # Ansible itself shows the arguments of an ad hoc task only on its command line
        result = json.loads(re.search(r"(?:=> )(\{.*?\n\})", done.stdout, re.DOTALL)[1])
        return result["msg"] if done.returncode else result["changed"]

    return keep


def test_it_is_written_once_and_removed(desk, keep):
    path = desk.folder / "vars.yml"
    assert keep("--check") is True
    assert not path.exists()
    assert keep() is True
    written = path.read_bytes()
    assert written.startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert keep(before=VALUE) is False
    assert path.read_bytes() == written
    assert keep(before=VALUE, value={"token": "an0ther"}, mode="0640") is True
    assert path.stat().st_mode & 0o777 == 0o640
    assert keep(before={"token": "an0ther"}, value={}, mode="0640") is True
    assert not path.exists()
    assert keep(value={}) is False


def test_what_another_run_wrote_stays(desk, keep):
    path = desk.folder / "vars.yml"
    assert keep() is True
    written = path.read_bytes()
    assert keep(value={"token": "an0ther"}) == f"{path} was changed by another run meanwhile."
    assert path.read_bytes() == written


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("it: {}\n", "is not encrypted|not vault encrypted|vault"),
        (None, "holds something else than the variable it"),
    ],
)
def test_what_is_something_else_stays(desk, keep, content, message):
    path = desk.folder / "vars.yml"
    if content is None:
        assert keep(name="other") is True
    else:
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
    written = path.read_bytes()
    assert re.search(message, keep())
    assert path.read_bytes() == written


def test_without_a_vault_password_nothing_is_written(desk, keep):
    del desk.env["ANSIBLE_VAULT_PASSWORD_FILE"]
    assert "give Ansible a vault password" in keep()
    assert not (desk.folder / "vars.yml").exists()


@pytest.mark.parametrize(
    "options", [{"value": "the-0ne-and-0nly-t0ken"}, {"before": None}, {"vaule": VALUE}, {"path": None}]
)
def test_wrong_options_are_named_without_what_they_hold(keep, options):
    message = keep(**options)
    assert message.endswith(f"These options are unknown, missing or of a wrong type: {next(iter(options))}.")


def test_a_link_is_not_followed(desk, keep):
    (desk.folder / "vars.yml").symlink_to(desk.folder / "elsewhere.yml")
    assert "is a symbolic link, which is not followed" in keep()
    assert not (desk.folder / "elsewhere.yml").exists()
