# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kazoo 4.3 Crossbar (VirtualPBX Dash): JWTs by user_auth and api_auth, tokeninfo, token_auth, secret reset, API keys."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
import time
import typing as t
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from .. import users
from ..core import Call, Reply, Token, Vendor, b64url, md5, sha1

LIFE = 3600
GREGORIAN = 62167219200  # seconds from the year 0, in which Kazoo counts, to 1970
# One key for the life of the program: making it is the one slow thing here. kid and key survive a reset, secrets do not.
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key()
KID = uuid.uuid4().hex

NO_TYPE: t.Any = None  # many error replies come without a content type, though the body is JSON
TEXT_TYPES = ("text/plain",)

Accounts: t.TypeAlias = "dict[str, dict[str, t.Any]]"


class Halt(Exception):
    """An error reply: status, message, data; ``early`` ones carry no content type."""

    def __init__(self, status: int, message: str, data: t.Any, early: bool = False) -> None:
        super().__init__(message)
        self.status, self.message, self.data, self.early = status, message, data, early


def invalid_credentials(early: bool = False) -> Halt:
    return Halt(401, "invalid_credentials", {"message": "invalid credentials"}, early)


def invalid(field: str, rule: str, message: str, early: bool = False, **more: t.Any) -> Halt:
    return Halt(400, "validation error", {field: {rule: {"message": message, **more}}}, early)


