# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX legacy (vacd): the auth tokens of logins.

One lives for an hour after its last use, or for two weeks. So to ask whether it works is to prolong it, and no record can
tell when it ends. No logout is known.
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    option,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import (
    Vacd,
    get_list,
    log_in,
    refusal,
    why_refused,
)

_HOUR = 3600
_TWO_WEEKS = 14 * 24 * _HOUR


class VacdLogin(BaseVendor):
    name = "vacd_login"
    module = "vacd_login"
    title = "RingCX (legacy), logins"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {**Vacd.details, "stay_logged_in": bool}
    how_it_ends = (
        "RingCX has no logout. It ends by itself an hour after its last use, or two weeks with stay_logged_in."
    )

    @staticmethod
    def spec() -> Spec:
        return (
            api_options("vacd", "https://portal.vacd.biz/api")
            + token_options()
            + file_options()
            + Spec(
                {
                    **option("vacd", "username"),
                    **option("vacd", "password", no_log=True),
                    "stay_logged_in": {"type": "bool", "default": False},
                    "auth_token": {"type": "str", "no_log": True},
                },
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._gone: set[str] = set()
        """The tokens that were refused in this run."""

    def known(self) -> Token | None:
        value = self.given("auth_token")
        return Token(value) if value else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Auth-Token": token.value}

    def owner(self, token: Token) -> str | None:
        return token.details.get("user", {}).get("userName") or None

    def cannot_issue(self) -> str:
        return self.missing("username", "password")

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return False

    def issue(self) -> Token:
        value, answer = log_in(self.api, self.options, "issue")
        return Token(value, details=self.let_in({**answer, "stay_logged_in": self.options["stay_logged_in"]}))

    def check(self, token: Token) -> Verdict:
        # The list of API tokens is open to every authenticated user.
        reply = get_list(self.api, token.value, "check")
        why = why_refused(reply)
        if why:
            self._gone.add(token.value)
            return Verdict(False, why)
        if not reply.ok:
            raise refusal(reply, "The auth token was not checked.")
        if not isinstance(reply.json(), list):
            raise reply.bad("is no list of API tokens")
        stays = token.details.get("stay_logged_in", self.options["stay_logged_in"])
        until = iso(self.api.clock.now() + (_TWO_WEEKS if stays else _HOUR))
        return Verdict(True, f"the vendor accepts the token, and having been asked prolongs it until {until}")

    def revoke(self, token: Token, leaving: bool) -> Ended:
        # To ask once more would prolong it.
        return Ended.ALREADY_GONE if token.value in self._gone else Ended.STILL_VALID
