# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports that tests look at, and the browser to do it with."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

sys.path.insert(0, str(Path(__file__).parent))

from fleet import GROUPS, fleet, hostile_fleet, thousand, twenty_tenants
from runs import run_role


def pytest_addoption(parser):
    parser.addoption("--screenshots", metavar="FOLDER", help="write pictures of the HTML page, report-WIDTH.png, here")


@pytest.fixture(scope="session")
def now():
    return int(time.time())


def well_run(*arguments, **options):
    run = run_role(*arguments, **options)
    assert run.code == 0, run.output
    return run


@pytest.fixture(scope="session")
def reported(tmp_path_factory, now):
    """The report of the fleet, as most tests look at it."""
    options = {"more_hosts": ["webitel-unknown"], "groups": GROUPS, "report_inventory": ["inventory.yml"]}
    return well_run(tmp_path_factory.mktemp("fleet") / "run", fleet(now), "--diff", **options)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, now):
    return well_run(tmp_path_factory.mktemp("hostile") / "run", hostile_fleet(now))


@pytest.fixture(scope="session")
def big(tmp_path_factory, now):
    users = thousand(now)
    return well_run(tmp_path_factory.mktemp("big") / "run", users, groups=twenty_tenants(users))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Debian's Chromium, told to keep quiet. Where it is missing, what needs it fails."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "headless=new",
        "no-sandbox",
        "no-first-run",
        "hide-scrollbars",
        "window-size=1500,1200",
        "disable-background-networking",
        "disable-component-update",
        "disable-default-apps",
        "disable-gpu",
        "disable-sync",
        f"user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # The path is given, so that Selenium looks for no driver, nor downloads one
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()
