# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests/demo/test_examples.py does with the stores in files, with a Vault."""

from __future__ import annotations

import json

from stage import ROOT, Stage

STORE = {"type": "hashi_vault", "path": "migrated/{{ inventory_hostname }}"}
HASHI_VAULT = ["-e", json.dumps({"token_path": None, "token_store": STORE})]


def test_migration(tmp_path, collections, vendors, bao):
    vendors.ask("POST", "reset")
    stage = Stage(tmp_path, collections, vendors)
    stage.env.update(VAULT_ADDR=bao.url, VAULT_TOKEN=bao.token)
    stage.write_inventory()
    tokens = f"@{stage.existing_tokens()}"
    alive = live_tokens(vendors)
    vendors.forget_requests()
    migrate = [str(ROOT / "examples" / "migration.yml"), *HASHI_VAULT, "-e", tokens]
    run = stage.play(*migrate)
    assert run.code == 0, run.output[-3000:]
    assert alive < {record["token"] for record in kept(bao)}  # an API key is among them too
    run = stage.play("telephony.auth.provision", *HASHI_VAULT)
    assert run.code == 0, run.output[-3000:]
    assert not [line for line in run.output.rpartition("PLAY RECAP")[2].splitlines() if "changed=1" in line]
    assert {request["operation"] for request in vendors.requests()} <= {"check", "list"}
    assert live_tokens(vendors) == alive
    printed = "\n".join(stage.printed)
    assert not [text for text in {*vendors.secret_texts(), bao.token} if text in printed]


def live_tokens(vendors):
    """Less the logins that RingCX needs on the way."""
    return {token["token"] for token in vendors.alive() if (token["vendor"], token["kind"]) != ("vacd", "auth")}


def kept(bao):
    """The records in the Vault."""
    secrets = bao.client.secrets.kv.v2
    names = secrets.list_secrets("migrated")["data"]["keys"]
    return [
        secrets.read_secret_version(f"migrated/{name}", raise_on_deleted_version=True)["data"]["data"] for name in names
    ]
