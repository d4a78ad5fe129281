# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role awx on the stand-in: what it makes, that a second run changes nothing, and what it corrects."""

from __future__ import annotations

import json
import re

import credential_types
import pytest
import requests
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from setup_run import linked_fields
from stage import ROOT

ROLE = ROOT / "roles" / "awx"
TEMPLATES = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in (ROLE / "files/job_templates").glob("*.yml")
}
TYPES = [path.stem for path in (ROLE / "files/credential_types").glob("*.yml")]


def test_first_run_makes_all(first_run):
    awx, done = first_run
    assert done.count("changed") == 11 + 3, done.output  # tasks; three of them are for consumers
    made = {resource: len(items) for resource, items in awx.store.items()}
    assert made == {
        "organizations": 1,
        "credential_types": len(TYPES) + 2,  # and two of AWX's own
        "credentials": 1 + 2,  # to read from the Vault, and of two consumers
        "credential_input_sources": 2 * len(linked_fields()),
        "execution_environments": 0,
        "labels": 1,
        "projects": 1,
        "inventories": 1,
        "inventory_sources": 1,
        "job_templates": 5,
        "schedules": 3,
        "unified_job_templates": 7,
    }
    assert {each["playbook"] for each in awx.store["job_templates"].values()} == {f"{name}.yml" for name in TEMPLATES}
    # AWX passes over what it does not know. What awx.awx always sends is all that may be lost that way
    assert awx.passed_over == {("credential_types", "managed"), ("job_templates", "organization")}
    assert awx.token not in done.output


def test_second_run_changes_nothing_but_a_secret_that_is_said_to_be_new(set_up, awx, consumers):
    new_secret = "secret-" + "91c4" * 6
    variables = {**consumers, "awx_vault": {**consumers["awx_vault"], "secret_id": new_secret}}
    reader = awx.named("credentials", "Telephony tokens: reading from HashiCorp Vault")
    done = set_up.run(**variables, awx_vault_update_secrets=True)
    assert (done.code, done.count("changed")) == (0, 1), done.output
    assert len(awx.writes()) == 1
    assert reader["inputs"]["secret_id"] == new_secret
    for secret in awx.token, consumers["awx_vault"]["secret_id"], new_secret:
        assert secret not in done.output


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


def test_what_was_changed_by_hand_is_corrected(set_up, awx, consumers):
    template = awx.named("job_templates", "Telephony tokens: rotate")
    kazoo = awx.named("credential_types", "Telephony tokens: Kazoo (VirtualPBX Dash)")
    schedule = awx.named("schedules", "Telephony tokens: renew every night")
    source = awx.named("inventory_sources", "Telephony tokens")
    link = next(iter(awx.store["credential_input_sources"].values()))
    good = [dict(each) for each in (template, kazoo, schedule, source, link)]
    survey = awx.surveys[template["id"]]
    template.update(forks=50, ask_variables_on_launch=True)
    awx.surveys[template["id"]] = {**survey, "spec": survey["spec"][:1]}
    kazoo["injectors"] = {"env": {"KAZOO_PASSWORD": "{{ username }}"}}
    schedule["rrule"] = "DTSTART:20260101T020000Z RRULE:FREQ=HOURLY;INTERVAL=1"
    source["overwrite"] = False
    link["metadata"] = {**link["metadata"], "secret_path": "elsewhere"}
    bad = [dict(each) for each in (template, kazoo, schedule, source, link)]
    # AWX does not show secrets: that one has changed must be said
    secret, new_secret = consumers["awx_vault"]["secret_id"], "secret-" + "91c4" * 6
    variables = {**consumers, "awx_vault": {**consumers["awx_vault"], "secret_id": new_secret}}
    predicted = set_up.run("--check", **variables)
    assert (predicted.code, predicted.count("changed")) == (0, 5), predicted.output
    assert "not in AWX yet" not in predicted.output
    assert awx.writes() == []
    assert [template, kazoo, schedule, source, link] == bad
    done = set_up.run(**variables)
    assert (done.code, done.count("changed")) == (0, 5), done.output
    assert [template, kazoo, schedule, source, link] == good
    assert awx.surveys[template["id"]] == survey
    reader = awx.named("credentials", "Telephony tokens: reading from HashiCorp Vault")
    assert reader["inputs"]["secret_id"] == secret
    for output in (predicted.output, done.output):
        assert secret not in output
        assert new_secret not in output


@pytest.mark.empty
def test_check_mode_on_an_empty_awx_sends_no_write(set_up, awx):
    done = set_up.run(
        "--check",
        awx_execution_environment="tokens",
        awx_execution_environment_image="quay.io/acme/ee:1",
        awx_consumers=[{"name": "PBX", "path": "telephony/one"}],
        awx_vault={"url": "https://vault.example.com:8200", "token": "hvs." + "2f8a" * 6},
    )
    assert done.code == 0, done.output
    assert done.count("changed") >= 5
    assert awx.writes() == []
    for unforeseen in (
        "credentials: PBX",
        "links of credentials: PBX",
        "inventory sources: Telephony tokens",
        "job templates: Telephony tokens: provision, Telephony tokens: rotate",
        (
            "schedules: Telephony tokens: renew every night, Telephony tokens: renew short-lived ones every 15 minutes,"
            " Telephony tokens: report every week"
        ),
    ):
        assert f"not in AWX yet: {unforeseen}" in done.output


