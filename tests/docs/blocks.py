# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a block of YAML in a document, judged by what modules, roles and inventories of this collection take."""

from __future__ import annotations

import functools
import importlib
import re
import textwrap
import typing as t
from pathlib import Path

import ansible.modules
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.telephony.auth.plugins.module_utils._options import Spec
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import drivers, find
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import (
    USERS_OF,
    FromTokenVariables,
    FromUserVariables,
)

ROOT = Path(__file__).parents[2]
OURS = "telephony.auth."
FROM_VARIABLES: dict[str, dict[str, t.Any]] = {"token": VENDORS, "token_info": VENDORS, "user": USERS_OF}
# Other kinds of blocks, by keys that only they have, and why they are not judged here
OTHER_KINDS = {
    ("alert", "expr"): "an alert of Prometheus: one of examples/monitoring, which tests/report tests",
    ("apiVersion", "kind"): "Kubernetes: as in examples/consumers, which tests/lifecycle tests",
    ("collections",): "requirements.yml, which ansible-galaxy reads",
    ("images", "version"): "an execution environment, which tests/awx builds the context of",
    ("inputs", "injectors"): "a credential type of AWX, which tests/awx tests",
    ("hosts", "rules", "sources"): "a rulebook of Event-Driven Ansible",
    ("jobs",): "a workflow of GitHub",
    ("script",): "a job of GitLab: its command is an argument of the report, which tests/demo runs",
}
# Modules of other collections, which need not be installed
OF_OTHERS = {"awx.awx", "community.hashi_vault", "kubernetes.core"}
# Variables that are nobody's options
OF_USERS_OWN = ("ansible_", "vault_", "existing_tokens", "tokens_inventory")
# Where names are that begin with telephony.auth, in a rulebook and elsewhere
NAMED = ["plugins/modules", "plugins/lookup", "plugins/filter", "roles", "playbooks"]
NAMED_IN_A_RULEBOOK = ["extensions/eda/plugins/event_source", "playbooks"]

Json = t.Any


class Loader(yaml.SafeLoader):
    """A tag such as !vault says nothing about what is checked here."""


Loader.add_multi_constructor("!", lambda loader, _suffix, node: loader.construct_scalar(node))


def documents() -> list[str]:
    paths = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted(ROOT.glob("roles/*/README.md"))]
    return [path.relative_to(ROOT).as_posix() for path in [*paths, *sorted(ROOT.glob("docs/docsite/rst/*.rst"))]]


