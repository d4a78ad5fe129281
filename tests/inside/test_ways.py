# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a task runs inside Ansible, and when its module is shipped. The host's Python tells: it starts all that is shipped."""

from __future__ import annotations

import json
import os
import shutil
import time
import typing as t

import pytest
from lab import HERE, MODULES, Lab

ENVIRONMENT = {"UNUSED": "variable"}

# Keywords of a task, and whether it runs inside.
WAYS: dict[str, tuple[dict[str, t.Any], bool]] = {
    "nothing else": ({}, True),
    "on another host by delegation": ({"delegate_to": "two"}, True),
    "on a local host by delegation": ({"delegate_to": "localhost"}, True),
    "a local connection by its full name": ({"connection": "ansible.builtin.local"}, True),
    "throttled": ({"throttle": 1}, True),
    "once": ({"run_once": True}, True),
    "in time": ({"timeout": 30}, True),
    "in check mode": ({"check_mode": True}, True),
    "with a diff": ({"diff": True}, True),
    "with no_log": ({"no_log": True}, True),
    "in a loop": ({"loop": [1]}, True),
    "until": ({"until": "true", "retries": 1}, True),
    "no environment": ({"environment": {}}, True),
    "an environment that turns out to be empty": ({"environment": ["{{ nothing }}", "{{ nothing }}"]}, True),
    "an environment": ({"environment": ENVIRONMENT}, False),
    "one of several environments": ({"environment": ["{{ nothing }}", ENVIRONMENT]}, False),
    "as another user": ({"become": True}, False),
    "as another user by a variable": ({"vars": {"ansible_become": True}}, False),
    "not as another user": ({"become": False}, True),
    "not as another user by a variable": ({"become": True, "vars": {"ansible_become": False}}, True),
    "async": ({"async": 30, "poll": 1}, False),
}


def number(case):
    return list(WAYS).index(case)


@pytest.fixture(scope="module")
def ways(tmp_path_factory, collections, vendors):
    """All of them run once, and once more with an environment: that makes sure that the stand-in tells when a task is shipped."""
    vendors.ask("POST", "reset")
    lab = Lab(tmp_path_factory.mktemp("ways"), collections, vendors)
    tasks = []
    for case, (keywords, _inside) in WAYS.items():
        for way in "as-it-is", "shipped":
            own = {"ansible_python_interpreter": lab.stand_in(f"{way}-{number(case)}"), "nothing": {}}
            tasks.append(
                {
                    "name": f"{case}, {way}",
                    **lab.kazoo(path=str(lab.folder / f"{way}-{number(case)}.json")),
                    **keywords,
                    "vars": {**own, **keywords.get("vars", {})},
                }
            )
            if way == "shipped":
                tasks[-1]["environment"] = ENVIRONMENT
    sudo = {"ansible_become_exe": str(HERE / "bin" / "sudo")}
    run = lab.play(tasks, vars=sudo)
    assert run.code == 0, run.output[-3000:]
    return lab, run


@pytest.mark.parametrize("case", WAYS)
def test_way(ways, case):
    lab, run = ways
    assert lab.shipped(f"as-it-is-{number(case)}") == (0 if WAYS[case][1] else 1)
    assert lab.shipped(f"shipped-{number(case)}") == 1
    one, other = (run.result(f"{case}, {way}") for way in ("as-it-is", "shipped"))
    assert one["changed"]
    assert other["changed"]


def test_sudo_was_called(ways):
    lab, _run = ways
    assert "-u root" in (lab.folder / "sudo").read_text(encoding="utf-8")


def test_su_to_oneself(lab):
    if os.getuid() != 0 or not shutil.which("su"):
        pytest.skip("Only root can change to itself without a password")
    task = {**lab.kazoo(), "become": True, "become_method": "su", "name": "su"}
    run = lab.play([task], vars={"ansible_python_interpreter": lab.stand_in("su")})
    assert run.code == 0, run.output
    assert lab.shipped("su") == 1


@pytest.mark.parametrize("delegated", [True, False])
def test_named_host(lab, delegated):
    keywords = {"delegate_to": "localhost"} if delegated else {"connection": "local"}
    run = lab.play([{**lab.kazoo(), **keywords}], hosts="far")
    assert run.code == 0, run.output
    run = lab.play([{**lab.kazoo(), "delegate_to": "far"}])
    assert "UNREACHABLE" in run.output


