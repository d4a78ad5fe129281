# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX 24 on loopback: as much of its API as the modules of awx.awx ask for, with AWX's own checks.

It also has the layouts of what came after AWX 24: automation platform, and builds of AWX in development.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import re
import threading
import typing as t
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import kv_lookup
from rules import (
    Json,
    Object,
    Refused,
    answer_errors,
    check_credential,
    check_injectors,
    check_input_source,
    check_inputs,
    check_rrule,
    check_survey,
    expect,
)

REQUIRED = object()
Store = dict[str, dict[int, Object]]


@dataclass(frozen=True)
class Field:
    """One field of a resource. clean gives the value as it is kept, or raises ValueError."""

    clean: t.Callable[[Json, Store], Json]
    default: Json = REQUIRED


def text(default: Json = "", blank: bool = True, longest: int | None = None) -> Field:
    def clean(value: Json, _store: Store) -> str:
        if value is not None and (isinstance(value, bool) or not isinstance(value, (str, int, float))):
            raise ValueError("Not a valid string.")
        cleaned = "" if value is None else str(value).strip()
        if not cleaned and not blank:
            raise ValueError("This field may not be blank.")
        if longest and len(cleaned) > longest:
            raise ValueError(f"Ensure this field has no more than {longest} characters.")
        return cleaned

    return Field(clean, default)


def name() -> Field:
    return text(REQUIRED, blank=False, longest=512)


def flag(default: Json = False) -> Field:
    def clean(value: Json, _store: Store) -> bool:
        if value not in (None, True, False, "true", "false", ""):
            raise ValueError("Must be a valid boolean.")
        return value in (True, "true")

    return Field(clean, default)


def number(default: Json = 0, least: int | None = 0) -> Field:
    def clean(value: Json, _store: Store) -> int | None:
        if value is None and default is None:
            return None
        if not re.fullmatch(r"-?[0-9]+", str(value)):
            raise ValueError("A valid integer is required.")
        if least is not None and int(value) < least:
            raise ValueError(f"Ensure this value is greater than or equal to {least}.")
        return int(value)

    return Field(clean, default)


def choice(*options: str, default: Json = "") -> Field:
    def clean(value: Json, _store: Store) -> Json:
        if value is None:
            return None if default is None else ""
        if value not in options and not (value == "" and default == ""):
            raise ValueError(f'"{value}" is not a valid choice.')
        return value

    return Field(clean, default)


def reference(resource: str, default: Json = None) -> Field:
    def clean(value: Json, store: Store) -> int | None:
        if value is None and default is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"Incorrect type. Expected pk value, received {type(value).__name__}.")
        if value not in store[resource]:
            raise ValueError(f'Invalid pk "{value}" - object does not exist.')
        return value

    return Field(clean, default)


def anything(default: Json) -> Field:
    return Field(lambda value, _store: value, default)


def variables() -> Field:
    def clean(value: Json, _store: Store) -> Json:
        if value and not isinstance(json.loads(value), dict):
            raise ValueError("Cannot parse as JSON or YAML: not an object")
        return value

    return Field(clean, "")


def image(value: Json, _store: Store) -> str:
    part = r"[a-z0-9]+(?:(?:[_.]|__|-+)[a-z0-9]+)*"
    if not re.fullmatch(
        rf"(?:[a-zA-Z0-9.-]+(?::\d+)?/)?{part}(?:/{part})*(?::[\w][\w.-]{{0,127}})?(?:@[\w.+-]+:[0-9a-fA-F]{{32,}})?",
        str(value),
    ):
        raise ValueError(f"The container image name {value} is not valid")
    return str(value)


_ASK = (
    "credential diff_mode execution_environment forks instance_groups inventory job_slice_count job_type labels limit"
)
ASK = [f"ask_{each}_on_launch" for each in f"{_ASK} scm_branch skip_tags tags timeout variables verbosity".split()]
_ASKED_AS = {
    "ask_tags_on_launch": "job_tags",
    "ask_variables_on_launch": "extra_vars",
    "ask_credential_on_launch": "credentials",
}


