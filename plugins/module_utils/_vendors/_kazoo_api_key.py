# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kazoo (VirtualPBX Dash): the API key of an account.

An account has one key. Who may read the account can read it, an administrator can have another one made, and that ends the
one before at once. So the key that an account has is taken as it is, and only made anew where the task asks for that.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _jwt
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
)
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    file_options,
    option,
    seconds,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import (
    ACCOUNT_FIELDS,
    Kazoo,
    data_of,
    is_key,
    refusal,
)

_ID = re.compile("[0-9a-f]{32}")


class KazooApiKey(BaseVendor):
    name = "kazoo_api_key"
    module = "kazoo_api_key"
    title = "Kazoo (VirtualPBX Dash), API keys"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"account_id": str}
    how_it_ends = (
        "An account has one API key, which works until another one is made. With state=absent, replace_key=true has one made"
        " that nobody is told."
    )

    @staticmethod
    def spec() -> Spec:
        return (
            api_options("kazoo", "https://public-api.virtualpbx.com:8443/v2")
            + token_options()
            + file_options()
            + Spec(
                {
                    **option("kazoo", "username"),
                    **option("kazoo", "password", no_log=True),
                    **option("kazoo", "credentials", no_log=True),
                    **option("kazoo", "auth_token", no_log=True),
                    **option("kazoo", "account_name"),
                    **option("kazoo", "account_realm"),
                    **option("kazoo", "phone_number"),
                    **option("kazoo", "account_id"),
                    "hash_method": {"type": "str", "choices": ["md5", "sha"], "default": "md5"},
                    "api_key": {"type": "str", "no_log": True},
                    "replace_key": {"type": "bool", "default": False, "no_log": False},
                },
                mutually_exclusive=(ACCOUNT_FIELDS, ("password", "credentials")),
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._user = self._kazoo(api_key=None)
        auth_token = self.given("auth_token")
        self._caller = Token(auth_token, details=self._claims(auth_token)) if auth_token else None
        """Whose token authorises, once there is one."""
        self._other: str | None = None
        """The key of the account, where it is another one than was asked about."""
        key, account_id = self.options["api_key"], self.options["account_id"]
        if key and not is_key(key):
            raise OptionError("api_key must have exactly 64 letters and digits.")
        if account_id and not _ID.fullmatch(account_id):
            raise OptionError("account_id must have exactly 32 of the digits 0-9 and a-f.")
        if seconds("grace", self.options["grace"]):
            raise OptionError(
                "grace is not possible: in Kazoo, a new key ends the old one at once. Leave it out, or set 0s."
            )
        account = (self._user.identity or "").partition("/")[0]
        self.identity = account_id or (self._account_id() if self._caller else account) or None

    def _kazoo(self, **more: t.Any) -> Kazoo:
        """What logs in: as the user of the task, or with a key."""
        return Kazoo(self.api, {**self.options, "revoke": "token", **more})

    def _claims(self, value: str) -> dict[str, t.Any]:
        return self.let_in(_jwt.claims(value))

    def secrets_in_use(self) -> t.Iterable[str]:
        return self._user.secrets_in_use()

    def known(self) -> Token | None:
        return Token(self.options["api_key"]) if self.options["api_key"] else None

    def existing(self) -> Token | None:
        if self.cannot_issue():
            return None
        key = self._read("check")
        return Token(key, details={"account_id": self._account_id()}) if key else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:  # noqa: ARG004  # the interface has it
        # A key is sent in a body, to get a token.
        return {}

    def owner(self, token: Token) -> str | None:
        return token.details.get("account_id") or None

    def cannot_issue(self) -> str:
        return "" if self._caller else self._user.cannot_issue()

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        # A key that was replaced has ended.
        return bool(self.options["replace_key"]) or not leaving

    def check(self, token: Token) -> Verdict:
        self._other = None
        if self.cannot_issue():
            return self._try(token)
        key = self._read("check")
        if key == token.value:
            return Verdict(True, "it is the key of the account", {"account_id": self._account_id()})
        self._other = key
        return Verdict(False, "the account has another key" if key else "the account has no key")

    def _try(self, token: Token) -> Verdict:
        """Log in with a key, where there is nothing else to log in with."""
        kazoo = self._kazoo(api_key=token.value, username=None, password=None, credentials=None)
        try:
            made = kazoo.login("check")
        except TelephonyError as failure:
            if failure.code == "credentials_refused":
                return Verdict(False, "no account knows the key")
            raise
        self._caller = made
        return Verdict(True, "the vendor accepts the key", self.let_in(made.details))

    def issue(self) -> Token:
        if self._other:
            # Somebody else has made one. To make another one would end theirs.
            return Token(self._other, details={"account_id": self._account_id()})
        before = self._read("check")
        key: str | None
        try:
            key = self._key(self._ask("issue", "PUT", changes=True, json={"data": {}}))
        except NoClearAnswer as failure:
            key = self._now(before) if failure.maybe_done else None
            if not key:
                raise
        return Token(key, details={"account_id": self._account_id()})

    def _now(self, before: str | None) -> str | None:
        """The key that the account has after a reply was lost, if that is another one. Whoever made it, it is the only one."""
        try:
            key = self._read("check")
        except TelephonyError:
            return None
        return None if key == before else key

    def revoke(self, token: Token, leaving: bool) -> Ended:
        if self._read("check") != token.value:
            return Ended.ALREADY_GONE
        if not (leaving and self.options["replace_key"]):
            return Ended.STILL_VALID
        self._key(self._ask("revoke", "PUT", changes=True, json={"data": {}}))
        return Ended.REVOKED

    def _read(self, operation: str) -> str | None:
        """The key of the account; None where it has none."""
        reply = self._ask(operation, "GET")
        return self._key(reply) if data_of(reply).get("api_key") else None

    def _key(self, reply: Reply) -> str:
        key = reply.token(data_of(reply).get("api_key"), "api_key")
        if not is_key(key):
            raise reply.bad("has no usable api_key")
        return key

    def _ask(self, operation: str, method: str, **more: t.Any) -> Reply:
        """A request about the key of the account that was carried out. Raises TelephonyError."""
        headers = self._user.headers(self._authority())
        reply = self.api.call(operation, method, f"/accounts/{self._account_id()}/api_key", headers=headers, **more)
        if not reply.ok:
            raise refusal(reply, "The API key was not read." if method == "GET" else "No API key was made.")
        if reply.json_object().get("status") != "success":
            raise reply.bad("does not say success")
        return reply

    def _authority(self) -> Token:
        """The token that authorises, of a login that happens once."""
        if not self._caller:
            missing = self.cannot_issue()
            if missing:
                raise OptionError(missing, code="credentials_missing")
            self._caller = self._user.login("login")
        return self._caller

    def _account_id(self) -> str:
        """The account whose key it is: the one that the task names, or that of the caller. Raises OptionError."""
        found = self.options["account_id"] or (self._caller.details.get("account_id") if self._caller else None)
        if not found or not _ID.fullmatch(found):
            raise OptionError("Nothing tells whose key it is: auth_token names no account. Give account_id.")
        return t.cast(str, found)
