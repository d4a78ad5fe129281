# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the vendors have in common, and the words they share."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils import _details
from ansible_collections.telephony.auth.plugins.module_utils._api import Api, Reply
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    NoClearAnswer,
    OptionError,
    TelephonyError,
    VendorRefused,
)
from ansible_collections.telephony.auth.plugins.module_utils._options import Options, Spec, not_set
from ansible_collections.telephony.auth.plugins.module_utils._pace import Pace
from ansible_collections.telephony.auth.plugins.module_utils._record import Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import is_header_safe, one_line
from ansible_collections.telephony.auth.plugins.module_utils._vendor import Vendor

Json = t.Mapping[str, t.Any]

_LONGEST_MESSAGE = 200


class BaseVendor(Vendor):
    """One API user at one vendor, as the task describes it.

    A vendor's class says in spec() which options it has, and implements _vendor.Vendor (or ListingVendor), known() and
    headers(). It is a row of _registry.py.
    """

    module: t.ClassVar[str]
    """The name of its module."""
    title: t.ClassVar[str]
    """The name of the vendor's product, for people."""
    details: t.ClassVar[t.Mapping[str, _details.Shape]] = {}
    """The facts that a result and a record may hold, and what they look like."""
    pace: t.ClassVar[Pace | None] = None
    """How often the vendor lets somebody log in, if not as often as they like."""
    lists_names = False
    list_options: t.ClassVar[tuple[str, ...]] = ()
    """The options that list() takes beside those of the connection."""

    def __init__(self, api: Api, options: Options) -> None:
        self.api = api
        self.options = options
        self.api_url = api.api_url
        self.identity = self.plain("username")

    @staticmethod
    def spec() -> Spec:
        """All options of the vendor's module."""
        raise NotImplementedError  # each vendor's own, as the two below

    @staticmethod
    def login_spec() -> Spec:
        """The connection, and the options that session() goes by, of a vendor whose users are managed; spec() has them all."""
        return Spec({})

    @contextlib.contextmanager
    def session(self) -> t.Iterator[Token]:
        """What authorises other calls: the token that the options name, else that of a login, which ends with the block."""
        token = self.known()
        if token:
            yield token
            return
        missing = self.cannot_issue()  # pylint: disable=assignment-from-no-return  # a vendor's own
        if missing:
            raise OptionError(missing, code="credentials_missing")
        token = self.issue()  # pylint: disable=assignment-from-no-return  # a vendor's own
        try:
            yield token
        finally:
            if self.can_revoke(token, leaving=False):
                # What could not be ended ends by itself, and is no reason to fail.
                with contextlib.suppress(TelephonyError):
                    self.revoke(token, leaving=False)

    def missing(self, *names: str) -> str:
        """What to do about those of the options that are not set; empty where all are."""
        unset = [name for name in names if not self.options.get(name)]
        argument_spec = self.spec().argument_spec if unset else {}
        return " ".join(not_set(argument_spec, name) for name in unset)

    def known(self) -> Token | None:
        """The token that the vendor's own options name. Raises OptionError."""
        raise NotImplementedError

    def existing(self) -> Token | None:
        """The token that the API user has at the vendor, where there is one at most and it can be read. Raises TelephonyError."""
        return None

    @staticmethod
    def headers(token: Token) -> dict[str, str]:
        """The request headers that carry a token."""
        raise NotImplementedError

    def secrets_in_use(self) -> t.Iterable[str]:
        """Secrets made out of the options that a vendor might echo."""
        return ()

    def secret_results(self, token: Token) -> dict[str, t.Any]:
        """Further secret return values, under the vendor's own names."""
        return {}

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        return True

    def owner(self, token: Token) -> str | None:
        return token.details.get("username") or None

    def listed_as(self, token: Token) -> str:
        return token.value

    def facts_of(self, listed: str) -> dict[str, t.Any]:
        """What the list that was read last tells of one token, for a result."""
        return {}

    def adjust(self, token: Token) -> None:
        """Where all that an option says of a token is decided when it is issued, there is nothing to do."""

    def close(self) -> tuple[str, ...]:
        """End what this run alone needed. Returns warnings."""
        return ()

    def let_in(self, facts: object) -> dict[str, t.Any]:
        """Of facts that came from outside, those that details allows, masked. Secrets that they may hold must be known."""
        mask = self.api.secrets.mask_known
        return _details.let_in(facts, self.details, lambda text: mask(one_line(text))) or {}

    def plain(self, name: str) -> str | None:
        """The value of an option that names the API user, once it can stand on record. Raises OptionError."""
        value = self.options.get(name)
        if value and not (value.isprintable() and len(value) <= _details.LONGEST_TEXT):
            raise OptionError(f"{name} must be one line of printable characters, at most {_details.LONGEST_TEXT}.")
        return value or None

    def given(self, name: str) -> str | None:
        """A token option's value, once it can be sent in a header. Raises OptionError."""
        value = self.options.get(name)
        if value and not is_header_safe(value):
            raise OptionError(f"{name} must be one line of printable ASCII without spaces, as the vendor gave it.")
        return value or None


def shown(reply: Reply, text: str) -> str:
    """What the vendor said, fit for a message: one printable line, then masked, in this order, and not too long."""
    words = reply.secrets.clean(text)
    return words if len(words) <= _LONGEST_MESSAGE else words[:_LONGEST_MESSAGE] + "..."


def refused(reply: Reply, message: str, code: str, vendor_message: str | None = None) -> VendorRefused:
    """The vendor's refusal, and who refused. vendor_message is masked here; without one it is the beginning of the reply."""
    words = reply.excerpt if vendor_message is None else shown(reply, vendor_message)
    return VendorRefused(
        f"{message} The vendor at {reply.api_url} " + (f"says: {words}" if words else "does not say why."),
        code=code,
        operation=reply.operation,
        status=reply.status,
        vendor_message=words or None,
    )


def said(reply: Reply, *names: str) -> str:
    """The texts under these names in a JSON object, as they came; else nothing."""
    try:
        value = reply.json_object()
    except NoClearAnswer:
        return ""
    return " ".join(value[name].strip() for name in names if isinstance(value.get(name), str))
