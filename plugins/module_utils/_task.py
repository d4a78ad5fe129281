# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run needs from Ansible: options in, one result out. The only file here that imports AnsibleModule."""

from __future__ import annotations

import sys
import time
import typing as t
from dataclasses import replace

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.telephony.auth.plugins.module_utils._api import REQUESTS_IMPORT_ERROR, Api
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock
from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._decide import Decision, Known, Policy
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    OptionError,
    StoreConflict,
    StoreError,
    TelephonyError,
)
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import Lifecycle
from ansible_collections.telephony.auth.plugins.module_utils._listing import ListPolicy
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Options,
    Spec,
    complaint,
    credential_hint,
    must_be_usable,
    public_options,
    seconds,
    secret_values,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._result import describe, document
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._store import (
    CallerStore,
    Document,
    FileStore,
    Store,
    pause,
)
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

Result = t.Dict[str, t.Any]
# Opens a store that only the controller has: its options, what it keeps of a record, the secrets of this run.
OpenStore = t.Callable[[t.Mapping[str, t.Any], Document, Masker], Store]
# What a module does: the vendor, the options, whether it is check mode. Gives the result and warnings.
# Before a run begins anew because another one was quicker
_PAUSE_SECONDS = 0.05


class TokenModule(AnsibleModule):
    """An AnsibleModule that shows no secret, and that may return one which it was given.

    AnsibleModule masks by value: it would destroy a returned token that was also an option, and would show the value
    of a misspelt option. Here, options are masked by name, and the results hold secrets only where they belong.
    """

    def __init__(self, **arguments: t.Any) -> None:
        super().__init__(**arguments)  # type: ignore[no-untyped-call]  # ansible-core has no types here
        # Only messages about the options themselves are masked by value.
        self.no_log_values.clear()

    def _log_invocation(self) -> None:
        """Nothing but public options goes to the system's log."""
        shown = public_options(self.argument_spec, self.params)
        self.log(f"Invoked with {shown}")  # type: ignore[no-untyped-call]  # ansible-core has no types here

    def _public(self) -> Result:
        return {"invocation": {"module_args": public_options(self.argument_spec, self.params)}}

    def fail_json(self, msg: str, **kwargs: t.Any) -> t.NoReturn:
        msg = msg if "failure" in kwargs else complaint(self.argument_spec, msg)
        super().fail_json(msg, **{**kwargs, **self._public()})

    def exit_json(self, **kwargs: t.Any) -> t.NoReturn:
        super().exit_json(**kwargs, **self._public())


class Door(t.Protocol):
    """What has a module and an action: a vendor's tokens, their list, or its users."""

    name: t.ClassVar[str]
    """The vendor's."""
    module: t.ClassVar[str]

    @staticmethod
    def spec() -> Spec:
        """All options."""


def run_module(door: type[Door], start: type[BaseRun] | None = None) -> None:
    """The whole of a module."""
    module = TokenModule(supports_check_mode=True, **door.spec().as_arguments())
    if REQUESTS_IMPORT_ERROR:
        missing = TelephonyError(missing_required_lib("requests"), code="requests_missing")
        module.fail_json(**failed(door.name, missing))
    result, warnings = run(door, module.params, module.check_mode, start=start)
    for warning in warnings:
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


def no_driver(*_arguments: object) -> t.NoReturn:
    raise OptionError(
        "store works on the controller only. Use delegate_to: localhost, or path for a file on this host."
    )


def run(
    door: type[Door],
    options: Options,
    check_mode: bool,
    open_store: OpenStore = no_driver,
    start: type[BaseRun] | None = None,
) -> tuple[Result, list[str]]:
    """One run, for a module and for an action: the result, with failed set if it failed, and the warnings.

    start is what is run, if it is not about a token.
    """
    warnings: list[str] = []
    try:
        return (start or Run)(door, options, open_store, warnings).reach(check_mode), warnings
    except TelephonyError as failure:
        hint = credential_hint(options) if failure.code == "credentials_refused" else None
        return failed(door.name, failure.adding(hint) if hint else failure), warnings
    except Exception as error:  # noqa: BLE001  # whatever it is: its text may hold a secret, its traceback helps nobody
        return failed(door.name, mistake(error)), warnings


