# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Those who use a token: the lookup and the filter, on records of each store, and the examples that read a Vault by themselves."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.template import Templar
from ansible.utils.display import Display
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from hypothesis import HealthCheck, example, given, settings, strategies as st

from ansible_collections.telephony.auth.plugins.filter.headers import FilterModule
from ansible_collections.telephony.auth.plugins.lookup.token import DOCUMENTATION, SPEC, LookupModule
from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    Attempt,
    Record,
    Retiring,
    Token,
    record_from_json,
)
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils import _masking
from ansible_collections.telephony.auth.tests.lifecycle.conftest import User, hold_issue, struck, wait_until
from ansible_collections.telephony.auth.tests.lifecycle.drive import LOADER
from ansible_collections.telephony.auth.tests.lifecycle.stores import SHELVES, HashiVault

EXAMPLES = Path(__file__).parents[2] / "examples" / "consumers" / "vault"
LONG_AGO, FAR = 1_700_000_000, 4_000_000_000
SECRET, KEY, OLD = "t0ken-{{7*7}}-%41'\"$#", "k3y-of-joe", "the-0ld-one"

Json = dict[str, t.Any]

headers = FilterModule().filters()["headers"]


def look_up(*terms: t.Any, variables: t.Any = None, **options: t.Any) -> list[t.Any]:
    variables = variables or {}
    return LookupModule(loader=LOADER, templar=Templar(LOADER, variables)).run(list(terms), variables, **options)


def make(**more: t.Any) -> Record:
    """A record of Joe at Webitel."""
    token = Token(SECRET, {"key": KEY}, issued_at=LONG_AGO, expires_at=FAR)
    return Record(**{"vendor": "webitel", "api_url": "https://pbx.example", "identity": "joe", "token": token, **more})


def write(path: Path, record: Record) -> Path:
    path.touch(0o600)
    path.write_text(json.dumps(record.as_json()), encoding="utf-8")
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., Path]:
    """The file of a record."""
    return lambda **more: write(tmp_path / "joe.json", make(**more))


