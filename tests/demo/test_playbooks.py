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
# Named by the playbooks themselves; of no use with a file; or, as count, of no use with a record


def statuses(run):
    return {host: outcome.status for host, outcome in run.users.items()}


def operations(vendors):
    return [request["operation"] for request in vendors.requests()]


def test_tarball_has_what_users_need_and_no_more(tarball):
    with tarfile.open(tarball) as archive:
        names = archive.getnames()
    top = {name.split("/")[0] for name in names}
    assert {"README.md", "COPYING", "meta", "plugins", "playbooks", "examples"} <= top
    assert not top & {"tests", "noxfile.py", "Makefile", "collections"}
    assert not [name for name in top if name.startswith(".")]
    assert "examples/inventory/hosts.yml" in names


def test_all_vendors(stage, vendors):
    run = stage.play(PROVISION)
    assert (run.code, len(run.users), run.count("changed")) == (0, 11, 11), run.output[-3000:]
    assert {token["vendor"] for token in vendors.alive()} == set(VENDORS)

    vendors.forget_requests()
    run = stage.play(PROVISION)
    assert (run.code, run.count("ok")) == (0, 11)
    assert not {"issue", "revoke", "login"} & set(operations(vendors))

    run = stage.play(REVOKE, "--check")
    assert (run.code, run.count("changed")) == (0, 11)
    assert not {"issue", "revoke", "login"} & set(operations(vendors))

    run = stage.play(REVOKE)
    assert (run.code, run.count("changed")) == (0, 11)
    assert not list(stage.records.iterdir())
    run = stage.play(REVOKE)
    assert (run.code, run.count("ok")) == (0, 11)


def test_check_mode_before_the_first_run(stage, vendors):
    run = stage.play(PROVISION, "--check", "--limit", "webitel")
    assert (run.code, run.count("changed")) == (0, 2)
    assert not stage.records.exists()
    assert operations(vendors) == []


def test_revoke_before_the_first_run(stage, vendors):
    run = stage.play(REVOKE, "--limit", "vacd:dialer")
    assert (run.code, run.count("ok")) == (0, 4)
    assert not stage.records.exists()
    assert operations(vendors) == []


def test_limit_to_one_tenant(stage):
    run = stage.play(PROVISION, "--limit", "kazoo_acme")
    assert statuses(run) == {"acme-john": "changed", "acme-mary": "changed"}


def test_batches(stage):
    run = stage.play(PROVISION, "--limit", "kazoo", "-e", "token_serial=1")
    assert (run.code, run.count("changed")) == (0, 3)
    assert run.output.count("PLAY [Provision the tokens]") == 3


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
    leaver.write_text(json.dumps({"all": {"hosts": {"webitel-other": {"token_state": "absent"}}}}), encoding="utf-8")
    run = stage.play(PROVISION, "--limit", "webitel", inventories=[leaver])
    assert statuses(run) == {"webitel-admin": "ok", "webitel-other": "changed"}
    assert [path.name for path in stage.records.glob("*.json")] == ["webitel-admin.json"]
    assert [token["user"] for token in vendors.alive()] == ["200@mydomain.com"]


@pytest.mark.parametrize("mistake", ["path", "password"])
def test_one_user_with_a_mistake_does_not_stop_the_others(stage, mistake):
    newcomer = stage.newcomer("webitel", "newcomer", username="201@mydomain.com", **{mistake: "{{ nowhere }}"})
    run = stage.play(PROVISION, "--limit", "webitel", inventories=[newcomer])
    assert (run.code, statuses(run)) == (
        2,
        {"newcomer": "failed", "webitel-admin": "changed", "webitel-other": "changed"},
    )
    assert f"The variable token_{mistake} of newcomer cannot be used: 'nowhere' is undefined" in run.output


def test_a_host_of_two_vendors_is_refused(stage):
    (stage.folder / "torn.yml").write_text(json.dumps({"kazoo": {"hosts": {"webitel-admin": {}}}}), encoding="utf-8")
    run = stage.play(PROVISION, "--limit", "webitel", inventories=[stage.folder / "torn.yml"])
    assert (run.code, statuses(run)) == (2, {"webitel-admin": "failed", "webitel-other": "changed"})
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


def test_directory_that_exists_keeps_its_mode(stage):
    stage.records.mkdir(mode=0o750)
    assert stage.play(PROVISION, "--limit", "webitel-admin").code == 0
    assert stat.S_IMODE(stage.records.stat().st_mode) == 0o750


def test_the_python_of_ansible_is_used(stage):
    """Whatever Python the system or a setting of Ansible offers to a local host, it may lack requests."""
    stage.env["ANSIBLE_PYTHON_INTERPRETER"] = "/nonexistent/python"
    assert stage.play(PROVISION, "--limit", "ipcortex").count("changed") == 2


def test_every_option_is_a_variable(collections, stage):
    """A new option of a module is forgotten easily in the role."""
    role = collections / "ansible_collections" / "telephony" / "auth" / "roles" / "token"
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    variables = specs["main"]["options"]
    names = json.loads(stage.ansible("doc", "--json", "--list", "telephony.auth").stdout)
    documented = json.loads(stage.ansible("doc", "--json", *names).stdout)
    known = {"token_vendor"}
    for module in documented.keys() - {"telephony.auth.token", "telephony.auth.token_info"}:
        # What a caller keeps, or counts, is not for a role that knows its store
        for option, about in documented[module]["doc"]["options"].items():
            if option in {"record", "return_token", "count"}:
                continue
            variable = variables[f"token_{option}"]
            known.add(f"token_{option}")
            assert variable["type"] == about["type"], option
            assert variable.get("choices") == about.get("choices"), option
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
