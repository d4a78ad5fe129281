# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kazoo (VirtualPBX Dash): JSON Web Tokens of one user, or of one account.

A token ends by itself, usually one hour after its issue. A single one cannot be revoked; resetting the secret that
signs a user's tokens ends all of them.
"""

from __future__ import annotations

import hashlib
import re
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
)

_ACCOUNT_FIELDS = ("account_name", "account_realm", "phone_number")
_NOT_COMPARED = re.compile("[^a-z0-9]")
_HASHES = {"md5": (32, "md5"), "sha": (40, "sha1")}
# For hosts in FIPS mode. Python 3.8 takes the keyword and ignores it.
_NOT_FOR_SECURITY: dict[str, t.Any] = {"usedforsecurity": False}


def credentials_hash(username: str, password: str, method: str) -> str:
    """Kazoo's hash of user name and password; it logs in like the password itself.

    Kazoo stores user names in lower case, so the hash must be made of that; only A-Z, to be the same for any UTF-8.
    """
    text = username.encode().lower() + b":" + password.encode()
    return hashlib.new(_HASHES[method][1], text, **_NOT_FOR_SECURITY).hexdigest()


class Kazoo(BaseVendor):
    name = "kazoo"
    module = "kazoo_user_auth"
    title = "Kazoo (VirtualPBX Dash)"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {
        "account_id": str,
        "owner_id": str,
        "account_name": str,
        "reseller_id": str,
        "is_reseller": bool,
        "is_master_account": bool,
        "language": str,
    }
    how_it_ends = (
        "Kazoo cannot end a single token, it ends by itself, usually one hour after its issue."
        " With state=absent, revoke=user ends all tokens of the user."
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
                    **option("kazoo", "api_key", no_log=True),
                    **option("kazoo", "account_name"),
                    **option("kazoo", "account_realm"),
                    **option("kazoo", "phone_number"),
                    "hash_method": {"type": "str", "choices": ["md5", "sha"], "default": "md5"},
                    "auth_token": {"type": "str", "no_log": True},
                    "revoke": {"type": "str", "choices": ["token", "user"], "default": "token"},
                },
                mutually_exclusive=(
                    _ACCOUNT_FIELDS,
                    ("password", "credentials", "api_key"),
                    ("username", "api_key"),
                ),
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._hash = self._credentials()
        key = self.options["api_key"]
        if key and not re.fullmatch("[0-9A-Za-z]{64}", key):
            raise OptionError("api_key must have exactly 64 letters and digits.")
        name, realm, phone = (self.options[field] for field in _ACCOUNT_FIELDS)
        # Kazoo compares account names by their letters and digits only, and realms without case.
        account = _NOT_COMPARED.sub("", name.lower()) if name else realm.lower() if realm else phone
        user = self.options["username"]
        self.identity = f"{account}/{user.lower()}" if account and user else None

    def _credentials(self) -> str | None:
        username, password, ready = (self.options[name] for name in ("username", "password", "credentials"))
        method = self.options["hash_method"]
        if ready:
            if not re.fullmatch(f"[0-9A-Fa-f]{{{_HASHES[method][0]}}}", ready):
                raise OptionError(
                    f"credentials must be the {_HASHES[method][0]} hexadecimal digits of the"
                    f" {_HASHES[method][1].upper()} hash, as hash_method={method} says."
                )
            return t.cast(str, ready.lower())
        return credentials_hash(username, password, method) if username and password else None

    def secrets_in_use(self) -> t.Iterable[str]:
        if self._hash:
            yield self._hash
            yield self._hash.upper()

    def known(self) -> Token | None:
        value = self.given("auth_token")
        return self._token(value, {}) if value else None

    def headers(self, token: Token) -> dict[str, str]:
        return {"X-Auth-Token": token.value}

    def owner(self, token: Token) -> str | None:
        return (
            "/".join(str(token.details[name]) for name in ("account_id", "owner_id") if name in token.details) or None
        )

    def cannot_issue(self) -> str | None:
        if self.options["api_key"]:
            return None
        if not self._hash:
            return "give username and password, credentials, or api_key"
        if not any(self.options[name] for name in _ACCOUNT_FIELDS):
            return "give account_name, account_realm or phone_number beside the credentials"
        return None

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return leaving and self.options["revoke"] == "user"

    def issue(self) -> Token:
        if self.options["api_key"]:
            path, data = "/api_auth", {"api_key": self.options["api_key"]}
        else:
            path, data = "/user_auth", {"credentials": self._hash, "method": self.options["hash_method"]}
            data.update({name: self.options[name] for name in _ACCOUNT_FIELDS if self.options[name]})
        # Without X-Auth-Token: an expired one would make Kazoo refuse the login itself.
        reply = self.api.call("issue", "PUT", path, changes=True, json={"data": data})
        if not reply.ok:
            raise self._login_refused(reply)
        answer = reply.json_object()
        return self._token(reply.token(answer.get("auth_token"), "auth_token"), answer.get("data"))

    def check(self, token: Token) -> Verdict:
        # Of the ways to ask, this one tells the reason and keeps the token out of the URL.
        reply = self.api.call("check", "POST", "/auth/tokeninfo", json={"data": {"token": token.value}})
        if reply.status == 401:
            return Verdict(False, reply.secrets.mask(str(reply.json_object().get("message", "HTTP status 401"))))
        if not reply.ok:
            raise self._refused(reply, "The token was not checked.")
        answer = reply.json_object()
        if answer.get("status") != "success":
            raise reply.bad("does not say success")
        return Verdict(True, "the vendor accepts the token", self.let_in(answer.get("data")))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        if self.can_revoke(token, leaving):
            about = {**_jwt.claims(token.value), **token.details}
            if not about.get("account_id"):
                raise OptionError("revoke=user is not possible: the token does not tell its account.")
            owner = about.get("owner_id")
            path = f"/accounts/{about['account_id']}" + (f"/users/{owner}" if owner else "") + "/auth"
            reply = self.api.call(
                "revoke",
                "PUT",
                path,
                changes=True,
                headers=self.headers(token),
                json={"action": "reset_signature_secret", "data": {}},
            )
        else:
            reply = self.api.call("revoke", "DELETE", "/token_auth", changes=True, headers=self.headers(token))
        answer = reply.json_object()
        if reply.status == 401:
            return Ended.ALREADY_GONE
        # Kazoo 5 answers 404 to DELETE, Kazoo 4 says success and does nothing: only asking again tells.
        if not reply.ok and reply.status != 404:
            raise self._refused(reply, "The token was not revoked.")
        if reply.ok and answer.get("status") != "success":
            raise reply.bad("does not say success")
        return Ended.STILL_VALID if self.check(token).accepted else Ended.REVOKED

    def _token(self, value: str, data: object) -> Token:
        claims = _jwt.claims(value)
        details = {**self.let_in(claims), **self.let_in(data)}
        return Token(value, expires_at=_jwt.unix_seconds(claims.get("exp")), details=details)

    def _login_refused(self, reply: Reply) -> VendorRefused | NoClearAnswer:
        """Kazoo's many ways to say no; its validation errors echo what was sent, so only field names are shown."""
        answer = reply.json_object()
        data, message = answer.get("data"), answer.get("message")
        about: Json = data if isinstance(data, dict) else {}
        words = _words(reply)
        if "multi_factor_request" in about:
            return refused(
                reply,
                "The user needs a second factor, which cannot be given unattended. Use an API user without one, or api_key.",
                "mfa_required",
                words,
            )
        account = about.get("account")
        if isinstance(account, dict) or message == "account_is_locked" or reply.status == 423:
            states = [state for state in ("disabled", "expired") if isinstance(account, dict) and state in account]
            return refused(reply, f"The account is {' and '.join(states) or 'locked'}.", "account_blocked", words)
        if self.options["api_key"] and reply.status == 404:
            return refused(reply, "The account does not know this api_key.", "credentials_refused", words)
        if reply.status == 401 and message == "invalid credentials":
            return refused(reply, "Logging in this way is switched off for the account.", "not_permitted", words)
        if reply.status == 401:
            return refused(
                reply,
                "The login was refused: wrong user name, password, hash_method or account, or a disabled user."
                " Kazoo does not tell which.",
                "credentials_refused",
                words,
            )
        return self._refused(reply, "The login failed.")

    def _refused(self, reply: Reply, what: str) -> VendorRefused | NoClearAnswer:
        if reply.is_html:
            return reply.bad("is a web page")
        code = {400: "bad_request", 401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
        return refused(reply, what, code, _words(reply))


def _words(reply: Reply) -> str:
    """Kazoo's message, and of a validation error the fields and the rules they break."""
    words = said(reply, "message")
    try:
        data = reply.json_object().get("data")
    except NoClearAnswer:
        return words
    if words == "validation error" and isinstance(data, dict):
        words += ": " + ", ".join(
            f"{name} {' '.join(rules)}" for name, rules in data.items() if isinstance(rules, dict)
        )
    return words