def failed(vendor: str, failure: TelephonyError) -> Result:
    return {"failed": True, "msg": failure.message, "failure": failure.as_result(vendor)}


def mistake(error: Exception) -> TelephonyError:
    """An exception that should not have been, told without its text. What was done before it, nobody knows."""
    line = sys.exc_info()[2]
    while line and line.tb_next:
        line = line.tb_next
    where = f"{line.tb_frame.f_code.co_name}, line {line.tb_lineno}" if line else "unknown"
    told = TelephonyError(
        f"A mistake in telephony.auth: {type(error).__name__} in {where}. Please report it.", code="internal_error"
    )
    told.maybe_done = True
    return told


class BaseRun:
    """One run, from the options to the result. Raises OptionError if they cannot work."""

    store: Store

    def __init__(self, door: type[t.Any], options: Options, open_store: OpenStore, warnings: list[str]) -> None:
        must_be_usable(door.spec().argument_spec, options)
        self.options = options
        self.warnings = warnings
        self.masker = Masker(secret_values(door.spec().argument_spec, options))
        self.clock = Clock()
        self.api = Api(connection(options), self.masker, self.clock)

    def open_store(self, open_store: OpenStore, keep: Document) -> Store:
        options = self.options
        if options.get("store") is not None:
            return open_store(options["store"], keep, self.masker)
        if options.get("path"):
            return FileStore(keep, **{name: options[name] for name in ("path", "mode", "owner", "group")})
        return CallerStore(options.get("record"))

    def reach(self, check_mode: bool) -> Result:
        """Bring about the wanted state, or in check mode tell what that takes. Raises TelephonyError."""
        try:
            give_up_at = time.monotonic() + self.options["retry_timeout"]
            while True:
                try:
                    return self._try(check_mode)
                except StoreConflict:
                    if time.monotonic() >= give_up_at:
                        raise
                pause(_PAUSE_SECONDS)
        finally:
            self.close()

    def close(self) -> None:
        """Gather the warnings, and leave nothing unfinished behind."""
        self.warnings += self.clock.warnings()
        self.store.close()

    def _try(self, check_mode: bool) -> Result:
        """All of it, as long as no other run is quicker. Raises StoreConflict, TelephonyError."""
        raise NotImplementedError  # what is run is each subclass's own

    def must_belong(self, record: Record, blank: Record) -> None:
        """Whether a record is of the user that blank names. Raises StoreError."""
        place = self.store.place
        for what, theirs, ours in (("vendor", record.vendor, blank.vendor), ("api_url", record.api_url, blank.api_url)):
            if theirs != ours:
                raise _mismatch(
                    f"{place} is the record of another {what}: {self.masker.mask_known(theirs)}, not {ours}."
                )
        if blank.identity is None or record.identity == blank.identity:
            return
        if record.identity is None:
            raise _mismatch(
                f"{place} does not tell whose token it holds, so it may be another user's than {blank.identity}.",
                f" If it is theirs, write {blank.identity} into its field identity, else remove it.",
            )
        raise _mismatch(
            f"{place} is the record of another user: {self.masker.mask_known(record.identity)}, not {blank.identity}.",
            " If both are the same, as one account has a name, a realm and keys, give the options as they were then, or"
            " remove the record.",
        )


