# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules on the Python of a target, TARGET_PYTHON, with the packages that it has."""

from __future__ import annotations

import os

import pytest
from lab import MODULES

USERS = {
    "vacd": "api.one@example.com",
    "kazoo": "john@example.com",
    "webitel": "201@mydomain.com",
    "ipcortex": "agent",
    "dialer": "user@example.com",
}


@pytest.mark.parametrize("vendor", MODULES)
def test_a_token_comes_is_kept_renewed_and_ended(lab, vendor):
    path = str(lab.folder / "record.json")
    steps = {"Made": {}, "Kept": {}, "Renewed": {"renew": "always"}, "Ended": {"state": "absent"}}
    tasks = [
        {"name": name, f"telephony.auth.{MODULES[vendor]}": lab.login(vendor, USERS[vendor], path=path, **options)}
        for name, options in steps.items()
    ]
    variables = {"ansible_python_interpreter": lab.stand_in("target")}
    env = {"REAL_PYTHON": os.environ["TARGET_PYTHON"]}
    # With an environment, a module runs on the target's Python and not inside Ansible
    run = lab.play(tasks, environment={"UNUSED": "variable"}, vars=variables, env=env)
    assert run.code == 0, run.output[-3000:]
    assert lab.shipped("target") == len(steps)
    assert [run.result(name)["changed"] for name in steps] == [True, False, True, True]
