# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import resource
import socket
import stat
import sys
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.module_utils import _private_file
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._private_file import PrivateFile

CONTENT = b"the token is s3cr3t-t0ken\n"
OTHER = b"the token is n3w-t0ken\n"
NOBODY = pwd.getpwnam("nobody")
# What systems and file systems say that cannot set room aside: ZFS and musl, NFS, old kernels, sandboxes.
NO_ROOM = [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.ENODEV]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "joe.json"


def written(path: Path, content: bytes = CONTENT, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_file_comes_back_as_it_was_written(path):
    file = PrivateFile(str(path))
    assert file.read() is None
    file.replace(CONTENT)
    assert file.read() == CONTENT
    assert mode_of(path) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_the_file_is_private_from_its_first_byte(path, monkeypatch):
    """Whatever the umask."""
    seen = []
    write = os.write

    def watched(descriptor: int, content: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return write(descriptor, content)

    monkeypatch.setattr(os, "write", watched)
    umask = os.umask(0)
    try:
        PrivateFile(str(path)).replace(CONTENT)
    finally:
        os.umask(umask)
    assert set(seen) == {0o600}


def test_the_file_is_replaced_as_a_whole(path, monkeypatch):
    file = PrivateFile(str(path))
    file.replace(CONTENT)
    replace_file, fsync = os.replace, os.fsync
    synced: list[int] = []

    def watched(source: str, target: str) -> None:
        assert Path(target).read_bytes() == CONTENT
        assert Path(source).read_bytes() == OTHER
        assert Path(source).parent == path.parent
        assert synced[-1] == os.stat(source).st_ino
        replace_file(source, target)

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "replace", watched)
    monkeypatch.setattr(os, "fsync", noted)
    file.replace(OTHER)
    assert file.read() == OTHER
    assert synced[-1] == path.parent.stat().st_ino


def test_what_is_written_in_pieces_is_complete(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    file = PrivateFile(str(path))
    file.replace(CONTENT)
    assert file.read() == CONTENT


def test_a_file_that_was_proved_but_not_needed_leaves_nothing(path):
    file = PrivateFile(str(path))
    file.prove()
    (new,) = path.parent.iterdir()
    assert new.stat().st_size == 4096
    file.prove()
    assert list(path.parent.iterdir()) == [new]
    file.close()
    file.close()
    assert list(path.parent.iterdir()) == []


def test_a_large_file_is_proved_to_have_room_for_another_token(path):
    path.write_bytes(b"x" * 5000)
    file = PrivateFile(str(path))
    file.prove()
    assert path.with_name(".joe.json.new").stat().st_size == 10000
    file.close()


def test_close_bears_that_its_file_is_gone(path):
    file = PrivateFile(str(path))
    file.prove()
    next(path.parent.iterdir()).unlink()
    file.close()


def test_remove_forgets_the_file_and_bears_that_it_is_gone(path):
    file = PrivateFile(str(path))
    file.replace(CONTENT)
    file.remove()
    assert not path.exists()
    file.remove()


def failing(number: int):
    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("function", ["open", "fchown", "fchmod", "posix_fallocate"])
def test_a_file_that_cannot_be_written_is_found_out_before(path, monkeypatch, function, number):
    file = PrivateFile(str(written(path)), "0640", owner=str(os.geteuid() + 1))
    monkeypatch.setattr(os, "fchown", lambda *_arguments: None)
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        with pytest.raises(StoreError, match=f"^path {path} cannot be written: {os.strerror(number)}\\.") as caught:
            file.prove()
    assert caught.value.code == "store_unwritable"
    assert os.listdir(path.parent) == [path.name]
    assert file.read() == CONTENT


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("function", ["write", "fsync", "ftruncate", "replace"])
def test_when_saving_fails_the_old_file_stays_alone(path, monkeypatch, function, number):
    file = PrivateFile(str(written(path)))
    file.prove()
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        with pytest.raises(StoreError, match="cannot be written") as caught:
            file.replace(OTHER)
    assert caught.value.code == "store_unwritable"
    assert "n3w-t0ken" not in str(caught.value)
    assert os.listdir(path.parent) == [path.name]
    assert file.read() == CONTENT


def test_nothing_but_the_file_s_failure_is_told_when_cleaning_up_fails_too(path, monkeypatch):
    file = PrivateFile(str(path))
    monkeypatch.setattr(os, "posix_fallocate", failing(errno.EIO))
    monkeypatch.setattr(os, "unlink", failing(errno.EROFS))
    with pytest.raises(StoreError, match="cannot be written: Input/output error"):
        file.prove()


# The lock


def lock_path(path: Path) -> Path:
    return path.parent / f".{path.name}.lock"


def locked(path: Path, wait: float = 0) -> PrivateFile:
    file = PrivateFile(str(path))
    file.lock(wait)
    return file


def test_a_second_run_waits_for_the_first_and_then_says_who_it_is(path):
    first = locked(path)
    with pytest.raises(StoreError) as caught:
        locked(path, 0.1)
    assert caught.value.code == "locked"
    holder = f"process {os.getpid()} on {socket.gethostname()}"
    assert caught.value.message == f"path {path} is in use by {holder}; waited 0.1 seconds."
    threading.Timer(0.1, first.close).start()
    locked(path, 30).close()


def test_who_left_no_name_is_called_another_run(path):
    first = locked(path)
    lock_path(path).write_bytes(b"")
    with pytest.raises(StoreError, match="in use by another run"):
        locked(path)
    first.close()


def test_the_lock_stays_beside_its_record_alone(path):
    locked(path).close()
    assert os.listdir(path.parent) == []
    file = locked(path)
    file.replace(CONTENT)
    file.close()
    assert sorted(os.listdir(path.parent)) == [lock_path(path).name, path.name]
    assert mode_of(lock_path(path)) == 0o600
    file.lock(0)
    file.remove()
    file.close()
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_lock_on_a_file_that_is_gone_keeps_nobody_away(path, monkeypatch, again):
    """Between opening and locking, the run before removed it; and perhaps another run made it again."""
    flock: t.Callable[[int, int], None] = fcntl.flock
    seen: list[int] = []

    def late(descriptor: int, how: int) -> None:
        if not seen:
            lock_path(path).unlink()
            if again:
                lock_path(path).touch()
        seen.append(descriptor)
        flock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    file = locked(path, 1)
    assert len(seen) == 2
    with pytest.raises(StoreError, match="in use"):
        locked(path)
    file.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_has_to_be_written_a_full_disk_is_no_reason_to_fail(path, monkeypatch, number):
    monkeypatch.setattr(os, "write", failing(number))
    monkeypatch.setattr(os, "unlink", failing(number))
    file = PrivateFile(str(written(path)))
    file.lock(0)
    assert file.read() == CONTENT
    file.close()


@pytest.mark.parametrize(("module", "function"), [(os, "open"), (fcntl, "flock")])
def test_what_cannot_be_locked_is_not_used(path, monkeypatch, module, function):
    monkeypatch.setattr(module, function, failing(errno.ENOLCK))
    with pytest.raises(StoreError, match="cannot be locked: No locks available") as caught:
        locked(path, 30)
    assert caught.value.code == "store_unwritable"


def test_the_lock_is_no_way_to_write_into_another_file(path, tmp_path):
    target = written(tmp_path / "target", b"innocent")
    lock_path(path).symlink_to(target)
    with pytest.raises(StoreError, match=rf"cannot be locked: {lock_path(path)} is a symbolic link\."):
        locked(path)
    assert target.read_text() == "innocent"


def test_what_a_killed_run_left_is_removed(path):
    killed = PrivateFile(str(path))
    killed.prove()
    file = locked(path)
    assert os.listdir(path.parent) == [lock_path(path).name]
    file.close()


def test_a_full_disk_binds_everybody(path):
    """Root too: a limit on the size of files stands in for it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written: File too large"):
            PrivateFile(str(path)).prove()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a directory in which nobody can make a file")
def test_a_directory_that_takes_no_file_is_found_out_before():
    with pytest.raises(StoreError, match=r"^path /proc/joe\.json cannot be written: ") as caught:
        PrivateFile("/proc/joe.json").prove()
    assert caught.value.code == "store_unwritable"


def test_a_directory_that_cannot_be_synced_is_no_reason_to_fail(path, monkeypatch):
    """Some file systems cannot; the record is in its place by then."""
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: failing(errno.EINVAL)() if stat.S_ISDIR(os.fstat(fd).st_mode) else fsync(fd)
    )
    file = PrivateFile(str(path))
    file.replace(CONTENT)
    assert file.read() == CONTENT
    file.remove()
    assert not path.exists()


def test_a_file_that_cannot_be_removed_is_told(path, monkeypatch):
    file = PrivateFile(str(written(path)))
    monkeypatch.setattr(os, "unlink", failing(errno.EPERM))
    with pytest.raises(StoreError, match="cannot be removed: Operation not permitted") as caught:
        file.remove()
    assert caught.value.code == "store_unwritable"


@pytest.mark.parametrize("method", ["read", "prove", "check_directory"])
def test_a_directory_that_may_not_be_written_is_named(path, monkeypatch, method):
    monkeypatch.setattr(os, "access", lambda directory, mode: directory != str(path.parent))
    with pytest.raises(StoreError, match=f"the directory {path.parent} is not writable") as caught:
        getattr(PrivateFile(str(path)), method)()
    assert caught.value.code == "store_unwritable"


def test_a_relative_path_is_meant_from_here(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    file = PrivateFile(path.name)
    file.replace(CONTENT)
    assert PrivateFile(str(path)).read() == CONTENT


@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_is_not_followed(path, tmp_path, dangling):
    target = tmp_path / "target.json"
    if not dangling:
        written(target)
    path.symlink_to(target)
    with pytest.raises(StoreError, match="is a symbolic link, which is not followed") as caught:
        PrivateFile(str(path)).read()
    assert caught.value.code == "bad_path"


def test_a_link_put_in_place_later_is_replaced_not_followed(path, tmp_path):
    target = written(tmp_path / "target.json", b"innocent")
    file = PrivateFile(str(path))
    file.prove()
    path.symlink_to(target)
    file.replace(CONTENT)
    assert target.read_text() == "innocent"
    assert file.read() == CONTENT


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path, 0o600)], ids=["directory", "named pipe"]
)
def test_what_is_no_file_is_refused_at_once(path, make):
    make(path)
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    with pytest.raises(StoreError, match=r"is not a regular file") as caught:
        PrivateFile(str(path)).read()
    assert caught.value.code == "bad_path"
    assert (len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0) == before


@pytest.mark.parametrize("exists", [False, True])
def test_a_path_that_names_a_directory_is_refused_before_anything_is_issued(path, exists):
    if exists:
        path.mkdir()
    with pytest.raises(StoreError, match="names a directory"):
        PrivateFile(f"{path}/").read()


def test_a_file_that_cannot_be_read_is_told(path, monkeypatch):
    file = PrivateFile(str(written(path)))
    monkeypatch.setattr(os, "open", failing(errno.EACCES))
    with pytest.raises(StoreError, match="cannot be read: Permission denied"):
        file.read()


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o644, 0o666, 0o777])
def test_a_file_open_to_others_is_an_error(path, mode):
    file = PrivateFile(str(written(path, mode=mode)))
    with pytest.raises(StoreError, match=f"may be read or written by other users .mode {mode:04o}") as caught:
        file.read()
    assert caught.value.code == "record_exposed"
    assert mode_of(path) == mode


@pytest.mark.parametrize(
    ("mode", "asked", "differs"),
    [
        (0o640, "0640", False),
        (0o600, "0640", True),
        (0o640, "0644", True),
        (0o400, "0600", True),
        (0o600, "600", False),
    ],
)
def test_a_file_may_be_as_open_as_the_task_asks(path, mode, asked, differs):
    file = PrivateFile(str(written(path, mode=mode)), asked)
    assert file.read() == CONTENT
    assert file.attributes_differ() is differs
    file.replace(CONTENT)
    assert mode_of(path) == int(asked, 8)
    assert not file.attributes_differ()


def test_no_file_has_no_wrong_attributes(path):
    assert not PrivateFile(str(path)).attributes_differ()


@as_root
@pytest.mark.parametrize("owner", ["nobody", str(NOBODY.pw_uid)])
def test_the_file_gets_the_owner_and_group_of_the_task(path, owner):
    PrivateFile(str(path)).replace(CONTENT)
    file = PrivateFile(str(path), owner=owner, group=str(NOBODY.pw_gid))
    assert file.attributes_differ()
    file.replace(CONTENT)
    assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY.pw_uid, NOBODY.pw_gid)
    assert not file.attributes_differ()
    assert PrivateFile(str(path), group="root").attributes_differ()


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o700])
def test_a_file_keeps_the_mode_that_the_task_does_not_name(path, mode):
    file = PrivateFile(str(written(path, mode=mode)))
    assert not file.attributes_differ()
    file.replace(OTHER)
    assert mode_of(path) == mode
    assert file.read() == OTHER


def test_permissions_that_came_after_reading_are_not_copied(path):
    file = PrivateFile(str(written(path)))
    file.read()
    path.chmod(0o666)
    file.replace(OTHER)
    assert mode_of(path) == 0o600


@as_root
def test_a_file_keeps_the_owner_and_group_that_the_task_does_not_name(path):
    os.chown(written(path), NOBODY.pw_uid, NOBODY.pw_gid)
    file = PrivateFile(str(path))
    assert not file.attributes_differ()
    file.replace(OTHER)
    assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY.pw_uid, NOBODY.pw_gid)
    file = PrivateFile(str(path), group="root")
    assert file.attributes_differ()
    file.replace(OTHER)
    assert (path.stat().st_uid, path.stat().st_gid) == (NOBODY.pw_uid, 0)


@as_root
def test_who_put_a_file_where_everybody_may_does_not_get_the_token(path):
    os.chown(written(path), NOBODY.pw_uid, NOBODY.pw_gid)
    path.parent.chmod(0o1777)
    PrivateFile(str(path)).replace(OTHER)
    assert (path.stat().st_uid, path.stat().st_gid) == (0, os.getegid())


def lstat_as_if_of(path: Path, monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    lstat = os.lstat

    def other(name: str) -> os.stat_result:
        status = lstat(name)
        return os.stat_result((*status[:4], uid, *status[5:])) if str(name) == str(path) else status

    monkeypatch.setattr(os, "lstat", other)


def test_an_owner_that_cannot_be_kept_is_no_reason_to_fail_unless_asked_for(path, monkeypatch):
    """Only root gives files away."""
    lstat_as_if_of(written(path), monkeypatch, os.geteuid() + 1)
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    PrivateFile(str(path)).replace(OTHER)
    assert path.read_bytes() == OTHER
    for file in (PrivateFile(str(path), owner="4242"), PrivateFile(str(path), group="4242")):
        with pytest.raises(StoreError, match="cannot be written: Operation not permitted"):
            file.prove()


def test_what_is_so_already_takes_no_call_that_may_be_refused(path, monkeypatch):
    """Some file systems refuse to change owner and mode, even to what they are."""
    monkeypatch.setattr(os, "fchown", failing(errno.EPERM))
    monkeypatch.setattr(os, "fchmod", failing(errno.EPERM))
    file = PrivateFile(str(written(path)), "0600", str(os.geteuid()), str(path.stat().st_gid))
    file.replace(OTHER)
    assert file.read() == OTHER


# Systems and file systems that differ


@pytest.mark.parametrize("number", [*NO_ROOM, None])
def test_where_no_room_can_be_set_aside_zeros_take_it(path, monkeypatch, number):
    if number is None:
        monkeypatch.delattr(os, "posix_fallocate")  # macOS
    else:
        monkeypatch.setattr(os, "posix_fallocate", failing(number))
    file = PrivateFile(str(written(path)))
    file.prove()
    assert path.with_name(".joe.json.new").read_bytes() == bytes(4096)
    file.replace(OTHER)
    assert path.read_bytes() == OTHER


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("function", ["write", "fsync"])
def test_a_full_disk_is_found_out_by_zeros_too(path, monkeypatch, function, number):
    monkeypatch.setattr(os, "posix_fallocate", failing(errno.EOPNOTSUPP))
    monkeypatch.setattr(os, function, failing(number))
    with pytest.raises(StoreError, match=f"cannot be written: {os.strerror(number)}") as caught:
        PrivateFile(str(path)).prove()
    assert caught.value.code == "store_unwritable"
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_a_file_system_without_locks_is_named(path, monkeypatch, number):
    monkeypatch.setattr(fcntl, "flock", failing(number))
    with pytest.raises(StoreError, match=rf"The file system of {path.parent} has no locks; on NFS") as caught:
        locked(path, 30)
    assert caught.value.code == "store_unwritable"


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EACCES])
def test_a_lock_that_another_run_has_is_waited_for_however_that_is_said(path, monkeypatch, number):
    monkeypatch.setattr(fcntl, "flock", failing(number))
    with pytest.raises(StoreError) as caught:
        locked(path)
    assert caught.value.code == "locked"


@pytest.mark.parametrize("number", [errno.ELOOP, errno.EMLINK])
def test_a_symbolic_link_is_told_by_the_error_of_each_system(path, monkeypatch, number):
    monkeypatch.setattr(os, "open", failing(number))
    with pytest.raises(StoreError, match="is a symbolic link, which is not followed"):
        PrivateFile(str(path)).read()
    with pytest.raises(StoreError, match=rf"cannot be locked: {lock_path(path)} is a symbolic link"):
        locked(path)


@pytest.mark.parametrize("function", ["fstat", "read"])
def test_a_file_that_cannot_be_read_to_its_end_is_told(path, monkeypatch, function):
    file = PrivateFile(str(written(path)))
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    if function == "fstat":
        monkeypatch.setattr(os, "fstat", failing(errno.ESTALE))
    else:
        monkeypatch.setattr(_private_file, "open", failing(errno.ESTALE), raising=False)
    with pytest.raises(StoreError, match="cannot be read: Stale file handle"):
        file.read()
    monkeypatch.undo()
    assert (len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0) == before


def test_a_file_without_end_is_not_read(path):
    os.truncate(written(path), 16 * 1024 * 1024 + 1)
    with pytest.raises(StoreError, match="is larger than 16777216 bytes; it was left untouched") as caught:
        PrivateFile(str(path)).read()
    assert caught.value.code == "not_a_record"


# The directory


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A file in a directory that is missing, as is the one above it."""
    return tmp_path / "a" / "b" / "joe.json"


@pytest.mark.parametrize("method", ["read", "check_directory", "attributes_differ"])
def test_looking_makes_no_directory(deep, tmp_path, method):
    assert not getattr(PrivateFile(str(deep)), method)()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("umask", [0, 0o077])
def test_missing_directories_are_made_for_their_owner_alone(deep, tmp_path, umask):
    tmp_path.chmod(0o755)
    before = os.umask(umask)
    try:
        file = PrivateFile(str(deep))
        file.lock(0)
        file.replace(CONTENT)
        file.close()
    finally:
        os.umask(before)
    assert deep.read_bytes() == CONTENT
    assert [mode_of(directory) for directory in (deep.parent, deep.parent.parent, tmp_path)] == [0o700, 0o700, 0o755]


def test_a_file_that_is_not_locked_gets_its_directory_when_it_is_proved(deep):
    PrivateFile(str(deep)).replace(CONTENT)
    assert deep.read_bytes() == CONTENT


def test_two_first_runs_keep_each_other_away(deep):
    first = locked(deep)
    with pytest.raises(StoreError) as caught:
        locked(deep)
    assert caught.value.code == "locked"
    first.close()


def test_directories_that_were_made_for_nothing_go_again(deep, tmp_path):
    file = locked(deep)
    file.prove()
    assert deep.parent.is_dir()
    file.close()
    assert os.listdir(tmp_path) == []


def test_directories_that_were_there_or_hold_another_file_stay(deep, tmp_path):
    deep.parent.parent.mkdir()
    locked(deep).close()
    assert os.listdir(tmp_path) == ["a"]
    file = locked(deep)
    other = locked(deep.with_name("ann.json"))
    file.close()
    other.replace(CONTENT)
    other.close()
    locked(deep).close()
    assert sorted(os.listdir(deep.parent)) == [".ann.json.lock", "ann.json"]


def test_removing_the_file_leaves_its_directory_alone(deep):
    PrivateFile(str(deep)).replace(CONTENT)
    file = locked(deep)
    file.remove()
    file.close()
    assert os.listdir(deep.parent) == []


def test_a_directory_that_another_run_removes_is_made_again(deep, monkeypatch):
    """Between making it and locking in it."""
    opened = os.open
    gone: list[str] = []

    def late(name: str, *arguments: int) -> int:
        if name == str(lock_path(deep)) and not gone:
            gone.append(name)
            deep.parent.rmdir()
        return opened(name, *arguments)

    monkeypatch.setattr(os, "open", late)
    file = locked(deep, 30)
    assert gone
    file.replace(CONTENT)
    file.close()
    assert deep.read_bytes() == CONTENT


def test_a_directory_that_another_run_makes_first_is_used(deep, monkeypatch):
    mkdir = os.mkdir

    def second(name: str, mode: int) -> None:
        mkdir(name, mode)
        mkdir(name, mode)

    monkeypatch.setattr(os, "mkdir", second)
    locked(deep).close()
    assert deep.parent.is_dir()  # it is the other run's


@pytest.mark.parametrize("method", ["read", "prove", "check_directory"])
def test_a_directory_that_cannot_be_made_is_told_by_the_one_above_it(deep, tmp_path, monkeypatch, method):
    monkeypatch.setattr(os, "access", lambda directory, mode: directory != str(tmp_path))
    with pytest.raises(StoreError, match=f"^path {deep} cannot be kept: the directory {tmp_path} is not writable"):
        getattr(PrivateFile(str(deep)), method)()


@pytest.mark.parametrize("method", ["read", "prove", "check_directory"])
@pytest.mark.parametrize("dangling", [False, True])
def test_what_is_no_directory_holds_no_file(deep, tmp_path, method, dangling):
    above = tmp_path / "a"
    if dangling:
        above.symlink_to(tmp_path / "none")
    else:
        written(above)
    with pytest.raises(StoreError, match=f"^path {deep} cannot be kept: {above} is not a directory") as caught:
        getattr(PrivateFile(str(deep)), method)()
    assert caught.value.code == "bad_path"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_why_a_directory_cannot_be_made_is_told(deep, tmp_path, monkeypatch, number):
    monkeypatch.setattr(os, "mkdir", failing(number))
    with pytest.raises(StoreError, match=f"the directory {tmp_path / 'a'} cannot be made: ") as caught:
        locked(deep)
    assert caught.value.code == "store_unwritable"
    assert os.strerror(number) in caught.value.message


@pytest.mark.parametrize("option", ["owner", "group"])
@pytest.mark.parametrize("name", ["no-such-name", "²", "4294967295", "99999999999"])
def test_an_unknown_owner_or_group_is_named(path, option, name):
    with pytest.raises(OptionError, match=f"^{option} {name} does not exist on this host"):
        PrivateFile(str(path), **{option: name})


@pytest.mark.parametrize(
    "mode", ["", "rw", "0o600", "u=rw", "384", "0400", "0700", "0601", "1600", "-600", "0600\n", "٦٠٠"]
)
def test_a_mode_that_is_no_mode_for_a_secret_is_refused(path, mode):
    with pytest.raises(OptionError, match=r"^mode must be a quoted octal number"):
        PrivateFile(str(path), mode)


def test_a_directory_that_takes_no_files_is_not_waited_for():
    """Such as /proc: to make a file there fails as if the directory were missing."""
    with pytest.raises(StoreError) as caught:
        PrivateFile("/proc/record.json").lock(60)
    assert caught.value.code == "store_unwritable"
