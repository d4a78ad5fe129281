# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tokens a vendor lists for an API user, and on which record each one is. Changes nothing."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._clock import iso
from ansible_collections.telephony.auth.plugins.module_utils._listing import told_as
from ansible_collections.telephony.auth.plugins.module_utils._options import Options, Spec, api_options
from ansible_collections.telephony.auth.plugins.module_utils._record import Json
from ansible_collections.telephony.auth.plugins.module_utils._task import OpenStore, Result, Run, guarded, no_driver
from ansible_collections.telephony.auth.plugins.module_utils._vendor import ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor


def listing_spec(vendor: type[BaseVendor]) -> Spec:
    """The options of the module VENDOR's module_info: those of the vendor's module that a list takes, and where records are."""
    spec = vendor.spec()
    names = (*api_options("any").argument_spec, *vendor.list_options)
    own: Json = {
        "paths": {"type": "list", "elements": "path", "default": []},
        # Judged by their drivers, like the option store.
        "stores": {"type": "list", "elements": "dict", "default": [], "no_log": False},
    }
    if not vendor.lists_names:
        own["return_tokens"] = {"type": "bool", "default": False, "no_log": False}
    return Spec(
        {**{name: spec.argument_spec[name] for name in names}, **own},
        required_by={name: needed for name, needed in spec.required_by.items() if name in names},
    )


def list_tokens(
    vendor: type[BaseVendor], options: Options, _check_mode: bool = False, open_store: OpenStore = no_driver
) -> tuple[Result, list[str]]:
    """The result, as _task.run() gives one."""
    return guarded(vendor, options, lambda warnings: _listed(vendor, options, open_store, warnings))


def _listed(vendor: type[BaseVendor], options: Options, open_store: OpenStore, warnings: list[str]) -> Result:
    spec = vendor.spec().argument_spec
    base = {name: options.get(name, attributes.get("default")) for name, attributes in spec.items()}
    places = [*({"path": path} for path in options["paths"]), *({"store": store} for store in options["stores"])]
    on_record: Json = {}
    for place in places:
        on_record.update(_on_record(Run(vendor, {**base, **place}, open_store, warnings)))
    run = Run(vendor, base, open_store, warnings)
    try:
        listed = t.cast(ListingVendor, run.vendor).list()
        names = {told_as(each, run.vendor): each for each in listed}
        tokens = [
            {**_NOWHERE, "fingerprint": name, **on_record.get(name, {}), **run.vendor.facts_of(each)}
            for name, each in names.items()
        ]
        if options.get("return_tokens"):
            tokens = [{**token, "token": names[token["fingerprint"]]} for token in tokens]
    finally:
        run.close()
    return {
        "changed": False,
        "api_url": run.vendor.api_url,
        "identity": run.vendor.identity,
        "tokens": tokens,
        "not_listed": [{"fingerprint": name, **where} for name, where in on_record.items() if name not in names],
    }


_NOWHERE: Json = {"place": None, "revoke_at": None}


def _on_record(run: Run) -> Json:
    """Where the tokens of a record are, by the names that the list has for them."""
    try:
        known = run.known()
    finally:
        run.close()
    if known is None:
        return {}
    record, place = known.record, run.store.place

    def name(token: t.Any) -> str:
        return told_as(run.vendor.listed_as(token), run.vendor)

    found = {name(old.token): {"place": place, "revoke_at": iso(old.revoke_at)} for old in record.retiring}
    if record.token:
        found[name(record.token)] = {"place": place, "revoke_at": None}
    return found
