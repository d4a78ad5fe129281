# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the record of the world's API user lives: one class for each store. Each request to it is a step of the world."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from ansible_collections.telephony.auth.plugins.module_utils import _private_file
from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreConflict, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, Store, parse
from ansible_collections.telephony.auth.tests.lifecycle.world import FAULTS, Options, Ran, World

# Where there is one, a disk in memory: nothing here is about how long a real one takes
SCRATCH = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


class Home:
    """A record of its own, and how a run reaches it. Only a home with a store of the controller opens one."""

    faults: t.ClassVar[tuple[str, ...]] = FAULTS
    """What may go wrong in a run with this store."""
    has_writers: t.ClassVar[bool] = False
    """Whether another run can write while one is at work."""
    is_kept: t.ClassVar[bool] = True
    """Whether the store keeps what a run that fails or dies has saved."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.home = self

    def options(self) -> Options:
        """The options that name the store."""
        raise NotImplementedError

    def open_store(self, options: t.Mapping[str, t.Any], document: Document, masker: t.Any) -> Store:
        """What _task.run() takes to open a store of the controller."""
        raise AssertionError("This home has none")

    def record(self) -> Record | None:
        """What the next run will find."""
        raise NotImplementedError

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Around each run."""
        yield

    def take(self, ran: Ran, options: Options) -> None:
        """What the user does with the result."""

    def left_over(self) -> list[str]:
        """What lies about and should not."""
        return []

    def close(self) -> None:
        """Leave nothing behind."""


class FileHome(Home):
    """A file in a directory of its own, on a disk that may fail at each change."""

    faults = tuple(fault for fault in FAULTS if fault != "writer")

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.directory = Path(tempfile.mkdtemp(prefix="lifecycle-", dir=SCRATCH))
        self.path = str(self.directory / "joe.json")
        self.descriptors: set[int] = set()
        self.disk_faults = 0

    def options(self) -> Options:
        return {"path": self.path}

    def record(self) -> Record | None:
        try:
            with open(self.path, encoding="utf-8") as file:
                return parse(file.read(), "path")
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        self.disk_faults = 0
        with mock.patch.object(_private_file, "os", Disk(self)):
            yield
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()

    def take(self, ran: Ran, options: Options) -> None:
        self.finished = ran.result is not None

    def left_over(self) -> list[str]:
        if not self.finished or self.disk_faults:
            return []
        names = set(os.listdir(self.directory))
        return sorted(names - {"joe.json", ".joe.json.lock"} if "joe.json" in names else names)

    def close(self) -> None:
        shutil.rmtree(self.directory)


class Disk:
    """The os module as the record's file sees it: every change is a step."""

    # Which calls fail in a full file system, and which in a directory that may not be changed
    FAIL: t.ClassVar[dict[str, tuple[str, ...]]] = {
        "full": ("open", "posix_fallocate", "write"),
        "locked": ("open", "replace", "unlink"),
    }
    # Which of the world's faults are an error here, at this step alone
    ERRORS = ("down", "refused", "lost", "gateway", "late")

    def __init__(self, home: FileHome) -> None:
        self._home = home
        self._world = home.world

    def __getattr__(self, name: str) -> t.Any:
        return getattr(os, name)

    def _change(self, name: str, *arguments: t.Any) -> t.Any:
        world = self._world
        fault = world.next_fault()
        if name in self.FAIL.get(world.trouble or "", ()) or fault in self.ERRORS:
            self._home.disk_faults += 1
            raise OSError(28, "No space left on device")
        result = getattr(os, name)(*arguments)
        if name == "open":
            self._home.descriptors.add(result)
        if fault == "killed after":
            world.die()
        return result

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        if not flags & os.O_CREAT:
            return os.open(path, flags, mode)
        # A file that exists needs neither room nor a change of its directory.
        if not os.path.exists(path):
            return t.cast(int, self._change("open", path, flags, mode))
        descriptor = os.open(path, flags)
        self._home.descriptors.add(descriptor)
        return descriptor

    def close(self, descriptor: int) -> None:
        self._home.descriptors.discard(descriptor)
        os.close(descriptor)

    def write(self, descriptor: int, content: bytes) -> int:
        return t.cast(int, self._change("write", descriptor, content))

    def posix_fallocate(self, descriptor: int, offset: int, length: int) -> None:
        self._change("posix_fallocate", descriptor, offset, length)

    def fsync(self, descriptor: int) -> None:
        self._change("fsync", descriptor)

    def ftruncate(self, descriptor: int, length: int) -> None:
        self._change("ftruncate", descriptor, length)

    def replace(self, source: str, target: str) -> None:
        self._change("replace", source, target)

    def unlink(self, path: str) -> None:
        if os.path.lexists(path):
            self._change("unlink", path)
        else:
            os.unlink(path)


class CallerHome(Home):
    """A caller who keeps the record: it is given as an option, and comes back in the result of a run that goes well.

    Nothing is promised for a run that dies.
    """

    faults = tuple(fault for fault in FAULTS if fault not in ("killed", "killed after", "full", "locked", "writer"))
    is_kept = False

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.in_hand: dict[str, t.Any] = {}

    def options(self) -> Options:
        return {"record": self.in_hand}

    def record(self) -> Record | None:
        return record_from_json(self.in_hand, "record") if self.in_hand else None

    def take(self, ran: Ran, options: Options) -> None:
        if ran.result and not ran.failed:
            self.in_hand = ran.result.get("record", {})


class MemoryHome(Home):
    """A store in memory with check-and-set, as a driver of the controller has it. Others write at any time."""

    has_writers = True

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.content: str | None = None
        self.version = 0

    def options(self) -> Options:
        return {"store": {"type": "memory"}}

    def open_store(self, options: t.Mapping[str, t.Any], document: Document, masker: t.Any) -> Store:
        return MemoryStore(self, document)

    def record(self) -> Record | None:
        return None if self.content is None else parse(self.content, "memory")


class MemoryStore:
    """One run's view of it."""

    is_kept = True
    place = "memory"

    def __init__(self, home: MemoryHome, document: Document) -> None:
        self._home = home
        self._document = document
        self._seen = 0

    def _step(self, changes: bool) -> str:
        world = self._home.world
        fault = world.next_fault()
        if fault in ("down", "refused", "lost", "late") or (changes and world.trouble):
            raise StoreError(
                "The store gives no answer.", code="store_unreachable", maybe_done=fault in ("lost", "late")
            )
        return fault

    def _put(self, content: str | None) -> None:
        home = self._home
        fault = self._step(changes=True)
        if self._seen != home.version:
            raise StoreConflict(self.place)
        home.content = content
        home.version += 1
        if fault == "killed after":
            home.world.die()
        if fault in ("lost after", "gateway"):
            raise StoreError("The reply of the store was lost.", code="store_unreachable", maybe_done=True)
        self._seen = home.version

    def lock(self, wait: float) -> None:
        """Waiting would only give the others time to finish."""

    def load(self) -> Record | None:
        self._step(changes=False)
        self._seen = self._home.version
        return self._home.record()

    def prove(self) -> None:
        self._step(changes=False)

    def save(self, record: Record) -> None:
        self._put(json.dumps(self._document(record)))

    def remove(self) -> None:
        self._put(None)

    def attributes_differ(self) -> bool:
        return False

    def close(self) -> None:
        pass


HOMES: dict[str, type[Home]] = {"file": FileHome, "record": CallerHome, "memory": MemoryHome}
