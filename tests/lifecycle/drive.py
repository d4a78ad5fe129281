# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run in this process, or in one of its own that may be killed: options in, the result out, as inside Ansible."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.template import Templar

from ansible_collections.telephony.auth.plugins.module_utils._api import Api
from ansible_collections.telephony.auth.plugins.module_utils._registry import VENDORS
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, Store
from ansible_collections.telephony.auth.plugins.module_utils._task import run
from ansible_collections.telephony.auth.plugins.plugin_utils import _action
from ansible_collections.telephony.auth.plugins.plugin_utils._action import BaseAction
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, Options, open_store

VAULT_PASSWORD = b"the password of Ansible Vault"
Json = dict[str, t.Any]
# Told of each step: its name, and before or after.
Watcher = Callable[[str, str], None]
STORE_STEPS = ("lock", "load", "prove", "save", "remove")

LOADER = DataLoader()
SECRETS: t.Any = [("default", VaultSecret(VAULT_PASSWORD))]
LOADER.set_vault_secrets(SECRETS)


def open_here(options: Options, document: Document, masker: Masker) -> Store:
    return open_store(options, document, Controller(LOADER, Templar(LOADER), {}, masker))


def drive(vendor: str, options: Json, check_mode: bool = False, watcher: Watcher | None = None) -> Json:
    """The result of one run, with its warnings. The watcher sees each request to the vendor and each call of the store."""
    validated = ArgumentSpecValidator(**VENDORS[vendor].spec().as_arguments()).validate(options)
    assert validated.error_messages == []
    with _watching(watcher) as opener:
        result, warnings = run(VENDORS[vendor], validated.validated_parameters, check_mode, opener)
    return {**result, "warnings": warnings}


def act(
    action: type[BaseAction],
    variables: Json,
    check_mode: bool = False,
    watcher: Watcher | None = None,
    **options: t.Any,
) -> Json:
    """The result of a task for a host with these variables, as drive() gives it. options are those of the vendor's module."""
    task = mock.Mock(args={"options": options}, check_mode=check_mode, environment=None, async_val=0)
    connection = mock.Mock(transport="local", become=None)
    plugin = action(task, connection, mock.Mock(), LOADER, Templar(LOADER, variables), mock.Mock())
    with _watching(watcher) as opener, mock.patch.object(_action, "open_store", _without_controller(opener)):
        return plugin.run(None, variables)


def _without_controller(opener: Callable[[Options, Document, Masker], Store]) -> Callable[..., Store]:
    return lambda options, document, controller: opener(options, document, controller.masker)


@contextmanager
def _watching(watcher: Watcher | None) -> Iterator[Callable[[Options, Document, Masker], Store]]:
    if watcher is None:
        yield open_here
        return
    told = watcher
    call = Api.call

    def watched_call(api: Api, operation: str, *arguments: t.Any, **more: t.Any) -> t.Any:
        told(operation, "before")
        reply = call(api, operation, *arguments, **more)
        told(operation, "after")
        return reply

    with mock.patch.object(Api, "call", watched_call):
        yield lambda *arguments: t.cast(Store, _Watched(open_here(*arguments), told))


class _Watched:
    """A store whose calls are told of."""

    def __init__(self, store: Store, watcher: Watcher) -> None:
        self._store = store
        self._watcher = watcher

    def __getattr__(self, name: str) -> t.Any:
        found = getattr(self._store, name)
        if name not in STORE_STEPS:
            return found

        def watched(*arguments: t.Any) -> t.Any:
            self._watcher(name, "before")
            value = found(*arguments)
            self._watcher(name, "after")
            return value

        return watched


def at_step(number: int, moment: str, strike: Callable[[], None]) -> Watcher:
    """A watcher that strikes before or after the step of this number."""
    seen = 0

    def watch(_step: str, when: str) -> None:
        nonlocal seen
        if when == moment:
            if seen == number:
                strike()
            seen += 1

    return watch


def die() -> None:
    """This process ends here, with no chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)


def fill_the_disk() -> None:
    """From here on, this process finds no room in any file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


if __name__ == "__main__":
    print(json.dumps(drive(sys.argv[1], json.load(sys.stdin))))
