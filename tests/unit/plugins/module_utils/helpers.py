# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Vendors made of real options, with a connection that does not really wait."""

from __future__ import annotations

import base64
import json
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.telephony.auth.plugins.module_utils._api import Api
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec, secret_values
from ansible_collections.telephony.auth.plugins.module_utils._record import Record, Token
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

NOW = 1_700_000_000
CONNECTION_OPTIONS: dict[str, t.Any] = {
    "api_url": "https://pbx.example/api",
    "validate_certs": True,
    "ca_path": None,
    "client_cert": None,
    "client_key": None,
    "proxy": None,
    "timeout": 30,
    "retries": 3,
    "retry_timeout": 60,
}
AnyVendor = t.TypeVar("AnyVendor", bound=BaseVendor)


def validate(spec: Spec, **options: t.Any) -> tuple[dict[str, t.Any], str]:
    """The options as a module gets them, and what is wrong with them."""
    result = ArgumentSpecValidator(**spec.as_arguments()).validate(options)
    return result.validated_parameters, " ".join(result.error_messages)


def make(vendor: type[AnyVendor], **options: t.Any) -> AnyVendor:
    given = {name: value for name, value in options.items() if value is not None}
    complete, complaint = validate(vendor.spec(), **given)
    assert complaint == ""
    masker = Masker(secret_values(vendor.spec().argument_spec, complete))
    api = Api(connection(complete), masker, Clock(lambda: NOW), sleep=lambda _seconds: None)
    made = vendor(api, complete)
    for secret in made.secrets_in_use():
        masker.add(secret)
    return made


def jwt(**claims: t.Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{payload}.c2lnbmF0dXJl"


def token_of(record: Record | None) -> Token:
    assert record
    assert record.token
    return record.token


# The keys of a result, as the modules document them
_RESULT = {
    *("changed", "state", "reason", "fingerprint", "issued_at", "expires_at", "accepted", "next_action_at", "retiring"),
    *("api_url", "identity", "revoked", "others", "details", "diff", "msg", "failure"),
    *("token", "headers", "record"),
}
_OWN_SECRETS = {"vacd": {"tokens"}, "webitel": {"key"}, "ipcortex": {"auth"}}


def documented(vendor: str) -> set[str]:
    """All keys that a result of a vendor's module may have, beside failed and what Ansible adds."""
    return _RESULT | _OWN_SECRETS.get(vendor, set())
