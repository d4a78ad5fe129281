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
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import (
    BaseVendor,
    Json,
    refused,
    said,
    shown,
)

ACCOUNT_FIELDS = ("account_name", "account_realm", "phone_number")
_NOT_COMPARED = re.compile("[^a-z0-9]")
_HASHES = {"md5": (32, "md5"), "sha": (40, "sha1")}
# What Kazoo means by its two ways to say the same about a token.
_WHY_REFUSED = {
    "invalid credentials": "most likely it has expired",
    "invalid_credentials": "it was revoked, is malformed, or its user was deleted",
}
# For hosts in FIPS mode. Python 3.8 takes the keyword and ignores it.
_NOT_FOR_SECURITY: dict[str, t.Any] = {"usedforsecurity": False}


def credentials_hash(username: str, password: str, method: str) -> str:
    """Kazoo's hash of user name and password; it logs in like the password itself.

    Kazoo stores user names in lower case, so the hash must be made of that; only A-Z, to be the same for any UTF-8.
    """
    text = username.encode().lower() + b":" + password.encode()
    return hashlib.new(_HASHES[method][1], text, **_NOT_FOR_SECURITY).hexdigest()


def comparable(name: str) -> str:
    """The name of an account as Kazoo compares it, by its letters and digits only."""
    return _NOT_COMPARED.sub("", name.lower())


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
    def login_spec() -> Spec:
        return api_options("kazoo", "https://public-api.virtualpbx.com:8443/v2") + Spec(
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
            },
            mutually_exclusive=(
                ACCOUNT_FIELDS,
                ("password", "credentials", "api_key"),
                ("username", "api_key"),
            ),
        )

    @staticmethod
    def spec() -> Spec:
        revoke = {"type": "str", "choices": ["token", "user"], "default": "token"}
        return Kazoo.login_spec() + token_options() + file_options() + Spec({"revoke": revoke})

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._hash = self._credentials()
        key = self.options["api_key"]
        if key and not is_key(key):
            raise OptionError("api_key must have exactly 64 letters and digits.")
        account, user = self.account(), self.options["username"]
        if key:
            self.identity = f"api_key:{account or fingerprint(key)}"
        else:
            self.identity = f"{account}/{user.lower()}" if account and user else None

    def account(self) -> str | None:
        """The account as Kazoo compares it: names by their letters and digits only, realms without case."""
        name, realm, phone = map(self.plain, ACCOUNT_FIELDS)
        if name is None:
            return realm.lower() if realm else phone
        account = comparable(name)
        if not account:
            raise OptionError(
                "account_name has none of the letters a-z and digits by which Kazoo finds an account."
                " Use account_realm or phone_number."
            )
        return account

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

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Auth-Token": token.value}

    def owner(self, token: Token) -> str | None:
        return (
            "/".join(str(token.details[name]) for name in ("account_id", "owner_id") if name in token.details) or None
        )

    def cannot_issue(self) -> str:
        if self.options["api_key"]:
            return ""
        if not self._hash:
            return self.missing("username", "password")
        return "" if any(self.options[name] for name in ACCOUNT_FIELDS) else self.missing("account_name")

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return leaving and self.options["revoke"] == "user"

    def issue(self) -> Token:
        return self.login("issue")

    def login(self, operation: str) -> Token:
        """A new token. operation is what a failure calls it."""
        if self.options["api_key"]:
            path, data = "/api_auth", {"api_key": self.options["api_key"]}
        else:
            path, data = "/user_auth", {"credentials": self._hash, "method": self.options["hash_method"]}
            data.update({name: self.options[name] for name in ACCOUNT_FIELDS if self.options[name]})
        # Without X-Auth-Token: an expired one would make Kazoo refuse the login itself.
        reply = self.api.call(operation, "PUT", path, changes=True, json={"data": data})
        if not reply.ok:
            raise self._login_refused(reply)
        answer = reply.json_object()
        token = self._token(reply.token(answer.get("auth_token"), "auth_token"), answer.get("data"))
        if self.options["api_key"]:
            self._refuse_blocked(token)
        return token

    def _refuse_blocked(self, token: Token) -> None:
        """Kazoo issues a token for a key also when the account is blocked. Raises VendorRefused."""
        try:
            self.check(token)
        except TelephonyError as failure:
            # Whatever else is wrong with a new token, the next check tells.
            if failure.code == "account_blocked":
                raise failure.adding(f"The token {token.fingerprint}, issued all the same, ends by itself.") from None

    def check(self, token: Token) -> Verdict:
        # The other way to ask, /auth/tokeninfo, does not look at the account: it accepts what no other call does.
        reply = self.api.call("check", "GET", "/token_auth", headers=self.headers(token))
        if reply.status == 401 and not _blocked(reply):
            words = str(reply.json_object().get("message", "HTTP status 401"))
            return Verdict(False, shown(reply, ": ".join(filter(None, (words, _WHY_REFUSED.get(words))))))
        if not reply.ok:
            raise refusal(reply, "The token was not checked.")
        answer = reply.json_object()
        if answer.get("status") != "success":
            raise reply.bad("does not say success")
        return Verdict(True, "the vendor accepts the token", self.let_in(answer.get("data")))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        if self.can_revoke(token, leaving):
            reply = self.api.call(
                "revoke",
                "PUT",
                self._path_of_owner(token) + "/auth",
                changes=True,
                headers=self.headers(token),
                json={"action": "reset_signature_secret", "data": {}},
            )
        else:
            reply = self.api.call("revoke", "DELETE", "/token_auth", changes=True, headers=self.headers(token))
        answer = reply.json_object()
        if reply.status == 401 and not _blocked(reply):
            return Ended.ALREADY_GONE
        # Kazoo 5 answers 404 to DELETE, Kazoo 4 says success and does nothing: only asking again tells.
        if not reply.ok and reply.status != 404:
            raise refusal(reply, "The token was not revoked.")
        if reply.ok and answer.get("status") != "success":
            raise reply.bad("does not say success")
        return Ended.STILL_VALID if self.check(token).accepted else Ended.REVOKED

    def _path_of_owner(self, token: Token) -> str:
        """The user of a token, or the account where it has none.

        Never as the record says, which others may have written: it could name somebody else. Raises TelephonyError.
        """
        about: Json = self.let_in(_jwt.claims(token.value))
        if "account_id" not in about:
            about = self.check(token).details
        ids = [about[name] for name in ("account_id", "owner_id") if name in about]
        if "account_id" not in about or not all(re.fullmatch("[0-9A-Za-z]+", each) for each in ids):
            raise OptionError("revoke=user is not possible: the token does not tell its account.")
        return "".join(f"/{kind}/{each}" for kind, each in zip(("accounts", "users"), ids))

    def _token(self, value: str, data: object) -> Token:
        claims = _jwt.claims(value)
        details = {**self.let_in(claims), **self.let_in(data)}
        return Token(value, expires_at=_jwt.unix_seconds(claims.get("exp")), details=details)

    def _login_refused(self, reply: Reply) -> VendorRefused | NoClearAnswer:
        """Kazoo's many ways to say no; its validation errors echo what was sent, so only field names are shown."""
        message = reply.json_object().get("message")
        words = _words(reply)
        if "multi_factor_request" in data_of(reply):
            return refused(
                reply,
                "The user needs a second factor, which cannot be given unattended. Use an API user without one, or api_key.",
                "mfa_required",
                words,
            )
        if self.options["api_key"] and reply.status == 404:
            return refused(reply, "The account does not know this api_key.", "credentials_refused", words)
        if _blocked(reply):
            return refusal(reply, "The login failed.")
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
        return refusal(reply, "The login failed.")


