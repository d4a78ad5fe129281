# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webitel engine 3.x: a session, held by a key and a token together.

Each login makes a new pair, which lives about 100 days. There is no list of them; only the exact pair can log out.
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _jwt
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    VendorRefused,
)
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
    Json,
    refused,
    said,
    shown,
)

_NO_ROLE = "Role name is required"
# What is passed on under status 401 when the console that knows the users is down, or gives an empty reply.
_CONSOLE_FAULTS = ("connect error", "unexpected end of json input")


class Webitel(BaseVendor):
    name = "webitel"
    module = "webitel_login"
    title = "Webitel"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"domain": str, "role": str, "role_name": str, "username": str}
    how_it_ends = (
        "Webitel has no list of logins, one ends by itself after about 100 days."
        " Changing the user's password ends all of them."
    )

    @staticmethod
    def login_spec() -> Spec:
        return api_options("webitel", "https://api.webitel.com") + Spec(
            {
                **option("webitel", "username"),
                **option("webitel", "password", no_log=True),
                **option("webitel", "totp_code", no_log=True),
                "key": {"type": "str", "no_log": True},
                "token": {"type": "str", "no_log": True},
            },
            required_together=(("key", "token"),),
            required_by={"totp_code": ("password",)},
        )

    @staticmethod
    def spec() -> Spec:
        return Webitel.login_spec() + token_options() + file_options()

    def known(self) -> Token | None:
        token, key = self.given("token"), self.given("key")
        if not token or not key:
            return None
        return Token(token, {"key": key}, expires_at=_jwt.unix_seconds(_jwt.claims(token).get("exp")))

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Access-Token": token.value, "X-Key": _key(token)}

    def secret_results(self, token: Token) -> dict[str, t.Any]:
        return {"key": _key(token)}

    def cannot_issue(self) -> str:
        return self.missing("username", "password")

    def issue(self) -> Token:
        return self.login("issue")

    def login(self, operation: str) -> Token:
        """A new pair. operation is what a failure calls it."""
        code = self.options["totp_code"]
        reply = self.api.call(
            operation,
            "POST",
            "/login",
            changes=True,
            json={"username": self.options["username"], "password": self.options["password"]},
            # The server reads the one-time code from nowhere else.
            params={"code": code} if code else None,
        )
        if not reply.ok:
            raise self._login_refused(reply)
        answer = reply.json_object()
        return Token(
            reply.token(answer.get("token"), "token"),
            {"key": reply.token(answer.get("key"), "key")},
            expires_at=_jwt.unix_seconds(answer.get("expires")),
            details=self._facts(answer),
        )

    def check(self, token: Token) -> Verdict:
        # A refusal does not prove that the pair is gone: whoami says the same when the engine's database fails.
        reply = self.api.call("check", "GET", "/api/v2/whoami", headers=self.headers(token))
        words = words_of(reply)
        if reply.status == 401 and words == _NO_ROLE:
            return Verdict(False, f"{words}: the user has none. Give the user a role in Webitel.")
        # Engines before 3.7 answer 400 to an expired token.
        if (reply.status == 401 and words) or (reply.status == 400 and words == "Token Expired"):
            return Verdict(False, shown(reply, words))
        if not reply.ok:
            raise refusal(reply, "The session was not checked.")
        answer = reply.json_object()
        if "id" not in answer:
            raise reply.bad("does not tell the user")
        return Verdict(True, "the vendor accepts the token", self._facts(answer))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        # Status 401 is an unknown pair. A fault of the database is 500, which tells nothing.
        reply = self.api.call("revoke", "POST", "/logout", changes=True, headers=self.headers(token))
        if reply.status == 401 and words_of(reply):
            return Ended.ALREADY_GONE
        if not reply.ok:
            raise refusal(reply, "The logout failed.")
        if reply.json_object().get("status") != "OK":
            raise reply.bad("does not say OK")
        return Ended.REVOKED

    def _facts(self, answer: Json) -> dict[str, t.Any]:
        name = answer.get("username", answer.get("id"))
        return self.let_in({**answer, "role_name": answer.get("roleName"), "username": name})

    def _login_refused(self, reply: Reply) -> VendorRefused | NoClearAnswer:
        words = words_of(reply)
        if reply.status == 301:
            return refused(reply, "The user needs a one-time code. Give it in totp_code.", "mfa_required", words)
        if words == "code incorrect":
            return refused(reply, "The one-time code in totp_code was refused.", "mfa_required", words)
        if any(fault in words.lower() for fault in _CONSOLE_FAULTS):
            # The console is asked before a pair is made, so there is none.
            return NoClearAnswer(
                "The login could not be judged: the server lacks its own console.",
                code="server_error",
                operation=reply.operation,
                status=reply.status,
                vendor_message=shown(reply, words),
            )
        if reply.status in (400, 401, 404) and words and not words.startswith("/"):
            return refused(
                reply, "The login was refused: unknown user or wrong password.", "credentials_refused", words
            )
        return refusal(reply, "The login failed.")


def _key(token: Token) -> str:
    if "key" not in token.extra:
        raise OptionError("The record lacks the key that belongs to a Webitel token.", code="not_a_record")
    return token.extra["key"]


def refusal(reply: Reply, what: str) -> VendorRefused | NoClearAnswer:
    """What a reply without a good status means, where nothing more is known of the request."""
    words = words_of(reply)
    if not words:
        return reply.bad("does not come from Webitel")
    code = {401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
    return refused(reply, what, code, words)


def words_of(reply: Reply) -> str:
    """The text of an error, in either of the two shapes that the engine uses."""
    return said(reply, "info", "message")
