# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks, run by name from an installed collection on the example inventory."""

from __future__ import annotations

import json
import re
import stat
import tarfile

import pytest
import yaml
from stage import VENDORS

PROVISION, REVOKE = "telephony.auth.provision", "telephony.auth.revoke"
ONBOARD, OFFBOARD = "telephony.auth.onboard", "telephony.auth.offboard"
# How the API is reached: the role user takes it from the variables of the role token
CONNECTION = {
    *("api_url", "validate_certs", "ca_path", "client_cert", "client_key", "proxy"),
    *("timeout", "retries", "retry_timeout"),
}
# What the user modules need to know of a new user, and the login of an administrator in the simulators
NEWCOMERS = {
    "vacd": {"admin_username": "parent@example.com", "user_first_name": "New"},
    "kazoo": {
        "admin_username": "admin@example.com",
        "admin_account_name": "Acme Telephony, Inc.",
        "token_account_name": "Acme Telephony, Inc.",
        "token_revoke": "user",
        "user_first_name": "New",
        "user_last_name": "User",
    },
    "webitel": {"admin_username": "200@mydomain.com", "user_role": "user"},
    "ipcortex": {"admin_username": "operator", "user_full_name": "New User"},
}


def statuses(run):
    return {host: outcome.status for host, outcome in run.users.items()}


def operations(vendors):
    return [request["operation"] for request in vendors.requests()]


def test_tarball_has_what_users_need_and_no_more(tarball):
    with tarfile.open(tarball) as archive:
        names = archive.getnames()
    top = {name.split("/")[0] for name in names}
    assert {
        "README.md",
        "CHANGELOG.md",
        "CHANGELOG.rst",
        "COPYING",
        "changelogs",
        "docs",
        "meta",
        "plugins",
        "playbooks",
        "examples",
    } <= top
    assert not top & {"tests", "noxfile.py", "Makefile", "collections"}
    # Read by Galaxy's importer
    assert [name for name in top if name.startswith(".")] == [".ansible-lint"]
    assert "examples/inventory/hosts.yml" in names


def test_all_vendors(stage, vendors):
    run = stage.play(REVOKE)
    assert (run.code, run.count("ok")) == (0, 11), run.output[-3000:]
    # The one about whom something can be asked has an API key in the inventory. Of users at work at once, one may make the
    # directory and find another's lock in it when it would remove it again.
    assert (list(stage.records.glob("*")), operations(vendors)) == ([], ["check"])

    run = stage.play(PROVISION)
    assert (run.code, len(run.users), run.count("changed")) == (0, 11, 11), run.output[-3000:]
    assert {token["vendor"] for token in vendors.alive()} == set(VENDORS)
    assert "API users: 11 (11 changed)" in run.output

    vendors.forget_requests()
    run = stage.play(PROVISION)
    assert (run.code, run.count("ok")) == (0, 11)
    assert not {"issue", "revoke", "login"} & set(operations(vendors))
    assert "API users: 11 (11 unchanged)" in run.output

    run = stage.play(REVOKE, "--check")
    assert (run.code, run.count("changed")) == (0, 11)
    assert not {"issue", "revoke", "login"} & set(operations(vendors))

    run = stage.play(REVOKE)
    assert (run.code, run.count("changed")) == (0, 11)
    assert not list(stage.records.iterdir())
    run = stage.play(REVOKE)
    assert (run.code, run.count("ok")) == (0, 11)


def test_one_tenant_in_batches(stage):
    # No task has a tag of its own: none is left out by a tag
    run = stage.play(PROVISION, "--limit", "kazoo_acme", "-e", "token_serial=1", "--tags", "anything")
    assert statuses(run) == {"acme-john": "changed", "acme-mary": "changed"}
    assert run.output.count("PLAY [Provision the tokens]") == 2
    assert re.findall("^API users: .*", run.output, re.MULTILINE) == ["API users: 1 (1 changed)"] * 2
    assert [line.split()[0] for line in run.table[1:-1]] == ["acme-mary"]


def test_many_users(stage, vendors):
    added = vendors.ask("POST", "users", {"vendor": "webitel", "count": 24})
    hosts = {
        f"user{number}": {"token_username": user["username"], "token_password": user["password"]}
        for number, user in enumerate(added)
    }
    path = stage.folder / "many.yml"
    path.write_text(json.dumps({"webitel": {"hosts": hosts}}), encoding="utf-8")
    run = stage.play(PROVISION, "--limit", "user*", "--forks", "8", inventories=[path])
    assert (run.code, run.count("changed")) == (0, 24)
    assert len(list(stage.records.glob("*.json"))) == 24


