# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vendors and records that try to command Ansible: one run, in which a result has the documented keys and no others."""

from __future__ import annotations

import ast
import base64
import functools
import json
import sys
import typing as t

import pytest
import yaml
from lab import HERE, MODULES, Lab
from stage import VENDORS

POISON: dict[str, t.Any] = {
    "ansible_facts": {"evil": "{{ 6 * 7 }}", "discovered_interpreter_python": "/evil"},
    "add_host": {"host_name": "evil", "groups": ["all"], "host_vars": {"evil": 1}},
    "add_group": "evil",
    "failed": True,
    "unreachable": True,
    "skipped": True,
    "changed": True,
    "exception": "boom",
    "warnings": ["planted"],
    "deprecations": [{"msg": "planted", "version": "9"}],
    "invocation": {"module_args": {}},
    "_ansible_no_log": False,
    "_ansible_notify": ["evil"],
    "_ansible_delegated_vars": {"ansible_host": "evil"},
    "__ansible_type": "TaggedStr",
    "results": [{"ansible_facts": {"evil": 1}}],
    "stdout": "{{ lookup('pipe', 'id') }}",
}
# What is done to a host's API user, by name: the files of the first three are changed between two tasks.
KINDS = ("details", "fields", "instead", "issued", "checked", "list", "refusal")
SPOIL = """
import json, pathlib, sys
folder, poison = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
for path in folder.glob("*.json"):
    kind, record = path.stem.partition("-")[2], json.loads(path.read_text())
    if kind == "details":
        spoilt = {name: poison for name in record["details"]}
        record["details"] = {**poison, **record["details"], **spoilt, "user": poison}
    elif kind == "fields":
        record.update(poison)
    elif kind == "instead":
        record = poison
    path.write_text(json.dumps(record))
"""
# What Ansible itself adds to what is registered
OF_ANSIBLE = {"changed", "failed", "msg", "exception", "warnings", "deprecations", "invocation"}


