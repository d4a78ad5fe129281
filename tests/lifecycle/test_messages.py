# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator is told of a mistake in the variables of a host."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import EncryptedString
from ansible.template import trust_as_template

from ansible_collections.telephony.auth.plugins.action.token import ActionModule as TokenAction
from ansible_collections.telephony.auth.plugins.action.token_info import ActionModule as TokenInfoAction
from ansible_collections.telephony.auth.plugins.action.user import ActionModule as UserAction
from ansible_collections.telephony.auth.plugins.module_utils import _options
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.plugin_utils._from_variables import USERS_OF
from ansible_collections.telephony.auth.tests.lifecycle.drive import act

Json = dict[str, t.Any]

URL = "http://127.0.0.1:9/api"
SECRET = "s3cret-in-the-wr0ng-place"
NEEDED = {"webitel_domain_token": ["username", "password"], "ringcx_session": ["rc_access_token"]}


def variables(vendor: str, **more: t.Any) -> Json:
    given = {"token_api_url": URL, "token_path": "/nonexistent/one.json", **more}
    return {"inventory_hostname": "one", "group_names": [vendor], **given}


def message(action: t.Any, host: Json, **options: t.Any) -> str:
    result = act(action, host, **options)
    assert result.get("failed") or result["problem"]
    assert SECRET not in str(result)
    return result["msg"]


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch):
    for vendor in VENDORS.values():
        for attributes in vendor.spec().argument_spec.values():
            for variable in attributes.get("fallback", (None, []))[1]:
                monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("action", [TokenAction, TokenInfoAction])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_missing_credential_is_told_with_all_places_that_it_can_come_from(vendor, action):
    prefix = vendor.split("_")[0].upper()
    told = " ".join(
        f"{name} is not set. Give {name}, {prefix}_{name.upper()} or token_{name}."
        for name in NEEDED.get(vendor, ["username", "password"])
    )
    assert message(action, variables(vendor)).startswith(f"A new token is needed (no token was known). {told}")


@pytest.mark.parametrize("vendor", USERS_OF)
def test_that_of_the_administrator_too(vendor):
    host = variables(vendor, admin_username="joe", user_name="new@example.com")
    del host["token_path"]
    wanted = f"password is not set. Give password, {vendor.upper()}_PASSWORD or admin_password."
    assert message(UserAction, host) == wanted


def test_one_that_the_environment_cannot_give_is_told_without_it():
    host = variables("webitel_domain_token", token_auth_token="t", token_domain="example.com")
    assert message(TokenAction, host).endswith(" role is not set. Give role or token_role.")


@pytest.mark.parametrize("vendor", ["dialer", "ipcortex"])
def test_a_missing_address_is_told_in_the_same_way(vendor):
    host = variables(vendor, token_api_url=None)
    name = f"{vendor.upper()}_API_URL"
    assert message(TokenAction, host).endswith(f"api_url is not set. Give api_url, {name} or token_api_url.")


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ({"token_state": SECRET}, "token_state of one: value of state must be one of: present, absent"),
        ({"token_timeout": SECRET}, "token_timeout of one: argument 'timeout' is of type str and we were unable"),
        ({"token_timeout": 0}, "token_timeout of one: timeout must be at least 1, not 0."),
        ({"token_max_age": SECRET}, "token_max_age of one: max_age is not a duration."),
        ({"token_store": {"type": SECRET}, "token_path": None}, "token_store of one: store needs a type, one of: "),
        (
            {"token_store": {"type": "file", "path": "x", "mode": ["x"], "tokn": SECRET}, "token_path": None},
            "token_store of one: store: Unsupported: tokn.",
        ),
        (
            {"token_password": SECRET, "token_credentials": SECRET},
            "token_password and token_credentials of one: parameters are mutually exclusive: password|credentials",
        ),
        ({"token_vendor": SECRET}, "The vendor of one must be one of vacd, "),
        ({"token_max_aeg": SECRET}, "the variable token_max_aeg (did you mean token_max_age?) of one."),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_variable_and_its_host(mistake, told):
    text = message(TokenAction, variables("kazoo", token_username="joe", **mistake))
    assert told in text
    assert len(text) < 250


def test_an_option_of_the_task_is_no_mistake_in_the_inventory():
    host = variables("kazoo", token_state="present")
    assert message(TokenAction, host, state="gone") == "value of state must be one of: present, absent"


def test_an_option_that_nobody_knows_is_told_without_all_the_others():
    assert message(TokenAction, variables("kazoo"), pasword=SECRET).endswith("pasword (did you mean password?).")


NOWHERE = [
    trust_as_template("{{ passwords[inventory_hostname] }}"),
    trust_as_template("{{ passwords.two[inventory_hostname] }}"),
    trust_as_template("{{ nowhere }}"),
    EncryptedString(ciphertext="$ANSIBLE_VAULT;1.1;AES256\n33363965326261303234"),
]


@pytest.mark.parametrize(
    "value", NOWHERE, ids=["no entry", "no entry further down", "no variable", "no vault password"]
)
@pytest.mark.parametrize(
    ("action", "name"),
    [(TokenAction, "token_password"), (TokenInfoAction, "token_password"), (UserAction, "admin_password")],
)
def test_what_is_undefined_or_cannot_be_decrypted_is_told_with_its_variable_and_its_host(action, name, value):
    host = variables("kazoo", passwords={"two": {"key": SECRET}}, **{name: value})
    assert message(action, host).startswith(f"The variable {name} of one cannot be used: ")


@pytest.mark.parametrize("value", NOWHERE)
def test_inside_of_a_dictionary_too(value):
    store = {"type": "hashi_vault", "path": "x", "connection": {"token": value}}
    host = variables("kazoo", passwords={"two": {"key": SECRET}}, token_path=None, token_store=store)
    assert message(TokenAction, host).startswith("The variable token_store of one cannot be used: ")


def test_a_token_that_the_playbooks_would_lose_is_told_alike_for_all_hosts():
    """Ansible shows once what is the same for many."""
    hosts = [{**variables("kazoo"), "inventory_hostname": name} for name in ("one", "two")]
    for host in hosts:
        del host["token_path"]
    (told,) = {message(TokenAction, host, return_token=False) for host in hosts}
    assert told == "path is not set. Give path or token_path. With return_token=false, a new token would be lost."


@pytest.mark.parametrize("playbook", ["provision", "rotate", "onboard"])
def test_the_playbooks_ask_for_no_token_that_they_would_lose(playbook):
    path = Path(_options.__file__).parents[2] / "playbooks" / f"{playbook}.yml"
    (play,) = yaml.safe_load(path.read_text(encoding="utf-8"))
    (task,) = (each for each in play["tasks"][0]["block"] if "telephony.auth.token" in each)
    assert task["telephony.auth.token"]["options"]["return_token"] is False


@pytest.mark.parametrize("vendor", ["vacd", "vacd_login", "kazoo", "webitel", "ipcortex", "dialer"])
def test_a_refused_login_names_the_address_that_was_asked(sim, tmp_path, vendor):
    url = sim.api[vendor.split("_")[0]]
    options = {"token_username": "nobody@example.com", "token_password": "wr0ng-passw0rd"}
    account = {"token_account_name": "Acme Telephony, Inc."} if vendor == "kazoo" else {}
    result = act(
        TokenAction,
        variables(vendor, **options, **account, token_api_url=url, token_path=str(tmp_path / "one.json")),
    )
    assert result["failure"]["code"] == "credentials_refused"
    assert f" The vendor at {url} " in result["msg"]
