# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor: the requests that the modules send, sent by a bare script over one session.

For each vendor, login() makes a new token, with the requests of the first provisioning less the final check, and gives
back what check() needs; check() is the request of the steady state. keep() is what keeping a record safely costs at least.
"""

from __future__ import annotations

import hashlib
import os
import typing as t
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests

User = t.Mapping[str, t.Any]
Token = t.Mapping[str, str]


def session() -> requests.Session:
    kept = requests.Session()
    kept.trust_env = False
    kept.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return kept


def keep(path: Path, text: str) -> None:
    """Keep a record so that neither others nor a power cut get at it, as the modules do before and after they issue."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(descriptor, text.encode())
    os.fsync(descriptor)
    os.close(descriptor)
    os.replace(new, path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(directory)
    os.close(directory)


class Vendor:
    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.session = session()

    def call(self, method: str, path: str, **request: t.Any) -> requests.Response:
        reply = self.session.request(method, self.api_url + path, timeout=30, **request)
        reply.raise_for_status()
        return reply

    def login(self, user: User) -> Token:
        raise NotImplementedError

    def check(self, token: Token) -> None:
        raise NotImplementedError


class Kazoo(Vendor):
    def login(self, user: User) -> Token:
        # Kazoo's own scheme
        text = f"{user['username'].lower()}:{user['password']}"
        credentials = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        data = {"credentials": credentials, "account_name": user["account_name"]}
        return {"token": self.call("PUT", "/user_auth", json={"data": data}).json()["auth_token"]}

    def check(self, token: Token) -> None:
        self.call("POST", "/auth/tokeninfo", json={"data": token}).json()


class Vacd(Vendor):
    def login(self, user: User) -> Token:
        form = {"username": user["username"], "password": user["password"], "stayLoggedIn": "false"}
        auth_token = self.call("POST", "/v1/auth/login", data=form).json()["authToken"]
        self.check({"X-Auth-Token": auth_token})
        return {"X-Auth-Token": self.call("POST", "/v1/admin/token", headers={"X-Auth-Token": auth_token}).text}

    def check(self, token: Token) -> None:
        self.call("GET", "/v1/admin/token", headers=token).json()


class Webitel(Vendor):
    def login(self, user: User) -> Token:
        credentials = {"username": user["username"], "password": user["password"]}
        answer = self.call("POST", "/login", json=credentials).json()
        return {"X-Access-Token": answer["token"], "X-Key": answer["key"]}

    def check(self, token: Token) -> None:
        self.call("GET", "/api/v2/whoami", headers=token).json()


class Ipcortex(Vendor):
    def auth(self, headers: t.Mapping[str, str], **credentials: str) -> t.Any:
        answer = self.call(
            "POST", "/rest/auth/", headers=headers, json={"auth": {"type": "auth", **credentials}}
        ).json()
        if answer["result"] != "success":
            raise requests.RequestException("The PBX refused.")
        return answer

    def login(self, user: User) -> Token:
        answer = self.auth({}, username=user["username"], password=user["password"])
        return {"Cookie": f"Red60urne={answer['user']['session']}"}

    def check(self, token: Token) -> None:
        self.auth(token)


class Dialer(Vendor):
    def login(self, user: User) -> Token:
        credentials = {"login": user["username"], "password": user["password"]}
        return {"Authorization": f"Bearer {self.call('POST', '/session.json', json=credentials).json()['token']}"}

    def check(self, token: Token) -> None:
        self.call("GET", "/account.json", headers=token).json()


VENDORS: dict[str, type[Vendor]] = {
    "vacd": Vacd,
    "kazoo": Kazoo,
    "webitel": Webitel,
    "ipcortex": Ipcortex,
    "dialer": Dialer,
}
