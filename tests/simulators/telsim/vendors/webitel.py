# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webitel engine 3.x: key/token pairs by login, whoami, logout; static tokens of a domain."""

from __future__ import annotations

import json
import re
import typing as t
import uuid

import jwt

from .. import users
from ..core import JSON, Call, Reply, Token, Vendor, md5

UTF8 = "application/json; charset=utf-8"
DAYS_100 = 100 * 24 * 3600 * 1000
ROLES = {"user": 0, "admin": 1, "root": 2}
# A role that the operator has made, or that there is not
CUSTOM = -1
CDR = {"host": "http://cdr:10023", "useProxy": False}
DATABASE = "no connection available"  # the words are not known, but that it is 500
VERTO = "wss://pre.webitel.com/verto/"
SHARED_ACL = {"cdr": ["*"], "cdr/files": ["*"], "cdr/media": ["*"]}
ACL = {
    "user": {**SHARED_ACL, "book": ["r"], "calendar": ["r"], "channels": ["ro"]},
    "admin": {
        **SHARED_ACL,
        "book": ["*"],
        "calendar": ["*"],
        "channels": ["*"],
        "domain": ["ro", "uo"],
        "account": ["*"],
    },
    "root": {**SHARED_ACL, "book": ["*"], "calendar": ["*"], "channels": ["*"], "domain": ["*"], "account": ["*"]},
}


class Refusal(Exception):
    def __init__(self, status: int, info: str) -> None:
        super().__init__(info)
        self.status = status


def refuse(status: int, info: str) -> Reply:
    """The error handler's shape."""
    return Reply.json(status, {"status": "error", "info": info}, UTF8)


def hand_written() -> Reply:
    """The other shape, which only login and logout have."""
    return Reply.json(401, {"status": 401, "message": "Invalid credentials"}, UTF8)


def ok(info: t.Any) -> Reply:
    return Reply.json(200, {"status": "OK", "info": info}, UTF8)