class Run(BaseRun):
    """One run for the token of one API user."""

    def __init__(self, door: type[BaseVendor], options: Options, open_store: OpenStore, warnings: list[str]) -> None:
        super().__init__(door, options, open_store, warnings)
        self.vendor = door(self.api, options)
        for secret in self.vendor.secrets_in_use():
            self.masker.add(secret)
        self.policy = _policy(options)
        self.store = self.open_store(open_store, lambda record: document(self.vendor, record))
        self.lifecycle = Lifecycle(self.vendor, self.store, self.policy, self.clock.moment)

    def close(self) -> None:
        self.warnings += (*self.lifecycle.warnings, *self.vendor.close())
        super().close()

    def _try(self, check_mode: bool) -> Result:
        if not check_mode:
            self.store.lock(self.options["retry_timeout"])
        decision = self._decide(self.known())
        outcome = self.lifecycle.foretell(decision) if check_mode else self.lifecycle.carry_out(decision)
        differ = False
        if outcome.after and self.store.attributes_differ():
            differ = True
            if not check_mode:
                self.store.save(outcome.after)
        return describe(self.vendor, self.options, self.policy, outcome, differ)

    def _decide(self, known: Known | None) -> Decision:
        options = self.options
        stateless = self._is_stateless() and not known
        if options.get("count", 1) != 1 and not stateless:
            raise OptionError("count manages tokens that no path, store, record or api_token names. Leave those out.")
        if options["state"] == "absent":
            all_tokens = self.policy.listing.all_tokens
            return self.lifecycle.plan_absent_all(known) if all_tokens else self.lifecycle.plan_absent(known)
        if stateless and "count" in options:
            return self.lifecycle.plan_count()
        if options["return_token"] is False and not self.store.is_kept and options["renew"] != "never":
            raise OptionError(f"{self.vendor.missing('path')} With return_token=false, a new token would be lost.")
        return self.lifecycle.plan_present(known)

    def _is_stateless(self) -> bool:
        """Whether nobody keeps a record. An empty one says that the caller does, and has none yet."""
        return not self.store.is_kept and self.options["record"] is None

    def known(self) -> Known | None:
        """The record, else what the vendor's own token option names or the vendor has. Raises TelephonyError."""
        self._must_tell_whose()
        record = self.store.load()
        token = self.vendor.known()
        if not record and not token and self.options["state"] == "present":
            token = self.vendor.existing()
        for each in (*(record.tokens if record else ()), *((token,) if token else ())):
            for secret in each.secrets:
                self.masker.add(secret)
        if record:
            self.must_belong(record, Record(self.vendor.name, self.vendor.api_url, self.vendor.identity, None))
            if token and record.token and token.value != record.token.value and self.vendor.cannot_issue():
                raise StoreError(
                    f"{self.store.place} holds another token ({record.token.fingerprint}) than the task names"
                    f" ({token.fingerprint}). Remove one of the two.",
                    code="record_mismatch",
                )
            known = Known(record, removable=self.store.is_kept)
        elif token:
            identity = self.vendor.identity or self.vendor.owner(token)
            record = Record(self.vendor.name, self.vendor.api_url, identity, token)
            known = Known(record, kept=self._is_stateless(), removable=False)
        else:
            return None
        return replace(known, record=self._without_foreign_facts(record))

    def _without_foreign_facts(self, record: Record) -> Record:
        """A record with those details only that the vendor's may be: others may have written it."""
        token = record.token
        return replace(record, token=replace(token, details=self.vendor.let_in(token.details))) if token else record

    def _must_tell_whose(self) -> None:
        """A record that is kept must not serve whoever has some credentials: the options have to tell the user."""
        if self._is_stateless() or self.vendor.identity is not None or self.vendor.cannot_issue():
            return
        raise OptionError(
            f"Nothing tells whose token the record holds. {self.vendor.missing('username')}", code="identity_unknown"
        )


def _mismatch(what: str, hint: str = "") -> StoreError:
    return StoreError(f"{what} It was left untouched.{hint}", code="record_mismatch")


def _policy(options: Options) -> Policy:
    return Policy(
        verify=options["verify"],
        renew=options["renew"],
        renew_before=seconds("renew_before", options["renew_before"]),
        max_age=None if options["max_age"] is None else seconds("max_age", options["max_age"]),
        grace=seconds("grace", options["grace"]),
        listing=ListPolicy(
            adopt=options.get("adopt"),
            fingerprint=options.get("fingerprint"),
            exclusive=options.get("exclusive", False),
            keep=tuple(options.get("keep") or ()),
            count=options.get("count", 1),
            all_tokens=options.get("all_tokens", False),
        ),
    )
