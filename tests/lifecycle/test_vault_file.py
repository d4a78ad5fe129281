# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only an encrypted file of variables can meet: other variables, comments, passwords with labels, many users in one file."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.telephony.auth.tests.lifecycle import drive
from ansible_collections.telephony.auth.tests.lifecycle.conftest import User
from ansible_collections.telephony.auth.tests.lifecycle.stores import VaultFile

DEVELOPMENT, PRODUCTION = VaultSecret(b"the password of development"), VaultSecret(b"the password of production")
OTHERS = """\
---
# What the operators wrote
first: 1

pbx_password: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  6162
list:
- a
- b  # the second

last: {"in": "line"}
# The end
"""


@pytest.fixture
def shelf(tmp_path, bao) -> VaultFile:
    return VaultFile(tmp_path, bao, drive.VAULT_PASSWORD)


@pytest.fixture
def joe(sim, tmp_path, shelf) -> User:
    return User(sim, "vacd", tmp_path, shelf)


@pytest.fixture
def vault() -> VaultLib:
    return VaultLib([("default", VaultSecret(drive.VAULT_PASSWORD))])


@pytest.fixture
def labels() -> Iterator[VaultLib]:
    """Two passwords with labels."""
    secrets: t.Any = [("dev", DEVELOPMENT), ("prod", PRODUCTION)]
    drive.LOADER.set_vault_secrets(secrets)
    yield VaultLib(secrets)
    drive.LOADER.set_vault_secrets(drive.SECRETS)


def write(shelf: VaultFile, content: bytes, mode: int = 0o600) -> None:
    shelf.path.write_bytes(content)
    shelf.path.chmod(mode)


@pytest.mark.parametrize("place", ["", "pbx_token: {}\n"], ids=["nothing yet", "an older value"])
def test_the_rest_of_the_file_stays_letter_by_letter(joe, shelf, vault, place):
    write(shelf, vault.encrypt(OTHERS, VaultSecret(drive.VAULT_PASSWORD)))
    for options in {}, {"renew": "always"}:
        ran = joe.run(**options)
        assert ran.get("changed"), ran
        text = vault.decrypt(shelf.path.read_bytes()).decode()
        assert text.startswith(OTHERS)
        assert joe.tokens[0] in text
    assert joe.run(state="absent")["changed"]
    assert vault.decrypt(shelf.path.read_bytes()).decode() == OTHERS


def test_a_variable_in_the_middle_is_replaced_in_its_place(joe, shelf, vault):
    assert joe.run()["changed"]
    mine = vault.decrypt(shelf.path.read_bytes()).decode()
    write(shelf, vault.encrypt(f"{OTHERS}{mine}after: [1]\n# very last\n", VaultSecret(drive.VAULT_PASSWORD)))
    assert joe.run(renew="always")["changed"]
    text = vault.decrypt(shelf.path.read_bytes()).decode()
    assert text.startswith(OTHERS)
    assert text.endswith("after: [1]\n# very last\n")
    assert joe.run(state="absent")["changed"]
    assert vault.decrypt(shelf.path.read_bytes()).decode() == f"{OTHERS}after: [1]\n# very last\n"


@pytest.mark.parametrize(
    "content", ["[1, 2]", "just text", "{a: 1, pbx_token: {b: 2}}", "a: [", "a: &x 1\nb: *x\n? c\n: d\n"]
)
def test_what_is_no_block_of_variables_stays(joe, shelf, vault, content):
    encrypted = vault.encrypt(content, VaultSecret(drive.VAULT_PASSWORD))
    write(shelf, encrypted)
    ran = joe.run()
    if ran.get("failed"):
        assert ran["failure"]["code"] == "not_a_record", ran["msg"]
        assert (shelf.path.read_bytes(), joe.tokens) == (encrypted, [])
    else:
        assert vault.decrypt(shelf.path.read_bytes()).decode().startswith(content)