def snapshot(folder: Path) -> Json:
    return {str(path): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.fixture(params=list(SHELVES))
def joe(request, sim, tmp_path, bao) -> User:
    """An API user with a token, in each store."""
    user = User(sim, "webitel", tmp_path, SHELVES[request.param](tmp_path, bao, b"the password of Ansible Vault"))
    assert user.run()["changed"]
    return user


def test_each_store_gives_token_headers_and_record_and_is_left_as_it_is(joe, tmp_path):
    record, before = joe.record, snapshot(tmp_path)
    store = joe.shelf.option()
    assert look_up(store=store) == [record["token"]]
    assert look_up(store=store, what="headers") == [record["headers"]]
    assert look_up(store=store, what="record") == [record]
    assert headers(record) == record["headers"]
    assert (joe.record, snapshot(tmp_path)) == (record, before)


def test_a_run_at_work_is_not_waited_for(joe):
    (old,) = joe.tokens
    hold_issue(joe)
    run = joe.start(renew="always")
    wait_until(lambda: struck(joe.sim))
    assert look_up(store=joe.shelf.option()) == [old]
    joe.sim.control("POST", "release")
    assert run.answer()["changed"]
    assert look_up(store=joe.shelf.option()) == joe.tokens != [old]


def test_who_may_not_write_may_read(kept, monkeypatch):
    path = kept()
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    assert look_up(path=str(path)) == [SECRET]


def test_a_relative_path_starts_in_the_directory_of_the_playbook(kept, monkeypatch):
    monkeypatch.setattr(LOADER, "get_basedir", lambda: str(kept().parent))
    assert look_up(path="joe.json") == look_up(store={"type": "file", "path": "joe.json"}) == [SECRET]


@pytest.mark.parametrize(
    ("more", "given", "message"),
    [
        ({"token": Token(SECRET, {"key": KEY}, expires_at=LONG_AGO)}, SECRET, f"has expired, at {iso(LONG_AGO)}. Run "),
        ({"token": None, "pending": Attempt(LONG_AGO)}, None, "There is no token in path "),
        ({"token": None, "retiring": (Retiring(Token(OLD), FAR),)}, None, "are being ended. Run "),
    ],
    ids=["expired", "not made yet", "being ended"],
)
def test_a_token_that_is_not_to_be_used_is_a_failure_or_a_warning_or_nothing(kept, monkeypatch, more, given, message):
    path, warned = str(kept(**more)), []
    monkeypatch.setattr(Display, "warning", lambda _display, text: warned.append(text))
    with pytest.raises(AnsibleError) as raised:
        look_up(path=path)
    assert message in str(raised.value)
    assert look_up(path=path, expired="ignore") == [given]
    assert look_up(path=path, expired="ignore", what="headers") == [given and {"X-Access-Token": given, "X-Key": KEY}]
    assert look_up(path=path, expired="ignore", what="record")[0]["vendor"] == "webitel"
    assert not warned
    assert look_up(path=path, expired="warn") == [given]
    assert (len(warned), message in warned[0]) == (1, True)
    assert not [secret for secret in (SECRET, KEY, OLD) if secret in warned[0] + str(raised.value)]


@pytest.mark.parametrize("what", ["token", "headers", "record"])
def test_where_nothing_is_kept_there_is_nothing(tmp_path, what):
    path = str(tmp_path / "none" / "joe.json")
    with pytest.raises(
        AnsibleError, match=r"There is no token: path .* does not exist\. Run telephony\.auth\.provision"
    ):
        look_up(path=path, what=what)
    assert look_up(path=path, what=what, expired="ignore") == [None]
    assert not list(tmp_path.iterdir())


def test_the_replaced_token_is_never_given(kept):
    path = str(kept(retiring=(Retiring(Token(OLD), FAR),)))
    assert look_up(path=path) == [SECRET]
    assert OLD not in str(look_up(path=path, what="headers"))


@pytest.fixture
def inventory(tmp_path: Path) -> Json:
    """The variables of a play for acme-mary, which can look at other hosts."""
    folder = tmp_path / "records"
    folder.mkdir()
    for name in ("acme-john", "acme-mary"):
        write(folder / f"{name}.json", make(token=Token(f"t0ken-of-{name}", {"key": KEY})))
    by_store = {"token_path": None, "token_store": {"type": "file", "path": f"{folder}/acme-john.json"}}
    readable = {"token_mode": "0640", "token_path": str(write(folder / "readable.json", make()))}
    (folder / "readable.json").chmod(0o640)
    hosts = {
        "acme-john": {},
        "acme-mary": {},
        "by-store": by_store,
        "omitted": {**by_store, "token_path": "{{ omit }}"},
        "readable": readable,
        "leaver": {"token_state": "absent", "token_path": f"{folder}/acme-john.json"},
        "nothing": {"token_path": None},
        "both": {"token_store": by_store["token_store"]},
        "undefined": {"token_path": "{{ nowhere }}.json"},
    }
    source = tmp_path / "hosts.yml"
    named = {"records": str(folder), "token_path": "{{ records }}/{{ inventory_hostname }}.json"}
    source.write_text(yaml.safe_dump({"all": {"vars": named, "hosts": hosts}}), encoding="utf-8")
    sources = InventoryManager(LOADER, [str(source)])
    manager = VariableManager(LOADER, sources)
    HostVars(sources, manager, LOADER)
    return manager.get_vars(host=sources.get_host("acme-mary"))


def test_a_host_of_the_inventory_says_where_its_token_is(inventory):
    assert look_up("acme-john", variables=inventory) == ["t0ken-of-acme-john"]
    assert look_up("by-store", "omitted", variables=inventory) == ["t0ken-of-acme-john"] * 2
    assert look_up("readable", variables=inventory) == [SECRET]


def test_without_a_name_it_is_the_host_of_the_play(inventory):
    assert look_up(variables=inventory) == look_up("acme-mary", variables=inventory) == ["t0ken-of-acme-mary"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("leaver", "is being ended: its host has token_state: absent"),
        ("nothing", "token_path of nothing is not set. Give token_path or token_store, to say where the token is."),
        ("both", "token_path and token_store of both are both set. Give one of them."),
        ("undefined", "token_path of undefined cannot be used: 'nowhere' is undefined"),
        ("stranger", "The inventory has no host stranger. For a file, write path=,"),
        (7, "The inventory has no host 7"),
    ],
)
def test_a_host_that_does_not_say_it_is_an_error(inventory, name, message):
    with pytest.raises(AnsibleError) as raised:
        look_up(name, variables=inventory)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("terms", "options", "message"),
    [
        (["joe"], {"path": "joe.json"}, "Give names of hosts, path or store, but only one of them."),
        ([], {}, "Name hosts of the inventory, or give path or store."),
        ([], {"path": "a", "store": {"type": "file", "path": "b"}}, "mutually exclusive: path|store"),
        ([], {"path": ""}, "path is empty"),
        ([], {"path": "a", "expird": "warn"}, "Unsupported: expird (did you mean expired?)."),
        ([], {"path": "a", "what": SECRET}, "value of what must be one of: token, headers, record"),
        ([], {"store": {"type": "postcard"}}, "store needs a type, one of: "),
        ([], {"store": {"type": "file"}}, "store: missing required arguments: path"),
        ([], {"store": SECRET}, "'store' is of type str"),
    ],
)
def test_bad_options_are_told_without_their_values(terms, options, message):
    with pytest.raises(AnsibleError) as raised:
        look_up(*terms, **options)
    assert message in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("content", ["", "{}", f'{{"schema": 1, "token": "{KEY}"}}', '{"schema": 2}', f'"{KEY}"'])
