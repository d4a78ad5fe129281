# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run needs from Ansible: options in, one result out. The only file here that imports AnsibleModule."""

from __future__ import annotations

import sys
import typing as t

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.telephony.auth.plugins.module_utils._api import REQUESTS_IMPORT_ERROR, Api
from ansible_collections.telephony.auth.plugins.module_utils._clock import Clock, iso
from ansible_collections.telephony.auth.plugins.module_utils._connection import connection
from ansible_collections.telephony.auth.plugins.module_utils._errors import (
    OptionError,
    StoreError,
    TelephonyError,
)
from ansible_collections.telephony.auth.plugins.module_utils._lifecycle import (
    Known,
    Lifecycle,
    Outcome,
    Policy,
)
from ansible_collections.telephony.auth.plugins.module_utils._options import (
    Options,
    public_options,
    seconds,
    secret_values,
)
from ansible_collections.telephony.auth.plugins.module_utils._record import (
    CallerStore,
    Record,
    RecordFile,
    Token,
    record_from_json,
)
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker, fingerprint
from ansible_collections.telephony.auth.plugins.module_utils._vendors._base import BaseVendor

Result = t.Dict[str, t.Any]


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
        super().fail_json(msg, **{**kwargs, **self._public()})

    def exit_json(self, **kwargs: t.Any) -> t.NoReturn:
        super().exit_json(**kwargs, **self._public())


def run_module(vendor: type[BaseVendor]) -> None:
    """The whole of a module."""
    module = TokenModule(supports_check_mode=True, **vendor.spec().as_arguments())
    if REQUESTS_IMPORT_ERROR:
        missing = TelephonyError(missing_required_lib("requests"), code="requests_missing")
        module.fail_json(missing.message, failure=missing.as_result(vendor.name))
    result, warnings = run(vendor, module.params, module.check_mode)
    for warning in warnings:
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


def run(vendor: type[BaseVendor], options: Options, check_mode: bool) -> tuple[Result, list[str]]:
    """One run, for a module and for an action: the result, with failed set if it failed, and the warnings."""
    warnings: list[str] = []
    try:
        return _run(vendor, options, check_mode, warnings), warnings
    except TelephonyError as failure:
        return {"failed": True, "msg": failure.message, "failure": failure.as_result(vendor.name)}, warnings
    except Exception as error:  # noqa: BLE001  # whatever it is: its text may hold a secret, its traceback helps nobody
        line = sys.exc_info()[2]
        while line and line.tb_next:
            line = line.tb_next
        where = f"{line.tb_frame.f_code.co_name}, line {line.tb_lineno}" if line else "unknown"
        mistake = TelephonyError(
            f"A mistake in telephony.auth: {type(error).__name__} in {where}. Please report it.", code="internal_error"
        )
        return {"failed": True, "msg": mistake.message, "failure": mistake.as_result(vendor.name)}, warnings


def secrets_in(result: Result) -> list[str]:
    """The secrets that a result carries; none in one that was asked to carry none."""
    if "record" not in result:
        return []
    record = record_from_json(result["record"], "record")
    return [*(secret for token in record.tokens for secret in token.secrets), *result.get("tokens", ())]


def _run(vendor_class: type[BaseVendor], options: Options, check_mode: bool, warnings: list[str]) -> Result:
    masker = Masker(secret_values(vendor_class.spec().argument_spec, options))
    clock = Clock()
    vendor = vendor_class(Api(connection(options), masker, clock), options)
    for secret in vendor.secrets_in_use():
        masker.add(secret)
    path = options["path"]
    store: RecordFile | CallerStore
    if path:
        store = RecordFile(path, options["mode"], options["owner"], options["group"])
    else:
        store = CallerStore(hands_back=options["record"] is not None)
    lifecycle = Lifecycle(vendor, store, _policy(options), clock.now, check_mode)
    try:
        if not check_mode:
            store.lock(options["retry_timeout"])
        known = _known(vendor, options, store)
        if known:
            for token in known.record.tokens:
                for secret in token.secrets:
                    masker.add(secret)
        outcome = _reach(lifecycle, known, options)
        changed_file = isinstance(store, RecordFile) and _correct_attributes(store, outcome, check_mode)
    finally:
        warnings += lifecycle.warnings + clock.warnings()
        store.close()
    result = _result(vendor, options, outcome, changed_file, check_mode)
    if options["state"] == "present":
        result["accepted"] = outcome.accepted
        result["next_action_at"] = iso(lifecycle.next_action_at(outcome.after)) if outcome.after else None
        result["retiring"] = [
            {"fingerprint": old.token.fingerprint, "revoke_at": iso(old.revoke_at)}
            for old in (outcome.after.retiring if outcome.after else ())
        ]
    return result


