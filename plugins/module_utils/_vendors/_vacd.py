# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX legacy (vacd): permanent API tokens.

A login gives a temporary auth token (one hour, or two weeks with stayLoggedIn; each use extends it). It, or any API
token, authorises making, listing and deleting API tokens. Those do not expire and carry no name.
"""

from __future__ import annotations

import contextlib
import re
import typing as t
from urllib.parse import quote

from ansible_collections.telephony.auth.plugins.module_utils._api import Api, Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Options,
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

_TOKENS = "/v1/admin/token"
# A handler that only makes text/plain could refuse a client that asks for JSON alone.
_ANYTHING = "text/plain, application/json;q=0.9, */*;q=0.8"


class Vacd(BaseVendor):
    name = "vacd"
    module = "vacd_api_token"
    title = "RingCX (legacy)"
    details: t.ClassVar[t.Mapping[str, t.Any]] = {
        "user": {
            "userId": str,
            "userName": str,
            "fullName": str,
            "enabled": bool,
            "parentPath": str,
            "rootUser": bool,
        },
        "accounts": [{"accountId": str, "accountName": str, "mainAccountId": str, "mainAccountName": str}],
    }
    list_options = ("username", "password", "auth_token")
    how_it_ends = "RingCX API tokens do not expire; delete it in the RingCX administration."

    @staticmethod
    def login_spec() -> Spec:
        return api_options("vacd", "https://portal.vacd.biz/api") + Spec(
            {
                **option("vacd", "username"),
                **option("vacd", "password", no_log=True),
                **option("vacd", "auth_token", no_log=True),
            }
        )

    @staticmethod
    def spec() -> Spec:
        return (
            Vacd.login_spec()
            + token_options()
            + file_options()
            + Spec(
                {
                    "stay_logged_in": {"type": "bool", "default": False},
                    "api_token": {"type": "str", "no_log": True},
                    "count": {"type": "int", "default": 1},
                    "exclusive": {"type": "bool", "default": False},
                    "keep": {"type": "list", "elements": "str", "default": [], "no_log": True},
                    "adopt": {"type": "bool"},
                    "fingerprint": {"type": "str"},
                    "all_tokens": {"type": "bool", "default": False, "no_log": False},
                },
                required_if=(("adopt", True, ("fingerprint",)),),
                required_by={"fingerprint": ("adopt",)},
            )
        )

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._auth_token = self.given("auth_token")
        self._session: str | None = None
        """The auth token of this run's login."""
        self._login_details: dict[str, t.Any] = {}
        if self.options["count"] < 1:
            raise OptionError("count must be at least 1. To have no token, use state=absent with all_tokens=true.")
        if self.options["keep"] and not self.options["exclusive"]:
            raise OptionError("keep is of use only with exclusive=true.")
        if self.options["all_tokens"] and self.options["state"] != "absent":
            raise OptionError("all_tokens goes with state=absent only.")

    def known(self) -> Token | None:
        value = self.given("api_token")
        return Token(value) if value else None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        return {"X-Auth-Token": token.value}

    def cannot_issue(self) -> str:
        return "" if self._auth_token else self.missing("username", "password")

    def check(self, token: Token) -> Verdict:
        # The list is open to every authenticated user, while /v1/admin/users needs rights a user may lack.
        reply = get_list(self.api, token.value)
        why = why_refused(reply)
        if why:
            return Verdict(False, why)
        return Verdict(True, "the vendor accepts the token", listed=self._parse_list(reply))

    def issue(self) -> Token:
        headers = {"X-Auth-Token": self._authority(), "Accept": _ANYTHING}
        reply = self.api.call("issue", "POST", _TOKENS, changes=True, headers=headers)
        if not reply.ok:
            raise refusal(reply, "No API token was made.")
        text: object = reply.text
        if reply.text.startswith('"'):
            text = reply.json()
        if reply.is_html or (isinstance(text, str) and re.search(r'[<>{}\[\]"]', text)):
            raise reply.bad("is no API token")
        return Token(reply.token(text, "API token"), details=self._login_details)

    def list(self) -> tuple[str, ...]:
        return self._parse_list(get_list(self.api, self._authority()))

    def revoke(self, token: Token, leaving: bool) -> Ended:
        # A token may delete itself, which saves a login.
        authority = self._auth_token or self._session or token.value
        reply = self._delete(token, authority)
        if reply.status == 401 and authority == token.value:
            # It may live all the same: one refusal proves nothing, so somebody else is to try.
            authority = self._other_authority(token)
            if authority == token.value:
                return Ended.ALREADY_GONE
            reply = self._delete(token, authority)
        if reply.status == 404:
            return Ended.ALREADY_GONE
        if not reply.ok:
            raise refusal(reply, "The API token was not deleted.")
        if reply.status == 204 or reply.text.lower() == "true":
            return Ended.REVOKED
        # Any other answer tells nothing sure, but the token itself can be asked.
        if self.check(token).accepted:
            raise refused(reply, "The API token was not deleted.", "not_permitted")
        return Ended.ALREADY_GONE if reply.text.lower() == "false" else Ended.REVOKED

    @contextlib.contextmanager
    def session(self) -> t.Iterator[Token]:
        # No API token is made for that. An auth token cannot be ended.
        yield Token(self._authority())

    def _delete(self, token: Token, authority: str) -> Reply:
        headers = {"X-Auth-Token": authority, "Accept": _ANYTHING}
        path = f"{_TOKENS}/{quote(token.value, safe=':')}"
        reply = self.api.call("revoke", "DELETE", path, changes=True, headers=headers)
        if reply.is_html:
            raise reply.bad("is a web page")
        return reply

    def _other_authority(self, token: Token) -> str:
        """What else than a token may authorise its end; the token itself where there is nothing."""
        try:
            return token.value if self.cannot_issue() else self._authority()
        except VendorRefused:
            return token.value

    def _authority(self) -> str:
        """The token that authorises: auth_token, else that of a login, which happens once, else the known one."""
        known = self._auth_token or self._session
        if known:
            return known
        missing = self.cannot_issue()
        if not missing:
            self._session, answer = log_in(self.api, self.options, "login")
            self._login_details = self.let_in(answer)
            return self._session
        known = self.given("api_token")
        if not known:
            raise OptionError(missing, code="credentials_missing")
        return known

    def _parse_list(self, reply: Reply) -> tuple[str, ...]:
        if not reply.ok:
            raise refusal(reply, "The API tokens were not listed.")
        values = reply.json()
        if not isinstance(values, list):
            raise reply.bad("is no list of API tokens")
        listed = dict.fromkeys(reply.token(value, "list of API tokens") for value in values)
        return tuple(sorted(listed, key=lambda value: value not in (self._auth_token, self._session)))


