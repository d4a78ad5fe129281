# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""dialer.rocks: JSON Web Tokens of users and resellers, for 24 hours; and static tokens, made in the web interface.

No request that tells whether a token works is documented, so that is asked only where the task names one (check_path).
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _jwt
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
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
    refused,
    said,
)

_LIFETIME = 24 * 3600
_ACCOUNT_TYPES = ("user", "reseller")


class Dialer(BaseVendor):
    name = "dialer"
    module = "dialer_session"
    title = "dialer.rocks"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {
        # It says how to log out, so a record may hold nothing else.
        "account_type": _ACCOUNT_TYPES,
        "user": {
            "id": str,
            "name": str,
            "admin": bool,
            "user_group_id": str,
            "sms_from": str,
            "blocked": bool,
        },
    }
    how_it_ends = (
        "It ends by itself 24 hours after its issue; a static token ends in the dialer.rocks web interface only."
    )

    @staticmethod
    def spec() -> Spec:
        return (
            api_options("dialer")
            + token_options()
            + file_options()
            + Spec(
                {
                    **option("dialer", "account_type", choices=list(_ACCOUNT_TYPES), default="user"),
                    **option("dialer", "username", aliases=["login", "name"]),
                    **option("dialer", "password", aliases=["pass"], no_log=True),
                    **option("dialer", "check_path"),
                    "token": {"type": "str", "no_log": True},
                },
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._account_type: str = self.options["account_type"]
        if self.identity:
            self.identity = f"{self._account_type}:{self.identity}"
        path = self.options["check_path"]
        if path and (not path.startswith("/") or ".." in path or "logout" in path or "?" in path or "#" in path):
            raise OptionError(
                "check_path must start with / and name a harmless GET below api_url, without .., query and logout."
            )

    def known(self) -> Token | None:
        value = self.given("token")
        if not value:
            return None
        expires_at = _jwt.unix_seconds(_jwt.claims(value).get("exp"))
        return Token(value, expires_at=expires_at, details={"account_type": self._account_type})

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"Authorization": f"Bearer {token.value}"}

    def owner(self, token: Token) -> str | None:
        about = self._about(token.value)
        user = about.get("user", {})
        name = user.get("name") or user.get("id")
        return f"{about.get('account_type', self._account_type)}:{name}" if name else None

    def cannot_issue(self) -> str:
        return self.missing("username", "password")

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        # A token without an end was not issued by a login, and no API ends those.
        return token.expires_at is not None

    def issue(self) -> Token:
        username, password = self.options["username"], self.options["password"]
        if self._account_type == "reseller":
            path, body = "/v1/resellers/login.json", {"name": username, "pass": password}
        else:
            path, body = "/session.json", {"login": username, "password": password}
        reply = self.api.call("issue", "POST", path, changes=True, json=body)
        if not reply.ok:
            raise self._login_refused(reply)
        answer = reply.json_object()
        user = answer.get(self._account_type)
        token = self._token(reply.token(answer.get("token"), "token"), user)
        if token.details.get("user", {}).get("blocked"):
            raise self._blocked(reply, token)
        return token

    def check(self, token: Token) -> Verdict:
        path = self.options["check_path"]
        if not path:
            return Verdict(
                True, "the token has not expired, and without check_path there is no way to ask", asked=False
            )
        reply = self.api.call("check", "GET", path, headers={**self.headers(token), "Accept": "application/json"})
        if reply.is_html:
            raise reply.bad("is a web page")
        if reply.status == 401 and not _is_ip_denied(reply):
            return Verdict(False, "HTTP status 401")
        if not reply.ok:
            raise self._refused(reply, f"check_path {path} did not tell whether the token works.")
        return Verdict(True, "the vendor accepts the token")

    def revoke(self, token: Token, leaving: bool) -> Ended:
        if not self.can_revoke(token, leaving):
            return Ended.STILL_VALID
        # Whose token it is says the token itself; the task may have left account_type out.
        own_type = self._about(token.value).get("account_type")
        if (own_type or token.details.get("account_type", self._account_type)) == "reseller":
            method, path = "GET", "/v1/resellers/user/logout.json"
        else:
            method, path = "DELETE", "/session.json"
        reply = self.api.call("revoke", method, path, changes=True, headers=self.headers(token))
        if reply.status == 401 and not reply.is_html and not _is_ip_denied(reply):
            return Ended.ALREADY_GONE
        if not reply.ok or reply.is_html:
            raise self._refused(reply, "The logout failed.")
        return Ended.REVOKED

    def _token(self, value: str, user: object) -> Token:
        claims = _jwt.claims(value)
        issued_at = _jwt.unix_seconds(claims.get("iat")) or self.api.clock.now()
        return Token(
            value,
            issued_at=issued_at,
            expires_at=_jwt.unix_seconds(claims.get("exp")) or issued_at + _LIFETIME,
            details=self.let_in(
                {
                    "account_type": self._account_type,
                    "user": {**claims, **(user if isinstance(user, dict) else {})},
                }
            ),
        )

    def _about(self, value: str) -> dict[str, t.Any]:
        """What a token says about itself."""
        claims = _jwt.claims(value)
        return self.let_in({"account_type": claims.get("type"), "user": claims})

    def _blocked(self, reply: Reply, token: Token) -> VendorRefused:
        """The refusal of a blocked user, whose token is of no use and is ended."""
        refusal = refused(reply, "The user is blocked.", "account_blocked")
        try:
            self.revoke(token, leaving=True)
        except TelephonyError:
            return refusal.adding(
                f"The token {token.fingerprint}, issued all the same, ends by itself within 24 hours."
            )
        return refusal

    def _login_refused(self, reply: Reply) -> VendorRefused | NoClearAnswer:
        if reply.status == 401 and not reply.is_html and not _is_ip_denied(reply):
            return refused(
                reply, "The login was refused: unknown user or wrong password.", "credentials_refused", _words(reply)
            )
        return self._refused(reply, "The login failed.")

    def _refused(self, reply: Reply, what: str) -> VendorRefused | NoClearAnswer:
        if reply.is_html:
            return reply.bad("is a web page")
        if reply.status == 406 or _is_ip_denied(reply):
            return refused(
                reply,
                "The address of this host is not allowed. Ask the vendor to allow it, or use a proxy.",
                "ip_denied",
                _words(reply),
            )
        code = {401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
        return refused(reply, what, code, _words(reply))


def _is_ip_denied(reply: Reply) -> bool:
    """Status 401 has two meanings, and only the text tells them apart."""
    return reply.status == 401 and "ip is not allowed" in reply.text.lower()


def _words(reply: Reply) -> str | None:
    """The text of an error; its shape is not documented."""
    return said(reply, "message", "error") or None
