# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run for API users: options in, one result out."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._options import Options
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record
from ansible_collections.telephony.auth.plugins.module_utils._task import BaseRun, OpenStore, Result
from ansible_collections.telephony.auth.plugins.module_utils._user import (
    Outcome,
    User,
    UserLifecycle,
    decide,
    generate,
)
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers


class _UsersRun(BaseRun):  # pylint: disable=abstract-method  # both have a _try()
    """What both have in common."""

    def __init__(self, door: type[BaseUsers], options: Options, open_store: OpenStore, warnings: list[str]) -> None:
        super().__init__(door, options, open_store, warnings)
        self.users = door(self.api, options)
        for secret in self.users.vendor.secrets_in_use():
            self.masker.add(secret)
        self.store = self.open_store(open_store, self._document)

    def _document(self, record: Record) -> Json:
        """What a store keeps: the record, and what those who log in need."""
        password = record.token.value if record.token else None
        return {**record.as_json(), "username": self.users.as_kept(self.options["name"]), "password": password}


class UserInfoRun(_UsersRun):
    """One run that tells of users, and changes nothing."""

    def _try(self, check_mode: bool) -> Result:
        name, tree = self.users.vendor.plain("name"), self.options.get("tree")
        with self.users.session():
            if name and not tree:
                found = self.users.find(self.users.as_kept(name))
                users = [found] if found else []
            else:
                users = self.users.everybody()
        told = {user.id: self.users.tell(user) for user in users}
        if tree:
            ids = {user.name: user.id for user in users}
            for user in users:
                told[user.id]["children"] = [told[ids[child]] for child in user.children]
            below = {child for user in users for child in user.children}
            users = [user for user in users if (user.name == name if name else user.name not in below)]
        return {"changed": False, "users": [told[user.id] for user in users], "api_url": self.api.api_url}


class UserRun(_UsersRun):
    """One run for one user, and for the password of it."""

    def __init__(self, door: type[BaseUsers], options: Options, open_store: OpenStore, warnings: list[str]) -> None:
        super().__init__(door, options, open_store, warnings)
        self.wanted = self.users.wanted()
        # Not under the vendor's own name: a password is no token.
        self.blank = Record(door.module, self.api.api_url, self.users.identity, None)
        self.lifecycle = UserLifecycle(self.users, self.store, self.blank, self.clock.moment, self._new_password)

    def _new_password(self) -> str:
        password = generate(self.options["password_length"])
        self.masker.add(password)
        return password

    def close(self) -> None:
        self.warnings += self.lifecycle.warnings
        super().close()

    def _try(self, check_mode: bool) -> Result:
        if not check_mode:
            self.store.lock(self.options["retry_timeout"])
        record = self.store.load()
        if record:
            for secret in (secret for token in record.tokens for secret in token.secrets):
                self.masker.add(secret)
            self.must_belong(record, self.blank)
        with self.users.session():
            decision = decide(self.wanted, self.users.find(self.wanted.name), record, self.users)
            if check_mode:
                outcome = self.lifecycle.foretell(decision, self.wanted)
            else:
                outcome = self.lifecycle.carry_out(decision, self.wanted, record)
        differ = bool(record) and not decision.changed and self.store.attributes_differ()
        if record and differ and not check_mode:
            self.store.save(record)
        return self._describe(outcome, differ)

    def _describe(self, outcome: Outcome, attributes_differ: bool) -> Result:
        decision = outcome.decision
        before, after = self._side(decision.user), self._side(outcome.after)
        if decision.sets_password:
            after["password"] = "set anew"  # noqa: S105  # no password: nobody is told which it is
        result: Result = {
            "changed": decision.changed or attributes_differ,
            "state": self.options["state"],
            "reason": decision.reason + (", mode or owner of the file corrected" if attributes_differ else ""),
            "user": self.users.tell(outcome.after) if outcome.after else None,
            "api_url": self.api.api_url,
            "diff": {"before": before, "after": after},
        }
        if self.options.get("return_password") and outcome.password:
            result["password"] = outcome.password
        return result

    def _side(self, user: User | None) -> dict[str, t.Any]:
        """One side of the diff."""
        return {"state": "present", **self.users.tell(user)} if user else {"state": "absent"}
