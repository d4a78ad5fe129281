# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is remembered about one API user's token between runs, and the file that keeps it."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    StoreError,
)
from ansible_collections.telephony.auth.plugins.module_utils._private_file import PrivateFile
from ansible_collections.telephony.auth.plugins.module_utils._secrets import (
    fingerprint,
    is_header_safe,
)

SCHEMA = 1


@dataclass(frozen=True)
class Token:
    """What a vendor accepts instead of a password. Times are Unix seconds; None is unknown or never.

    extra holds other secrets that belong to it, details plain facts that the vendor told with it.
    """

    value: str = field(repr=False)
    extra: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    issued_at: int | None = None
    expires_at: int | None = None
    details: t.Mapping[str, t.Any] = field(default_factory=dict)

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
class Pending:
    """Written before a token is issued: the fingerprints of those that existed, so that a new one can be told apart."""

    fingerprints: tuple[str, ...]
    since: int


@dataclass(frozen=True)
class Record:
    """One API user's token. There is none yet when the run that was to issue the first one was interrupted."""

    vendor: str
    api_url: str
    identity: str | None
    token: Token | None
    retiring: tuple[Retiring, ...] = ()
    pending: Pending | None = None

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The token and those that are retiring."""
        return (*((self.token,) if self.token else ()), *(old.token for old in self.retiring))

    def as_json(self) -> dict[str, t.Any]:
        return {
            "schema": SCHEMA,
            "vendor": self.vendor,
            "api_url": self.api_url,
            "identity": self.identity,
            **_token_as_json(self.token),
            "retiring": [{**_token_as_json(old.token), "revoke_at": iso(old.revoke_at)} for old in self.retiring],
            "pending": self.pending
            and {"fingerprints": list(self.pending.fingerprints), "since": iso(self.pending.since)},
        }


def _token_as_json(token: Token | None) -> dict[str, t.Any]:
    if token is None:
        return {"token": None, "extra": {}, "issued_at": None, "expires_at": None, "details": {}}
    return {
        "token": token.value,
        "extra": dict(token.extra),
        "issued_at": iso(token.issued_at),
        "expires_at": iso(token.expires_at),
        "details": dict(token.details),
    }


def record_from_json(value: object, source: str) -> Record:
    """The record in a parsed JSON value; source names where it came from. Raises StoreError."""
    if not isinstance(value, dict) or not isinstance(value.get("schema"), int):
        raise StoreError(f"{source} is not a token record; it was left untouched.", code="not_a_record")
    if value["schema"] > SCHEMA:
        raise StoreError(
            f"{source} was written by a newer version of telephony.auth (schema {value['schema']});"
            " it was left untouched. Update the collection.",
            code="newer_record",
        )
    try:
        return Record(
            vendor=_text(value["vendor"]),
            api_url=_text(value["api_url"]),
            identity=None if value["identity"] is None else _text(value["identity"]),
            token=None if value["token"] is None else _token(value),
            retiring=tuple(
                Retiring(_token(old), t.cast(int, unix(_text(old["revoke_at"])))) for old in value["retiring"]
            ),
            pending=_pending(value.get("pending")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise StoreError(f"{source} is a damaged token record; it was left untouched.", code="not_a_record") from None


def _pending(value: t.Any) -> Pending | None:
    if value is None:
        return None
    return Pending(tuple(map(_text, value["fingerprints"])), t.cast(int, unix(_text(value["since"]))))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _token(value: t.Mapping[str, t.Any]) -> Token:
    secrets = {str(name): _text(secret) for name, secret in value["extra"].items()}
    if not all(map(is_header_safe, (value["token"], *secrets.values()))):
        raise ValueError
    return Token(
        value=value["token"],
        extra=secrets,
        issued_at=unix(value.get("issued_at")),
        expires_at=unix(value.get("expires_at")),
        details=dict(value.get("details") or {}),
    )


class Store(t.Protocol):
    """Where a record is kept."""

    keeps: bool
    """Whether the record is still there in the next run."""
    hands_back: bool
    """Whether the caller keeps the record, after the run: until then nothing must end that the caller's record names."""

    def lock(self, wait: float) -> None:
        """Keep other runs away until close(), after waiting for them at most this many seconds. Raises StoreError."""

    def prove(self) -> None:
        """Make sure that save() will work. Raises StoreError."""

    def save(self, record: Record) -> None:
        """Keep this record in place of the earlier one. Raises StoreError."""

    def remove(self) -> None:
        """Forget the record. Raises StoreError."""

    def close(self) -> None:
        """Leave nothing unfinished behind."""


class CallerStore:
    """The record is handed back to the caller, who keeps it if the next run gets it as an option."""

    keeps = False

    def __init__(self, hands_back: bool) -> None:
        self.hands_back = hands_back

    def lock(self, wait: float) -> None:
        pass

    def prove(self) -> None:
        pass

    def save(self, record: Record) -> None:
        pass

    def remove(self) -> None:
        pass

    def close(self) -> None:
        pass


class RecordFile(PrivateFile):
    """A record in a private file."""

    keeps = True
    hands_back = False

    def load(self) -> Record | None:
        """The record in the file; None where there is none. Raises StoreError."""
        content = self.read()
        if content is None:
            return None
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            value = None
        return record_from_json(value, f"path {self.path}")

    def save(self, record: Record) -> None:
        self.replace(json.dumps(record.as_json(), indent=2, sort_keys=True).encode() + b"\n")
