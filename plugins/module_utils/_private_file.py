# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file for secrets: private from its first byte, replaced as a whole, locked, and never reached through a link."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import os
import pwd
import re
import socket
import stat
import time
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    OptionError,
    StoreError,
)

_MODE = re.compile("0?[0-7]{3}")
_MAX_FILE_BYTES = 1024 * 1024
# A block, which a record with a few tokens fits in. Taking more and giving it back would cost as much as a new file.
_ROOM = 4096
# chown takes it for "leave as it is".
_NO_ID = 2**32 - 1


class PrivateFile:
    """The file at path, as it is and as it is going to be. Every error is a StoreError that names it."""

    def __init__(self, path: str, mode: str = "0600", owner: str | None = None, group: str | None = None) -> None:
        self.path = path
        self._directory = os.path.dirname(os.path.abspath(path))
        self._mode = _parse_mode(mode)
        self._uid = _resolve("owner", owner, lambda name: pwd.getpwnam(name).pw_uid)
        self._gid = _resolve("group", group, lambda name: grp.getgrnam(name).gr_gid)
        # Names known beforehand, so that what a killed run leaves is taken over by the next one.
        self._new_path, self._lock_path = (
            os.path.join(self._directory, f".{os.path.basename(path)}.{suffix}") for suffix in ("new", "lock")
        )
        self._new: int | None = None
        self._lock: int | None = None

    def lock(self, wait: float) -> None:
        # Without the directory there is no record, and prove() will see to it that none is issued.
        if not os.path.isdir(self._directory):
            return
        self.check_directory()
        give_up_at = time.monotonic() + wait
        while not self._try_lock():
            if time.monotonic() >= give_up_at:
                raise self._error(f"is in use by {self._holder()}; waited {wait:g} seconds", "locked")
            time.sleep(0.05)

    def _try_lock(self) -> bool:
        try:
            descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._error(f"cannot be locked: {error.strerror}", "store_unwritable") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed the file meanwhile; then this lock keeps nobody away.
            if os.fstat(descriptor).st_ino != os.stat(self._lock_path).st_ino:
                raise FileNotFoundError(errno.ENOENT, "removed")
        except OSError as error:
            os.close(descriptor)
            # The last one is what a network file system says of a removed file.
            if error.errno in (errno.EWOULDBLOCK, errno.ENOENT, errno.ESTALE):
                return False
            raise self._error(f"cannot be locked: {error.strerror}", "store_unwritable") from None
        self._lock = descriptor
        # Who holds it is a courtesy: where nothing has to be written, a full disk is no reason to fail.
        with contextlib.suppress(OSError):
            os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        # What a killed run left, and it may hold a token.
        with contextlib.suppress(OSError):
            os.unlink(self._new_path)
        return True

    def _holder(self) -> str:
        try:
            with open(self._lock_path, encoding="utf-8") as file:
                return file.readline(200).strip() or "another run"
        except OSError:
            return "another run"

    def read(self) -> bytes | None:
        """What the file holds; None where there is no file, or not even the directory. Raises StoreError."""
        if not os.path.isdir(self._directory):
            return None
        self.check_directory()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise self._error("is a symbolic link, which is not followed. Name the file itself") from None
            raise self._error(f"cannot be read: {error.strerror}") from None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise self._error("is not a regular file")
        with open(descriptor, "rb") as file:
            if status.st_mode & 0o077 & ~self._mode:
                raise self._error(
                    f"may be read or written by other users (mode {stat.S_IMODE(status.st_mode):04o}), so its token may"
                    " be known to them. Correct the permissions of the file, or ask for them with mode; and think of"
                    " renew=always",
                    "record_exposed",
                )
            return file.read(_MAX_FILE_BYTES)

    def check_directory(self) -> None:
        """Whether a file could be written beside path, without writing one. Raises StoreError."""
        if self.path.endswith("/"):
            raise self._error("names a directory. Name a file")
        if not os.path.isdir(self._directory):
            raise self._error(f"cannot be kept: the directory {self._directory} does not exist")
        if not os.access(self._directory, os.W_OK | os.X_OK):
            raise self._error(f"cannot be kept: the directory {self._directory} is not writable", "store_unwritable")

    def attributes_differ(self) -> bool:
        """Whether the existing file has another mode, owner or group than the task asks for."""
        try:
            status = os.lstat(self.path)
        except FileNotFoundError:
            return False
        return (
            stat.S_IMODE(status.st_mode) != self._mode
            or self._uid not in (-1, status.st_uid)
            or self._gid not in (-1, status.st_gid)
        )

    def prove(self) -> None:
        """Create the file that replace() will put in place, with some room. Raises StoreError."""
        if self._new is not None:
            return
        self.check_directory()
        try:
            self._new = os.open(self._new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            os.fchown(self._new, self._uid, self._gid)
            os.fchmod(self._new, self._mode)
            os.posix_fallocate(self._new, 0, max(_ROOM, 2 * self._size()))
        except OSError as error:
            self.discard()
            raise self._error(f"cannot be written: {error.strerror}", "store_unwritable") from None

    def _size(self) -> int:
        try:
            return os.lstat(self.path).st_size
        except FileNotFoundError:
            return 0

    def replace(self, content: bytes) -> None:
        """Put this in place of what the file holds. Raises StoreError."""
        self.prove()
        try:
            self._write(content)
            os.replace(self._new_path, self.path)
        except OSError as error:
            self.discard()
            raise self._error(f"cannot be written: {error.strerror}", "store_unwritable") from None
        os.close(t.cast(int, self._new))
        self._new = None
        self._sync_directory()

    def remove(self) -> None:
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._error(f"cannot be removed: {error.strerror}", "store_unwritable") from None
        self._sync_directory()

    def close(self) -> None:
        self.discard()
        if self._lock is not None:
            # It stays with the record: making and removing it each time would cost more than the rest of a run.
            # Removed while it is held, see _try_lock.
            if not os.path.lexists(self.path):
                with contextlib.suppress(OSError):
                    os.unlink(self._lock_path)
            os.close(self._lock)
            self._lock = None

    def discard(self) -> None:
        """Remove what prove() created, if it was not needed."""
        if self._new is not None:
            os.close(self._new)
            self._new = None
            with contextlib.suppress(OSError):
                os.unlink(self._new_path)

    def _write(self, content: bytes) -> None:
        """Put content into the new file. The room that prove() took is overwritten, not freed and taken again."""
        descriptor = t.cast(int, self._new)
        while content:
            content = content[os.write(descriptor, content) :]
        os.ftruncate(descriptor, os.lseek(descriptor, 0, os.SEEK_CUR))
        os.fsync(descriptor)

    def _sync_directory(self) -> None:
        """Make the new name survive a power cut. Not every file system can, and what is done is done by now."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def _error(self, what: str, code: str = "bad_path") -> StoreError:
        return StoreError(f"path {self.path} {what}.", code=code)


def _parse_mode(mode: str) -> int:
    value = int(mode, 8) if _MODE.fullmatch(mode) else 0
    if value & 0o600 != 0o600 or value & 0o111:
        raise OptionError(
            "mode must be a quoted octal number that lets the owner read and write and nobody execute, like '0600'."
        )
    return value


def _resolve(option: str, name: str | None, lookup: t.Callable[[str], int]) -> int:
    """The number of a user or group; -1, which changes nothing, where none is given."""
    if name is None:
        return -1
    try:
        if name.isdecimal() and int(name) < _NO_ID:
            return int(name)
        return lookup(name)
    except (KeyError, ValueError):
        raise OptionError(f"{option} {name} does not exist on this host.") from None
