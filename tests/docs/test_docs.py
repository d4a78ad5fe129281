# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what the code does, and no file is forgotten for a vendor."""

from __future__ import annotations

import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.telephony.auth.plugins.module_utils._details import LONGEST_TEXT, MOST_ITEMS
from ansible_collections.telephony.auth.plugins.module_utils._inspect import EMPTY
from ansible_collections.telephony.auth.plugins.module_utils._registry import USERS, VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._user_task import UserInfoRun, UserRun
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import drivers, find
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import USERS_OF

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
COLLECTION = "ansible_collections.telephony.auth.plugins"
FOR_ANY_VENDOR: dict[str, dict[str, t.Any]] = {"token": VENDORS, "token_info": VENDORS, "user": USERS_OF}
# What is about no vendor
OF_NO_VENDOR = {"summary"}

Docs = dict[str, t.Any]


def docs_of(module: str, part: str) -> Docs:
    return t.cast(Docs, yaml.safe_load(getattr(importlib.import_module(f"{COLLECTION}.modules.{module}"), part)))


def names_in(folder: str) -> set[str]:
    return {path.stem for path in (PLUGINS / folder).glob("*.py")} - {"__init__"}


def shape_of(entry: Docs) -> object:
    """A documented return value, written like the allow-list of a vendor."""
    if entry["type"] == "list":
        return [shape_of({**entry, "type": entry["elements"]})]
    if entry["type"] == "dict":
        return (
            {name: shape_of(inner) for name, inner in entry["contains"].items()} if "contains" in entry else {str: str}
        )
    return tuple(entry["choices"]) if "choices" in entry else {"str": str, "bool": bool}[entry["type"]]


def codes_of(module: str) -> set[str]:
    words = docs_of(module, "RETURN")["failure"]["contains"]["code"]["description"]
    return set(re.findall(r"^V\((\w+)\) - ", "\n".join(words), re.MULTILINE))


@pytest.mark.parametrize("folder", ["modules", "action"])
def test_each_vendor_has_a_module_and_an_action(folder):
    """A module without an action would show the tokens that it returns."""
    modules = {vendor.module for vendor in VENDORS.values()}
    infos = {f"{vendor.module}_info" for vendor in VENDORS.values() if vendor.list_options}
    assert names_in(folder) == modules | infos | set(FOR_ANY_VENDOR) | set(USERS) | OF_NO_VENDOR


@pytest.mark.parametrize("vendor", [*VENDORS.values(), *USERS.values()], ids=[*VENDORS, *USERS])
def test_action_is_of_its_vendor(vendor):
    assert importlib.import_module(f"{COLLECTION}.action.{vendor.module}").ActionModule.vendor is vendor


@pytest.mark.parametrize("module", USERS)
def test_a_user_s_module_and_action_run_the_same(module):
    start = importlib.import_module(f"{COLLECTION}.action.{module}").ActionModule.start
    assert start is (UserInfoRun if module.endswith("_info") else UserRun)
    text = (PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8")
    assert f"    run_module({USERS[module].__name__}, {start.__name__})\n" in text


@pytest.mark.parametrize("module", USERS)
def test_what_is_told_of_a_user_is_documented(module):
    returns = docs_of(module, "RETURN")
    told = returns["users" if module.endswith("_info") else "user"]["contains"]
    assert {name: shape_of(each) for name, each in told.items() if name != "children"} == USERS[module].details


def test_the_modules_with_options_of_an_api_are_in_the_action_group():
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"] == {"all": sorted(names_in("modules") - set(FOR_ANY_VENDOR) - OF_NO_VENDOR)}


@pytest.mark.parametrize("module", sorted(FOR_ANY_VENDOR))
def test_modules_for_any_vendor_name_them_all(module):
    about, *_rest = docs_of(module, "DOCUMENTATION")["options"]["vendor"]["description"]
    named = re.findall(r"V\((\w+)\)\s+for\s+M\(telephony\.auth\.(\w+)\)", about)
    assert dict(named) == {name: door.module for name, door in FOR_ANY_VENDOR[module].items()}


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=list(VENDORS))
def test_details_are_documented(vendor):
    details = docs_of(vendor.module, "RETURN")["details"]
    assert shape_of(details) == vendor.details
    assert f"at most {LONGEST_TEXT} characters" in details["description"][-1]
    assert f"at most {MOST_ITEMS} entries" in details["description"][-1]


@pytest.mark.parametrize("module", sorted(names_in("modules") - set(FOR_ANY_VENDOR) - OF_NO_VENDOR))
def test_a_vendor_s_module_points_to_the_guide_of_its_vendor(module):
    vendor = module.partition("_")[0].replace("vacd", "ringcx")
    assert f"telephony.auth._guides.{vendor}" in docs_of(module, "DOCUMENTATION")["extends_documentation_fragment"]
    assert (ROOT / "docs" / "docsite" / "rst" / f"guide_{vendor}.rst").is_file()


def test_results_of_token_info_are_documented():
    assert set(docs_of("token_info", "RETURN")) == {*EMPTY, "name"} - {"changed"}


def test_stores_are_documented():
    fragment = importlib.import_module(f"{COLLECTION}.doc_fragments._store").ModuleDocFragment
    options = yaml.safe_load(fragment.DOCUMENTATION)["options"]["store"]["suboptions"]
    assert sorted(options.pop("type")["choices"]) == drivers()
    specs = {kind: find(kind).SPEC.argument_spec for kind in drivers()}
    assert set(options) == {name for spec in specs.values() for name in spec}
    for kind, spec in specs.items():
        for name, attributes in spec.items():
            about = str(options[name]["description"])
            assert f"V({kind})" in about, (kind, name)
            assert attributes.get("default") in (None, {}) or f"V({attributes['default']})" in about, (kind, name)
            assert attributes.get("required", False) == options[name].get("required", False), (kind, name)


def test_all_failures_are_documented():
    sources = [path.read_text(encoding="utf-8") for path in PLUGINS.glob("*_utils/**/*.py")]
    raised = {code for text in sources for code in re.findall(r'\bcode="(\w+)"', text)}
    of_users = set().union(*map(codes_of, USERS))
    assert raised <= codes_of("token") | of_users
    assert of_users - codes_of("token") == {"has_children"}
    assert (
        codes_of("token")
        == codes_of("token_info")
        == set().union(*(codes_of(each.module) for each in VENDORS.values()))
    )


@pytest.mark.parametrize("code", sorted(codes_of("token") | {"has_children"}))
def test_a_documented_failure_occurs(code):
    assert any(f'"{code}"' in path.read_text(encoding="utf-8") for path in PLUGINS.glob("*_utils/**/*.py"))
