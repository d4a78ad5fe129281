# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end of the playbooks. That they show it is tested with the playbooks, in tests/demo."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.telephony.auth.plugins.plugin_utils._summary import summary


def token(before: str | None = None, after: str | None = None, **more: t.Any) -> dict[str, t.Any]:
    """The result of a token's task, with these fingerprints before and after."""
    was, is_ = ({"state": "present" if it else "absent", "fingerprint": it} for it in (before, after))
    return {"changed": before != after, "diff": {"before": was, "after": is_}, "reason": "why", **more}


@pytest.mark.parametrize(
    ("results", "done"),
    [
        ({"token_result": token(None, "new")}, "token issued"),
        ({"token_result": token("old", "new")}, "token replaced"),
        ({"token_result": token("old", "old", changed=True)}, "token updated"),
        ({"token_result": token("old", "old")}, "unchanged"),
        ({"token_result": token("old", None, revoked=True)}, "token ended"),
        ({"token_result": token("old", None, revoked=False)}, "token forgotten"),
        ({"user_result": token(None, "x"), "token_result": token(None, "new")}, "user made, token issued"),
        ({"user_result": token("x", None), "token_result": token()}, "user removed"),
        ({"user_result": token(None, "x"), "token_result": {"skipped": True, "changed": False}}, "user made"),
        ({"token_report": {"skipped": True, "changed": False}}, "left out"),
        ({"token_report": {"works": True}}, "working"),
        ({"token_report": {"works": None}}, "not asked"),
        ({"token_result": {"failed": True, "msg": "no"}}, "failed"),
    ],
)
def test_the_table_says_what_was_done(results, done):
    header, row, _count = summary({"john": results}, [], check_mode=False)
    assert row[header.index("DONE") :].startswith(done)


def test_check_mode_says_what_is_to_be_done():
    assert "token to be issued" in summary({"john": {"token_result": token(None, "new")}}, [], check_mode=True)[1]


def test_who_failed_comes_first_and_all_are_counted():
    results = {
        "ann": {"token_result": token("x", "x")},
        "bob": {"token_result": token(None, "x", expires_at="2026-11-28T17:00:10Z")},
        "cid": {"token_result": {"failed": True, "msg": "The login was refused.\nTwice \x1b[2J. " + "x" * 200}},
        "dan": {},
    }
    header, *rows, count = summary(results, [], check_mode=False)
    assert [row.split()[0] for row in rows] == ["cid", "bob", "ann"]
    assert rows[0][header.index("REASON") :].startswith("The login was refused. Twice \ufffd[2J. xxx")
    assert max(map(len, rows)) < 160
    assert rows[1][header.index("EXPIRES") :].startswith("2026-11-28 17:00  ")
    assert count == "API users: 3 (1 changed, 1 failed, 1 unchanged)"


def test_who_is_in_no_group_of_a_vendor_is_named():
    *_rows, count, left_out = summary({}, ["zoe", "eve"], check_mode=False)
    assert count == "API users: 0"
    assert left_out.startswith("Left out, as they are in no vendor's group: eve, zoe. The groups are vacd, ")
