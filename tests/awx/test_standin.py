# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in refuses what AWX refuses, and takes what AWX takes."""

from __future__ import annotations

import pytest
from ansible_collections.awx.awx.plugins.module_utils.controller_api import (  # pylint: disable=no-name-in-module  # not here
    ControllerAPIModule,
)
from rules import Refused, check_inputs, check_rrule, check_survey
from setup_run import PREFIX, PROJECT_URL
from standin import AWX_24, AWX_DEVELOPMENT, PLATFORM, Awx, serving

FIELD = {"id": "user", "label": "User"}
QUESTION = {"variable": "when", "question_name": "When", "type": "text", "required": True}


@pytest.fixture
def awx():
    """With a project, an inventory and a job template that has a survey."""
    awx = Awx({PROJECT_URL: ["provision.yml"]})
    post(awx, "projects", name="P", organization=1, scm_type="git", scm_url=PROJECT_URL)
    post(awx, "inventories", name="I", organization=1)
    template = post(awx, "job_templates", **template_fields(awx), survey_enabled=True)
    awx.answer("POST", f"{template['url']}survey_spec/", {"name": "S", "description": "", "spec": [QUESTION]})
    return awx


def template_fields(awx, **more):
    refers = {"project": awx.named("projects", "P")["id"], "inventory": awx.named("inventories", "I")["id"]}
    return {"name": "T", **refers, "playbook": "provision.yml", **more}


def post(awx, resource, **body):
    status, made = awx.answer("POST", f"/api/v2/{resource}/", body)
    assert status == 201
    return made


def refused(awx, resource, **body):
    with pytest.raises(Refused) as caught:
        post(awx, resource, **body)
    return caught.value


@pytest.mark.parametrize(
    ("resource", "body", "field"),
    [
        ("labels", {"name": "l"}, "organization"),
        ("labels", {"organization": 1}, "name"),
        ("labels", {"name": "", "organization": 1}, "name"),
        ("labels", {"name": "x" * 513, "organization": 1}, "name"),
        ("labels", {"name": ["l"], "organization": 1}, "name"),
        ("labels", {"name": "l", "organization": 99}, "organization"),
        ("labels", {"name": "l", "organization": "Default"}, "organization"),
        ("inventories", {"name": "I", "organization": 1}, "__all__"),
        ("inventories", {"name": "J", "organization": 1, "kind": "clever"}, "kind"),
        ("inventories", {"name": "J", "organization": 1, "kind": "smart"}, "host_filter"),
        ("inventories", {"name": "J", "organization": 1, "variables": "[1]"}, "variables"),
        ("projects", {"name": "Q", "scm_type": "git"}, "scm_url"),
        ("projects", {"name": "Q", "scm_type": "cvs", "scm_url": "x"}, "scm_type"),
        ("projects", {"name": "Q", "scm_type": "", "scm_clean": True}, "scm_clean"),
        ("projects", {"name": "Q", "scm_type": "git", "scm_url": "x", "timeout": "soon"}, "timeout"),
        ("execution_environments", {"name": "E"}, "image"),
        ("execution_environments", {"name": "E", "image": "https://quay.io/x"}, "image"),
        ("execution_environments", {"name": "E", "image": "x", "pull": "often"}, "pull"),
        ("inventory_sources", {"name": "N", "inventory": 5, "source": "scm"}, "source_project"),
        ("inventory_sources", {"name": "N", "inventory": 5}, "source"),
        ("inventory_sources", {"name": "N", "inventory": 5, "source": "ec2", "source_path": "x"}, "detail"),
        ("credential_types", {"name": "C", "kind": "ssh"}, "kind"),
        ("credential_types", {"name": "C"}, "kind"),
        ("schedules", {"name": "S", "unified_job_template": 99, "rrule": "x"}, "unified_job_template"),
    ],
)
def test_fields(awx, resource, body, field):
    assert set(refused(awx, resource, **body).body) == {field}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "T"}, "__all__"),
        ({"playbook": "telephony.auth.provision"}, "playbook"),  # not a file of the project
        ({"playbook": ""}, "playbook"),
        ({"project": None}, "project"),
        ({"inventory": None}, "inventory"),
        ({"forks": -1}, "forks"),
        ({"job_slice_count": "many"}, "job_slice_count"),
        ({"job_type": "dry"}, "job_type"),
        ({"diff_mode": "perhaps"}, "diff_mode"),
        ({"extra_vars": '["a"]'}, "extra_vars"),
        ({"scm_branch": "devel"}, "scm_branch"),
    ],
)
def test_job_templates(awx, change, field):
    assert set(refused(awx, "job_templates", **template_fields(awx, **{"name": "U", **change})).body) == {field}