def test_what_is_no_record_is_an_error_whatever_expired_says(tmp_path, content):
    path = tmp_path / "joe.json"
    path.touch(0o600)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(AnsibleError) as raised:
        look_up(path=str(path), expired="ignore")
    assert KEY not in str(raised.value)


def test_a_file_that_others_can_read_is_refused_unless_the_store_says_so(kept):
    path = kept()
    path.chmod(0o640)
    with pytest.raises(AnsibleError, match="may be read or written by other users"):
        look_up(path=str(path))
    assert look_up(store={"type": "file", "path": str(path), "mode": "0640"}) == [SECRET]


def test_a_vendor_of_a_later_version_is_told(kept):
    with pytest.raises(AnsibleError, match=r"a vendor that this version of .* does not know"):
        look_up(path=str(kept(vendor="postcard")))


def test_ansible_is_told_of_every_secret(kept, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(_masking, "register_secrets", told.extend)
    look_up(path=str(kept(retiring=(Retiring(Token(OLD), FAR),))))
    assert set(told) == {SECRET, KEY, OLD}
    told.clear()
    headers(make().as_json())
    assert set(told) == {SECRET, KEY}


def test_options_are_documented():
    documented = yaml.safe_load(DOCUMENTATION)["options"]
    assert {name for name in documented if name != "_terms"} == set(SPEC.argument_spec)
    for name, attributes in SPEC.argument_spec.items():
        for key in ("type", "choices", "default"):
            assert documented[name].get(key) == attributes.get(key), name


header_safe = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)


# The key of a Kazoo account logs in, and goes into no header
IN_HEADERS = sorted(set(VENDORS) - {"kazoo_api_key"})


@given(vendor=st.sampled_from(IN_HEADERS), value=header_safe, key=header_safe)
@example("webitel", "{{7*7}}", "{%raw%}")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_token_comes_out_as_it_is(kept, vendor, value, key):
    record = make(vendor=vendor, token=Token(value, {"key": key}))
    path = str(write(kept(), record))
    assert look_up(path=path) == [value]
    (found,) = look_up(path=path, what="headers")
    assert found == headers(record.as_json()) == headers({"record": record.as_json(), "changed": True})
    assert any(value in text for text in found.values())
    (document,) = look_up(path=path, what="record")
    assert record_from_json(document, "here") == record
    assert json.loads(document["headers_json"]) == found


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "takes the result of a module"),
        (None, "takes the result of a module"),
        ({}, "There is no token"),
        ({"changed": True, "fingerprint": "0123456789ab"}, "with the lookup telephony.auth.token, or give the task"),
        ({"failed": True, "msg": "The login was refused."}, "There is no token"),
        ({"record": {}}, "There is no token"),
        (make(vendor="kazoo_api_key").as_json(), "goes into no header"),
        ({"record": SECRET}, "is not a token record"),
        (make(token=None).as_json(), "There is no token"),
        ({**make().as_json(), "token": "two words"}, "is a damaged token record"),
        ({**make().as_json(), "extra": {}}, "lacks the key"),
    ],
)
def test_the_filter_says_what_is_missing(value, message):
    with pytest.raises(AnsibleError) as raised:
        headers(value)
    assert message in str(raised.value)
    assert not [secret for secret in (SECRET, KEY) if secret in str(raised.value)]