def test_off_boarding_in_the_inventory(stage, vendors):
    assert stage.play(PROVISION, "--limit", "webitel").count("changed") == 2
    leaver = stage.folder / "leaver.yml"
    # The group of its vendor was mistyped; another one is no API user
    others = {"stranger": {"token_username": "x"}, "server": {}}
    hosts = {"webitel-other": {"token_state": "absent"}, **others}
    leaver.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    run = stage.play(PROVISION, "--limit", "webitel", inventories=[leaver])
    assert "Left out, as they are in no vendor's group: stranger. " in run.table[-1]
    assert statuses(run) == {"webitel-admin": "ok", "webitel-other": "changed"}
    assert [path.name for path in stage.records.glob("*.json")] == ["webitel-admin.json"]
    assert [token["user"] for token in vendors.alive()] == ["200@mydomain.com"]


def test_twenty_users_come_and_go(stage, vendors):
    known = vendors.ask("GET", "users")
    groups = {}
    for vendor, variables in NEWCOMERS.items():
        (password,) = [
            user["password"] for user in known[vendor] if user.get("username") == variables["admin_username"]
        ]
        hosts = {f"new-{vendor}-{number}": {"token_username": f"new{number}@mydomain.com"} for number in range(5)}
        own = {
            "admin_password": password,
            "user_path": "{{ records }}/passwords/{{ inventory_hostname }}.json",
        }
        groups[vendor] = {"children": {f"new_{vendor}": {"hosts": hosts, "vars": variables | own}}}
    path = stage.folder / "new.yml"
    path.write_text(json.dumps(groups), encoding="utf-8")

    def play(playbook, *arguments):
        return stage.play(playbook, "--limit", "new-*", "--forks", "8", *arguments, inventories=[path])

    def changes(run):
        recap = run.output.rpartition("PLAY RECAP")[2]
        return {host: int(count) for host, count in re.findall(r"^(new-\S+) .* changed=(\d+)", recap, re.MULTILINE)}

    def names():
        users = vendors.ask("GET", "users")
        return {
            vendor: sorted(user.get("username", "") for user in users[vendor] if not user.get("deleted"))
            for vendor in NEWCOMERS
        }

    def owners():
        """Of tokens, less what logins leave at a vendor that cannot end it."""
        alive = [token["user"] for token in vendors.alive() if token["kind"] != "auth"]
        return sorted(name for name in alive if name.startswith("new"))

    before = names()
    run = play(ONBOARD, "--check")
    assert (run.code, set(changes(run).values()), len(changes(run))) == (0, {1}, 20), run.output[-3000:]
    assert (names(), stage.records.exists()) == (before, False)

    # RingCX has no way to set a password
    run = play(ONBOARD)
    told = "has no way to set a user's password. Have it set in the web interface."
    assert (run.code, run.output.count("FAILED!")) == (2, 5)
    assert sorted(host for host, outcome in run.users.items() if told in outcome.result.get("msg", "")) == [
        f"new-vacd-{number}" for number in range(5)
    ]
    assert changes(run) == {host: 1 if "vacd" in host else 2 for host in changes(run)}
    password = "s3t-in-the-w3b-interface"
    for number in range(5):
        vendors.ask(
            "PATCH",
            "users",
            {"vendor": "vacd", "username": f"new{number}@mydomain.com", "set": {"password": password}},
        )
    for variables in groups["vacd"]["children"]["new_vacd"]["hosts"].values():
        variables["token_password"] = password
    path.write_text(json.dumps(groups), encoding="utf-8")
    run = play(ONBOARD)
    assert (run.code, changes(run)) == (0, {host: 1 if "vacd" in host else 0 for host in changes(run)})
    assert owners() == sorted(f"new{number}@mydomain.com" for number in range(5) for _vendor in NEWCOMERS)

    run = play(ONBOARD)
    assert (run.code, changes(run)) == (0, dict.fromkeys(changes(run), 0))

    # Two vendors cannot disable a user: there, nothing is done
    run = play(OFFBOARD)
    assert (run.code, changes(run)) == (2, {host: 2 if re.search("vacd|kazoo", host) else 0 for host in changes(run)})
    assert run.output.count("has no way to disable a user. To remove it, set user_leaves=removed.") >= 10
    assert owners() == sorted(f"new{number}@mydomain.com" for number in range(5) for _vendor in ("webitel", "ipcortex"))
    run = play(OFFBOARD, "-e", "user_leaves=removed")
    assert (run.code, changes(run)) == (0, {host: 1 if re.search("vacd|kazoo", host) else 2 for host in changes(run)})
    assert names() == before
    assert owners() == []
    assert not list(stage.records.glob("**/*.json"))
    run = play(OFFBOARD, "-e", "user_leaves=removed")
    assert (run.code, changes(run)) == (0, dict.fromkeys(changes(run), 0))


