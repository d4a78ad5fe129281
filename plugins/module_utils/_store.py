# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state machine asks of a store, and the two stores that work on any host."""

from __future__ import annotations

import json
import random
import time
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError
from ansible_collections.telephony.auth.plugins.module_utils._private_file import PrivateFile
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record, record_from_json

# A run that is at work on one token for longer has died.
LEASE_SECONDS = 60
_POLL_SECONDS = 0.3
_RANDOM = random.SystemRandom()

# What a store keeps of a record: its fields, and what consumers of the token read.
Document = t.Callable[[Record], Json]


class Store(t.Protocol):
    """Where one API user's record is kept. Every call may raise StoreError, save() and remove() StoreConflict."""

    is_kept: bool
    """Whether what save() took is there for the next run by itself."""
    place: str
    """What and where it is, for messages: "path /etc/token.json"."""

    def lock(self, wait: float) -> None:
        """Keep other runs away until close(), or at least wait until none is at work, for at most wait seconds."""

    def load(self) -> Record | None:
        """The record; None where there is none."""

    def prove(self) -> None:
        """Make sure that save() will work."""

    def save(self, record: Record) -> None:
        """Keep this record in place of the earlier one, unless another run wrote since load()."""

    def remove(self) -> None:
        """Forget the record, unless another run wrote since load()."""

    def attributes_differ(self) -> bool:
        """Whether the permissions of what is kept are others than the task asks for; save() corrects them."""

    def close(self) -> None:
        """Leave nothing unfinished behind."""


class CallerStore:
    """The record came as an option and goes back in the result: the caller keeps it, or nobody does.

    So it is of no use to a run that follows a crash, and the caller has to write it before it is used.
    """

    is_kept = False
    place = "record"

    def __init__(self, record: Json | None) -> None:
        self._record = record

    def lock(self, wait: float) -> None:
        pass

    def load(self) -> Record | None:
        return record_from_json(self._record, self.place) if self._record else None

    def prove(self) -> None:
        pass

    def save(self, record: Record) -> None:
        pass

    def remove(self) -> None:
        pass

    def attributes_differ(self) -> bool:
        return False

    def close(self) -> None:
        pass


class FileStore(PrivateFile):
    """A record in a private file of JSON. Its lock keeps all other runs away, so no save() can conflict."""

    is_kept = True

    def __init__(
        self,
        document: Document,
        path: str,
        mode: str | None = None,
        owner: str | None = None,
        group: str | None = None,
        only_reads: bool = False,
    ) -> None:
        super().__init__(path, mode, owner, group, only_reads)
        self.place = f"path {path}"
        self._document = document

    def load(self) -> Record | None:
        content = self.read()
        return None if content is None else parse(content, self.place)

    def save(self, record: Record) -> None:
        self.replace(json.dumps(self._document(record), indent=2, sort_keys=True).encode() + b"\n")


def wait_while_pending(place: str, wait: float, look: t.Callable[[], tuple[Record | None, float]]) -> Record | None:
    """The lock() of a store that has no locks: wait while another run has a token issued, which its record tells.

    look gives the record and how many seconds ago it was written. Returns the record; raises StoreError.
    """
    give_up_at = time.monotonic() + wait
    while True:
        record, age = look()
        if record is None or record.pending is None or age > LEASE_SECONDS:
            return record
        if time.monotonic() >= give_up_at:
            raise StoreError(
                f"{place} is in use by another run, or by one that was killed; waited {wait:g} seconds."
                f" {LEASE_SECONDS} seconds after its last sign it is taken over.",
                code="locked",
            )
        pause(_POLL_SECONDS)


def pause(seconds: float) -> None:
    """Wait about so long: of two runs that meet, one shall be first the next time."""
    time.sleep(seconds * _RANDOM.uniform(0.5, 1.5))


def parse(content: bytes | str, source: str) -> Record:
    """The record in a text of JSON; source names where it came from. Raises StoreError."""
    try:
        value = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise StoreError(f"{source} is not a token record; it was left untouched.", code="not_a_record") from None
    return record_from_json(value, source)


def _refuse(constant: str) -> t.NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
