# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the role on inventories whose hosts have the fact as a variable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

from fleet import Fact

PLAYBOOK = """
- hosts: all
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Fail where a test wants it
      ansible.builtin.fail:
      when: fails | default(false)
    - name: Report
      ansible.builtin.import_role:
        name: telephony.auth.report
      run_once: true
    - name: Show the fact that other tasks find
      ansible.builtin.copy:
        content: "{{ report_result | to_json }}"
        dest: result.json
        mode: "0600"
      changed_when: false
      check_mode: false
      diff: false
      connection: local
      run_once: true
"""


FILES = {
    "html": "report.html",
    "json": "report.json",
    "csv": "report.csv",
    "prometheus": "report.prom",
    "junit": "report.xml",
}


@dataclass(frozen=True)
class Run:
    """One run of the role. output is all that was printed."""

    code: int
    output: str
    folder: Path

    @property
    def html(self) -> Path:
        return self.folder / "report.html"

    @property
    def json(self) -> dict[str, t.Any]:
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    @property
    def csv(self) -> str:
        return self.text("csv")

    def text(self, kind: str) -> str:
        """What is in one of the files, letter by letter."""
        return (self.folder / FILES[kind]).read_bytes().decode()


def run_role(
    folder: Path,
    facts: list[Fact],
    *arguments: str,
    more_hosts: t.Iterable[str] = (),
    failing: t.Iterable[str] = (),
    groups: t.Mapping[str, list[str]] | None = None,
    **variables: t.Any,
) -> Run:
    """Run the role with all files, unless the variables say otherwise."""
    folder.mkdir(exist_ok=True)
    hosts = {each["name"]: {"token_report": each} for each in facts} | {host: {} for host in more_hosts}
    hosts |= {host: {"fails": True} for host in failing}
    # As facts of other tasks are, no variable here is a template
    children = {group: {"hosts": dict.fromkeys(members)} for group, members in (groups or {}).items()}
    inventory = json.dumps({"all": {"hosts": hosts, "children": children}}).replace('"{{', '!unsafe "{{')
    (folder / "hosts.yml").write_text(inventory, encoding="utf-8")
    (folder / "playbook.yml").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
    files = {f"report_{kind}": str(folder / name) for kind, name in FILES.items()}
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "hosts.yml", "-e", json.dumps(files | variables)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    env.update(
        ANSIBLE_COLLECTIONS_PATH=os.environ["ANSIBLE_COLLECTIONS_PATH"],
        ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
        ANSIBLE_HOME=str(folder / "ansible"),
        ANSIBLE_NOCOLOR="true",
    )
    done = subprocess.run(
        [*command, *arguments, "playbook.yml"],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        encoding="utf-8",
        timeout=300,
    )
    return Run(done.returncode, done.stdout, folder)
