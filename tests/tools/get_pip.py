# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stand-in for the script with which ansible-test puts pip into an empty virtual environment.

ansible-test downloads that script from a server of its own. Where this server is out of reach, noxfile.py puts this
file in the place of the downloaded one: it makes do with the pip that Python carries, and with the package index.
"""

from __future__ import annotations

import subprocess
import sys


def main() -> int:
    # Options for the real script alone
    arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
    # In processes of their own: ensurepip switches the user's settings of pip off
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True)
    return subprocess.run([sys.executable, "-m", "pip", "install", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