def is_key(value: str) -> bool:
    """Whether this can be an API key of an account."""
    return re.fullmatch("[0-9A-Za-z]{64}", value) is not None


def refusal(reply: Reply, what: str) -> VendorRefused | NoClearAnswer:
    """What a reply without a good status means, where nothing more is known of the request."""
    if reply.is_html:
        return reply.bad("is a web page")
    blocked = _blocked(reply)
    if blocked:
        return refused(reply, f"The account is {blocked}.", "account_blocked", _words(reply))
    code = {400: "bad_request", 401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
    return refused(reply, what, code, _words(reply))


def data_of(reply: Reply) -> Json:
    """The object under data; an empty one where it is something else."""
    try:
        data = reply.json_object().get("data")
    except NoClearAnswer:
        return {}
    return data if isinstance(data, dict) else {}


def _blocked(reply: Reply) -> str | None:
    """How the whole account is blocked, where it is."""
    account = data_of(reply).get("account")
    if isinstance(account, dict):
        return " and ".join(state for state in ("disabled", "expired") if state in account) or "locked"
    return "locked" if reply.status == 423 or said(reply, "message") == "account_is_locked" else None


def _words(reply: Reply) -> str:
    """Kazoo's message, and of a validation error the fields and the rules they break."""
    words = said(reply, "message")
    if words == "validation error":
        rules = data_of(reply).items()
        words += ": " + ", ".join(f"{name} {' '.join(broken)}" for name, broken in rules if isinstance(broken, dict))
    return words
