# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dialer.rocks: a JWT by login, for users and for resellers; static tokens from the web interface."""

from __future__ import annotations

import typing as t

import jwt

from .. import users
from ..core import JSON, Call, Reply, Token, Vendor

DAY = 24 * 3600.0
USER_SESSION = "/a/session.json"
RESELLER_LOGIN = "/a/v1/resellers/login.json"
RESELLER_LOGOUT = "/a/v1/resellers/user/logout.json"
ADD_BALANCE = "/a/v1/resellers/add_balance.json"
ACCOUNT = "/a/account.json"  # no such path is documented: it stands for whatever a deployment offers to a valid token


class Dialer(Vendor):
    # Errors have the base class's shape: that they are JSON is all that is known of them.
    name = "dialer"
    api_path = "/a"
    seed = users.DIALER
    # Whether a logout ends the token on the server is not documented; false lets it live on.
    defaults: t.ClassVar[dict[str, t.Any]] = {"logout_revokes": True}

    changeable = ("blocked", "ip_denied")

    signing_key = "simulated signing key of the dialer, made up for the tests"

    def reset(self) -> None:
        self.live: dict[str, Token] = {}

    def add(self, user: dict[str, t.Any]) -> None:
        super().add(user)
        user.setdefault("type", "user")
        user["user_id"] = 120 + len(self.users)
        if user.get("static"):
            user["static_token"] = self.make(user, "static", None)

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        return {**super().generate(number, password), "type": "user", "jwt_times": number % 2 == 0}

    def make(self, user: dict[str, t.Any], kind: str, life: float | None) -> str:
        now = self.clock.now()
        claims: dict[str, t.Any] = {"type": user["type"], "id": user["user_id"], "name": user["username"]}
        if user["type"] == "user":
            claims.update(admin=False, sms_from="+15551239999", user_group_id=7)
        # The documentation lists neither exp nor iat; the unit, where there is one, is taken to be the usual second.
        if life is not None and user.get("jwt_times", True):
            claims.update(iat=int(now), exp=int(now + life))
        text = jwt.encode(claims, self.signing_key, "HS256")
        # Without a time in it, each login of a user gives the same text: a login brings an ended one back to life.
        self.live[text] = Token(user["username"], text, kind, now, now + life if life is not None else None)
        self.secrets.add(text)
        return text

    def make_token(self, username: str) -> str:
        return self.make(self.users[username], "dynamic", DAY)

    def end_token(self, text: str) -> None:
        del self.live[text]

    @staticmethod
    def body(call: Call) -> dict[str, t.Any]:
        if call.media_type != JSON:  # the only type that is documented
            return {}
        try:
            value = call.json()
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def operation(self, call: Call) -> str:
        routes = {
            ("POST", USER_SESSION): "issue",
            ("DELETE", USER_SESSION): "revoke",
            ("POST", RESELLER_LOGIN): "issue",
            ("GET", RESELLER_LOGOUT): "revoke",
            ("GET", ACCOUNT): "check",
        }
        return routes.get((call.method, call.path), "other")

    @staticmethod
    def given(call: Call) -> str:
        return call.bearer() or call.query.get("token") or ""  # the query is the older way

    def who(self, call: Call) -> str | None:
        if call.method == "POST" and call.path in (USER_SESSION, RESELLER_LOGIN):
            name = self.body(call).get("login" if call.path == USER_SESSION else "name")
            return name if isinstance(name, str) else None
        token = self.live.get(self.given(call))
        return token.user if token else None

    def caller(self, call: Call) -> Token | None:
        token = self.live.get(self.given(call))
        if token is None or not token.alive(self.clock.now()):
            return None
        return None if self.users[token.user].get("blocked") else token

    def handle(self, call: Call) -> Reply:
        route = (call.method, call.path)
        if route == ("POST", USER_SESSION):
            return self.user_login(call)
        if route == ("POST", RESELLER_LOGIN):
            return self.reseller_login(call)
        doors = {
            ("DELETE", USER_SESSION): ("user",),
            ("GET", RESELLER_LOGOUT): ("reseller",),
            ("PUT", ADD_BALANCE): ("reseller",),
            ("GET", ACCOUNT): ("user", "reseller"),
        }
        if route not in doors:
            return self.error(404, "Not Found")
        token = self.caller(call)
        if token is None:
            return self.error(401, "Unauthorized")
        user = self.users[token.user]
        if user["type"] not in doors[route]:
            return self.error(401, "Unauthorized")
        if call.path == ACCOUNT:
            return Reply.json(200, {"id": user["user_id"], "name": user["username"], "type": user["type"]})
        if call.path == ADD_BALANCE:
            return Reply.json(200, {"amount": 1000.0})
        return self.logout(token)

    def known(self, kind: str, name: t.Any, password: t.Any) -> dict[str, t.Any] | None:
        self.secrets.submitted(password)
        user = self.users.get(name) if isinstance(name, str) else None
        return user if user and user["type"] == kind and user["password"] == password else None

    def user_login(self, call: Call) -> Reply:
        body = self.body(call)
        user = self.known("user", body.get("login"), body.get("password"))
        if user is None:
            return self.error(401, "Invalid login credentials")
        if user.get("ip_denied"):
            return self.error(406, "Login denied due to IP restriction")
        view = {"id": user["user_id"], "blocked": bool(user.get("blocked"))}
        # A blocked user gets 200 all the same; the token is then taken to be of no use.
        return Reply.json(200, {"user": view, "token": self.make(user, "dynamic", DAY)})

    def reseller_login(self, call: Call) -> Reply:
        body = self.body(call)
        user = self.known("reseller", body.get("name"), body.get("pass"))
        if user is None:
            return self.error(401, "Invalid ID or Password")
        if user.get("ip_denied"):
            return self.error(401, "Your IP is not allowed")
        answer = {
            "token": self.make(user, "dynamic", DAY),
            "reseller": {"id": user["user_id"], "name": user["username"]},
            "user_groups": [],
            "user_balance": 1000.0,
            "version": "1.0.0",
        }
        return Reply.json(200, answer)

    def logout(self, token: Token) -> Reply:
        """The answer is not documented. A static token is ended in the web interface only."""
        if token.kind != "static" and self.settings["logout_revokes"]:
            del self.live[token.token]
        return Reply.json(200, {"success": True})

    def tokens(self) -> t.Iterable[Token]:
        blocked = {name for name, user in self.users.items() if user.get("blocked")}
        return [token for token in self.live.values() if token.user not in blocked]
