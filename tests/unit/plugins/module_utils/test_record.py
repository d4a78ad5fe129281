# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso, unix
from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreError
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    Attempt,
    Record,
    Retiring,
    Token,
    record_from_json,
)
from ansible_collections.telephony.auth.plugins.module_utils._store import CallerStore, parse

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
    "guessed": False,
    "retiring": [],
    "pending": None,
    "unclear": [],
}


HEADER_SAFE = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
SECONDS = st.integers(0, 253402300799)
TIMES = st.none() | SECONDS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TEXT = st.text().filter(str.isprintable)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
SECRETS = st.dictionaries(TEXT, HEADER_SAFE, max_size=2)
DETAILS = st.dictionaries(st.text(), JSON, max_size=3)
TOKENS = st.builds(Token, HEADER_SAFE, SECRETS, TIMES, TIMES, DETAILS, st.booleans())
OLD_TOKENS = st.builds(Token, HEADER_SAFE, SECRETS, TIMES, TIMES, guessed=st.booleans())
ATTEMPTS = st.builds(Attempt, SECONDS, TEXTS, st.none() | TEXTS)
RECORDS = st.builds(
    Record,
    vendor=TEXT,
    api_url=TEXT,
    identity=st.none() | TEXT,
    token=st.none() | TOKENS,
    retiring=st.lists(st.builds(Retiring, OLD_TOKENS, SECONDS), max_size=2).map(tuple),
    pending=st.none() | ATTEMPTS,
    unclear=st.lists(ATTEMPTS, max_size=2).map(tuple),
)


@given(RECORDS)
def test_a_record_comes_back_from_json_as_it_was(record):
    assert record_from_json(json.loads(json.dumps(record.as_json())), "record") == record


def test_a_record_is_written_as_documented():
    assert RECORD.as_json() == AS_JSON
    # Nobody needs the details of a replaced token, and they would fill the record.
    old = Retiring(Token("old", {"key": "k-0"}, details={"role": 1}), 1_700_000_000)
    assert replace(RECORD, retiring=(old,)).as_json()["retiring"] == [
        {
            "token": "old",
            "extra": {"key": "k-0"},
            "issued_at": None,
            "expires_at": None,
            "guessed": False,
            "revoke_at": "2023-11-14T22:13:20Z",
        }
    ]


def test_attempts_are_written_as_documented():
    record = replace(RECORD, pending=Attempt(0, ("f1",)), unclear=(Attempt(60, suspects=("f2",)),))
    value = record.as_json()
    assert value["pending"] == {"since": "1970-01-01T00:00:00Z", "existed": ["f1"], "suspects": None}
    assert value["unclear"] == [{"since": "1970-01-01T00:01:00Z", "existed": [], "suspects": ["f2"]}]
    assert record.attempts == (*record.unclear, record.pending)


def test_what_is_there_for_consumers_is_not_read():
    assert record_from_json({**AS_JSON, "headers": ["x"], "headers_json": 7}, "record") == RECORD


@pytest.mark.parametrize("moment", [None, 0, 1_700_000_000, 253402300799])
def test_a_time_comes_back_from_text_as_it_was(moment):
    assert unix(iso(moment)) == moment


def test_no_secret_is_in_a_representation():
    assert SECRET not in repr(RECORD)
    assert "k-1" not in repr(RECORD)
    assert RECORD.tokens[0].secrets == (SECRET, "k-1")


@pytest.mark.parametrize(
    "value", [None, [], "text", 1, {}, {"schema": "1"}, {"schema": None}, {"schema": True}, {"schema": 0}]
)
def test_what_is_no_record_is_said_to_be_none(value):
    with pytest.raises(StoreError, match=r"^record is not a token record; it was left untouched") as caught:
        record_from_json(value, "record")
    assert caught.value.code == "not_a_record"


def test_a_record_of_a_newer_version_is_left_alone():
    with pytest.raises(StoreError, match=r"newer version of telephony\.auth \(schema 2\)") as caught:
        record_from_json({**AS_JSON, "schema": 2, "token": {"made": "differently"}}, "record")
    assert caught.value.code == "newer_record"


@pytest.mark.parametrize("name", [name for name in AS_JSON if name != "schema"])
def test_a_record_that_lacks_a_part_is_damaged(name):
    value = {key: part for key, part in AS_JSON.items() if key != name}
    with pytest.raises(StoreError, match=r"^record is a damaged token record; it was left untouched"):
        record_from_json(value, "record")


OLD: dict[str, object] = {"token": "old", "extra": {}, "issued_at": None, "expires_at": None, "guessed": False}
OLD_ENDING = {**OLD, "revoke_at": "2023-11-14T22:13:20Z"}
ATTEMPT: dict[str, object] = {"since": "2023-11-14T22:13:20Z", "existed": [], "suspects": None}


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
        {"retiring": [OLD]},
        {"retiring": [{**OLD, "revoke_at": None}]},
        {"retiring": [{**OLD_ENDING, "token": None}]},
        {"retiring": [{**OLD_ENDING, "details": {}}]},
        {"retiring": ["old"]},
        {"pending": []},
        {"pending": "yes"},
        {"pending": {"since": "2023-11-14T22:13:20Z"}},
        {"pending": {**ATTEMPT, "since": None}},
        {"pending": {**ATTEMPT, "existed": [1]}},
        {"pending": {**ATTEMPT, "suspects": "all"}},
        {"pending": {**ATTEMPT, "more": 1}},
        {"unclear": None},
        {"unclear": [1]},
        {"guessed": None},
        {"guessed": 1},
        {"vendor": "two\nlines"},
        {"vendor": "x" * 5000},
        {"vendor": "\ud800"},
        {"extra": {"two\nlines": "k"}},
        {"ansible_facts": {}},
        {"failed": True},
    ],
    ids=lambda damage: str(damage)[:60].encode("ascii", "replace").decode(),
)
def test_a_damaged_record_is_refused_without_quoting_it(damage):
    with pytest.raises(StoreError, match=r"^record is a damaged token record; it was left untouched") as caught:
        record_from_json({**AS_JSON, **damage}, "record")
    assert caught.value.code == "not_a_record"
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"schema": NaN}', '{"schema": 1, "issued_at": Infinity}'])
def test_text_that_is_no_json_is_no_record(text):
    with pytest.raises(StoreError, match=r"^record is not a token record; it was left untouched"):
        parse(text, "record")


def test_the_caller_s_store_keeps_nothing():
    store = CallerStore(None)
    store.lock(0)
    store.prove()
    store.save(RECORD)
    store.remove()
    assert store.load() is None
    assert not store.attributes_differ()
    store.close()
    assert not store.is_kept
    assert CallerStore(AS_JSON).load() == RECORD
