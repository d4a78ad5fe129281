# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks and the role with each store, by Ansible itself. What a store has to do is proved in tests/lifecycle."""

from __future__ import annotations

import json

import pytest

PROVISION, ROTATE, REVOKE = (f"telephony.auth.{name}" for name in ("provision", "rotate", "revoke"))


def changed(run):
    """Whether anything was changed, as the recap says."""
    assert run.code == 0, run.output[-3000:]
    return " changed=0 " not in run.output.rpartition("PLAY RECAP")[2]


def test_from_the_first_run_to_the_end(desk, store):
    desk.hire(token_store=store.option())
    assert changed(desk.run(PROVISION, "--check"))
    assert (store.read(), desk.alive()) == (None, [])
    assert changed(desk.run(PROVISION))
    (first,) = desk.alive()
    assert store.read()["token"] == first
    assert not changed(desk.run(PROVISION))
    assert changed(desk.run(ROTATE, "-e", "token_grace=1h"))
    old, token = desk.alive()
    assert (old, store.read()["token"]) == (first, token)
    desk.vendors.ask("POST", "clock", {"advance": 3601})
    assert changed(desk.run(PROVISION))
    assert desk.alive() == [token]
    assert changed(desk.run(REVOKE))
    assert (store.read(), desk.alive()) == (None, [])


@pytest.mark.parametrize("store", ["vault_file"], indirect=True)
def test_the_role_is_the_same_task(desk, store):
    user = desk.hire(token_store=store.option())
    role = {"name": "telephony.auth.token", "rolespec_validate": False}
    play = {
        "hosts": "vacd",
        "connection": "local",
        "gather_facts": False,
        "tasks": [
            {"ansible.builtin.include_role": {"name": "telephony.auth.token"}},
            {"ansible.builtin.assert": {"that": ["token_result is changed", "'token' not in token_result"]}},
            {"ansible.builtin.import_role": role, "vars": {"token_vendor": "vacd"}},
            {"ansible.builtin.assert": {"that": ["token_result is not changed"]}},
        ],
    }
    playbook = desk.folder / "role.yml"
    playbook.write_text(json.dumps([play]), encoding="utf-8")
    assert changed(desk.run(str(playbook)))
    assert store.read()["identity"] == user["username"]


def test_a_relative_path_starts_at_the_playbook(desk):
    desk.hire(token_store={"type": "file", "path": "records/joe.json"})
    folder = desk.folder / "elsewhere"
    folder.mkdir()
    play = {"hosts": "vacd", "connection": "local", "gather_facts": False, "tasks": [{"telephony.auth.token": None}]}
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    assert changed(desk.run(str(folder / "play.yml")))
    assert json.loads((folder / "records" / "joe.json").read_bytes())["token"] == desk.alive()[0]
    assert (folder / "records").stat().st_mode & 0o777 == 0o700
