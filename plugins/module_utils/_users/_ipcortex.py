# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IPCortex: users of the PBX, by the requests /rest/ops/create, read, update and delete for the type user.

Sources: the vendor's pages developer.ipcortex.co.uk/ref/rest/user (the values of a new user, its rights and roles),
/gs/rest/json (the general form of a request: scope, columns, values) and /ref/rest/nightmode (a scope is a column with
the list of its values). What a scope for users looks like is not known from there. So each change follows a read with the
same scope, that has to give this one user.
"""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    password_options,
    user_options,
)
from ansible_collections.telephony.auth.plugins.module_utils._user import Facts, User
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers, text
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import refused
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex, is_key

# With the role's number, the PBX tells its name.
_COLUMNS = ["uname", "name", "email", "company", "roleid"]
_VALUES = {"full_name": "name", "email": "email", "company": "company", "role": "roleid"}


class IpcortexUser(BaseUsers):
    name = "ipcortex"
    module = "ipcortex_user"
    vendor_class = Ipcortex
    facts = ("full_name", "email", "role", "company")
    needed = ("full_name",)
    fixed = ("company",)
    vendor: Ipcortex

    @staticmethod
    def spec() -> Spec:
        return (
            Ipcortex.login_spec()
            + user_options()
            + password_options()
            + Spec({name: {"type": "str"} for name in IpcortexUser.facts})
        )

    def complete(self, facts: Facts) -> Facts:
        return {**facts, "rights": [facts["role"]] if facts.get("role") else []}

    def everybody(self) -> list[User]:
        return self._read({})

    def find(self, name: str) -> User | None:
        users = self._read(_scope(name))
        return users[0] if users else None

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        self._ops("create", "create", "The user was not made.", values={"uname": name, **_values(facts, password)})

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        body = {**_scope(user.name), "values": _values(changes, password)}
        self._ops("update", "update", "The user was not changed.", **body)

    def delete(self, user: User) -> None:
        self._ops("delete", "delete", "The user was not deleted.", **_scope(user.name))

    def _read(self, scope: dict[str, t.Any]) -> list[User]:
        reply = self._ops("list", "read", "The users were not listed.", **scope, columns=_COLUMNS)
        rows = reply.json_object().get("values")
        if not isinstance(rows, list) or not all(isinstance(row, dict) and text(row.get("uname")) for row in rows):
            raise reply.bad("is no list of users with uname")
        if scope and [row["uname"] for row in rows] not in ([], scope["scope"]["uname"]):
            raise reply.bad("has other users than the one that was asked for, so nothing can be changed safely")
        return [self._user(row) for row in rows]

    def _user(self, row: Facts) -> User:
        facts = {ours: text(row.get(theirs)) for ours, theirs in _VALUES.items()}
        # The API knows users by their names.
        return User(row["uname"], row["uname"], self.complete({**facts, "role": text(row.get("rolename"))}))

    def _ops(self, operation: str, verb: str, what: str, **body: t.Any) -> Reply:
        # A key goes into the body, which also versions before 6.3.10 understand.
        auth = self.vendor.secret_results(self.token)
        reply = self.api.call(
            operation,
            "POST",
            f"/rest/ops/{verb}",
            changes=verb != "read",
            headers={} if is_key(self.token) else self.vendor.headers(self.token),
            json={"type": "user", **body, **auth},
        )
        words = self.vendor.failure(reply)
        if words is not None:
            code = {401: "credentials_refused", 403: "not_permitted"}.get(reply.status, "vendor_error")
            raise refused(reply, what, code, words)
        return reply


class IpcortexUserInfo(IpcortexUser):
    module = "ipcortex_user_info"

    @staticmethod
    def spec() -> Spec:
        return Ipcortex.login_spec() + Spec({"name": {"type": "str"}})


def _scope(name: str) -> dict[str, t.Any]:
    return {"scope": {"uname": [name]}}


def _values(facts: Facts, password: str | None) -> dict[str, t.Any]:
    values = {_VALUES[name]: value for name, value in facts.items()}
    return {**values, "password": password} if password else values
