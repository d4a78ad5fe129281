# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import json
import sys
import typing as t
from pathlib import Path

import pytest
import responses
from ansible.module_utils.testing import patch_module_args

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._list_tokens import (
    LISTS,
    ListRun,
    TokenList,
    VacdApiTokens,
    WebitelDomainTokens,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Retiring, Token
from ansible_collections.telephony.auth.plugins.module_utils._result import secrets_in
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._task import run
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import jwt, validate

VACD = "https://portal.vacd.biz/api"
WEBITEL = "https://api.webitel.com"
JOE = {"username": "joe", "auth_token": "the-authority"}
IN_USE, OLD, ALONE, GONE = ("aws80:in-use", "aws80:old", "aws80:alone", "aws80:gone")
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
DOMAIN_TOKEN = jwt(id=UUID, d="mydomain.com")
Json = t.Dict[str, t.Any]


@pytest.fixture
def api() -> t.Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def told(tokens: type[TokenList], **options: t.Any) -> Json:
    complete, complaint = validate(tokens.spec(), **options)
    assert complaint == ""
    result, warnings = run(tokens, complete, False, start=ListRun)
    assert warnings == []
    return result


def keep(path: Path, vendor: str, api_url: str, identity: str, token: str, *retiring: str) -> str:
    replaced = tuple(Retiring(Token(value), 2_000_000_000) for value in retiring)
    path.write_text(json.dumps(Record(vendor, api_url, identity, Token(token), replaced).as_json()))
    path.chmod(0o600)
    return str(path)


def test_each_token_is_told_with_the_record_that_has_it(api, tmp_path):
    api.add("GET", f"{VACD}/v1/admin/token", json=[IN_USE, OLD, ALONE])
    paths = [
        keep(tmp_path / "a.json", "vacd", VACD, "joe", IN_USE, OLD),
        keep(tmp_path / "b.json", "vacd", VACD, "joe", GONE),
        str(tmp_path / "none.json"),
    ]
    result = told(VacdApiTokens, **JOE, paths=paths)
    places = {name: f"path {path}" for name, path in zip("ab", paths)}
    assert result == {
        "changed": False,
        "api_url": VACD,
        "identity": "joe",
        "tokens": [
            {"fingerprint": fingerprint(IN_USE), "place": places["a"], "revoke_at": None},
            {"fingerprint": fingerprint(OLD), "place": places["a"], "revoke_at": iso(2_000_000_000)},
            {"fingerprint": fingerprint(ALONE), "place": None, "revoke_at": None},
        ],
        "not_listed": [{"fingerprint": fingerprint(GONE), "place": places["b"], "revoke_at": None}],
    }
    assert secrets_in(result) == []


def test_values_are_returned_if_the_task_asks_for_them_and_then_known_to_be_secret(api):
    api.add("GET", f"{VACD}/v1/admin/token", json=[ALONE])
    result = told(VacdApiTokens, **JOE, return_tokens=True)
    assert result["tokens"][0]["token"] == ALONE
    assert secrets_in(result) == [ALONE]


def test_the_tokens_of_a_domain_are_told_by_uuid_with_what_webitel_says_of_them(api, tmp_path):
    entry = {"uuid": UUID, "expire": 2_000_000_000_000, "roleName": "user", "createdBy": "100@mydomain.com"}
    entry.update(createdOn=1_700_000_000_441, enabled=False)
    pair = {"key": "the-key", "token": "the-token", "domain": "mydomain.com"}
    api.add("POST", f"{WEBITEL}/login", json=pair)
    tokens = f"{WEBITEL}/api/v2/domains/mydomain.com/settings/token"
    api.add("GET", tokens, json={"status": "OK", "info": [{"name": "mydomain.com", "tokens": [entry]}]})
    api.add("POST", f"{WEBITEL}/logout", json={"status": "OK"})
    path = keep(tmp_path / "a.json", "webitel_domain_token", WEBITEL, "mydomain.com", DOMAIN_TOKEN)
    store = {"type": "file", "path": path}
    result = told(WebitelDomainTokens, username="100@mydomain.com", password="p", paths=[path])
    assert result["tokens"] == [
        {
            "fingerprint": UUID,
            "place": f"path {path}",
            "revoke_at": None,
            "role_name": "user",
            "created_by": "100@mydomain.com",
            "issued_at": "2023-11-14T22:13:20Z",
            "expires_at": "2033-05-18T03:33:20Z",
            "enabled": False,
        }
    ]
    assert result["not_listed"] == []
    assert DOMAIN_TOKEN not in str(result)
    failure = told(WebitelDomainTokens, username="100@mydomain.com", password="p", stores=[store])
    assert "store works on the controller only" in failure["msg"]


def test_what_cannot_be_listed_is_a_failure(api):
    api.add("GET", f"{VACD}/v1/admin/token", status=401, json={"generalMessage": "no"})
    result = told(VacdApiTokens, **JOE)
    assert (result["failed"], result["failure"]["code"]) == (True, "credentials_refused")


@pytest.mark.parametrize(
    ("options", "code"),
    [({}, "credentials_missing"), ({"username": "joe", "auth_token": "two words"}, "bad_option")],
)
def test_bad_input_is_named_before_any_request(options, code):
    assert told(VacdApiTokens, **options)["failure"]["code"] == code


def test_the_record_of_another_user_is_an_error(tmp_path):
    path = keep(tmp_path / "a.json", "vacd", VACD, "mary", ALONE)
    assert told(VacdApiTokens, **JOE, paths=[path])["failure"]["code"] == "record_mismatch"


@pytest.mark.parametrize("name", LISTS)
def test_a_module_lists_the_tokens_of_its_vendor(name, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [name])
    module = importlib.import_module(f"ansible_collections.telephony.auth.plugins.modules.{name}")
    with patch_module_args({"api_url": "https://a.example"}), pytest.raises(SystemExit) as exited:
        module.main()
    result = json.loads(capsys.readouterr().out)
    assert exited.value.code == 1
    assert result["failure"]["code"] == "credentials_missing"
    assert result["failure"]["vendor"] == LISTS[name].name
