# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be told of an API user's token without changing anything."""

from __future__ import annotations

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._decide import next_action_at, present
from ansible_collections.telephony.auth.plugins.module_utils._errors import TelephonyError
from ansible_collections.telephony.auth.plugins.module_utils._options import Options
from ansible_collections.telephony.auth.plugins.module_utils._record import Json
from ansible_collections.telephony.auth.plugins.module_utils._result import retiring, unmanaged
from ansible_collections.telephony.auth.plugins.module_utils._task import OpenStore, Run, mistake
from ansible_collections.telephony.auth.plugins.module_utils._vendor import ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

EMPTY: Json = {
    "vendor": None,
    "user": None,
    "api_url": None,
    "store": None,
    "place": None,
    "fingerprint": None,
    "issued_at": None,
    "expires_at": None,
    "works": None,
    "reason": None,
    "next_action": None,
    "next_action_at": None,
    "retiring": [],
    "unmanaged": None,
    "details": {},
    "problem": None,
    "failure": None,
    "changed": False,
}


def inspect(vendor: type[BaseVendor], options: Options, open_store: OpenStore) -> tuple[Json, list[str]]:
    """All that store and vendor tell, and warnings. What they do not tell is a problem in the result, not a failure."""
    warnings: list[str] = []
    found: Json = {**EMPTY, "vendor": vendor.name, "store": _type_of_store(options), "works": False}
    try:
        run = Run(vendor, {**options, "state": "present", "renew": "auto"}, open_store, warnings)
        try:
            _look(run, found)
        finally:
            run.close()
    except TelephonyError as failure:
        found.update(trouble(failure, vendor.name, found))
    except Exception as error:  # noqa: BLE001  # as in _task.run()
        found.update(trouble(mistake(error), vendor.name, found))
    return found, warnings


def trouble(failure: TelephonyError, vendor: str = "", found: Json | None = None) -> Json:
    """The result where something cannot be told."""
    about = {**(found or EMPTY), "works": None}
    return {**about, "problem": failure.message, "failure": failure.as_result(vendor), "reason": failure.message}


def _look(run: Run, found: Json) -> None:
    """Fill in what is found, as far as that goes. Raises TelephonyError."""
    found.update(user=run.vendor.identity, api_url=run.vendor.api_url, place=run.store.place)
    known = run.known()
    record = known.record if known else None
    token = record.token if record else None
    if record:
        found.update(
            user=record.identity, retiring=retiring(record), next_action_at=iso(next_action_at(record, run.policy))
        )
    if token:
        times = {"issued_at": iso(token.issued_at), "expires_at": iso(token.expires_at)}
        found.update(fingerprint=token.fingerprint, details=dict(token.details), works=None, **times)
    seen = run.lifecycle.observe(known)
    if seen.failure:
        raise seen.failure
    verdict = seen.of(token)
    if verdict and verdict.asked:
        found["works"] = verdict.accepted
        found["details"] = run.vendor.let_in({**found["details"], **verdict.details})
    decision = present(known, seen, run.policy, run.clock.moment(), run.vendor)
    listed = seen.listed
    if listed is None and isinstance(run.vendor, ListingVendor):
        listed = run.vendor.list()
    if listed is not None:
        found["unmanaged"] = unmanaged(run.vendor, listed, record, decision.suspects)
    found.update(reason=decision.reason, next_action="issue" if decision.need else "none")
    if decision.changed:
        found["next_action"] = "issue" if decision.need else "settle"
        found["next_action_at"] = iso(run.clock.now())
    run.warnings += decision.warnings


def _type_of_store(options: Options) -> str | None:
    store = options["store"]
    return store.get("type") if isinstance(store, dict) else "file" if options["path"] else None
