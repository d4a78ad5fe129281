# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
import responses

from ansible_collections.telephony.auth.plugins.module_utils import _inspect, _task
from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreConflict
from ansible_collections.telephony.auth.plugins.module_utils._inspect import EMPTY, inspect
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._store import CallerStore
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, validate

URL = "https://api.webitel.com"
TOKENS = "https://portal.vacd.biz/api/v1/admin/token"
JWT = jwt(exp=9_999_999_999_000)
JOE = {"username": "joe", "password": "p&ss w0rd"}
Json = t.Dict[str, t.Any]


@pytest.fixture
def vendor() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def validated(vendor: type[BaseVendor], **options: t.Any) -> Json:
    complete, complaint = validate(vendor.spec(), **options)
    assert complaint == ""
    return complete


def provide(vendor: type[BaseVendor], **options: t.Any) -> None:
    result, _warnings = _task.run(vendor, validated(vendor, **options), check_mode=False)
    assert not result.get("failed"), result


def look(vendor: type[BaseVendor], **options: t.Any) -> tuple[Json, list[str]]:
    """What is told, which always has the same keys and no secret."""
    found, warnings = inspect(vendor, validated(vendor, **options), _task.no_driver)
    assert set(found) == set(EMPTY)
    assert not any(secret in str((found, warnings)) for secret in (JWT, "k3y-0f-j03", "p&ss w0rd", "t-0ld"))
    return found, warnings


@pytest.fixture
def employed(vendor, tmp_path) -> Json:
    """The options of an API user of Webitel whose token is on record."""
    answer = {"token": JWT, "key": "k3y-0f-j03", "expires": 9_999_999_999_000, "role": 1, "roleName": "admin"}
    vendor.add("POST", f"{URL}/login", json=answer)
    vendor.add("GET", f"{URL}/api/v2/whoami", json={"id": "joe", "roleName": "admin"})
    options = {**JOE, "path": str(tmp_path / "joe.json")}
    provide(Webitel, **options)
    return options


def test_a_token_that_works(employed):
    found, warnings = look(Webitel, **employed)
    assert (found["works"], found["problem"], found["failure"], warnings) == (True, None, None, [])
    assert (found["vendor"], found["user"], found["store"]) == ("webitel", "joe", "file")
    assert (found["fingerprint"], found["expires_at"]) == (fingerprint(JWT), "2286-11-20T17:46:39Z")
    assert (found["next_action"], found["details"]["role_name"], found["unmanaged"]) == ("none", "admin", None)


def test_a_token_that_the_vendor_refuses(employed, vendor):
    vendor.replace("GET", f"{URL}/api/v2/whoami", status=401, json={"status": "error", "info": "Invalid User"})
    found, _warnings = look(Webitel, **employed)
    assert (found["works"], found["next_action"], found["problem"]) == (False, "issue", None)
    assert "Invalid User" in found["reason"]
    assert found["next_action_at"]


def test_a_vendor_that_is_down_is_a_problem_and_what_is_on_record_is_told(employed, vendor):
    vendor.replace("GET", f"{URL}/api/v2/whoami", status=500)
    found, _warnings = look(Webitel, **employed)
    assert (found["works"], found["fingerprint"]) == (None, fingerprint(JWT))
    assert found["problem"] == found["reason"]
    assert (found["failure"]["code"], found["failure"]["vendor"]) == ("server_error", "webitel")


def test_no_record_is_no_problem(tmp_path):
    found, _warnings = look(Webitel, **JOE, path=str(tmp_path / "joe.json"))
    assert (found["works"], found["fingerprint"], found["problem"]) == (False, None, None)
    assert (found["next_action"], found["reason"]) == ("issue", "no token was known")


def test_a_record_that_cannot_be_trusted_is_a_problem(tmp_path):
    path = tmp_path / "joe.json"
    path.write_text(json.dumps({"schema": 1, "ansible_facts": {}}), encoding="utf-8")
    path.chmod(0o600)
    found, _warnings = look(Webitel, **JOE, path=str(path))
    assert found["failure"]["code"] == "not_a_record"


def test_options_that_cannot_work_are_a_problem():
    found, _warnings = look(Webitel, **JOE, api_url="ftp://pbx")
    assert found["failure"]["code"] == "bad_option"


def test_a_mistake_of_our_own_is_a_problem(employed, monkeypatch):
    def fail(*_arguments: object) -> None:
        raise KeyError(JWT)

    monkeypatch.setattr(_inspect, "present", fail)
    found, _warnings = look(Webitel, **employed)
    assert found["failure"]["code"] == "internal_error"


def test_tokens_that_no_record_names_are_told(vendor, tmp_path):
    vendor.add("GET", TOKENS, json=["t-1"])
    vendor.add("POST", TOKENS, body="t-0ld")
    options = {"username": "joe", "auth_token": "4uth", "path": str(tmp_path / "joe.json")}
    provide(Vacd, **options)
    vendor.replace("GET", TOKENS, json=["t-0ld", "t-1"])
    for verify in True, False:
        found, _warnings = look(Vacd, **options, verify=verify)
        assert found["unmanaged"] == [{"fingerprint": fingerprint("t-1"), "probably_ours": False}]


# Two runs at once, see _task.Run.reach


class Contested(CallerStore):
    """A store in which another run is always quicker, for so many times."""

    def __init__(self, times: int) -> None:
        super().__init__({})
        self.times = times

    def save(self, record: object) -> None:
        self.times -= 1
        if self.times >= 0:
            raise StoreConflict("the store")


@pytest.mark.parametrize(("times", "patience", "code"), [(1, 60, None), (3, 0, "changed_meanwhile")])
def test_a_lost_race_is_run_again_for_as_long_as_a_lock_is_waited_for(vendor, times, patience, code):
    vendor.add("POST", f"{URL}/login", json={"token": JWT, "key": "k3y-0f-j03"})
    vendor.add("GET", f"{URL}/api/v2/whoami", json={"id": "joe"})
    options = validated(Webitel, **JOE, store={}, retry_timeout=patience)
    result, _warnings = _task.run(Webitel, options, False, lambda *_arguments: Contested(times))
    assert result.get("failure", {}).get("code") == code
    assert len(vendor.calls) == (0 if code else 2)