def normalize(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


class Request:
    """What one call carries, taken apart as the real server does."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.method = call.method
        self.envelope: dict[str, t.Any] = {}
        self.problem: Halt | None = None
        # A body of this type is not read at all.
        self.unread = call.media_type in TEXT_TYPES
        if call.body.strip() and not self.unread:
            try:
                value = call.json()
            except ValueError:
                value = None
                self.problem = invalid("json", "invalid", "decoder_exit around 0", True, target="body")
            if isinstance(value, dict):
                self.envelope = {str(key).lower(): item for key, item in value.items()}
                if not isinstance(self.envelope.get("data"), (dict, list)):
                    # The whole body comes back, credentials and all.
                    self.problem = invalid("data", "required", "Field is required but missing", True, value=value)
            elif self.problem is None:
                self.problem = invalid("data", "required", "Field is required but missing", True, value=value)
        self.verb = str(self.envelope.get("verb") or "").upper() if self.method == "POST" else ""
        self.method = self.verb or self.method
        data = self.envelope.get("data")
        self.data: dict[str, t.Any] = data if isinstance(data, dict) else {}
        bearer = call.bearer()
        self.header_token = call.headers.get("X-Auth-Token") or call.query.get("auth_token")
        self.header_token = self.header_token or self.envelope.get("auth_token")
        self.echo = self.header_token or bearer
        self.claims: dict[str, t.Any] | None = None
        self.version = False


class Kazoo(Vendor):
    name = "kazoo"
    api_path = "/v2"
    seed = users.KAZOO
    # delete_token: Kazoo 4 says success and revokes nothing; "kz5" answers 404 and revokes nothing.
    # locked_status: how a disabled account is refused; the code means 423, the server answers 400.
    defaults: t.ClassVar[dict[str, t.Any]] = {"delete_token": "kz4", "locked_status": 400}
    changeable = ("enabled", "deleted", "admin")

    def start(self) -> None:
        self.accounts: Accounts = {name: dict(account) for name, account in users.KAZOO_ACCOUNTS.items()}
        self.by_id = {account["account_id"]: account for account in self.accounts.values()}
        self.by_hash: dict[tuple[str, str, str], dict[str, t.Any]] = {}
        self.by_owner: dict[str, dict[str, t.Any]] = {}
        for account in self.accounts.values():
            self.secrets.add(account["api_key"])
        super().start()

    def reset(self) -> None:
        self.issued: dict[str, Token] = {}
        for account in self.accounts.values():
            account["secret"] = secrets.token_bytes(32)

    def add(self, user: dict[str, t.Any]) -> None:
        super().add(user)
        account = self.accounts[user["account"]]
        for name in ("account_id", "account_name", "account_realm", "phone_number"):
            user[name] = account[name]
        user.setdefault("owner_id", md5(user["username"]))
        user["secret"] = secrets.token_bytes(32)
        self.hash(user)
        self.by_owner[user["owner_id"]] = user

    def hash(self, user: dict[str, t.Any]) -> None:
        account = self.accounts[user["account"]]
        # Saving lowers the name, so the hashes are over the lower-cased one.
        text = user["username"].lower() + ":" + user["password"]
        user["credentials"] = {"md5": md5(text)}
        if not user.get("md5_only"):
            user["credentials"]["sha"] = sha1(text)
        self.secrets.add(md5(text), sha1(text))
        for method, digest in user["credentials"].items():
            self.by_hash[account["account_id"], method, digest] = user

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        return {**super().generate(number, password), "account": "acme"}

    def public(self) -> list[dict[str, t.Any]]:
        """The users, then the accounts: their API keys are credentials too."""
        keys = [{"purpose": "API key of an account", **self.shown(account)} for account in self.accounts.values()]
        return super().public() + keys

    def change(self, given: dict[str, t.Any]) -> dict[str, t.Any]:
        """A user; or an account, that expires at a time in Kazoo's seconds or is disabled."""
        if "account" in given:
            return self.changed(self.accounts[given["account"]], given["set"], ("enabled", "expired"))
        return super().change(given)

    def make_token(self, username: str) -> str:
        user = self.users[username]
        return self.issue(self.by_id[user["account_id"]], user, "cb_user_auth")

    def end_token(self, text: str) -> None:
        """No JWT can be ended alone: all of its user end."""
        token = self.issued[text]
        holder = self.by_owner.get(token.extra["owner_id"]) or self.by_id[token.extra["account_id"]]
        holder["secret"] = secrets.token_bytes(32)

    # -- tokens -----------------------------------------------------------------------------------------------------

    def signature(self, account: str, owner: str | None) -> str:
        """What ties a token to its owner's present secret."""
        holder = self.by_owner.get(owner) if owner else self.by_id.get(account)
        return (
            ""
            if holder is None
            else b64url(hmac.new(holder["secret"], f"{account}:{owner}".encode(), "sha256").digest())
        )

    def issue(self, account: dict[str, t.Any], user: dict[str, t.Any] | None, method: str) -> str:
        """Nothing in it is unique to the call: two in one second are the same text."""
        now = self.clock.now()
        claims: dict[str, t.Any] = {
            "iss": "kazoo",
            "identity_sig": self.signature(account["account_id"], user["owner_id"] if user else None),
            "account_id": account["account_id"],
        }
        if user:
            claims["owner_id"] = user["owner_id"]
        claims.update(method=method, exp=int(now) + LIFE)
        text = jwt.encode(claims, t.cast(t.Any, KEY), "RS256", headers={"kid": KID})
        name = user["username"] if user else account["account_name"]
        extra = {key: claims.get(key) for key in ("account_id", "owner_id", "identity_sig")}
        self.issued[text] = Token(name, text, "user_auth" if user else "api_auth", now, claims["exp"], extra)
        self.secrets.add(text)
        return text

    def inspect(self, text: t.Any) -> tuple[dict[str, t.Any] | None, str]:
        """The claims of a token that is accepted, or why it is not."""
        if not isinstance(text, str) or text.count(".") != 2:
            return None, "invalid_jwt"
        try:
            parts = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in text.split(".")]
            header, claims = json.loads(parts[0]), json.loads(parts[1])
        except (ValueError, binascii.Error):
            return None, "init failed"
        if not isinstance(header, dict) or not isinstance(claims, dict):
            return None, "init failed"
        try:
            jwt.decode(text, t.cast(t.Any, PUBLIC), algorithms=["RS256"], options={"verify_exp": False})
        except jwt.PyJWTError:
            return None, "invalid_jwt_signature"
        if claims["exp"] <= self.clock.now():
            return None, "token_expired"
        owner = claims.get("owner_id")
        if owner and (owner not in self.by_owner or self.by_owner[owner].get("deleted")):
            return None, "invalid_identity_provider"
        if claims["identity_sig"] != self.signature(claims["account_id"], claims.get("owner_id")):
            return None, "invalid_identity_signature"
        return claims, ""

    def tokens(self) -> t.Iterable[Token]:
        for token in self.issued.values():
            extra = token.extra
            user = self.by_owner.get(extra["owner_id"], {})
            known = extra["identity_sig"] == self.signature(extra["account_id"], extra["owner_id"])
            # Those of an account that expired or is disabled count: with the account they come back to life.
            if known and not user.get("deleted"):
                yield token

    # -- calls ------------------------------------------------------------------------------------------------------

    def operation(self, call: Call) -> str:
        method, rest = call.method, call.parts[1:]
        if method == "POST" and rest != ["auth", "tokeninfo"]:
            method = Request(call).method
        if rest in (["user_auth"], ["api_auth"]):
            return "issue" if method == "PUT" else "other"
        if rest == ["token_auth"]:
            return {"GET": "check", "DELETE": "revoke"}.get(method, "other")
        if rest == ["auth", "tokeninfo"] or (rest[:1] == ["user_auth"] and method == "GET"):
            return "check"
        if rest[:1] == ["accounts"] and rest[2:3] in (["users"], ["descendants"]) and len(rest) < 5:
            return {"PUT": "create", "POST": "update", "PATCH": "update", "DELETE": "delete"}.get(method, "users")
        if rest[-1:] == ["api_key"]:
            return {"GET": "check", "PUT": "issue"}.get(method, "other")
        if method == "PUT" and rest[-1:] == ["auth"]:
            return "revoke" if Request(call).envelope.get("action") == "reset_signature_secret" else "issue"
        return "other"

    def who(self, call: Call) -> str | None:
        request = Request(call)
        if call.parts[1:] == ["user_auth"]:
            digest = request.data.get("credentials")
            for method in ("md5", "sha"):
                for account in self.by_id:
                    user = self.by_hash.get((account, method, digest)) if isinstance(digest, str) else None
                    if user:
                        return str(user["username"])
            return None
        if call.parts[1:] == ["api_auth"]:
            account = self.account_of_key(request.data.get("api_key"))
            return str(account["account_name"]) if account else None
        text = request.data.get("token") if call.parts[1:] == ["auth", "tokeninfo"] else request.header_token
        token = self.issued.get(text) if isinstance(text, str) else None
        return token.user if token else None

    def error(self, status: int, message: str) -> Reply:
        body = {"data": {"message": message}, "error": str(status), "message": message, "status": "error"}
        return Reply.json(status, {**self.frame(uuid.uuid4().hex), **body})

    def frame(self, request_id: str) -> dict[str, t.Any]:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.clock.now()))
        # The bucket of 100 requests is not simulated: load tests would see nothing else. The rate_limit fault does it.
        tokens = {"consumed": 1, "remaining": 100}
        return {"timestamp": stamp, "node": "RkFLRU5PREU", "request_id": request_id, "tokens": tokens}

    def handle(self, call: Call) -> Reply:
        request = Request(call)
        request_id = call.headers.get("X-Request-ID") or uuid.uuid4().hex  # a client's own is adopted
        frame = self.frame(request_id)
        content_type: t.Any = "application/json"
        try:
            status, token, data = self.route(call, request)
            body = {**frame, "auth_token": token or request.echo, "data": data, "status": "success"}
            if data is None:  # an empty one is left out
                del body["data"]
        except Halt as halt:
            status = halt.status
            body = {**frame, "auth_token": request.echo, "data": halt.data, "error": str(status)}
            body.update(message=halt.message, status="error")
            content_type = NO_TYPE if halt.early else content_type
        if not body["auth_token"]:
            del body["auth_token"]
        if request.version:
            body = {"version": "4.3.0", **body}
        return Reply.json(status, body, content_type, **{"X-Request-ID": request_id})

    def route(self, call: Call, request: Request) -> tuple[int, str | None, t.Any]:
        """Status, the new token if there is one, and data."""
        if call.parts[0] != "v2":
            if re.fullmatch("v[0-9]+", call.parts[0]):
                version = call.parts[0][1:]
                text = f"API version {version} is not supported. Please upgrade your code to use version 2."
                raise Halt(410, "gone", text, True)
            raise Halt(404, "bad_identifier", {"message": "not found"}, True)
        rest = call.parts[1:]
        methods = self.allowed(rest)
        if not methods:
            raise Halt(404, "bad_identifier", {"message": "not found"}, True)
        if request.method not in methods:
            raise Halt(405, "invalid_method", {"message": "method not allowed"}, True)
        if request.problem:
            raise request.problem
        if request.method in ("PUT", "POST", "PATCH") and not request.envelope and not request.unread:
            raise invalid("data", "required", "Field is required but missing", True, value={})
        self.early(call, request)
        created = 200 if request.verb else 201
        if rest == ["user_auth"]:
            return (created, *self.user_auth(request))
        if rest == ["api_auth"]:
            return (created, *self.api_auth(request))
        if rest == ["auth", "tokeninfo"]:
            return self.tokeninfo(call, request)
        if request.claims is None:
            raise invalid_credentials(early=True)
        request.version = True
        # Only here; whoever looks at a token without using it does not see what has become of its account.
        self.refuse_account(self.by_id[request.claims["account_id"]])
        return self.authenticated(rest, request, request.claims, created)

    @staticmethod
    def allowed(rest: list[str]) -> tuple[str, ...]:
        if rest in (["user_auth"], ["api_auth"], ["auth"]):
            return ("PUT",)
        if rest == ["auth", "tokeninfo"]:
            return ("GET", "POST")
        if rest == ["token_auth"]:
            return ("GET", "DELETE")
        if rest[:1] in (["user_auth"], ["api_auth"]) and len(rest) == 2:
            return ("GET",)
        if rest[:1] == ["accounts"] and len(rest) > 1:
            below = tuple("ID" if index == 1 and rest[2] == "users" else part for index, part in enumerate(rest[2:]))
            return {
                (): ("GET",),
                ("api_key",): ("GET", "PUT"),
                ("auth",): ("PUT",),
                ("descendants",): ("GET",),
                ("users",): ("GET", "PUT"),
                ("users", "ID"): ("GET", "POST", "PATCH", "DELETE"),
                ("users", "ID", "auth"): ("PUT",),
            }.get(below, ())
        return ()

    def early(self, call: Call, request: Request) -> None:
        """A token on the call is looked at before anything else, also where none is needed."""
        if not request.header_token:
            # Bearer means the id of a stored token, never a JWT.
            return
        claims, reason = self.inspect(request.header_token)
        if reason == "token_expired":
            raise Halt(401, "invalid credentials", {}, True)
        wanted = call.headers.get("X-Auth-Account-ID")
        if claims and wanted and wanted != claims["account_id"]:
            raise invalid_credentials(early=True)
        request.claims = claims

    def view(self, account: dict[str, t.Any], owner: str | None) -> dict[str, t.Any]:
        data: dict[str, t.Any] = {"owner_id": owner} if owner else {}
        data.update(
            account_id=account["account_id"],
            ui_config={},
            capabilities={"voicemail": {"transcription": {"default": False, "available": False}}},
            is_master_account=False,
            is_reseller=False,
            reseller_id="0" * 32,
            cluster_id="fakecluster",
            account_name=account["account_name"],
            language="en-US",
            apps=[],
        )
        return data

    # -- making tokens ----------------------------------------------------------------------------------------------

    @staticmethod
    def text_field(data: dict[str, t.Any], name: str, low: int, high: int, required: bool = False) -> None:
        value = data.get(name)
        if value is None:
            if required:
                raise invalid(name, "required", "Field is required but missing", value=name)
            return
        if not isinstance(value, str):
            message = "Value did not match type(s): string"
            raise invalid(name, "type", message, target="string", cause=value, value=value)
        if len(value) < low:
            message = f"String must be at least {low} characters"
            raise invalid(name, "minLength", message, target=low, cause=value, value=value)
        if len(value) > high:
            message = f"String must not be more than {high} characters"
            raise invalid(name, "maxLength", message, target=high, cause=value, value=value)

    def user_auth(self, request: Request) -> tuple[str, dict[str, t.Any]]:
        data = request.data
        self.secrets.submitted(data.get("credentials"))
        self.text_field(data, "credentials", 1, 64, required=True)
        self.text_field(data, "account_name", 1, 128)
        self.text_field(data, "account_realm", 4, 253)
        self.text_field(data, "phone_number", 1, 64)
        realm = data.get("account_realm")
        if realm and not re.fullmatch(r"[.\w-]+", realm):
            raise invalid("account_realm", "pattern", "Failed to match pattern", target=r"^[.\w_-]+$", value=realm)
        method = data.get("method", "md5")
        if method not in ("md5", "sha"):
            text = "Value not found in enumerated list of values"
            raise invalid("method", "enum", text, target=["md5", "sha"], value=method)
        for account in self.find_accounts(data):
            user = self.by_hash.get((account["account_id"], method, data["credentials"]))
            if user is None or user.get("enabled") is False or user.get("deleted"):
                continue
            self.refuse_account(account)
            if account.get("user_auth") is False:
                # An underscore is all that tells this from wrong credentials.
                raise Halt(401, "invalid credentials", {})
            self.second_factor(user, data)
            request.version = True
            return self.issue(account, user, "cb_user_auth"), self.view(account, user["owner_id"])
        raise invalid_credentials()

    def find_accounts(self, data: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        """By number, else realm, else name; one that is not found gives way to the next."""
        realm = data.get("account_realm") or data.get("realm")
        name = data.get("account_name")
        tests: list[t.Callable[[dict[str, t.Any]], bool]] = []
        if data.get("phone_number"):
            tests.append(lambda account: account["phone_number"] == data["phone_number"])
        if realm:
            tests.append(lambda account: account["account_realm"] == str(realm).lower())
        if name:
            tests.append(lambda account: normalize(account["account_name"]) == normalize(name))
        for test in tests:
            found = [account for account in self.accounts.values() if test(account)]
            if found:
                return found
        return []

    def refuse_account(self, account: dict[str, t.Any]) -> None:
        state = None
        if account.get("expired") and account["expired"] <= self.clock.now() + GREGORIAN:
            state = {"expired": {"message": "account expired", "cause": account["expired"]}}
        elif account.get("enabled") is False:
            state = {"disabled": {"message": "account disabled"}}
        if state:
            status = self.settings["locked_status"]
            raise Halt(status, "locked" if status == 423 else "validation error", {"account": state})

    @staticmethod
    def second_factor(user: dict[str, t.Any], data: dict[str, t.Any]) -> None:
        wanted = user.get("multi_factor_response")
        if not wanted or data.get("multi_factor_response") == wanted:
            return
        settings = {"duo_sig_request": "TX|c2lnbmVk|0123456789abcdef:APP|c2lnbmVk|fedcba9876543210"}
        settings["duo_api_hostname"] = "api-00000000.duosecurity.example.com"
        detail = {
            "message": "client needs to preform second-factor authentication",
            "multi_factor_request": {"provider_name": "duo", "settings": settings},
        }
        raise Halt(401, "invalid_credentials", detail)

    def account_of_key(self, key: t.Any) -> dict[str, t.Any] | None:
        for account in self.accounts.values():
            if account["api_key"] == key:
                return account
        return None

    def api_auth(self, request: Request) -> tuple[str, dict[str, t.Any]]:
        data = request.data
        self.secrets.submitted(data.get("api_key"))
        for name in data:
            if name != "api_key":
                text = "Strict checking of data is enabled; only include schema-defined properties"
                raise invalid(name, "additionalProperties", text, value=data)
        self.text_field(data, "api_key", 64, 64, required=True)
        account = self.account_of_key(data["api_key"])
        if account is None:
            raise Halt(404, "bad identifier", [data["api_key"]])
        # Also for an account that expired or is disabled, although the token is of no use then.
        request.version = True
        return self.issue(account, None, "cb_api_auth"), self.view(account, None)

    # -- looking at tokens ------------------------------------------------------------------------------------------

    def tokeninfo(self, call: Call, request: Request) -> tuple[int, str | None, t.Any]:
        text = request.data.get("token") if request.method == "POST" else call.query.get("token")
        if not text:
            raise Halt(404, "missing token in request" if request.method == "POST" else "missing token in params", {})
        claims, reason = self.inspect(text)
        if claims is None:
            raise Halt(500 if reason in ("init failed", "invalid_identity_provider") else 401, reason, {})
        return 200, text, self.view(self.by_id[claims["account_id"]], claims.get("owner_id"))

    # -- with a token -----------------------------------------------------------------------------------------------

    def authenticated(
        self, rest: list[str], request: Request, claims: dict[str, t.Any], created: int
    ) -> tuple[int, str | None, t.Any]:
        owner = claims.get("owner_id")
        account = self.by_id[claims["account_id"]]
        forbidden = Halt(403, "forbidden", {"message": "forbidden"})
        if rest == ["token_auth"] and request.method == "GET":
            return 200, None, {**claims, **self.view(account, owner)}
        if rest == ["token_auth"]:
            # A JWT is stored nowhere, so there is nothing to delete: it says so or not, and the token lives on.
            if self.settings["delete_token"] == "kz5":
                cause = {"message": "bad identifier", "cause": request.header_token}
                raise Halt(404, "bad_identifier", cause)
            return 200, None, None
        if rest == ["auth"]:
            if request.envelope.get("action") == "refresh_token":
                user = self.by_owner.get(owner) if owner else None
                return created, self.issue(account, user, "cb_auth"), self.view(account, owner)
            raise forbidden  # the whole system's secret
        if rest[0] in ("user_auth", "api_auth"):
            raise forbidden
        wanted = self.by_id.get(rest[1], {})
        if account["account_id"] not in (wanted.get("account_id"), wanted.get("parent_id")):
            raise forbidden
        return self.account(rest[2:], request, wanted, owner, created, forbidden)

    def account(
        self,
        rest: list[str],
        request: Request,
        account: dict[str, t.Any],
        owner: str | None,
        created: int,
        forbidden: Halt,
    ) -> tuple[int, str | None, t.Any]:
        admin = owner is None or bool(self.by_owner[owner].get("admin"))
        if not rest:
            shown = {"id": account["account_id"], "name": account["account_name"], "realm": account["account_realm"]}
            return 200, None, {**shown, "enabled": account.get("enabled", True), "language": "en-US"}
        if rest == ["api_key"]:
            if request.method == "GET":
                return 200, None, {"api_key": account["api_key"]}
            if not admin:
                raise forbidden
            account["api_key"] = secrets.token_hex(32)  # tokens made with the old one stay
            self.secrets.add(account["api_key"])
            return created, None, {"api_key": account["api_key"]}
        if rest[-1] == "auth":
            holder = self.by_owner.get(rest[1]) if len(rest) == 3 else account
            if holder is None:
                raise Halt(404, "bad_identifier", {"message": "bad identifier", "cause": rest[1]})
            if not admin and (len(rest) == 1 or rest[1] != owner):
                raise forbidden
            if request.envelope.get("action") != "reset_signature_secret":
                raise invalid("action", "required", "Field is required but missing", value="action")
            holder["secret"] = secrets.token_bytes(32)
            return created, None, None
        if rest == ["descendants"]:
            below = [each for each in self.accounts.values() if each.get("parent_id") == account["account_id"]]
            names = {"id": "account_id", "name": "account_name", "realm": "account_realm"}
            return (
                200,
                None,
                [{**{ours: each[theirs] for ours, theirs in names.items()}, "flags": []} for each in below],
            )
        if not admin and (request.method != "GET" and rest[1:] != [owner]):
            raise forbidden
        return self.manage(rest[1:], request, account, created)

    # -- users ------------------------------------------------------------------------------------------------------

    def manage(
        self, rest: list[str], request: Request, account: dict[str, t.Any], created: int
    ) -> tuple[int, str | None, t.Any]:
        everybody = [user for user in self.users.values() if user["account_id"] == account["account_id"]]
        members = [user for user in everybody if not user.get("deleted")]
        query = request.call.query
        if not rest and request.method == "GET":
            name = query.get("filter_username")
            shown = [self.document(user) for user in members if name in (None, user["username"].lower())]
            # A list does not tell whether a user is enabled.
            summary = [{key: value for key, value in each.items() if key != "enabled"} for each in shown]
            return 200, None, summary if query.get("paginate") == "false" else summary[:50]
        if not rest:
            return created, None, self.document(self.save(None, request.data, account, members))
        user = next((each for each in members if each["owner_id"] == rest[0]), None)
        if user is None:
            raise Halt(404, "bad_identifier", {"message": "bad identifier", "cause": rest[0]})
        if request.method in ("POST", "PATCH"):
            merged = {**(self.document(user) if request.method == "PATCH" else {}), **request.data}
            self.save(user, merged, account, members)
        elif request.method == "DELETE":
            user["deleted"] = True
        return 200, None, self.document(user)

    @staticmethod
    def document(user: dict[str, t.Any]) -> dict[str, t.Any]:
        level = "admin" if user.get("admin") else "user"
        held = {"first_name": "First", "last_name": "Last", **user.get("document", {})}
        own = {"id": user["owner_id"], "username": user["username"].lower(), "enabled": user.get("enabled", True)}
        return {"priv_level": level, "features": [], **held, **own}

    def save(
        self,
        user: dict[str, t.Any] | None,
        data: dict[str, t.Any],
        account: dict[str, t.Any],
        members: list[dict[str, t.Any]],
    ) -> dict[str, t.Any]:
        """Judge a user's document by the schema, and keep it."""
        for name in "first_name", "last_name":
            self.text_field(data, name, 1, 128, required=True)
        self.text_field(data, "email", 3, 254)
        self.text_field(data, "username", 1, 256)
        self.text_field(data, "password", 0, 10_000)
        self.secrets.submitted(data.get("password"))
        level, name, password = (
            data.get("priv_level", "user"),
            str(data.get("username") or "").lower(),
            data.get("password"),
        )
        if level not in ("user", "admin"):
            text = "Value not found in enumerated list of values"
            raise invalid("priv_level", "enum", text, target=["user", "admin"], value=level)
        if not isinstance(data.get("enabled", True), bool):
            raise invalid("enabled", "type", "Value did not match type(s): boolean", target="boolean")
        if not re.fullmatch(r"[+@.\w-]*", name, re.ASCII):
            raise invalid("username", "pattern", "Failed to match pattern", target=r"^([+@.\w_-]+)$", value=name)
        if any(each is not user and each["username"].lower() == name for each in members):
            raise invalid("username", "unique", "Username must be unique within account", cause=name)
        if not password and (user is None or user["username"].lower() != name):
            text = "The password must be provided when creating / updating the user name"
            raise invalid("password", "required", text, cause=name)
        if user is None:
            user = {"username": name, "account": self.name_of(account), "purpose": "made by an administrator"}
            self.add({**user, "password": password, "owner_id": uuid.uuid4().hex})
            user = self.users[name]
        elif password:
            self.set_password(user, password)
        user.update(admin=level == "admin", enabled=data.get("enabled", True))
        kept = ("id", "username", "password", "enabled", "priv_level", "features")
        user["document"] = {key: value for key, value in data.items() if key not in kept}
        return user

    def name_of(self, account: dict[str, t.Any]) -> str:
        return next(name for name, each in self.accounts.items() if each is account)

    def set_password(self, user: dict[str, t.Any], password: str) -> None:
        """Another password ends all tokens of the user."""
        for method, digest in user["credentials"].items():
            del self.by_hash[user["account_id"], method, digest]
        if password != user["password"]:
            user["secret"] = secrets.token_bytes(32)
        user["password"] = password
        self.hash(user)
