# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.telephony.auth.plugins.module_utils._connection import (
    Connection,
    _environ_proxies,
    connection,
    normalize_api_url,
)
from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.tests.unit.plugins.module_utils.helpers import CONNECTION_OPTIONS as OPTIONS

URL = OPTIONS["api_url"]


# api_url


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://pbx.example.com", "https://pbx.example.com"),
        ("https://pbx.example.com/", "https://pbx.example.com"),
        ("https://pbx.example.com//", "https://pbx.example.com"),
        (" https://PBX.Example.com:8443/V2/ ", "https://pbx.example.com:8443/V2"),
        ("HTTPS://pbx.example.com/a", "https://pbx.example.com/a"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.2", "http://127.0.0.2"),
        ("http://[::1]:80/a/", "http://[::1]:80/a"),
    ],
)
def test_an_api_url_is_brought_into_one_form(given, expected):
    assert normalize_api_url(given) == expected


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("", "must start with https://"),
        ("pbx.example.com", "must start with https://"),
        ("pbx.example.com:8443/v2", "must start with https://"),
        ("//pbx.example.com", "must start with https://"),
        ("ftp://pbx.example.com", "must start with https://"),
        ("https://", "must start with https://"),
        ("https:///path", "must start with https://"),
        ("https://joe@pbx.example.com", "must not contain a user name or password"),
        ("https://joe:pw@pbx.example.com", "must not contain a user name or password"),
        ("https://:@pbx.example.com", "must not contain a user name or password"),
        ("https://pbx.example.com?token=pw", r"must not contain a query"),
        ("https://pbx.example.com/#pw", r"must not contain a query"),
        ("https://pbx.example.com:port", "is not a valid URL"),
        ("https://pbx.example.com:99999", "is not a valid URL"),
        ("https://[::1", "is not a valid URL"),
        ("https://[pbx]/", "is not a valid URL"),
        ("https://pbx example.com", "is not a valid URL"),
        ("https://pbx.example.com/a b", "is not a valid URL"),
        ("https://.example.com", "is not a valid URL"),
        ("https://*.example.com", "is not a valid URL"),
        ("https://pbx..example.com", "is not a valid URL"),
        (f"https://{'a' * 64}.example.com", "is not a valid URL"),
        ("http://pbx.example.com", "uses http://"),
        ("http://10.0.0.1", "uses http://"),
        ("http://localhost.example.com", "uses http://"),
    ],
)
def test_a_bad_api_url_is_an_error_that_names_the_option(given, complaint):
    with pytest.raises(OptionError, match=f"^api_url {complaint}") as caught:
        connection({**OPTIONS, "api_url": given})
    assert "pw" not in str(caught.value)


def test_plain_http_is_possible_for_who_accepts_it():
    assert (
        connection({**OPTIONS, "api_url": "http://pbx.example", "validate_certs": False}).api_url
        == "http://pbx.example"
    )


# The other options


def test_the_options_become_a_connection():
    assert connection(OPTIONS) == Connection(URL, True, None, {}, 30, 3, 60)
    assert connection({**OPTIONS, "validate_certs": False, "ca_path": "/ignored"}).verify is False


@pytest.mark.parametrize(
    ("option", "value", "least"), [("timeout", 0, 1), ("timeout", -1, 1), ("retries", -1, 0), ("retry_timeout", -1, 0)]
)
def test_numbers_have_a_least_value(option, value, least):
    with pytest.raises(OptionError, match=f"^{option} must be at least {least}, not {value}"):
        connection({**OPTIONS, option: value})
    assert connection({**OPTIONS, option: least})


def test_ca_path_may_be_a_file_or_a_directory(ca_file):
    assert connection({**OPTIONS, "ca_path": ca_file}).verify == ca_file
    directory = str(Path(ca_file).parent)
    assert connection({**OPTIONS, "ca_path": directory}).verify == directory


