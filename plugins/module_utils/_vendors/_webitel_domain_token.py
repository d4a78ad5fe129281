# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webitel engine 3.6 and later: the static tokens of a domain.

An administrator makes them, with a role and an end. The engine shows a token once, when it is made. Its list has their
UUIDs, by which they are disabled and deleted.
"""

from __future__ import annotations

import random
import re
import typing as t
from dataclasses import replace

from ansible_collections.telephony.auth.plugins.module_utils import _jwt
from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
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
    seconds,
    token_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Ended, Verdict
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor, Json, shown
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel, refusal, words_of

# Without it, the list has the whole settings of the domain, other secrets among them.
_COLUMNS = '{"name":1,"tokens":1}'
_UUID = re.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")
# What the engine says of a token that was deleted or disabled, and when its database fails.
_NOT_FOUND = "Not found token"
_WHAT = {
    "list": "The tokens were not listed.",
    "issue": "No token was made.",
    "adjust": "The token was not enabled or disabled.",
    "revoke": "The token was not deleted.",
}
_RANDOM = random.SystemRandom()


class WebitelDomainToken(BaseVendor):
    name = "webitel_domain_token"
    module = "webitel_domain_token"
    title = "Webitel, tokens of a domain"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {"uuid": str, "domain": str, "role_name": str, "created_by": str}
    how_it_ends = "It ends at its expiry. An administrator of the domain deletes it in Webitel, or with state=absent and its uuid."
    lists_names = True
    list_options = ("username", "password", "totp_code", "auth_token", "auth_key", "domain")

    @staticmethod
    def spec() -> Spec:
        return (
            api_options("webitel", "https://api.webitel.com")
            + token_options()
            + file_options()
            + Spec(
                {
                    **option("webitel", "username"),
                    **option("webitel", "password", no_log=True),
                    **option("webitel", "totp_code", no_log=True),
                    **option("webitel", "auth_token", no_log=True),
                    **option("webitel", "auth_key", no_log=True),
                    **option("webitel", "domain"),
                    "role": {"type": "str"},
                    "lifetime": {"type": "str", "default": "365d"},
                    "enabled": {"type": "bool"},
                    "token": {"type": "str", "no_log": True},
                    "uuid": {"type": "str"},
                    "exclusive": {"type": "bool", "default": False},
                    "keep": {"type": "list", "elements": "str", "default": [], "no_log": False},
                    "adopt": {"type": "bool"},
                },
                mutually_exclusive=tuple(("uuid", other) for other in ("token", "path", "store", "record")),
                required_by={"totp_code": ("password",), "auth_key": ("auth_token",)},
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._administrator = Webitel(self.api, self.options)
        self._session: Token | None = None
        """The login of this run."""
        self._caller: dict[str, str] | None = None
        """The headers that authorise, once their domain was compared."""
        self._told: dict[str, Json] = {}
        """What the engine told last of each token, by UUID."""
        auth_token, auth_key = self.given("auth_token"), self.given("auth_key")
        self._auth = Token(auth_token, {"key": auth_key} if auth_key else {}) if auth_token else None
        caller = _jwt.claims(auth_token).get("d") if auth_token else (self.identity or "").partition("@")[2]
        known = self.known()
        self._domain = (
            self.plain("domain") or self._text(caller) or (self.owner(known) if known else "") or ""
        ).lower()
        self.identity = self._domain or None
        self._lifetime = seconds("lifetime", self.options["lifetime"])
        self._must_make_sense()
        for domain in (self._text(caller), self.owner(known) if known else None):
            self._must_be_of(domain)

    def _must_make_sense(self) -> None:
        """Raises OptionError."""
        options = self.options
        if self._domain and not _DOMAIN.fullmatch(self._domain):
            raise OptionError("domain must be the name of one domain, such as example.com.")
        if not self._lifetime:
            raise OptionError("lifetime must be longer than 0s.")
        if options["keep"] and not options["exclusive"]:
            raise OptionError("keep is of use only with exclusive=true.")
        if options["adopt"]:
            raise OptionError(
                "adopt=true is not possible: Webitel does not show a token again. Delete it with state=absent and uuid, or"
                " set adopt=false where it is somebody else's."
            )
        if options["uuid"] and not _UUID.fullmatch(options["uuid"]):
            raise OptionError("uuid must be a UUID such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301, as Webitel lists it.")
        known = self.known()
        if known:
            self.listed_as(known)
        if options["uuid"] and options["state"] != "absent":
            raise OptionError("uuid goes with state=absent only: Webitel does not show a token again.")

    def _must_be_of(self, domain: str | None) -> None:
        """Webitel takes the domain of the caller in place of the one that a request names. Raises OptionError."""
        if domain and domain.lower() != self._domain:
            raise OptionError(
                f"The domain is {self._domain}, and the credentials or the token are of {domain}, which Webitel would silently"
                f" use in its place. Nothing was changed. Give credentials of {self._domain}, or of root."
            )

    def _text(self, value: object) -> str | None:
        """A fact that is a text, masked."""
        return t.cast("str | None", self.let_in({"domain": value}).get("domain"))

    def known(self) -> Token | None:
        value = self.given("token") or self.given("uuid")
        return Token(value, expires_at=_jwt.unix_seconds(_jwt.claims(value).get("exp"))) if value else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Access-Token": token.value}

    def owner(self, token: Token) -> str | None:
        return self._text(_jwt.claims(token.value).get("d"))

    def listed_as(self, token: Token) -> str:
        uuid = str(_jwt.claims(token.value).get("id", token.value))
        if not _UUID.fullmatch(uuid):
            # It must not get into a URL.
            raise OptionError("What is on record, or in token, is no token of a Webitel domain.", code="not_a_record")
        return uuid

    def cannot_issue(self) -> str:
        login = "" if self._auth else self._administrator.cannot_issue()
        return login or ("" if self._domain else self.missing("domain")) or self.missing("role")

    def check(self, token: Token) -> Verdict:
        if self.listed_as(token) == token.value:
            return self._look_up(token)
        reply = self.api.call("check", "GET", "/api/v2/whoami", headers=self.headers(token))
        words = words_of(reply)
        if reply.status == 401 and words == _NOT_FOUND and self.options["enabled"] is not None:
            return self._look_up(token)
        if (reply.status == 401 and words) or (reply.status == 400 and words == "Token Expired"):
            return Verdict(False, shown(reply, words))
        if not reply.ok:
            raise refusal(reply, "The token was not checked.")
        answer = reply.json_object()
        if "id" not in answer:
            raise reply.bad("does not tell whose the token is")
        return self._judge(token, {**answer, "enabled": True})

    def _look_up(self, token: Token) -> Verdict:
        """What the list says: of a token that is known by its UUID alone, or that does not work."""
        name = self.listed_as(token)
        entry = next((each for each in self._entries() if each["uuid"] == name), None)
        if entry is None or (name != token.value and entry.get("enabled") is not False):
            return Verdict(False, _NOT_FOUND)
        return self._judge(token, {"domain": self._domain, **entry})

    def _judge(self, token: Token, facts: Json) -> Verdict:
        """Whether a token that lives is the one that the options want."""
        details = self._details({**facts, "uuid": self.listed_as(token)})
        domain, role, enabled = details.get("domain", ""), details.get("role_name"), facts.get("enabled") is True
        if domain.lower() != (self._domain or domain.lower()):
            return Verdict(False, f"the token is of the domain {domain}")
        if self.options["role"] not in (None, "", role):
            return Verdict(False, f"the role of the token is {role}")
        wanted = self.options["enabled"]
        differs = {} if wanted in (None, enabled) else {"enabled": (enabled, wanted)}
        return Verdict(
            True, "the vendor accepts the token" if enabled else "the token is disabled", details, differs=differs
        )

    def _details(self, facts: Json) -> dict[str, t.Any]:
        return self.let_in({**facts, "role_name": facts.get("roleName"), "created_by": facts.get("createdBy")})

    def adjust(self, token: Token) -> None:
        reply = self._call("adjust", "PATCH", self.listed_as(token), json={"state": self.options["enabled"]})
        if not _count(reply, "n"):
            raise reply.bad("does not know the token")

    def issue(self) -> Token:
        self._authority(None)
        # By its milliseconds, which are random, the token is known if the reply gets lost.
        expire = (self.api.clock.now() + self._lifetime) * 1000 + _RANDOM.randrange(1000)
        try:
            reply = self._call("issue", "POST", json={"role": self.options["role"], "expire": expire})
            info = _object(reply.json_object().get("info"))
            token = Token(reply.token(info.get("token"), "token"), expires_at=expire // 1000)
            if not _UUID.fullmatch(str(_jwt.claims(token.value).get("id"))):
                raise reply.bad("has a token without its UUID")
        except NoClearAnswer as failure:
            if failure.maybe_done:
                self._end_lost(expire, failure)
            raise
        data = _object(info.get("data"))
        details = self._details({**data, "uuid": self.listed_as(token), "domain": self.owner(token)})
        return replace(token, issued_at=_jwt.unix_seconds(data.get("createdOn")), details=details)

    def _end_lost(self, expire: int, failure: NoClearAnswer) -> None:
        """Delete the token whose value was in a lost reply. If that fails, the state machine says what may be left."""
        try:
            lost = [entry["uuid"] for entry in self._entries() if entry.get("expire") == expire]
            for uuid in lost:
                self.revoke(Token(uuid), leaving=False)
        except TelephonyError:
            return
        if lost:
            failure.maybe_done = False
            failure.adding(f"The token {lost[0]} that was made was deleted again, as nobody knows its value.")

    def list(self) -> tuple[str, ...]:
        self._told = {entry["uuid"]: entry for entry in self._entries()}
        return tuple(self._told)

    def facts_of(self, listed: str) -> dict[str, t.Any]:
        entry = self._told[listed]
        details = self._details(entry)
        return {
            **{name: details.get(name) for name in ("role_name", "created_by")},
            "issued_at": iso(_jwt.unix_seconds(entry.get("createdOn"))),
            "expires_at": iso(_jwt.unix_seconds(entry.get("expire"))),
            "enabled": entry.get("enabled") is True,
        }

    def _entries(self) -> tuple[Json, ...]:
        """What the engine tells of the tokens that have not expired."""
        reply = self._call("list", "GET", params={"columns": _COLUMNS})
        documents = reply.json_object().get("info")
        if not isinstance(documents, list):
            raise reply.bad("is no list of tokens")
        now = self.api.clock.now()
        entries: tuple[Json, ...] = ()
        for document in map(_object, documents):
            if str(document.get("name")).lower() != self._domain:
                raise reply.bad("is about another domain")
            listed = document.get("tokens") or []
            if not isinstance(listed, list):
                raise reply.bad("is no list of tokens")
            for entry in listed:
                if not isinstance(entry, dict) or not _UUID.fullmatch(str(entry.get("uuid"))):
                    raise reply.bad("is no list of tokens")
                if (_jwt.unix_seconds(entry.get("expire")) or now + 1) > now:
                    entries += (entry,)
        return entries

    def revoke(self, token: Token, leaving: bool) -> Ended:
        reply = self._call("revoke", "DELETE", self.listed_as(token), token)
        return Ended.REVOKED if _count(reply, "nModified") else Ended.ALREADY_GONE

    def _call(self, operation: str, method: str, uuid: str = "", token: Token | None = None, **body: t.Any) -> Reply:
        """A request about the tokens of the domain that was carried out. Raises OptionError, VendorRefused, NoClearAnswer."""
        headers = self._authority(token)
        path = f"/api/v2/domains/{self._domain}/settings/token" + (f"/{uuid}" if uuid else "")
        reply = self.api.call(operation, method, path, changes=method != "GET", headers=headers, **body)
        if not reply.ok:
            raise refusal(reply, _WHAT[operation])
        if reply.json_object().get("status") != "OK":
            raise reply.bad("does not say OK")
        return reply

    def _authority(self, token: Token | None) -> dict[str, str]:
        """The headers of who may do it. token is the one that is to end: an administrator's may do that itself."""
        if self._caller:
            return self._caller
        if not self._domain:
            raise OptionError(self.missing("domain"), code="credentials_missing")
        if self._auth:
            self._caller = self._headers_of_auth(self._auth)
        elif not self._administrator.cannot_issue():
            self._session = self._log_in()
            self._must_be_of(self._session.details.get("domain"))
            self._caller = self._administrator.headers(self._session)
        elif token and self.listed_as(token) != token.value:
            return self.headers(token)
        else:
            raise OptionError(
                f"The tokens of a domain are for its administrators. {self._administrator.cannot_issue()}",
                code="credentials_missing",
            )
        return self._caller

    def _headers_of_auth(self, auth: Token) -> dict[str, str]:
        if not auth.extra:
            # The token of a domain tells its domain, which was compared.
            return self.headers(auth)
        verdict = self._administrator.check(auth)
        if not verdict.accepted:
            raise VendorRefused(
                f"auth_token and auth_key were refused by {self.api_url} ({verdict.reason}).",
                code="credentials_refused",
                operation="check",
            )
        self._must_be_of(verdict.details.get("domain"))
        return self._administrator.headers(auth)

    def _log_in(self) -> Token:
        try:
            return self._administrator.login("login")
        except NoClearAnswer as failure:
            if failure.maybe_done:
                failure.adding(f"A login may be left that nobody knows: {self._administrator.how_it_ends}")
            raise

    def close(self) -> tuple[str, ...]:
        session, self._session, self._caller = self._session, None, None
        try:
            if session:
                self._administrator.revoke(session, leaving=True)
        except TelephonyError as failure:
            return (f"The login of this run did not end: {failure.message}",)
        return ()


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _count(reply: Reply, name: str) -> int:
    """How many entries the engine found or changed."""
    number = _object(reply.json_object().get("info")).get(name)
    if not isinstance(number, int):
        raise reply.bad("does not tell what was changed")
    return number
