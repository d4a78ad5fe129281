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
from ansible_collections.telephony.auth.plugins.module_utils._store import CallerStore
from ansible_collections.telephony.auth.plugins.module_utils._task import BaseRun, OpenStore, Result, Run
from ansible_collections.telephony.auth.plugins.module_utils._vendor import ListingVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor
from ansible_collections.telephony.auth.plugins.module_utils._vendors._vacd import Vacd
from ansible_collections.telephony.auth.plugins.module_utils._vendors._webitel_domain_token import WebitelDomainToken


class TokenList:
    """What the module VENDOR's module_info tells."""

    name: t.ClassVar[str]
    module: t.ClassVar[str]
    vendor: t.ClassVar[type[BaseVendor]]

    @classmethod
    def spec(cls) -> Spec:
        """The options of the vendor's module that a list takes, and where records are."""
        spec = cls.vendor.spec()
        names = (*api_options("any").argument_spec, *cls.vendor.list_options)
        own: Json = {
            "paths": {"type": "list", "elements": "path", "default": []},
            # Judged by their drivers, like the option store.
            "stores": {"type": "list", "elements": "dict", "default": [], "no_log": False},
        }
        if not cls.vendor.lists_names:
            own["return_tokens"] = {"type": "bool", "default": False, "no_log": False}
        return Spec(
            {**{name: spec.argument_spec[name] for name in names}, **own},
            required_by={name: needed for name, needed in spec.required_by.items() if name in names},
        )


class VacdApiTokens(TokenList):
    name = "vacd"
    module = "vacd_api_token_info"
    vendor = Vacd


class WebitelDomainTokens(TokenList):
    name = "webitel_domain_token"
    module = "webitel_domain_token_info"
    vendor = WebitelDomainToken


LISTS: dict[str, type[TokenList]] = {each.module: each for each in (VacdApiTokens, WebitelDomainTokens)}


class ListRun(BaseRun):
    """One run that lists tokens."""

    def __init__(self, door: type[TokenList], options: Options, open_store: OpenStore, warnings: list[str]) -> None:
        super().__init__(door, options, open_store, warnings)
        base = {**door.vendor.spec().defaults, **options}
        self.vendor = door.vendor(self.api, base)
        for secret in self.vendor.secrets_in_use():
            self.masker.add(secret)
        self.store = CallerStore(None)
        places = [*({"path": path} for path in options["paths"]), *({"store": store} for store in options["stores"])]
        self.records = [Run(door.vendor, {**base, **place}, open_store, warnings) for place in places]

    def close(self) -> None:
        self.warnings += self.vendor.close()
        super().close()

    def _try(self, check_mode: bool) -> Result:
        vendor = self.vendor
        on_record: Json = {}
        for run in self.records:
            on_record.update(_on_record(run))
        names = {told_as(each, vendor): each for each in t.cast(ListingVendor, vendor).list()}
        tokens = [
            {**_NOWHERE, "fingerprint": name, **on_record.get(name, {}), **vendor.facts_of(each)}
            for name, each in names.items()
        ]
        if self.options.get("return_tokens"):
            tokens = [{**token, "token": names[token["fingerprint"]]} for token in tokens]
        return {
            "changed": False,
            "api_url": vendor.api_url,
            "identity": vendor.identity,
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