def test_a_ca_path_that_is_of_no_use_is_named(tmp_path):
    with pytest.raises(OptionError, match=f"^ca_path {tmp_path}/none cannot be read: No such file"):
        connection({**OPTIONS, "ca_path": f"{tmp_path}/none"})
    (tmp_path / "text").write_text("no certificate")
    with pytest.raises(OptionError, match=f"^ca_path {tmp_path}/text does not hold certificates in PEM format"):
        connection({**OPTIONS, "ca_path": f"{tmp_path}/text"})


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_s_certificates_are_used_where_the_options_are_silent(monkeypatch, ca_file, variable, tmp_path):
    monkeypatch.setenv(variable, ca_file)
    assert connection(OPTIONS).verify == ca_file
    assert connection({**OPTIONS, "validate_certs": False}).verify is False
    assert connection({**OPTIONS, "ca_path": str(tmp_path)}).verify == str(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path / "none"))
    with pytest.raises(OptionError, match=f"^{variable} {tmp_path}/none cannot be read"):
        connection(OPTIONS)


def test_a_client_certificate_may_hold_its_key(client_files, tmp_path):
    cert, key = client_files
    assert connection({**OPTIONS, "client_cert": cert, "client_key": key}).client_cert == (cert, key)
    both = tmp_path / "both.pem"
    both.write_bytes(Path(cert).read_bytes() + Path(key).read_bytes())
    assert connection({**OPTIONS, "client_cert": str(both)}).client_cert == str(both)


def test_a_client_certificate_of_no_use_is_named(client_files, authority, tmp_path):
    cert, key = client_files
    with pytest.raises(OptionError, match=r"^client_cert are not a certificate and its unencrypted private key"):
        connection({**OPTIONS, "client_cert": cert})
    with pytest.raises(OptionError, match=r"^client_cert and client_key are not"):
        connection({**OPTIONS, "client_cert": key, "client_key": cert})
    with pytest.raises(OptionError, match=r"^client_cert and client_key cannot be read: No such file"):
        connection({**OPTIONS, "client_cert": cert, "client_key": f"{tmp_path}/none"})
    authority.issue_cert("other@example.com").private_key_pem.write_to_path(key)
    with pytest.raises(OptionError, match=r"^client_cert and client_key are not"):
        connection({**OPTIONS, "client_cert": cert, "client_key": key})


def test_an_encrypted_key_is_an_error_and_no_question_on_the_terminal(client_files, monkeypatch):
    cert, key = client_files
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(Path(key).read_bytes(), None)
    encrypted = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(b"password"),
    )
    Path(key).write_bytes(encrypted)
    with pytest.raises(OptionError, match="unencrypted"):
        connection({**OPTIONS, "client_cert": cert, "client_key": key})


@pytest.mark.parametrize(
    "proxy",
    [
        "proxy:3128",
        "proxy.example",
        "socks5://proxy",
        "http://",
        "http://:3128",
        "http://p:0",
        "http://p:x",
        "http://[p",
    ],
)
def test_a_bad_proxy_is_named_but_not_quoted(proxy):
    with pytest.raises(OptionError, match=r"^proxy must be a URL like http://proxy\.example\.com:3128\.$"):
        connection({**OPTIONS, "proxy": proxy})


def test_the_option_wins_over_the_environment_s_proxy(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://environment:3128")
    assert connection(OPTIONS).proxies["https"] == "http://environment:3128"
    assert connection({**OPTIONS, "proxy": "http://option:1"}).proxies == {
        "http": "http://option:1",
        "https": "http://option:1",
    }
    monkeypatch.setenv("NO_PROXY", "pbx.example")
    _environ_proxies.cache_clear()
    assert connection(OPTIONS).proxies == {}


@pytest.mark.parametrize("api_url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]"])
def test_what_is_meant_for_this_host_goes_to_no_proxy_of_the_environment(monkeypatch, api_url):
    """Else credentials would leave the host in plain http."""
    monkeypatch.setenv("HTTP_PROXY", "http://environment:3128")
    assert connection({**OPTIONS, "api_url": api_url}).proxies == {}
