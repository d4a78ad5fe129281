# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For the integration targets: start, end, command and question the vendors' simulators.

An action and not ansible.builtin.uri, because it costs a few milliseconds where a module costs a third of a second.

- start: a directory for the ready file. Returns what the ready file says, where the collection's tests are, and the
  seeded users by vendor and name.
- stop: true. Ends the simulators that the fact simulators describes.
- Anything else, all optional, in this order: reset, settings, faults, advance (the clock, in seconds), forget (the log).
  Returns requests (the log), operations (their kinds), tokens (those alive, as fingerprints) and, with record, what is
  known of the record file of that name. No secret is among it.
- With expect, a list of conditions, also checks them. A condition sees what is returned, as after. Then result, the
  module's, is returned as previous, and among kept under the name remember. As results hold secrets, nothing is shown;
  of a failure, what is in show. Where the environment variable RESULTS names a file, the result is appended to it.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import typing as t
import urllib.error
import urllib.request
from pathlib import Path

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

START_SECONDS = 30
# A target that is interrupted leaves no simulators behind for longer.
MAX_SECONDS = 900

# The machine's own proxy settings are none of the simulators' business.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def ask(control: str, method: str, path: str, body: t.Any = None) -> t.Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{control}/{path}", data, method=method)  # noqa: S310 (a simulator's URL)
    try:
        with OPENER.open(request, timeout=10) as response:
            return json.loads(response.read())
    except urllib.error.HTTPError as error:
        raise AnsibleActionFail(f"{method} {path}: {error.read().decode()}") from None


def start(directory: Path) -> dict[str, t.Any]:
    tests = Path(importlib.import_module("ansible_collections.telephony.auth").__path__[0]) / "tests"
    serve = tests / "simulators" / "serve.py"
    ready = directory / "ready.json"
    errors = directory / "simulators.log"
    with errors.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, serve, "--tls", "--ready-file", ready, "--max-seconds", str(MAX_SECONDS)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    end = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise AnsibleActionFail(f"The simulators did not start: {errors.read_text()}")
        time.sleep(0.05)
    return {**json.loads(ready.read_text()), "tests": str(tests)}


def users(control: str) -> dict[str, dict[str, t.Any]]:
    """By vendor and name; Kazoo's accounts are among them."""
    listed = ask(control, "GET", "users")
    return {
        vendor: {user.get("username") or user["account_name"]: user for user in users}
        for vendor, users in listed.items()
    }


def stop(simulators: dict[str, t.Any]) -> None:
    """End them by their process id, and wait until nobody listens any more."""
    try:
        os.kill(simulators["pid"], signal.SIGTERM)
    except ProcessLookupError:
        return
    for _attempt in range(100):
        try:
            ask(simulators["control"], "GET", "clock")
        except OSError:
            return
        time.sleep(0.05)
    raise AnsibleActionFail("The simulators did not end")


def record(path: Path) -> dict[str, t.Any]:
    """What can be told about a record file without a secret; the digest tells whether it was written."""
    # The lock stays as long as there is something at path
    expected = {path, path.with_name(f".{path.name}.lock")} if os.path.lexists(path) else set()
    neighbours = sorted(other.name for other in path.parent.glob(f"*{path.name}*") if other not in expected)
    nothing = {"exists": False, "neighbours": neighbours}
    if not path.is_file():
        return nothing
    content = path.read_bytes()
    told: dict[str, t.Any] = {
        "exists": True,
        "mode": f"{stat.S_IMODE(path.stat().st_mode):04o}",
        "neighbours": neighbours,
    }
    try:
        value = json.loads(content)
        # That a token may have been made is noted in any case; what counts is the rest.
        pending = value.pop("pending")
        if pending and value["token"] is None:
            return nothing
        content = json.dumps(value).encode()
        told["fingerprint"] = fingerprint(value["token"])
        told.update((name, value[name]) for name in ("vendor", "api_url", "identity", "issued_at", "expires_at"))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # some tests put something else there
    told["digest"] = hashlib.sha256(content).hexdigest()
    return told


def comparable(result: dict[str, t.Any], race: bool, task_vars: dict[str, t.Any]) -> t.Any:
    """The result without secrets, and without anything else that differs from one run to the next."""
    simulators = task_vars["simulators"]
    # With this, ansible-core before 2.21 remarks that a failure which failed_when forgave was a module's; more is not in it.
    left_out = {"failed_when_suppressed_exception", *(("failure", "msg") if race else ())}
    text = json.dumps({name: value for name, value in result.items() if name not in left_out})
    for secret in sorted(ask(simulators["control"], "GET", "secrets?min_length=8"), key=len, reverse=True):
        text = text.replace(json.dumps(secret)[1:-1], "<secret>").replace(fingerprint(secret), "<fingerprint>")
    for url in re.findall(r"https?://[a-z0-9.]+:([0-9]+)", json.dumps(simulators)):
        text = text.replace(f":{url}", ":<port>")
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", "<time>", text)
    # In milliseconds, in what RingCX says
    text = re.sub(r'(?<=timestamp\\":)[0-9]{13}', "<time>", text)
    return json.loads(text.replace(task_vars["output_dir"], "<directory>"))


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        args = self._task.args
        if "start" in args:
            ready = start(Path(args["start"]))
            return {**result, "changed": True, "ready": ready, "users": users(ready["control"])}
        simulators = (task_vars or {})["simulators"]
        if args.get("stop"):
            stop(simulators)
            return {**result, "changed": True}
        control = simulators["control"]
        if args.get("reset"):
            ask(control, "POST", "reset", {})
        if args.get("settings"):
            ask(control, "PUT", "settings", args["settings"])
        if "faults" in args:
            ask(control, "PUT", "faults", {"faults": args["faults"]})
        if args.get("advance"):
            ask(control, "POST", "clock", {"advance": args["advance"]})
        if args.get("forget"):
            ask(control, "DELETE", "requests")
        requests = ask(control, "GET", "requests")
        result.update(
            requests=requests,
            operations=[request["operation"] for request in requests],
            tokens=[
                {"vendor": token["vendor"], "user": token["user"], "fingerprint": fingerprint(token["token"])}
                for token in ask(control, "GET", "tokens")
                # A login at vacd makes a token too, but not one that is managed.
                if token["kind"] != "auth"
            ],
        )
        if args.get("record"):
            result["record"] = record(Path(args["record"]))
        if "result" in args and os.environ.get("RESULTS"):
            found = comparable(args["result"], bool(args.get("race")), task_vars or {})
            line = {"case": args["show"]["case"], "result": found}
            with open(os.environ["RESULTS"], "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        if "expect" in args:
            self.compare(args, result, task_vars or {})
        return result

    def compare(self, args: dict[str, t.Any], view: dict[str, t.Any], task_vars: dict[str, t.Any]) -> None:
        earlier = task_vars.get("after", {})
        view.update(previous=earlier.get("previous", {}), kept=earlier.get("kept", {}))
        self._templar.available_variables = {**task_vars, "after": view}
        wrong = [str(condition) for condition in args["expect"] if not self._templar.evaluate_conditional(condition)]
        if wrong:
            found = {**args["show"], "requests": view["requests"], "record": view.get("record")}
            view.clear()
            view.update(failed=True, msg=yaml.safe_dump({"wrong": wrong, **json.loads(json.dumps(found))}, width=120))
            return
        view["previous"] = args["result"]
        if args.get("remember"):
            view["kept"] = {**view["kept"], args["remember"]: args["result"]}
        view["_ansible_no_log"] = True
