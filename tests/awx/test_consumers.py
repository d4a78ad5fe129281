# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""awx_consumers: jobs that use a token get the one that is in the KV secret when they start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import kv_lookup
import pytest
import yaml
from jobs import Launcher
from openbao import app_role, openbao
from setup_run import CONSUMER, clean_env, linked_fields
from stage import ROOT

ROLE = ROOT / "roles" / "awx"
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
        that:
          - lookup('ansible.builtin.env', 'TELEPHONY_TOKEN') == telephony_token.token
          - lookup('ansible.builtin.env', 'TELEPHONY_API_URL') == telephony_token.api_url
      no_log: true
"""


class User:
    """An API user of Webitel, with its token in a KV secret, where the store hashi_vault keeps it."""

    def __init__(self, folder, collections, vendors, vault):
        vendors.ask("POST", "reset")
        (user,) = vendors.ask("POST", "users", {"vendor": "webitel", "count": 1})
        host = {
            "token_api_url": vendors.api_urls["webitel"],
            "token_username": user["username"],
            "token_password": user["password"],
            "token_store": {"type": "hashi_vault", "path": CONSUMER["path"]},
        }
        self._inventory = folder / "users.json"
        self._inventory.write_text(json.dumps({"webitel": {"hosts": {"one": host}}}), encoding="utf-8")
        self._env = {**clean_env(folder, collections), "VAULT_ADDR": vault.url, "VAULT_TOKEN": vault.token}

    def rotate(self):
        command = ["playbook", f"--inventory={self._inventory}", "telephony.auth.rotate"]
        done = subprocess.run(
            [sys.executable, "-m", "ansible", *command], env=self._env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def launcher(tmp_path, collections, awx):
    """Has a job template of somebody else's, with a credential that the role has made."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "awx", project)
    (project / "use.yml").write_text(USE, encoding="utf-8")
    (project / "inventory").mkdir()
    (project / "inventory" / "hosts.yml").write_text('{"all": {"hosts": {"one": {}}}}', encoding="utf-8")
    template = awx.named("job_templates", "Telephony tokens: check")
    template.update(name="Use", playbook="use.yml")
    awx.linked[template["id"], "credentials"] = [awx.named("credentials", "PBX")["id"]]
    return Launcher(tmp_path, awx, collections, project)


def test_all_fields_of_a_token_are_linked():
    token = yaml.safe_load((ROLE / "files" / "credential_types" / "token.yml").read_text("utf-8"))
    assert (
        {each["id"] for each in token["inputs"]["fields"]} == set(token["inputs"]["required"]) == set(linked_fields())
    )
    assert {each["id"] for each in token["inputs"]["fields"] if each.get("secret")} == {"token", "headers"}


def test_next_job_gets_the_new_token(tmp_path, launcher, collections, awx, vendors, vault):
    user = User(tmp_path, collections, vendors, vault)
    seen = []
    for _time in range(2):
        user.rotate()
        (alive,) = vendors.alive()
        (job,) = launcher.launch("Use")
        assert job.code == 0, job.output
        assert not [text for text in vendors.secret_texts() if text in job.output]
        seen.append(alive["token"])
    assert len(set(seen)) == 2
    assert awx.requests == [], "nobody told AWX"


def test_no_job_without_a_token(launcher, awx, vault):
    """A secret that is not there, not of the store, or not for AWX to read: no playbook is run, and with no old token."""
    vault.secrets.kv.v2.delete_metadata_and_all_versions(CONSUMER["path"])
    with pytest.raises(LookupError, match="404"):
        launcher.launch("Use")
    vault.secrets.kv.v2.create_or_update_secret(CONSUMER["path"], {"api_url": "https://x", "token": "t", "headers": {}})
    with pytest.raises(LookupError, match="headers_json"):
        launcher.launch("Use")
    pbx = awx.named("credentials", "PBX")["id"]
    links = awx.store["credential_input_sources"]
    (link,) = (
        each for each in links.values() if (each["target_credential"], each["input_field_name"]) == (pbx, "headers")
    )
    link["metadata"]["secret_key"] = "headers"
    with pytest.raises(LookupError, match="no text"):
        launcher.launch("Use")
    link["metadata"]["secret_path"] = "another/user"
    with pytest.raises(LookupError, match="403"):
        launcher.launch("Use")
    del links[link["id"]]
    with pytest.raises(LookupError, match="does not provide headers"):
        launcher.launch("Use")


