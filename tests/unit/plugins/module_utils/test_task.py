# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import typing as t
from pathlib import Path

import pytest
import responses
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.testing import patch_module_args

from ansible_collections.telephony.auth.plugins.module_utils import _task
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._secrets import fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._store import parse
from ansible_collections.telephony.auth.plugins.module_utils._task import run_module
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._ipcortex import Ipcortex
from ansible_collections.telephony.auth.plugins.module_utils._vendors._kazoo import Kazoo
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel import Webitel
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import documented, jwt, token_of

URL = "https://api.webitel.com"
JWT = jwt(exp=9_999_999_999_000)
SECRETS = ("p&ss w0rd", JWT, "k3y-0f-j03")
USER = {"username": "joe", "password": "p&ss w0rd"}
SHARED = {f"_ansible_{name}" for name in PASS_VARS}
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Ran(t.NamedTuple):
    """What a module printed, and whether it called that a success."""

    result: dict[str, t.Any]
    code: int
    output: str


class RunModule(t.Protocol):
    def __call__(self, vendor: type[BaseVendor] = ..., *, check_mode: bool = False, **options: t.Any) -> Ran: ...


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> RunModule:
    def run_one(vendor: type[BaseVendor] = Webitel, *, check_mode: bool = False, **options: t.Any) -> Ran:
        # ansible-core 2.21 shows the options only when asked to, and older ones do not know that question
        shows = {"_ansible_inject_invocation": True} if "_ansible_inject_invocation" in SHARED else {}
        arguments = {**options, **shows, "_ansible_check_mode": check_mode}
        with patch_module_args(arguments), pytest.raises(SystemExit) as exited:
            run_module(vendor)
        captured = capsys.readouterr()
        assert captured.err == ""
        result = json.loads(captured.out)
        # With this, ansible-core 2.22 lets itself know what to mask. It takes it out of what a module returns.
        result.pop("_ansible_new_secrets", None)
        return Ran(result, t.cast(int, exited.value.code), json.dumps(result))

    return run_one