@pytest.mark.platform
def test_all_variables(set_up, awx):
    """With variables in place of the defaults: an execution environment, credentials, no inventory source, another time.

    And on automation platform, with a token from its gateway.
    """
    vault_type = awx.named("credential_types", "Vault")["id"]
    _status, vault = awx.answer(
        "POST",
        f"{awx.layout.api}credentials/",
        {
            "name": "tokens vault",
            "organization": 1,
            "credential_type": vault_type,
            "inputs": {"vault_password": "x7" * 8},
        },
    )
    lookup_type = awx.named("credential_types", "HashiCorp Vault Secret Lookup")["id"]
    inputs = {"url": "https://vault.example.com:8200", "token": "hvs." + "2f8a" * 6, "api_version": "v2"}
    body = {"name": "Vault of all", "organization": 1, "credential_type": lookup_type, "inputs": inputs}
    _status, lookup = awx.answer("POST", f"{awx.layout.api}credentials/", body)
    rule = "DTSTART;TZID=Europe/Berlin:20260101T020000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SA,SU"
    schedule = {"name": "Weekend", "job_template": "Telephony tokens: check", "rrule": rule, "enabled": False}
    awx.token = "oauth-" + "9d1f" * 6
    wish = {"description": "telephony.auth", "scope": "write"}
    with requests.Session() as session:
        session.trust_env = False
        reply = session.post(f"{set_up.url}/api/gateway/v1/tokens/", json=wish, auth=awx.login, timeout=30)
    token = reply.json()["token"]
    variables = {
        "awx_controller_oauthtoken": token,
        "awx_execution_environment": "tokens",
        "awx_execution_environment_image": "quay.io/acme/tokens-ee:1.0.0",
        "awx_credentials": ["tokens vault"],
        "awx_extra_vars": {"token_max_age": "90d"},
        "awx_consumers": [{"name": "PBX", "path": "telephony/one"}],
        "awx_vault_credential": "Vault of all",
        "awx_inventory_path": "",
        "awx_slices": 8,
        "awx_schedules": [schedule],
    }
    done = set_up.run(**variables)
    assert done.code == 0, done.output
    assert token not in done.output
    assert awx.store["inventory_sources"] == {}
    assert [each["rrule"] for each in awx.store["schedules"].values()] == [rule]
    assert {each["source_credential"] for each in awx.store["credential_input_sources"].values()} == {lookup["id"]}
    assert awx.store["credentials"][lookup["id"]]["inputs"] == inputs
    environment = awx.named("execution_environments", "tokens")["id"]
    for template in awx.store["job_templates"].values():
        assert template["execution_environment"] == environment
        assert json.loads(template["extra_vars"]) == {"token_max_age": "90d"}
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
    assert "Set CONTROLLER_HOST and CONTROLLER_OAUTH_TOKEN" in done.output
    assert token not in done.output
    assert awx.writes() == []


@pytest.mark.empty
def test_all_that_is_missing_is_told_at_once_before_anything_is_made(set_up, awx):
    for organization in (1, awx.answer("POST", "/api/v2/organizations/", {"name": "Two"})[1]["id"]):
        kind = awx.named("credential_types", "Vault")["id"]
        body = {"name": "twins", "organization": organization, "credential_type": kind}
        awx.answer("POST", "/api/v2/credentials/", body)
    awx.requests.clear()
    done = set_up.run(
        awx_organization="Telephony",
        awx_credentials=["no vault password", "twins"],
        awx_project_credential="no deploy key",
        awx_consumers=[{"name": "PBX", "path": "telephony/one"}],
        awx_execution_environment="no image",
        awx_extra_vars={"token_grace": "1d", "token_max_age": "90d"},
        awx_schedules=[{"name": "Weekend", "job_template": "another's", "rrule": "x"}],
    )
    assert done.code != 0
    assert (
        "Nothing was made. AWX has to have one of each of these. Make it there, or correct the variable: organization"
        " Telephony (awx_organization), credential no vault password (awx_credentials), credential twins (awx_credentials;"
        " there are 2), credential no deploy key (awx_project_credential), credential Telephony tokens: reading from HashiCorp"
        " Vault (awx_vault_credential), execution environment no image (awx_execution_environment). A survey asks for"
        " token_grace. Move it from awx_extra_vars into the inventory. awx_schedules names job templates that are not of this"
        " role: another's."
    ) in re.sub(r"\s+", " ", done.output)
    assert awx.writes() == []


