# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The integration targets, run inside Ansible and with the modules shipped: all results are the same, key by key.

What may differ is in comparable() of the action simulators: secrets, fingerprints, times, ports and directories.
"""

from __future__ import annotations

import json
import os
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible.release import __version__
from lab import HERE, Lab

TARGETS = HERE.parent / "integration" / "targets"
CORE = ".".join(__version__.split(".")[:2])

# What the versions of ansible-core differ in are options, validation and failures as such: the target options has them, with
# each version. What else a task may be given is for make matrix; INSIDE_TARGETS says otherwise. The targets themselves run
# whole on the oldest version.
MORE = {"2.20": ["bad_input"], "2.21": ["vacd_api_token"]}
CHOSEN = os.environ.get("INSIDE_TARGETS", "").split() or ["options", *MORE.get(CORE, [])]

# For the target options. Seen by all of Ansible, whichever way.
VARIABLES = {
    "DIALER_API_URL": "http://127.0.0.1:9/a",
    "DIALER_PASSWORD": "not-the-&password%",
    "DIALER_PROXY": "",
    "DIALER_RETRIES": "0",
    "DIALER_USERNAME": "nobody",
    "IPCORTEX_TIMEOUT": "soon",
    "KAZOO_API_URL": "https://pbx.example.com",
    "KAZOO_RETRIES": "9",
    "WEBITEL_CA_PATH": "/no/such/file",
}


class Way(t.NamedTuple):
    run: t.Any
    results: list[tuple[str, t.Any]]
    shipped: int


def go(lab: Lab, way: str, target: str) -> Way:
    results = lab.folder / "results"
    env = {
        "ANSIBLE_CONFIG": str(TARGETS.parent / "integration.cfg"),
        "ANSIBLE_ROLES_PATH": str(TARGETS),
        # Of the invocation, the target options gets what is the default of ansible-core
        **(VARIABLES if target == "options" else {"ANSIBLE_INJECT_INVOCATION": "true"}),
        # Ansible lists the words for true and false in the order of a set
        "PYTHONHASHSEED": "0",
        "RESULTS": str(results),
    }
    play = {
        "roles": ["setup_simulators" if target == "options" else target],
        "force_handlers": True,
        "environment": {"SHIPPED": "yes"} if way == "shipped" else {},
        "vars": {"ansible_python_interpreter": lab.stand_in("here"), "output_dir": str(lab.folder)},
    }
    tasks = [{"ansible.builtin.include_tasks": str(HERE / "options.yml")}] if target == "options" else []
    run = lab.play(tasks, env=env, **play)
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    # A case is named by its options, and a path among them leads to this run's own folder.
    pairs = [
        (str(line["case"]).replace(str(lab.folder), "<directory>"), line["result"]) for line in map(json.loads, lines)
    ]
    return Way(run, pairs, lab.shipped("here"))


@pytest.fixture(scope="module")
def ways(tmp_path_factory, collections, vendors):
    """All that is to be run, two at a time, what takes long first. The targets bring their own simulators."""
    with ThreadPoolExecutor(2) as pool:
        yield {
            (way, target): pool.submit(go, Lab(tmp_path_factory.mktemp(target), collections, vendors), way, target)
            for way in ("shipped", "inside")
            for target in CHOSEN[::-1]
        }


def differences(one: t.Any, other: t.Any, where: str = "result") -> t.Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if key in one and key in other:
                yield from differences(one[key], other[key], f"{where}.{key}")
            else:
                yield f"{where}.{key} only {'inside' if key in one else 'shipped'}: {one.get(key, other.get(key))!r}"
    elif (type(one), one) != (type(other), other):
        yield f"{where} differs:\n    inside  {one!r}\n    shipped {other!r}"


@pytest.mark.parametrize("target", CHOSEN[::-1])
def test_both_ways(ways, target):
    inside, shipped = (ways[way, target].result() for way in ("inside", "shipped"))
    for way in inside, shipped:
        assert way.run.code == 0, way.run.output[-5000:]
    assert [case for case, _result in inside.results] == [case for case, _result in shipped.results] != []
    found = [
        f"{case}: {line}"
        for (case, one), (_case, other) in zip(inside.results, shipped.results, strict=True)
        for line in differences(one, other)
    ]
    assert not found, "\n".join(found)
    assert shipped.shipped >= len(shipped.results)
    # Tasks with environment are shipped anyhow.
    assert inside.shipped < shipped.shipped / 2
    assert inside.shipped == 0 or target != "options"
    print(f"{len(inside.results)} results compared")
