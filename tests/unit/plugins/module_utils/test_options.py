# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Spec,
    api_options,
    complaint,
    credential_hint,
    file_options,
    must_be_usable,
    not_set,
    option,
    options_of,
    public_options,
    seconds,
    secret_values,
    token_options,
    without_values,
)


def validated(spec: Spec, **given_options):
    result = ArgumentSpecValidator(**spec.as_arguments()).validate(given_options)
    assert result.error_messages == []
    return result.validated_parameters


def complaints(spec: Spec, **given_options) -> str:
    return " ".join(ArgumentSpecValidator(**spec.as_arguments()).validate(given_options).error_messages)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("90d", 7_776_000),
        ("12h", 43_200),
        ("1w2d", 777_600),
        ("30m", 1800),
        ("45s", 45),
        ("300", 300),
        ("0", 0),
        ("0s", 0),
        (" 5m ", 300),
        ("1w1d1h1m1s", 694_861),
    ],
)
def test_a_duration_is_counted_in_seconds(duration, expected):
    assert seconds("renew_before", duration) == expected


@pytest.mark.parametrize(
    "duration",
    ["", " ", "soon", "9" * 5000, "99999999999d", "-5", "5 m", "5M", "1d1w", "1.5h", "5m5", "²", "²d", "1m 2s", "m"],
)
def test_no_duration_is_an_error_that_names_the_option(duration):
    with pytest.raises(OptionError, match=r"^renew_before is not a duration\. Write it like 90d"):
        seconds("renew_before", duration)


@pytest.mark.parametrize("duration", ["36526d", "9999999999", "9999999999w"])
def test_a_duration_is_not_longer_than_the_calendar(duration):
    with pytest.raises(OptionError, match=r"^grace is longer than 100 years\.$"):
        seconds("grace", duration)
    assert seconds("grace", "36525d")


@given(st.text(alphabet="0123456789²٣wdhms -+."))
def test_any_text_is_a_duration_or_an_error(duration):
    try:
        assert seconds("max_age", duration) >= 0
    except OptionError:
        pass


def test_specs_are_added_up_without_touching_each_other():
    one = Spec({"a": {"type": "str"}}, (("a", "b"),), (("a", "c"),), (("a", 1, ["b"]),), {"a": ("c",)})
    two = Spec({"b": {"type": "str"}}, (("b", "c"),), (), (), {"b": ("c",)})
    assert (one + two).as_arguments() == {
        "argument_spec": {"a": {"type": "str"}, "b": {"type": "str"}},
        "mutually_exclusive": (("a", "b"), ("b", "c")),
        "required_together": (("a", "c"),),
        "required_if": (("a", 1, ["b"]),),
        "required_by": {"a": ("c",), "b": ("c",)},
    }
    assert list(one.argument_spec) == ["a"]
    assert list(two.argument_spec) == ["b"]


@pytest.mark.parametrize(("value", "expected"), [("5", 5), ("", 30), (None, 30)])
def test_an_empty_environment_variable_counts_as_unset(monkeypatch, value, expected):
    monkeypatch.delenv("KAZOO_TIMEOUT", raising=False)
    if value is not None:
        monkeypatch.setenv("KAZOO_TIMEOUT", value)
    assert validated(api_options("kazoo", "https://a.example"))["timeout"] == expected


def test_a_given_option_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("KAZOO_API_URL", "https://environment.example")
    spec = api_options("kazoo", "https://default.example")
    assert validated(spec)["api_url"] == "https://environment.example"
    assert validated(spec, api_url="https://task.example")["api_url"] == "https://task.example"


def test_each_connection_option_has_a_variable_of_its_own():
    variables = {attributes["fallback"][1][0] for attributes in api_options("vacd").argument_spec.values()}
    assert variables == {
        "VACD_API_URL",
        "VACD_VALIDATE_CERTS",
        "VACD_CA_PATH",
        "VACD_CLIENT_CERT",
        "VACD_CLIENT_KEY",
        "VACD_PROXY",
        "VACD_TIMEOUT",
        "VACD_RETRIES",
        "VACD_RETRY_TIMEOUT",
    }


