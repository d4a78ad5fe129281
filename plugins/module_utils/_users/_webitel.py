# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webitel engine 3.x: the accounts of a domain.

Sources: the engine (github.com/webitel/engine-nodejs, src/adapter/rest/account/account.resource.js, src/services/account.js,
src/lib/Console/WebitelModule2.js), the vendor's pages (github.com/webitel/docs-en, source/restful-http-api-accounts.rst),
and what the vendor's own client sends (github.com/webitel/web-client, its AccountModel). The engine puts what it is given
into a command line of its console, so only characters are sent that mean nothing there.
"""

from __future__ import annotations

import re

from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    password_options,
    user_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._user import Facts, User, Wanted
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers, text
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import Json
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel, refusal

_ACCOUNTS = "/api/v2/accounts"
_NAME = re.compile(r"[\w.-]+@[\w.-]+", re.ASCII)
_PASSWORD = re.compile(r"[\w.~-]+", re.ASCII)
_FULL_NAME = re.compile(r"[^'\"{}\[\]\\,=]+")
_SECRETS = re.compile("password|hash")


class WebitelAccount(BaseUsers):
    name = "webitel"
    module = "webitel_account"
    vendor_class = Webitel
    facts = ("role", "full_name")
    needed = ("role",)
    vendor: Webitel

    @staticmethod
    def spec() -> Spec:
        return (
            Webitel.login_spec()
            + user_options()
            + password_options()
            + Spec({"role": {"type": "str"}, "full_name": {"type": "str"}})
        )

    def wanted(self) -> Wanted:
        wanted = super().wanted()
        if not _NAME.fullmatch(wanted.name):
            raise OptionError(
                "name must be that of the login, like 100@example.com, of letters, digits and . - _ only."
            )
        for name, shape, what in (
            ("user_password", _PASSWORD, "of letters a-z, digits and . - _ ~ only"),
            ("role", _PASSWORD, "the name of a role, of letters a-z, digits and . - _ ~ only"),
            ("full_name", _FULL_NAME, "without quotes, brackets, braces, backslashes, commas and ="),
        ):
            if self.vendor.plain(name) and not shape.fullmatch(self.options[name]):
                raise OptionError(f"{name} must be {what}: the engine hands it on in a command line.")
        return wanted

    def complete(self, facts: Facts) -> Facts:
        return {**facts, "rights": [facts["role"]] if facts.get("role") else []}

    def everybody(self) -> list[User]:
        return self._list(self._domain(self.options.get("domain")))

    def find(self, name: str) -> User | None:
        login, _at, domain = name.partition("@")
        if name not in [user.name for user in self._list(self._domain(domain))]:
            return None
        reply = self.call("list", "GET", f"{_ACCOUNTS}/{login}", params={"domain": domain})
        if reply.status == 404:
            return None
        account = self._info(reply, "The account was not read.")
        for key, value in account.items():
            if _SECRETS.search(key):
                self.api.secrets.add(str(value))
        return self._user(name, account.get("variable_account_role"), account.get("variable_effective_caller_id_name"))

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        login, _at, domain = name.partition("@")
        body = {
            "login": login,
            "domain": domain,
            "password": password,
            # As the vendor's client does: the role that counts is a variable.
            "role": "user",
            "parameters": [],
            "variables": _variables(facts),
        }
        reply = self.call("create", "POST", _ACCOUNTS, changes=True, json=body, params={"domain": domain})
        self._info(reply, "The account was not made.")

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        login, _at, domain = user.name.partition("@")
        parameters = [f"password='{password}'"] if password else []
        body = {"parameters": parameters, "variables": _variables(changes)}
        path = f"{_ACCOUNTS}/{login}"
        reply = self.call("update", "PUT", path, changes=True, json=body, params={"domain": domain})
        self._info(reply, "The account was not changed.")

    def delete(self, user: User) -> None:
        login, _at, domain = user.name.partition("@")
        reply = self.call("delete", "DELETE", f"{_ACCOUNTS}/{login}", changes=True, params={"domain": domain})
        if reply.status != 404:
            self._info(reply, "The account was not deleted.")

    def _user(self, name: str, role: object, full_name: object) -> User:
        # Each account has webrtc beside its own role, which is no right.
        roles = [each for each in (text(role) or "").split(",") if each not in ("", "webrtc")]
        facts = {"role": roles[0] if roles else None, "full_name": text(full_name)}
        return User(name, name, self.complete(facts))

    def _domain(self, wanted: str | None) -> str:
        """The domain, once it is sure that the engine will not put the administrator's own in its place."""
        details = self.token.details if "domain" in self.token.details else self.vendor.check(self.token).details
        own = details.get("domain")
        if wanted and own and wanted != own:
            raise OptionError(
                f"The administrator belongs to the domain {own}, and manages accounts of no other one. Log in as root,"
                f" or as an administrator of {wanted}."
            )
        if not wanted and not own:
            raise OptionError("Give domain: the administrator belongs to none.")
        return str(wanted or own)

    def _list(self, domain: str) -> list[User]:
        reply = self.call("list", "GET", _ACCOUNTS, params={"domain": domain})
        accounts = self._info(reply, "The accounts were not listed.")
        if not all(isinstance(each, dict) for each in accounts.values()):
            raise reply.bad("is no list of accounts")
        return [self._user(f"{login}@{domain}", each.get("role"), each.get("name")) for login, each in accounts.items()]

    def _info(self, reply: Reply, what: str) -> Json:
        """What a successful reply tells; the documentation calls it data. Raises VendorRefused, NoClearAnswer."""
        if not reply.ok:
            raise refusal(reply, what)
        answer = reply.json_object()
        if answer.get("status") != "OK":
            raise refusal(reply, what)
        info = answer.get("info", answer.get("data"))
        # A list of none is told as an object or as a list; a change is told in a word.
        return info if isinstance(info, dict) else {}


class WebitelAccountInfo(WebitelAccount):
    module = "webitel_account_info"

    @staticmethod
    def spec() -> Spec:
        return Webitel.login_spec() + Spec({"name": {"type": "str"}, "domain": {"type": "str"}})


def _variables(facts: Facts) -> list[str]:
    names = {"role": "account_role", "full_name": "effective_caller_id_name"}
    return [f"{names[name]}='{value}'" for name, value in facts.items()]
