# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RingCX legacy (vacd): users who administrate, below each other as in a tree.

Sources: the vendor's description of the legacy API (github.com/ringcentral/engage-voice-api-docs,
specs/engage-voice_openapi3_legacy.json) has GET and POST of /v1/admin/users. The other requests are in the description of
the current API alone (specs/engage-voice_openapi3.json, docs/users/admin-users-and-permissions.md), with the same paths.
Neither has a field for a password or for an e-mail address.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import replace

from ansible_collections.telephony.auth.plugins.module_utils._api import Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import Options, Spec, user_options
from ansible_collections.telephony.auth.plugins.module_utils._user import Facts, User, Wanted
from ansible_collections.telephony.auth.plugins.module_utils._users._base import BaseUsers, full_name, text
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import refused
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd, refusal

_USERS = "/v1/admin/users"
_RIGHT = re.compile("[A-Z_]+")
# The right that each user has
_EVERYBODY = "USER"
_NAMES = {"first_name": "firstName", "last_name": "lastName"}
# What the vendor tells of a user and makes itself
_NOT_SENT = ("children", "fullName")


class VacdUser(BaseUsers):
    name = "vacd"
    module = "vacd_user"
    vendor_class = Vacd
    facts = ("first_name", "last_name", "enabled", "rights", "parent")
    fixed = ("parent",)
    takes_password = False
    vendor: Vacd

    @staticmethod
    def spec() -> Spec:
        return (
            Vacd.login_spec()
            + user_options("disabled")
            + Spec(
                {
                    "first_name": {"type": "str"},
                    "last_name": {"type": "str"},
                    "enabled": {"type": "bool"},
                    "rights": {"type": "list", "elements": "str"},
                    "parent": {"type": "str"},
                }
            )
        )

    def wanted(self) -> Wanted:
        rights = self.options["rights"]
        if rights is not None and not all(map(_RIGHT.fullmatch, rights)):
            raise OptionError("rights must be names as RingCX has them, in capital letters, like MANAGE_USERS.")
        if self.options["parent"] and self.options["parent"] == self.options["name"]:
            raise OptionError("parent must be another user.")
        wanted = super().wanted()
        if "rights" not in wanted.facts:
            return wanted
        return replace(wanted, facts={**wanted.facts, "rights": sorted({*wanted.facts["rights"], _EVERYBODY})})

    def complete(self, facts: Facts) -> Facts:
        return {"enabled": True, "rights": [_EVERYBODY], **facts, "full_name": full_name(facts)}

    def everybody(self) -> list[User]:
        only_active = bool(self.options.get("active_only"))
        params = {"activeOnly": "true"} if only_active else None
        reply = self.call("list", "GET", _USERS, params=params)
        tree = self._answer(reply, "The users were not listed.").json()
        if not isinstance(tree, list):
            raise reply.bad("is no list of users")
        return [replace(user, facts=self.complete(user.facts)) for user in _flat(tree, None, reply)]

    def create(self, name: str, facts: Facts, password: str | None) -> None:
        body = {"userName": name, **{theirs: facts[ours] for ours, theirs in _NAMES.items() if ours in facts}}
        if "rights" in facts:
            body["roles"] = facts["rights"]
        body["enabled"] = facts.get("enabled", True)
        params = {"parentUserId": self._parent(facts["parent"])} if "parent" in facts else None
        reply = self.call("create", "POST", _USERS, changes=True, json=body, params=params)
        self._answer(reply, "The user was not made.")

    def update(self, user: User, changes: Facts, password: str | None) -> None:
        path = f"{_USERS}/{user.id}"
        names = {theirs: changes[ours] for ours, theirs in _NAMES.items() if ours in changes}
        if names:
            # The request replaces the user, so that it has to hold all that is to stay.
            same = {name: value for name, value in user.raw.items() if name not in _NOT_SENT}
            reply = self.call("update", "PUT", path, changes=True, json={**same, **names})
            self._answer(reply, "The user was not changed.")
        before, after = (set(facts.get("rights", ())) for facts in (user.facts, changes))
        if "rights" in changes:
            for right in sorted(after - before):
                self._done("POST", f"{path}/roles/{right}", f"The right {right} was not given.")
            for right in sorted(before - after):
                self._done("DELETE", f"{path}/roles/{right}", f"The right {right} was not taken away.")
        if "enabled" in changes:
            what = "The user was not enabled." if changes["enabled"] else "The user was not disabled."
            self._done("PUT", f"{path}/setIsActive", what, json={"isActive": changes["enabled"]})

    def delete(self, user: User) -> None:
        # Without this word, the vendor deletes all users below, too.
        params = {"cascadeDelete": "false"}
        reply = self.call("delete", "DELETE", f"{_USERS}/{user.id}", changes=True, params=params)
        if reply.status != 404:
            self._answer(reply, "The user was not deleted.")

    def _done(self, method: str, path: str, what: str, **more: t.Any) -> None:
        """A request that the vendor answers with true or false."""
        reply = self.call("update", method, path, changes=True, **more)
        if self._answer(reply, what).text.lower() == "false":
            raise refused(reply, what, "not_permitted")

    def _parent(self, name: str) -> str:
        parent = self.find(name)
        if parent is None:
            raise OptionError(
                f"There is no user {name} that could be the parent, or the administrator does not see it."
            )
        return parent.id

    def _answer(self, reply: Reply, what: str) -> Reply:
        if not reply.ok:
            raise refusal(reply, what)
        if reply.is_html:
            raise reply.bad("is a web page")
        return reply


class VacdUserInfo(VacdUser):
    module = "vacd_user_info"

    @staticmethod
    def spec() -> Spec:
        return Vacd.login_spec() + Spec(
            {
                "name": {"type": "str"},
                "active_only": {"type": "bool", "default": False},
                "tree": {"type": "bool", "default": False},
            }
        )


def _flat(tree: t.Iterable[object], parent: str | None, reply: Reply) -> t.Iterator[User]:
    """The users of a tree, each before those below. Raises NoClearAnswer."""
    for each in tree:
        number = each.get("userId") if isinstance(each, dict) else None
        if not isinstance(each, dict) or not isinstance(number, int) or not text(each.get("userName")):
            raise reply.bad("has a user without userId or userName")
        children = each.get("children") or ()
        if not isinstance(children, (list, tuple)):
            raise reply.bad("has children that are no list")
        below = list(_flat(children, each["userName"], reply))
        facts: Options = {
            **{ours: text(each.get(theirs)) for ours, theirs in _NAMES.items()},
            "enabled": each.get("enabled"),
            "rights": sorted({*map(_right, each.get("roles") or ()), _EVERYBODY} - {""}),
            "parent": parent,
        }
        direct = tuple(user.name for user in below if user.facts["parent"] == each["userName"])
        yield User(str(number), each["userName"], facts, each, direct)
        yield from below


def _right(role: object) -> str:
    """The name of a right, which comes alone or with a description."""
    name = role.get("roleType") if isinstance(role, dict) else role
    return name if isinstance(name, str) else ""