def test_what_is_not_encrypted_stays(joe, shelf):
    write(shelf, b"first: 1\n")
    ran = joe.run()
    assert ran["failure"]["code"] == "not_a_record"
    assert "not encrypted" in ran["msg"]
    assert shelf.path.read_bytes() == b"first: 1\n"


@pytest.mark.parametrize("label", ["dev", "prod"])
def test_the_vault_id_of_the_file_stays(joe, shelf, labels, label):
    secret = {"dev": DEVELOPMENT, "prod": PRODUCTION}[label]
    write(shelf, labels.encrypt("first: 1\n", secret, label))
    assert joe.run()["changed"]
    assert shelf.path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;" + label.encode())
    assert VaultLib([(label, secret)]).decrypt(shelf.path.read_bytes()).startswith(b"first: 1\n")


def test_a_file_without_a_label_keeps_its_password(joe, shelf, labels):
    write(shelf, labels.encrypt("first: 1\n", PRODUCTION))
    assert joe.run()["changed"]
    assert shelf.path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    assert VaultLib([("prod", PRODUCTION)]).decrypt(shelf.path.read_bytes())


def test_a_vault_id_that_the_task_names_is_used(joe, shelf, labels):
    store = {**shelf.option(), "vault_id": "prod"}
    assert joe.run(store=store)["changed"]
    assert VaultLib([("prod", PRODUCTION)]).decrypt(shelf.path.read_bytes())
    ran = joe.run(store={**store, "vault_id": "nobody"}, renew="always")
    assert ran["failure"]["code"] == "no_password", ran["msg"]
    assert len(joe.tokens) == 1


def test_without_a_password_nothing_is_issued(joe, shelf):
    drive.LOADER.set_vault_secrets([])
    try:
        ran = joe.run()
    finally:
        drive.LOADER.set_vault_secrets(drive.SECRETS)
    assert ran["failure"]["code"] == "no_password"
    assert (shelf.path.exists(), joe.tokens) == (False, [])


def test_the_mode_of_the_file_stays(joe, shelf, vault):
    write(shelf, vault.encrypt("first: 1\n", VaultSecret(drive.VAULT_PASSWORD)), 0o640)
    assert joe.run()["failure"]["code"] == "record_exposed"
    assert joe.run(store={**shelf.option(), "mode": "0640"})["changed"]
    assert shelf.path.stat().st_mode & 0o777 == 0o640


def test_many_users_in_one_file_at_once(sim, tmp_path, shelf, vault):
    users = [User(sim, "webitel", tmp_path, shelf) for _number in range(6)]
    stores = [{**shelf.option(), "variable": f"user_{number}"} for number in range(6)]
    for runs in [user.start(store=store) for user, store in zip(users, stores, strict=True)], [
        user.start(store=store, renew="always") for user, store in zip(users, stores, strict=True)
    ]:
        ran = [run.answer() for run in runs]
        assert [each["msg"] for each in ran if each.get("failed")] == []
    held = yaml.safe_load(vault.decrypt(shelf.path.read_bytes()).decode().replace("!unsafe", ""))
    assert sorted(held) == [f"user_{number}" for number in range(6)]
    assert [held[f"user_{number}"]["token"] for number in range(6)] == [user.tokens[0] for user in users]
    for user, store in zip(users, stores, strict=True):
        assert user.run(store=store, state="absent")["changed"]
    assert list(shelf.folder.iterdir()) == []


def test_what_a_vendor_says_is_no_template(joe, shelf, vault):
    """Ansible takes variables in files for templates, unless they are marked."""
    assert joe.run()["changed"]
    text = vault.decrypt(shelf.path.read_bytes()).decode()
    marked = [line for line in text.splitlines() if "{" in line]
    assert marked
    assert all("!unsafe" in line or line.rstrip().endswith("{}") for line in marked)


def test_a_link_is_not_followed(joe, shelf, tmp_path):
    shelf.path.symlink_to(tmp_path / "elsewhere.yml")
    assert "symbolic link" in joe.run()["msg"]
    assert not (tmp_path / "elsewhere.yml").exists()