def blocks(document: str) -> list[tuple[str, str]]:
    """Each block of YAML in a document, and where it is."""
    text = (ROOT / document).read_text(encoding="utf-8")
    if document.endswith(".md"):
        found = re.finditer(r"^ *```ya?ml\n(?P<block>.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    else:
        start = r"^(?P<indent> *)\.\. code-block:: yaml(?:\+jinja)?\n(?: +:\w+:.*\n)*\n"
        found = re.finditer(start + r"(?P<block>(?:(?P=indent)  .*\n|\n)+)", text, re.MULTILINE)
    return [
        (f"{document}:{text.count(chr(10), 0, each.start()) + 1}", textwrap.dedent(each["block"])) for each in found
    ]


def names_in(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob("[a-z]*") if path.suffix in ("", ".py", ".yml")}


def problems(block: str) -> list[str]:
    """What is wrong with a block."""
    value = yaml.load(block, Loader)  # noqa: S506 (it is a SafeLoader)
    known = set().union(*map(names_in, NAMED_IN_A_RULEBOOK if "\n  sources:\n" in block else NAMED))
    unknown = sorted(set(re.findall(r"\btelephony\.auth\.(\w+)", block)) - known - {"all"})
    return [f"There is no {OURS}{name}" for name in unknown] or list(_of_block(value))


def _of_block(value: Json) -> t.Iterator[str]:
    entries = value if isinstance(value, list) else [value, *value.values()] if isinstance(value, dict) else []
    if any(isinstance(entry, dict) and set(keys) <= set(entry) for entry in entries for keys in OTHER_KINDS):
        return
    if isinstance(value, list):
        for entry in value:
            yield from _of_play(entry) if "hosts" in entry or _playbook_of(entry) else _of_task(entry, {})
    elif not isinstance(value, dict):
        yield "Neither a list nor a dictionary"
    elif all(isinstance(group, dict) and set(group) <= {"hosts", "children", "vars"} for group in value.values()):
        yield from _of_inventory(value)
    else:
        yield from _of_variables(value, strict=True)


def _playbook_of(entry: dict[str, Json]) -> str:
    return str(entry.get("ansible.builtin.import_playbook", entry.get("import_playbook", "")))


def _of_play(play: dict[str, Json]) -> t.Iterator[str]:
    playbook = _playbook_of(play)
    if playbook.startswith(OURS) and playbook.removeprefix(OURS) not in names_in("playbooks"):
        yield f"There is no playbook {playbook}"
    keys = {"ansible.builtin.import_playbook", "import_playbook"} if playbook else set()
    yield from (f"A play has no {key}" for key in play if key not in {*keys, *Play.fattributes})
    yield from _of_variables(play.get("vars", {}))
    defaults = play.get("module_defaults", {})
    yield from _of_defaults(defaults)
    for role in play.get("roles", []):
        yield from _of_role(role if isinstance(role, str) else role.get("role", ""))
        yield from [] if isinstance(role, str) else _of_variables(role.get("vars", {}))
    for section in ("pre_tasks", "tasks", "post_tasks", "handlers"):
        for task in play.get(section, []):
            yield from _of_task(task, defaults)


def _of_task(task: dict[str, Json], defaults: dict[str, Json]) -> t.Iterator[str]:
    defaults = {**defaults, **task.get("module_defaults", {})}
    yield from _of_defaults(task.get("module_defaults", {}))
    yield from _of_variables(task.get("vars", {}))
    if "block" in task:
        yield from (f"A block has no {key}" for key in task if key not in {*Block.fattributes, "listen", "notify"})
        for section in ("block", "rescue", "always"):
            for inner in task.get(section, []):
                yield from _of_task(inner, defaults)
        return
    actions = [key for key in task if key not in {*Task.fattributes, "listen"} and not key.startswith("with_")]
    if len(actions) != 1:
        yield f"Which one is the module of a task? {', '.join(actions)}"
        return
    collection, _dot, name = actions[0].rpartition(".")
    arguments = task[actions[0]] or {}
    if collection == "ansible.builtin":
        yield from _of_builtin(name, arguments)
    elif f"{collection}." == OURS:
        yield from _of_module(name, arguments, defaults)
    elif collection not in OF_OTHERS:
        yield f"Nobody knows the module {actions[0]}"


@functools.cache
def _documented(module: str) -> set[str]:
    """The options of a module of ansible-core."""
    path = Path(str(ansible.modules.__file__)).with_name(f"{module}.py")
    if not path.exists():
        return set()
    options = get_docstring(str(path), fragment_loader)[0].get("options", {})
    return {*options, *(alias for about in options.values() for alias in about.get("aliases", ())), "free_form"}


def _of_builtin(name: str, arguments: Json) -> t.Iterator[str]:
    options = _documented(name)
    if not options and name not in ("meta",):
        yield f"There is no ansible.builtin.{name}"
    elif isinstance(arguments, dict):
        if name not in ("set_fact", "add_host"):
            yield from (f"ansible.builtin.{name} has no option {key}" for key in arguments if key not in options)
        if name in ("include_role", "import_role"):
            yield from _of_role(arguments.get("name", ""))


def _of_role(name: str) -> t.Iterator[str]:
    if name.startswith(OURS) and name.removeprefix(OURS) not in names_in("roles"):
        yield f"There is no role {name}"


def _door(module: str) -> t.Any:
    """What has the options of a module."""
    return importlib.import_module(f"ansible_collections.telephony.auth.plugins.action.{module}").ActionModule.vendor


def _of_defaults(defaults: dict[str, Json]) -> t.Iterator[str]:
    """All that a group has as defaults is an option of one of its modules."""
    for options in (each for name, each in defaults.items() if name == f"group/{OURS}all"):
        doors = [_door(name) for name in names_in("plugins/modules") - {*FROM_VARIABLES, "summary", "__init__"}]
        known = {option for door in doors for option in door.spec().argument_spec}
        yield from (f"No module has an option {option}" for option in options if option not in known)


def _of_module(name: str, arguments: Json, defaults: dict[str, Json]) -> t.Iterator[str]:
    if not isinstance(arguments, dict):
        yield f"The options of {name} are no dictionary"
    elif name == "summary":
        yield from (f"summary has no option {key}" for key in arguments)
    elif name in FROM_VARIABLES:
        yield from (f"{name} has no option {key}" for key in arguments if key not in ("vendor", "options"))
        doors = FROM_VARIABLES[name]
        vendor = arguments.get("vendor", "{{")
        if vendor not in doors and "{{" not in vendor:
            yield f"There is no vendor {vendor}"
            return
        specs = [door.spec() for key, door in doors.items() if "{{" in vendor or key == vendor]
        merged = {option: about for spec in specs for option, about in spec.argument_spec.items()}
        yield from _of_options(Spec(_optional(merged)), arguments.get("options", {}), name)
    else:
        spec = _door(name).spec()
        preset = {**defaults.get(f"group/{OURS}all", {}), **defaults.get(f"{OURS}{name}", {})}
        chosen = {key: value for key, value in preset.items() if key in spec.argument_spec}
        # What the environment may have need not be in the task
        own = {
            option: {**about, "required": False} if "fallback" in about else about
            for option, about in spec.argument_spec.items()
        }
        yield from _of_options(Spec(**{**spec.as_arguments(), "argument_spec": own}), {**chosen, **arguments}, name)


def _optional(argument_spec: dict[str, Json]) -> dict[str, Json]:
    return {option: {**about, "required": False} for option, about in argument_spec.items()}


def _of_options(spec: Spec, options: dict[str, Json], name: str) -> t.Iterator[str]:
    filled = {key: _filled(value, spec.argument_spec.get(key, {})) for key, value in options.items()}
    yield from (
        f"{name}: {text}" for text in ArgumentSpecValidator(**spec.as_arguments()).validate(filled).error_messages
    )
    for key, value in options.items():
        if key in ("store", "token_store", "user_store") and isinstance(value, dict):
            yield from _of_store(value)


def _filled(value: Json, about: dict[str, Json]) -> Json:
    """The value of an option. A template becomes what fits."""
    if isinstance(value, str) and "{{" in value:
        if "choices" in about:
            return about["choices"][0]
        return {"int": 1, "float": 1.0, "bool": True, "list": [], "dict": {}}.get(about.get("type", "str"), "x")
    inner = about.get("options", {})
    if isinstance(value, dict):
        return {key: _filled(each, inner.get(key, {})) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, {"type": about.get("elements", "str"), "options": inner}) for each in value]
    return value