def test_unknown_fields_are_passed_over(awx):
    made = post(awx, "labels", name="l", organization=1, colour="red")
    assert "colour" not in made
    assert awx.passed_over == {("labels", "colour")}


def test_unknown_filters_and_methods_are_refused(awx):
    for method, path, status in (
        ("GET", "/api/v2/labels/?colour=red", 400),
        ("GET", "/api/v2/labels/99/", 404),
        ("GET", "/api/v2/colours/", 404),
        ("PUT", "/api/v2/labels/", 405),
        ("POST", "/api/v2/organizations/1/", 405),
        ("POST", "/api/v2/unified_job_templates/", 405),
    ):
        with pytest.raises(Refused) as caught:
            awx.answer(method, path, {})
        assert caught.value.status == status, path


@pytest.mark.parametrize(
    "inputs",
    [
        {"dependencies": {}},
        {"colour": "red"},
        {"required": "user"},
        {"fields": [{"id": "user"}]},
        {"fields": [{**FIELD, "colour": "red"}]},
        {"fields": [{**FIELD, "id": "1user"}]},
        {"fields": [{**FIELD, "id": "tower"}]},
        {"fields": [FIELD, FIELD]},
        {"fields": [{**FIELD, "type": "integer"}]},
        {"fields": [{**FIELD, "type": "boolean", "secret": True}]},
        {"fields": [{**FIELD, "default": True}]},
        {"fields": [{**FIELD, "type": "boolean", "default": "yes"}]},
        {"fields": [{**FIELD, "choices": []}]},
        {"fields": [{**FIELD, "choices": ["a", "a"]}]},
        {"fields": [{**FIELD, "format": "email"}]},
        {"fields": [{**FIELD, "secret": "yes"}]},
        {"fields": [{**FIELD, "ask_at_runtime": True}]},
    ],
)
def test_credential_type_inputs(awx, inputs):
    assert "inputs" in refused(awx, "credential_types", name="C", kind="cloud", inputs=inputs).body


@pytest.mark.parametrize(
    "injectors",
    [
        {"environment": {}},
        {"env": {"ANSIBLE_FORKS": "1"}},
        {"env": {"PATH": "/opt"}},
        {"env": {"1ST": "x"}},
        {"env": {"A-B": "x"}},
        {"env": {"A": "naïve"}},
        {"env": {"A": 1}},
        {"env": {"A": "{{ stranger }}"}},
        {"env": {"A": "{{ user"}},
        {"env": {"A": "{{ user.__class__.__mro__ }}"}},
        {"env": {"A": "{{ tower }}"}},
        {"env": {"A": "{{ tower.filename }}"}},
        {"file": {"config": "x"}},
        {"file": {"template": "x", "template.two": "y"}},
        {"file": {"template.one": "x"}, "env": {"A": "{{ tower.filename.two }}"}},
        {"extra_vars": {"a-b": "x"}},
        {"extra_vars": {"a": 1}},
        {"extra_vars": {"a": {"b": ["{{ stranger }}"]}}},
    ],
)
def test_credential_type_injectors(awx, injectors):
    body = {"name": "C", "kind": "cloud", "inputs": {"fields": [FIELD]}, "injectors": injectors}
    assert "injectors" in refused(awx, "credential_types", **body).body


def test_credential_types_that_awx_takes(awx):
    """Even what looks odd: a lower-case variable, and a secret with a default."""
    inputs = {"fields": [FIELD, {**FIELD, "id": "key", "secret": True, "default": "changeme"}], "required": ["key"]}
    injectors = {
        "env": {"lower_case": "{{ user }}", "FILE": "{{ tower.filename.key }}"},
        "file": {"template.key": "{{ key }}"},
        "extra_vars": {"a": ["{{ user }}", {"b": "{{ key }}"}]},
    }
    made = post(awx, "credential_types", name="C", kind="net", inputs=inputs, injectors=injectors)
    # AWX writes the type of a field down where it is not said
    assert [field["type"] for field in made["inputs"]["fields"]] == ["string", "string"]
    assert "__all__" in refused(awx, "credential_types", name="C", kind="net").body
    post(awx, "credentials", name="one", organization=1, credential_type=made["id"], inputs={"user": "u"})
    with pytest.raises(Refused) as caught:
        awx.answer("PATCH", made["url"], {"inputs": {"fields": inputs["fields"]}})
    assert caught.value.status == 403  # it is in use
    with pytest.raises(Refused):
        awx.answer("PATCH", f"/api/v2/credential_types/{awx.named('credential_types', 'Vault')['id']}/", {"name": "x"})


