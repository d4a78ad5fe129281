# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of playbooks that speak to AWX: the one that sets it up, and others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml
from stage import ROOT, ending

PROJECT_URL = "https://git.example.com/tokens.git"
# How awx.awx is told where automation platform has the API
PREFIX = "CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX"
CONSUMER = {"name": "PBX", "path": "telephony/one"}
# The machine's own settings are none of the tests' business.
FOREIGN = re.compile(
    r"(ANSIBLE|CONTROLLER|TOWER|VAULT|VACD|KAZOO|WEBITEL|IPCORTEX|DIALER)_|(https?|all)_proxy$", re.IGNORECASE
)


def clean_env(folder: Path, collections: Path) -> dict[str, str]:
    """The environment of Ansible's programs: all that they leave behind is in the folder, and they run on this Python."""
    folder.joinpath("ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
    folder.joinpath("home").mkdir(exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if not FOREIGN.match(name)},
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "HOME": str(folder / "home"),
        "NO_PROXY": "127.0.0.1",
        "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]),
    }


def linked_fields() -> dict[str, str]:
    """The fields of a consumer's credential, and the key of the KV secret that each is linked to."""
    variables = yaml.safe_load((ROOT / "roles" / "awx" / "vars" / "main.yml").read_text("utf-8"))
    return t.cast("dict[str, str]", variables["__awx_linked_fields"])


@dataclass(frozen=True)
class Run:
    code: int
    output: str

    def count(self, word: str) -> int:
        """From the last line, such as: localhost : ok=3 changed=1 ..."""
        return int(re.findall(rf"\b{word}=(\d+)", self.output)[-1])


class SetUp:
    def __init__(
        self, folder: Path, collections: Path, url: str, token: str, more: t.Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.folder = folder
        self.url = url
        own = {"CONTROLLER_HOST": url, "CONTROLLER_OAUTH_TOKEN": token}
        self._env = {**clean_env(folder, collections), **own, **more}

    def run(self, *arguments: str, playbook: str = "telephony.auth.awx_setup", **variables: t.Any) -> Run:
        # On the command line Ansible would show them
        extra = self.folder / "variables.json"
        extra.write_text(json.dumps({"awx_project_url": PROJECT_URL, **variables}), encoding="utf-8")
        command = [sys.executable, "-m", "ansible", "playbook", "-vvvv", "--diff", playbook]
        process = subprocess.Popen(
            [*command, f"-e@{extra}", *arguments],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        with ending(process):
            output = process.communicate(timeout=300)[0]
        return Run(process.returncode, output)
