# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX, the current platform: a login with a RingCentral access token, access tokens for five minutes, refresh tokens."""

from __future__ import annotations

import secrets
import typing as t

import jwt

from .. import users
from ..core import Call, Reply, Token, Vendor

LIFE = 300
MINUTE = 60


class Ringcx(Vendor):
    name = "ringcx"
    api_path = ""
    seed = users.RINGCX
    # What the vendor does not say: whom the limit of logins counts (here each user), and how a refusal looks.
    defaults: t.ClassVar[dict[str, t.Any]] = {"logins_a_minute": 5}
    changeable = ("enabled",)

    signing_key = "simulated key of the access tokens, made up for the tests only"

    def reset(self) -> None:
        self.issued: dict[str, Token] = {}
        self.refresh: dict[str, str] = {}  # the user of each refresh token that was not used yet
        self.logins: dict[str, list[float]] = {}

    def add(self, user: dict[str, t.Any]) -> None:
        super().add(user)
        self.secrets.add(user["rc_access_token"])

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        return {**super().generate(number, password), "rc_access_token": f"rc-access-{secrets.token_hex(16)}"}

    def operation(self, call: Call) -> str:
        if call.parts[:2] == ["api", "auth"] and call.method == "POST":
            return "issue"
        return "check" if call.path == "/voice/api/v1/admin/token" and call.method == "GET" else "other"

    def who(self, call: Call) -> str | None:
        form = call.form()
        user = self.user_of(form.get("rcAccessToken"))
        if user:
            return str(user["username"])
        token = self.issued.get(call.bearer() or "")
        return token.user if token else self.refresh.get(form.get("refresh_token", ""))

    def user_of(self, text: str | None) -> dict[str, t.Any] | None:
        return next((user for user in self.users.values() if user["rc_access_token"] == text), None)

    def error(self, status: int, message: str) -> Reply:
        return Reply.json(status, {"generalMessage": message, "details": message, "timestamp": self.clock.ms()})

    def handle(self, call: Call) -> Reply:
        if call.method == "POST" and call.path == "/api/auth/login/rc/accesstoken":
            return self.login(call)
        if call.method == "POST" and call.path == "/api/auth/token/refresh":
            return self.renew(call)
        if call.method == "GET" and call.path == "/voice/api/v1/admin/token":
            token = self.issued.get(call.bearer() or "")
            if token is None or not token.alive(self.clock.now()):
                return Reply.text(401, "Jwt is expired")
            return Reply.json(200, [])
        return self.error(404, "The resource you have requested does not exist")

    def login(self, call: Call) -> Reply:
        form = call.form()
        self.secrets.submitted(form.get("rcAccessToken"))
        user = self.user_of(form.get("rcAccessToken"))
        if form.get("rcTokenType") != "Bearer":
            return self.error(400, "The supplied data is not valid")
        if user is None or user.get("enabled") is False:
            return self.error(401, "You do not have permission to access this resource")
        now = self.clock.now()
        recent = [when for when in self.logins.get(user["username"], []) if when > now - MINUTE]
        if len(recent) >= self.settings["logins_a_minute"]:
            return self.error(429, "Too Many Requests")
        self.logins[user["username"]] = [*recent, now]
        return self.answer(user["username"], with_refresh=call.query.get("includeRefresh") == "true")

    def renew(self, call: Call) -> Reply:
        name = self.refresh.pop(call.form().get("refresh_token", ""), None)
        if name is None or self.users[name].get("enabled") is False:
            return self.error(401, "You do not have permission to access this resource")
        return self.answer(name, with_refresh=True)

    def answer(self, name: str, with_refresh: bool) -> Reply:
        body: dict[str, t.Any] = {
            "accessToken": self.make_token(name),
            "tokenType": "Bearer",
            "mainAccountId": "99990000",
        }
        body.update(agentDetails=[], adminId=1001, adminUrl="/voice/admin/", agentUrl="/voice/agent/", ssoLogin=False)
        if with_refresh:
            text = f"refresh-{secrets.token_hex(16)}"
            self.refresh[text] = name
            self.secrets.add(text)
            body["refreshToken"] = text
        return Reply.json(200, body)

    def make_token(self, username: str) -> str:
        now = self.clock.now()
        claims = {"sub": username, "exp": int(now) + LIFE, "jti": secrets.token_hex(8)}
        text = jwt.encode(claims, self.signing_key, "HS256")
        self.issued[text] = Token(username, text, "access", now, now + LIFE)
        self.secrets.add(text)
        return text

    def end_token(self, text: str) -> None:
        del self.issued[text]

    def tokens(self) -> t.Iterable[Token]:
        return self.issued.values()
