# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples, run as they lie there. Addresses and passwords come from outside."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml
from stage import ROOT, VENDORS

EXAMPLES = ROOT / "examples"
PROVISION = "telephony.auth.provision"
# Folders that other tests execute
ELSEWHERE = {
    "awx": "tests/awx",
    "consumers/vault": "tests/lifecycle",
    "execution-environment": "tests/awx",
    "monitoring": "tests/report",
}
# Who logs in in examples/sessions, and what is shown then
SESSIONS = {
    "vacd": ("api.one@example.com", "Example Sub-Account"),
    "kazoo": ("john@example.com", "Acme Telephony, Inc."),
    "webitel": ("200@mydomain.com", "200@mydomain.com is admin"),
    "ipcortex": ("agent", '"result": "success"'),
    "dialer": ("user@example.com", "user@example.com"),
}


@pytest.fixture(scope="module")
def executed():
    """What was executed of the examples, files and folders."""
    return set()


@pytest.fixture
def example(executed):
    def path(name):
        executed.add(EXAMPLES / name)
        return str(EXAMPLES / name)

    return path


def password_of(vendors, vendor, name):
    return next(user["password"] for user in vendors.ask("GET", "users")[vendor] if user.get("username") == name)


def test_sessions(stage, vendors, example):
    for vendor, (name, _shown) in SESSIONS.items():
        password = password_of(vendors, vendor, name)
        stage.env.update(
            {f"{vendor}_API_URL".upper(): vendors.api_urls[vendor], f"{vendor}_PASSWORD".upper(): password}
        )
    playbooks = [example(f"sessions/{vendor}.yml") for vendor in VENDORS]
    assert stage.play(*playbooks, "--check").code == 0
    assert not {"issue", "revoke"} & {request["operation"] for request in vendors.requests()}
    vendors.forget_requests()

    run = stage.play(*playbooks, "-vvvv")
    assert run.code == 0, run.output[-3000:]
    for vendor, (_name, shown) in SESSIONS.items():
        assert shown in run.output
        asked = [(each["operation"], each["status"]) for each in vendors.requests() if each["vendor"] == vendor]
        assert ("issue", 200) in asked or ("issue", 201) in asked
        assert asked[-1][0] == "revoke" or vendor == "kazoo"
    # Only Kazoo cannot end a token, and a warning says so
    left = [token for token in vendors.alive() if token["kind"] != "auth" or token["vendor"] != "vacd"]
    assert [token["vendor"] for token in left] == ["kazoo"]
    assert run.output.count("stays valid until") == 1


def test_migration(stage, vendors, example):
    tokens = f"@{stage.existing_tokens()}"
    alive = [token["token"] for token in vendors.alive()]
    vendors.forget_requests()
    example("existing_tokens.yml")
    store = {"type": "vault_file", "path": f"{stage.records}/{{{{ inventory_hostname }}}}.yml"}
    where = ["-e", json.dumps({"token_path": None, "token_store": store})]
    migrate = [example("migration.yml"), *where, "-e", tokens]
    assert stage.play(*migrate, "--check").code == 0
    assert not stage.records.exists()

    run = stage.play(*migrate)
    assert run.code == 0, run.output[-3000:]
    assert recap(run.output) == {"changed"}
    assert len(list(stage.records.glob("[!.]*"))) == 11
    run = stage.play(migrate[0], PROVISION, *migrate[1:])
    assert (run.code, recap(run.output)) == (0, {"ok"})
    assert {request["operation"] for request in vendors.requests()} <= {"check", "list"}
    assert [token["token"] for token in vendors.alive()] == alive


def recap(output):
    """Whether any host was changed or failed, by the words of the recap."""
    counts = re.findall(r" (\w+)=([1-9]\d*)", output.rpartition("PLAY RECAP")[2])
    return {word for word, _number in counts} & {"changed", "failed", "unreachable"} or {"ok"}


def play(stage, *arguments):
    """Run ansible-playbook with these arguments alone."""
    done = stage.ansible("playbook", "-vvv", "--diff", *arguments)
    stage.printed.append(done.stdout)
    return done


