# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered about one API user's token between runs, and its JSON, read as strictly as it is written."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint, is_header_safe

SCHEMA = 1
# Written for those who use the token, see document(); made anew with each writing and never read.
_FOR_CONSUMERS = ("headers", "headers_json", "username", "password")
_TOKEN_FIELDS = ("token", "extra", "issued_at", "expires_at", "guessed")
_RECORD_FIELDS = {
    *("schema", "vendor", "api_url", "identity", "details", "retiring", "pending", "unclear"),
    *_TOKEN_FIELDS,
    *_FOR_CONSUMERS,
}
# A record with as many can still be read: no token is longer than 16 KiB.
MOST_RETIRING = 50
MOST_UNCLEAR = 20
_LONGEST_TEXT = 4096

Json = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Token:
    """What a vendor accepts instead of a password. Times are Unix seconds; None is unknown or never.

    extra holds other secrets that belong to it, details plain facts that the vendor told with it. guessed is true for one
    that was found on the vendor's list after its reply got lost: most likely ours, but no run ends it on its own.
    """

    value: str = field(repr=False)
    extra: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    issued_at: int | None = None
    expires_at: int | None = None
    details: t.Mapping[str, t.Any] = field(default_factory=dict)
    guessed: bool = False

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.value)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.value, *self.extra.values())


@dataclass(frozen=True)
class Retiring:
    """A replaced token that still has to be revoked, from revoke_at on."""

    token: Token
    revoke_at: int


@dataclass(frozen=True)
class Attempt:
    """A request for a token, begun at since, of which nobody knows (yet) what became.

    existed are the fingerprints of the tokens that there were before, where the vendor lists them. suspects are those of
    the tokens that may have come of it, once the vendor has had time enough; None until then.
    """

    since: int
    existed: tuple[str, ...] = ()
    suspects: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Record:
    """One API user's token. There is none yet when the run that was to issue the first one was interrupted.

    pending is written before a token is issued and taken away afterwards: a run that finds it follows one that was
    interrupted. unclear are the attempts that ended without a clear answer.
    """

    vendor: str
    api_url: str
    identity: str | None
    token: Token | None
    retiring: tuple[Retiring, ...] = ()
    pending: Attempt | None = None
    unclear: tuple[Attempt, ...] = ()

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The token and those that are retiring."""
        return (*((self.token,) if self.token else ()), *(old.token for old in self.retiring))

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The earlier requests for a token whose outcome is not known for good."""
        return (*self.unclear, *((self.pending,) if self.pending else ()))

    def as_json(self) -> Json:
        return {
            "schema": SCHEMA,
            "vendor": self.vendor,
            "api_url": self.api_url,
            "identity": self.identity,
            **_token_as_json(self.token),
            "details": dict(self.token.details) if self.token else {},
            # Without their details, which nobody needs any more.
            "retiring": [{**_token_as_json(old.token), "revoke_at": iso(old.revoke_at)} for old in self.retiring],
            "pending": self.pending and _attempt_as_json(self.pending),
            "unclear": [_attempt_as_json(attempt) for attempt in self.unclear],
        }


def _token_as_json(token: Token | None) -> Json:
    if token is None:
        return {"token": None, "extra": {}, "issued_at": None, "expires_at": None, "guessed": False}
    return {
        "token": token.value,
        "extra": dict(token.extra),
        "issued_at": iso(token.issued_at),
        "expires_at": iso(token.expires_at),
        "guessed": token.guessed,
    }


def _attempt_as_json(attempt: Attempt) -> Json:
    return {
        "since": iso(attempt.since),
        "existed": list(attempt.existed),
        "suspects": None if attempt.suspects is None else list(attempt.suspects),
    }


def record_from_json(value: object, source: str) -> Record:
    """The record in a parsed JSON value; source names where it came from.

    Raises StoreError for anything that as_json() does not write, a field of another name or type included.
    """
    if not isinstance(value, dict) or not _is_schema(value.get("schema")):
        raise StoreError(f"{source} is not a token record; it was left untouched.", code="not_a_record")
    if value["schema"] > SCHEMA:
        raise StoreError(
            f"{source} was written by a newer version of telephony.auth (schema {value['schema']});"
            " it was left untouched. Update the collection.",
            code="newer_record",
        )
    try:
        _only(value, _RECORD_FIELDS)
        return Record(
            vendor=_text(value["vendor"]),
            api_url=_text(value["api_url"]),
            identity=None if value["identity"] is None else _text(value["identity"]),
            token=None if value["token"] is None else _token(value, _object(value["details"])),
            retiring=tuple(_retiring(_object(old)) for old in _list(value["retiring"])),
            pending=None if value["pending"] is None else _attempt(_object(value["pending"])),
            unclear=tuple(_attempt(_object(attempt)) for attempt in _list(value["unclear"])),
        )
    except (KeyError, TypeError, ValueError):
        raise StoreError(f"{source} is a damaged token record; it was left untouched.", code="not_a_record") from None


def _is_schema(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _retiring(value: Json) -> Retiring:
    _only(value, {*_TOKEN_FIELDS, "revoke_at"})
    return Retiring(_token(value), t.cast(int, unix(_text(value["revoke_at"]))))


def _attempt(value: Json) -> Attempt:
    _only(value, {"since", "existed", "suspects"})
    since, suspects = t.cast(int, unix(_text(value["since"]))), value["suspects"]
    return Attempt(since, _texts(value["existed"]), None if suspects is None else _texts(suspects))


def _token(value: Json, details: Json | None = None) -> Token:
    extra = {_text(name): secret for name, secret in _object(value["extra"]).items()}
    if not all(map(is_header_safe, (value["token"], *extra.values()))) or not isinstance(value["guessed"], bool):
        raise ValueError
    return Token(
        value=value["token"],
        extra=extra,
        issued_at=unix(value["issued_at"]),
        expires_at=unix(value["expires_at"]),
        details=details or {},
        guessed=value["guessed"],
    )


def _only(value: Json, names: t.Collection[str]) -> None:
    if not set(value) <= set(names):
        raise ValueError


def _object(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _list(value: object) -> list[t.Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(value)))
