# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX 24 refuses, for the stand-in: fields of requests, credential types, surveys, schedules.

Each rule is AWX's own, in other words. What AWX takes is taken here too, even where it makes little sense: an unknown
field is passed over, a secret may have a default. The messages are AWX's where they are short.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from dateutil import rrule, tz
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Json = t.Any
Object = dict[str, Json]

# Variables that AWX gives to jobs itself, or that would change what is run
FORBIDDEN_ENVIRONMENT = {
    "VIRTUAL_ENV",
    "PATH",
    "PYTHONPATH",
    "JOB_ID",
    "INVENTORY_ID",
    "INVENTORY_SOURCE_ID",
    "INVENTORY_UPDATE_ID",
    "AD_HOC_COMMAND_ID",
    "REST_API_URL",
    "REST_API_TOKEN",
    "MAX_EVENT_RES",
    "CALLBACK_QUEUE",
    "CALLBACK_CONNECTION",
    "CACHE",
    "JOB_CALLBACK_DEBUG",
    "INVENTORY_HOSTVARS",
    "AWX_HOST",
    "PROJECT_REVISION",
    "SUPERVISOR_CONFIG_PATH",
}
SURVEY_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(["text", "textarea", "password", "multiplechoice", "multiselect"], (str,)),
    "integer": (int,),
    "float": (float, int),
}
_INPUT_KEYS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "label": str,
    "help_text": str,
    "multiline": bool,
    "secret": bool,
    "ask_at_runtime": bool,
    "choices": list,
    "type": str,
    "format": str,
    "default": object,
}


class Refused(Exception):
    """The answer to a request that AWX does not like."""

    def __init__(self, body: Json, status: int = 400) -> None:
        super().__init__(str(body))
        self.body = body
        self.status = status


def expect(fact: object, field: str, message: str) -> None:
    if not fact:
        raise Refused({field: [message]})


# Credential types


def check_inputs(inputs: Json) -> None:
    """The inputs of a custom credential type. Gives each field without a type the type string."""

    def right(fact: object, message: str) -> None:
        expect(fact, "inputs", message)

    right(isinstance(inputs, dict), "not an object")
    right("dependencies" not in inputs, "'dependencies' is not supported for custom credentials.")
    right(set(inputs) <= {"fields", "required"}, f"Additional properties are not allowed: {sorted(inputs)}")
    required = inputs.get("required", [])
    right(isinstance(required, list) and all(isinstance(each, str) for each in required), "required is a list of names")
    fields = inputs.get("fields", [])
    right(isinstance(fields, list) and all(isinstance(each, dict) for each in fields), "fields is a list of objects")
    for field in fields:
        right({"id", "label"} <= set(field), "id and label are required")
        right(set(field) <= set(_INPUT_KEYS), f"Additional properties are not allowed: {sorted(field)}")
        for key, value in field.items():
            right(isinstance(value, _INPUT_KEYS[key]), f"{value!r} is no {key}")
        right(re.search(r"^[a-zA-Z_]+[a-zA-Z0-9_]*$", field["id"]), f"{field['id']} is an invalid variable name")
        right(field["id"] != "tower", '"tower" is a reserved field name')
        right(field.get("format", "url") in ("ssh_private_key", "url"), "unknown format")
        kind = field.setdefault("type", "string")
        right(kind in ("string", "boolean"), f"{kind!r} is not one of string, boolean")
        if "choices" in field:
            choices = field["choices"]
            right(choices and all(isinstance(each, str) for each in choices), "choices are texts")
            right(len(set(choices)) == len(choices), "choices has non-unique elements")
        if "default" in field:
            wanted = {"string": str, "boolean": bool}[kind]
            right(isinstance(field["default"], wanted), f"{field['default']} is not a {kind}")
        for key in {"choices", "multiline", "format", "secret"} & set(field):
            right(kind == "string", f"{key} not allowed for {kind} type ({field['id']})")
        right(not field.get("ask_at_runtime"), "'ask_at_runtime' is not supported for custom credentials.")
    names = [field["id"] for field in fields]
    right(len(set(names)) == len(names), "field IDs must be unique")


class _Nothing:
    """Stands for the name of a file that is not made: it must not be used."""

    def __str__(self) -> str:
        raise UndefinedError("no such file injector")


class _Tower:
    def __init__(self) -> None:
        self.filename: t.Any = _Nothing()

    def __str__(self) -> str:
        raise UndefinedError("Cannot directly reference reserved `tower` namespace container.")


