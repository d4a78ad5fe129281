# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates that the role has made, run as AWX runs them, on simulated vendors."""

from __future__ import annotations

import collections as counting
import json
import os
import secrets
import shutil
import stat

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from credential_types import FOLDER
from jobs import Launcher
from search_secrets import spellings
from stage import ROOT, VENDORS

# make matrix has a thousand in all
USERS_PER_VENDOR = int(os.environ.get("AWX_USERS", "100")) // len(VENDORS)
USERS = USERS_PER_VENDOR * len(VENDORS)
WITH_VAULT = ("Telephony tokens: provision", "Telephony tokens: revoke")


@pytest.fixture
def project(tmp_path):
    """The repository of an admin: the example's playbooks, and an inventory of his own."""
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "examples" / "awx", folder)
    return folder


class Vaulted(str):
    """A text that was encrypted."""


yaml.SafeDumper.add_representer(Vaulted, lambda dumper, text: dumper.represent_scalar("!vault", str(text), style="|"))


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value), encoding="utf-8")


def attach(awx, template, credential_type, inputs):
    """A new credential for a job template, in place of all others."""
    kind = awx.named("credential_types", credential_type)["id"]
    name = f"{template} {secrets.token_hex(4)}"
    body = {"name": name, "organization": 1, "credential_type": kind, "inputs": inputs}
    _status, made = awx.answer("POST", "/api/v2/credentials/", body)
    number = awx.named("job_templates", template)["id"]
    awx.linked[number, "credentials"] = []
    awx.answer("POST", f"/api/v2/job_templates/{number}/credentials/", {"id": made["id"]})


@pytest.fixture
def launcher(tmp_path, awx, collections, project, vendors):
    """Many API users of five vendors. Each password in the inventory is encrypted by itself with Ansible Vault.

    That is what AWX needs: it has no vault password when it imports the inventory, so no file may be encrypted as a whole.
    """
    vendors.ask("POST", "reset")
    vault_password = secrets.token_urlsafe()
    vault = VaultLib([("default", VaultSecret(vault_password.encode()))])
    groups = {}
    for vendor in VENDORS:
        made = vendors.ask("POST", "users", {"vendor": vendor, "count": USERS_PER_VENDOR})
        hosts = {
            f"{vendor}-{number:03}": {
                "token_username": user["username"],
                "token_password": Vaulted(vault.encrypt(user["password"]).decode()),
            }
            for number, user in enumerate(made)
        }
        groups[vendor] = {"hosts": hosts, "vars": {"token_api_url": vendors.api_urls[vendor], "token_timeout": 60}}
    groups["kazoo"]["vars"].update(token_account_name="Acme Telephony, Inc.", token_revoke="user")
    groups["dialer"]["vars"]["token_check_path"] = "/account.json"
    write(project / "inventory" / "hosts.yml", {"all": {"children": groups}})
    records = str(tmp_path / "records" / "{{ inventory_hostname }}.json")
    write(project / "inventory" / "group_vars" / "all" / "tokens.yml", {"token_path": records})
    for template in WITH_VAULT:
        attach(awx, template, "Vault", {"vault_password": vault_password})
    return Launcher(tmp_path, awx, collections, project)


def handled(jobs):
    """Who was handled by which slice, counted by module results in the events of the jobs."""
    return counting.Counter(
        (event["event_data"]["host"], number)
        for number, job in enumerate(jobs)
        for event in job.events
        if event["event"] == "runner_on_ok" and event["event_data"]["task_action"].startswith("telephony.auth.token")
    )


