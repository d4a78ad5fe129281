# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task returns, and what a store keeps. Every key is named here: none comes from a vendor or a record."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._decide import Policy, next_action_at
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Outcome
from ansible_collections.telephony.auth.plugins.module_utils._listing import told_as
from ansible_collections.telephony.auth.plugins.module_utils._options import Options
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor


def document(vendor: BaseVendor | type[BaseVendor], record: Record) -> Json:
    """The public shape of a record in every store: its fields, and the headers for those who use the token."""
    headers = vendor.headers(record.token) if record.token else {}
    return {**record.as_json(), "headers": headers, "headers_json": json.dumps(headers, sort_keys=True)}


def secrets_in(result: Json) -> list[str]:
    """The secrets that a result carries; none in one that was asked to carry none."""
    if "password" in result:
        return [result["password"]]
    if "record" not in result:
        # Of a list of tokens, those that have their values with them.
        return [each["token"] for each in result.get("tokens", ()) if "token" in each]
    record = record_from_json(result["record"], "record")
    return [*(secret for token in record.tokens for secret in token.secrets), *result.get("tokens", ())]


def describe(vendor: BaseVendor, options: Options, policy: Policy, outcome: Outcome, attributes_differ: bool) -> Json:
    """The result of a run."""
    record = None if outcome.to_come else outcome.after
    token = record.token if record else None
    after = facts(vendor, options["state"], outcome.after, outcome.to_come)
    if outcome.after is None and outcome.before:
        after["identity"] = outcome.before.identity
    ended = outcome.before.token if outcome.before and outcome.revoked is not None else None
    known = token or ended
    result: Json = {
        **after,
        "changed": outcome.changed or attributes_differ,
        "reason": outcome.reason + (", mode or owner of the file corrected" if attributes_differ else ""),
        "fingerprint": known.fingerprint if known else None,
        "details": dict(token.details) if token else {},
        "diff": {
            "before": {
                **facts(vendor, "present" if outcome.before else "absent", outcome.before),
                **{name: was for name, (was, _wanted) in outcome.differs.items()},
            },
            "after": {**after, **{name: wanted for name, (_was, wanted) in outcome.differs.items()}},
        },
    }
    if outcome.revoked is not None:
        result["revoked"] = outcome.revoked
    if outcome.listed is not None or outcome.suspects:
        result["others"] = unmanaged(vendor, outcome.listed or (), outcome.after, outcome.suspects)
    if options["state"] == "present":
        result.update(_of_present(outcome, policy))
    returns = options["return_token"] if options["return_token"] is not None else not _has_store(options)
    if returns and record and token:
        result.update(_secrets_of(vendor, record))
        if outcome.tokens:
            result["tokens"] = list(outcome.tokens)
    return result


def unmanaged(
    vendor: BaseVendor, listed: t.Iterable[str], record: Record | None, suspects: t.Collection[str]
) -> list[Json]:
    """The tokens that the vendor lists and no record names."""
    on_record = {told_as(vendor.listed_as(known), vendor) for known in record.tokens} if record else set()
    names = (*(told_as(each, vendor) for each in listed), *suspects)
    return [
        {"fingerprint": name, "probably_ours": name in suspects}
        for name in dict.fromkeys(names)
        if name not in on_record
    ]


def retiring(record: Record | None) -> list[Json]:
    return [
        {"fingerprint": old.token.fingerprint, "revoke_at": iso(old.revoke_at)}
        for old in (record.retiring if record else ())
    ]


def facts(vendor: BaseVendor, state: str, record: Record | None, to_come: bool = False) -> Json:
    """The plain fields of a result and of both sides of the diff."""
    token = record.token if record and not to_come else None
    return {
        "state": state,
        "fingerprint": "of the token to be issued" if to_come else token.fingerprint if token else None,
        "issued_at": iso(token.issued_at) if token else None,
        "expires_at": iso(token.expires_at) if token else None,
        "api_url": vendor.api_url,
        "identity": record.identity if record else vendor.identity,
    }


def _of_present(outcome: Outcome, policy: Policy) -> Json:
    return {
        "accepted": outcome.accepted,
        "next_action_at": iso(next_action_at(outcome.after, policy)) if outcome.after else None,
        "retiring": retiring(outcome.after),
    }


def _has_store(options: Options) -> bool:
    return bool(options["path"]) or options["store"] is not None


def _secrets_of(vendor: BaseVendor, record: Record) -> Json:
    token = record.token
    if token is None:
        return {}
    kept = document(vendor, record)
    return {
        **vendor.secret_results(token),
        "token": token.value,
        "headers": kept["headers"],
        "record": kept,
    }
