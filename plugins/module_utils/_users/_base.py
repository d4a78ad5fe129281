# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the vendors' users have in common."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _details
from ansible_collections.telephony.auth.plugins.module_utils._api import Api, Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import Options, Spec
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import one_line
from ansible_collections.telephony.auth.plugins.module_utils._user import Facts, User, Users, Wanted
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 12, 128


class BaseUsers(Users):
    """The users at one vendor, as an administrator sees them. A vendor's class implements _user.Users and everybody()."""

    name: t.ClassVar[str]
    module: t.ClassVar[str]
    """The name of its module."""
    vendor_class: t.ClassVar[type[BaseVendor]]
    """Whose login it goes by."""
    facts: t.ClassVar[tuple[str, ...]]
    """The options that are facts of a user."""
    needed: t.ClassVar[tuple[str, ...]] = ()
    fixed: t.ClassVar[tuple[str, ...]] = ()
    takes_password: t.ClassVar[bool] = True
    details: t.ClassVar[t.Mapping[str, _details.Shape]] = {
        "id": str,
        "name": str,
        "first_name": str,
        "last_name": str,
        "full_name": str,
        "email": str,
        "enabled": bool,
        "rights": [str],
        "parent": str,
    }
    """What a result tells of a user."""

    def __init__(self, api: Api, options: Options) -> None:
        self.api = api
        self.options = options
        self.vendor = self.vendor_class(api, {**self.vendor_class.spec().defaults, **options})
        self.token: Token
        """What authorises, within session()."""

    @staticmethod
    def spec() -> Spec:
        """All options of the vendor's module."""
        raise NotImplementedError  # each vendor's own

    @property
    def identity(self) -> str | None:
        """Who the user is, on record."""
        return self.vendor.plain("name")

    def wanted(self) -> Wanted:
        """The wanted state, from the options. Raises OptionError."""
        options = self.options
        if not self.vendor.plain("name"):
            raise OptionError("name is empty. Give the user name of the user.")
        password = options.get("user_password")
        if password == "":
            raise OptionError("user_password is empty. Leave it out, or give a password.")
        if not _SHORTEST_PASSWORD <= options.get("password_length", _SHORTEST_PASSWORD) <= _LONGEST_PASSWORD:
            raise OptionError(f"password_length must be from {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD}.")
        if options["state"] == "disabled":
            return Wanted(self.as_kept(options["name"]), makes=False, facts={"enabled": False})
        return Wanted(
            name=self.as_kept(options["name"]),
            present=options["state"] == "present",
            facts={name: options[name] for name in self.facts if options[name] is not None},
            password=password,
            keeps=bool(options.get("path")) or options.get("store") is not None,
            always=options.get("update_password") == "always",
        )

    @contextlib.contextmanager
    def session(self) -> t.Iterator[None]:
        """Log in, if no token is given, and out."""
        with self.vendor.session() as self.token:
            yield

    def as_kept(self, name: str) -> str:
        """A user name as the vendor keeps it."""
        return name

    def complete(self, facts: Facts) -> Facts:
        return facts

    def everybody(self) -> list[User]:
        """All users that the administrator may see."""
        raise NotImplementedError  # each vendor's own

    def find(self, name: str) -> User | None:
        return next((user for user in self.everybody() if user.name == name), None)

    def call(self, operation: str, method: str, path: str, **more: t.Any) -> Reply:
        """Send a request with what authorises."""
        return self.api.call(operation, method, path, headers=self.vendor.headers(self.token), **more)

    def tell(self, user: User) -> dict[str, t.Any]:
        """A user for a result: every key that details names, cleaned, null where nothing is known."""
        mask = self.api.secrets.mask_known
        known = {"id": user.id, "name": user.name, **user.facts}
        shown = _details.let_in(known, self.details, lambda text: mask(one_line(text))) or {}
        empty: dict[str, t.Any] = {
            name: [] if isinstance(shape, list) else None for name, shape in self.details.items()
        }
        return {**empty, **shown, "id": shown.get("id") or None}


def full_name(facts: Facts) -> str | None:
    """First and last name, as far as they are known."""
    return text(" ".join(filter(None, (facts.get("first_name"), facts.get("last_name")))))


def text(value: object) -> str | None:
    """A fact that is a text, as an option would give it; an empty one counts as none."""
    return value if isinstance(value, str) and value else None