def test_api_url_is_required_where_a_vendor_has_none_of_its_own(monkeypatch):
    monkeypatch.delenv("DIALER_API_URL", raising=False)
    assert "api_url" in complaints(api_options("dialer"))
    assert validated(api_options("dialer"), api_url="https://a.example")["retries"] == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"path": "/a", "record": {}}, "mutually exclusive: path|record"),
        ({"owner": "root"}, "missing parameter(s) required by 'owner': path"),
        ({"group": "root"}, "missing parameter(s) required by 'group': path"),
        ({"client_key": "/k"}, "missing parameter(s) required by 'client_key': client_cert"),
        ({"state": "gone"}, "present, absent"),
        ({"renew": "often"}, "auto, always, never"),
    ],
)
def test_options_that_contradict_are_named(options, told):
    spec = api_options("kazoo", "https://a.example") + token_options() + file_options()
    assert told in complaints(spec, **options)


SPEC = {
    **option("kazoo", "password", no_log=True),
    **option("kazoo", "username"),
    "keep": {"type": "list", "no_log": True},
    # No less secret, but ansible-core 2.22 would mask all values in it wherever they turn up.
    "record": {"type": "dict", "no_log": False},
}


def test_secret_values_are_those_of_secret_options():
    options = {"password": "pw", "username": "joe", "keep": ["a", "", "b"], "record": {"token": "t"}, "passwordd": "x"}
    assert list(secret_values(SPEC, options)) == ["pw", "a", "b"]
    assert list(secret_values(SPEC, {"password": None})) == []


def test_public_options_show_no_secret_and_no_misspelt_option():
    options = {"password": "pw", "username": "joe", "keep": [], "record": {"token": "t"}, "passwordd": "x", "pass": "y"}
    assert public_options(SPEC, options) == {
        "password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "username": "joe",
        "keep": [],
        "record": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
    }


@pytest.mark.parametrize(
    ("api_url", "shown"),
    [
        ("https://a.example/v2", "https://a.example/v2"),
        ("https://joe:s3cret@a.example", "https://***a.example"),
        ("https://joe@s3cret@a.example/@b", "https://***a.example/@b"),
        ("https://a.example?token=s3cret", "https://a.example?***"),
        ("https://a.example/#s3cret", "https://a.example/#***"),
        (None, None),
    ],
)
def test_what_does_not_belong_into_api_url_is_not_shown(api_url, shown):
    assert public_options(api_options("dialer").argument_spec, {"api_url": api_url}) == {"api_url": shown}


STORE = {"store": {"type": "dict", "options": {"type": {"type": "str"}, "token": {"type": "str", "no_log": True}}}}


def test_options_inside_an_option_are_secret_by_themselves():
    options = {"store": {"type": "hashi_vault", "token": "s3cret", "tokken": "s3cret"}}
    assert list(secret_values(STORE, options)) == ["s3cret"]
    shown = public_options(STORE, options)
    assert shown == {"store": {"type": "hashi_vault", "token": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}}
    assert public_options(STORE, {"store": None}) == {"store": None}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("renew", "always", "s3cret"),
        ("state", "absent", ""),
        ("verify", False, "s3cret"),
        ("timeout", 30, "s3cret"),
        ("grace", "1w2d", "s3cret"),
        ("max_age", None, "s3cret"),
        ("renew_before", " 5m ", "s3cret"),
        ("fingerprint", "0123456789ab", "s3cret"),
        ("username", "joe", "jo\udcffe"),
        ("list", ["a"], "s3cret"),
        ("raw", {"a": 1}, "\udcff"),
    ],
)
def test_a_value_that_an_option_cannot_have_may_be_a_secret_and_is_not_shown(name, good, bad):
    spec = {
        **token_options().argument_spec,
        **api_options("vacd").argument_spec,
        "fingerprint": {"type": "str"},
        "username": {},
        "list": {"type": "list"},
        "raw": {"type": "raw"},
    }
    assert public_options(spec, {name: good}) == {name: good}
    assert public_options(spec, {name: bad}) == {name: "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"renew": "s3cret"}, "value of renew must be one of: auto, always, never"),
        ({"renew": "s3cret, got: s3\ncret"}, "value of renew must be one of: auto, always, never"),
        ({"verify": "s3cret"}, r"argument 'verify' is of type .* and we were unable to convert to bool"),
        ({"timeout": "s3cret"}, r"argument 'timeout' is of type .* and we were unable to convert to int"),
        ({"owner": "root"}, r"missing parameter\(s\) required by 'owner': path"),
        # Not with the names of all options
        (
            {"tiemout": "s3cret", "verifi": "s3cret"},
            r"Unsupported: tiemout \(did you mean timeout\?\), verifi \(did you mean verify\?\)\.",
        ),
        ({"colour": "s3cret"}, r"Unsupported: colour\."),
    ],
)
def test_what_ansible_says_of_an_option_is_told_without_its_value(options, told):
    spec = api_options("kazoo", "https://a.example") + token_options() + file_options()
    message = without_values(complaints(spec, **options))
    assert re.fullmatch(told, message)
    assert "cret" not in message


