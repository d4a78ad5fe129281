# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No token dies between two runs of the timers in examples/schedules, and guide_schedules.rst says so with the same numbers."""

from __future__ import annotations

import re
import shutil
import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

from ansible_collections.telephony.auth.plugins.module_utils._decide import Policy, next_action_at
from ansible_collections.telephony.auth.plugins.module_utils._options import seconds
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS

ROOT = Path(__file__).parents[2]
SCHEDULES = ROOT / "examples" / "schedules"
GUIDES = ROOT / "docs" / "docsite" / "rst"
GUIDE = (GUIDES / "guide_schedules.rst").read_text(encoding="utf-8")
# What the guide says of each group: how long a token lives, whether it is kept, and by which timer
ROWS = {
    name: words
    for name, *words in re.findall(r"^  \* - ``(\w+)``\n    - (.+)\n    - (.+)\n    - (.+)$", GUIDE, re.MULTILINE)
}
UNITS = {"every 15 minutes": "telephony-tokens-short", "every night": "telephony-tokens"}
MINUTE, DAY = 60, 86400


class Timer:
    """The times of a timer and its service, in seconds."""

    def __init__(self, unit: str) -> None:
        text = "".join((SCHEDULES / f"{unit}.{kind}").read_text(encoding="utf-8") for kind in ("timer", "service"))
        self.values = dict(re.findall(r"^(\w+)=(.+)$", text, re.MULTILINE))
        minutes = re.fullmatch(r"\*:0/(\d+)", self.values["OnCalendar"])
        assert minutes or re.fullmatch(r"\d\d:\d\d", self.values["OnCalendar"])
        self.period = int(minutes[1]) * MINUTE if minutes else DAY

    def time(self, name: str, default: str) -> int:
        return seconds(name, self.values.get(name, default).replace("min", "m"))

    def gap(self, failed: int = 0) -> int:
        """From the moment at which a run leaves a token alone to the end of the next run, or of the one after failed runs."""
        late = self.time("RandomizedDelaySec", "0") + self.time("AccuracySec", "1min")
        return (1 + failed) * self.period + late + self.time("TimeoutStartSec", "infinity")

    def groups(self) -> set[str]:
        limit = re.search(r" --limit (\S+)", self.values["ExecStart"])
        return set(limit[1].split(":")) if limit else set(VENDORS)


def lifetime(group: str) -> int:
    """How long a token lives by itself; 0: no limited time, or not known."""
    match = re.match(r"(\d+) (minute|hour|day)", ROWS[group][0])
    return int(match[1]) * {"minute": MINUTE, "hour": 3600, "day": DAY}[match[2]] if match else 0


def default(group: str) -> str:
    return str(VENDORS[group].spec().argument_spec["renew_before"]["default"])


def shipped(group: str) -> str:
    """renew_before in the inventory of the examples, with the settings of the schedules."""
    path = ROOT / "examples" / "inventory" / "group_vars" / f"{group}.yml"
    own = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    settings = yaml.safe_load((SCHEDULES / "schedules.yml").read_text(encoding="utf-8"))["all"]["vars"]
    return str({"token_renew_before": default(group), **settings, **own}["token_renew_before"])


def variables(inventory: Path) -> dict[str, dict[str, t.Any]]:
    """Of each host, what the inventory says."""
    loader = DataLoader()
    hosts = InventoryManager(loader, [str(inventory)])
    manager = VariableManager(loader, hosts)
    told = {host.name: manager.get_vars(host=host) for host in hosts.get_hosts()}
    return {
        name: {key: value for key, value in every.items() if key.startswith(("token_", "report_"))}
        for name, every in told.items()
    }


def left_alone_until(group: str, renew_before: str) -> int:
    """The age at which the first run replaces a token."""
    record = Record(group, "https://api.example.com", "x", Token("x", issued_at=0, expires_at=lifetime(group)))
    return t.cast(int, next_action_at(record, Policy(renew_before=seconds("renew_before", renew_before))))