class Consumer:
    """A program that may read one KV secret, by the policy of the examples."""

    def __init__(self, bao: t.Any, shelf: HashiVault, folder: Path) -> None:
        self.bao, self.shelf, self.folder = bao, shelf, folder
        if "approle/" not in bao.client.sys.list_auth_methods():
            bao.client.sys.enable_auth_method("approle")
        bao.client.sys.create_or_update_policy("reports", self.example("policy.hcl"))
        login = bao.client.auth.approle
        login.create_or_update_approle("reports", token_policies=["reports"], token_no_default_policy=True)
        self.ids = {
            "role_id": login.read_role_id("reports")["data"]["role_id"],
            "secret_id": login.generate_secret_id("reports")["data"]["secret_id"],
        }
        for name, value in self.ids.items():
            (folder / name).write_text(value, encoding="utf-8")

    def example(self, name: str) -> str:
        """The text of an example, with the addresses of the test."""
        text = (EXAMPLES / name).read_text(encoding="utf-8").replace("telephony/acme-john", self.shelf.path)
        text = text.replace("https://vault.example.com:8200", self.bao.url)
        for folder in ("/etc/reports", "/run/reports"):
            text = text.replace(folder, str(self.folder))
        return text.replace('"systemctl", "try-restart", "reports.service"', f'"touch", "{self.folder}/restarted"')


@pytest.fixture
def consumer(sim, tmp_path, bao) -> Consumer:
    shelf = HashiVault(tmp_path, bao, b"")
    assert User(sim, "kazoo", tmp_path, shelf).run()["changed"]
    return Consumer(bao, shelf, tmp_path)


def test_the_agent_of_a_vault_writes_the_token_for_a_service(consumer, tmp_path):
    config = tmp_path / "agent.hcl"
    config.write_text(consumer.example("agent.hcl"), encoding="utf-8")
    command = ["bao", "agent", f"-config={config}", "-exit-after-auth"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
    record = consumer.shelf.read()
    assert record
    written = tmp_path / "reports.env"
    assert written.read_text(encoding="utf-8").split() == [
        f"KAZOO_URL='{record['api_url']}'",
        f"KAZOO_TOKEN='{record['token']}'",
    ]
    assert written.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "restarted").exists()
    assert record["token"] not in done.stdout + done.stderr


def test_external_secrets_find_what_they_copy(consumer):
    manifest = yaml.safe_load(consumer.example("external-secret.yml"))
    assert (manifest["apiVersion"], manifest["kind"]) == ("external-secrets.io/v1", "ExternalSecret")
    record = consumer.shelf.read()
    assert record
    copied = {}
    for each in manifest["spec"]["data"]:
        assert each["remoteRef"]["key"] == consumer.shelf.path
        copied[each["secretKey"]] = record[each["remoteRef"]["property"]]
    assert copied["token"] == record["token"]
    assert json.loads(copied["headers.json"]) == record["headers"]


def test_who_may_only_read_the_secret_can_look_it_up(consumer):
    connection = {"url": consumer.bao.url, "auth_method": "approle", **consumer.ids}
    store = {**consumer.shelf.option(), "connection": connection}
    record = consumer.shelf.read()
    assert look_up(store=store, what="record") == [record]
    with pytest.raises(AnsibleError, match="cannot be read"):
        look_up(store={**store, "path": "telephony/somebody-else"})
