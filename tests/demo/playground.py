# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playground: simulated vendors, and what another terminal needs to use them as if they were real."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from stage import ORDINARY, Simulators, link_collection, simulators, until_stopped

HOURS = 8
# What the modules take from the environment, beside the address
CREDENTIALS = {
    "kazoo": ["username", "password", "account_realm"],
    "ringcx": ["username", "rc_access_token"],
}


def exports(vendors: Simulators, collections: Path) -> list[str]:
    """Lines for a shell: Ansible, this collection, and an ordinary user of each vendor."""
    lines = [
        f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH",
        f"export ANSIBLE_COLLECTIONS_PATH={shlex.quote(str(collections))}",
    ]
    for vendor in ORDINARY:
        user = {**vendors.ordinary(vendor), "api_url": vendors.api_urls[vendor]}
        for name in ["api_url", *CREDENTIALS.get(vendor, ["username", "password"])]:
            lines.append(f"export {vendor.upper()}_{name.upper()}={shlex.quote(user[name])}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="make playground ARGS=...", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="where the vendors listen; 0: any free port")
    port = parser.parse_args().port
    try:
        with until_stopped() as folder, simulators(folder, max_seconds=HOURS * 3600, port=port) as vendors:
            print(f"Five vendors, simulated on this machine, listen on {vendors.url}.")
            print("Paste these lines into another terminal. The passwords are made up:\n")
            print("\n".join(exports(vendors, link_collection(folder))))
            print("\nThere, type what the README says next, or see the token of one more user in a file:\n")
            print("  ansible localhost -m telephony.auth.webitel_login -a path=~/webitel-200.json\n")
            print("There are more users than these, for inventories, and administrators.")
            print(f"Their passwords: {vendors.url}/control/users\n")
            print(
                f"Ctrl-C ends the playground. By itself it ends at {time.strftime('%H:%M', end_of_life())}.", flush=True
            )
            vendors.wait()
    except KeyboardInterrupt:
        pass
    except RuntimeError as failure:
        sys.exit(f"{failure}. Another port: make playground ARGS='--port 8766'")
    print("\nThe playground has ended.")


def end_of_life() -> time.struct_time:
    return time.localtime(time.time() + HOURS * 3600)


if __name__ == "__main__":
    main()