KEPT = [(group, UNITS[timer]) for group, (_lives, _best, timer) in ROWS.items() if timer in UNITS]
EXPIRES = [(group, unit) for group, unit in KEPT if lifetime(group) and "last use" not in ROWS[group][0]]


def test_the_guide_has_each_group():
    assert list(ROWS) == list(VENDORS)
    assert {group for group, _unit in EXPIRES} == {"kazoo", "webitel", "webitel_domain_token", "dialer"}


@pytest.mark.parametrize(("group", "unit"), EXPIRES)
@pytest.mark.parametrize("failed", [0, 1])
def test_a_token_never_dies_between_two_runs(group, unit, failed):
    """Also if one run fails."""
    assert left_alone_until(group, shipped(group)) + Timer(unit).gap(failed) <= lifetime(group)


@pytest.mark.parametrize(("group", "unit"), EXPIRES)
def test_most_runs_find_nothing_to_do(group, unit):
    timer = Timer(unit)
    assert left_alone_until(group, shipped(group)) > timer.period + timer.time("RandomizedDelaySec", "0")


@pytest.mark.parametrize(("group", "unit"), EXPIRES)
def test_the_default_is_too_short_for_a_timer(group, unit):
    assert left_alone_until(group, default(group)) + Timer(unit).gap() > lifetime(group)


def test_a_check_comes_in_time_to_prolong_a_login():
    assert Timer(UNITS[ROWS["vacd_login"][2]]).gap(failed=1) <= lifetime("vacd_login")


def test_no_timer_keeps_a_token_that_dies_sooner_than_the_next_run():
    assert ROWS["ringcx_session"][1:] == ["at use", "none"]
    assert lifetime("ringcx_session") < Timer("telephony-tokens-short").gap()


def test_no_night_fits_a_token_of_a_day():
    assert lifetime("dialer") < Timer("telephony-tokens").gap()


def test_the_units_handle_the_groups_that_the_guide_names():
    examples = yaml.safe_load((ROOT / "examples" / "inventory" / "hosts.yml").read_text(encoding="utf-8"))
    for group, unit in KEPT:
        assert group in Timer(unit).groups() or group not in examples["all"]["children"], group


@pytest.mark.parametrize("vendor", ["dialer", "ipcortex", "kazoo", "ringcx", "webitel"])
def test_what_the_inventory_of_a_guide_says_itself_goes_before_what_is_shipped(tmp_path, vendor):
    text = (GUIDES / f"guide_{vendor}.rst").read_text(encoding="utf-8")
    for name, block in re.findall(r":caption: (my-inventory/\S+)\n\n((?:  .*\n|\n)+)", text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(block), encoding="utf-8")
    own = variables(tmp_path / "my-inventory")
    shutil.copy(SCHEDULES / "schedules.yml", tmp_path / "my-inventory")
    with_shipped = variables(tmp_path / "my-inventory")
    assert own
    assert all(with_shipped[host].items() >= own[host].items() for host in own)
    assert all(host["report_fail_on"] for host in with_shipped.values())


def test_the_arithmetic_of_the_guide_is_that_of_the_units():
    short, night = Timer("telephony-tokens-short"), Timer("telephony-tokens")
    renew_before = seconds("renew_before", shipped("kazoo"))
    for number in (
        f"{short.period // MINUTE} minutes from run to run",
        f"{short.time('AccuracySec', '') // MINUTE} minute by which",
        f"{short.time('TimeoutStartSec', '') // MINUTE} minutes, after which",
        f"makes {short.gap() // MINUTE} minutes",
        f"makes {short.gap(1) // MINUTE} minutes",
        f"``token_renew_before: {shipped('kazoo')}``",
        f"at least {(renew_before - short.gap()) // MINUTE} more minutes, and for {(renew_before - short.gap(1)) // MINUTE} if",
        f"makes {night.gap() / 3600:.1f} hours, or {night.gap(1) / 3600:.1f} if",
        f"``token_renew_before: {shipped('webitel_domain_token')}``",
    ):
        assert number in GUIDE