def test_users_with_a_mistake_do_not_stop_the_others(stage):
    lost = [
        stage.newcomer("webitel", f"no-{name}", username="x", **{name: "{{ nowhere }}"})
        for name in ("path", "password")
    ]
    torn = stage.newcomer("kazoo", "webitel-admin")
    run = stage.play(PROVISION, "--limit", "webitel", inventories=[*lost, torn])
    failed = dict.fromkeys(["no-path", "no-password", "webitel-admin"], "failed")
    assert (run.code, statuses(run)) == (2, {"webitel-other": "changed", **failed})
    for name in ("path", "password"):
        assert f"The variable token_{name} of no-{name} cannot be used: 'nowhere' is undefined" in run.output
    assert "webitel-admin is in the groups kazoo and webitel." in run.output


def test_a_rotation_now(stage, vendors):
    assert stage.play(PROVISION, "--limit", "vacd").count("changed") == 2
    before = {token["token"] for token in vendors.alive() if token["kind"] == "api"}
    assert stage.play("telephony.auth.rotate", "--limit", "vacd").count("changed") == 2
    now = {token["token"] for token in vendors.alive() if token["kind"] == "api"}
    assert (len(now), before & now) == (2, set())


def test_do_all_tokens_work(stage, vendors):
    assert stage.play(PROVISION, "--limit", "webitel").count("changed") == 2
    vendors.forget_requests()
    run = stage.play("telephony.auth.check", "--limit", "webitel")
    assert (run.code, operations(vendors)) == (0, ["check", "check"])
    (record,) = stage.records.glob("webitel-other.json")
    held = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({**held, "token": "an0ther-t0ken-than-that"}), encoding="utf-8")
    run = stage.play("telephony.auth.check", "--limit", "webitel")
    assert run.code == 2
    assert "the vendor does not accept the token any more" in run.output
    assert "failed=1" in run.output.rpartition("webitel-other ")[2].splitlines()[0]
    assert record.read_text(encoding="utf-8") == json.dumps({**held, "token": "an0ther-t0ken-than-that"})


def test_what_is_there_already_is_used(stage):
    """Whatever Python the system or a setting of Ansible offers to a local host, it may lack Requests."""
    stage.env["ANSIBLE_PYTHON_INTERPRETER"] = "/nonexistent/python"
    stage.records.mkdir(mode=0o750)
    assert stage.play(PROVISION, "--limit", "ipcortex").count("changed") == 2
    assert stat.S_IMODE(stage.records.stat().st_mode) == 0o750


@pytest.mark.parametrize("role", ["token", "user"])
def test_every_option_is_a_variable(collections, stage, role):
    """A new option of a module is forgotten easily in the roles."""
    spec = collections / "ansible_collections" / "telephony" / "auth" / "roles" / role / "meta" / "argument_specs.yml"
    variables = yaml.safe_load(spec.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    names = json.loads(stage.ansible("doc", "--json", "--list", "telephony.auth").stdout)
    documented = {
        name.rpartition(".")[2]: each["doc"]["options"]
        for name, each in json.loads(stage.ansible("doc", "--json", *names).stdout).items()
    }
    managers = {"vacd_user", "kazoo_user", "webitel_account", "ipcortex_user"}
    modules = managers if role == "user" else set(documented) - managers - {"token", "user", "summary"}
    modules = {module for module in modules if not module.endswith("_info")}
    # What a caller keeps, or counts, is not for a role that knows its store; who leaves is for the playbook offboard
    left_out = {"record", "return_token", "count", "return_password"} | ({"state"} if role == "user" else set())
    known = set() if role == "user" else {"token_vendor"}
    for module in modules:
        for option, about in documented[module].items():
            spelt = {f"token_{option}"} if role == "token" else {f"user_{option}", f"admin_{option}", option}
            found = spelt & set(variables)
            if option in left_out or (role == "user" and option in CONNECTION):
                continue
            assert found, option
            known |= found
            for variable in found:
                assert variables[variable]["type"] == about["type"], option
                assert variables[variable].get("choices") == about.get("choices"), option
    assert set(variables) == known


def test_the_readme_of_the_role_names_every_variable(collections):
    roles = collections / "ansible_collections" / "telephony" / "auth" / "roles"
    # The variables of the role token are the options of the modules
    for role in (roles / "awx", roles / "report"):
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
        readme = (role / "README.md").read_text(encoding="utf-8")
        cells = re.findall(r"^\| (`[^|]+`) \|", readme, re.MULTILINE)
        told = set(re.findall(rf"`({role.name}_\w+)`", " ".join(cells)))
        assert told == {name for spec in specs.values() for name in spec["options"]}, role.name