def test_credentials(awx):
    inputs = {"fields": [{**FIELD, "choices": ["a", "b"]}, {**FIELD, "id": "key", "secret": True}]}
    kind = post(awx, "credential_types", name="C", kind="cloud", inputs=inputs)["id"]
    for bad in ({"colour": "red"}, {"user": "c"}, {"user": True}, {"key": "$encrypted$"}):
        assert (
            "inputs" in refused(awx, "credentials", name="one", organization=1, credential_type=kind, inputs=bad).body
        )
    assert "detail" in refused(awx, "credentials", name="nobody's", credential_type=kind).body
    made = [
        post(awx, "credentials", name=name, organization=1, credential_type=kind, inputs={"user": "a", "key": "s3"})
        for name in "12"
    ]
    assert made[0]["inputs"] == {"user": "a", "key": "$encrypted$"}
    link = f"/api/v2/job_templates/{awx.named('job_templates', 'T')['id']}/credentials/"
    assert awx.answer("POST", link, {"id": made[0]["id"]})[0] == 204
    for number in (made[1]["id"], 99, "1"):  # the first is a second one of the same type
        with pytest.raises(Refused):
            awx.answer("POST", link, {"id": number})


LINK = {"secret_path": "telephony/one", "secret_key": "token"}


@pytest.fixture
def ends(awx):
    """A credential to link, the one to look its fields up by, and one that looks nothing up."""
    own = post(awx, "credential_types", name="C", kind="cloud", inputs={"fields": [FIELD]})["id"]
    types = {
        "target": own,
        "other": own,
        "source": awx.named("credential_types", "HashiCorp Vault Secret Lookup")["id"],
    }
    inputs = {"source": {"url": "https://vault.example.com", "token": "t", "api_version": "v2"}}
    return {
        name: post(awx, "credentials", name=name, organization=1, credential_type=kind, inputs=inputs.get(name, {}))[
            "id"
        ]
        for name, kind in types.items()
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"target_credential": "source"}, "target_credential"),
        ({"source_credential": "other"}, "source_credential"),
        ({"input_field_name": "colour"}, "input_field_name"),
        ({"metadata": {}}, "metadata"),
        ({"metadata": {"secret_path": "telephony/one"}}, "metadata"),
        ({"metadata": {**LINK, "secret_path": ""}}, "metadata"),
        ({"metadata": {**LINK, "colour": "red"}}, "metadata"),
        ({"metadata": {**LINK, "secret_version": 1}}, "metadata"),
        ({"metadata": "secret_path: telephony/one"}, "metadata"),
    ],
)
def test_links_of_fields(awx, ends, change, field):
    body = {"target_credential": "target", "source_credential": "source", "input_field_name": "user", "metadata": LINK}
    body = {key: ends.get(value, value) if key.endswith("l") else value for key, value in {**body, **change}.items()}
    assert set(refused(awx, "credential_input_sources", **body).body) == {field}


def test_a_field_is_linked_once_and_as_long_as_both_ends_are_there(awx, ends):
    body = {"target_credential": ends["target"], "source_credential": ends["source"], "input_field_name": "user"}
    made = post(awx, "credential_input_sources", **body, metadata=LINK)
    assert "__all__" in refused(awx, "credential_input_sources", **body, metadata=LINK).body
    with pytest.raises(Refused):
        awx.answer("PATCH", made["url"], {"source_credential": ends["other"]})
    awx.answer("DELETE", f"/api/v2/credentials/{ends['source']}/", None)
    assert awx.store["credential_input_sources"] == {}


@pytest.mark.parametrize(
    "inputs", [{"url": "vault.example.com"}, {"api_version": "v3"}, {"secret_path": "x"}, {"api_version": 2}]
)
def test_inputs_of_the_lookup(awx, inputs):
    kind = awx.named("credential_types", "HashiCorp Vault Secret Lookup")["id"]
    assert "inputs" in refused(awx, "credentials", name="V", organization=1, credential_type=kind, inputs=inputs).body


@pytest.mark.parametrize(
    "spec",
    [
        {"name": "S", "spec": [QUESTION]},
        {"name": "S", "description": None, "spec": [QUESTION]},
        {"name": "S", "description": "", "spec": []},
        {"name": "S", "description": "", "spec": ["When?"]},
        *(
            {"name": "S", "description": "", "spec": [question]}
            for question in (
                {**QUESTION, "type": "date"},
                {**QUESTION, "required": "yes"},
                {**QUESTION, "question_name": 1},
                {**QUESTION, "default": 1},
                {**QUESTION, "min": "1"},
                {**QUESTION, "type": "integer", "default": "1"},
                {**QUESTION, "type": "multiplechoice"},
                {**QUESTION, "type": "multiplechoice", "choices": ["a"], "default": "b"},
                {**QUESTION, "type": "multiplechoice", "choices": ["a", "b"], "default": "a\nb"},
                {**QUESTION, "default": "$encrypted$"},
                {key: value for key, value in QUESTION.items() if key != "variable"},
            )
        ),
        {"name": "S", "description": "", "spec": [QUESTION, QUESTION]},
    ],
)
def test_surveys(spec):
    with pytest.raises(Refused) as caught:
        check_survey(spec)
    assert set(caught.value.body) == {"error"}