def test_many_users_in_four_slices(launcher, vendors, tmp_path):
    """Each is handled by one slice, and gets one token. Afterwards nothing is to be done, and one leaves."""
    jobs = launcher.launch("Telephony tokens: provision")
    assert [job.code for job in jobs] == [0, 0, 0, 0], [job.output[-1500:] for job in jobs]
    by_slice = handled(jobs)
    assert set(by_slice.values()) == {1}
    assert counting.Counter(number for _host, number in by_slice) == dict.fromkeys(range(4), USERS // 4)
    assert len({host for host, _number in by_slice}) == USERS

    log = vendors.requests()
    issued = counting.Counter((each["vendor"], each["user"]) for each in log if each["operation"] == "issue")
    assert set(issued.values()) == {1}
    assert counting.Counter(vendor for vendor, _user in issued) == dict.fromkeys(VENDORS, USERS_PER_VENDOR)
    records = list((tmp_path / "records").glob("*.json"))
    assert len(records) == USERS
    assert {stat.S_IMODE(path.stat().st_mode) for path in records} == {0o600}

    # A second run, only of some: nothing changes
    vendors.forget_requests()
    (second,) = launcher.launch("Telephony tokens: provision", limit="webitel:&*-00*", job_slice_count=1)
    assert [result["changed"] for result in second.results().values()] == [False] * 10, second.output[-1500:]
    assert not [each for each in vendors.requests() if each["operation"] in ("login", "issue", "revoke")]

    # One leaves. Without the limit, or with another one repeated, nobody does
    vendors.forget_requests()
    for limit, confirmed in (("", "webitel-007"), ("webitel", "webitel-007")):
        (refused,) = launcher.launch("Telephony tokens: revoke", {"confirmed_limit": confirmed}, limit=limit)
        assert refused.code == 1
        assert "repeat it in the survey" in refused.output
    assert vendors.requests() == []
    (done,) = launcher.launch("Telephony tokens: revoke", {"confirmed_limit": "webitel-007"}, limit="webitel-007")
    assert done.code == 0, done.output[-1500:]
    assert [result["state"] for result in done.results().values()] == ["absent"]
    assert len(list((tmp_path / "records").glob("*.json"))) == USERS - 1


SINGLE = {
    "vacd": {"username": "api.one@example.com"},
    "kazoo": {"username": "john@example.com", "account_name": "Acme Telephony, Inc."},
    "webitel": {"username": "200@mydomain.com"},
    "ipcortex": {"username": "agent"},
    "dialer": {"username": "reseller1", "account_type": "reseller", "check_path": "/account.json"},
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_single_user_with_a_credential(vendor, awx, tmp_path, collections, project, vendors):
    """A job for one API user: all that the inventory says of it is its group. The rest is the credential."""
    vendors.ask("POST", "reset")
    known = {user.get("username"): user for user in vendors.ask("GET", "users")[vendor]}
    login = {**SINGLE[vendor], "password": known[SINGLE[vendor]["username"]]["password"]}
    inputs = {**login, "api_url": vendors.api_urls[vendor]}
    record = tmp_path / "records" / "one.json"
    hosts = {"one": {"token_path": str(record)}}
    write(project / "inventory" / "hosts.yml", {"all": {"children": {vendor: {"hosts": hosts}}}})
    template = "Telephony tokens: provision"
    attach(awx, template, yaml.safe_load((FOLDER / f"{vendor}.yml").read_text(encoding="utf-8"))["name"], inputs)
    launcher = Launcher(tmp_path, awx, collections, project)
    # One host is one slice
    (predicted,) = launcher.launch(template, job_type="check")
    assert predicted.code == 0, predicted.output[-1500:]
    assert not record.exists()
    (first,) = launcher.launch(template)
    (second,) = launcher.launch(template)
    assert (first.code, second.code) == (0, 0), first.output[-1500:] + second.output[-1500:]
    changes = [job.results()["one"]["changed"] for job in (predicted, first, second)]
    assert changes == [True, True, False]
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert login["username"].lower() in kept["identity"].lower()
    told = json.dumps([job.events for job in (predicted, first, second)]).encode()
    for secret in (login["password"], kept["token"]):
        assert not [text for text in spellings(secret) if text in told]


def test_all_job_templates_in_turn(awx, tmp_path, collections, project, vendors):
    """The life of a token: issued, found to work, rotated, reported, missed after somebody has ended it, forgotten.

    What the inventory says holds, until somebody answers otherwise.
    """
    vendors.ask("POST", "reset")
    (user,) = vendors.ask("POST", "users", {"vendor": "webitel", "count": 1})
    hosts = {"one": {"token_path": str(tmp_path / "records" / "one.json")}}
    said = {"token_grace": "12h", "token_renew": "never", "report_fail_on": ["overdue", "problem"]}
    write(project / "inventory" / "hosts.yml", {"all": {"children": {"webitel": {"hosts": hosts}}, "vars": said}})
    login = {"username": user["username"], "password": user["password"], "api_url": vendors.api_urls["webitel"]}
    for template in awx.store["job_templates"].values():
        attach(awx, template["name"], "Telephony tokens: Webitel", login)
    launcher = Launcher(tmp_path, awx, collections, project)

    def run(name, answers=None, **prompts):
        (job,) = launcher.launch(f"Telephony tokens: {name}", answers, **prompts)
        return job

    def known():
        return json.loads((tmp_path / "records" / "one.json").read_text("utf-8"))

    assert run("check").code == 1, "there is no token yet"
    assert run("provision").code == 1, "the inventory says never"
    assert run("provision", {"answer_token_renew": "auto"}).code == 0
    first = known()["token"]
    assert run("check").code == 0
    assert run("rotate").code == 0
    second = known()["token"]
    assert second != first
    assert [each["token"] for each in known()["retiring"]] == [first], "the inventory says 12h"
    assert run("rotate", {"answer_token_grace": "0s"}).code == 0
    assert known()["token"] != second
    assert [each["token"] for each in known()["retiring"]] == [first]
    report = run("report", {"answer_report_fail_on": ["unmanaged"]})
    assert report.code == 0
    assert "one" in report.output
    assert len(vendors.alive()) == 2
    assert run("revoke", {"confirmed_limit": "one"}, limit="one").code == 0
    assert vendors.alive() == []
    assert run("report").code == 1, "nothing is known of the user any more"
