# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role awx on the stand-in: what it makes, that a second run changes nothing, and what it corrects."""

from __future__ import annotations

import importlib
import json
import os
import re

import pytest
import yaml
from stage import ROOT, VENDORS

ROLE = ROOT / "roles" / "awx"
TEMPLATES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (ROLE / "files/job_templates").glob("*.yml")
}


def test_first_run_makes_all(first_run):
    awx, done = first_run
    made = {resource: len(items) for resource, items in awx.store.items()}
    assert made == {
        "organizations": 1,
        "credential_types": len(VENDORS) + 3,  # and those of tokens, HashiCorp Vault and Ansible Vault
        "credentials": 0,
        "execution_environments": 0,
        "labels": 1,
        "projects": 1,
        "inventories": 1,
        "inventory_sources": 1,
        "job_templates": 5,
        "schedules": 2,
        "unified_job_templates": 7,
    }
    assert {each["playbook"] for each in awx.store["job_templates"].values()} == {f"{name}.yml" for name in TEMPLATES}
    # AWX passes over what it does not know. What awx.awx always sends is all that may be lost that way
    assert awx.passed_over == {("credential_types", "managed"), ("job_templates", "organization")}
    assert awx.token not in done.output


def test_second_run_changes_nothing(set_up, awx):
    done = set_up.run()
    assert (done.code, done.count("changed")) == (0, 0), done.output
    assert awx.writes() == []
    assert awx.token not in done.output


def test_templates_are_as_defined(awx):
    label = awx.named("labels", "telephony tokens")["id"]
    for name, defined in TEMPLATES.items():
        made = awx.named("job_templates", defined["name"])
        assert made["job_slice_count"] == (1 if name in ("report", "revoke") else 4)
        assert made["ask_limit_on_launch"]
        assert made["ask_job_slice_count_on_launch"] == (made["job_slice_count"] > 1)
        assert not made["ask_variables_on_launch"]
        assert not made["allow_simultaneous"]
        assert made["survey_enabled"] == ("survey_spec" in defined)
        assert awx.surveys.get(made["id"]) == defined.get("survey_spec")
        assert awx.linked[made["id"], "labels"] == [label]


def test_what_was_changed_by_hand_is_corrected(set_up, awx):
    template = awx.named("job_templates", "Telephony tokens: rotate")
    kazoo = awx.named("credential_types", "Telephony tokens: Kazoo")
    schedule = awx.named("schedules", "Telephony tokens: renew every night")
    source = awx.named("inventory_sources", "Telephony tokens")
    good = [dict(each) for each in (template, kazoo, schedule, source)]
    survey = awx.surveys[template["id"]]
    template.update(forks=50, ask_variables_on_launch=True)
    awx.surveys[template["id"]] = {**survey, "spec": survey["spec"][:1]}
    kazoo["injectors"] = {"env": {"KAZOO_PASSWORD": "{{ username }}"}}
    schedule["rrule"] = "DTSTART:20260101T020000Z RRULE:FREQ=HOURLY;INTERVAL=1"
    source["overwrite"] = False
    bad = [dict(each) for each in (template, kazoo, schedule, source)]
    predicted = set_up.run("--check")
    assert (predicted.code, predicted.count("changed")) == (0, 4), predicted.output
    assert awx.writes() == []
    assert [template, kazoo, schedule, source] == bad
    done = set_up.run()
    assert (done.code, done.count("changed")) == (0, 4), done.output
    assert [template, kazoo, schedule, source] == good
    assert awx.surveys[template["id"]] == survey


@pytest.mark.empty
def test_check_mode_on_an_empty_awx_sends_no_write(set_up, awx):
    done = set_up.run(
        "--check", awx_execution_environment="tokens", awx_execution_environment_image="quay.io/acme/ee:1"
    )
    assert done.code == 0, done.output
    assert done.count("changed") >= 4
    assert awx.writes() == []


@pytest.mark.empty
def test_all_variables(set_up, awx):
    """With variables in place of the defaults: an execution environment, credentials, no source, another time."""
    vault_type = awx.named("credential_types", "Vault")["id"]
    _status, vault = awx.answer(
        "POST",
        "/api/v2/credentials/",
        {"name": "tokens vault", "credential_type": vault_type, "inputs": {"vault_password": "x7" * 8}},
    )
    rule = "DTSTART;TZID=Europe/Berlin:20260101T020000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SA,SU"
    schedule = {"name": "Weekend", "job_template": "Telephony tokens: check", "rrule": rule, "enabled": False}
    token = "oauth-" + "9d1f" * 6
    variables = {
        "awx_controller_oauthtoken": token,
        "awx_execution_environment": "tokens",
        "awx_execution_environment_image": "quay.io/acme/tokens-ee:1.0.0",
        "awx_credentials": ["tokens vault"],
        "awx_extra_vars": {"token_store": "hashi_vault"},
        "awx_inventory_path": "",
        "awx_slices": 8,
        "awx_schedules": [schedule],
    }
    awx.token = token
    done = set_up.run(**variables)
    assert done.code == 0, done.output
    assert token not in done.output
    assert awx.store["inventory_sources"] == {}
    assert [each["rrule"] for each in awx.store["schedules"].values()] == [rule]
    environment = awx.named("execution_environments", "tokens")["id"]
    for template in awx.store["job_templates"].values():
        assert template["execution_environment"] == environment
        assert json.loads(template["extra_vars"]) == {"token_store": "hashi_vault"}
        assert awx.linked[template["id"], "credentials"] == [vault["id"]]
    assert awx.named("job_templates", "Telephony tokens: check")["job_slice_count"] == 8
    again = set_up.run(**variables)
    assert (again.code, again.count("changed")) == (0, 0), again.output


