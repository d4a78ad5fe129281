# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError
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


def test_a_file_comes_back_as_it_was_saved(path):
    store = RecordFile(str(path))
    assert store.load() is None
    store.save(RECORD)
    assert store.load() == RECORD
    assert path.read_bytes().endswith(b"}\n")
    assert json.loads(path.read_bytes()) == AS_JSON


@pytest.mark.parametrize(
    "content",
    ["", "no json", "[]", '{"token": "abc"}', "\x00\x01", "[" * 100_000],
    ids=["empty", "text", "list", "other object", "binary", "nested"],
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
