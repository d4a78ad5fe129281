# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import fcntl
import json
import os
import pwd
import resource
import socket
import stat
import sys
import threading
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    CallerStore,
    Pending,
    Record,
    RecordFile,
    Retiring,
    Token,
    record_from_json,
)
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import token_of

SECRET = "s3cr3t-t0ken"
RECORD = Record(
    vendor="webitel",
    api_url="https://api.example",
    identity="joe",
    token=Token(SECRET, {"key": "k-1"}, issued_at=1_700_000_000, expires_at=None, details={"role": 1}),
)
AS_JSON = {
    "schema": 1,
    "vendor": "webitel",
    "api_url": "https://api.example",
    "identity": "joe",
    "token": SECRET,
    "extra": {"key": "k-1"},
    "issued_at": "2023-11-14T22:13:20Z",
    "expires_at": None,
    "details": {"role": 1},
    "retiring": [],
    "pending": None,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "joe.json"


def written(path: Path, content: str | None = None, mode: int = 0o600) -> Path:
    path.write_text(json.dumps(AS_JSON) if content is None else content)
    path.chmod(mode)
    return path


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


# The record and JSON

HEADER_SAFE = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
SECONDS = st.integers(0, 253402300799)
TIMES = st.none() | SECONDS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
SECRETS = st.dictionaries(st.text(), HEADER_SAFE, max_size=2)
TOKENS = st.builds(Token, HEADER_SAFE, SECRETS, TIMES, TIMES, st.dictionaries(st.text(), JSON, max_size=3))
RECORDS = st.builds(
    Record,
    vendor=st.text(),
    api_url=st.text(),
    identity=st.none() | st.text(),
    token=st.none() | TOKENS,
    retiring=st.lists(st.builds(Retiring, TOKENS, SECONDS), max_size=2).map(tuple),
    pending=st.none() | st.builds(Pending, st.lists(st.text(), max_size=2).map(tuple), SECONDS),
)


@given(RECORDS)
def test_a_record_comes_back_from_json_as_it_was(record):
    assert record_from_json(json.loads(json.dumps(record.as_json())), "record") == record


def test_a_record_is_written_as_documented():
    assert RECORD.as_json() == AS_JSON
    old = Retiring(Token("old", {"key": "k-0"}), 1_700_000_000)
    assert replace(RECORD, retiring=(old,)).as_json()["retiring"] == [
        {
            "token": "old",
            "extra": {"key": "k-0"},
            "issued_at": None,
            "expires_at": None,
            "details": {},
            "revoke_at": "2023-11-14T22:13:20Z",
        }
    ]


@pytest.mark.parametrize("moment", [None, 0, 1_700_000_000, 253402300799])
def test_a_time_comes_back_from_text_as_it_was(moment):
    assert unix(iso(moment)) == moment


def test_no_secret_is_in_a_representation():
    assert SECRET not in repr(RECORD)
    assert "k-1" not in repr(RECORD)
    assert token_of(RECORD).secrets == (SECRET, "k-1")


@pytest.mark.parametrize("value", [None, [], "text", 1, {}, {"schema": "1"}, {"schema": None}])
def test_what_is_no_record_is_said_to_be_none(value):
    with pytest.raises(StoreError, match=r"^record is not a token record; it was left untouched") as caught:
        record_from_json(value, "record")
    assert caught.value.code == "not_a_record"


@pytest.mark.parametrize("schema", [0, 1])
def test_a_record_of_an_older_version_is_read(schema):
    """There is none yet. What was added later may be missing."""
    value = {name: part for name, part in AS_JSON.items() if name != "pending"}
    assert record_from_json({**value, "schema": schema}, "record") == RECORD


def test_a_record_of_a_newer_version_is_left_alone():
    with pytest.raises(StoreError, match=r"newer version of telephony\.auth \(schema 2\)") as caught:
        record_from_json({**AS_JSON, "schema": 2, "token": {"made": "differently"}}, "record")
    assert caught.value.code == "newer_record"


@pytest.mark.parametrize("name", [name for name in AS_JSON if name not in ("schema", "details", "pending")])
def test_a_record_that_lacks_a_part_is_damaged_or_complete(name):
    """The times may be missing, because null is what that means anyway."""
    value = {key: part for key, part in AS_JSON.items() if key != name}
    if name in ("issued_at", "expires_at"):
        assert token_of(record_from_json(value, "record")).value == SECRET
    else:
        with pytest.raises(StoreError, match=r"^record is a damaged token record; it was left untouched"):
            record_from_json(value, "record")


@pytest.mark.parametrize(
    "damage",
    [
        {"vendor": 1},
        {"api_url": None},
        {"identity": 7},
        {"token": ""},
        {"token": "two words"},
        {"token": "line\r\nX-Evil: 1"},
        {"token": ["a"]},
        {"extra": None},
        {"extra": []},
        {"extra": {"key": 1}},
        {"extra": {"key": "a\nb"}},
        {"issued_at": 1700000000},
        {"issued_at": "yesterday"},
        {"expires_at": "2023-11-14"},
        {"details": "text"},
        {"details": 5},
        {"retiring": None},
        {"retiring": 3},
        {"retiring": {"a": 1}},
        {"retiring": [{"token": "old", "extra": {}}]},
        {"retiring": [{"token": "old", "extra": {}, "revoke_at": None}]},
        {"retiring": [{"token": None, "extra": {}, "revoke_at": "2023-11-14T22:13:20Z"}]},
        {"pending": []},
        {"pending": "yes"},
        {"pending": {"since": "2023-11-14T22:13:20Z"}},
        {"pending": {"fingerprints": [1], "since": "2023-11-14T22:13:20Z"}},
        {"pending": {"fingerprints": [], "since": None}},
    ],
    ids=str,
)
def test_a_damaged_record_is_refused_without_quoting_it(damage):
    with pytest.raises(StoreError, match=r"^record is a damaged token record; it was left untouched") as caught:
        record_from_json({**AS_JSON, **damage}, "record")
    assert caught.value.code == "not_a_record"
    assert SECRET not in str(caught.value)


def test_the_caller_s_store_keeps_nothing():
    store = CallerStore(hands_back=True)
    store.lock(0)
    store.prove()
    store.save(RECORD)
    store.remove()
    store.close()
    assert store.keeps is False


# The file


def test_a_file_comes_back_as_it_was_saved(path):
    store = RecordFile(str(path))
    assert store.load() is None
    store.save(RECORD)
    assert store.load() == RECORD
    assert mode_of(path) == 0o600
    assert path.read_bytes().endswith(b"}\n")
    assert json.loads(path.read_bytes()) == AS_JSON
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
        RecordFile(str(path)).save(RECORD)
    finally:
        os.umask(umask)
    assert set(seen) == {0o600}


def test_the_file_is_replaced_as_a_whole(path, monkeypatch):
    store = RecordFile(str(path))
    store.save(RECORD)
    replace_file, fsync = os.replace, os.fsync
    synced: list[int] = []

    def watched(source: str, target: str) -> None:
        assert json.loads(Path(target).read_bytes()) == AS_JSON
        assert json.loads(Path(source).read_bytes())["token"] == "another"
        assert Path(source).parent == path.parent
        assert synced[-1] == os.stat(source).st_ino
        replace_file(source, target)

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "replace", watched)
    monkeypatch.setattr(os, "fsync", noted)
    store.save(replace(RECORD, token=Token("another")))
    assert store.load() == replace(RECORD, token=Token("another"))
    assert synced[-1] == path.parent.stat().st_ino


