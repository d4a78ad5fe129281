# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every vendor's parsers, fed with replies that were bent, cut and mixed at random. corpus/ has those to start from."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import typing as t
from pathlib import Path
from unittest import mock

import pytest
import requests
from hypothesis import HealthCheck, given, seed, settings, strategies as st
from urllib3 import HTTPResponse

from ansible_collections.telephony.auth.plugins.module_utils import _api
from ansible_collections.telephony.auth.plugins.module_utils._deadline import LimitedAdapter
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._store import FileStore
from ansible_collections.telephony.auth.tests.lifecycle import figures
from ansible_collections.telephony.auth.tests.lifecycle.conftest import Json
from ansible_collections.telephony.auth.tests.lifecycle.drive import drive
from ansible_collections.telephony.auth.tests.lifecycle.homes import SCRATCH
from ansible_collections.telephony.auth.tests.lifecycle.test_hostile import KNOWN, OPTIONS
from ansible_collections.telephony.auth.tests.lifecycle.test_machine import SEED, SEQUENCES
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import documented

Reply = tuple[int, str, bytes]

# For each kind of token; the soak has many more
EXAMPLES = max(50, SEQUENCES // 30)

CORPUS: dict[str, list[list[Json]]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in Path(__file__).with_name("corpus").glob("*.json")
}
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 406, 410, 423, 429, 500, 503]) | st.integers(
    200, 599
)
TYPES = st.sampled_from(["", "application/json", "text/plain", "text/html; charset=utf-8"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JUNK = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def as_reply(saved: Json) -> Reply:
    body = saved["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    return saved["status"], saved.get("type", "application/json"), text.encode("utf-8", "surrogateescape")


@st.composite
def bent(draw: st.DrawFn, value: t.Any) -> t.Any:
    """Good JSON with some places exchanged for junk, left out, or for another place's value."""
    if draw(st.integers(0, 7)) == 0:
        return draw(JUNK)
    if isinstance(value, dict):
        return {name: draw(bent(part)) for name, part in value.items() if draw(st.integers(0, 9))}
    if isinstance(value, list):
        return [draw(bent(part)) for part in value]
    return value


@st.composite
def replies(draw: st.DrawFn, vendor: str) -> list[Reply]:
    """What a vendor says in one run: good replies from the corpus, most of them bent."""
    saved = draw(st.sampled_from(CORPUS[vendor]))
    told: list[Reply] = []
    for one in saved:
        status, kind, body = as_reply(one)
        way = draw(st.integers(0, 5))
        if way == 1:
            body = draw(st.binary(max_size=60))
        elif way == 2:
            body = body[: draw(st.integers(0, len(body)))]
        elif way >= 3:
            body = json.dumps(draw(bent(one["body"]))).encode()
        told.append((draw(STATUSES) if draw(st.integers(0, 4)) == 0 else status, draw(TYPES | st.just(kind)), body))
    return told


class Adapter(LimitedAdapter):
    """Answers each request with the next reply, and the last one again and again."""

    def __init__(self, told: list[Reply]) -> None:
        super().__init__()
        self.told = list(told)

    def send_within(self, *_arguments: t.Any, **_more: t.Any) -> requests.Response:
        status, kind, body = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        response = requests.Response()
        response.status_code = status
        response.headers["Content-Type"] = kind
        response.raw = HTTPResponse(io.BytesIO(body), preload_content=False)
        return response


def assert_in_good_order(vendor: str, ran: Json) -> None:
    """A clear error or a result, of the documented keys and facts alone, that can be written anywhere."""
    if ran.get("failed"):
        assert ran["failure"]["code"] != "internal_error", ran["msg"]
        assert ran["msg"].isprintable()
    assert set(ran) <= documented(vendor) | {"failed", "warnings"}
    assert set(ran.get("details", {})) <= set(VENDORS[vendor].details)
    json.dumps(ran, allow_nan=False, ensure_ascii=False).encode()


def run(vendor: str, told: list[Reply], state: str, known: bool) -> None:
    """One run, which ends well or with a clear error, and whose record can be read again."""
    directory = Path(tempfile.mkdtemp(prefix="fuzz-", dir=SCRATCH))
    path = directory / "joe.json"
    try:
        options = {**OPTIONS[vendor], **(KNOWN[vendor] if known else {}), "state": state, "path": str(path)}
        with mock.patch.object(_api, "_adapter_for", return_value=Adapter(told)):
            ran = drive(vendor, {**options, "api_url": "http://127.0.0.1:9", "retries": 0})
        figures.count("hostile replies")
        assert_in_good_order(vendor, ran)
        record = FileStore(lambda _record: {}, str(path)).load()
        if state == "present" and not ran.get("failed"):
            assert record
            assert record.token
    finally:
        shutil.rmtree(directory)


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_saved_replies(vendor: str, state: str) -> None:
    for saved in CORPUS[vendor]:
        for known in (False, True):
            run(vendor, [as_reply(one) for one in saved], state, known)


@pytest.mark.parametrize("vendor", VENDORS)
def test_whatever_a_vendor_says_a_run_ends_in_good_order(vendor: str) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(replies(vendor), st.sampled_from(["present", "present", "absent"]), st.booleans())
    def fuzz(told: list[Reply], state: str, known: bool) -> None:
        run(vendor, told, state, known)

    fuzz()  # pylint: disable=no-value-for-parameter  # hypothesis gives them


# Names that mean something to Ansible at the top of a result
ACTING = [
    "ansible_facts",
    "add_host",
    "add_group",
    "failed",
    "exception",
    "deprecations",
    "warnings",
    "_ansible_no_log",
]


@pytest.mark.parametrize("vendor", VENDORS)
def test_whatever_a_record_says_a_run_ends_in_good_order(vendor: str) -> None:
    """Somebody else wrote it: it is refused as damaged, or only what every record has is used."""
    options = {**OPTIONS[vendor], "api_url": "http://127.0.0.1:9", "retries": 0, "verify": False}
    told = [as_reply(one) for one in CORPUS[vendor][0]]
    good = drive(vendor, {**options, **KNOWN[vendor]})["record"]
    facts = st.dictionaries(st.sampled_from([*ACTING, *VENDORS[vendor].details]), JUNK, max_size=4)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(bent(good), facts, facts | st.just({}), st.sampled_from(["present", "absent"]))
    def fuzz(record: t.Any, details: Json, more: Json, state: str) -> None:
        record = {**record, "details": details, **more} if isinstance(record, dict) else {**good, "details": details}
        with mock.patch.object(_api, "_adapter_for", return_value=Adapter(told)):
            ran = drive(vendor, {**options, "record": record, "state": state})
        figures.count("hostile replies")
        assert_in_good_order(vendor, ran)

    fuzz()  # pylint: disable=no-value-for-parameter  # hypothesis gives them
