# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are where they belong, and nowhere else: every file that a whole life of tokens leaves is searched."""

from __future__ import annotations

from pathlib import Path

import pytest
from search import Search

REPORTS = ("html", "json", "csv")


@pytest.mark.parametrize(
    ("store", "vendor"),
    [("file", "vacd"), ("vault_file", "webitel"), ("hashi_vault", "vacd")],
    indirect=["store"],
)
def test_a_whole_life(desk, store, vendor, bao):
    desk.hire(vendor, token_store=store.option())
    pages = {kind: desk.folder / f"report.{kind}" for kind in REPORTS}
    desk.run_by_runner("telephony.auth.provision")
    desk.run_by_runner("telephony.auth.rotate", "-e token_grace=1h")
    desk.run_by_runner("telephony.auth.check")
    desk.run_by_runner("telephony.auth.report", *(f"-e report_{kind}={path}" for kind, path in pages.items()))
    assert all(path.stat().st_size > 100 for path in pages.values())

    vault_password = Path(desk.env["ANSIBLE_VAULT_PASSWORD_FILE"])
    secrets = [*desk.vendors.ask("GET", "secrets?min_length=8"), bao.token, vault_password.read_text(encoding="utf-8")]
    search = Search(secrets)
    # Of each run, ansible-runner writes down the environment that it was given, the token for the Vault included
    environments = set(desk.folder.rglob("artifacts/*/command"))
    files = [path for path in desk.folder.rglob("*") if path.is_file() and path not in environments]
    found = {path for path in files if search.in_file(path)}
    # The password in the inventory, and the record in a file
    belongs = {desk.folder / "hosts.json", vault_password}
    assert found == belongs | ({store.path} if store.option()["type"] == "file" else set())
    assert list(desk.folder.rglob("job_events/*.json"))
