# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPCortex: a session cookie by login, API keys from the web interface. Every call is a POST; failures come with 200."""

from __future__ import annotations

import typing as t
import uuid

from .. import users
from ..core import Call, Reply, Token, Vendor

COOKIE = "Red60urne"
IDLE = 3600.0
COLUMNS = ("uname", "name", "email", "company", "roleid")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Ipcortex(Vendor):
    name = "ipcortex"
    api_path = ""
    seed = users.IPCORTEX
    # fail_status: a failure comes as 200 with result "fail", as the vendor's own client expects; others may be tried.
    # idle_seconds: how long an unused session lives is not documented.
    defaults: t.ClassVar[dict[str, t.Any]] = {"fail_status": 200, "idle_seconds": IDLE}

    changeable = ("enabled",)

    def reset(self) -> None:
        self.sessions: dict[str, Token] = {}
        self.keys: dict[str, dict[str, t.Any]] = {}

    def add(self, user: dict[str, t.Any]) -> None:
        user.setdefault("name", "Load Example")
        user.setdefault("company", "acme")
        user.setdefault("companies", ["acme"])
        user.setdefault("perms", {"phone": "company"})
        super().add(user)
        user.setdefault("user_id", 100 + len(self.users))
        if user.get("api_key"):
            self.keys[user["api_key"]] = user
            self.secrets.add(user["api_key"])

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        return {"username": f"load{number:05d}", "password": password, "api_key": f"ipcx-{uuid.uuid4().hex}"}

    def error(self, status: int, message: str) -> Reply:
        return Reply.json(status, {"result": "fail", "message": message})

    def fail(self, message: str) -> Reply:
        return self.error(self.settings["fail_status"], message)

    @staticmethod
    def body(call: Call) -> dict[str, t.Any]:
        """What cannot be read is taken for {}; a form is one of the things that cannot."""
        if call.media_type in FORMS:
            return {}
        try:
            value = call.json()
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def auth(self, call: Call) -> dict[str, t.Any]:
        auth = self.body(call).get("auth")
        return auth if isinstance(auth, dict) and auth.get("type") == "auth" else {}

    @staticmethod
    def header_key(call: Call) -> str | None:
        scheme, _sep, value = call.headers.get("Authorization", "").partition(" ")
        name, _sep, key = value.strip().partition("=")
        return key if scheme.lower() == "token" and name == "auth" and key else None

    def route(self, call: Call) -> str:
        return call.path.rstrip("/")  # both forms are in use

    def operation(self, call: Call) -> str:
        if call.method == "POST" and self.route(call) == "/rest/auth":
            auth = self.auth(call)
            return "issue" if "username" in auth or "password" in auth else "check"
        if call.method == "POST" and self.route(call) == "/rest/auth/logout":
            return "revoke"
        if call.method == "POST" and self.route(call).startswith("/rest/ops/"):
            verb = self.route(call).rpartition("/")[2]
            return {"read": "users"}.get(verb, verb) if verb in ("create", "read", "update", "delete") else "other"
        return "other"

    def who(self, call: Call) -> str | None:
        auth = self.auth(call)
        name = auth.get("username")
        if isinstance(name, str):
            return name
        key = auth.get("key") or self.header_key(call)
        if isinstance(key, str):
            return self.keys.get(key, {}).get("username")
        session = self.sessions.get(call.cookie(COOKIE) or "")
        return session.user if session else None

    def session(self, call: Call) -> Token | None:
        """The live session that the cookie names."""
        session = self.sessions.get(call.cookie(COOKIE) or "")
        if session is None:
            return None
        now = self.clock.now()
        if not session.alive(now):
            del self.sessions[session.token]
            return None
        session.expires_at = now + self.settings["idle_seconds"]
        return session

    def handle(self, call: Call) -> Reply:
        if call.method != "POST":
            return Reply.text(405, "Method Not Allowed\n")
        route = self.route(call)
        if route == "/rest/auth":
            return self.authenticate(call)
        if route == "/rest/auth/logout":
            return self.logout(call)
        if route.startswith("/rest/ops/") and self.body(call).get("type") == "user":
            user, how = self.caller(call)
            return self.manage(route.rpartition("/")[2], self.body(call), user) if user else self.fail(how)
        if route in ("/rest/dialplan/read", "/rest/ops/read", "/rest/call/read"):
            user, how = self.caller(call)
            return Reply.json(200, {"result": "success", "values": []}) if user else self.fail(how)
        return Reply.text(404, "Not Found\n")

    def caller(self, call: Call) -> tuple[dict[str, t.Any] | None, str]:
        """Who calls and by what: a password, a key, the cookie. Or nobody, and why."""
        auth = self.auth(call)
        key = auth.get("key") or self.header_key(call)
        if "username" in auth or "password" in auth:
            user = self.users.get(auth.get("username") or "") if isinstance(auth.get("username"), str) else None
            self.secrets.submitted(auth.get("password"))
            if user is None or user["password"] != auth.get("password") or user.get("enabled") is False:
                return None, "Login failed"
            return user, "password"
        if key:
            self.secrets.submitted(key)
            user = self.keys.get(key) if isinstance(key, str) else None
            if user is None or user.get("enabled") is False:
                return None, "Invalid authentication key"
            return user, "key"
        session = self.session(call)
        return (self.users[session.user], "cookie") if session else (None, "Not logged in")

    def authenticate(self, call: Call) -> Reply:
        user, how = self.caller(call)
        if user is None:
            return self.fail(how)
        if how == "key":
            # Whether a key opens a session is not documented: here it does not.
            return Reply.json(200, {"result": "success", "user": self.view(user, None)})
        session = self.session(call)
        if how == "cookie":
            # As the vendor's script login does without credentials: who is logged in is told again.
            return Reply.json(200, {"result": "success", "user": self.view(user, session)})
        if session is None:  # an unknown cookie is not adopted
            session = self.sessions[self.make_token(user["username"])]
        session.user = user["username"]
        cookie = f"{COOKIE}={session.token}; Path=/; HttpOnly"
        return Reply.json(200, {"result": "success", "user": self.view(user, session)}, **{"Set-Cookie": cookie})

    def make_token(self, username: str) -> str:
        text, now = uuid.uuid4().hex, self.clock.now()
        name = self.users[username]["username"]
        self.sessions[text] = Token(name, text, "session", now, now + self.settings["idle_seconds"])
        self.secrets.add(text)
        return text

    def end_token(self, text: str) -> None:
        del self.sessions[text]

    def logout(self, call: Call) -> Reply:
        """The answer is not documented: the general form, and a failure where no live session is named."""
        session = self.session(call)
        if session is None:
            return self.fail("Not logged in")
        del self.sessions[session.token]
        return Reply.json(200, {"result": "success"})

    def manage(self, verb: str, body: dict[str, t.Any], caller: dict[str, t.Any]) -> Reply:
        """Users. Documented are the values of a new one, and the general form of the other requests."""
        if not {"companyadmin", "sysadmin"} & set(caller["perms"]):
            return self.fail("Permission denied")
        values, scope = body.get("values") or {}, body.get("scope") or {}
        if set(values) - set(COLUMNS) - {"password"} or set(scope) - {"uname"}:
            return self.fail("Unknown column")
        self.secrets.submitted(values.get("password"))
        if verb == "create":
            return self.create(values)
        seen = [user for user in self.users.values() if user["company"] in caller["companies"]]
        chosen = [user for user in seen if user["username"] in scope.get("uname", [user["username"]])]
        if verb == "read":
            return Reply.json(200, {"result": "success", "values": [self.row(user, body) for user in chosen]})
        if not chosen:
            return self.fail("No such user")
        for user in chosen:
            if verb == "delete":
                del self.users[user["username"]]
            else:
                self.take(user, values)
        return Reply.json(200, {"result": "success", "numrows": len(chosen)})

    def create(self, values: dict[str, t.Any]) -> Reply:
        name = values.get("uname")
        if not name or not values.get("name"):
            return self.fail("uname and name are required")
        if name in self.users:
            return self.fail("uname is not unique")
        user = {"username": name, "password": None, "company": values.get("company") or "acme", "purpose": "made"}
        self.take(user, values)
        self.add(user)
        return Reply.json(200, {"result": "success", "values": {"contact_id": user["user_id"], "uname": name}})

    @staticmethod
    def take(user: dict[str, t.Any], values: dict[str, t.Any]) -> None:
        names = {"name": "name", "email": "email", "roleid": "role", "password": "password"}
        user.update({names[column]: value for column, value in values.items() if column in names and value is not None})

    @staticmethod
    def row(user: dict[str, t.Any], body: dict[str, t.Any]) -> dict[str, t.Any]:
        """The columns that are asked for; with the number of a role comes its name."""
        role = user.get("role", "user")
        held = {"uname": user["username"], "email": user.get("email", ""), "roleid": 10 + len(role), "rolename": role}
        wanted = [*body.get("columns", COLUMNS)]
        wanted += ["rolename"] if "roleid" in wanted else []
        return {column: {**user, **held}[column] for column in wanted}

    @staticmethod
    def view(user: dict[str, t.Any], session: Token | None) -> dict[str, t.Any]:
        view = {
            "id": user["user_id"],
            "login": user["username"],
            "name": user["name"],
            "company": user["company"],
            "home": user["company"],
            "companies": user["companies"],
            "perms": user["perms"],
        }
        if session is not None:
            view["session"] = session.token
        return view

    def tokens(self) -> t.Iterable[Token]:
        yield from self.sessions.values()
        for key, user in self.keys.items():
            if user.get("enabled") is not False:
                yield Token(user["username"], key, "key", 0.0)
