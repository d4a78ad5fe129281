# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An SSH server on loopback, with keys of its own, and an old Python for the modules behind it.

Usage: host.py start DIRECTORY PYTHON_VERSION FALLBACK    writes DIRECTORY/host.json: pid, port, user, key, python, ...
       host.py end DIRECTORY                              ends the connections and the server
"""

from __future__ import annotations

import getpass
import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

START_SECONDS = 20
CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {directory}/host_key
PidFile none
AuthorizedKeysFile {directory}/client_key.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""


def find_python(version: str) -> str | None:
    """A Python of this version that runs and can make virtual environments; version managers may hide it from PATH."""
    managed = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [shutil.which(f"python{version}"), *glob.glob(f"{managed}/{version}.*/bin/python{version}")]
    for candidate in candidates:
        if not candidate:
            continue
        probe = subprocess.run([candidate, "-c", "import ensurepip, venv"], capture_output=True, check=False)
        if probe.returncode == 0:
            return candidate
    return None


def make_python(directory: Path, version: str, fallback: str) -> str:
    """A virtual environment with Requests."""
    python = find_python(version)
    if python is None:
        return fallback
    venv = directory / "venv"
    subprocess.run([python, "-m", "venv", venv], check=True)
    python = str(venv / "bin" / "python")
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "requests"], check=True)
    return python


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def start(directory: Path, version: str, fallback: str) -> None:
    sshd = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if sshd is None or shutil.which("ssh") is None:
        sys.exit("This test needs an SSH server and client. On Debian: apt-get install openssh-server openssh-client")
    directory.mkdir(mode=0o700)
    python = make_python(directory, version, fallback)
    for name in ("host_key", "client_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", directory / name], check=True)
    port = free_port()
    (directory / "sshd_config").write_text(CONFIG.format(port=port, directory=directory))
    host_key = " ".join((directory / "host_key.pub").read_text().split()[:2])
    (directory / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}\n")
    # Debian's server insists on this directory, which its service would make.
    made = os.geteuid() == 0 and not Path("/run/sshd").exists()
    if made:
        Path("/run/sshd").mkdir(mode=0o755)
    log = directory / "sshd.log"
    server = subprocess.Popen(
        [sshd, "-D", "-f", directory / "sshd_config", "-E", log], stdin=subprocess.DEVNULL, start_new_session=True
    )
    end = time.monotonic() + START_SECONDS
    while not answers(port):
        if server.poll() is not None or time.monotonic() > end:
            server.kill()
            sys.exit(f"The SSH server did not start: {log.read_text() if log.exists() else ''}")
        time.sleep(0.05)
    told = {
        "pid": server.pid,
        "made_run_sshd": made,
        "port": port,
        "user": getpass.getuser(),
        "python": python,
        "is_fallback": python == fallback,
    }
    (directory / "host.json").write_text(json.dumps(told))


def end(directory: Path) -> None:
    told = json.loads((directory / "host.json").read_text())
    for control in directory.glob("control-*"):
        subprocess.run(["ssh", "-q", "-O", "exit", "-o", f"ControlPath={control}", "127.0.0.1"], check=False)
    os.kill(told["pid"], signal.SIGTERM)
    while answers(told["port"]):
        time.sleep(0.05)
    if told["made_run_sshd"]:
        Path("/run/sshd").rmdir()


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        end(Path(sys.argv[2]))