URL = {"url": "https://vault.example.com:8200"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"token": "secret-1"}, "missing required arguments: url found in awx_vault"),
        (URL, "one of the following is required: token, role_id, username, kubernetes_role found in awx_vault"),
        ({**URL, "role_id": "r"}, "parameters are required together: role_id, secret_id found in awx_vault"),
        ({**URL, "token": "secret-1", "secret_id": "secret-2"}, "required together: role_id, secret_id"),
        ({**URL, "token": "secret-1", "role_id": "r", "secret_id": "secret-2"}, "mutually exclusive: token|role_id"),
        ({**URL, "token": "secret-1", "ca_cert": "PEM"}, "awx_vault.ca_cert. Supported parameters include: cacert"),
        ({**URL, "token": {"value": "secret-1"}}, None),
        ({**URL, "token": "secret-1"}, ""),
        ({**URL, "role_id": "r", "secret_id": "secret-2", "namespace": "acme", "cacert": "PEM"}, ""),
        ({**URL, "username": "awx", "password": "secret-1", "default_auth_path": "userpass"}, ""),
    ],
)
def test_the_login_to_hashicorp_vault_is_validated(given, told):
    options = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
    validator = ArgumentSpecValidator({"awx_vault": options["awx_vault"]})
    msg = " ".join(validator.validate({"awx_vault": given}, validate_role_argument_spec=True).error_messages)
    if told is not None:
        assert (told in msg) if told else (msg == "")
    assert "secret-1" not in msg
    assert "secret-2" not in msg


def test_what_a_survey_does_not_change_is_as_in_the_inventory():
    """By the answers that are there before anybody touches them, and by those that a schedule gives."""
    asked = {question["variable"]: question for defined in TEMPLATES.values() for question in survey(defined)}
    (play,) = yaml.safe_load((ROOT / "examples" / "awx" / "answers.yml").read_text("utf-8"))
    ignored = play["tasks"][0]["when"]
    variables = yaml.safe_load((ROLE / "vars" / "main.yml").read_text("utf-8"))
    # The batch size of a rotation is nothing that the inventory could say, and the limit is repeated each time
    assert set(asked) == {"token_serial", "confirmed_limit", *(f"answer_{name}" for name in variables["__awx_asked"])}
    for variable in set(asked) - {"token_serial", "confirmed_limit"}:
        assert not asked[variable]["required"]
        if asked[variable]["type"] == "multiselect":
            assert "default" not in asked[variable]
        else:
            assert f"'{asked[variable]['default']}'" in ignored
    for name, defined in TEMPLATES.items():
        heeds = "answers.yml" in (ROOT / "examples" / "awx" / defined["playbook"]).read_text("utf-8")
        assert heeds == any(question["variable"].startswith("answer_") for question in survey(defined)), name


def survey(defined):
    return defined.get("survey_spec", {"spec": []})["spec"]


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_playbooks_are_there(name, collections):
    """The project has the job template's playbook, and the collection has the one that it imports."""
    plays = yaml.safe_load((ROOT / "examples" / "awx" / TEMPLATES[name]["playbook"]).read_text("utf-8"))
    assert plays[-1]["ansible.builtin.import_playbook"] == f"telephony.auth.{name}"
    installed = collections / "ansible_collections" / "telephony" / "auth"
    assert (installed / "playbooks" / f"{name}.yml").exists()
    assert (installed / "examples" / "awx" / f"{name}.yml").exists()


@pytest.mark.parametrize("vendor", sorted({*TYPES} - {"token", "hashi_vault"}))
def test_credential_type_is_that_of_the_options(vendor, collections, monkeypatch):
    monkeypatch.syspath_prepend(str(collections))
    current = (ROLE / "files" / "credential_types" / f"{vendor}.yml").read_text("utf-8")
    assert current == credential_types.written(vendor), "run: python tests/awx/credential_types.py"


def test_credential_types_have_the_secrets_and_the_environment():
    """That the generator does what it should, said once more for the vendor with the most options."""
    kazoo = yaml.safe_load((ROLE / "files" / "credential_types" / "kazoo.yml").read_text("utf-8"))
    fields = {each["id"]: each for each in kazoo["inputs"]["fields"]}
    assert {name for name, each in fields.items() if each.get("secret")} == {"password", "credentials", "api_key"}
    assert set(fields) == {
        *("api_url", "username", "password", "credentials", "api_key"),
        *("account_name", "account_realm", "phone_number"),
    }
    assert kazoo["injectors"]["env"]["KAZOO_API_URL"] == "{{ api_url }}"
    assert fields["api_url"]["help_text"] == "Empty for https://public-api.virtualpbx.com:8443/v2"


def test_variables_are_not_those_that_awx_sets():
    """AWX gives each job extra variables with the prefix awx_, which would go before those of the role."""
    options = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text("utf-8"))["argument_specs"]["main"]["options"]
    for option in options:
        assert not re.match(
            r"awx_(job|workflow_job|parent_job|schedule|user|inventory|project|execution|webhook)_"
            r"(id|name|email|first_name|last_name|launch_type|template|scm_branch|revision|node|schedule|event|status|payload)",
            option,
        )