@dataclass(frozen=True)
class Resource:
    kind: str
    fields: dict[str, Field]
    unique: tuple[str, ...]
    links: tuple[str, ...] = ()
    # What AWX shows beside the fields, and takes from no request
    read_only: Object = field(default_factory=dict)


RESOURCES = {
    "organizations": Resource("organization", {"name": name(), "description": text()}, ("name",)),
    "labels": Resource(
        "label", {"name": name(), "organization": reference("organizations", REQUIRED)}, ("name", "organization")
    ),
    "credential_types": Resource(
        "credential_type",
        {
            "name": name(),
            "description": text(),
            "kind": choice(
                "ssh", "vault", "net", "scm", "cloud", "registry", "external", "kubernetes", default=REQUIRED
            ),
            "inputs": anything({}),
            "injectors": anything({}),
        },
        ("name", "kind"),
        read_only={"managed": False, "namespace": None},
    ),
    "credentials": Resource(
        "credential",
        {
            "name": name(),
            "description": text(),
            "organization": reference("organizations"),
            "credential_type": reference("credential_types", REQUIRED),
            "inputs": anything({}),
        },
        ("name", "organization", "credential_type"),
    ),
    "credential_input_sources": Resource(
        "credential_input_source",
        {
            "description": text(),
            "input_field_name": text(REQUIRED, blank=False, longest=1024),
            "target_credential": reference("credentials", REQUIRED),
            "source_credential": reference("credentials", REQUIRED),
            "metadata": anything({}),
        },
        ("target_credential", "input_field_name"),
    ),
    "execution_environments": Resource(
        "execution_environment",
        {
            "name": name(),
            "description": text(),
            "organization": reference("organizations"),
            "image": Field(image),
            "credential": reference("credentials"),
            "pull": choice("always", "missing", "never"),
        },
        ("name",),
        read_only={"managed": False},
    ),
    "projects": Resource(
        "project",
        {
            "name": name(),
            "description": text(),
            "organization": reference("organizations"),
            "local_path": text(),
            "scm_type": choice("git", "svn", "insights", "archive"),
            "scm_url": text(longest=1024),
            "scm_branch": text(longest=256),
            "scm_refspec": text(longest=1024),
            "scm_clean": flag(),
            "scm_track_submodules": flag(),
            "scm_delete_on_update": flag(),
            "credential": reference("credentials"),
            "timeout": number(least=None),
            "scm_update_on_launch": flag(),
            "scm_update_cache_timeout": number(),
            "allow_override": flag(),
            "default_environment": reference("execution_environments"),
        },
        ("name", "organization"),
        read_only={"scm_revision": "", "status": "never updated"},
    ),
    "inventories": Resource(
        "inventory",
        {
            "name": name(),
            "description": text(),
            "organization": reference("organizations", REQUIRED),
            "kind": choice("smart", "constructed"),
            "host_filter": Field(lambda value, _store: value or None, None),
            "variables": variables(),
            "prevent_instance_group_fallback": flag(),
        },
        ("name", "organization"),
    ),
    "inventory_sources": Resource(
        "inventory_source",
        {
            "name": name(),
            "description": text(),
            "inventory": reference("inventories", REQUIRED),
            "source": choice("file", "scm", "ec2", "controller", "constructed", default=REQUIRED),
            "source_path": text(longest=1024),
            "source_vars": variables(),
            "source_project": reference("projects"),
            "scm_branch": text(),
            "execution_environment": reference("execution_environments"),
            "overwrite": flag(),
            "overwrite_vars": flag(),
            "update_on_launch": flag(),
            "update_cache_timeout": number(),
            "verbosity": number(1),
            "timeout": number(least=None),
            "limit": text(),
        },
        ("name", "inventory"),
    ),
    "job_templates": Resource(
        "job_template",
        {
            "name": name(),
            "description": text(),
            "job_type": choice("run", "check", default="run"),
            "inventory": reference("inventories"),
            "project": reference("projects"),
            "playbook": text(longest=1024),
            "scm_branch": text(),
            "forks": number(),
            "limit": text(),
            "verbosity": number(),
            "extra_vars": variables(),
            "job_tags": text(),
            "skip_tags": text(),
            "start_at_task": text(),
            "timeout": number(least=None),
            "execution_environment": reference("execution_environments"),
            "job_slice_count": number(1),
            **{ask: flag() for ask in ASK},
            **{
                each: flag()
                for each in [
                    "force_handlers",
                    "use_fact_cache",
                    "survey_enabled",
                    "become_enabled",
                    "diff_mode",
                    "allow_simultaneous",
                ]
            },
        },
        ("name", "organization"),
        ("credentials", "labels"),
        # An organization in the request is passed over: it is the project's
        read_only={"organization": None},
    ),
    "schedules": Resource(
        "schedule",
        {
            "name": name(),
            "description": text(),
            "unified_job_template": reference("unified_job_templates", REQUIRED),
            "rrule": text(REQUIRED, blank=False),
            "enabled": flag(True),
            "extra_data": anything({}),
            "inventory": reference("inventories"),
            "execution_environment": reference("execution_environments"),
            "job_type": choice("run", "check", default=None),
            "diff_mode": Field(lambda value, _store: value, None),
            "forks": number(None),
            "job_slice_count": number(None),
            "verbosity": number(None),
            "timeout": number(None, least=None),
            **{
                each: Field(lambda value, _store: value, None)
                for each in ["scm_branch", "job_tags", "skip_tags", "limit"]
            },
        },
        ("unified_job_template", "name"),
    ),
}