def test_play_and_block(lab):
    tasks = [{"name": "block", "block": [{**lab.kazoo(), "name": "in a block"}], "environment": ENVIRONMENT}]
    assert lab.play(tasks, vars={"ansible_python_interpreter": lab.stand_in("block")}).code == 0
    run = lab.play([lab.kazoo()], environment=ENVIRONMENT, vars={"ansible_python_interpreter": lab.stand_in("play")})
    assert run.code == 0
    assert [lab.shipped("block"), lab.shipped("play")] == [1, 1]


def test_action_keyword_and_ad_hoc(lab):
    task = {"action": {"module": "telephony.auth.kazoo_user_auth", **lab.login()}}
    variables = {"ansible_python_interpreter": lab.stand_in("none")}
    assert lab.play([task], vars=variables).code == 0
    command = ["adhoc", "-i", str(lab.folder / "inventory"), "one", "-m", "telephony.auth.kazoo_user_auth"]
    run = lab.run(*command, "-e", json.dumps(variables), "-a", json.dumps(lab.login()))
    assert run.code == 0, run.output
    assert "CHANGED" in run.output
    assert lab.shipped("none") == 0


@pytest.mark.parametrize("environment", [{}, ENVIRONMENT])
def test_relative_path_starts_at_the_playbook(lab, environment):
    run = lab.play([lab.kazoo(path="record.json")], environment=environment)
    assert run.code == 0, run.output
    assert (lab.folder / "record.json").exists()


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_hosts_share_no_connection(lab, strategy):
    """Each host has a process of its own, whatever the strategy."""
    tasks = [
        {
            "name": "Present",
            **lab.kazoo(path=f"{lab.folder}/{{{{ inventory_hostname }}}}.json", verify=True),
            "throttle": throttle,
        }
        for throttle in (0, 2)
    ]
    variables = {"ansible_python_interpreter": lab.stand_in(strategy)}
    run = lab.play(tasks, "--forks", "3", hosts="local", strategy=f"ansible.builtin.{strategy}", vars=variables)
    assert run.code == 0, run.output
    assert lab.shipped(strategy) == 0
    log = lab.vendors.requests()
    assert sorted(request["operation"] for request in log) == ["check"] * 10 + ["issue"] * 5
    assert len({request["connection"] for request in log}) == 10
    assert [each.result["changed"] for each in run.of("Present")].count(True) == 5


USERS = {
    "vacd": ["api.one@example.com", "api.two@example.com"],
    "kazoo": ["john@example.com", "Mary@Example.com"],
    "webitel": ["201@mydomain.com", "202@mydomain.com"],
    "ipcortex": ["agent", "operator"],
    "dialer": ["user@example.com", "plain@example.com"],
}