def _of_store(store: dict[str, Json]) -> t.Iterator[str]:
    kind = str(store.get("type"))
    if kind not in drivers():
        yield f"There is no store of the type {kind}"
        return
    spec = find(kind).SPEC
    yield from _of_options(spec, {key: value for key, value in store.items() if key != "type"}, f"store {kind}")


@functools.cache
def _variables() -> dict[str, dict[str, Json]]:
    """The variables that are options of roles, and those that the actions know beside these."""
    known: dict[str, dict[str, Json]] = {
        name: {"type": "raw"} for action in (FromTokenVariables, FromUserVariables) for name in action.vocabulary.names
    }
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        known.update(yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])
    return known


def _of_variables(values: dict[str, Json], strict: bool = False) -> t.Iterator[str]:
    """strict: there is no other variable than those of the collection, which finds also the misspelt prefix."""
    known = _variables()
    prefixes = tuple({f"{name.partition('_')[0]}_" for name in known})
    ours = {}
    for name, value in values.items():
        if name in known:
            ours[name] = value
        elif name.startswith(prefixes) or (strict and not name.startswith(OF_USERS_OWN)):
            yield f"Nobody knows the variable {name}"
    spec = _optional({name: known[name] for name in ours})
    yield from _of_options(Spec(spec), ours, "variables")


def _of_inventory(inventory: dict[str, Json]) -> t.Iterator[str]:
    """The names of the groups are as one likes, but each host is in that of a vendor."""
    groups: dict[str, set[str]] = {}
    told: set[str] = set()

    def walk(name: str, group: dict[str, Json] | None, above: tuple[str, ...]) -> t.Iterator[str]:
        group = group or {}
        yield from _of_variables(group.get("vars") or {}, strict=True)
        for host, variables in (group.get("hosts") or {}).items():
            groups.setdefault(host, set()).update((*above, name))
            told.update([host] if "token_vendor" in (variables or {}) else [])
            yield from _of_variables(variables or {}, strict=True)
        for child, inner in (group.get("children") or {}).items():
            yield from walk(child, inner, (*above, name))

    for name, group in inventory.items():
        yield from walk(name, group, ())
        if not groups and name not in {*VENDORS, "all"}:
            yield f"{name} is no vendor's group"
    for host, names in groups.items():
        if len(names & set(VENDORS)) != 1 and host not in told:
            yield f"{host} is not in one group of a vendor, but in {', '.join(sorted(names))}"