@pytest.mark.empty
def test_a_refused_token_is_not_shown(set_up, awx):
    token = "wrong-" + "c3a7" * 6
    done = set_up.run(awx_controller_oauthtoken=token)
    assert done.code != 0
    assert "Invalid authentication credentials" in done.output
    assert token not in done.output
    assert awx.writes() == []


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_playbooks_are_there(name, collections):
    """The project has the job template's playbook, and the collection has the one that it imports."""
    plays = yaml.safe_load((ROOT / "examples" / "awx" / TEMPLATES[name]["playbook"]).read_text("utf-8"))
    assert plays[-1]["ansible.builtin.import_playbook"] == f"telephony.auth.{name}"
    installed = collections / "ansible_collections" / "telephony" / "auth"
    assert (installed / "playbooks" / f"{name}.yml").exists()
    assert (installed / "examples" / "awx" / f"{name}.yml").exists()


# What of the modules' environment is in no credential type, and why
NOT_CREDENTIALS = {
    **dict.fromkeys(["ca_path", "client_cert", "client_key"], "a file, which the execution environment has"),
    **dict.fromkeys(["proxy", "timeout", "retries", "retry_timeout"], "of the network, not of the API user"),
    "validate_certs": "who may enter a password is not who may switch verification off",
    "totp_code": "it is worth nothing half a minute later",
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_environment_is_that_of_the_module(vendor, collections, monkeypatch):
    monkeypatch.syspath_prepend(str(collections))
    module = importlib.import_module(f"ansible_collections.telephony.auth.plugins.module_utils._vendors._{vendor}")
    spec = getattr(module, vendor.capitalize()).spec().argument_spec
    fallbacks = {option: each["fallback"][1][0] for option, each in spec.items() if "fallback" in each}
    folder = ROLE / "files" / "credential_types" / vendor
    inputs = yaml.safe_load((folder / "inputs.yml").read_text("utf-8"))
    injectors = yaml.safe_load((folder / "injectors.yml").read_text("utf-8"))
    # Both ways: all that the module reads is injected or left out for a reason, and all that is injected is read
    wanted = {name: f"{{{{ {option} }}}}" for option, name in fallbacks.items() if option not in NOT_CREDENTIALS}
    assert injectors == {"env": wanted}
    by_id = {each["id"]: each for each in inputs["fields"]}
    assert set(by_id) == set(fallbacks) - set(NOT_CREDENTIALS)
    assert {option for option, each in by_id.items() if each.get("secret")} == {
        option for option in by_id if spec[option].get("no_log")
    }
    assert {option: each["choices"] for option, each in by_id.items() if "choices" in each} == {
        option: spec[option]["choices"] for option in by_id if "choices" in spec[option]
    }
    assert set(inputs.get("required", [])) <= set(by_id)
    assert not [name for name in os.environ if name in wanted], "the tests are not alone here"


def test_credential_type_of_tokens_is_what_the_role_token_fills_in():
    tasks = yaml.safe_load((ROOT / "roles/token/tasks/stores/awx_credential_show.yml").read_text("utf-8"))
    inputs = yaml.safe_load((ROLE / "files/credential_types/token/inputs.yml").read_text("utf-8"))
    assert {each["id"] for each in inputs["fields"]} == set(tasks[0]["awx.awx.credential"]["inputs"])
    assert {each["id"] for each in inputs["fields"] if each.get("secret")} == {"token", "headers"}
    defaults = yaml.safe_load((ROOT / "roles/token/defaults/main.yml").read_text("utf-8"))
    names = yaml.safe_load((ROLE / "vars/main.yml").read_text("utf-8"))["__awx_credential_types"]
    assert defaults["token_awx_credential_type"] == names["token"]


def test_variables_are_not_those_that_awx_sets():
    """AWX gives each job extra variables with the prefix awx_, which would go before those of the role."""
    options = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
    for option in options:
        assert not re.match(
            r"awx_(job|workflow_job|parent_job|schedule|user|inventory|project|execution|webhook)_"
            r"(id|name|email|first_name|last_name|launch_type|template|scm_branch|revision|node|schedule|event|status|payload)",
            option,
        )
