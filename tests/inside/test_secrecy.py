# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a result is shown: never a secret, all of a result that holds none, and register has everything."""

from __future__ import annotations

import pytest
from ansible.release import __version__
from search import Search

# Since then, Ansible can mask the values alone.
MASKS = [int(part) for part in __version__.split(".")[:2]] >= [2, 22]
NAMES = ["john@example.com", "Mary@Example.com", "special@example.com"]


def tasks(lab):
    options = lab.login()
    named = lab.kazoo(username="{{ item }}", password="{{ passwords[item] }}")
    loop = {"loop": NAMES, "loop_control": {"label": "{{ item }}"}}

    earlier = "looped.results[number]"
    again = lab.kazoo(auth_token=f"{{{{ {earlier}.token }}}}", username=f"{{{{ {earlier}.item }}}}", password="wrong")
    static = {"api_url": "{{ dialer.api_url }}", "token": "{{ dialer.token }}", "check_path": "/account.json"}

    def check(*that):
        return {"ansible.builtin.assert": {"that": list(that), "quiet": True}}

    return [
        {"name": "Returned", **lab.kazoo(), "register": "one"},
        check("one.token | length > 100", "one.record.token == one.token", "one.headers['X-Auth-Token'] == one.token"),
        {"name": "Given", **lab.kazoo(auth_token="{{ one.token }}"), "register": "two"},
        check("two is not changed", "two.token == one.token", "two.headers == one.headers"),
        {"name": "Given as a record", **lab.kazoo(record="{{ one.record }}"), "register": "three"},
        check("three is not changed", "three.token == one.token", "three.record.token == one.token"),
        {"name": "Loop", **named, **loop, "register": "looped"},
        check("looped.results | map(attribute='token') | unique | length == 3", "looped.results[1].record.token in looped.results[1].headers.values()"),
        {"name": "Loop of given ones", **again,
         "loop": [0, 1], "loop_control": {"loop_var": "number"}, "register": "again"},
        check("again.results | map(attribute='token') | list == looped.results[:2] | map(attribute='token') | list"),
        {"name": "Until", **lab.kazoo(), "until": "tried.attempts > 1", "retries": 2, "delay": 0, "register": "tried"},
        check("tried.attempts == 2", "tried.token is string"),
        {"name": "Block", "block": [
            {"name": "Returned in a block", **lab.kazoo(), "register": "in_block"},
            {"name": "Refused in a block", **lab.kazoo(password="not-the-password"), "register": "refused"},
        ], "rescue": [
            check("in_block.token is string", "ansible_failed_result.failure.code == 'credentials_refused'", "ansible_failed_result.msg == refused.msg"),
            {"name": "Returned by rescue", **lab.kazoo(), "register": "rescued"},
            check("rescued.token is string"),
        ]},
        {"name": "Partly", **named, "loop": [*NAMES, "off@example.com"], "register": "partly", "ignore_errors": True},
        check("partly is failed", "partly.results[0].token is string", "partly.results[3].failure.code == 'credentials_refused'"),
        {"name": "On file", **lab.kazoo(path=str(lab.folder / "record.json"))},
        {"name": "On file and returned", **lab.kazoo(path=str(lab.folder / "record.json"), return_token=True), "register": "filed"},
        check("filed.record.token == filed.token"),
        {"name": "Predicted", **lab.kazoo(), "check_mode": True},
        {"name": "Misspelt", "telephony.auth.kazoo_user_auth": {**options, "passwordd": options["password"]}, "ignore_errors": True},
        {"name": "Ended", **lab.kazoo(path=str(lab.folder / "record.json"), state="absent", revoke="user")},
        {"name": "RingCX", "telephony.auth.vacd_api_token": lab.login("vacd", "api.one@example.com", count=2), "register": "vacd"},
        check("vacd.tokens | length == 2"),
        {"name": "Webitel", "telephony.auth.webitel_login": lab.login("webitel", "201@mydomain.com"), "register": "webitel"},
        check("webitel.key is string"),
        {"name": "IPCortex", "telephony.auth.ipcortex_token": lab.login("ipcortex", "agent"), "register": "ipcortex"},
        check("ipcortex.auth is mapping"),
        {"name": "dialer.rocks", "telephony.auth.dialer_session": lab.login("dialer", "user@example.com"), "register": "dialer"},
        {"name": "dialer.rocks, a token and nothing else",
         "telephony.auth.dialer_session": static, "register": "static"},
        check("static.token == dialer.token", "static.headers == dialer.headers"),
    ]  # fmt: skip