DAILY = "DTSTART:20260101T020000Z RRULE:FREQ=DAILY;INTERVAL=1"


@pytest.mark.parametrize(
    "rrule",
    [
        "RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T020000Z",
        "DTSTART:20260101T020000 RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T020000Z DTSTART:20270101T020000Z RRULE:FREQ=DAILY;INTERVAL=1",
        "DTSTART:20260101T020000Z RRULE:FREQ=DAILY",
        "DTSTART:20260101T020000Z RRULE:FREQ=SECONDLY;INTERVAL=1",
        "DTSTART:20260101T020000Z RRULE:FREQ=NEVER;INTERVAL=1",
        "DTSTART;TZID=Nowhere/City:20260101T020000 RRULE:FREQ=DAILY;INTERVAL=1",
        f"{DAILY};COUNT=1000",
        f"{DAILY};COUNT=2;UNTIL=20270101T000000Z",
        f"{DAILY};BYDAY=2MO",
        f"{DAILY} EXDATE:20260102T020000Z",
        f"{DAILY} RDATE:20260102T020000Z",
    ],
)
def test_rrules(rrule):
    with pytest.raises(Refused) as caught:
        check_rrule(rrule)
    assert set(caught.value.body) == {"rrule"}


def test_schedules_answer_the_survey_and_set_nothing_else(awx):
    template = awx.named("job_templates", "T")["id"]
    body = {"name": "S", "unified_job_template": template, "rrule": DAILY}
    for more, field in (
        ({}, "variables_needed_to_start"),  # a required question, even if it has a default
        ({"extra_data": {"when": 1}}, "variables_needed_to_start"),
        ({"extra_data": {"when": "now", "token_api_url": "https://elsewhere.example.com"}}, "extra_data"),
        ({"extra_data": {"when": "now"}, "limit": "kazoo"}, "limit"),
        ({"extra_data": {"when": "now"}, "job_slice_count": 2}, "job_slice_count"),
    ):
        assert set(refused(awx, "schedules", **body, **more).body) == {field}
    post(awx, "schedules", **body, extra_data={"when": "now"})
    assert "__all__" in refused(awx, "schedules", **body, extra_data={"when": "now"}).body


def asked_by_awx_awx(url, monkeypatch, prefix=None, **login):
    """What the modules of awx.awx find at a URL, as they log in."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv(PREFIX, raising=False)
    if prefix:
        monkeypatch.setenv(PREFIX, prefix)

    def fail(msg, **_more):
        raise LookupError(msg)

    given = {"controller_host": url, **{f"controller_{key}": value for key, value in login.items()}}
    module = ControllerAPIModule({}, given, error_callback=fail, warn_callback=lambda _warning: None)
    found = module.get_endpoint("organizations")["json"]["results"]
    return [each["url"] for each in found]


def test_layouts(monkeypatch):
    """AWX 24, automation platform, and AWX in development: how awx.awx reaches each, or not."""
    for layout, prefix, url in (
        (AWX_24, None, "/api/v2/organizations/1/"),
        (PLATFORM, "/api/controller/", "/api/controller/v2/organizations/1/"),
    ):
        awx = Awx({}, layout)
        with serving(awx) as host:
            assert asked_by_awx_awx(host, monkeypatch, prefix, oauthtoken=awx.token) == [url]
            with pytest.raises(LookupError, match="401"):
                asked_by_awx_awx(host, monkeypatch, prefix, oauthtoken="another")
    user, password = awx.login
    with serving(Awx({})) as host:
        assert asked_by_awx_awx(host, monkeypatch, username=user, password=password)
    with serving(Awx({}, PLATFORM)) as host:
        with pytest.raises(LookupError, match="could not be found"):
            asked_by_awx_awx(host, monkeypatch, oauthtoken=awx.token)
        with pytest.raises(LookupError, match="Failed to get token"):  # it would have to ask the gateway
            asked_by_awx_awx(host, monkeypatch, "/api/controller/", username=user, password=password)
    with serving(Awx({}, AWX_DEVELOPMENT)) as host:
        with pytest.raises(LookupError, match="401"):
            asked_by_awx_awx(host, monkeypatch, oauthtoken=awx.token)
        with pytest.raises(LookupError, match="Failed to get token"):  # only an awx.awx of later builds does without
            asked_by_awx_awx(host, monkeypatch, username=user, password=password)


def test_all_types_of_credentials_have_their_fields_typed():
    inputs = {"fields": [dict(FIELD)]}
    check_inputs(inputs)
    assert inputs == {"fields": [{**FIELD, "type": "string"}]}
