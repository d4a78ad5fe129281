# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state machine asks of a vendor."""

from __future__ import annotations

import enum
import typing as t
from dataclasses import dataclass, field

from ansible_collections.telephony.auth.plugins.module_utils._record import Token


@dataclass(frozen=True)
class Verdict:
    """A vendor's clear answer about one token. listed is what list() would give, where the answer tells it.

    asked is false where there is no way to ask, so that a token counts as accepted on trust. differs names what of an accepted token is
    not as the options want it: how it is, and how it is to be.
    """

    accepted: bool
    reason: str
    details: t.Mapping[str, t.Any] = field(default_factory=dict)
    listed: tuple[str, ...] | None = field(default=None, repr=False)
    asked: bool = True
    differs: t.Mapping[str, tuple[bool, bool]] = field(default_factory=dict)


class Ended(enum.Enum):
    """What became of a token that was to be revoked."""

    REVOKED = "revoked"
    ALREADY_GONE = "already gone"
    STILL_VALID = "still valid"


class Traits(t.Protocol):
    """What can be known of a vendor and a task's options without any request."""

    name: t.ClassVar[str]
    api_url: str
    identity: str | None
    """The API user as far as the options tell."""
    how_it_ends: str
    """How a token ends that nobody can or could revoke, in one sentence."""
    lists_names: bool
    """Whether a list of tokens shows names in place of their values. A token that is known by its name can only be ended."""

    def cannot_issue(self) -> str:
        """What is missing to issue a token, as a sentence that says what to do; empty where issue() can work."""

    def can_revoke(self, token: Token, leaving: bool) -> bool:
        """Whether revoke() is able to end a token."""

    def owner(self, token: Token) -> str | None:
        """The API user of a token, from what was learned when it was issued or checked."""

    def listed_as(self, token: Token) -> str:
        """What a list of tokens shows for this one: its value, or its name, which is no secret."""


class Vendor(Traits, t.Protocol):
    """The requests. Each one may raise NoClearAnswer or VendorRefused."""

    def check(self, token: Token) -> Verdict:
        """Ask whether a token is accepted. Where the vendor offers no way to ask, the reason says so."""

    def issue(self) -> Token:
        """Make a new token."""

    def revoke(self, token: Token, leaving: bool) -> Ended:
        """End a token. leaving: the API user needs none any more, so means that end more than one are allowed."""

    def adjust(self, token: Token) -> None:
        """Make a token as the options want it, where Verdict.differs says that it is not."""


@t.runtime_checkable
class ListingVendor(Vendor, t.Protocol):
    """A vendor that lists the tokens of a user."""

    def list(self) -> tuple[str, ...]:
        """All tokens of the API user, see listed_as(), one that authorises first. A token just made may be missing."""