@pytest.fixture
def vendor() -> t.Iterator[responses.RequestsMock]:
    """A Webitel that lets joe in and knows his token."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        answer = {"token": JWT, "key": "k3y-0f-j03", "expires": 9_999_999_999_000, "role": 1, "roleName": "admin"}
        mock.add("POST", f"{URL}/login", json=answer)
        mock.add("GET", f"{URL}/api/v2/whoami", json={"id": "joe", "roleName": "admin"})
        mock.add("POST", f"{URL}/logout", json={"status": "OK"})
        yield mock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "joe.json"


def asked(vendor: responses.RequestsMock) -> list[str]:
    """What was asked of the vendor since the last time."""
    paths = [str(call.request.path_url) for call in vendor.calls]
    vendor.calls.reset()
    return paths


def no_secret_in(ran: Ran) -> bool:
    return not any(secret in ran.output for secret in SECRETS)


# A token on file


def test_a_token_is_issued_kept_and_revoked(run, vendor, path):
    first = run(**USER, path=str(path))
    assert asked(vendor) == ["/login", "/api/v2/whoami"]
    issued_at = first.result["issued_at"]
    facts = {
        "state": "present",
        "fingerprint": fingerprint(JWT),
        "issued_at": issued_at,
        "expires_at": "2286-11-20T17:46:39Z",
        "api_url": URL,
        "identity": "joe",
    }
    absent = {**dict.fromkeys(facts), "state": "absent", "api_url": URL, "identity": "joe"}
    del first.result["invocation"]
    assert first.result == {
        **facts,
        "changed": True,
        "reason": "no token was known",
        "accepted": True,
        "next_action_at": "2286-11-20T17:41:39Z",
        "retiring": [],
        "details": {"role": "1", "role_name": "admin", "username": "joe"},
        "diff": {"before": absent, "after": facts},
    }
    assert (first.code, no_secret_in(first)) == (0, True)

    second = run(**USER, path=str(path))
    assert asked(vendor) == ["/api/v2/whoami"]
    assert (second.result["changed"], second.result["reason"]) == (False, "the vendor accepts the token")
    assert second.result["diff"] == {"before": facts, "after": facts}
    assert no_secret_in(second)

    last = run(**USER, path=str(path), state="absent")
    assert asked(vendor) == ["/api/v2/whoami", "/logout"]
    assert (last.result["changed"], last.result["revoked"], last.result["reason"]) == (True, True, "1 token revoked")
    assert (last.result["state"], last.result["fingerprint"]) == ("absent", fingerprint(JWT))
    assert last.result["diff"] == {"before": facts, "after": absent}
    assert (no_secret_in(last), path.exists()) == (True, False)

    again = run(**USER, path=str(path), state="absent")
    assert (again.result["changed"], again.result["fingerprint"], asked(vendor)) == (False, None, [])
    assert "revoked" not in again.result


def test_check_mode_tells_what_would_be_and_sends_nothing(run, vendor, path):
    ran = run(**USER, path=str(path), check_mode=True, return_token=True)
    assert (ran.result["changed"], ran.result["fingerprint"], ran.result["identity"]) == (True, None, "joe")
    assert ran.result["diff"]["before"]["state"] == "absent"
    assert ran.result["diff"]["after"]["state"] == "present"
    assert ran.result["diff"]["after"]["fingerprint"] == "of the token to be issued"
    assert not {"token", "headers", "record", "key"} & set(ran.result)
    assert (asked(vendor), os.listdir(path.parent)) == ([], [])


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode_leaves_the_file_alone(run, vendor, path, state):
    run(**USER, path=str(path))
    before, _requests = path.read_bytes(), asked(vendor)
    ran = run(**USER, path=str(path), check_mode=True, state=state, renew="always")
    assert ran.result["changed"]
    assert path.read_bytes() == before
    assert asked(vendor) == ([] if state == "present" else ["/api/v2/whoami"])


def test_verify_false_asks_nothing(run, vendor, path):
    run(**USER, path=str(path))
    asked(vendor)
    assert run(**USER, path=str(path), verify=False).result["reason"] == "the token has not expired"
    assert asked(vendor) == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_attributes_of_the_file_are_corrected(run, vendor, path, check_mode):
    run(**USER, path=str(path))
    ran = run(**USER, path=str(path), mode="0640", check_mode=check_mode)
    assert (ran.result["changed"], ran.result["reason"]) == (
        True,
        "the vendor accepts the token, mode or owner of the file corrected",
    )
    assert path.stat().st_mode & 0o777 == (0o600 if check_mode else 0o640)
    assert run(**USER, path=str(path), mode="0640").result["changed"] is check_mode


# Secrets that are returned


def test_without_a_path_the_secrets_are_returned_and_come_back_as_record(run, vendor):
    ran = run(**USER)
    assert ran.result["token"] == JWT
    assert ran.result["key"] == "k3y-0f-j03"
    assert ran.result["headers"] == {"X-Access-Token": JWT, "X-Key": "k3y-0f-j03"}
    record = ran.result["record"]
    assert (record["schema"], record["vendor"], record["token"]) == (1, "webitel", JWT)
    asked(vendor)
    again = run(**USER, record=record)
    assert (again.result["changed"], again.result["token"]) == (False, JWT)
    assert asked(vendor) == ["/api/v2/whoami"]
    gone = run(**USER, record=record, state="absent")
    assert (gone.result["changed"], gone.result["revoked"]) == (True, True)
    assert no_secret_in(Ran({}, 0, json.dumps(gone.result)))


def test_an_empty_record_is_none_yet(run, vendor):
    ran = run(**USER, record={})
    assert (ran.result["changed"], ran.result["token"]) == (True, JWT)


@pytest.mark.parametrize(
    ("return_token", "with_path", "returned"), [(None, True, False), (True, True, True), (None, False, True)]
)
def test_return_token_decides(run, vendor, path, return_token, with_path, returned):
    options = {"return_token": return_token} if return_token is not None else {}
    ran = run(**USER, **options, **({"path": str(path)} if with_path else {}))
    assert ("token" in ran.result, not no_secret_in(ran)) == (returned, returned)


def test_a_token_that_would_be_lost_is_not_issued(run, vendor):
    ran = run(**USER, return_token=False)
    assert ran.result["msg"] == ("path is not set. Give path. With return_token=false, a new token would be lost.")
    assert asked(vendor) == []
    assert run(**USER, token=JWT, key="k", return_token=False, renew="never").result["changed"] is False


def test_a_returned_secret_survives_though_it_was_an_option(run, vendor):
    """AnsibleModule would turn it, and all text that holds it, into asterisks."""
    ran = run(token="joe", key="e", username="joe")
    assert (ran.result["token"], ran.result["key"]) == ("joe", "e")
    assert (ran.result["identity"], ran.result["headers"]) == ("joe", {"X-Access-Token": "joe", "X-Key": "e"})
    assert ran.result["reason"] == "the vendor accepts the token"


def test_a_known_token_is_put_on_record(run, vendor, path):
    ran = run(path=str(path), token=JWT, key="k3y-0f-j03", username="joe")
    assert (ran.result["changed"], ran.result["reason"]) == (True, "the vendor accepts the token, now on record")
    record = parse(path.read_bytes(), str(path))
    assert token_of(record).secrets == (JWT, "k3y-0f-j03")
    again = run(path=str(path), token=JWT, key="k3y-0f-j03", username="joe")
    assert again.result["changed"] is False


def test_the_result_of_a_key_tells_how_to_embed_it(run):
    with responses.RequestsMock() as mock:
        mock.add("POST", "https://pbx.example/rest/auth/", json={"result": "success", "user": {"login": "joe"}})
        ran = run(Ipcortex, api_url="https://pbx.example", key="k3y")
    assert ran.result["auth"] == {"type": "auth", "key": "k3y"}
    assert (ran.result["changed"], ran.result["details"]) == (False, {"auth_type": "key", "user": {"login": "joe"}})


# What comes from outside

POISON = {
    "ansible_facts": {"ansible_host": "evil.example"}, "add_host": {"host_name": "evil"}, "add_group": "evil",
    "failed": True, "changed": True, "exception": "boom", "deprecations": [{"msg": "x"}], "warnings": ["x"],
    "_ansible_no_log": False, "_ansible_delegated_vars": {}, "invocation": {}, "stdout": "x", "results": [],
}  # fmt: skip
ACCOUNT = "a0c0ffee00000000000000000000ac3e"
DOMAIN_TOKEN = jwt(id="3f2504e0-4f89-41d3-9a0c-0305e82c3301", d="mydomain.com", exp=2_000_000_000_000)
ISSUED: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "vacd": ({"username": "joe", "password": "p"}, {"authToken": "4uth"}),
    "vacd_login": ({"username": "joe", "password": "p"}, {"authToken": "4uth"}),
    "kazoo": ({"username": "joe", "password": "p", "account_name": "acme"}, {"status": "success", "auth_token": JWT}),
    "ringcx_session": (
        {"username": "joe", "rc_access_token": "r1ngc3ntral"},
        {"accessToken": "acc3ss", "refreshToken": "r3fresh", "mainAccountId": "1", "adminId": 2},
    ),
    "kazoo_api_key": (
        {"auth_token": jwt(account_id=ACCOUNT), "username": "joe"},
        {"status": "success", "data": {**POISON, "api_key": 64 * "a"}},
    ),
    "webitel": (USER, {"token": JWT, "key": "k3y-0f-j03", "id": "joe", "status": "OK"}),
    "webitel_domain_token": (
        {"auth_token": DOMAIN_TOKEN, "role": "admin"},
        {
            "status": "OK",
            "id": "x",
            "domain": "mydomain.com",
            "roleName": "admin",
            "info": {"token": DOMAIN_TOKEN, "data": {"uuid": "x"}, "nModified": 1},
        },
    ),
    "ipcortex": (USER, {"result": "success"}),
    "dialer": ({**USER, "check_path": "/me"}, {"token": JWT}),
}


def poisoned(vendor: str) -> dict[str, t.Any]:
    """A reply that would be good but for what else is in it, everywhere."""
    inner = {**POISON, "session": "s3ss10n", "perms": POISON, "login": "joe", "type": POISON}
    places = dict.fromkeys(("user", "data", "details", "reseller"), inner)
    return {**POISON, **places, "accounts": [POISON], "failed": False, **ISSUED[vendor][1]}


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", VENDORS)
def test_every_key_of_a_result_is_documented_whatever_comes_from_outside(run, tmp_path, name, state):
    path = tmp_path / "joe.json"
    options = {"api_url": "https://v.example", **ISSUED[name][0], "path": str(path), "return_token": True}

    def answer(request: t.Any) -> tuple[int, dict[str, str], str]:
        if request.url.endswith("/v1/admin/token"):
            return 200, {}, "t0ken" if request.method == "POST" else json.dumps(["t0ken"])
        if "/settings/token?" in request.url:
            return 200, {}, json.dumps({**POISON, "status": "OK", "info": []})
        return 200, {}, "true" if "/v1/admin/token/" in request.url else json.dumps(poisoned(name))

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "PUT", "POST", "DELETE"):
            mock.add_callback(method, re.compile("https://v.example"), answer)
        first = run(VENDORS[name], **options)
        assert "failed" not in first.result, first.result
        record = json.loads(path.read_bytes())
        assert not set(POISON) & set(record["details"])
        path.write_text(json.dumps({**record, "details": {**record["details"], **POISON}}))
        last = run(VENDORS[name], **options, state=state)
    for ran in (first, last):
        del ran.result["invocation"]
        # What warns is the module itself.
        warnings = ran.result.pop("warnings", [])
        assert not any(warning == "x" for warning in warnings)
        assert set(ran.result) <= documented(name)
        assert ran.result["details"].keys() <= VENDORS[name].details.keys()
    assert last.result["state"] == state


@pytest.mark.parametrize("name", POISON)
def test_a_record_with_a_field_that_none_has_is_refused(run, vendor, path, name):
    run(**USER, path=str(path))
    path.write_text(json.dumps({**json.loads(path.read_bytes()), name: POISON[name]}))
    ran = run(**USER, path=str(path))
    assert ran.result["failure"]["code"] == "not_a_record"


def test_facts_of_a_record_do_not_show_its_token(run, vendor, path):
    run(**USER, path=str(path))
    record = json.loads(path.read_bytes())
    path.write_text(json.dumps({**record, "details": {"domain": f"about {JWT}"}}))
    ran = run(**USER, path=str(path), verify=False)
    assert ran.result["details"] == {"domain": "about ***"}
    assert no_secret_in(ran)


# vacd's count


def test_count_returns_all_tokens(run):
    with responses.RequestsMock() as mock:
        mock.add("GET", "https://portal.vacd.biz/api/v1/admin/token", json=["t-1", "t-2"])
        ran = run(Vacd, auth_token="4uth", count=2)
    assert (ran.result["changed"], ran.result["tokens"], ran.result["token"]) == (False, ["t-1", "t-2"], "t-1")


def test_all_tokens_are_revoked(run):
    url = "https://portal.vacd.biz/api/v1/admin/token"
    with responses.RequestsMock() as mock:
        mock.add("GET", url, json=["t-1", "4uth"])
        for token in ("t-1", "4uth"):
            mock.add("DELETE", f"{url}/{token}", body="true")
        ran = run(Vacd, auth_token="4uth", state="absent", all_tokens=True)
        deleted = [call.request.path_url.split("/")[-1] for call in mock.calls][1:]
    assert (ran.result["changed"], ran.result["reason"], deleted) == (True, "2 tokens revoked", ["t-1", "4uth"])


def test_count_and_a_known_token_contradict_each_other(run, path):
    ran = run(Vacd, auth_token="4uth", username="joe", count=2, path=str(path))
    assert ran.result["msg"] == "count manages tokens that no path, store, record or api_token names. Leave those out."
    assert ran.result["failure"]["code"] == "bad_option"


# Failures


def test_a_failure_is_told_in_fields(run, vendor, path):
    vendor.replace("POST", f"{URL}/login", status=401, json={"status": "error", "info": "secret incorrect: p&ss w0rd"})
    ran = run(**USER, path=str(path))
    assert (ran.code, ran.result["failed"]) == (1, True)
    assert ran.result["msg"] == (
        "The login was refused: unknown user or wrong password. The vendor at https://api.webitel.com says: secret incorrect: ***"
    )
    assert ran.result["failure"] == {
        "vendor": "webitel",
        "operation": "issue",
        "status": 401,
        "code": "credentials_refused",
        "vendor_message": "secret incorrect: ***",
        "maybe_done": False,
    }
    assert (no_secret_in(ran), os.listdir(path.parent), len(asked(vendor))) == (True, [], 1)


def test_a_hash_that_works_as_a_password_is_masked(run):
    hashed = "82a2dc91686ec828a67152d45a5c5ef7"
    with responses.RequestsMock() as mock:
        url = "https://public-api.virtualpbx.com:8443/v2/user_auth"
        mock.add("PUT", url, status=403, json={"message": f"no ({hashed}) {hashed.upper()[:19]} {hashed.upper()}"})
        ran = run(Kazoo, username="john@example.com", password="m32c6NfqYEt", account_name="acme")
    assert ran.result["failure"]["vendor_message"] == f"no (***) {hashed.upper()[:19]} ***"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"vendor": "kazoo"}, "another vendor: kazoo, not webitel"),
        ({"api_url": "https://other.example"}, f"another api_url: https://other.example, not {URL}"),
        ({"identity": "jim"}, "another user: jim, not joe"),
    ],
)
def test_a_record_of_somebody_else_is_never_overwritten(run, vendor, path, change, what):
    run(**USER, path=str(path))
    content = json.dumps({**json.loads(path.read_bytes()), **change})
    path.write_text(content)
    asked(vendor)
    for more in ({}, {"state": "absent"}, {"renew": "always"}):
        ran = run(**USER, path=str(path), **more)
        assert ran.result["msg"].startswith(f"path {path} is the record of {what}. It was left untouched.")
        assert ran.result["failure"]["code"] == "record_mismatch"
    ran = run(**USER, record=json.loads(content))
    assert ran.result["msg"].startswith(f"record is the record of {what}. It was left untouched.")
    assert (path.read_text(), asked(vendor)) == (content, [])


def test_a_record_that_does_not_tell_whose_it_is_serves_nobody_by_name(run, vendor, path):
    run(**USER, path=str(path))
    content = json.dumps({**json.loads(path.read_bytes()), "identity": None})
    path.write_text(content)
    asked(vendor)
    for more in ({}, {"state": "absent"}):
        ran = run(**USER, path=str(path), **more)
        assert ran.result["failure"]["code"] == "record_mismatch"
        assert ran.result["msg"] == (
            f"path {path} does not tell whose token it holds, so it may be another user's than joe. It was left untouched."
            " If it is theirs, write joe into its field identity, else remove it."
        )
    assert (path.read_text(), asked(vendor)) == (content, [])
    # Who names nobody, and could issue nothing, does not claim it
    assert run(path=str(path)).result["changed"] is False


@pytest.mark.parametrize(
    ("vendor_class", "options"),
    [
        (Vacd, {"auth_token": "4uth"}),
        (Kazoo, {"credentials": "82a2dc91686ec828a67152d45a5c5ef7", "account_name": "acme"}),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_credentials_without_a_name_get_no_record(run, tmp_path, vendor_class, options, state):
    """Any such credentials would get the token of whoever was there first."""
    with responses.RequestsMock():
        places: list[dict[str, t.Any]] = [{"path": str(tmp_path / "joe.json")}, {"record": {}}]
        for place in places:
            ran = run(vendor_class, **options, **place, state=state)
            assert ran.result["failure"]["code"] == "identity_unknown"
            variable = f"{vendor_class.name}_username".upper()
            assert ran.result["msg"] == (
                f"Nothing tells whose token the record holds. username is not set. Give username or {variable}."
            )
    with responses.RequestsMock() as mock:
        mock.get("https://portal.vacd.biz/api/v1/admin/token", json=["t-1"])
        assert run(Vacd, auth_token="4uth").result["changed"] is False


def test_the_same_account_by_another_name_is_explained(run, tmp_path):
    record = {
        "schema": 1, "vendor": "kazoo", "api_url": "https://k.example", "identity": "acme/joe", "token": "t", "extra": {},
        "issued_at": None, "expires_at": None, "guessed": False, "details": {}, "retiring": [], "pending": None,
        "unclear": [],
    }  # fmt: skip
    user = {"api_url": "https://k.example", "username": "joe", "password": "p"}
    for options in ({**user, "account_realm": "acme.example"}, {"api_url": "https://k.example", "api_key": "a" * 64}):
        ran = run(Kazoo, **options, record=record)
        assert ran.result["failure"]["code"] == "record_mismatch"
        assert "another user: acme/joe, not " in ran.result["msg"]
        assert "If both are the same" in ran.result["msg"]


def test_two_different_tokens_are_one_too_many(run, vendor, path):
    run(**USER, path=str(path))
    ran = run(path=str(path), token="another", key="k")
    assert ran.result["failure"]["code"] == "record_mismatch"
    assert ran.result["msg"] == (
        f"path {path} holds another token ({fingerprint(JWT)}) than the task names ({fingerprint('another')})."
        " Remove one of the two."
    )
    # With credentials, the token in the task is where it all began; the record knows better
    assert run(path=str(path), token="another", key="k", **USER).result["changed"] is False


def test_a_mistake_of_our_own_quotes_nothing(run, vendor, path, monkeypatch):
    def fail(*_arguments: object) -> t.NoReturn:
        raise KeyError(f"{JWT} p&ss w0rd")

    monkeypatch.setattr(Webitel, "check", fail)
    ran = run(**USER, path=str(path))
    assert ran.code == 1
    assert ran.result["msg"].startswith("A mistake in telephony.auth: KeyError in fail, line ")
    assert ran.result["msg"].endswith(". Please report it.")
    assert ran.result["failure"]["code"] == "internal_error"
    assert (no_secret_in(ran), "Traceback" in ran.output) == (True, False)
    # The store was closed, and the next run tells what this one may have left
    assert sorted(os.listdir(path.parent)) == [f".{path.name}.lock", path.name]
    monkeypatch.undo()
    assert "was interrupted at" in str(run(**USER, path=str(path)).result["warnings"])


def test_warnings_reach_the_operator(run):
    url = "https://public-api.virtualpbx.com:8443/v2"
    with responses.RequestsMock() as mock:
        mock.add("GET", f"{url}/token_auth", json={"status": "success"})
        mock.add("DELETE", f"{url}/token_auth", json={"status": "success"})
        ran = run(Kazoo, auth_token="opaque", state="absent")
    assert (ran.result["changed"], ran.result["revoked"]) == (False, False)
    # Those of earlier tests come first: Ansible gathers them for a process.
    warning = ran.result["warnings"][-1]
    assert f"The token {fingerprint('opaque')} stays valid: Kazoo cannot end a single token" in str(warning)


def test_warnings_come_with_a_failure_too(run, vendor, path, monkeypatch):
    """What was found out on the way is not lost."""
    vendor.replace("GET", f"{URL}/api/v2/whoami", status=500)

    replace_file: t.Callable[[str, str], None] = os.replace
    replaced: list[str] = []

    def fail_later(source: str, target: str) -> None:
        if replaced:
            raise OSError(28, "No space left on device")
        replaced.append(source)
        replace_file(source, target)

    monkeypatch.setattr(os, "replace", fail_later)
    ran = run(**USER, path=str(path))
    assert ran.result["failure"]["code"] == "store_unwritable"
    assert ran.result["msg"].endswith(f"The token just issued ({fingerprint(JWT)}) was revoked again.")
    assert "could not be checked" in str(ran.result["warnings"])
    assert no_secret_in(ran)


def test_requests_may_be_missing(run, monkeypatch):
    monkeypatch.setattr(_task, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    ran = run(**USER)
    assert ran.code == 1
    assert "Failed to import the required Python library (requests)" in ran.result["msg"]


# What the module shows of its own options


def test_options_are_shown_without_secrets(run, vendor, path):
    shown = run(**USER, path=str(path), totp_code="123456").result["invocation"]["module_args"]
    assert shown["username"] == "joe"
    assert shown["path"] == str(path)
    assert (shown["password"], shown["totp_code"], shown["token"]) == (HIDDEN, HIDDEN, None)


@pytest.mark.parametrize("name", ["passwordd", "pasword", "api_tokn", "rekord"])
def test_a_misspelt_option_is_named_but_its_value_is_not_shown(run, name):
    ran = run(**USER, **{name: "t0p s3cret"})
    assert ran.code == 1
    assert name in ran.result["msg"]
    assert "Supported parameters" not in ran.output
    assert "s3cret" not in ran.output
    assert no_secret_in(ran)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"record": "t0p s3cret"}, "record"),
        ({"record": ["t0p s3cret"]}, "record"),
        ({"timeout": "soon", "token": "t0p s3cret", "key": "x"}, "timeout"),
        ({"token": "t0p s3cret"}, "required together: key, token"),
        ({"record": {"token": "s3cret"}}, "record is not a token record"),
        ({"record": {"schema": 1, "token": "s3cret"}}, "record is a damaged token record"),
        ({"token": "t0p s3cret", "key": "x"}, "token must be one line of printable ASCII without spaces"),
        ({"proxy": "joe:s3cret@proxy:3128"}, "proxy must be a URL"),
        ({"api_url": "https://joe:s3cret@api.example"}, "api_url must not contain a user name or password"),
        ({"renew_before": "soon"}, "renew_before is not a duration"),
        ({"path": "/none/joe.json", "mode": "0777"}, "mode must be a quoted octal number"),
        ({"path": "/dev/null/joe.json"}, "/dev/null is not a directory"),
        ({"path": "/none/joe.json", "owner": "no-such-name"}, "owner no-such-name does not exist on this host"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_sent(run, vendor, options, complaint):
    ran = run(**{**USER, **options})
    assert ran.code == 1
    assert complaint in ran.result["msg"]
    assert "s3cret" not in ran.output
    assert "Traceback" not in ran.output
    assert asked(vendor) == []


@pytest.mark.parametrize("name", [vendor.module for vendor in VENDORS.values()])
def test_every_module_is_a_door_to_its_vendor(name, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [name])
    module = importlib.import_module(f"ansible_collections.telephony.auth.plugins.modules.{name}")
    with patch_module_args({"api_url": "https://a.example", "state": "absent"}), pytest.raises(SystemExit) as exited:
        module.main()
    result = json.loads(capsys.readouterr().out)
    assert exited.value.code == 0
    assert (result["changed"], result["reason"], result["api_url"]) == (
        False,
        "no token was known, so none was ended",
        "https://a.example",
    )


def test_what_is_changed_of_a_kept_token_is_in_the_diff(run):
    listed = {"name": "mydomain.com", "tokens": [{"uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "enabled": False}]}
    with responses.RequestsMock() as mock:
        url = "https://v.example/api/v2"
        mock.add("GET", f"{url}/whoami", status=401, json={"status": "error", "info": "Not found token"})
        mock.add("GET", f"{url}/domains/mydomain.com/settings/token", json={"status": "OK", "info": [listed]})
        options = {"auth_token": DOMAIN_TOKEN, "token": DOMAIN_TOKEN, "enabled": True}
        ran = run(VENDORS["webitel_domain_token"], api_url="https://v.example", check_mode=True, **options)
    assert ran.result["reason"] == "the token is disabled, enabled to be true"
    assert ran.result["diff"]["before"] == {**ran.result["diff"]["after"], "enabled": False}
    assert ran.result["diff"]["after"]["enabled"] is True
