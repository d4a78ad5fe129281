# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seeded users of all vendors. Nobody's real credentials: made up for the simulators, John's published in Kazoo's manual."""

from __future__ import annotations

import typing as t

Users: t.TypeAlias = "list[dict[str, t.Any]]"

VACD: Users = [
    {"username": "api.one@example.com", "password": "vacd-One-7Hq2Lr9XwZ", "purpose": "ordinary"},
    {"username": "api.two@example.com", "password": "p&ss=w+rd% ö x", "purpose": "a password that must be encoded"},
    {
        "username": "api.three@example.com",
        "password": "vacd-Three-4Kd8TnUv",
        "purpose": "ordinary, may list users",
        "roles": ["MANAGE_USERS"],
    },
    {
        "username": "quoted@example.com",
        "password": "vacd-Quoted-9PbWc3Ye",
        "purpose": "gets new tokens as quoted JSON",
        "token_reply": "json",
    },
    {
        "username": "parent@example.com",
        "password": "vacd-Parent-6MzRt1Gs",
        "purpose": "parent of child@example.com",
        "roles": ["MANAGE_USERS"],
    },
    {
        "username": "child@example.com",
        "password": "vacd-Child-2JfXk5Qn",
        "purpose": "child of parent@example.com",
        "parent": "parent@example.com",
    },
    {
        "username": "locked@example.com",
        "password": "vacd-Locked-8VyBh4Dm",
        "purpose": "locked: 403 on login",
        "locked": True,
    },
    {
        "username": "disabled@example.com",
        "password": "vacd-Disabled-3CgNp7Wa",
        "purpose": "disabled: 403 on login",
        "enabled": False,
    },
]

RINGCX: Users = [
    {
        "username": "admin@example.com",
        "password": "ringcx-Admin-6ZtR3eWq",
        "rc_access_token": "rc-access-5d0c7e91b2a84f63",
        "purpose": "ordinary; the password is RingCentral's, and not for RingCX",
    },
    {
        "username": "off@example.com",
        "password": "ringcx-Off-8UjM2nBv",
        "rc_access_token": "rc-access-17f3a0b9c6d2e845",
        "purpose": "disabled",
        "enabled": False,
    },
]

KAZOO_ACCOUNTS: dict[str, dict[str, t.Any]] = {
    "acme": {
        "account_id": "a0c0ffee00000000000000000000ac3e",
        "account_name": "Acme Telephony, Inc.",
        "account_realm": "acme.sip.example.com",
        "phone_number": "+15551230001",
        "api_key": "5d1f0a7b3c9e4286b1d07f5a8c3e9b4260f7d1a5938c2e4b6f0a1d7c5b9e8342",
    },
    "beta": {
        "account_id": "b0c0ffee00000000000000000000be7a",
        "parent_id": "a0c0ffee00000000000000000000ac3e",
        "account_name": "Beta Voice",
        "account_realm": "beta.sip.example.com",
        "phone_number": "+15551230002",
        "api_key": "91c4e7d20b5f8a36c1e94d7b0a2f6583de17b9c04a5f82637c1d9e0b4f6a8251",
    },
    "disabled": {
        "account_id": "d0c0ffee00000000000000000000d15a",
        "account_name": "Dormant Lines",
        "account_realm": "dormant.sip.example.com",
        "phone_number": "+15551230003",
        "api_key": "2e8b5f1a9d3c7046e1b8a5d2f9c6037b4e1d8a5f2c9b6037e4d1a8f5b2c90613",
        "enabled": False,
    },
    "expired": {
        "account_id": "e0c0ffee00000000000000000000e891",
        "account_name": "Expired Trunks",
        "account_realm": "expired.sip.example.com",
        "phone_number": "+15551230004",
        "api_key": "7a3d0c6f9b2e5814d7a0c3f6b9e2581470d3a6c9f2b5e8147a0d3c6f9b2e5810",
        "expired": 63900000000,
    },
    "module_off": {
        "account_id": "f0c0ffee00000000000000000000f0ff",
        "account_name": "Module Off",
        "account_realm": "moduleoff.sip.example.com",
        "phone_number": "+15551230005",
        "api_key": "c5e8b1d4a7f0c3963e6b9d2a5f8c1047b4e7d0a3f6c9b2851e4d7a0b3c6f9825",
        "user_auth": False,
    },
}

KAZOO: Users = [
    {
        "username": "john@example.com",
        "password": "m32c6NfqYEt",
        "account": "acme",
        "purpose": "the published test vector",
    },
    {
        "username": "Mary@Example.com",
        "password": "kazoo-Mary-5RtY8uJk",
        "account": "acme",
        "purpose": "the server keeps the name in lower case",
    },
    {
        "username": "special@example.com",
        "password": "k&z=o+ü% ö:x",
        "account": "acme",
        "purpose": "a password with a colon, umlauts, spaces",
    },
    {
        "username": "admin@example.com",
        "password": "kazoo-Admin-1QwE6tZu",
        "account": "acme",
        "purpose": "account admin",
        "admin": True,
    },
    {
        "username": "imported@example.com",
        "password": "kazoo-Imported-7FgH2jKl",
        "account": "acme",
        "purpose": "has the md5 hash only: sha fails",
        "md5_only": True,
    },
    {
        "username": "off@example.com",
        "password": "kazoo-Off-9XcV4bNm",
        "account": "acme",
        "purpose": "disabled user",
        "enabled": False,
    },
    {
        "username": "mfa@example.com",
        "password": "kazoo-Mfa-3ErT5zUi",
        "account": "acme",
        "purpose": "needs a second factor",
        "multi_factor_response": "AUTH|c2lnbmVk|0123456789abcdef:APP|c2lnbmVk|fedcba9876543210",
    },
    {"username": "ann@example.com", "password": "kazoo-Ann-8OpA1sDf", "account": "beta", "purpose": "another account"},
    {
        "username": "sleeper@example.com",
        "password": "kazoo-Sleeper-6GhJ3kLy",
        "account": "disabled",
        "purpose": "account disabled",
    },
    {
        "username": "late@example.com",
        "password": "kazoo-Late-2CvB7nMq",
        "account": "expired",
        "purpose": "account expired",
    },
    {
        "username": "nomodule@example.com",
        "password": "kazoo-NoModule-4WeR9tZa",
        "account": "module_off",
        "purpose": "user_auth is off for the account",
    },
]