def test_every_way_to_log_in(vault):
    path = CONSUMER["path"]
    version = vault.secrets.kv.v2.create_or_update_secret(path, {"token": "t-1"})["data"]["version"]
    vault.secrets.kv.v2.create_or_update_secret(path, {"token": "t-2"})
    link = {"secret_path": path, "secret_backend": "secret", "secret_key": "token"}
    reader = {**app_role(vault, path), "api_version": "v2"}
    vault.sys.enable_auth_method("userpass")
    vault.auth.userpass.create_or_update_user("awx", "pass-7d1e", policies=["reader"])
    by_name = {"url": vault.url, "username": "awx", "password": "pass-7d1e", "api_version": "v2"}
    for given in (
        {"url": vault.url, "token": vault.token, "api_version": "v2"},
        {**reader, "default_auth_path": "approle"},
        {**by_name, "default_auth_path": "userpass"},
        {**by_name, "auth_path": "userpass"},
    ):
        assert kv_lookup.look_up({**given, **link}) == "t-2"
    assert kv_lookup.look_up({**reader, **link, "auth_path": "approle", "secret_version": str(version)}) == "t-1"
    with pytest.raises(LookupError, match="default_auth_path"):  # a default in the form, and nowhere else
        kv_lookup.look_up({**reader, **link})


def test_certificate_of_the_authority_and_namespace(tmp_path):
    """A server that only its own authority vouches for, and an AppRole and a secret in a namespace."""
    with openbao(tmp_path / "log", tmp_path) as client:
        client.adapter.post("/v1/sys/namespaces/acme")
        client.adapter.namespace = "acme"
        client.sys.enable_secrets_engine("kv", "secret", options={"version": "2"})
        client.secrets.kv.v2.create_or_update_secret("telephony/one", {"token": "t-acme"})
        cacert = (tmp_path / "vault-ca.pem").read_text("utf-8")
        login = {**app_role(client, "telephony/one"), "default_auth_path": "approle", "api_version": "v2"}
        given = {**login, "secret_path": "telephony/one", "secret_backend": "secret", "secret_key": "token"}
        assert kv_lookup.look_up({**given, "namespace": "acme", "cacert": cacert}) == "t-acme"
        with pytest.raises(LookupError, match="certificate"):
            kv_lookup.look_up({**given, "namespace": "acme"})
        with pytest.raises(LookupError, match="403"):  # nobody can log in that way outside of the namespace
            kv_lookup.look_up({**given, "cacert": cacert})


def test_what_was_made(first_run, awx, consumers):
    assert consumers["awx_vault"]["secret_id"] not in first_run[1].output
    source = awx.named("credentials", "Telephony tokens: reading from HashiCorp Vault")
    assert source["inputs"] == {**consumers["awx_vault"], "api_version": "v2", "default_auth_path": "approle"}
    for name, path, mount in (("PBX", "telephony/one", "secret"), ("CRM", "telephony/crm", "kv/team")):
        target = awx.named("credentials", name)
        assert target["inputs"] == {}
        assert target["credential_type"] == awx.named("credential_types", "Telephony token")["id"]
        links = awx.store["credential_input_sources"].values()
        mine = [each for each in links if each["target_credential"] == target["id"]]
        assert {each["source_credential"] for each in mine} == {source["id"]}
        assert {each["input_field_name"]: each["metadata"] for each in mine} == {
            field: {"secret_backend": mount, "secret_path": path, "secret_key": key}
            for field, key in linked_fields().items()
        }
