# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kazoo (VirtualPBX Dash): the users of an account.

Sources: the server, Kazoo 4 (github.com/2600hz/kazoo, applications/crossbar/src/modules/cb_users.erl and cb_accounts.erl,
core/kazoo_documents/src/kzd_users.erl, core/kazoo_apps/priv/couchdb/account/users.json for what a list tells), and its
schema of a user (applications/crossbar/priv/couchdb/schemas/users.json).
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    password_options,
    user_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._user import Facts, User, Wanted
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers, full_name, text
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import Json
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo, comparable, refusal

_ID = re.compile("[0-9a-f]{32}")
_USERNAME = re.compile(r"[+@.\w-]{1,256}", re.ASCII)
_ACCOUNT_OPTIONS = ("account_id", "descendant_name", "descendant_realm")


def _login_spec() -> Spec:
    """How the administrator logs in, and the account that the users belong to."""
    accounts = {name: {"type": "str"} for name in _ACCOUNT_OPTIONS}
    return Kazoo.login_spec() + Spec(accounts, mutually_exclusive=(_ACCOUNT_OPTIONS,))


class KazooUser(BaseUsers):
    name = "kazoo"
    module = "kazoo_user"
    vendor_class = Kazoo
    facts = ("first_name", "last_name", "email", "priv_level", "enabled")
    needed = ("first_name", "last_name")
    vendor: Kazoo

    def __init__(self, *args: t.Any) -> None:
        super().__init__(*args)
        self._account_id: str | None = None
        if self.options["account_id"] and not _ID.fullmatch(self.options["account_id"]):
            raise OptionError("account_id must have exactly 32 hexadecimal digits, in small letters.")
        if self.options["descendant_name"] and not comparable(self.options["descendant_name"]):
            raise OptionError("descendant_name has none of the letters a-z and digits by which Kazoo finds an account.")

    @staticmethod
    def spec() -> Spec:
        return (
            _login_spec()
            + user_options("disabled")
            + password_options()
            + Spec(
                {
                    "first_name": {"type": "str"},
                    "last_name": {"type": "str"},
                    "email": {"type": "str"},
                    "priv_level": {"type": "str", "choices": ["user", "admin"]},
                    "enabled": {"type": "bool"},
                }
            )
        )

    @property
    def identity(self) -> str | None:
        account_id, name, realm = (self.vendor.plain(option) for option in _ACCOUNT_OPTIONS)
        account = account_id or (comparable(name) if name else None) or (realm.lower() if realm else None)
        return "/".join(filter(None, (account or self.vendor.account(), self.as_kept(self.options["name"]))))

    def complete(self, facts: Facts) -> Facts:
        level = facts.get("priv_level") or "user"
        return {"enabled": True, **facts, "priv_level": level, "rights": [level], "full_name": full_name(facts)}

    def as_kept(self, name: str) -> str:
        return name.lower()

    def wanted(self) -> Wanted:
        wanted = super().wanted()
        if not _USERNAME.fullmatch(wanted.name):
            raise OptionError("name must be of letters a-z, digits and the characters @ . + - _ as Kazoo wants it.")
        return wanted

    def everybody(self) -> list[User]:
        return [self._user(each, None) for each in self._summaries({})]

    def find(self, name: str) -> User | None:
        # A list does not tell whether a user is enabled.
        found = next(
            (each for each in self._summaries({"filter_username": name}) if each.get("username") == name), None
        )
        if found is None:
            return None
        what = "The user was not read."
        reply = self.call("list", "GET", f"{self._users()}/{found['id']}")
        if reply.status == 404:
            return None
        user = self._data(reply, what)
        if not isinstance(user, dict) or user.get("id") != found["id"]:
            raise reply.bad("is not the user")
        return self._user(user, user.get("enabled", True))

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        data = {"username": name, "password": password, "enabled": True, "priv_level": "user", **facts}
        # Kazoo would send an e-mail with the password in it.
        params = {"send_email_on_creation": "false"}
        reply = self.call("create", "PUT", self._users(), changes=True, json={"data": data}, params=params)
        self._data(reply, "The user was not made.")

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        data = {**changes, **({"password": password, "username": user.name} if password else {})}
        reply = self.call("update", "PATCH", f"{self._users()}/{user.id}", changes=True, json={"data": data})
        self._data(reply, "The user was not changed.")

    def delete(self, user: User) -> None:
        reply = self.call("delete", "DELETE", f"{self._users()}/{user.id}", changes=True)
        if reply.status != 404:
            self._data(reply, "The user was not deleted.")

    def _user(self, data: Json, enabled: bool | None) -> User:
        facts = {name: text(data.get(name)) for name in ("first_name", "last_name", "email", "priv_level")}
        return User(data["id"], str(data.get("username") or ""), self.complete({**facts, "enabled": enabled}))

    def _users(self) -> str:
        """The path of the account's users."""
        if self._account_id is None:
            self._account_id = self.options["account_id"] or self._find_account()
        return f"/accounts/{self._account_id}/users"

    def _find_account(self) -> str:
        """The ID of the account of the administrator, or of the one below that the options name. Raises OptionError."""
        own = self.token.details.get("account_id") or self.vendor.check(self.token).details.get("account_id")
        if not isinstance(own, str) or not _ID.fullmatch(own):
            raise OptionError("The token does not tell its account, or Kazoo does not accept it. Give account_id.")
        name, realm = self.options["descendant_name"], self.options["descendant_realm"]
        if not name and not realm:
            return own
        path = f"/accounts/{own}/descendants"
        reply = self.call("list", "GET", path, params={"paginate": "false"})
        accounts = self._objects(reply, "The accounts below were not listed.")
        found = [
            each["id"]
            for each in accounts
            if (comparable(str(each.get("name"))) == comparable(name) if name else each.get("realm") == realm.lower())
        ]
        if len(found) != 1:
            called = f"called {name}" if name else f"with the realm {realm}"
            count = "no account" if not found else f"{len(found)} accounts"
            raise OptionError(f"There is {count} {called} below that of the administrator. Give account_id.")
        return str(found[0])

    def _summaries(self, params: t.Mapping[str, str]) -> list[Json]:
        reply = self.call("list", "GET", self._users(), params={"paginate": "false", **params})
        return self._objects(reply, "The users were not listed.")

    def _objects(self, reply: Reply, what: str) -> list[Json]:
        """A list of objects that have an ID."""
        data = self._data(reply, what)
        if not isinstance(data, list):
            raise reply.bad("is no list")
        for each in data:
            if not isinstance(each, dict) or not isinstance(each.get("id"), str) or not _ID.fullmatch(each["id"]):
                raise reply.bad("has an entry without an ID")
        return data

    def _data(self, reply: Reply, what: str) -> object:
        """What a successful reply holds. Raises VendorRefused, NoClearAnswer."""
        if not reply.ok:
            raise refusal(reply, what)
        answer = reply.json_object()
        if answer.get("status") != "success":
            raise reply.bad("does not say success")
        return answer.get("data", [])


class KazooUserInfo(KazooUser):
    module = "kazoo_user_info"

    @staticmethod
    def spec() -> Spec:
        return _login_spec() + Spec({"name": {"type": "str"}})