def log_in(api: Api, options: Options, operation: str) -> tuple[str, Json]:
    """A new auth token, and all that came with it. operation is what a failure calls it."""
    reply = api.call(
        operation,
        "POST",
        "/v1/auth/login",
        changes=True,
        headers={"Accept": "application/json"},
        data={
            "username": options["username"],
            "password": options["password"],
            "stayLoggedIn": "true" if options["stay_logged_in"] else "false",
        },
    )
    if reply.status in (401, 403):
        raise refused(
            reply, "The login was refused: wrong user name or password, or a locked user.", "credentials_refused"
        )
    if not reply.ok:
        raise refusal(reply, "The login failed.")
    answer = reply.json_object()
    return reply.token(answer.get("authToken"), "authToken"), answer


def get_list(api: Api, authority: str, operation: str = "list") -> Reply:
    """The reply with the API tokens of the user, whom an API token or auth token tells."""
    headers = {"X-Auth-Token": authority, "Accept": "application/json"}
    return api.call(operation, "GET", _TOKENS, headers=headers)


def why_refused(reply: Reply) -> str | None:
    """Why the token that asked for the list was refused, if it was."""
    if reply.status != 401 or reply.is_html:
        return None
    return shown(reply, said(reply, "generalMessage")) or reply.excerpt or "HTTP status 401"


def refusal(reply: Reply, what: str) -> VendorRefused | NoClearAnswer:
    """What a reply without a good status means, where nothing more is known of the request."""
    if reply.is_html:
        return reply.bad("is a web page")
    code = {401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
    return refused(reply, what, code, said(reply, "generalMessage", "details") or None)