@dataclass(frozen=True)
class Layout:
    """Where the API is, where a token is made for a name and a password, and what each answer says of the product.

    Without a place for tokens there are none, and each request has the name and the password.
    """

    api: str
    tokens: str | None
    product: str
    version: str


AWX_24 = Layout("/api/v2/", "/api/v2/tokens/", "AWX", "24.6.1")
# Automation platform 2.5 and later: a gateway is before the controller, and makes the tokens
PLATFORM = Layout("/api/controller/v2/", "/api/gateway/v1/tokens/", "Red Hat Ansible Automation Platform", "4.6.2")
# Since github.com/ansible/awx/pull/15666
AWX_DEVELOPMENT = Layout("/api/v2/", None, "AWX", "24.6.2.dev300")

# What can be launched and scheduled is also in one list
UNIFIED = ("projects", "inventory_sources", "job_templates")


class Awx:
    """What AWX keeps. scm is what its projects find: the playbooks at each URL."""

    def __init__(self, scm: dict[str, list[str]], layout: Layout = AWX_24) -> None:
        self.layout = layout
        self.store: Store = {resource: {} for resource in [*RESOURCES, "unified_job_templates"]}
        self.surveys: dict[int, Object] = {}
        self.linked: dict[tuple[int, str], list[int]] = {}
        self.playbooks: dict[int, list[str]] = {}
        self.requests: list[tuple[str, str]] = []
        self.passed_over: set[tuple[str, str]] = set()
        self.token = "awx-token-4f8a2c"
        self.login = ("admin", "awx-password-71d0e3")
        self._scm = scm
        self._last_id = 0
        self._keep("organizations", {"name": "Default", "description": ""})
        password = {"id": "vault_password", "label": "Vault Password", "type": "string", "secret": True}
        fields = [password, {"id": "vault_id", "label": "Vault Identifier", "type": "string"}]
        vault = {"name": "Vault", "description": "", "kind": "vault", "inputs": {"fields": fields}, "injectors": {}}
        self._keep("credential_types", {**vault, "managed": True, "namespace": "vault"})
        self._keep("credential_types", copy.deepcopy(kv_lookup.CREDENTIAL_TYPE))

    # What is asked

    def answer(self, method: str, url: str, body: Json) -> tuple[int, Json]:
        parts = urlsplit(url)
        self.requests.append((method, parts.path))
        found = re.fullmatch(rf"{self.layout.api}(\w+)/(?:(\d+)/(?:(\w+)/)?)?", parts.path)
        if not found or (found[1] not in self.store and found[1] != "project_updates"):
            raise Refused({"detail": "Not found."}, 404)
        resource, sub = found[1], found[3]
        if found[2] is None:
            return self._list(resource, parts.query) if method == "GET" else self._create(resource, method, body)
        number_ = int(found[2])
        if resource == "project_updates":
            return 200, {"id": number_, "status": "successful", "finished": True, "failed": False}
        if number_ not in self.store[resource]:
            raise Refused({"detail": "Not found."}, 404)
        if sub == "survey_spec" and resource == "job_templates":
            return self._survey(number_, method, body)
        if sub in (RESOURCES[resource].links if resource in RESOURCES else ()):
            return self._links(resource, number_, t.cast(str, sub), method, body)
        if sub or method not in ("GET", "PATCH", "DELETE"):
            raise Refused({"detail": f'Method "{method}" not allowed.'}, 405)
        if method == "DELETE":
            del self.store[resource][number_]
            self.store["unified_job_templates"].pop(number_, None)
            if resource == "credentials":
                for link in [
                    *self._input_sources("target_credential", number_),
                    *self._input_sources("source_credential", number_),
                ]:
                    self.store["credential_input_sources"].pop(link["id"], None)
            return 204, None
        if method == "PATCH":
            self._change(resource, number_, body)
        return 200, self.show(resource, number_)

    def admits(self, path: str, authorization: str | None) -> bool:
        """Whether who sends this header may ask for this path."""
        basic = "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
        by_name = self.layout.tokens is None or path == self.layout.tokens
        return authorization == (basic if by_name else f"Bearer {self.token}")

    def answer_tokens(self, method: str, path: str) -> tuple[int, Json] | None:
        """A token is made, or ended. None if the request is about something else."""
        if self.layout.tokens and path.startswith(self.layout.tokens):
            self.requests.append((method, path))
            return (204, None) if method == "DELETE" else (201, {"id": 1, "token": self.token})
        return None

    def writes(self) -> list[tuple[str, str]]:
        return [request for request in self.requests if request[0] != "GET"]

    def values_for_job(self, credential: Object) -> Object:
        """The fields of a credential as a job gets them: what is linked is looked up now.

        Raises LookupError where AWX does not start the job (a required field is missing), or ends it with an error.
        """
        linked = {each["input_field_name"]: each for each in self._input_sources("target_credential", credential["id"])}
        given = {name_ for name_, value in credential["inputs"].items() if value not in ("", None)}
        missing = set(self.type_of(credential)["inputs"].get("required", [])) - given - set(linked)
        if missing:
            raise LookupError(f"{credential['name']} does not provide {', '.join(sorted(missing))}")
        sources = {name_: self.store["credentials"][each["source_credential"]] for name_, each in linked.items()}
        found = {
            name_: kv_lookup.look_up({**source["inputs"], **linked[name_]["metadata"]})
            for name_, source in sources.items()
        }
        return {**credential["inputs"], **found}

    def type_of(self, credential: Object) -> Object:
        return self.store["credential_types"][credential["credential_type"]]

    def named(self, resource: str, name_: str) -> Object:
        (found,) = (each for each in self.store[resource].values() if each["name"] == name_)
        return found

    # How it is done

    def _input_sources(self, end: str, credential: int) -> list[Object]:
        return [each for each in self.store["credential_input_sources"].values() if each[end] == credential]

    def _list(self, resource: str, query: str) -> tuple[int, Json]:
        wanted = dict(parse_qsl(query))
        some = {key.removeprefix("or__"): wanted.pop(key) for key in list(wanted) if key.startswith("or__")}
        known = {"id", "organization", "name", *(RESOURCES[resource].fields if resource in RESOURCES else ())}
        for key in {each.removesuffix("__name") for each in (*wanted, *some)} - known:
            raise Refused({"detail": f"{resource} has no field named '{key}'"})

        def fits(item: Object, key: str, value: str) -> bool:
            if key == "organization__name":
                return value == self.store["organizations"].get(item["organization"], {}).get("name")
            return str(item.get(key)) == value

        results = [
            self.show(resource, number_)
            for number_, item in self.store[resource].items()
            if all(fits(item, *each) for each in wanted.items())
            and (not some or any(fits(item, *each) for each in some.items()))
        ]
        return 200, {"count": len(results), "next": None, "previous": None, "results": results}

    def show(self, resource: str, number_: int) -> Object:
        if resource == "unified_job_templates":
            resource = next(each for each in UNIFIED if number_ in self.store[each])
        item = copy.deepcopy(self.store[resource][number_])
        url = f"{self.layout.api}{resource}/{number_}/"
        related = {"survey_spec": f"{url}survey_spec/"} if resource == "job_templates" else {}
        summary = {"current_update": {"id": number_}} if item.get("status") == "running" else {}
        if resource == "credentials":
            fields = self.type_of(item)["inputs"]["fields"]
            secret = {each["id"] for each in fields if each.get("secret")}
            item["inputs"] = {key: "$encrypted$" if key in secret else value for key, value in item["inputs"].items()}
        return {**item, "type": RESOURCES[resource].kind, "url": url, "related": related, "summary_fields": summary}

    def _keep(self, resource: str, item: Object) -> int:
        self._last_id += 1
        self.store[resource][self._last_id] = {"id": self._last_id, **item}
        if resource in UNIFIED:
            self.store["unified_job_templates"][self._last_id] = self.store[resource][self._last_id]
        return self._last_id

    def _create(self, resource: str, method: str, body: Json) -> tuple[int, Json]:
        if method != "POST" or resource not in RESOURCES:
            raise Refused({"detail": f'Method "{method}" not allowed.'}, 405)
        given = self._clean(resource, body)
        missing = {
            key: ["This field is required."]
            for key, each in RESOURCES[resource].fields.items()
            if each.default is REQUIRED and key not in given
        }
        if missing:
            raise Refused(missing)
        item = {key: copy.deepcopy(each.default) for key, each in RESOURCES[resource].fields.items()}
        item.update(copy.deepcopy(RESOURCES[resource].read_only), **given)
        self._check(resource, item, set(item), None)
        number_ = self._keep(resource, item)
        shown = {"id": number_}
        if resource == "projects" and item["scm_type"]:
            # AWX starts an update at once, and reports it as running
            self.store[resource][number_]["status"] = "running"
            shown = self.show(resource, number_)
            self.store[resource][number_].update(status="successful", scm_revision="0123abcd")
            self.playbooks[number_] = self._scm[item["scm_url"]]
            return 201, shown
        return 201, self.show(resource, number_)

    def _change(self, resource: str, number_: int, body: Json) -> None:
        old = self.store[resource][number_]
        if old.get("managed"):
            raise Refused({"detail": "Modifications not allowed for managed credential types"}, 403)
        given = self._clean(resource, body)
        item = {**old, **given}
        self._check(resource, item, set(given), old)
        old.update(item)

    def _clean(self, resource: str, body: Json) -> Object:
        if not isinstance(body, dict):
            raise Refused({"detail": "JSON parse error"})
        fields, given, errors = RESOURCES[resource].fields, {}, {}
        for key, value in body.items():
            if key not in fields:
                self.passed_over.add((resource, key))
                continue
            try:
                given[key] = fields[key].clean(copy.deepcopy(value), self.store)
            except ValueError as exc:
                errors[key] = [str(exc)]
        if errors:
            raise Refused(errors)
        return given

    def _check(self, resource: str, item: Object, given: set[str], old: Object | None) -> None:
        """What concerns more than one field. given are the fields that the request is about."""
        check = getattr(self, f"_check_{resource}", None)
        if check:
            check(item, given, old)
        unique = RESOURCES[resource].unique
        for other in self.store[resource].values():
            if other is not old and all(other.get(key) == item.get(key) for key in unique):
                raise Refused(
                    {
                        "__all__": [
                            f"{RESOURCES[resource].kind} with this ({', '.join(unique)}) combination already exists."
                        ]
                    }
                )

    def _check_credential_types(self, item: Object, given: set[str], old: Object | None) -> None:
        check_inputs(item["inputs"])
        check_injectors(item["injectors"], item["inputs"])
        used = old and any(each["credential_type"] == item["id"] for each in self.store["credentials"].values())
        if old and used and item["inputs"] != old["inputs"]:
            raise Refused({"detail": "Modifications to inputs are not allowed for credential types in use"}, 403)
        if "kind" in given:
            expect(item["kind"] in ("cloud", "net"), "kind", f"Must be 'cloud' or 'net', not {item['kind']}")

    def _check_credentials(self, item: Object, _given: set[str], old: Object | None) -> None:
        # A user or a team could own it, too. Nobody asks for that here
        expect(old or item["organization"], "detail", "Missing 'user', 'team', or 'organization'.")
        check_credential(item["inputs"], self.type_of(item))

    def _check_credential_input_sources(self, item: Object, _given: set[str], _old: Object | None) -> None:
        target, source = (self.store["credentials"][item[f"{end}_credential"]] for end in ("target", "source"))
        check_input_source(item["input_field_name"], item["metadata"], self.type_of(target), self.type_of(source))

    def _check_projects(self, item: Object, _given: set[str], _old: Object | None) -> None:
        expect(item["scm_url"] or not item["scm_type"], "scm_url", "SCM URL is required.")
        expect(
            item["scm_type"] == "git" or not item["scm_refspec"],
            "scm_refspec",
            "SCM refspec can only be used with git projects.",
        )
        for key in ("scm_update_on_launch", "scm_delete_on_update", "scm_track_submodules", "scm_clean"):
            expect(item["scm_type"] or not item[key], key, "Update options must be set to false for manual projects.")
        if item["credential"] and item["scm_type"]:
            kind = self.type_of(self.store["credentials"][item["credential"]])["kind"]
            expect(kind == "scm", "credential", "Credential kind must be 'scm'.")

    def _check_inventories(self, item: Object, _given: set[str], _old: Object | None) -> None:
        expect(
            item["kind"] != "smart" or item["host_filter"], "host_filter", "Smart inventories must specify host_filter"
        )

    def _check_inventory_sources(self, item: Object, given: set[str], _old: Object | None) -> None:
        if item["source"] == "scm":
            asked = {"source", "source_project"} & given
            expect(item["source_project"] or not asked, "source_project", "Project required for scm type sources.")
        else:
            redundant = [key for key in ("source_project", "source_path", "scm_branch") if item[key]]
            expect(not redundant, "detail", f"Cannot set {' '.join(redundant)} if not SCM type.")
        if item["source_project"]:
            project = self.store["projects"][item["source_project"]]
            expect(project["scm_type"], "source_project", "Cannot use manual project for SCM-based inventory.")
            expect(
                project["allow_override"] or not item["scm_branch"],
                "scm_branch",
                "Project does not allow overriding branch.",
            )

    def _check_job_templates(self, item: Object, _given: set[str], _old: Object | None) -> None:
        expect(item["project"], "project", "Job Templates must have a project assigned.")
        prompt = item["inventory"] or item["ask_inventory_on_launch"]
        expect(prompt, "inventory", "You must either set a default value or ask to prompt on launch.")
        project = self.store["projects"][item["project"]]
        expect(item["playbook"], "playbook", "Must select playbook for project.")
        known = project["allow_override"] or item["playbook"] in self.playbooks.get(project["id"], [])
        expect(known, "playbook", "Playbook not found for project.")
        for key in ("scm_branch", "ask_scm_branch_on_launch"):
            expect(project["allow_override"] or not item[key], key, "Project does not allow overriding branch.")
        item["organization"] = project["organization"]

    def _check_schedules(self, item: Object, given: set[str], _old: Object | None) -> None:
        check_rrule(item["rrule"])
        template = self.store["job_templates"].get(item["unified_job_template"])
        if not template or given == {"enabled"}:
            return
        expect(isinstance(item["extra_data"], dict), "extra_data", "not an object")
        questions = self.surveys.get(template["id"], {}).get("spec", []) if template["survey_enabled"] else []
        errors = [error for question in questions for error in answer_errors(question, item["extra_data"])]
        if errors:
            raise Refused({"variables_needed_to_start": errors})
        own = json.loads(template["extra_vars"] or "{}")
        more = {key for key, value in item["extra_data"].items() if key not in own or own[key] != value}
        more -= {question["variable"] for question in questions}
        allowed = template["ask_variables_on_launch"] or not more
        expect(allowed, "extra_data", f"Variables {', '.join(sorted(more))} are not allowed on launch.")
        for ask in ASK:
            key = _ASKED_AS.get(ask, ask[len("ask_") : -len("_on_launch")])
            changed = item.get(key) is not None and item[key] != template.get(key)
            expect(template[ask] or not changed, key, "Field is not configured to prompt on launch.")

    def _survey(self, number_: int, method: str, body: Json) -> tuple[int, Json]:
        if method == "POST":
            check_survey(body)
            self.surveys[number_] = copy.deepcopy(body)
        elif method == "DELETE":
            self.surveys.pop(number_, None)
        else:
            return 200, copy.deepcopy(self.surveys.get(number_, {}))
        return 200, None

    def _links(self, resource: str, number_: int, link: str, method: str, body: Json) -> tuple[int, Json]:
        linked = self.linked.setdefault((number_, link), [])
        if method == "GET":
            results = [self.show(link, each) for each in linked]
            return 200, {"count": len(results), "next": None, "previous": None, "results": results}
        other = body.get("id")
        if not isinstance(other, int):
            raise Refused({"msg": '"id" field must be an integer.'})
        if other not in self.store[link]:
            raise Refused({"msg": f"{link} with id {other} does not exist."})
        if "disassociate" in body:
            linked.remove(other)
            return 204, None
        if link == "credentials":
            self._check_credential_link(self.store[link][other], [self.store[link][each] for each in linked])
        if other not in linked:
            linked.append(other)
        return 204, None

    def _check_credential_link(self, new: Object, linked: list[Object]) -> None:
        def slot(credential: Object) -> tuple[int, Json]:
            return credential["credential_type"], credential["inputs"].get("vault_id")

        credential_type = self.type_of(new)
        if credential_type["kind"] not in ("ssh", "vault", "cloud", "net", "kubernetes"):
            raise Refused({"error": f"Cannot assign a Credential of kind `{credential_type['kind']}`."})
        if slot(new) in [slot(each) for each in linked]:
            raise Refused({"error": f"Cannot assign multiple {credential_type['name']} credentials."})


@contextlib.contextmanager
def serving(awx: Awx) -> t.Iterator[str]:
    """The stand-in's URL, for as long as the block lasts."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(size)
            try:
                path = urlsplit(self.path).path
                if not path.startswith((awx.layout.api, awx.layout.tokens or awx.layout.api)):
                    raise Refused({"detail": "Not found."}, 404)
                if not awx.admits(path, self.headers.get("Authorization")):
                    raise Refused({"detail": "Authentication credentials were not provided."}, 401)
                with lock:
                    status, body = awx.answer_tokens(self.command, path) or awx.answer(
                        self.command, self.path, json.loads(raw or "null")
                    )
            except Refused as refused:
                status, body = refused.status, refused.body
            data = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", awx.layout.product)
            self.send_header("X-API-Product-Version", awx.layout.version)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 (http.server's own names)

        def log_message(self, *_arguments: object) -> None:
            """Nothing goes to the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
