# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""token_store=awx_credential: a token is kept as a credential of AWX, and a job of somebody else uses it."""

from __future__ import annotations

import json
import shutil

from jobs import Launcher
from stage import ROOT

USE = """
- name: Use the token
  hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: Ask who this is
      ansible.builtin.uri:
        url: "{{ telephony_token.api_url }}/api/v2/whoami"
        headers: "{{ telephony_token.headers | from_json }}"
      vars:
        ansible_python_interpreter: "{{ ansible_playbook_python }}"
      no_log: true

    - name: See that other programs could, too
      ansible.builtin.assert:
        that: lookup('ansible.builtin.env', 'TELEPHONY_TOKEN') == telephony_token.token
      no_log: true
"""


def test_kept_used_renewed_and_removed(tmp_path, collections, awx, set_up, vendors):
    vendors.ask("POST", "reset")
    (user,) = vendors.ask("POST", "users", {"vendor": "webitel", "count": 1})
    (tmp_path / "vault-password").write_text("of-the-vault-file", encoding="utf-8")
    inventory = tmp_path / "inventory.json"
    inventory.write_text(json.dumps({"webitel": {"hosts": {"one": {}}}}), encoding="utf-8")
    variables = {
        "token_username": user["username"],
        "token_password": user["password"],
        "token_api_url": vendors.api_urls["webitel"],
        "token_store": "awx_credential",
        "token_awx_store": "vault_file",
        "token_vault_file": str(tmp_path / "record.yml"),
        "token_awx_credential": "webitel one",
        "token_awx_organization": "Default",
    }
    arguments = ("-i", str(inventory), "--vault-password-file", str(tmp_path / "vault-password"))

    def run(playbook):
        awx.requests.clear()
        done = set_up.run(*arguments, playbook=f"telephony.auth.{playbook}", **variables)
        assert done.code == 0, done.output[-3000:]
        assert not [text for text in vendors.secret_texts() if text in done.output]

    run("provision")
    kept = dict(awx.named("credentials", "webitel one"))
    assert kept["credential_type"] == awx.named("credential_types", "Telephony token")["id"]
    assert [token["token"] for token in vendors.alive()] == [kept["inputs"]["token"]]
    run("provision")
    assert awx.writes() == []

    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "awx", project)
    (project / "use.yml").write_text(USE, encoding="utf-8")
    (project / "inventory").mkdir()
    shutil.copy(inventory, project / "inventory" / "hosts.yml")
    template = awx.named("job_templates", "Telephony tokens: check")
    template.update(playbook="use.yml")
    awx.answer("POST", f"/api/v2/job_templates/{template['id']}/credentials/", {"id": kept["id"]})
    (job,) = Launcher(tmp_path, awx, collections, project).launch(template["name"])
    assert job.code == 0, job.output

    run("rotate")
    renewed = awx.named("credentials", "webitel one")
    assert renewed["inputs"]["token"] != kept["inputs"]["token"]
    assert [token["token"] for token in vendors.alive()] == [renewed["inputs"]["token"]]
    run("revoke")
    assert awx.store["credentials"] == {}
    assert vendors.alive() == []
