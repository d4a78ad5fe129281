# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What README.md and the other documents tell people to do."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest
from playground import exports
from stage import ORDINARY, ROOT, ending

DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in [
        ROOT / "README.md",
        ROOT / "examples" / "README.md",
        *sorted(ROOT.glob("roles/*/README.md")),
        *sorted(ROOT.glob("docs/docsite/rst/*.rst")),
    ]
]
# The commands that test_commands runs, in the order of their document
RUN_HERE = r"(ansible-playbook|ansible-vault|chown|cp|export|install|mkdir|read|rm|unset) "
# All others, and who runs them instead
RUN_ELSEWHERE = {
    r"apt-get install ": ".ci/run, on a bare Debian",
    r"make (demo|test)$": "the CI; the demo also test_story.py",
    r"make playground$": "test_first_playbook",
    r"python3 -m venv |\S*(pip|python3 -m pip) install ": "noxfile.py and Makefile, for this very test",
    r"\S*ansible-galaxy collection (build|install)": "conftest.py, and all tests here go by what it installs",
    r"awx |ansible-playbook telephony\.auth\.awx_setup |(export|read -rs) CONTROLLER_": "tests/awx, with a stand-in for AWX",
    r"ansible-playbook .* telephony\.auth\.(on|off)board ": "test_playbooks.py, with users that are still to be made",
    r"ansible-playbook .* telephony\.auth\.revoke --limit vacd-billing$": "test_playbooks.py, with users of all vendors",
    r"cd examples/execution-environment\b|ansible-builder ": "tests/awx makes the context",
    r"(vault|kubectl) ": "tests/lifecycle takes the same files, with an OpenBao server",
    r"ansible-rulebook ": "tests/eda/test_rulebook.py, with the same arguments",
    r"podman push ": "nobody: it needs a registry",
    r"(useradd|systemctl) ": "nobody: it changes the machine. test_examples.py verifies the units and runs what they run",
    r"(cd /var/lib/telephony|sudo -u telephony )": "nobody: it needs that account",
}
ADDRESSES = {
    "vacd": "https://portal.vacd.biz/api",
    "kazoo": "https://public-api.virtualpbx.com:8443/v2",
    "webitel": "https://api.webitel.com",
    "ipcortex": "https://pbx.example.com",
    "dialer": "https://abc-01.dialer.rocks/a",
}
INVENTORIES = [ROOT / "examples" / "inventory", ROOT / "examples" / "tenants"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SITE = "https://telephony-auth.github.io/telephony.auth"
REPOSITORY = "https://github.com/telephony-auth/telephony.auth"
PICTURES = "https://raw.githubusercontent.com/telephony-auth/telephony.auth/main"


def to_save(document):
    """Name and text of each file that a document has its reader save. In a guide, the caption of a block is the name."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.findall(r"^(\S+\.yml):\n\n```yaml\n(.+?)^```", text, re.DOTALL | re.MULTILINE)
    found += re.findall(r"^\.\. code-block:: \S+\n +:caption: (\S+)\n\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    return {name: textwrap.dedent(block).rstrip("\n") + "\n" for name, block in found}


def test_first_playbook(tmp_path):
    """As a newcomer goes: the playground in one terminal; its exports and the first playbook, as it stands, in another."""
    playbook = to_save("README.md")["first.yml"]
    assert len(playbook.splitlines()) < 15
    assert playbook == to_save("docs/docsite/rst/guide_quick_start.rst")["first.yml"]
    printed, venv = tmp_path / "playground", Path(sys.prefix)
    (tmp_path / "first.yml").write_text(playbook, encoding="utf-8")
    # What is installed here is what it would install
    command = ["make", "--old-file", f"{venv}/.ready", f"DEMO_VENV={venv}", "playground", "ARGS=--port 0"]
    with printed.open("w") as file, ending(
        subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, start_new_session=True)
    ) as playground:
        while "Ctrl-C" not in printed.read_text(encoding="utf-8"):
            assert playground.poll() is None, printed.read_text(encoding="utf-8")
            time.sleep(0.1)
        exports = re.findall(r"^export .+$", printed.read_text(encoding="utf-8"), re.MULTILINE)
        done = subprocess.run(
            ["bash", "-e", "-u", "-c", "\n".join([*exports, "ansible-playbook first.yml"])],
            cwd=tmp_path,
            env={"HOME": str(tmp_path), "LANG": "C.UTF-8", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, "changed=1" in done.stdout) == (0, True), done.stdout + done.stderr
        (url,) = re.findall(r"listen on (\S+)\.$", printed.read_text(encoding="utf-8"), re.MULTILINE)
        (users,) = re.findall(r"Their passwords: (\S+)$", printed.read_text(encoding="utf-8"), re.MULTILINE)
        with urllib.request.urlopen(users, timeout=10) as reply:  # noqa: S310 (the playground's URL)
            assert {"api.two@example.com", "parent@example.com"} < {
                user["username"] for user in json.load(reply)["vacd"]
            }
        with urllib.request.urlopen(f"{url}/control/tokens", timeout=10) as reply:  # noqa: S310 (the playground's URL)
            (token,) = (each["token"] for each in json.load(reply) if each["user"] == "john@example.com")
        assert json.loads((tmp_path / "kazoo-john.json").read_text(encoding="utf-8"))["token"] == token
        # Ctrl-C is for all that was started
        os.killpg(playground.pid, signal.SIGINT)
        playground.wait(30)
    assert "The playground has ended." in printed.read_text(encoding="utf-8")
    with pytest.raises(ProcessLookupError):
        os.killpg(playground.pid, 0)
    assert not list((ROOT / ".venv-demo").glob("run-*"))


def test_playground_has_a_user_for_each_variable(vendors):
    """Each variable that is exported is one that a module of this vendor takes."""
    documented = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins" / "modules").glob("*.py"))
    names = re.findall(r"^export ([A-Z]+_[A-Z_]+)=(?!.*collections$)", "\n".join(exports(vendors, ROOT)), re.MULTILINE)
    assert {name.partition("_")[0].lower() for name in names} >= set(vendors.api_urls)
    assert not [name for name in names if not name.startswith("ANSIBLE_") and f"E({name})" not in documented]


def test_use_playbook(stage, vendors):
    stage.env.update(WEBITEL_API_URL=vendors.api_urls["webitel"])
    (stage.folder / "use.yml").write_text(to_save("docs/docsite/rst/guide_concepts.rst")["use.yml"], encoding="utf-8")
    variables = {
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "vault_webitel_password": vendors.ordinary("webitel")["password"],
        "webitel_url": vendors.api_urls["webitel"],
    }
    run = stage.play(str(stage.folder / "use.yml"), "-e", json.dumps(variables))
    assert run.code == 0, run.output[-3000:]
    assert [request["operation"] for request in vendors.requests()] == ["issue", "check", "check", "check", "revoke"]
    assert not vendors.alive()


def test_readme_names_each_module_and_is_short():
    table = README.partition("\n## The vendors\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+)`", table)
    assert sorted(named) == sorted({path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")})
    assert len(README.splitlines()) < 150


def test_readme_links_lead_somewhere_from_galaxy_too():
    """They are absolute. Behind each one is a guide, or a file of the repository."""
    links = re.findall(r"\]\((.+?)\)", README)
    behind = {f"{REPOSITORY}/blob/main/": "", f"{SITE}/docsite/": "docs/docsite/rst/", f"{PICTURES}/": ""}
    others = (SITE, REPOSITORY, "https://semver.org", "https://forum.ansible.com", "https://docs.ansible.com")
    for link in links:
        start = next((start for start in behind if link.startswith(start)), None)
        if start is None:
            assert link.startswith(others), link
        else:
            path = behind[start] + re.sub(r"\.html$", ".rst", link[len(start) :].partition("#")[0])
            assert (ROOT / path).is_file(), link
    assert len(links) > 20


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def console_blocks(document):
    """The commands of each block."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.findall(r"^ *```console\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    found += re.findall(r"^\.\. code-block:: console\n\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    joined = [block.replace("\\\n", " ").splitlines() for block in found]
    return [[line.strip() for line in lines if line.strip()] for lines in joined]


def run_elsewhere(command):
    return any(re.match(pattern, command) for pattern in RUN_ELSEWHERE)


class Clone:
    """A folder like a clone, with addresses, passwords and tokens put in. Absolute paths lead into it."""

    def __init__(self, stage, vendors, document):
        self.stage, self.vendors = stage, vendors
        self.one_terminal = document.endswith(".rst")
        self.folder = stage.folder / "clone"
        text = (ROOT / document).read_text(encoding="utf-8")
        users = vendors.ask("GET", "users")
        self.secrets = {host: word for name in INVENTORIES for host, word in stage.passwords(name).items()}
        self.secrets["ipcortex-operator"] = next(
            user["api_key"] for user in users["ipcortex"] if user.get("username") == "operator"
        )
        self.users = {vendor: vendors.ordinary(vendor) for vendor in ORDINARY}
        shutil.copytree(ROOT / "examples", self.folder / "examples")
        for path in self.folder.rglob("*.yml"):
            path.write_text(self.fill_in(path.read_text(encoding="utf-8")), encoding="utf-8")
        if "existing_tokens.yml" in text:
            shutil.copy(stage.existing_tokens(), self.folder / "examples")
        saved = to_save(document)
        if "examples/inventory my-inventory" not in text and not any(
            name.startswith("my-inventory/") for name in saved
        ):
            shutil.copytree(self.folder / "examples" / "inventory", self.folder / "my-inventory")
        for name, block in saved.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(self.fill_in(block), encoding="utf-8")
        for name in ("vault-password", "acme-password", "beta-password"):
            shutil.copy(stage.folder / "vault-password", self.folder / name)
        for name in ("etc/systemd/system", "home"):
            (self.folder / name).mkdir(parents=True)
        stage.env.update({f"{vendor}_API_URL".upper(): url for vendor, url in vendors.api_urls.items()})
        if "make playground" in text:
            stage.env["KAZOO_PASSWORD"] = self.users["kazoo"]["password"]  # as it exports it
        program = Path(sys.executable).parent
        stage.env.update(
            ANSIBLE_VERBOSITY="3", HOME=str(self.folder / "home"), PATH=f"{program}{os.pathsep}{stage.env['PATH']}"
        )
        # Nothing leaves this machine
        stage.env.update(http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")

    def fill_in(self, text):
        """With the addresses of the simulators, and with passwords and key."""
        for vendor, address in ADDRESSES.items():
            text = text.replace(address, self.vendors.api_urls[vendor])
        for host, secret in self.secrets.items():
            text = text.replace(f"{host}: change-me", f"{host}: {json.dumps(secret)}")
        return text

    def typed(self, variable):
        """What the reader types for it: the secret of the ordinary user, such as the password for KAZOO_PASSWORD."""
        vendor, _line, name = variable.lower().partition("_")
        return self.users.get(vendor, {}).get(name, "something typed")

    def run(self, commands):
        """A guide is followed in one terminal: what a block leaves in the environment, the next one finds."""
        environment = self.folder / "environment"
        script = "\n".join(commands).replace(" --ask-vault-pass", "").replace("chown -R telephony", "chown -R $(id -u)")
        script = re.sub(r"(?<= )/(?=\w)", f"{self.folder}/", self.fill_in(script))
        typed = [self.typed(name) for name in re.findall(r"^read -rs (\w+)", script, re.MULTILINE)]
        done = subprocess.run(
            ["bash", "-e", "-u", "-c", f"{script}\nenv --null > {environment}"],
            cwd=self.folder,
            env=self.stage.env,
            input="".join(f"{word}\n" for word in typed) or "something typed\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        self.stage.printed.append(done.stdout)
        assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}"
        if self.one_terminal:
            self.stage.env = dict(
                line.split("=", 1) for line in environment.read_text(encoding="utf-8").split("\0")[:-1]
            )


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if console_blocks(name)])
def test_commands(stage, vendors, document):
    """Every command that a document shows works, one after the other."""
    unknown = [line for block in console_blocks(document) for line in block if not run_elsewhere(line)]
    unknown = [line for line in unknown if not re.match(RUN_HERE, line)]
    assert not unknown, "Say in RUN_HERE or RUN_ELSEWHERE who runs this"
    clone = Clone(stage, vendors, document)
    for block in console_blocks(document):
        clone.run([line for line in block if not run_elsewhere(line)])


def test_no_command_is_overlooked():
    """Commands are in blocks of the type console, and nowhere else."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        assert text.count("console\n") == len(console_blocks(document)), document
        assert not re.search(r"^(```|\.\. code-block:: )(sh|shell|bash)\b|^\s*\$ ", text, re.MULTILINE), document
    assert console_blocks("README.md")


def test_no_file_to_save_is_overlooked():
    """A caption is the name of a file, and each name stands once in a guide."""
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        assert len(re.findall(r":caption:|^\S+\.yml:$", text, re.MULTILINE)) == len(to_save(document)), document


def test_examples_show_the_commands_of_their_readme():
    """A command in a comment of an example is one that test_commands runs, or knows who does."""
    run = {line for block in console_blocks("examples/README.md") for line in block}
    for path in sorted((ROOT / "examples").rglob("*.yml")):
        shown = re.findall(r"^#   (\S.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not [line for line in shown if line not in run and not run_elsewhere(line)], path


def test_documentation_that_is_pointed_to_exists(stage):
    texts = [(ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS]
    commands = {command for text in texts for command in re.findall(r"`ansible-doc (-[^`]+|\S+\.[^`]+)`", text)}
    assert len(commands) > 2
    for command in sorted(commands):
        assert stage.ansible("doc", *command.split()).returncode == 0, command
