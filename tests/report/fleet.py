# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API users for the report: a fleet with something of everything, and texts that mean harm."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso

Fact = dict[str, t.Any]

MINUTE, HOUR, DAY = 60, 3600, 86400
VENDORS = {
    "vacd": "https://engage.example.com/voice/api",
    "kazoo": "https://crossbar.example.com:8443/v2",
    "webitel": "https://webitel.example.com/api",
    "ipcortex": "https://pbx.example.com",
    "dialer": "https://dialer.example.com/api",
}
GROUPS = {
    "kazoo": ["acme-john", "acme-mary", "globex-ivr", "globex-left"],
    "acme": ["acme-john", "acme-mary", "vacd-billing", "vacd-crm", "webitel-200", "webitel-201"],
    "globex": ["globex-ivr", "globex-left", "vacd-archive", "vacd-wallboard", "webitel-202"],
    "initech": ["dialer-reseller", "ipcortex-agent", "ipcortex-operator", "vacd-reports", "webitel-queue"],
    "resellers": ["dialer-reseller"],
}
"""The groups of the fleet's inventory: a vendor, and the tenants."""
HOSTILE = {
    "markup": "</td><script>document.title='owned'</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "formula": '=HYPERLINK("http://203.0.113.9/","click")',
    "template": "{{ 7 * 191 }}{% raw %}",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31mred\r\n\u202egnp.exe\u2066",
    "endless": "long " * 2000,
}


def fact(name: str, vendor: str, now: int, **more: t.Any) -> Fact:
    """What telephony.auth.token_info says of an API user. Times are given in seconds from now."""
    made: Fact = {
        "name": name,
        "vendor": vendor,
        "user": name.split("-")[-1] + "@example.com",
        "api_url": VENDORS.get(vendor),
        "store": "file",
        "place": f"/srv/tokens/{name}.json",
        "fingerprint": f"{hash_of(name):012x}",
        "issued_at": -30 * DAY,
        "expires_at": None,
        "works": True,
        "reason": "The token on record works.",
        "next_action": "none",
        "next_action_at": None,
        "retiring": [],
        "unmanaged": None,
        "problem": None,
    }
    made.update(more)
    for key in ("issued_at", "expires_at", "next_action_at"):
        if isinstance(made[key], int):
            made[key] = iso(now + made[key])
    for each in made["retiring"] or []:
        each["revoke_at"] = iso(now + each["revoke_at"])
    return made


def unmanaged(fingerprint: str, *, probably_ours: bool = False) -> Fact:
    """A token that the vendor lists and no record knows."""
    return {"fingerprint": fingerprint, "probably_ours": probably_ours}


def hash_of(name: str) -> int:
    """The same fingerprint in each run."""
    return int.from_bytes(name.encode(), "big") * 2654435761 % 16**12


