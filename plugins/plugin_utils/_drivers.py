# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drivers of stores, found by their file's name: the store of type hashi_vault is _stores/_hashi_vault.py."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec, without_values
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._secrets import Masker
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, Store

PACKAGE = f"{__package__}._stores"

Options = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Controller:
    """What a driver needs of Ansible. masker takes in every secret that may come up in a message.

    only_reads: the store is asked for nothing but load(), by somebody who need not be able to write.
    """

    loader: DataLoader
    templar: Templar
    variables: t.Mapping[str, t.Any]
    masker: Masker
    only_reads: bool = False


class Driver(Store, t.Protocol):
    """A store that the controller has; the file of a driver has one class of this name."""

    SPEC: t.ClassVar[Spec]
    """The suboptions of store beside type."""

    def __init__(self, options: Options, document: Document, controller: Controller) -> None:
        """Judge the options, without any request. Raises OptionError."""


def drivers() -> list[str]:
    """The types of store that come with the collection."""
    return sorted(path.stem[1:] for path in (Path(__file__).parent / "_stores").glob("_[a-z]*.py"))


def find(kind: object) -> type[Driver]:
    """The driver of this type. Raises OptionError."""
    if isinstance(kind, str) and kind.isidentifier():
        with contextlib.suppress(ModuleNotFoundError):
            return t.cast("type[Driver]", importlib.import_module(f"{PACKAGE}._{kind}").Driver)
    raise OptionError(f"store needs a type, one of: {', '.join(drivers())}.")


def load_all() -> None:
    """Import all drivers, and what they need, before Ansible forks its workers."""
    for kind in drivers():
        find(kind)


@contextlib.contextmanager
def working_in(directory: str) -> t.Iterator[None]:
    """A relative path starts in the playbook's directory, as it does for modules that have a local connection."""
    before = os.open(".", os.O_RDONLY)
    try:
        os.chdir(directory)
        yield
    finally:
        os.fchdir(before)
        os.close(before)


def open_store(given: Options, document: Document, controller: Controller) -> Store:
    """The store that the option store describes, with its suboptions validated. Raises OptionError."""
    driver = find(given.get("type"))
    spec = Spec({"type": {"type": "str", "required": True}}) + driver.SPEC
    validation = ArgumentSpecValidator(**spec.as_arguments()).validate(dict(given))
    if validation.errors.errors:
        # The names of the options are fixed, the values may be secrets in the wrong place.
        raise OptionError(f"store: {without_values(validation.errors.msg)}")
    # Ansible's own types of text, which know where they come from, are not for all that a driver uses.
    options = json.loads(json.dumps(validation.validated_parameters))
    return driver(options, document, controller)


def read(given: Options, document: Document, controller: Controller) -> tuple[str, Record | None]:
    """What and where a store is, for messages, and its record. Raises TelephonyError."""
    with working_in(controller.loader.get_basedir()):
        store = open_store(given, document, controller)
        return store.place, store.load()