def test_what_is_written_in_pieces_is_complete(path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    store = RecordFile(str(path))
    store.save(RECORD)
    assert store.load() == RECORD


def test_a_store_that_was_proved_but_not_needed_leaves_nothing(path):
    store = RecordFile(str(path))
    store.prove()
    (new,) = path.parent.iterdir()
    assert new.stat().st_size == 4096
    store.prove()
    assert list(path.parent.iterdir()) == [new]
    store.close()
    store.close()
    assert list(path.parent.iterdir()) == []


def test_a_large_record_is_proved_to_have_room_for_another_token(path):
    path.write_bytes(b"x" * 5000)
    store = RecordFile(str(path))
    store.prove()
    assert path.with_name(".joe.json.new").stat().st_size == 10000
    store.close()


def test_close_bears_that_its_file_is_gone(path):
    store = RecordFile(str(path))
    store.prove()
    next(path.parent.iterdir()).unlink()
    store.close()


def test_remove_forgets_the_file_and_bears_that_it_is_gone(path):
    store = RecordFile(str(path))
    store.save(RECORD)
    store.remove()
    assert not path.exists()
    store.remove()


def failing(number: int):
    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("function", ["open", "fchown", "fchmod", "posix_fallocate"])
def test_a_store_that_cannot_be_written_is_found_out_before(path, monkeypatch, function, number):
    store = RecordFile(str(written(path)))
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        with pytest.raises(StoreError, match=f"^path {path} cannot be written: {os.strerror(number)}\\.") as caught:
            store.prove()
    assert caught.value.code == "store_unwritable"
    assert os.listdir(path.parent) == [path.name]
    assert store.load() == RECORD


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("function", ["write", "fsync", "ftruncate", "replace"])
def test_when_saving_fails_the_old_record_stays_alone(path, monkeypatch, function, number):
    store = RecordFile(str(written(path)))
    store.prove()
    with monkeypatch.context() as patch:
        patch.setattr(os, function, failing(number))
        with pytest.raises(StoreError, match="cannot be written") as caught:
            store.save(replace(RECORD, token=Token("n3w-t0ken")))
    assert caught.value.code == "store_unwritable"
    assert "n3w-t0ken" not in str(caught.value)
    assert os.listdir(path.parent) == [path.name]
    assert store.load() == RECORD


def test_nothing_but_the_store_s_failure_is_told_when_cleaning_up_fails_too(path, monkeypatch):
    store = RecordFile(str(path))
    monkeypatch.setattr(os, "posix_fallocate", failing(errno.EIO))
    monkeypatch.setattr(os, "unlink", failing(errno.EROFS))
    with pytest.raises(StoreError, match="cannot be written: Input/output error"):
        store.prove()


# The lock


def lock_path(path: Path) -> Path:
    return path.parent / f".{path.name}.lock"


def locked(path: Path, wait: float = 0) -> RecordFile:
    store = RecordFile(str(path))
    store.lock(wait)
    return store


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
    store = locked(path)
    store.save(RECORD)
    store.close()
    assert sorted(os.listdir(path.parent)) == [lock_path(path).name, path.name]
    assert mode_of(lock_path(path)) == 0o600
    store.lock(0)
    store.remove()
    store.close()
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
    store = locked(path, 1)
    assert len(seen) == 2
    with pytest.raises(StoreError, match="in use"):
        locked(path)
    store.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_where_nothing_has_to_be_written_a_full_disk_is_no_reason_to_fail(path, monkeypatch, number):
    monkeypatch.setattr(os, "write", failing(number))
    monkeypatch.setattr(os, "unlink", failing(number))
    store = RecordFile(str(written(path)))
    store.lock(0)
    assert store.load() == RECORD
    store.close()


@pytest.mark.parametrize(("module", "function"), [(os, "open"), (fcntl, "flock")])
def test_what_cannot_be_locked_is_not_used(path, monkeypatch, module, function):
    monkeypatch.setattr(module, function, failing(errno.ENOLCK))
    with pytest.raises(StoreError, match="cannot be locked: No locks available") as caught:
        locked(path, 30)
    assert caught.value.code == "store_unwritable"


def test_the_lock_is_no_way_to_write_into_another_file(path, tmp_path):
    target = written(tmp_path / "target", "innocent")
    lock_path(path).symlink_to(target)
    with pytest.raises(StoreError, match="cannot be locked: Too many levels of symbolic links"):
        locked(path)
    assert target.read_text() == "innocent"


def test_what_a_killed_run_left_is_removed(path):
    killed = RecordFile(str(path))
    killed.prove()
    store = locked(path)
    assert os.listdir(path.parent) == [lock_path(path).name]
    store.close()


def test_a_full_disk_binds_everybody(path):
    """Root too: a limit on the size of files stands in for it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written: File too large"):
            RecordFile(str(path)).prove()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a directory in which nobody can make a file")
def test_a_directory_that_takes_no_file_is_found_out_before():
    with pytest.raises(StoreError, match=r"^path /proc/joe\.json cannot be written: ") as caught:
        RecordFile("/proc/joe.json").prove()
    assert caught.value.code == "store_unwritable"


def test_a_directory_that_cannot_be_synced_is_no_reason_to_fail(path, monkeypatch):
    """Some file systems cannot; the record is in its place by then."""
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: failing(errno.EINVAL)() if stat.S_ISDIR(os.fstat(fd).st_mode) else fsync(fd)
    )
    store = RecordFile(str(path))
    store.save(RECORD)
    assert store.load() == RECORD
    store.remove()
    assert not path.exists()


def test_a_file_that_cannot_be_removed_is_told(path, monkeypatch):
    store = RecordFile(str(written(path)))
    monkeypatch.setattr(os, "unlink", failing(errno.EPERM))
    with pytest.raises(StoreError, match="cannot be removed: Operation not permitted") as caught:
        store.remove()
    assert caught.value.code == "store_unwritable"


def test_a_missing_directory_holds_no_record_and_is_named_when_one_is_to_be_written(tmp_path):
    store = RecordFile(str(tmp_path / "none" / "joe.json"))
    assert store.load() is None
    with pytest.raises(StoreError, match=f"the directory {tmp_path / 'none'} does not exist") as caught:
        store.prove()
    assert caught.value.code == "bad_path"


@pytest.mark.parametrize("method", ["load", "prove"])
def test_a_directory_that_may_not_be_written_is_named(path, monkeypatch, method):
    monkeypatch.setattr(os, "access", lambda directory, mode: directory != str(path.parent))
    with pytest.raises(StoreError, match=f"the directory {path.parent} is not writable") as caught:
        getattr(RecordFile(str(path)), method)()
    assert caught.value.code == "store_unwritable"


def test_a_relative_path_is_meant_from_here(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    store = RecordFile(path.name)
    store.save(RECORD)
    assert RecordFile(str(path)).load() == RECORD


@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_is_not_followed(path, tmp_path, dangling):
    target = tmp_path / "target.json"
    if not dangling:
        written(target)
    path.symlink_to(target)
    with pytest.raises(StoreError, match="is a symbolic link, which is not followed") as caught:
        RecordFile(str(path)).load()
    assert caught.value.code == "bad_path"


def test_a_link_put_in_place_later_is_replaced_not_followed(path, tmp_path):
    target = written(tmp_path / "target.json", "innocent")
    store = RecordFile(str(path))
    store.prove()
    path.symlink_to(target)
    store.save(RECORD)
    assert target.read_text() == "innocent"
    assert store.load() == RECORD


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path, 0o600)], ids=["directory", "named pipe"]
)
def test_what_is_no_file_is_refused_at_once(path, make):
    make(path)
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    with pytest.raises(StoreError, match=r"is not a regular file") as caught:
        RecordFile(str(path)).load()
    assert caught.value.code == "bad_path"
    assert (len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0) == before


@pytest.mark.parametrize("exists", [False, True])
def test_a_path_that_names_a_directory_is_refused_before_anything_is_issued(path, exists):
    if exists:
        path.mkdir()
    with pytest.raises(StoreError, match="names a directory"):
        RecordFile(f"{path}/").load()


def test_a_file_that_cannot_be_read_is_told(path, monkeypatch):
    store = RecordFile(str(written(path)))
    monkeypatch.setattr(os, "open", failing(errno.EACCES))
    with pytest.raises(StoreError, match="cannot be read: Permission denied"):
        store.load()


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o644, 0o666, 0o777])
def test_a_file_open_to_others_is_an_error(path, mode):
    store = RecordFile(str(written(path, mode=mode)))
    with pytest.raises(StoreError, match=f"may be read or written by other users .mode {mode:04o}") as caught:
        store.load()
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
    store = RecordFile(str(written(path, mode=mode)), asked)
    assert store.load() == RECORD
    assert store.attributes_differ() is differs
    store.save(RECORD)
    assert mode_of(path) == int(asked, 8)
    assert not store.attributes_differ()


def test_no_file_has_no_wrong_attributes(path):
    assert not RecordFile(str(path)).attributes_differ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("owner", ["nobody", str(pwd.getpwnam("nobody").pw_uid)])
def test_the_file_gets_the_owner_and_group_of_the_task(path, owner):
    nobody = pwd.getpwnam("nobody")
    RecordFile(str(path)).save(RECORD)
    store = RecordFile(str(path), owner=owner, group=str(nobody.pw_gid))
    assert store.attributes_differ()
    store.save(RECORD)
    assert (path.stat().st_uid, path.stat().st_gid) == (nobody.pw_uid, nobody.pw_gid)
    assert not store.attributes_differ()
    assert RecordFile(str(path), group="root").attributes_differ()


@pytest.mark.parametrize("option", ["owner", "group"])
@pytest.mark.parametrize("name", ["no-such-name", "²", "4294967295", "99999999999"])
def test_an_unknown_owner_or_group_is_named(path, option, name):
    with pytest.raises(OptionError, match=f"^{option} {name} does not exist on this host"):
        RecordFile(str(path), **{option: name})


@pytest.mark.parametrize(
    "mode", ["", "rw", "0o600", "u=rw", "384", "0400", "0700", "0601", "1600", "-600", "0600\n", "٦٠٠"]
)
def test_a_mode_that_is_no_mode_for_a_secret_is_refused(path, mode):
    with pytest.raises(OptionError, match=r"^mode must be a quoted octal number"):
        RecordFile(str(path), mode)


@pytest.mark.parametrize(
    "content",
    ["", "no json", "[]", '{"token": "abc"}', "\x00\x01", "[" * 100_000, " " * (1024 * 1024) + json.dumps(AS_JSON)],
    ids=["empty", "text", "list", "other object", "binary", "nested", "large"],
)
def test_a_file_that_is_no_record_stays_untouched(path, content):
    with pytest.raises(StoreError, match=f"^path {path} is not a token record; it was left untouched"):
        RecordFile(str(written(path, content))).load()
    assert path.read_text() == content


def test_a_file_that_is_not_utf_8_is_no_record(path):
    path.write_bytes(b'{"schema": 1, "token": "\xff"}')
    path.chmod(0o600)
    with pytest.raises(StoreError, match="is not a token record"):
        RecordFile(str(path)).load()