def fleet(now: int) -> list[Fact]:
    """Some of each vendor, store and urgency. One host, webitel-unknown, is left to the inventory: it has no fact."""
    vault, encrypted = (
        {"store": "hashi_vault", "place": "secret/telephony/vacd"},
        {"store": "vault_file", "place": "variable telephony_token in host_vars/john/token.yml"},
    )
    ages = "The token on record works. It is rotated every 90 days."
    return [
        fact(
            "vacd-reports",
            "vacd",
            now,
            **vault,
            issued_at=-34 * DAY,
            next_action_at=56 * DAY,
            unmanaged=[],
            reason=ages,
        ),
        fact(
            "vacd-billing",
            "vacd",
            now,
            **vault,
            issued_at=-70 * DAY,
            next_action_at=20 * DAY,
            unmanaged=[unmanaged("9f1c02ab77d4"), unmanaged("5b0e6d3a91c2", probably_ours=True)],
            reason=ages,
        ),
        fact(
            "vacd-wallboard",
            "vacd",
            now,
            **vault,
            issued_at=-87 * DAY,
            next_action_at=3 * DAY,
            unmanaged=[],
            reason=ages,
        ),
        fact(
            "vacd-archive",
            "vacd",
            now,
            **vault,
            issued_at=-95 * DAY,
            next_action_at=-5 * DAY,
            unmanaged=[unmanaged("d41d8cd98f00")],
            reason="The token on record is older than 90 days.",
        ),
        fact(
            "vacd-crm",
            "vacd",
            now,
            **vault,
            issued_at=-20 * HOUR,
            next_action_at=4 * HOUR,
            unmanaged=[],
            retiring=[{"fingerprint": "77aa01c4e5f6", "revoke_at": 4 * HOUR}],
            reason="Rotated; the replaced token lives on for a day.",
        ),
        fact(
            "acme-john",
            "kazoo",
            now,
            **encrypted,
            issued_at=-8 * MINUTE,
            expires_at=52 * MINUTE,
            next_action_at=47 * MINUTE,
        ),
        fact(
            "acme-mary",
            "kazoo",
            now,
            **encrypted,
            issued_at=-3 * HOUR,
            expires_at=-2 * HOUR,
            next_action_at=-2 * HOUR - 300,
            works=False,
            reason="The token on record has expired.",
        ),
        fact(
            "globex-ivr",
            "kazoo",
            now,
            issued_at=None,
            fingerprint=None,
            works=None,
            reason=None,
            problem="Kazoo cannot be reached: the connection was refused (crossbar.example.com:8443).",
        ),
        fact(
            "globex-left",
            "kazoo",
            now,
            issued_at=None,
            fingerprint=None,
            works=None,
            reason="No token is wanted, and none is on record.",
        ),
        fact(
            "webitel-200",
            "webitel",
            now,
            **encrypted,
            issued_at=-15 * DAY,
            expires_at=85 * DAY,
            next_action_at=85 * DAY - 300,
        ),
        fact(
            "webitel-201",
            "webitel",
            now,
            **encrypted,
            issued_at=-62 * DAY,
            expires_at=38 * DAY,
            next_action_at=31 * DAY,
        ),
        fact(
            "webitel-202",
            "webitel",
            now,
            **encrypted,
            issued_at=-62 * DAY,
            expires_at=38 * DAY,
            next_action_at=31 * DAY,
        ),
        fact(
            "webitel-queue",
            "webitel",
            now,
            **encrypted,
            issued_at=-2 * DAY,
            expires_at=98 * DAY,
            next_action_at=12 * DAY,
            retiring=[{"fingerprint": "0c9b8a776655", "revoke_at": 12 * DAY}],
        ),
        fact(
            "ipcortex-operator",
            "ipcortex",
            now,
            user="operator",
            issued_at=None,
            works=True,
            reason="The API key works. It was made in the web interface.",
        ),
        fact(
            "ipcortex-agent",
            "ipcortex",
            now,
            user="agent7",
            issued_at=-9 * DAY,
            works=False,
            next_action_at=0,
            reason="The PBX does not know the session any more.",
        ),
        fact(
            "dialer-reseller", "dialer", now, issued_at=-11 * HOUR, expires_at=13 * HOUR, next_action_at=13 * HOUR - 300
        ),
        fact(
            "dialer-static",
            "dialer",
            now,
            issued_at=-400 * DAY,
            works=None,
            reason="A static token. Its expiry decides, and it has none.",
        ),
    ]


def hostile_fleet(now: int) -> list[Fact]:
    """Harm in each text, at an API user of each urgency."""
    facts = []
    for number, (kind, text) in enumerate(HOSTILE.items()):
        texts = dict.fromkeys(("user", "place", "reason", "fingerprint", "store", "api_url"), text)
        many = {"retiring": [{"fingerprint": text, "revoke_at": DAY}], "unmanaged": [unmanaged(text)]}
        facts.append(fact(f"hostile-{kind}", text, now, **texts, **many, problem=text if number % 2 else None))
    return facts


def twenty_tenants(facts: list[Fact]) -> dict[str, list[str]]:
    """The API users in as many groups."""
    return {f"tenant{number}": [each["name"] for each in facts[number::20]] for number in range(20)}


def thousand(now: int) -> list[Fact]:
    vendors = list(VENDORS)
    return [
        fact(
            f"user-{number}",
            vendors[number % 5],
            now,
            issued_at=-number * HOUR,
            next_action_at=(number - 100) * 3 * HOUR,
        )
        for number in range(1000)
    ]