def check_injectors(injectors: Json, inputs: Object) -> None:
    """The injectors of a credential type whose inputs were found to be right."""

    def right(fact: object, message: str) -> None:
        expect(fact, "injectors", message)

    right(isinstance(injectors, dict), "not an object")
    right(
        set(injectors) <= {"env", "extra_vars", "file"}, f"Additional properties are not allowed: {sorted(injectors)}"
    )
    for part in injectors.values():
        right(isinstance(part, dict), "not an object")
    env, files = injectors.get("env", {}), injectors.get("file", {})
    for name, template in env.items():
        right(re.search(r"^[a-zA-Z_]+[a-zA-Z0-9_]*$", name), f"{name} does not match")
        right(isinstance(template, str) and template.isascii(), f"{name} is no ASCII text")
        right(not name.startswith("ANSIBLE_"), f"Environment variable {name} may affect Ansible configuration")
        right(
            name not in FORBIDDEN_ENVIRONMENT, f"Environment variable {name} is not allowed to be used in credentials."
        )
    for name, template in files.items():
        right(re.search(r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$", name), f"{name} does not match")
        right(isinstance(template, str), f"{name} is no text")
    right("template" not in files or len(files) == 1, "Must use multi-file syntax when injecting multiple files")
    tower = _Tower()
    if "template" in files:
        tower.filename = "NAME"
    for name in files:
        if "." in name:
            setattr(tower.filename, name.split(".")[1], "NAME")
    values = {**{field["id"]: "EXAMPLE" for field in inputs.get("fields", [])}, "tower": tower}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for template in _texts(injectors):
        try:
            sandbox.from_string(template).render(values)
        except UndefinedError as exc:
            right(False, f"uses an undefined field ({exc})")
        except SecurityError as exc:
            right(False, f"Encountered unsafe code execution: {exc}")
        except TemplateSyntaxError as exc:
            right(False, f"Syntax error rendering template ({exc})")
    _check_extra_vars(injectors.get("extra_vars", {}))


def _check_extra_vars(node: Object) -> None:
    for name, value in node.items():
        expect(re.search(r"^[a-zA-Z_{}]+[a-zA-Z0-9_{}]*$", name), "injectors", f"{name} does not match")
        expect(isinstance(value, (str, list, dict)), "injectors", f"{name} is no text, list or object")
        if isinstance(value, dict):
            _check_extra_vars(value)


def _texts(node: Json) -> t.Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from (text for pair in node.items() for each in pair for text in _texts(each))
    elif isinstance(node, list):
        yield from (text for each in node for text in _texts(each))


def check_credential(values: Json, credential_type: Object) -> None:
    """The inputs of a credential, against its type. What is required may be missing until a job starts."""
    expect(isinstance(values, dict), "inputs", "not an object")
    fields = {field["id"]: field for field in credential_type["inputs"].get("fields", [])}
    for name, value in values.items():
        expect(name in fields, "inputs", f"Additional properties are not allowed ({name!r} was unexpected)")
        kind = fields[name].get("type", "string")
        expect(isinstance(value, {"string": str, "boolean": bool}[kind]), "inputs", f"{name} is not of type {kind}")
        expect(value in fields[name].get("choices", [value]), "inputs", f"{name} is not one of its choices")
        expect(value != "$encrypted$", "inputs", f"$encrypted$ is a reserved keyword, and cannot be used for {name}.")
        if fields[name].get("format") == "url":
            parts = urlsplit(value)
            expect(parts.scheme and parts.netloc, "inputs", f"Invalid URL: {value}")


def check_input_source(field: str, metadata: Json, target_type: Object, source_type: Object) -> None:
    """The link of a field of a credential to another credential, which looks its value up.

    As in awx/main/models/credential/__init__.py (CredentialInputSource) and awx/main/fields.py
    (DynamicCredentialInputField) of AWX 24.6.1.
    """
    expect(target_type["kind"] != "external", "target_credential", "Target must be a non-external credential")
    expect(source_type["kind"] == "external", "source_credential", "Source must be an external credential")
    defined = sorted(each["id"] for each in target_type["inputs"].get("fields", []))
    message = f"Input field must be defined on target credential (options are {', '.join(defined)})."
    expect(field in defined, "input_field_name", message)
    expect(isinstance(metadata, dict), "metadata", "not an object")
    known = {each["id"] for each in source_type["inputs"]["metadata"]}
    for name, value in metadata.items():
        expect(name in known, "metadata", f"Additional properties are not allowed ({name!r} was unexpected)")
        expect(isinstance(value, str), "metadata", f"{value!r} is not of type 'string'")
    for name in known.intersection(source_type["inputs"]["required"]):
        expect(metadata.get(name), "metadata", f"{name} is required for {source_type['name']}")


# Surveys


def check_survey(spec: Json) -> None:
    def right(fact: object, message: str) -> None:
        if not fact:
            raise Refused({"error": message})

    for name, type_ in (("name", str), ("description", str), ("spec", list)):
        right(name in spec, f"Field '{name}' is missing from survey spec.")
        right(isinstance(spec[name], type_), f"Expected another type for field '{name}'")
    right(spec["spec"], "'spec' doesn't contain any items.")
    seen = set()
    for index, question in enumerate(spec["spec"]):
        right(isinstance(question, dict), f"Survey question {index} is not a json object.")
        for name, wanted in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
            right(name in question, f"'{name}' missing from survey question {index}")
            right(isinstance(question[name], wanted), f"'{name}' in survey question {index} has the wrong type")
        right(question["variable"] not in seen, f"'variable' '{question['variable']}' duplicated")
        seen.add(question["variable"])
        kind = question["type"]
        right(kind in SURVEY_TYPES, f"'{kind}' in survey question {index} is not one of the allowed question types.")
        default = question.get("default", "")
        right(
            default == "" or isinstance(default, SURVEY_TYPES[kind]), f"Default value {default} expected to be {kind}"
        )
        for limit in ("min", "max"):
            right(isinstance(question.get(limit), (int, type(None))), f"The {limit} limit is expected to be integer.")
        if kind in ("multiplechoice", "multiselect"):
            right("choices" in question, f"Survey question {index} of type {kind} must specify choices.")
            defaults = [each for each in default.splitlines() if each.strip()]
            right(kind == "multiselect" or len(defaults) <= 1, "Multiple Choice can only have one default value.")
            right(all(each in question["choices"] for each in defaults), "Default choice must be one of the choices")
        right(not str(default).startswith("$encrypted$"), "$encrypted$ is a reserved keyword")


def answer_errors(question: Object, answers: Object) -> list[str]:
    """What is wrong with the answer to a question of a survey."""
    name, kind = question["variable"], question["type"]
    if name not in answers:
        return [f"'{name}' value missing"] if question["required"] else []
    value, choices = answers[name], question.get("choices") or []
    if isinstance(choices, str):
        choices = choices.splitlines()
    if kind == "multiplechoice":
        fits = value in choices
    elif kind == "multiselect":
        fits = isinstance(value, list) and all(each in choices for each in value)
    else:
        fits = type(value) in SURVEY_TYPES[kind]
    if not fits:
        return [f"Value {value} for '{name}' does not fit"]
    size = len(value) if isinstance(value, str) else value
    if kind not in ("multiplechoice", "multiselect"):
        for limit, beyond in (("min", -1), ("max", 1)):
            if question.get(limit) is not None and (size - question[limit]) * beyond > 0:
                return [f"'{name}' value {value} is beyond {limit}"]
    return []


# Schedules


def check_rrule(value: str) -> None:
    low = value.lower()
    starts = re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", value)
    findings = [
        (not starts, "Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"),
        (re.search(r"DTSTART:[0-9]+T[0-9]+ ", value), "DTSTART cannot be a naive datetime."),
        (len(starts) > 1, "Multiple DTSTART is not supported."),
        ("rrule:" not in low, "One or more rule required in rrule."),
        ("exdate:" in low, "EXDATE not allowed in rrule."),
        ("rdate:" in low, "RDATE not allowed in rrule."),
    ]
    for rule in re.findall(r"RULE:\S*", value):
        count = re.search(r"COUNT=([0-9]+)", rule)
        findings += [
            ("interval" not in rule.lower(), f"INTERVAL required in rrule: {rule}"),
            ("secondly" in rule.lower(), f"SECONDLY is not supported: {rule}"),
            (re.search(r"BYDAY[:=][0-9]+[a-zA-Z]{2}", rule), f"BYDAY with numeric prefix not supported: {rule}"),
            ("COUNT" in rule and "UNTIL" in rule, f"RRULE may not contain both COUNT and UNTIL: {rule}"),
            (count and int(count[1]) > 999, f"COUNT > 999 is unsupported: {rule}"),
        ]
    errors = [message for found, message in findings if found] or _parse_errors(value)
    if errors:
        raise Refused({"rrule": errors})


def _parse_errors(value: str) -> list[str]:
    try:
        parsed = rrule.rrulestr(value, forceset=True, tzinfos={"UTC": tz.UTC})
    except ValueError as exc:
        return [f"rrule parsing failed validation: {exc}"]
    first = next(iter(parsed), None)
    return ["A valid TZID must be provided (e.g., America/New_York)"] if first and first.tzinfo is None else []
