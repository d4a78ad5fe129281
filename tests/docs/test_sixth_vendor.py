# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""guide_developer.rst says what a sixth vendor takes. A collection with one more, made of that alone, does all that the others do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import typing as t
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "sixth_vendor"


class Api(ThreadingHTTPServer):
    """The vendor that does not exist."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.alive: list[str] = []
        self.made = 0


class Handler(BaseHTTPRequestHandler):
    server: Api
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.made += 1
        self.server.alive.append(f"the-t0ken-number-{self.server.made}")
        self.answer(200, {"token": self.server.alive[-1], "role": "admin", "ansible_facts": {"a": 1}})

    def do_GET(self) -> None:
        self.answer(200 if self.token in self.server.alive else 401, {})

    def do_DELETE(self) -> None:
        known = self.token in self.server.alive
        if known:
            self.server.alive.remove(self.token)
        self.answer(200 if known else 404, {})

    @property
    def token(self) -> str:
        return (self.headers["Authorization"] or "").removeprefix("Bearer ")

    def answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def collections(tmp_path: Path) -> Path:
    """The collection with the sixth vendor: three files more, and one row."""
    copy = tmp_path / "ansible_collections" / "telephony" / "auth"
    shutil.copytree(ROOT / "plugins", copy / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    for name in "meta", "playbooks":
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / "galaxy.yml", copy)
    plugins = copy / "plugins"
    shutil.copy(HERE / "_acme.py", plugins / "module_utils" / "_vendors")
    shutil.copy(HERE / "module.py", plugins / "modules" / "acme_token.py")
    shutil.copy(HERE / "action.py", plugins / "action" / "acme_token.py")
    registry = plugins / "module_utils" / "_registry.py"
    text = registry.read_text(encoding="utf-8")
    row = text.replace("        Vacd,\n", "        Vacd,\n        Acme,\n")
    imported = (
        "from ansible_collections.telephony.auth.plugins.module_utils._vendors._acme import Acme\nfrom ansible_col"
    )
    registry.write_text(row.replace("from ansible_col", imported, 1), encoding="utf-8")
    return tmp_path


def play(collections: Path, api: Api, **options: t.Any) -> str:
    """Two hosts: one for the vendor's own module, shipped, and one for the module that takes all from variables."""
    tasks: list[dict[str, t.Any]] = [
        {
            "telephony.auth.acme_token": {
                "api_url": f"http://127.0.0.1:{api.server_address[1]}",
                "username": "joe",
                "password": "p&ss w0rd",
                "path": str(collections / "shipped.json"),
                **options,
            },
            "environment": {"SHIPPED": "yes"},
        },
        {"telephony.auth.token": {"options": options}},
        {"telephony.auth.token_info": {}, "register": "token_report"},
        {"ansible.builtin.assert": {"that": ["token_report.vendor == 'acme'", "token_report.problem is none"]}},
    ]
    host = {
        "token_api_url": f"http://127.0.0.1:{api.server_address[1]}",
        "token_username": "joe",
        "token_password": "p&ss w0rd",
        "token_path": str(collections / "inside.json"),
        "ansible_python_interpreter": sys.executable,
    }
    inventory = collections / "hosts.json"
    inventory.write_text(json.dumps({"acme": {"hosts": {"joe": host}}}), encoding="utf-8")
    playbook = collections / "play.yml"
    first = {"hosts": "acme", "connection": "local", "gather_facts": False, "tasks": tasks}
    playbook.write_text(json.dumps([first]), encoding="utf-8")
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(collections / "home"),
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": "",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "-vvv", f"--inventory={inventory}", str(playbook)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert not [token for token in ("the-t0ken", "p&ss w0rd") if token in done.stdout]
    return done.stdout.rpartition("PLAY RECAP")[2]


def test_a_sixth_vendor_does_all_that_the_others_do(collections, api):
    assert " changed=2 " in play(collections, api)
    assert len(api.alive) == 2
    record = json.loads((collections / "inside.json").read_bytes())
    assert (record["token"] in api.alive, record["details"]) == (True, {"role": "admin"})
    assert " changed=0 " in play(collections, api)
    assert " changed=2 " in play(collections, api, renew="always")
    assert (api.made, len(api.alive)) == (4, 2)
    assert " changed=2 " in play(collections, api, state="absent")
    assert api.alive == []


def pieces() -> list[str]:
    """The blocks of Python in the guide."""
    text = (ROOT / "docs" / "docsite" / "rst" / "guide_developer.rst").read_text(encoding="utf-8")
    found = re.findall(r"^\.\. code-block:: python\n\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    return [textwrap.dedent(piece).strip("\n") for piece in found]


def test_what_the_guide_shows_is_what_this_test_runs():
    """And nothing of it is left out."""
    left = "\n".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.py")))
    for piece in pieces():
        here = next(each for each in (piece, textwrap.indent(piece, " " * 4)) if each in left)
        left = left.replace(here, "")
    rest = [line for line in left.splitlines() if line and not line.startswith(("#", '"""', "from __future__"))]
    assert rest == []