@pytest.mark.parametrize("vendor", USERS)
def test_loop_keeps_the_connection_and_nothing_else(lab, vendor):
    loop = [{**lab.login(vendor, name), "path": str(lab.folder / name)} for name in USERS[vendor]]
    task = {
        f"telephony.auth.{MODULES[vendor]}": "{{ item }}",
        "loop": loop,
        "loop_control": {"label": "{{ item.username }}"},
    }
    run = lab.play([task])
    assert run.code == 0, run.output
    log = lab.vendors.requests()
    assert len({request["connection"] for request in log}) == 1
    first, second = log[: len(log) // 2], log[len(log) // 2 :]
    for request, same in zip(first, second, strict=True):
        # Nothing of the first user travels along with what the second one asks.
        assert request["header_names"] == same["header_names"]
        assert request["operation"] == same["operation"]
        assert (request["user"] or "").lower() != (same["user"] or "").lower() or request["user"] is None


def test_until(lab):
    lab.vendors.ask("PUT", "faults", {"faults": [{"operation": "issue", "fault": "status", "status": 500, "times": 1}]})
    task = {"name": "Again", **lab.kazoo(path=str(lab.folder / "record.json"), retries=0), "register": "result"}
    run = lab.play([{**task, "until": "result is success", "retries": 2, "delay": 0}])
    assert run.code == 0, run.output
    assert run.result("Again")["attempts"] == 2
    log = lab.vendors.requests()
    assert [request["operation"] for request in log] == ["issue", "issue", "check"]
    assert len({request["connection"] for request in log}) == 1


def on_record(lab):
    return json.loads((lab.folder / "record.json").read_text(encoding="utf-8"))["token"]


def test_timeout_of_the_task_wins_and_the_old_token_lives(lab):
    task = {"name": "Renew", **lab.kazoo(path=str(lab.folder / "record.json"), renew="always")}
    assert lab.play([task]).code == 0
    token = on_record(lab)
    lab.vendors.ask("PUT", "faults", {"faults": [{"fault": "hang"}]})
    started = time.monotonic()
    run = lab.play([{**task, "timeout": 2, "ignore_errors": True}])
    assert "imed out after 2" in run.result("Renew")["msg"]
    assert time.monotonic() - started < 20
    assert on_record(lab) == token
    lab.vendors.ask("PUT", "faults", {"faults": []})
    del task["telephony.auth.kazoo_user_auth"]["renew"]
    run = lab.play([task])
    assert run.code == 0, run.output
    assert run.result("Renew")["reason"].startswith("the vendor accepts the token")
    assert on_record(lab) == token


def test_timeout_of_the_task_loses_no_token(lab):
    """The vendor makes the token after the task has ended; where tokens can be listed, the next run finds it."""
    task = {
        "telephony.auth.vacd_api_token": lab.login("vacd", "api.one@example.com", path=str(lab.folder / "record.json"))
    }
    lab.vendors.ask("PUT", "faults", {"faults": [{"operation": "issue", "fault": "hold"}]})
    assert lab.play([{**task, "timeout": 2}]).code == 2
    assert lab.vendors.ask("POST", "release")["released"] == 1
    lab.vendors.ask("PUT", "faults", {"faults": []})
    assert lab.play([task]).code == 0
    (token,) = (token["token"] for token in lab.vendors.alive() if token["kind"] != "auth")
    assert on_record(lab) == token


def test_async(lab):
    """Ansible keeps the result in a file and shows it: no place for secrets."""
    path = {"path": str(lab.folder / "record.json")}
    tasks = [
        {"name": "Start", **lab.kazoo(**path), "async": 30, "poll": 0, "register": "job"},
        {
            "name": "Wait",
            "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
            "register": "result",
            "until": "result is finished",
            "retries": 60,
            "delay": 0.5,
        },
        {"name": "Absent", **lab.kazoo(state="absent"), "async": 30, "poll": 1},
    ]
    run = lab.play(tasks)
    assert run.code == 0, run.output
    assert run.result("Wait")["changed"]
    lab.vendors.forget_requests()
    refused = [lab.kazoo(), lab.kazoo(record={}), lab.kazoo(**path, return_token="yes")]
    run = lab.play(
        [
            {"name": "No", **task, "async": 30, "poll": poll, "ignore_errors": True}
            for task in refused
            for poll in (0, 1)
        ]
    )
    assert [each.event for each in run.of("No")] == ["failed"] * 6
    assert all("Give path" in each.result["msg"] for each in run.of("No"))
    assert not lab.vendors.requests()


@pytest.fixture
def without_requests(lab):
    """An environment for Ansible, in which Requests cannot be imported. The stand-in for a host's Python does not pass it on."""
    package = lab.folder / "hidden" / "requests"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('hidden')", encoding="utf-8")
    return {"PYTHONPATH": str(package.parent)}


def test_without_requests_on_the_controller(lab, without_requests):
    run = lab.play([lab.kazoo()], env=without_requests, vars={"ansible_python_interpreter": lab.stand_in("host")})
    assert run.code == 0, run.output
    assert lab.shipped("host") == 1


@pytest.mark.parametrize("on_the_controller", [True, False])
def test_without_requests_on_the_host(lab, without_requests, on_the_controller):
    # A Python without site-packages
    env = {**({} if on_the_controller else without_requests), "PYTHON_OPTIONS": "-S"}
    variables = {"ansible_python_interpreter": lab.stand_in("host")}
    environment = ENVIRONMENT if on_the_controller else {}
    run = lab.play([{"name": "Missing", **lab.kazoo()}], env=env, vars=variables, environment=environment)
    assert run.code == 2
    result = run.result("Missing")
    assert result["failure"]["code"] == "requests_missing"
    assert "requests" in result["msg"]
    assert "set ansible_python_interpreter to ansible_playbook_python" in result["msg"]
    assert lab.shipped("host") == 1
