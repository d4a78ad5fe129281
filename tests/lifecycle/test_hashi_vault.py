# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only a KV secret can meet: seals, policies, expired tokens, the wrong engine, namespaces, metadata of others."""

from __future__ import annotations

import typing as t

import hvac
import pytest

from ansible_collections.telephony.auth.tests.lifecycle.conftest import User
from ansible_collections.telephony.auth.tests.lifecycle.stores import HashiVault

READ = '{ capabilities = ["read"] }'
FULL = '{ capabilities = ["create", "read", "update"] }'


@pytest.fixture
def shelf(tmp_path, bao) -> HashiVault:
    return HashiVault(tmp_path, bao, b"")


@pytest.fixture
def joe(sim, tmp_path, shelf) -> User:
    return User(sim, "vacd", tmp_path, shelf)


def token_for(bao: t.Any, policy: str, **more: t.Any) -> str:
    """A token of the Vault with this policy alone."""
    bao.client.sys.create_or_update_policy("joe", policy)
    made = bao.client.auth.token.create(policies=["joe"], no_default_policy=True, **more)
    return t.cast(str, made["auth"]["client_token"])


def failing(joe: User, code: str, *words: str, **options: t.Any) -> None:
    """Nothing is issued or ended, and what is said holds no secret of the Vault."""
    before = joe.tokens
    ran = joe.run(**options)
    assert ran.get("failed"), ran
    assert ran["failure"]["code"] == code, ran["msg"]
    for word in words:
        assert word in ran["msg"]
    assert joe.tokens == before


def test_sealed(joe, bao):
    bao.seal()
    try:
        failing(joe, "store_unreachable", "cannot be read")
    finally:
        bao.unseal()
    assert joe.run()["changed"]


def test_down(joe, closed_port):
    connection = {"url": f"http://127.0.0.1:{closed_port}", "token": "the-token-of-the-vault", "retries": 0}
    failing(
        joe, "store_unreachable", "cannot be read", store={"type": "hashi_vault", "path": "x", "connection": connection}
    )


@pytest.mark.parametrize(
    ("policy", "more"),
    [(f'path "other/*" {READ}', {}), (f'path "secret/data/*" {FULL}', {"num_uses": 1})],
    ids=["no right at all", "a token that has expired"],
)
def test_a_token_of_the_vault_that_may_not_read(joe, bao, shelf, policy, more):
    token = token_for(bao, policy, **more)
    hvac.Client(bao.url, token).is_authenticated()
    store = shelf.option()
    store["connection"]["token"] = token
    ran = joe.run(store=store)
    assert ran["failure"]["code"] == "store_unreachable", ran
    assert token not in str(ran)


def test_a_policy_without_write_is_found_out_before_anything_is_issued(joe, bao, shelf):
    store = shelf.option()
    store["connection"]["token"] = token_for(bao, f'path "secret/data/*" {READ}')
    failing(joe, "store_unreachable", "cannot be written", store=store)


def test_a_policy_without_delete_leaves_the_record_and_says_so(joe, bao, shelf):
    assert joe.run()["changed"]
    store = shelf.option()
    store["connection"]["token"] = token_for(bao, f'path "secret/data/*" {FULL}')
    ran = joe.run(state="absent", store=store)
    assert ran["failure"]["code"] == "store_unreachable", ran
    assert "cannot be deleted" in ran["msg"]
    assert joe.record
    # With the right to do so, the next run does the rest
    assert joe.run(state="absent")["changed"]
    assert (joe.record, joe.tokens) == (None, [])


def test_the_least_policy_of_the_documentation_is_enough(joe, bao, shelf):
    store = shelf.option()
    update = '{ capabilities = ["create", "update"] }'
    policy = f'path "secret/data/*" {FULL}\npath "secret/delete/*" {update}\npath "secret/metadata/*" {READ}'
    store["connection"]["token"] = token_for(bao, policy)
    for state, kept in ("present", True), ("absent", False), ("present", True):
        ran = joe.run(state=state, store=store)
        assert not ran.get("failed"), ran["msg"]
        assert bool(joe.record) is kept


def test_the_engine_of_version_1_is_refused(joe, bao, shelf):
    failing(joe, "store_unwritable", "version 2", store={**shelf.option(), "mount": "old"})
    assert bao.client.list("old/") is None


def test_metadata_of_others_and_older_versions_stay(joe, bao, shelf):
    kv = bao.client.secrets.kv.v2
    kv.update_metadata(shelf.path, custom_metadata={"owner": "the team"}, max_versions=7)
    assert joe.run()["changed"]
    assert joe.run(renew="always")["changed"]
    assert joe.run(state="absent")["changed"]
    metadata = kv.read_secret_metadata(shelf.path)["data"]
    assert (metadata["custom_metadata"], metadata["max_versions"]) == ({"owner": "the team"}, 7)


def test_a_namespace(joe, bao, shelf):
    bao.client.write("sys/namespaces/tenant")
    inside = hvac.Client(bao.url, bao.token, namespace="tenant")
    inside.sys.enable_secrets_engine("kv", path="secret", options={"version": "2"})
    store = shelf.option()
    store["connection"]["namespace"] = "tenant"
    assert joe.run(store=store)["changed"]
    kept = inside.secrets.kv.v2.read_secret_version(shelf.path, raise_on_deleted_version=True)["data"]["data"]
    assert [kept["token"]] == joe.tokens
    assert joe.record is None


def test_the_environment_of_the_collection_works(joe, bao, shelf, monkeypatch):
    monkeypatch.setenv("VAULT_ADDR", bao.url)
    monkeypatch.setenv("VAULT_TOKEN", bao.token)
    store = {"type": "hashi_vault", "path": shelf.path}
    assert joe.run(store=store)["changed"]
    assert joe.run(store=store)["changed"] is False


def test_another_way_to_log_in_works(joe, bao, shelf):
    bao.client.sys.create_or_update_policy("joe", f'path "secret/data/*" {FULL}')
    if "userpass/" not in bao.client.sys.list_auth_methods()["data"]:
        bao.client.sys.enable_auth_method("userpass")
    bao.client.auth.userpass.create_or_update_user("ann", "a l0ng password", policies=["joe"])
    connection = {"url": bao.url, "auth_method": "userpass", "username": "ann", "password": "a l0ng password"}
    ran = joe.run(store={"type": "hashi_vault", "path": shelf.path, "connection": connection})
    assert ran["changed"], ran


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ({"type": "hashi_vault"}, "missing required arguments: path"),
        ({"type": "hashi_vault", "path": "/"}, "must name a KV secret"),
        ({"type": "hashi_vault", "path": "x", "connection": {"tokn": "s3cr3t-t0ken"}}, "connection has no option tokn"),
        ({"type": "hashi_vault", "path": "x", "token": "s3cr3t-t0ken"}, "store: Unsupported: token."),
        ({"type": "hashicorp"}, "store needs a type, one of: file, hashi_vault, vault_file."),
        ({}, "store needs a type"),
    ],
)
def test_a_store_that_is_described_wrongly(joe, store, words):
    ran = joe.run(store=store)
    assert ran["failure"]["code"] == "bad_option", ran
    assert words in ran["msg"]
    assert "s3cr3t-t0ken" not in str(ran)


def test_what_somebody_else_keeps_there_stays(joe, bao, shelf):
    bao.client.secrets.kv.v2.create_or_update_secret(shelf.path, {"password": "of another"})
    failing(joe, "not_a_record")
    assert joe.record == {"password": "of another"}
