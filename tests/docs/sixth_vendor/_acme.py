# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A vendor that does not exist: what a sixth one takes at the least."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    option,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor, refused


class Acme(BaseVendor):
    name = "acme"
    module = "acme_token"
    title = "Acme"
    how_it_ends = "It ends at midnight."
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"role": str}

    @staticmethod
    def spec() -> Spec:
        own = {**option("acme", "username"), **option("acme", "password", no_log=True)}
        return api_options("acme") + token_options() + file_options() + Spec(own)

    def known(self) -> Token | None:
        return None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"Authorization": f"Bearer {token.value}"}

    def cannot_issue(self) -> str:
        return self.missing("username", "password")

    def issue(self) -> Token:
        login = {name: self.options[name] for name in ("username", "password")}
        reply = self.api.call("issue", "POST", "/token", changes=True, json=login)
        if not reply.ok:
            raise refused(reply, "The login was refused.", "credentials_refused")
        answer = reply.json_object()
        return Token(reply.token(answer.get("token"), "token"), details=self.let_in(answer))

    def check(self, token: Token) -> Verdict:
        reply = self.api.call("check", "GET", "/me", headers=self.headers(token))
        return Verdict(reply.ok, "the vendor accepts the token" if reply.ok else "the vendor does not know it")

    def revoke(self, token: Token, leaving: bool) -> Ended:
        reply = self.api.call("revoke", "DELETE", "/token", changes=True, headers=self.headers(token))
        return Ended.REVOKED if reply.ok else Ended.ALREADY_GONE
