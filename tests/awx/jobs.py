# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs, run from job templates of the stand-in in the way AWX runs them.

As AWX does it: a private data directory for each slice, with the project, the slice's part of the inventory as a
script, and the extra variables marked as not to be templated. Credentials become environment variables, a password of
Ansible Vault answers the prompt. All of it goes as one stream to `ansible-runner worker`, which in AWX is in the
container of the execution environment, and here is a process beside.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import ansible_runner
import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment
from rules import Object, answer_errors
from setup_run import clean_env
from stage import ending
from standin import Awx


class Unsafe(str):
    """A text that Ansible must not template."""


class UnsafeDumper(yaml.SafeDumper):
    pass


UnsafeDumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


def unsafe(value: t.Any) -> t.Any:
    if isinstance(value, str):
        return Unsafe(value)
    if isinstance(value, dict):
        return {unsafe(key): unsafe(each) for key, each in value.items()}
    return [unsafe(each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Job:
    """What came back from a worker."""

    code: int
    output: str
    events: list[Object]

    def results(self) -> dict[str, Object]:
        """What was done about the tokens, by host."""
        ended = [each["event_data"] for each in self.events if each["event"] in ("runner_on_ok", "runner_on_failed")]
        return {each["host"]: each["res"] for each in ended if each["task_action"].startswith("telephony.auth.token")}


def injected(credential_type: Object, values: Object) -> dict[str, str]:
    """The environment that a credential is for a job. A field that was left empty gives an empty variable."""
    given: Object = {key: value for key, value in values.items() if value != ""}
    flags = {each["id"]: False for each in credential_type["inputs"].get("fields", []) if each["type"] == "boolean"}
    sandbox = ImmutableSandboxedEnvironment()
    env = credential_type["injectors"].get("env", {})
    return {name: sandbox.from_string(template).render(**{**flags, **given}) for name, template in env.items()}


def injected_variables(credential_type: Object, values: Object) -> Object:
    """The extra variables that a credential is for a job."""
    sandbox = ImmutableSandboxedEnvironment()

    def rendered(node: t.Any) -> t.Any:
        if isinstance(node, dict):
            return {rendered(key): rendered(value) for key, value in node.items()}
        return (
            [rendered(each) for each in node] if isinstance(node, list) else sandbox.from_string(node).render(**values)
        )

    return t.cast(Object, rendered(credential_type["injectors"].get("extra_vars", {})))


def part_of(inventory: Object, number: int, count: int) -> Object:
    """The part of an inventory that a slice gets: each so many-th host, in the order of their names."""
    groups = {name: group for name, group in inventory.items() if name != "_meta"}
    hosts = sorted({host for group in groups.values() for host in group.get("hosts", [])})[number - 1 :: count]
    mine = set(hosts)
    part = {
        name: {**group, "hosts": [host for host in group.get("hosts", []) if host in mine]}
        for name, group in groups.items()
    }
    known = inventory["_meta"]["hostvars"]
    return {
        **part,
        "_meta": {"hostvars": {host: {**known.get(host, {}), "remote_host_enabled": "true"} for host in hosts}},
    }


class Launcher:
    """Launches the job templates of an AWX on an inventory that AWX has imported from the project."""

    def __init__(self, folder: Path, awx: Awx, collections: Path, project: Path) -> None:
        self._folder = folder
        self._awx = awx
        self._project = project
        self._env = clean_env(folder, collections)
        self.inventory = self._import_inventory()

    def _import_inventory(self) -> Object:
        """As an update of an inventory source does: all that the source says, templates as they are."""
        source = self._awx.named("inventory_sources", "Telephony tokens")["source_path"]
        command = [sys.executable, "-m", "ansible", "inventory", "-i", source, "--list", "--export"]
        done = subprocess.run(command, cwd=self._project, env=self._env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return t.cast(Object, json.loads(done.stdout))

    def launch(self, name: str, answers: Object | None = None, **prompts: t.Any) -> list[Job]:
        """Launch a job template, with answers to its survey and its other prompts. Gives the jobs, one for each slice.

        Raises LookupError where AWX would run no playbook, for want of a field of a credential.
        """
        template = self._awx.named("job_templates", name)
        assert all(template[f"ask_{prompt}_on_launch"] for prompt in prompts)
        template = {**template, **prompts}
        questions = self._awx.surveys.get(template["id"], {}).get("spec", []) if template["survey_enabled"] else []
        answered = {each["variable"]: each["default"] for each in questions if "default" in each}
        answered.update(answers or {})
        assert set(answered) <= {each["variable"] for each in questions}
        assert not [error for question in questions for error in answer_errors(question, answered)]
        own = json.loads(template["extra_vars"] or "{}")
        count = min(template["job_slice_count"], len(part_of(self.inventory, 1, 1)["_meta"]["hostvars"]))
        env, variables, passwords = self._credentials(template)
        arguments = ["-u", "root"]
        if template["job_type"] == "check":
            arguments.append("--check")
        if template["diff_mode"]:
            arguments.append("--diff")
        if passwords:
            arguments.append("--ask-vault-pass")
        if template["forks"]:
            arguments.append(f"--forks={template['forks']}")
        if template["limit"]:
            arguments += ["-l", template["limit"]]

        def run_slice(number: int) -> Job:
            extra = {"awx_job_template_name": template["name"], "awx_inventory_name": "Telephony tokens", **answered}
            extra_vars = {**own, **t.cast(Object, unsafe({**extra, **variables}))}
            data = self._folder / f"{template['id']}-{number}-of-{count}"
            self._fill(data, part_of(self.inventory, number, count), extra_vars, arguments)
            return self._work(data, template["playbook"], env, passwords)

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(run_slice, range(1, count + 1)))

    def _credentials(self, template: Object) -> tuple[dict[str, str], Object, dict[str, str]]:
        env: dict[str, str] = {}
        variables: Object = {}
        passwords: dict[str, str] = {}
        for number in self._awx.linked.get((template["id"], "credentials"), []):
            credential = self._awx.store["credentials"][number]
            credential_type = self._awx.type_of(credential)
            values = self._awx.values_for_job(credential)
            env.update(injected(credential_type, values))
            variables.update(injected_variables(credential_type, values))
            if credential_type["kind"] == "vault":
                passwords[r"Vault password:\s*?$"] = values["vault_password"]
        return env, variables, passwords

    def _fill(self, data: Path, inventory: Object, extra_vars: Object, arguments: list[str]) -> None:
        shutil.rmtree(data, ignore_errors=True)
        for name in ("inventory", "env"):
            (data / name).mkdir(mode=0o700, parents=True)
        shutil.copytree(self._project, data / "project")
        script = data / "inventory" / "hosts"
        script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
        script.chmod(0o700)
        (data / "env" / "extravars").write_text(yaml.dump(extra_vars, Dumper=UnsafeDumper), encoding="utf-8")
        (data / "env" / "cmdline").write_text(" ".join(arguments), encoding="utf-8")
        settings = {"job_timeout": 300, "suppress_ansible_output": True, "suppress_output_file": True}
        (data / "env" / "settings").write_text(json.dumps(settings), encoding="utf-8")

    def _work(self, data: Path, playbook: str, env: dict[str, str], passwords: dict[str, str]) -> Job:
        stream = data.with_suffix(".stream")
        with stream.open("wb") as output:
            ansible_runner.run(
                streamer="transmit",
                _output=output,
                private_data_dir=str(data),
                playbook=playbook,
                inventory=str(data / "inventory" / "hosts"),
                passwords=passwords,
                envvars=env,
                ident="1",
                suppress_env_files=True,
                fact_cache_type="",
            )
        worker_data = data.with_name(f"{data.name}-worker")
        shutil.rmtree(worker_data, ignore_errors=True)
        command = [sys.executable, "-m", "ansible_runner", "worker", "--private-data-dir", str(worker_data)]
        process = subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        with ending(process):
            told = process.communicate(stream.read_bytes(), timeout=400)[0].decode()
        said = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
        events = [each for each in said if "event" in each]
        statuses = [each["status"] for each in said if "status" in each]
        shown = "\n".join(
            [*(each.get("stdout", "") for each in events), *(str(each) for each in said if "job_explanation" in each)]
        )
        return Job(0 if statuses[-1:] == ["successful"] else 1, shown or told[-3000:], events)