class Webitel(Vendor):
    name = "webitel"
    api_path = ""
    seed = users.WEBITEL
    defaults: t.ClassVar[dict[str, t.Any]] = {"expired_status": 401}  # 400 before 3.7
    # database: it cannot be read or written. console: the engine's console gives an empty reply.
    troubles = ("database", "console")
    changeable = ("role",)

    signing_key = "simulated /ssl/token.key, made up for the tests only"

    def reset(self) -> None:
        self.pairs: dict[str, Token] = {}  # by key
        self.domains: dict[str, dict[str, t.Any]] = {}  # settings documents, by domain
        self.issued: dict[str, str] = {}  # domain tokens as handed out, by uuid; the list never shows them

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        return {"username": f"{10000 + number}@mydomain.com", "password": password, "role": "user"}

    def error(self, status: int, message: str) -> Reply:
        return refuse(status, message)

    # -- who calls what ---------------------------------------------------------------------------------------------

    def operation(self, call: Call) -> str:
        route = f"{call.method} {call.path}"
        if route in ("POST /login", "POST /logout", "GET /api/v2/whoami"):
            return {"POST /login": "issue", "POST /logout": "revoke"}.get(route, "check")
        if call.parts[:3] == ["api", "v2", "domains"] and call.parts[4:6] == ["settings", "token"]:
            return {"POST": "issue", "GET": "list", "DELETE": "revoke"}.get(call.method, "other")
        if call.parts[:3] == ["api", "v2", "accounts"] and len(call.parts) < 5:
            words = {"GET": "users", "POST": "create", "PUT": "update", "DELETE": "delete"}
            return words.get(call.method, "other")
        return "other"

    def body(self, call: Call) -> dict[str, t.Any]:
        """As the body parser leaves it: JSON only, anything else reads as empty."""
        if call.media_type != JSON or not call.body:
            return {}
        value = call.json()
        return value if isinstance(value, dict) else {}

    def who(self, call: Call) -> str | None:
        try:
            if call.path == "/login":
                name = self.body(call).get("username")
                return name if isinstance(name, str) else None
            pair = self.pairs.get(self.given(call)[1] or "")
        except ValueError:
            return None
        return pair.user if pair else None

    def given(self, call: Call) -> tuple[str | None, str | None]:
        body, query = self.body(call), call.query
        token = body.get("access_token") or query.get("access_token") or call.headers.get("X-Access-Token")
        key = body.get("x_key") or query.get("x_key") or call.headers.get("X-Key")
        return token, key

    def handle(self, call: Call) -> Reply:
        try:
            self.body(call)
        except ValueError:
            return refuse(400, self.parser_message(call.body))
        try:
            if call.method == "POST" and call.path == "/login":
                return self.login(call)
            if call.method == "POST" and call.path == "/logout":
                return self.logout(call)
            if call.parts[:2] == ["api", "v2"]:
                return self.api(call)
        except Refusal as refusal:
            return refuse(refusal.status, str(refusal))
        return self.missing(call)

    @staticmethod
    def missing(call: Call) -> Reply:
        return refuse(404, f"{call.target} not found.")

    @staticmethod
    def parser_message(body: bytes) -> str:
        """V8 quotes what it could not read: a piece of the body comes back."""
        text = body.decode("utf-8", "replace")
        if text.startswith("{"):
            return "Expected property name or '}' in JSON at position 1"
        return f"Unexpected token '{text[:1]}', \"{text[:10]}\"... is not valid JSON"

    # -- login tokens -----------------------------------------------------------------------------------------------

    def login(self, call: Call) -> Reply:
        body = self.body(call)
        name, password = body.get("username"), body.get("password")
        self.secrets.submitted(password)
        if not name:
            return hand_written()
        if self.fails("console"):  # a fault of the server that reads like a refusal
            raise Refusal(401, "Unexpected end of JSON input")
        user = self.users.get(name) if isinstance(name, str) else None
        if user is None:
            # The console's own words are not known; these are what the recorded exchanges have.
            raise Refusal(401, "-ERR user not found\n")
        if password != user["password"]:
            raise Refusal(401, "secret incorrect")
        if user.get("totp_code"):
            code = call.query.get("code")
            if not code:
                raise Refusal(301, "Set security code")
            if code != user["totp_code"]:
                raise Refusal(401, "code incorrect")
        if self.fails("database"):
            raise Refusal(500, DATABASE)
        pair = self.make_pair(user)
        key, token, expires = pair.extra["key"], pair.token, pair.extra["expires"]
        _number, _sep, domain = name.partition("@")
        answer: dict[str, t.Any] = {"key": key, "domain": domain, "username": name, "expires": expires, "token": token}
        answer.update(acl={}, cdr=CDR, verto=VERTO)
        if user["role"]:  # without one, the login works all the same
            answer.update(role=ROLES.get(user["role"], CUSTOM), roleName=user["role"], acl=ACL.get(user["role"], {}))
        if not domain:
            del answer["domain"]
        return Reply.json(200, answer, UTF8)

    def make_pair(self, user: dict[str, t.Any]) -> Token:
        now = self.clock.ms()
        expires = now + DAYS_100
        acl = SHARED_ACL if user["role"] else {}
        text = jwt.encode({"exp": expires, "acl": acl}, self.signing_key, "HS256")
        key = str(uuid.uuid4())
        self.pairs[key] = Token(
            user["username"], text, "pair", now / 1000, expires / 1000, {"key": key, "expires": expires}
        )
        self.secrets.add(text, key)
        return self.pairs[key]

    def make_token(self, username: str) -> str:
        return self.make_pair(self.users[username]).token

    def end_token(self, text: str) -> None:
        del self.pairs[next((key for key, pair in self.pairs.items() if pair.token == text), "")]

    def logout(self, call: Call) -> Reply:
        token, key = self.given(call)
        if not token or not key:
            return hand_written()
        if self.fails("database"):
            raise Refusal(500, DATABASE)
        pair = self.pairs.get(key)
        if pair is None or pair.token != token:  # a wrong key leaves the token alive
            raise Refusal(401, "Invalid credentials.")
        del self.pairs[key]
        now = self.clock.now()
        # Each successful logout also clears away everyone's expired pairs.
        self.pairs = {other: kept for other, kept in self.pairs.items() if kept.alive(now)}
        return ok("Successful logout.")

    # -- everything below /api/v2 -----------------------------------------------------------------------------------

    def caller(self, call: Call) -> dict[str, t.Any]:
        """The caller as whoami tells; the order of the checks is the server's."""
        token, key = self.given(call)
        try:
            claims = jwt.decode(token or "", self.signing_key, algorithms=["HS256"], options={"verify_exp": False})
        except jwt.PyJWTError:
            raise Refusal(401, "Invalid token") from None
        if int(claims["exp"]) <= self.clock.ms():
            raise Refusal(self.settings["expired_status"], "Token Expired")
        if claims.get("t") == "domain" and claims.get("v") == 2:
            found = self.find(claims.get("d", ""), claims.get("id", ""))
            if found is None or not found["enabled"] or self.fails("database"):
                raise Refusal(401, "Not found token")
            return self.identity(f"{found['uuid']}@{claims['d']}", claims["d"], found["roleName"], None)
        if not key:
            raise Refusal(401, "Invalid Token or Key")
        pair = self.pairs.get(key)
        if pair is None or pair.token != token or self.fails("database"):  # nobody looks at the error
            raise Refusal(401, "Invalid User")
        role = self.users[pair.user]["role"]
        if not role:
            raise Refusal(401, "Role name is required")
        return self.identity(pair.user, pair.user.partition("@")[2], role, claims["exp"])

    @staticmethod
    def identity(name: str, domain: str, role: str, expires: int | None) -> dict[str, t.Any]:
        who: dict[str, t.Any] = {"acl": ACL.get(role, {}), "id": name, "domain": domain, "roleName": role}
        if expires is not None:
            who["expires"] = expires
        if not domain:
            del who["domain"]
        return {**who, "cdr": CDR, "verto": VERTO}

    def api(self, call: Call) -> Reply:
        who = self.caller(call)
        rest = call.parts[2:]
        if rest == ["whoami"] and call.method == "GET":
            return Reply.json(200, who, UTF8)
        if rest[:1] == ["domains"] and rest[2:3] == ["settings"] and len(rest) >= 3:
            # A caller bound to a domain gets his own, whatever the path names.
            return self.domain_settings(call, who, who.get("domain") or rest[1], rest[3:])
        if rest[:1] == ["accounts"] and len(rest) < 3:
            body = self.body(call)
            # A caller's own domain wins, as everywhere.
            domain = who.get("domain") or call.query.get("domain") or body.get("domain")
            if not domain:
                raise Refusal(400, "Domain is require.")
            return self.accounts(call, who, domain, rest[1:], body)
        return self.missing(call)

    # -- accounts ---------------------------------------------------------------------------------------------------

    def accounts(
        self, call: Call, who: dict[str, t.Any], domain: str, rest: list[str], body: dict[str, t.Any]
    ) -> Reply:
        rights = set(who["acl"].get("account", ()))
        if call.method == "GET" and not rest:
            seen = [name for name in self.users if name.endswith(f"@{domain}")]
            # Who may not read all is told the own one.
            return ok({name.partition("@")[0]: self.row(name) for name in seen if rights or name == who["id"]})
        if not rights:
            raise Refusal(403, "Permission denied!")
        if call.method == "POST" and not rest:
            return self.make_account(domain, body)
        name = f"{rest[0]}@{domain}" if rest else ""
        if name not in self.users:
            raise Refusal(404, "-ERR user not found\n")
        if call.method == "PUT":
            self.change_account(name, body)
        elif call.method == "DELETE":
            if name == who["id"]:
                raise Refusal(400, "Easy! it's YOU !!!")
            del self.users[name]
            self.forget_pairs(name)
            return ok("+OK destroyed!\n")
        elif call.method != "GET":
            return self.missing(call)
        return ok(self.item(name))

    def make_account(self, domain: str, body: dict[str, t.Any]) -> Reply:
        login, role = body.get("login"), body.get("role")
        if not login or not role:
            raise Refusal(400, "Domain, login is require.")
        name = f"{login}@{domain}"
        if name in self.users:
            raise Refusal(400, "Number exists")
        # The console gets login:password@domain, and what is odd there breaks it.
        if re.search("[^A-Za-z0-9._~-]", f"{login}{body.get('password') or ''}"):
            raise Refusal(500, "-ERR bad syntax\n")
        self.add({"username": name, "password": body.get("password"), "role": role, "purpose": "made"})
        self.assign(name, body.get("variables"))
        return ok(self.item(name))

    def change_account(self, name: str, body: dict[str, t.Any]) -> None:
        parameters, variables = body.get("parameters"), body.get("variables")
        if not isinstance(parameters, list) and not isinstance(variables, list):
            raise Refusal(400, "Bad request.")
        for each in parameters or ():
            key, _sep, value = each.partition("=")
            if key == "password":
                self.users[name]["password"] = value.strip("'")
                self.secrets.submitted(value.strip("'"))
        self.assign(name, variables)
        if any(each.startswith(("password=", "account_role=")) for each in [*(parameters or ()), *(variables or ())]):
            self.forget_pairs(name)

    def assign(self, name: str, variables: t.Any) -> None:
        names = {"account_role": "role", "effective_caller_id_name": "caller_name"}
        for each in variables or ():
            key, _sep, value = each.partition("=")
            if key in names:
                self.users[name][names[key]] = value.strip("'")

    def forget_pairs(self, name: str) -> None:
        self.pairs = {key: pair for key, pair in self.pairs.items() if pair.user != name}

    def row(self, name: str) -> dict[str, t.Any]:
        user = self.users[name]
        login, _sep, domain = name.partition("@")
        own = {"id": login, "domain": domain, "name": user.get("caller_name", login), "role": user["role"] or ""}
        return {**own, "agent": "false", "state": "nonreg", "online": False}

    def item(self, name: str) -> dict[str, t.Any]:
        """All that the console knows, with passwords."""
        user = self.users[name]
        login, _sep, domain = name.partition("@")
        return {
            "a1-hash": md5(f"{name}:{user['password']}"),
            "jsonrpc-password": user["password"],
            "vm-password": "1234",
            "webitel-extensions": login,
            "variable_w_domain": domain,
            "variable_effective_caller_id_name": user.get("caller_name", login),
            "variable_account_role": user["role"] or "",
        }

    # -- domain tokens ----------------------------------------------------------------------------------------------

    def find(self, domain: str, token_id: str) -> dict[str, t.Any] | None:
        tokens: list[dict[str, t.Any]] = self.domains.get(domain, {}).get("tokens", [])
        return next((token for token in tokens if token["uuid"] == token_id), None)

    def domain_settings(self, call: Call, who: dict[str, t.Any], domain: str, rest: list[str]) -> Reply:
        if not {"*", "ro", "uo"} & set(who["acl"].get("domain", ())):
            raise Refusal(403, "Permission denied!")
        route = (call.method, len(rest)) if rest[:1] == ["token"] else (call.method, 0 if not rest else -1)
        if route == ("GET", 0):
            if domain not in self.domains:
                return self.missing(call)
            return ok(self.domains[domain])
        if route == ("GET", 1):
            return ok(self.list_tokens(call, domain))
        if route == ("POST", 1):
            return self.create_token(call, who, domain)
        if route == ("PATCH", 2):
            found = self.find(domain, rest[1])
            state = self.body(call).get("state") is True
            modified = found is not None and found["enabled"] is not state
            if found is not None:
                found["enabled"] = state
            return ok({"n": int(found is not None), "nModified": int(modified), "ok": 1})
        if route == ("DELETE", 2):
            document = self.domains.get(domain)
            found = self.find(domain, rest[1])
            if document and found:
                document["tokens"].remove(found)
            return ok({"n": int(document is not None), "nModified": int(found is not None), "ok": 1})
        return self.missing(call)

    def list_tokens(self, call: Call, domain: str) -> list[dict[str, t.Any]]:
        wanted = self.domains.values() if domain == "*" else [self.domains[domain]] if domain in self.domains else []
        try:
            columns = json.loads(call.query.get("columns") or "{}")
        except ValueError:
            raise Refusal(400, "Bad columns.") from None
        if not columns:
            return list(wanted)[:40]
        names = [*columns, "_id"]
        return [{name: document[name] for name in names if name in document} for document in list(wanted)[:40]]

    def create_token(self, call: Call, who: dict[str, t.Any], domain: str) -> Reply:
        body = self.body(call)
        expire = body.get("expire")
        try:
            in_future = not isinstance(expire, bool) and float(expire or 0) > self.clock.ms()
        except (TypeError, ValueError):
            in_future = False
        if not in_future:  # seconds for milliseconds are long past
            raise Refusal(400, "Bad expire date.")
        if not body.get("role"):
            raise Refusal(400, "Bad role name.")
        now = self.clock.ms()
        data = {
            "uuid": str(uuid.uuid4()),
            "expire": expire,
            "roleName": body["role"],
            "createdBy": who["id"],
            "createdOn": now,
            "enabled": True,
        }
        claims = {"id": data["uuid"], "exp": expire, "d": domain, "t": "domain", "v": 2}
        # PyJWT insists on a number there, and so do the clients of this server.
        token = jwt.encode({**claims, "exp": int(float(t.cast(t.Any, expire)))}, self.signing_key, "HS256")
        settings = self.domains.setdefault(
            domain,
            {"name": domain, "tokens": [], "_id": f"{len(self.domains) + 6:024d}", "auth": {"type": "static"}},
        )
        settings["tokens"].append(data)
        self.issued[data["uuid"]] = token
        self.secrets.add(token)
        return ok({"data": data, "token": token})

    def tokens(self) -> t.Iterable[Token]:
        yield from self.pairs.values()
        for document in self.domains.values():
            for kept in document["tokens"]:
                token = self.issued[kept["uuid"]]
                expires = float(kept["expire"]) / 1000
                extra = {"uuid": kept["uuid"], "domain": document["name"], "enabled": kept["enabled"]}
                yield Token(kept["createdBy"], token, "domain", kept["createdOn"] / 1000, expires, extra)