WEBITEL: Users = [
    {
        "username": "100@mydomain.com",
        "password": "secret",
        "role": "admin",
        "purpose": "for the recorded exchanges only",
    },
    {
        "username": "101@mydomain.com",
        "password": "secret",
        "role": "user",
        "purpose": "for the recorded exchanges only",
    },
    {
        "username": "200@mydomain.com",
        "password": "webitel-Admin-5LkJ8hGf",
        "role": "admin",
        "purpose": "ordinary admin",
    },
    {"username": "201@mydomain.com", "password": "webitel-User-3MnB6vCx", "role": "user", "purpose": "ordinary user"},
    {
        "username": "202@mydomain.com",
        "password": "w&b=t+l% ö x",
        "role": "user",
        "purpose": "a password with special characters",
    },
    {
        "username": "203@mydomain.com",
        "password": "webitel-Roleless-6TgZ4hNm",
        "role": None,
        "purpose": "without a role: can log in, and is refused at whoami",
    },
    {
        "username": "300@other.com",
        "password": "webitel-Other-7YxC1vBn",
        "role": "admin",
        "purpose": "admin of another domain",
    },
    {
        "username": "root",
        "password": "webitel-Root-9QaY2wSx",
        "role": "root",
        "totp_code": "424242",
        "purpose": "second factor",
    },
]

IPCORTEX: Users = [
    {
        "username": "agent",
        "password": "ipcortex-Agent-4ZhN7uJm",
        "purpose": "ordinary",
        "api_key": "ipcx-5f0e9d8c7b6a59483726150f4e3d2c1b",
        "name": "Agent Example",
        "company": "acme",
        "companies": ["acme"],
        "perms": {"phone": "company", "reports": "yes"},
    },
    {
        "username": "operator",
        "password": "i&c=o+r% ö x",
        "purpose": "special characters, several companies",
        "api_key": "ipcx-0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "name": "Operator Example",
        "company": "acme",
        "companies": ["acme", "beta"],
        "perms": {"phone": "company", "nightmode": "company", "companyadmin": "yes"},
    },
    {
        "username": "keyless",
        "password": "ipcortex-Keyless-8TgB5zHn",
        "purpose": "no API key, no permissions",
        "name": "Keyless Example",
        "company": "beta",
        "companies": ["beta"],
        "perms": {},
    },
    {
        "username": "retired",
        "password": "ipcortex-Retired-2EdC6rFv",
        "purpose": "disabled",
        "api_key": "ipcx-99887766554433221100ffeeddccbbaa",
        "name": "Retired Example",
        "company": "beta",
        "companies": ["beta"],
        "perms": {},
        "enabled": False,
    },
]

DIALER: Users = [
    {
        "username": "user@example.com",
        "password": "dialer-User-6UjM9iKo",
        "type": "user",
        "purpose": "JWT with exp and iat",
    },
    {
        "username": "plain@example.com",
        "password": "dialer-Plain-1AsD4fGh",
        "type": "user",
        "jwt_times": False,
        "purpose": "JWT without exp and iat",
    },
    {
        "username": "special@example.com",
        "password": "d&l=r+% ö x",
        "type": "user",
        "purpose": "a password with special characters",
    },
    {
        "username": "blocked@example.com",
        "password": "dialer-Blocked-5HjK8lPo",
        "type": "user",
        "blocked": True,
        "purpose": "blocked: true with 200",
    },
    {
        "username": "elsewhere@example.com",
        "password": "dialer-Elsewhere-3BnM7qWe",
        "type": "user",
        "ip_denied": True,
        "purpose": "406",
    },
    {
        "username": "static@example.com",
        "password": "dialer-Static-7RtZ2uIo",
        "type": "user",
        "static": True,
        "purpose": "has a static token",
    },
    {"username": "reseller1", "password": "dialer-Reseller-9YsX4cVb", "type": "reseller", "purpose": "reseller"},
    {
        "username": "reseller2",
        "password": "dialer-Reseller2-2NmA5sDq",
        "type": "reseller",
        "jwt_times": False,
        "purpose": "reseller, JWT without exp and iat",
    },
    {
        "username": "reseller3",
        "password": "dialer-Reseller3-8WeD1xCv",
        "type": "reseller",
        "ip_denied": True,
        "purpose": "401: IP not allowed",
    },
    {
        "username": "reseller4",
        "password": "dialer-Reseller4-4TzU6hJn",
        "type": "reseller",
        "static": True,
        "purpose": "reseller with a static token",
    },
]