def _policy(options: Options) -> Policy:
    return Policy(
        verify=options["verify"],
        renew=options["renew"],
        renew_before=seconds("renew_before", options["renew_before"]),
        max_age=None if options["max_age"] is None else seconds("max_age", options["max_age"]),
        grace=seconds("grace", options["grace"]),
        adopt=options.get("adopt"),
        fingerprint=options.get("fingerprint"),
        exclusive=options.get("exclusive", False),
        keep=tuple(options.get("keep") or ()),
        count=options.get("count", 1),
    )


def _known(vendor: BaseVendor, options: Options, store: RecordFile | CallerStore) -> Known | None:
    """The record, else what the vendor's own token option names. Raises StoreError, OptionError."""
    record: Record | None = None
    source = "record"
    if isinstance(store, RecordFile):
        record, source = store.load(), f"path {store.path}"
    elif options["record"]:
        record = record_from_json(options["record"], source)
    token = vendor.known()
    if record:
        _must_belong(record, vendor, source)
        if token and record.token and token.value != record.token.value and vendor.cannot_issue():
            raise StoreError(
                f"{source} holds another token ({record.token.fingerprint}) than the task names ({token.fingerprint})."
                " Remove one of the two.",
                code="record_mismatch",
            )
        return Known(record, kept=True)
    if token is None:
        return None
    identity = vendor.identity or vendor.owner(token)
    return Known(Record(vendor.name, vendor.api_url, identity, token), kept=False)


def _must_belong(record: Record, vendor: BaseVendor, source: str) -> None:
    for what, theirs, ours in (
        ("vendor", record.vendor, vendor.name),
        ("api_url", record.api_url, vendor.api_url),
        ("user", record.identity, vendor.identity),
    ):
        if theirs != ours and theirs is not None and ours is not None:
            raise StoreError(
                f"{source} is the record of another {what}: {theirs}, not {ours}. It was left untouched.",
                code="record_mismatch",
            )


def _reach(lifecycle: Lifecycle, known: Known | None, options: Options) -> Outcome:
    """The wanted state."""
    # An empty record says that the caller keeps one and has none yet.
    stateless = not options["path"] and options["record"] is None and not known
    if options.get("count", 1) != 1 and not stateless:
        raise OptionError("count manages tokens that no path, record or api_token names. Leave those out.")
    if options["state"] == "absent":
        return lifecycle.absent_all(known) if options.get("all_tokens") else lifecycle.absent(known)
    if stateless and "count" in options:
        return lifecycle.present_count()
    if options["return_token"] is False and not options["path"] and options["renew"] != "never":
        raise OptionError("return_token=false without path would lose a new token. Give path, or set renew=never.")
    return lifecycle.present(known)


def _correct_attributes(store: RecordFile, outcome: Outcome, check_mode: bool) -> bool:
    """Give the file the mode, owner and group of the task; whether they were others."""
    if outcome.after is None or not store.attributes_differ():
        return False
    if not check_mode:
        store.save(outcome.after)
    return True


def _result(vendor: BaseVendor, options: Options, outcome: Outcome, changed_file: bool, check_mode: bool) -> Result:
    to_come = check_mode and outcome.issued
    record = None if to_come else outcome.after
    token = record.token if record else None
    facts = _facts(vendor, options["state"], outcome.after, to_come)
    if outcome.after is None and outcome.before:
        facts["identity"] = outcome.before.identity
    result: Result = {
        # First, so that nothing in a record can stand in for what this run found out.
        **(token.details if token else {}),
        **facts,
        "changed": outcome.changed or changed_file,
        "reason": outcome.reason + (", mode or owner of the file corrected" if changed_file else ""),
        "fingerprint": token.fingerprint if token else None,
        "diff": {"before": _facts(vendor, "present" if outcome.before else "absent", outcome.before), "after": facts},
    }
    if outcome.revoked is not None:
        result["revoked"] = outcome.revoked
        ended = outcome.before.token if outcome.before else None
        result["fingerprint"] = ended.fingerprint if ended else None
    if outcome.listed is not None:
        on_record = {known.value for known in outcome.after.tokens} if outcome.after else set()
        result["others"] = [fingerprint(value) for value in outcome.listed if value not in on_record]
    returns = options["return_token"] if options["return_token"] is not None else not options["path"]
    if returns and outcome.announced:
        result["record"] = outcome.announced.as_json()
    if returns and record and token:
        result.update(_secret_results(vendor, record, token))
        if outcome.tokens:
            result["tokens"] = list(outcome.tokens)
    return result


def _secret_results(vendor: BaseVendor, record: Record, token: Token) -> Result:
    return {
        **token.extra,
        **vendor.extra_results(token),
        "token": token.value,
        "headers": vendor.headers(token),
        "record": record.as_json(),
    }


def _facts(vendor: BaseVendor, state: str, record: Record | None, to_come: bool = False) -> Result:
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
