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
# Room for an encrypted file with the tokens of a thousand API users.
_MAX_FILE_BYTES = 16 * 1024 * 1024
# A block, which a record with a few tokens fits in. Taking more and giving it back would cost as much as a new file.
_ROOM = 4096
# chown takes it for "leave as it is".
_NO_ID = 2**32 - 1
# What open says of a symbolic link that it is not to follow: most systems, FreeBSD, NetBSD.
_IS_LINK = (errno.ELOOP, errno.EMLINK, getattr(errno, "EFTYPE", errno.ELOOP))
# What flock says while another run has the lock; the last one where it is made of fcntl locks.
_IS_LOCKED = (errno.EWOULDBLOCK, errno.EACCES)
# What a file system says of a call that it does not know.
_CANNOT = (errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.ENODEV)


class PrivateFile:
    """The file at path, as it is and as it is going to be. Every error is a StoreError that names it.

    Mode, owner and group that are None stay those of the existing file; a new one gets 0600 and what the system gives it.
    only_reads: nobody is going to write it, so it need not be possible.
    """

    def __init__(
        self,
        path: str,
        mode: str | None = None,
        owner: str | None = None,
        group: str | None = None,
        only_reads: bool = False,
    ) -> None:
        self.path = path
        self._only_reads = only_reads
        self._directory = os.path.dirname(os.path.abspath(path))
        self._mode = None if mode is None else _parse_mode(mode)
        self._uid = _resolve("owner", owner, lambda name: pwd.getpwnam(name).pw_uid)
        self._gid = _resolve("group", group, lambda name: grp.getgrnam(name).gr_gid)
        # Names known beforehand, so that what a killed run leaves is taken over by the next one.
        self._new_path, self._lock_path = (
            os.path.join(self._directory, f".{os.path.basename(path)}.{suffix}") for suffix in ("new", "lock")
        )
        self._new: int | None = None
        self._lock: int | None = None
        self._made: list[str] = []

    def lock(self, wait: float) -> None:
        """Keep other runs away until close(), after waiting at most wait seconds. Makes the directory if it is missing."""
        self._provide_directory()
        give_up_at = time.monotonic() + wait
        while not self._try_lock():
            if time.monotonic() >= give_up_at:
                raise self._error(f"is in use by {self._holder()}; waited {wait:g} seconds", "locked")
            time.sleep(0.05)

    def _try_lock(self) -> bool:
        try:
            descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError as error:
            if os.path.isdir(self._directory):
                # Such as /proc, which takes no files
                raise self._error(f"cannot be locked: {error.strerror}", "store_unwritable") from None
            # The run that made the directory kept nothing in it, and has removed it by now.
            self._provide_directory()
            return False
        except OSError as error:
            if error.errno in _IS_LINK:
                raise self._error(f"cannot be locked: {self._lock_path} is a symbolic link. Remove it") from None
            raise self._error(f"cannot be locked: {error.strerror}", "store_unwritable") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed the file meanwhile; then this lock keeps nobody away.
            if not os.path.samestat(os.fstat(descriptor), os.lstat(self._lock_path)):
                raise FileNotFoundError(errno.ENOENT, "removed")
        except OSError as error:
            os.close(descriptor)
            # The last one is what a network file system says of a removed file.
            if error.errno in (*_IS_LOCKED, errno.ENOENT, errno.ESTALE):
                return False
            what = f"cannot be locked: {error.strerror}"
            if error.errno in (*_CANNOT, errno.ENOLCK):
                what += (
                    f". The file system of {self._directory} has no locks; on NFS they need a lock service, on client and"
                    " server. Choose a path on another file system"
                )
            raise self._error(what, "store_unwritable") from None
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
            with open(self._lock_path, encoding="utf-8", errors="replace") as file:
                return file.readline(200).strip() or "another run"
        except OSError:
            return "another run"

    def read(self) -> bytes | None:
        """What the file holds; None where there is no file, or not even the directory. Raises StoreError.

        Without the lock, as in check mode, it also tells when nothing could be written.
        """
        if self._lock is None and not self._only_reads:
            self.check_directory()
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in _IS_LINK:
                raise self._error("is a symbolic link, which is not followed. Name the file itself") from None
            raise self._error(f"cannot be read: {error.strerror}") from None
        try:
            status = os.fstat(descriptor)
            self._check_file(status)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read()
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror}") from None
        finally:
            os.close(descriptor)

    def _check_file(self, status: os.stat_result) -> None:
        """Raise StoreError unless this is a file that nobody else may read or write, and not an endless one."""
        if not stat.S_ISREG(status.st_mode):
            raise self._error("is not a regular file")
        if status.st_mode & 0o077 & ~(self._mode or 0):
            raise self._error(
                f"may be read or written by other users (mode {stat.S_IMODE(status.st_mode):04o}), so its token may"
                " be known to them. Correct the permissions of the file, or ask for them with mode; and think of"
                " renew=always",
                "record_exposed",
            )
        if status.st_size > _MAX_FILE_BYTES:
            raise self._error(f"is larger than {_MAX_FILE_BYTES} bytes; it was left untouched", "not_a_record")

    def check_directory(self) -> None:
        """Whether a file could be written at path, without writing one or making its directory. Raises StoreError."""
        if self.path.endswith("/"):
            raise self._error("names a directory. Name a file")
        existing = self._directory
        while not os.path.lexists(existing):
            existing = os.path.dirname(existing)
        if not os.path.isdir(existing):
            raise self._error(f"cannot be kept: {existing} is not a directory")
        if not os.access(existing, os.W_OK | os.X_OK):
            raise self._error(f"cannot be kept: the directory {existing} is not writable", "store_unwritable")

    def _provide_directory(self) -> None:
        """Make the directory, and those above it, where they are missing: for nobody but their owner."""
        self.check_directory()
        missing = []
        directory = self._directory
        while not os.path.isdir(directory):
            missing.append(directory)
            directory = os.path.dirname(directory)
        for directory in reversed(missing):
            try:
                os.mkdir(directory, 0o700)
            except FileExistsError:  # another run was faster
                continue
            except OSError as error:
                raise self._error(
                    f"cannot be kept: the directory {directory} cannot be made: {error.strerror}", "store_unwritable"
                ) from None
            self._made.append(directory)
            self._sync(os.path.dirname(directory))

    def attributes_differ(self) -> bool:
        """Whether the existing file has another mode, owner or group than the task asks for."""
        status = self._existing()
        return status is not None and (
            self._mode not in (None, stat.S_IMODE(status.st_mode))
            or self._uid not in (None, status.st_uid)
            or self._gid not in (None, status.st_gid)
        )

    def _existing(self) -> os.stat_result | None:
        try:
            return os.lstat(self.path)
        except FileNotFoundError:
            return None

    def prove(self) -> None:
        """Create the file that replace() will put in place, with some room. Raises StoreError."""
        if self._new is not None:
            return
        if self._lock is None:
            self._provide_directory()
        try:
            existing = self._existing()
            self._new = os.open(self._new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._set_attributes(self._new, existing)
            self._take_room(self._new, max(_ROOM, 2 * existing.st_size if existing else 0))
        except OSError as error:
            self.discard()
            raise self._error(f"cannot be written: {error.strerror}", "store_unwritable") from None

    def _set_attributes(self, new: int, existing: os.stat_result | None) -> None:
        """What the task asks for, else what the existing file has. No call for what is so already: it may be refused."""
        made = os.fstat(new)
        mode = self._mode or 0o600
        kept = made
        if existing and stat.S_ISREG(existing.st_mode):
            if self._mode is None:
                # read() lets no others in unless the task does. What changed since then is not copied.
                mode = existing.st_mode & 0o700
            belongs_to_another = (existing.st_uid, existing.st_gid) != (made.st_uid, made.st_gid)
            # Where everybody may put a file, its owner may be somebody who waits for a token.
            if belongs_to_another and not os.stat(self._directory).st_mode & stat.S_IWOTH:
                kept = existing
        for asked, has, had, is_owner in (
            (self._uid, made.st_uid, kept.st_uid, True),
            (self._gid, made.st_gid, kept.st_gid, False),
        ):
            wanted = had if asked is None else asked
            if wanted == has:
                continue
            try:
                os.fchown(new, *((wanted, -1) if is_owner else (-1, wanted)))
            except OSError:
                # Only root may do that for sure. What the task has not asked for is no reason to fail.
                if asked is not None:
                    raise
        if stat.S_IMODE(made.st_mode) != mode:
            os.fchmod(new, mode)

    def _take_room(self, new: int, size: int) -> None:
        """Have the file system set this many bytes aside, or write zeros where it does not know how."""
        try:
            os.posix_fallocate(new, 0, size)
            return
        except AttributeError:  # macOS
            pass
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
        self._write(bytes(size))
        # A network file system may find out only now that it is full.
        os.fsync(new)
        os.lseek(new, 0, os.SEEK_SET)

    def replace(self, content: bytes) -> None:
        """Put this in place of what the file holds. Raises StoreError."""
        self.prove()
        new = t.cast(int, self._new)
        try:
            # The room that prove() took is overwritten, not freed and taken again.
            self._write(content)
            os.ftruncate(new, len(content))
            os.fsync(new)
            os.replace(self._new_path, self.path)
        except OSError as error:
            self.discard()
            raise self._error(f"cannot be written: {error.strerror}", "store_unwritable") from None
        os.close(new)
        self._new = None
        self._sync(self._directory)

    def remove(self) -> None:
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._error(f"cannot be removed: {error.strerror}", "store_unwritable") from None
        self._sync(self._directory)

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
        # Those that were made for nothing. One with a file in it stays.
        while self._made:
            with contextlib.suppress(OSError):
                os.rmdir(self._made.pop())

    def discard(self) -> None:
        """Remove what prove() created, if it was not needed."""
        if self._new is not None:
            os.close(self._new)
            self._new = None
            with contextlib.suppress(OSError):
                os.unlink(self._new_path)

    def _write(self, content: bytes) -> None:
        """Write all of this into the new file."""
        while content:
            content = content[os.write(t.cast(int, self._new), content) :]

    @staticmethod
    def _sync(directory: str) -> None:
        """Make new names in it survive a power cut. Not every file system can, and what is done is done by now."""
        with contextlib.suppress(OSError):
            descriptor = os.open(directory, os.O_RDONLY)
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


def _resolve(option: str, name: str | None, lookup: t.Callable[[str], int]) -> int | None:
    """The number of a user or group; None where none is given."""
    if name is None:
        return None
    try:
        if name.isdecimal() and int(name) < _NO_ID:
            return int(name)
        return lookup(name)
    except (KeyError, ValueError):
        raise OptionError(f"{option} {name} does not exist on this host.") from None