def test_a_missing_option_is_told_with_where_it_can_come_from():
    spec = api_options("dialer") + Spec({"role": {"type": "str"}, "place": {"type": "str", "required": True}})
    address, place = "api_url is not set. Give api_url or DIALER_API_URL.", "place is not set. Give place."
    assert not_set(spec.argument_spec, "role", "token_role") == "role is not set. Give role or token_role."
    assert complaint(spec.argument_spec, "missing required arguments: api_url, place") == f"{address} {place}"
    inside = "missing required arguments: path found in store"
    assert complaint(spec.argument_spec, inside) == inside


@pytest.mark.parametrize(
    ("message", "options"),
    [
        ("value of renew must be one of: auto, always, never", ["renew"]),
        ("argument 'timeout' is of type str and we were unable to convert to int", ["timeout"]),
        ("parameters are mutually exclusive: path|record|store", ["path", "record", "store"]),
        ("missing parameter(s) required by 'owner': path", ["owner"]),
        ("parameters are required together: key, token", ["key", "token"]),
        ("max_age is longer than 100 years.", ["max_age"]),
    ],
)
def test_the_options_that_a_message_is_about_are_those_that_it_begins_with(message, options):
    assert options_of(message) == options


def test_what_ansible_says_of_the_items_of_a_list_is_told_without_them():
    spec = Spec({"kinds": {"type": "list", "elements": "str", "choices": ["a", "b"]}})
    assert without_values(complaints(spec, kinds=["a", "s3cret"])) == "value of kinds must be one or more of: a, b"


def test_a_variable_of_other_bytes_than_utf_8_is_named(monkeypatch):
    monkeypatch.setitem(os.environb, b"KAZOO_PASSWORD", b"s3cr\xffet")
    spec = Spec(option("kazoo", "password", no_log=True))
    with pytest.raises(OptionError) as caught:
        must_be_usable(spec.argument_spec, validated(spec))
    assert caught.value.message == "The environment variable KAZOO_PASSWORD holds bytes that are not UTF-8."
    assert caught.value.code == "bad_option"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"password": "s3cr\ud800"}, "password holds bytes that are not UTF-8."),
        ({"keep": ["a", "s3cr\udcff"]}, "keep holds bytes that are not UTF-8."),
        ({"store": {"token": "s3cr\udcff"}}, "token holds bytes that are not UTF-8."),
        ({"path": ""}, "path is empty. Leave it out, or name a file."),
    ],
)
def test_what_can_never_be_meant_is_named(options, told):
    with pytest.raises(OptionError) as caught:
        must_be_usable({**SPEC, **file_options().argument_spec, **STORE}, options)
    assert caught.value.message == told


def test_usual_options_are_usable():
    must_be_usable(
        {**SPEC, **STORE, "path": {"type": "path"}}, {"password": "Grüße \U0001f512", "keep": [], "path": "/a"}
    )
    must_be_usable(STORE, {"store": {"type": "file"}})


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"password": "s3cret\n"}, "password begins or ends with a line break."),
        ({"password": "s3cret \r\n"}, "password begins or ends with a line break."),
        ({"password": " s3cret"}, "password begins or ends with a blank."),
        ({"username": "joe\t"}, "username begins or ends with a blank."),
        ({"password": "83"}, "password looks like a number or a boolean."),
        ({"password": "1.5"}, "password looks like a number or a boolean."),
        ({"password": "1e+20"}, "password looks like a number or a boolean."),
        ({"password": "True"}, "password looks like a number or a boolean."),
        ({"username": "False", "password": "x"}, "username looks like a number or a boolean."),
    ],
)
def test_a_refused_login_may_have_a_cause_in_how_it_was_written(options, hint):
    told = credential_hint(options)
    assert told
    assert told.startswith(hint)
    assert "s3cret" not in told


@pytest.mark.parametrize(
    "options", [{}, {"username": "1001", "password": "s3 cret"}, {"password": None}, {"password": ""}]
)
def test_nothing_is_said_of_a_login_that_looks_right(options):
    assert credential_hint(options) is None
