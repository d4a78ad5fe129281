# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX (current platform): access tokens, for five minutes, and the refresh tokens that prolong them.

A login exchanges a RingCentral access token for both. At most five logins a minute are allowed; whom RingCX counts
is not known, so all hosts of a run count. A refresh token works once, and
brings the next one.
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _jwt
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import VendorRefused
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    option,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._pace import Pace
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import refusal, why_refused

_LIFETIME = 300
_REFRESH = "refresh_token"


class RingcxSession(BaseVendor):
    name = "ringcx_session"
    module = "ringcx_session"
    title = "RingCX"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"mainAccountId": str, "adminId": str}
    pace: t.ClassVar[Pace] = Pace(5, 60)
    how_it_ends = "It ends by itself five minutes after its issue. RingCX documents no request that ends it."

    @staticmethod
    def spec() -> Spec:
        return (
            api_options("ringcx", "https://ringcx.ringcentral.com")
            + token_options()
            + file_options()
            + Spec(
                {
                    **option("ringcx", "username"),
                    **option("ringcx", "rc_access_token", no_log=True),
                    "access_token": {"type": "str", "no_log": True},
                    "refresh_token": {"type": "str", "no_log": True},
                    # Five minutes, as elsewhere, is as long as a token lives.
                    "renew_before": {"type": "str", "default": "1m"},
                },
                required_by={"refresh_token": ("access_token",)},
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._rc_access_token = self.given("rc_access_token")
        self._refresh_token: str | None = None
        """That of the token that was asked about: it brings the next one."""

    def known(self) -> Token | None:
        value, refresh_token = self.given("access_token"), self.given("refresh_token")
        extra = {_REFRESH: refresh_token} if refresh_token else {}
        return Token(value, extra, expires_at=_expiry(value)) if value else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"Authorization": f"Bearer {token.value}"}

    def owner(self, token: Token) -> str | None:
        return "/".join(token.details[name] for name in ("mainAccountId", "adminId") if name in token.details) or None

    def cannot_issue(self) -> str:
        return "" if self._refresh_token else self.missing("rc_access_token")

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return False

    def check(self, token: Token) -> Verdict:
        self._refresh_token = token.extra.get(_REFRESH)
        # The list of API tokens is open to every authenticated user.
        headers = {**self.headers(token), "Accept": "application/json"}
        reply = self.api.call("check", "GET", "/voice/api/v1/admin/token", headers=headers)
        why = why_refused(reply)
        if why:
            return Verdict(False, why)
        if not reply.ok:
            raise refusal(reply, "The access token was not checked.")
        if not isinstance(reply.json(), list):
            raise reply.bad("is no list of API tokens")
        return Verdict(True, "the vendor accepts the token")

    def issue(self) -> Token:
        if self._refresh_token:
            reply = self._post("/api/auth/token/refresh", {_REFRESH: self._refresh_token})
            if reply.ok or not self._rc_access_token:
                return self._token(reply, f"The refresh token was refused. {self.missing('rc_access_token')}")
            if reply.is_html or reply.status not in (400, 401, 403):
                raise refusal(reply, "The access token was not refreshed.")
        self.api.keep_to(self.pace)
        reply = self._post(
            "/api/auth/login/rc/accesstoken",
            {"rcAccessToken": self._rc_access_token, "rcTokenType": "Bearer"},
            params={"includeRefresh": "true"},
        )
        return self._token(
            reply, "The login was refused: rc_access_token has expired, or its user is not linked to RingCX."
        )

    def _post(self, path: str, data: t.Mapping[str, str | None], **more: t.Any) -> Reply:
        headers = {"Accept": "application/json"}
        return self.api.call("issue", "POST", path, changes=True, headers=headers, data=data, **more)

    def _token(self, reply: Reply, what: str) -> Token:
        failure = None if reply.ok else refusal(reply, what)
        if isinstance(failure, VendorRefused) and reply.status in (400, 403):
            failure.code = "credentials_refused"
        if failure:
            raise failure
        answer = reply.json_object()
        value = reply.token(answer.get("accessToken"), "accessToken")
        refresh_token = answer.get("refreshToken")
        extra = {_REFRESH: reply.token(refresh_token, "refreshToken")} if refresh_token is not None else {}
        now = self.api.clock.now()
        return Token(value, extra, now, _expiry(value) or now + _LIFETIME, self.let_in(answer))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        return Ended.STILL_VALID


def _expiry(value: str | None) -> int | None:
    return _jwt.unix_seconds(_jwt.claims(value or "").get("exp"))