@functools.cache
def documented(module: str) -> set[str]:
    """The keys below RETURN of a module."""
    tree = ast.parse((HERE.parents[1] / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    (text,) = (
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [target.id for target in node.targets if isinstance(target, ast.Name)] == ["RETURN"]
    )
    return set(yaml.safe_load(str(text)))


def reply(vendor: str) -> dict[str, t.Any]:
    """One that would be good but for what else is in it, everywhere."""
    payload = base64.urlsafe_b64encode(b'{"exp": 4000000000}').decode().rstrip("=")
    jwt = f"eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJl"
    good = {
        "vacd": {"authToken": "4uth-t0ken"},
        "kazoo": {"status": "success", "auth_token": jwt},
        "webitel": {"token": jwt, "key": "k3y-0f-an-api-user", "status": "OK"},
        "ipcortex": {"result": "success"},
        "dialer": {"token": jwt},
    }
    inner = {**POISON, "session": "s3ss10n-0f-somebody", "perms": POISON, "login": "joe", "type": POISON}
    places = dict.fromkeys(("user", "data", "details", "reseller"), inner)
    return {**POISON, **places, "accounts": [POISON], "failed": False, **good[vendor]}


def hostile(vendor: str, user: str) -> dict[str, list[dict[str, t.Any]]]:
    """The faults for an API user, by kind."""
    common = {"vendor": vendor, "user": user, "fault": "wrong_type"}
    # RingCX gives an object where one logs in for a token, and a list tells whether a token is alive.
    issue, check = ("login", "list") if vendor == "vacd" else ("issue", "check")
    return {
        "issued": [{**common, "operation": issue, "value": reply(vendor)}],
        "checked": [{**common, "operation": check, "value": reply(vendor)}],
        "list": [{**common, "value": [POISON, reply(vendor)]}],
        "refusal": [{**common, "status": 400, "value": {**POISON, "message": "{{ 6 * 7 }}"}}],
    }


@pytest.fixture(scope="module")
def ran(tmp_path_factory, collections, vendors):
    vendors.ask("POST", "reset")
    lab = Lab(tmp_path_factory.mktemp("hostile"), collections, vendors)
    records = lab.folder / "records"
    groups: dict[str, dict[str, t.Any]] = {}
    rules = []
    for vendor in VENDORS:
        made = lab.vendors.ask("POST", "users", {"vendor": vendor, "count": len(KINDS)})
        shared = {"token_api_url": lab.vendors.api_urls[vendor], "token_retries": 0}
        if vendor == "kazoo":
            shared["token_account_name"] = "Acme Telephony, Inc."
        if vendor == "dialer":
            shared["token_check_path"] = "/account.json"
        groups[vendor] = {"hosts": {}, "vars": shared}
        for kind, user in zip(KINDS, made, strict=True):
            groups[vendor]["hosts"][f"{vendor}-{kind.replace(' ', '-')}"] = {
                "token_username": user["username"],
                "token_password": user["password"],
                "file": str(records / f"{vendor}-{kind}.json"),
            }
            rules += hostile(vendor, user["username"]).get(kind, [])
    lab.vendors.ask("PUT", "faults", {"faults": rules})
    inventory, poison = lab.folder / "inventory.json", lab.folder / "poison.json"
    inventory.write_text(json.dumps({"all": {"children": groups}}), encoding="utf-8")
    poison.write_text(json.dumps(POISON), encoding="utf-8")
    records.mkdir()

    def token(name: str, **options: t.Any) -> dict[str, t.Any]:
        return {
            "name": name,
            "telephony.auth.token": {"options": options},
            "register": name.lower(),
            "ignore_errors": True,
        }

    here, unchecked = {"path": "{{ file }}"}, {"verify": False}
    found = "{{ lookup('file', file) | from_json if file is exists else {} }}"
    tasks = [
        token("Issued", **here),
        {"name": "Spoil", "run_once": True,
         "ansible.builtin.command": {"argv": [sys.executable, "-c", SPOIL, str(records), str(poison)]}},
        token("Kept", **here, **unchecked),
        {**token("Shipped", **here, **unchecked), "environment": {"UNUSED": "variable"},
         "when": "inventory_hostname.endswith('-details')"},
        token("Given", record=found, **unchecked),
        token("Checked", **here),
        {"name": "Told", "telephony.auth.token_info": {"options": here}, "register": "told", "ignore_errors": True},
        token("Ended", **here, state="absent"),
        # Of what is registered nothing is hidden.
        {"name": "Registered", "ansible.builtin.debug": {"msg": {
            **{name: f"{{{{ {name} | list }}}}" for name in ("issued", "kept", "shipped", "given", "checked", "told", "ended")},
            "facts": "{{ ansible_facts }}",
            "variables": "{{ ['evil', 'ansible_host', 'discovered_interpreter_python'] | select('in', vars) }}",
            "hosts": "{{ groups.all }}",
            "groups": "{{ groups | list }}",
        }}},
    ]  # fmt: skip
    playbook = lab.write(tasks, hosts="all", connection="local", vars={"ansible_python_interpreter": sys.executable})
    # Facts become variables, as they do unless it is configured otherwise.
    env = {"ANSIBLE_INJECT_FACT_VARS": "true", "ANSIBLE_INJECT_INVOCATION": "true"}
    run = lab.run("playbook", "-i", str(inventory), str(playbook), "--forks", "8", env=env)
    assert run.code == 0, run.output[-5000:]
    fired = lab.vendors.ask("GET", "faults")["faults"]
    assert all(rule["fired"] for rule in fired), [rule for rule in fired if not rule["fired"]]
    return run, {host for group in groups.values() for host in group["hosts"]}


def test_results_have_the_documented_keys_and_no_others(ran):
    run, _hosts = ran
    for each in run.of("Registered"):
        vendor, _dash, kind = each.host.partition("-")
        allowed = documented(MODULES[vendor]) | OF_ANSIBLE
        registered = each.result["msg"]
        names = ["issued", "kept", "given", "checked", "ended", *(["shipped"] if kind == "details" else [])]
        found = {name: set(registered[name]) - allowed for name in names}
        found["told"] = set(registered["told"]) - documented("token_info") - OF_ANSIBLE
        assert not any(found.values()), (each.host, found)


def test_no_host_is_added_and_no_fact_set(ran):
    run, hosts = ran
    for each in run.of("Registered"):
        told = each.result["msg"]
        assert set(told["hosts"]) == hosts
        assert set(told["groups"]) == {"all", "ungrouped", *VENDORS}
        assert (told["facts"], told["variables"]) == ({}, [])


def test_nothing_planted_is_shown_as_a_warning_or_obeyed(ran):
    run, _hosts = ran
    assert "planted" not in run.output
    # A failure may quote what the vendor said, as it was said.
    quoting = dict.fromkeys(("msg", "reason", "problem", "failure"))
    for each in run.seen:
        assert each.result.get("exception") != "boom", each
        assert "/evil" not in repr({**each.result, **quoting}), each
        assert not each.result.get("deprecations"), each


def test_what_is_hostile_got_as_far_as_it_can(ran):
    """Poison among details is left out and the rest is used; a record with more than its fields is refused."""
    run, _hosts = ran
    kept, issued = ({each.host: each for each in run.of(name)} for name in ("Kept", "Issued"))
    for vendor in VENDORS:
        good = kept[f"{vendor}-details"]
        assert good.event == "ok", good
        assert not set(POISON) & set(good.result["details"])
        for kind in ("fields", "instead"):
            assert kept[f"{vendor}-{kind}"].result["failure"]["code"] == "not_a_record"
        assert issued[f"{vendor}-refusal"].event == "failed", issued[f"{vendor}-refusal"]
        # A made-up token among all that was believed, and then nobody accepted it. RingCX has a login before it.
        code = "credentials_refused" if vendor == "vacd" else "issued_token_refused"
        assert issued[f"{vendor}-issued"].result["failure"]["code"] == code
        checked = issued[f"{vendor}-checked"]
        # A list and a session must be as they should be; elsewhere the odd parts of an answer are left out.
        assert checked.event == ("failed" if vendor in ("vacd", "ipcortex") else "ok"), checked
        assert not set(POISON) & set(checked.result.get("details", {}))