def test_tenants(stage, vendors, example):
    del stage.env["ANSIBLE_VAULT_PASSWORD_FILE"]
    stage.env["HOME"] = str(stage.folder)
    tenants = EXAMPLES / "tenants"
    outside = stage.folder / "outside" / "group_vars"
    for vendor, url in vendors.api_urls.items():
        write(outside / vendor / "url.yml", {"token_api_url": url})
    for tenant in ["acme", "beta"]:
        write(stage.folder / tenant, f"the password of {tenant}")
        passwords = {host: word for host, word in stage.passwords(tenants).items() if host.startswith(tenant)}
        vault = write(outside / f"tenant_{tenant}" / "vault.yml", {"vault_token_passwords": passwords})
        label = ["--vault-id", f"{tenant}@{stage.folder / tenant}"]
        assert stage.ansible("vault", "encrypt", *label, str(vault)).returncode == 0
    records = stage.folder / "telephony-tokens"

    for tenant, store in ("acme", "yml"), ("beta", "json"):
        inventories = ["-i", example("tenants"), "-i", str(write(outside.parent / "hosts.yml", {"all": {}}).parent)]
        label = ["--vault-id", f"{tenant}@{stage.folder / tenant}"]
        for wanted in "changed", "ok":
            done = play(stage, *inventories, *label, PROVISION, "--limit", f"tenant_{tenant}")
            assert (done.returncode, recap(done.stdout)) == (0, {wanted}), done.stdout[-3000:]
        names = {host for host in stage.passwords(tenants) if host.startswith(tenant)}
        assert {path.name for path in (records / tenant).glob("[!.]*")} == {f"{name}.{store}" for name in names}
    for path in (records / "acme").glob("*.yml"):
        assert path.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;1.2;AES256;acme\n")
    assert sum(holders(vendors).values()) == 6


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_consumers(stage, vendors, example):
    """Everything that one playbook gives to consumers, in one run after the token was made."""
    stage.env["HOME"] = str(stage.folder)
    example("consumers/templates")
    run = stage.play(PROVISION, example("consumers/consumers.yml"), "--limit", "acme-john,localhost")
    assert run.code == 0, run.output[-3000:]
    assert '"msg": "Acme Telephony, Inc."' in run.output
    record = json.loads((stage.records / "acme-john.json").read_text(encoding="utf-8"))
    folder = stage.folder / "reports"
    script = 'set -a; . ./.env; exec printf "%s\n%s" "$KAZOO_URL" "$KAZOO_TOKEN"'
    done = subprocess.run(["sh", "-euc", script], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == [record["api_url"], record["token"]]
    secret = yaml.safe_load((folder / "secret.yml").read_text(encoding="utf-8"))
    assert (secret["kind"], secret["stringData"]["token"]) == ("Secret", record["token"])
    assert json.loads(secret["stringData"]["headers.json"]) == record["headers"]
    credential = stage.folder / ".config/credstore/kazoo-token"
    assert credential.read_text(encoding="utf-8") == record["token"]
    for path in (folder / ".env", folder / "secret.yml", credential):
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


# Not every system has systemd. What the units start is executed by the tests in any case
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_units_are_valid(example):
    units = [*map(str, Path(example("schedules")).glob("*.[st]*r*")), example("consumers/reports.service")]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    # Programs are missing here. Everything else counts
    complaints = [line for line in done.stderr.splitlines() if "/opt/ansible/bin/ansible-playbook" not in line]
    assert not [line for line in complaints if "telephony-tokens" in line or "reports.service" in line]


class Machine:
    """Where the timers are installed, below a folder."""

    def __init__(self, stage, example):
        self.stage = stage
        self.units = Path(example("schedules"))
        inventory = stage.folder / "etc/telephony/inventory"
        shutil.copytree(example("inventory"), inventory)
        settings = self.units.joinpath("schedules.yml").read_text(encoding="utf-8")
        write(inventory / "schedules.yml", self.below(settings))
        shutil.copy(stage.folder / "vault-password", stage.folder / "etc/telephony")
        (stage.folder / "var/lib/telephony").mkdir(parents=True)

    def below(self, text):
        return re.sub(r"/(etc|var/lib)/telephony", rf"{self.stage.folder}\g<0>", text)

    def start(self, name, *more):
        """What systemd does with the commands of a unit. What they print is the journal."""
        unit = self.below(self.units.joinpath(f"{name}.service").read_text(encoding="utf-8"))
        self.stage.env.update(line.split("=", 1) for line in re.findall(r"^Environment=(.+)$", unit, re.MULTILINE))
        for may_fail, program, arguments in re.findall(r"^ExecStart=(-?)(\S+) (.+)$", unit, re.MULTILINE):
            assert program == "/opt/ansible/bin/ansible-playbook"
            done = play(self.stage, *shlex.split(arguments), "-i", str(self.stage.inventory), *more)
            if done.returncode and not may_fail:
                break
        return done


def test_schedules(stage, vendors, example):
    """To be quick, the nightly and the weekly run are for some of the vendors."""
    machine = Machine(stage, example)
    page = stage.folder / "var/lib/telephony/tokens.html"
    short, night, week = "telephony-tokens-short", "telephony-tokens", "telephony-report"
    limit = "--limit=vacd:webitel"
    refuses = [{"vendor": "webitel", "operation": "issue", "fault": "status"}]
    # Days that have gone by, faults, what is run, how many tokens there are then that live for long, and who is overdue
    for days, faults, unit, more, tokens, overdue in (
        (0, [], short, (), 0, ""),
        (0, [], night, (limit,), 4, ""),
        (90, refuses, week, (limit,), 6, "Overdue: webitel-admin, webitel-other."),
        (1, [], night, (limit,), 6, ""),
        # The tokens of Kazoo are long dead, and that is no reason to fail
        (1, [], week, (f"{limit}:kazoo",), 4, ""),
    ):
        vendors.ask("PUT", "faults", {"faults": faults})
        vendors.ask("POST", "clock", {"advance": days * 86400 + 60})
        done = machine.start(unit, *more)
        assert done.returncode == (2 if overdue else 0), done.stdout[-3000:]
        assert overdue in done.stdout
        alive = [token for token in vendors.alive() if (token["vendor"], token["kind"]) != ("vacd", "auth")]
        assert sum(token["vendor"] in ("vacd", "webitel") for token in alive) == tokens, days
    assert any(token["vendor"] == "kazoo" for token in alive)
    assert "acme-john" in page.read_text(encoding="utf-8")


def test_off_boarding(stage, vendors, example):
    playbook = example("off-boarding.yml")
    assert stage.play(PROVISION, "--limit", "vacd:acme-john:webitel:ipcortex-operator").code == 0
    # Somebody has made one more token, which no record names
    one = {"username": "api.one@example.com", "password": password_of(vendors, "vacd", "api.one@example.com")}
    more = stage.newcomer("vacd", "more", path=f"{stage.folder}/more.json", **one)
    assert stage.play(PROVISION, "--limit", "more", inventories=[more]).code == 0
    before = holders(vendors)
    assert before["api.one@example.com"] == 2

    assert "no hosts matched" in stage.play(playbook).output  # nobody was named
    assert stage.play(playbook, "-e", "leaver=all", "--check").code == 0
    assert holders(vendors) == before
    leavers = {"vacd-reports": "api.one@example.com", "acme-john": "john@example.com", "webitel-other": "300@other.com"}
    for _twice in range(2):
        run = stage.play(playbook, "-e", f"leaver={':'.join(leavers)}")
        assert run.code == 0, run.output[-3000:]
        assert holders(vendors) == {user: count for user, count in before.items() if user not in leavers.values()}
        assert not [host for host in leavers if (stage.records / f"{host}.json").exists()]
    assert run.output.count("has no token on record, and none") == 3

    # An API key ends by hand
    run = stage.play(playbook, "-e", "leaver=ipcortex-operator")
    assert (run.code, "End it in the vendor's web interface" in run.output) == (2, True)


def holders(vendors):
    """How many tokens each user has, less the logins that RingCX needs on the way."""
    return Counter(token["user"] for token in vendors.alive() if (token["vendor"], token["kind"]) != ("vacd", "auth"))


def test_every_file_is_executed(request, executed):
    """The last test of this file."""
    # Only where somebody chose single tests by hand: the gates run all of them, so there it is never skipped
    if request.config.option.keyword or any("::" in word for word in request.config.args):
        pytest.skip("not all tests were run")
    files = {path for path in EXAMPLES.rglob("*") if path.is_file()} - {EXAMPLES / "README.md"}
    executed |= {EXAMPLES / name for name in ELSEWHERE}
    assert not [path for path in files if not executed & {path, *path.parents}]
