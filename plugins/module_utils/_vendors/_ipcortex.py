# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPCortex: a session, held by a cookie; or an API key, which only the web interface makes and ends.

Every answer is HTTP 200 with a result of success or fail.
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    option,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import (
    BaseVendor,
    refused,
    said,
    shown,
)

_COOKIE = "Red60urne"
_LOGIN = "/rest/auth/"
_KEY = {"auth_type": "key"}


def is_key(token: Token) -> bool:
    return token.details.get("auth_type") == "key"


class Ipcortex(BaseVendor):
    name = "ipcortex"
    module = "ipcortex_token"
    title = "IPCortex"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {
        "auth_type": str,
        "user": {"id": str, "login": str, "name": str, "company": str, "home": str, "companies": [str]},
        "permissions": {str: str},
    }

    @staticmethod
    def login_spec() -> Spec:
        return api_options("ipcortex") + Spec(
            {
                **option("ipcortex", "username"),
                **option("ipcortex", "password", no_log=True),
                **option("ipcortex", "key", no_log=True),
                "session": {"type": "str", "no_log": True},
            },
            mutually_exclusive=(("password", "key"), ("session", "key")),
        )

    @staticmethod
    def spec() -> Spec:
        own = Spec(
            {
                "key_in": {"type": "str", "choices": ["body", "header"], "default": "body", "no_log": False},
                "join": {"type": "bool", "default": False},
            },
            required_if=(("join", True, ("session", "username", "password")),),
        )
        return Ipcortex.login_spec() + token_options() + file_options() + own

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._taken: str | None = None
        """The session that was asked about, if it belongs to another user."""
        self.how_it_ends = (
            "API keys are made and ended in the IPCortex web interface only."
            if self.options["key"]
            else "IPCortex has no list of sessions, one ends by itself when it is not used."
        )

    @property
    def _joins(self) -> bool:
        """Whether the login is to be done in a session that is open already. The user module has no such option."""
        return bool(self.options.get("join"))

    def known(self) -> Token | None:
        key, session = self.given("key"), self.given("session")
        if key:
            return Token(key, details=_KEY)
        return Token(session) if session else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        if is_key(token):
            return {"Authorization": f"token auth={token.value}"}
        return {"Cookie": f"{_COOKIE}={token.value}"}

    def secret_results(self, token: Token) -> dict[str, t.Any]:
        return {"auth": {"type": "auth", "key": token.value} if is_key(token) else {"type": "auth"}}

    def cannot_issue(self) -> str:
        if self.options["key"]:
            return "Make a new API key in the IPCortex web interface, and give it in key."
        return self.missing("username", "password")

    def owner(self, token: Token) -> str | None:
        return t.cast("dict[str, str]", token.details.get("user", {})).get("login") or None

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return not is_key(token)

    def issue(self) -> Token:
        auth = {"type": "auth", "username": self.options["username"], "password": self.options["password"]}
        # Without a cookie, the PBX makes a new session and leaves every other alone. With one, that session is the user's.
        session = self._taken or self.given("session") if self._joins else None
        headers = self.headers(Token(session)) if session else {}
        reply = self.api.call("issue", "POST", _LOGIN, changes=True, headers=headers, json={"auth": auth})
        words = self.failure(reply)
        if words is not None:
            raise refused(reply, "The login was refused: unknown user or wrong password.", "credentials_refused", words)
        user = reply.json_object().get("user")
        session = user.get("session") if isinstance(user, dict) else None
        return Token(reply.token(session, "session"), details=self._facts(user))

    def check(self, token: Token) -> Verdict:
        auth = {"type": "auth"}
        in_body = is_key(token) and self.options["key_in"] == "body"
        if in_body:
            auth["key"] = token.value
        reply = self.api.call(
            "check", "POST", _LOGIN, headers={} if in_body else self.headers(token), json={"auth": auth}
        )
        words = self.failure(reply)
        if words is not None:
            return Verdict(False, shown(reply, words) or "result fail")
        user = reply.json_object().get("user")
        session = user.get("session") if isinstance(user, dict) else None
        if not is_key(token) and session not in (None, token.value):
            self.api.secrets.add(str(session))
            return Verdict(False, "the PBX answers with another session")
        facts = self._facts(user)
        login = (facts.get("user") or {}).get("login")
        if self._joins and login and login.casefold() != self.options["username"].casefold():
            # Joined again, and not left to them for another one: what is left is logged out.
            self._taken = token.value
            return Verdict(False, "the session belongs to another user", facts)
        return Verdict(True, "the vendor accepts the token", facts)

    def revoke(self, token: Token, leaving: bool) -> Ended:
        if is_key(token):
            return Ended.STILL_VALID
        reply = self.api.call(
            "revoke",
            "POST",
            "/rest/auth/logout",
            changes=True,
            headers=self.headers(token),
            json={"auth": {"type": "auth"}},
        )
        words = self.failure(reply)
        if words is None:
            return Ended.REVOKED
        if self.check(token).accepted:
            raise refused(reply, "The logout failed.", "vendor_error", words)
        return Ended.ALREADY_GONE

    def _facts(self, user: object) -> dict[str, t.Any]:
        """The user and the permissions; never the session."""
        permissions = user.get("perms") if isinstance(user, dict) else None
        return self.let_in({"user": user, "permissions": permissions})

    def failure(self, reply: Reply) -> str | None:
        """The message of a failed call, empty where it has none; None for a success. Raises NoClearAnswer."""
        result = reply.json_object().get("result")
        if result == "success" and reply.ok:
            return None
        if result == "fail" or reply.status in (401, 403):
            return said(reply, "message")
        raise reply.bad("has neither success nor fail as its result")