HIDDEN = [
    "Returned",
    "Given",
    "Given as a record",
    "Loop",
    "Loop of given ones",
    "Until",
    "Returned in a block",
    "Returned by rescue",
    "On file and returned",
    "RingCX",
    "Webitel",
    "IPCortex",
    "dialer.rocks",
    "dialer.rocks, a token and nothing else",
]
SHOWN = ["Refused in a block", "On file", "Predicted", "Misspelt", "Ended"]


@pytest.fixture(scope="module", params=["inside", "shipped"])
def shown(request, tmp_path_factory, collections, vendors):
    from lab import Lab

    vendors.ask("POST", "reset")
    lab = Lab(tmp_path_factory.mktemp(request.param), collections, vendors)
    passwords = {name: lab.users["kazoo"][name]["password"] for name in [*NAMES, "off@example.com"]}
    environment = {"UNUSED": "variable"} if request.param == "shipped" else {}
    env = {"ANSIBLE_INJECT_INVOCATION": "true"}
    run = lab.play(tasks(lab), "-vvvv", "--diff", vars={"passwords": passwords}, environment=environment, env=env)
    # The assertions of the play say that register has the secrets.
    assert run.code == 0, run.output[-5000:]
    return run


def test_no_secret_is_shown(shown, vendors):
    secrets = vendors.ask("GET", "secrets?min_length=8")
    assert len(secrets) > 40
    search = Search(secrets)
    assert not search.in_text(shown.output)
    assert not search.in_text(repr(shown.seen))


@pytest.mark.parametrize("task", HIDDEN)
def test_result_with_secrets(shown, task):
    for each in shown.of(task):
        if not MASKS:
            assert "censored" in each.result
            assert "fingerprint" not in each.result
            continue
        results = each.result.get("results", [each.result])
        for result in results:
            assert "censored" not in result
            assert result["token"] == "$REDACTED$"
            assert len(result["fingerprint"]) == 12
            assert set(result["diff"]) == {"before", "after"}


@pytest.mark.parametrize("task", SHOWN)
def test_result_without_secrets(shown, task):
    for each in shown.of(task):
        assert "censored" not in each.result
        assert {"diff", "reason", "fingerprint"} <= set(each.result) or each.result["msg"]


def test_failed_item_is_shown_beside_hidden_ones(shown):
    events = shown.of("Partly")
    *good, failed = (each.result for each in events if each.event.startswith("item"))
    assert failed["failure"]["code"] == "credentials_refused"
    assert "refused" in failed["msg"]
    assert all(("fingerprint" if MASKS else "censored") in result for result in good)


def test_diff_is_printed(shown):
    assert f'+    "fingerprint": "{shown.result("On file")["fingerprint"]}"' in shown.output
    if MASKS:
        assert f'+    "fingerprint": "{shown.result("Returned")["fingerprint"]}"' in shown.output


def test_search_finds_what_it_shall_find():
    import base64
    import json
    from urllib.parse import quote

    secret = 'p&ss=w+rd% ö "x"'
    search = Search([secret])
    planted = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps({"a": secret}),
        json.dumps(json.dumps([secret])),
    ]
    planted += [base64.b64encode(f"{'u' * length}:{secret}|".encode()).decode() for length in range(4)]
    for text in planted[:4] + planted[5:]:
        assert search.in_text(f"before {text} after"), text
    assert not search.in_text("nothing to be found here")
