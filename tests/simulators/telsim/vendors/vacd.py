# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX legacy (vacd): a login for a short-lived auth token, which makes, lists and deletes permanent API tokens."""

from __future__ import annotations

import typing as t
import uuid

from .. import users
from ..core import Call, Reply, Token, Vendor

HOUR = 3600.0
TWO_WEEKS = 14 * 24 * HOUR
TRUE = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
    "": False,
}


RIGHTS = {
    *("SUPER_USER", "USER", "MANAGE_USERS", "MANAGE_RIGHTS", "ACCESS_SIBLINGS", "ACCESS_AUDIT_LOG", "ASSUME_USERS"),
    *("REPORT_ADMINISTRATIVE_USER", "WFO_ACCESS", "ACCESS_GOODDATA_EDITOR", "ACCESS_GOODDATA_ANALYST"),
    *("ACCESS_GOODDATA_VIEWER", "NO_ACCESS"),
}


class Vacd(Vendor):
    name = "vacd"
    api_path = "/api"
    seed = users.VACD
    # What the vendor does not say, each with the reading that the facts call the most natural one:
    # token_reply: a new token comes as bare text; some deployment seems to have sent quoted JSON ("json").
    # delete_reply: the documented boolean; the documented 204 is "empty".
    # delete_unknown: a boolean and no 404 in the documentation, so 200 false; or 404.
    # roles: objects in the description, plain texts ("text") in the examples.
    # create_reply: 201 in the description of the legacy API, 200 in that of the current one.
    defaults: t.ClassVar[dict[str, t.Any]] = {
        "token_reply": "text",
        "delete_reply": "boolean",
        "delete_unknown": 200,
        "roles": "object",
        "create_reply": 201,
    }

    # lagging_list: the list does not have the tokens of the last seconds (60) yet; with reverse, the latest comes first.
    troubles = ("lagging_list",)
    changeable = ("enabled", "locked", "password")

    def reset(self) -> None:
        self.numbers = 0
        self.auth: dict[str, Token] = {}
        self.api: dict[str, Token] = {}

    def add(self, user: dict[str, t.Any]) -> None:
        super().add(user)
        self.numbers += 1
        user["user_id"] = 1000 + self.numbers

    def operation(self, call: Call) -> str:
        if call.parts[:3] == ["api", "v1", "auth"]:
            return "login" if call.method == "POST" and call.parts[3:] == ["login"] else "other"
        if call.parts[:4] == ["api", "v1", "admin", "token"]:
            return {"POST": "issue", "GET": "list", "DELETE": "revoke"}.get(call.method, "other")
        if call.parts[:4] == ["api", "v1", "admin", "users"]:
            words = {"GET": "users", "POST": "create", "DELETE": "delete"} if len(call.parts) < 6 else {}
            return words.get(call.method, "update")
        return "other"

    def who(self, call: Call) -> str | None:
        if call.parts[-1] == "login":
            return self.fields(call).get("username")
        token = call.headers.get("X-Auth-Token", "")
        found = self.auth.get(token) or self.api.get(token)
        return found.user if found else None

    @staticmethod
    def fields(call: Call) -> dict[str, str]:
        """A servlet makes no difference between query and form; a JSON body is neither."""
        return {**call.query, **call.form()}

    def failure(self, call: Call, status: int, message: str, code: str | None = None, details: str = "") -> Reply:
        body: dict[str, t.Any] = {
            "generalMessage": message,
            "details": details,
            "developerMessage": message,
            "cause": "",
            "requestUri": f"{call.below.lstrip('/')} - {call.method}",
            "timestamp": self.clock.ms(),
        }
        if code:
            body["errorCode"] = code
        return Reply.json(status, body)

    def error(self, status: int, message: str) -> Reply:
        text = "An Internal Server Error occurred while processing this request" if status == 500 else message
        return Reply.json(status, {"generalMessage": text, "details": "", "timestamp": self.clock.ms()})

    def handle(self, call: Call) -> Reply:
        if call.parts[:2] != ["api", "v1"]:  # /voice/api is right on the current hosts only
            return self.missing(call)
        rest = call.parts[2:]
        if rest == ["auth", "login"]:
            if call.method != "POST":
                return self.failure(call, 405, f"Request method '{call.method}' not supported")
            return self.login(call)
        owner = self.authenticate(call)
        if owner is None:
            return self.failure(call, 401, "Authentication is required to access this resource")
        if rest == ["admin", "token"] and call.method == "POST":
            return self.create(call, owner)
        if rest == ["admin", "token"] and call.method == "GET":
            if not call.accepts("application/json"):
                return self.not_acceptable(call)
            return Reply.json(200, self.listed(owner["username"]))
        if rest[:2] == ["admin", "token"] and len(rest) == 3 and call.method == "DELETE":
            return self.delete(call, owner, rest[2])
        if rest[:2] == ["admin", "users"]:
            return self.manage(call, owner, rest[2:])
        if rest == ["admin", "accounts"] and call.method == "GET":
            return Reply.json(200, [self.account()])
        return self.missing(call)

    def missing(self, call: Call) -> Reply:
        text = "The resource you have requested does not exist"
        return self.failure(call, 404, text, details=text)

    def not_acceptable(self, call: Call) -> Reply:
        # A handler that makes one type only refuses an Accept header without it.
        return self.failure(call, 406, "Could not find acceptable representation")

    def login(self, call: Call) -> Reply:
        fields = self.fields(call)
        self.secrets.submitted(fields.get("password"))
        stay = TRUE.get(fields.get("stayLoggedIn", "").lower())
        lacking = [name for name in ("username", "password") if not fields.get(name)]
        if lacking or stay is None:
            return self.failure(call, 400, "The supplied data is not valid")
        user = self.users.get(fields["username"])
        # Statuses and texts of refusals are not documented: 401 for credentials, 403 for who may not in.
        if user is None or user.get("password") != fields["password"]:
            return self.failure(call, 401, "Invalid username or password")
        if user.get("locked"):
            return self.failure(call, 403, "This account is locked")
        if user.get("enabled") is False:
            return self.failure(call, 403, "This account is disabled")
        now = self.clock.now()
        life = TWO_WEEKS if stay else HOUR
        token = Token(user["username"], str(uuid.uuid4()), "auth", now, now + life, {"life": life})
        self.auth[token.token] = token
        self.secrets.add(token.token)
        body = {
            "authToken": token.token,
            "platformHost": "portal.vacd.biz",
            "user": self.view(user),
            "accounts": [self.account()],
        }
        return Reply.json(200, body)

    def authenticate(self, call: Call) -> dict[str, t.Any] | None:
        text = call.headers.get("X-Auth-Token", "")
        now = self.clock.now()
        token = self.auth.get(text)
        if token is not None:
            if not token.alive(now):
                del self.auth[text]
                return None
            token.expires_at = now + token.extra["life"]  # every use extends it by its whole life
        else:
            token = self.api.get(text)
        return self.users.get(token.user) if token else None

    def create(self, call: Call, owner: dict[str, t.Any]) -> Reply:
        quoted = "json" in (owner.get("token_reply"), self.settings["token_reply"])
        if not call.accepts("application/json" if quoted else "text/plain"):
            return self.not_acceptable(call)
        text = self.make_token(owner["username"])
        return Reply.json(200, text) if quoted else Reply.text(200, text)

    def listed(self, username: str) -> list[str]:
        own = [token for token in self.api.values() if token.user == username]
        if self.trouble is not None and self.trouble.fault == "lagging_list":
            params = self.trouble.params
            known = self.clock.now() - float(params.get("seconds", 60))
            own = [token for token in own if token.issued_at <= known]
            if params.get("reverse"):
                own.reverse()
        return [token.token for token in own]

    def make_token(self, username: str) -> str:
        token = Token(self.users[username]["username"], f"aws80:{uuid.uuid4()}", "api", self.clock.now())
        self.api[token.token] = token
        self.secrets.add(token.token)
        return token.token

    def end_token(self, text: str) -> None:
        del self.api[text]

    def delete(self, call: Call, owner: dict[str, t.Any], text: str) -> Reply:
        if not call.accepts("text/plain"):
            return self.not_acceptable(call)
        token = self.api.get(text)
        if token is None:
            if self.settings["delete_unknown"] == 404:
                return self.missing(call)
            return Reply.text(200, "false")
        if owner["username"] not in self.lineage(token.user):
            text = "You do not have permission to access this resource"
            return self.failure(call, 403, text, "access.denied.exception")
        del self.api[token.token]
        if self.settings["delete_reply"] == "empty":
            return Reply(204, b"", None)
        return Reply.text(200, "true")

    def lineage(self, username: str | None) -> t.Iterator[str]:
        """The user and all who stand above."""
        while username:
            yield username
            username = self.users.get(username, {}).get("parent")

    def manage(self, call: Call, owner: dict[str, t.Any], rest: list[str]) -> Reply:
        """Users, as the description of the current API has them. Who is not below the caller is not there."""
        if not {"MANAGE_USERS", "SUPER_USER"} & set(owner.get("roles", ())):
            text = "You do not have permission to access this resource"
            return self.failure(call, 403, text, "access.denied.exception")
        if not rest:
            return self.make_user(call, owner) if call.method == "POST" else self.list_users(call, owner)
        user = next((each for each in self.users.values() if str(each["user_id"]) == rest[0]), None)
        if user is None or owner["username"] not in self.lineage(user["username"]):
            return self.missing(call)
        if rest[1:] == ["setIsActive"] and call.method == "PUT":
            user["enabled"] = call.json()["isActive"] is True
            return Reply.json(200, True)
        if len(rest) == 3 and rest[1] == "roles" and call.method in ("POST", "DELETE"):
            return self.change_right(call, user, rest[2])
        if len(rest) > 1:
            return self.missing(call)
        if call.method == "DELETE":
            return self.remove_user(call, user)
        if call.method == "PUT":
            self.take(user, call.json())
        return Reply.json(200, self.view(user))

    def list_users(self, call: Call, owner: dict[str, t.Any]) -> Reply:
        active = TRUE.get(call.query.get("activeOnly", "").lower())
        if not TRUE.get(call.query.get("flatten", "").lower()):
            return Reply.json(200, [self.view(owner, bool(active))])
        seen = [each for each in self.users.values() if owner["username"] in self.lineage(each["username"])]
        shown = [each for each in seen if each.get("enabled", True) or not active]
        return Reply.json(200, [{**self.view(each), "children": []} for each in shown])

    def make_user(self, call: Call, owner: dict[str, t.Any]) -> Reply:
        body = call.json()
        number = call.query.get("parentUserId", str(owner["user_id"]))
        parent = next((each for each in self.users.values() if str(each["user_id"]) == number), None)
        if not isinstance(body, dict) or not body.get("userName") or parent is None:
            return self.failure(call, 400, "The supplied data is not valid")
        if body["userName"] in self.users:
            return self.failure(call, 409, "The user name is already in use")
        user = {"username": body["userName"], "parent": parent["username"], "purpose": "made by an administrator"}
        self.add(user)
        self.take(user, body)
        user["roles"] = [role for role in body.get("roles", ()) if role != "USER"]
        user["enabled"] = body.get("enabled", True)
        return Reply.json(self.settings["create_reply"], self.view(user))

    @staticmethod
    def take(user: dict[str, t.Any], body: dict[str, t.Any]) -> None:
        """A user is replaced by what the request says; rights and state have requests of their own."""
        user["first"], user["last"] = body.get("firstName"), body.get("lastName")

    def change_right(self, call: Call, user: dict[str, t.Any], right: str) -> Reply:
        if right not in RIGHTS:
            return self.failure(call, 400, "The supplied data is not valid")
        held = [role for role in user.get("roles", ()) if role != right]
        if call.method == "POST" and len(held) != len(user.get("roles", ())):
            return self.failure(call, 409, "The user has this role")
        user["roles"] = [*held, right] if call.method == "POST" else held
        return Reply.json(200, True)

    def remove_user(self, call: Call, user: dict[str, t.Any]) -> Reply:
        below = [name for name in self.users if user["username"] in self.lineage(name)]
        # The vendor does not say what becomes of those below without a cascade.
        if TRUE.get(call.query.get("cascadeDelete", "true").lower()) is False and len(below) > 1:
            return self.failure(call, 400, "The supplied data is not valid")
        for name in below:
            del self.users[name]
        return Reply(200, b"", None)

    def view(self, user: dict[str, t.Any], active: bool = False) -> dict[str, t.Any]:
        name, _sep, _rest = user["username"].partition("@")
        first, last = user.get("first", name), user.get("last", "Example")
        below = [other for other in self.users.values() if other.get("parent") == user["username"]]
        return {
            "userId": user["user_id"],
            "userName": user["username"],
            "firstName": first,
            "lastName": last,
            "fullName": f"{first} {last}",
            "enabled": user.get("enabled", True),
            "creationDate": "2020-01-01T00:00:00.000+0000",
            "parentPath": ".".join(str(self.users[name]["user_id"]) for name in self.lineage(user.get("parent"))),
            "phoneNumber": "",
            "rcUserId": 0,
            "rcAccountId": "",
            "roles": [self.role(role) for role in ["USER", *user.get("roles", ())]],
            "rootUser": False,
            "userManagedByRC": False,
            "children": [self.view(other, active) for other in below if other.get("enabled", True) or not active],
        }

    def role(self, name: str) -> str | dict[str, str]:
        return name if self.settings["roles"] == "text" else {"roleType": name, "description": ""}

    @staticmethod
    def account() -> dict[str, t.Any]:
        return {
            "accountId": "99990001",
            "accountName": "Example Sub-Account",
            "mainAccountId": "99990000",
            "mainAccountName": "Example Account",
            "rcAccountAccess": "DISABLED",
            "enableInbound": True,
        }

    def tokens(self) -> t.Iterable[Token]:
        return [*self.auth.values(), *self.api.values()]
