# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the release that galaxy.yml names: changelog, tarball, checks. It publishes nothing, and says what to do next.

Usage: release.py [--dry-run | --tagged | --changelog | --check]

--dry-run    do all of it, also with changes that are not committed, and keep nothing
--tagged     leave the changelog alone: the tarball is made of the commit that the release's tag names
--changelog  only write the changelog
--check      only build the tarball, and let Galaxy's importer look at it
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CHANGELOG = ["CHANGELOG.md", "CHANGELOG.rst", "changelogs/changelog.yaml"]
NEXT = """
{tarball} is ready to be tried, and nothing is published. Next:

  {commit}git push, and wait until all workflows of this commit are green
  git tag -a {version} -m "Release {version}" && git push origin {version}

The tag starts the workflow Release. It builds and tests the tarball once more, and publishes it when a maintainer approves.
"""


def run(*command: str, cwd: Path = ROOT, quiet: bool = False, env: dict[str, str] | None = None) -> str:
    """Run a program of this Python's environment. Where it fails, all ends."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    captured = subprocess.PIPE if quiet else None
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {}), "PATH": path}, stdout=captured, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout or ''}{' '.join(command)} failed")
    return done.stdout or ""


def copy_checkout(to: Path) -> None:
    """Copy what is under version control, or would be with the next commit."""
    for name in run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", quiet=True).split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def write_changelog(source: Path, version: str) -> None:
    """Write the section of this version, anew if there is one: until a version is tagged, it may change."""
    path = source / "changelogs" / "changelog.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if content["releases"].pop(version, None):
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
    run("antsibull-changelog", "release", "--reload-plugins", cwd=source)
    run("antsibull-changelog", "lint", cwd=source)


def build(source: Path, to: Path) -> Path:
    run("ansible-galaxy", "collection", "build", "--output-path", str(to), cwd=source, quiet=True)
    (tarball,) = to.glob("*.tar.gz")
    return tarball


def check_import(tarball: Path) -> None:
    """Do what Galaxy does with an upload, and take its warnings as errors."""
    log = run(sys.executable, "-m", "galaxy_importer.main", tarball.name, cwd=tarball.parent, quiet=True)
    found = [line for line in log.splitlines() if line.startswith(("WARNING", "ERROR"))]
    if found:
        sys.exit("\n".join(["Galaxy's importer complains:", *found]))
    print("Galaxy's importer has nothing to complain about")


def test_installed(tarball: Path, source: Path, outside: Path) -> None:
    """Run the playbooks from the installed tarball, with the tests at a place where nothing else is."""
    with tarfile.open(tarball) as archive:
        archive.extractall(outside, filter="data")
    for name in "pyproject.toml", "tests":
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy2
        copy(source / name, outside / name)
    env = {"ANSIBLE_COLLECTIONS_PATH": "", "PYTHONPATH": "", "TELEPHONY_AUTH_TARBALL": str(tarball)}
    run("pytest", "tests/demo/test_playbooks.py", cwd=outside, env=env)


def check_checkout(mode: str, version: str) -> None:
    """Refuse what could not be released as it is."""
    if mode in ("release", "--tagged") and run("git", "status", "--porcelain", quiet=True):
        sys.exit("Commit or remove what is changed, so that the tarball is what will be tagged")
    here = "--points-at=HEAD" if mode == "--tagged" else "--list"
    is_tagged = version in run("git", "tag", here, quiet=True).split()
    if mode == "--tagged" and not is_tagged:
        sys.exit(f"This commit has no tag {version}, which is the version in galaxy.yml")
    if mode in ("release", "--dry-run", "--changelog") and is_tagged:
        sys.exit(f"{version} is tagged already: set the next version in galaxy.yml")


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--dry-run"], ["--tagged"], ["--changelog"], ["--check"]):
        sys.exit(__doc__)
    mode = arguments[0] if arguments else "release"
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    check_checkout(mode, version)
    with tempfile.TemporaryDirectory(prefix="telephony-auth-release-") as place:
        source, built, outside = (Path(place, name) for name in ("source", "built", "outside"))
        for folder in source, built, outside:
            folder.mkdir()
        copy_checkout(source)
        if mode in ("release", "--dry-run", "--changelog"):
            write_changelog(source, version)
        if mode != "--changelog":
            tarball = build(source, built)
            check_import(tarball)
        if mode in ("release", "--dry-run", "--tagged"):
            test_installed(tarball, source, outside)
        if mode in ("release", "--changelog"):
            for name in CHANGELOG:
                shutil.copy2(source / name, ROOT / name)
        if mode in ("release", "--tagged"):
            shutil.copy2(tarball, ROOT / tarball.name)
        if mode == "release":
            commit = f'git add {" ".join(CHANGELOG)} && git commit -m "Release {version}"\n  '
            written = run("git", "status", "--porcelain", quiet=True)
            print(NEXT.format(tarball=tarball.name, version=version, commit=commit if written else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
