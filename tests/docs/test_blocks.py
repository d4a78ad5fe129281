# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every block of YAML in a document is what modules, roles and inventories take. Whether commands run, tests/demo says."""

from __future__ import annotations

import re

import pytest

from ansible_collections.telephony.auth.tests.docs.blocks import ROOT, blocks, documents, problems

BLOCKS = [block for document in documents() for block in blocks(document)]
TASK = "- name: Make sure\n  telephony.auth.kazoo_user_auth:\n    account_name: Acme\n    {}\n"
HOST = "kazoo:\n  hosts:\n    acme-john:\n      {}\n"
ROLE = "- ansible.builtin.include_role:\n    name: telephony.auth.{}\n  vars:\n    {}\n"


@pytest.mark.parametrize("block", [text for _where, text in BLOCKS], ids=[where for where, _text in BLOCKS])
def test_a_block_is_what_it_is_for(block):
    assert problems(block) == []


@pytest.mark.parametrize("document", documents())
def test_no_block_is_overlooked(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    assert len(re.findall(r"(?:```|code-block:: )ya?ml", text)) == len(blocks(document))


@pytest.mark.parametrize(
    "block",
    [
        TASK.format("username: john"),
        TASK.format('timeout: "{{ patience }}"'),
        TASK.format("store:\n      type: hashi_vault\n      path: telephony/john"),
        HOST.format("token_username: john"),
        "- telephony.auth.token:\n    options:\n      renew: always\n",
        ROLE.format("token", "token_grace: 1h"),
        ROLE.format("report", 'report_fail_on: "{{ what }}"'),
        "token_serial: 10%\nansible_python_interpreter: python3\nvault_it: 1\n",
        "all:\n  children:\n    kazoo:\n    tenant:\n      hosts:\n        john:\n          token_vendor: kazoo\n",
        "- hosts: kazoo\n  module_defaults:\n    group/telephony.auth.all:\n      timeout: 5\n  tasks: []\n",
    ],
)
def test_what_is_right_passes(block):
    assert problems(block) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (TASK.format("usrname: john"), "kazoo_user_auth: usrname. Supported parameters include: "),
        (TASK.format("timeout: soon"), "unable to convert to int"),
        (TASK.format("state: gone"), "must be one of"),
        (TASK.format("path: a\n    record: {}"), "mutually exclusive"),
        (TASK.format("store:\n      type: hashi_vualt"), "There is no store of the type hashi_vualt"),
        (
            TASK.format("store:\n      type: hashi_vault\n      paht: a\n      path: a"),
            "store hashi_vault: paht. Supported",
        ),
        (TASK.format("path: a") + "  regster: john\n", "Which one is the module"),
        ("- telephony.auth.vacd_user:\n    username: a\n", "missing required arguments: name"),
        ("- telephony.auth.kazoo_auth:\n", "There is no telephony.auth.kazoo_auth"),
        ("- telephony.auth.token:\n    vendor: kazo\n", "There is no vendor kazo"),
        ("- telephony.auth.token:\n    options:\n      renw: always\n", "token: renw. Supported"),
        ("- telephony.auth.summary:\n    verbose: true\n", "summary has no option verbose"),
        ("- ansible.builtin.urii:\n    url: a\n", "There is no ansible.builtin.urii"),
        ("- ansible.builtin.uri:\n    ulr: a\n", "ansible.builtin.uri has no option ulr"),
        ("- acme.phones.token:\n    url: a\n", "Nobody knows the module acme.phones.token"),
        ("- block:\n    - telephony.auth.token_infos:\n", "There is no telephony.auth.token_infos"),
        ("- block:\n    - telephony.auth.token:\n        option: {}\n", "token has no option option"),
        ("- debug: \"{{ lookup('telephony.auth.tokens') }}\"\n", "There is no telephony.auth.tokens"),
        ("- import_playbook: telephony.auth.provsion\n", "There is no telephony.auth.provsion"),
        ("- hosts: all\n  gather_fact: false\n", "A play has no gather_fact"),
        ("- hosts: all\n  vars:\n    token_pth: a\n", "Nobody knows the variable token_pth"),
        (
            "- hosts: all\n  module_defaults:\n    group/telephony.auth.all:\n      timout: 5\n",
            "No module has an option timout",
        ),
        (ROLE.format("tokens", "token_grace: 1h"), "There is no telephony.auth.tokens"),
        (ROLE.format("token", "token_grce: 1h"), "Nobody knows the variable token_grce"),
        (ROLE.format("user", "admin_pasword: a"), "Nobody knows the variable admin_pasword"),
        (ROLE.format("report", "report_fail_on: [sometimes]"), "must be one or more of"),
        (HOST.format("token_usrname: john"), "Nobody knows the variable token_usrname"),
        (HOST.format("tokn_username: john"), "Nobody knows the variable tokn_username"),
        (HOST.format("user_mail: john"), "Nobody knows the variable user_mail"),
        (HOST.format("token_timeout: soon"), "unable to convert to int"),
        (HOST.replace("kazoo", "kazo").format("token_username: john"), "not in one group of a vendor, but in kazo"),
        ("kazo:\n  vars:\n    token_path: a\n", "kazo is no vendor's group"),
        ("token_sereal: 5\n", "Nobody knows the variable token_sereal"),
        ("report_htlm: a.html\n", "Nobody knows the variable report_htlm"),
        ("awx_projct: a\n", "Nobody knows the variable awx_projct"),
        ("telephony.auth.token:\n  vendor: kazoo\n", "Nobody knows the variable telephony.auth.token"),
    ],
)
def test_a_mistake_is_found(block, problem):
    assert problem in "\n".join(problems(block))
