# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record as a KV secret, version 2, in HashiCorp Vault or OpenBao.

All requests are made by the public lookups of community.hashi_vault, so every way to log in and every environment variable
of that collection works. A write names the version that was read (check-and-set), so of two writers one loses and reads again.
"""

from __future__ import annotations

import contextlib
import json
import os
import typing as t
from datetime import datetime, timezone

from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError, StoreConflict, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec
from ansible_collections.telephony.auth.plugins.module_utils._record import Json, Record, record_from_json
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, wait_while_pending
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, Options

_GET = "community.hashi_vault.vault_kv2_get"
_READ = "community.hashi_vault.vault_read"
_WRITE = "community.hashi_vault.vault_write"
# Here, in Ansible's main process, once: loading them in each worker would take longer than the requests. Where they or
# hvac are missing, the first request says so.
with contextlib.suppress(Exception):
    import hvac  # noqa: F401  # pylint: disable=unused-import

    for _lookup in (_GET, _READ, _WRITE):
        lookup_loader.get(_lookup, class_only=True)
_TRIES = 3
# Of the connection, what may be shown.
_PUBLIC = {"url", "auth_method", "namespace", "ca_cert", "ca_path", "mount_point", "username", "timeout", "retries"}
_SECRET_VARIABLES = ("TOKEN", "SECRET_ID", "PASSWORD", "JWT", "SECRET_KEY")


class Driver:
    """One KV secret. There is no lock in a Vault: a pending record says that a run is at work, see wait_while_pending()."""

    is_kept = True
    SPEC: t.ClassVar[Spec] = Spec(
        {
            "path": {"type": "str", "required": True},
            "mount": {"type": "str", "default": "secret"},
            "connection": {"type": "dict", "default": {}},
        }
    )

    def __init__(self, options: Options, document: Document, controller: Controller) -> None:
        self._mount = options["mount"].strip("/")
        self._path = options["path"].strip("/")
        if not self._mount or not self._path:
            raise OptionError("store: path and mount must name a KV secret and where its engine is mounted.")
        self._connection = options["connection"]
        self._document = document
        self._controller = controller
        self._version = 0
        # What lock() has read, for the load() that follows it
        self._found: tuple[Record | None, bool] = None, False
        self.place = f"KV secret {self._mount}/{self._path}"
        for secret in self._secrets():
            controller.masker.add(secret)

    def lock(self, wait: float) -> None:
        self._found = wait_while_pending(self.place, wait, self._load), True

    def load(self) -> Record | None:
        record, is_fresh = self._found
        self._found = None, False
        return record if is_fresh else self._load()[0]

    def prove(self) -> None:
        """That it can be written, the first save() proves: it says that a token is pending. Here: is it version 2?"""
        if self._version:
            return
        try:
            mount = self._call(_READ, f"sys/internal/ui/mounts/{self._mount}")["data"]
        except _Failed:
            return  # who may not ask may be allowed to write
        if mount["type"] != "kv" or (mount["options"] or {}).get("version") != "2":
            raise StoreError(f"{self.place} is not in a KV secrets engine of version 2.", code="store_unwritable")

    def save(self, record: Record) -> None:
        document = json.loads(json.dumps(self._document(record)))
        for _try in range(_TRIES):
            try:
                self._put(document)
                break
            except _Failed as failed:
                if failed.is_conflict and self._was_deleted():
                    continue
                if failed.is_conflict:
                    raise StoreConflict(self.place) from None
                if failed.is_refusal:
                    raise self._error("cannot be written", failed) from None
                # It may have been written all the same.
                if self._holds(document):
                    break
                failure = self._error("cannot be written", failed)
                failure.maybe_done = True
        else:
            raise failure
        self._version += 1

    def _put(self, document: Json) -> None:
        data = {"options": {"cas": self._version}, "data": document}
        self._call(_WRITE, f"{self._mount}/data/{self._path}", data)

    def _was_deleted(self) -> bool:
        """Whether the secret is missing because it was deleted: check-and-set counts on from its last version."""
        if self._version:
            return False
        try:
            self._version = self._call(_READ, f"{self._mount}/metadata/{self._path}")["data"]["current_version"]
            found = self._call(_GET, self._path, engine_mount_point=self._mount)
        except _Failed as failed:
            return failed.is_missing and self._version > 0
        return found["secret"] is None

    def remove(self) -> None:
        """Delete the version that was read. An older secret, or a newer one, is not touched."""
        if self._version == 0:
            return
        try:
            self._call(_WRITE, f"{self._mount}/delete/{self._path}", {"versions": [self._version]})
        except _Failed as failed:
            raise self._error("cannot be deleted", failed) from None
        version = self._version
        record, _age = self._load()
        if record is not None and self._version != version:
            raise StoreConflict(self.place)

    def attributes_differ(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def _holds(self, document: Json) -> bool:
        """Whether the next version is there, and is this one."""
        version = self._version
        try:
            found = self._call(_GET, self._path, engine_mount_point=self._mount)
        except _Failed:
            return False
        return bool(found["metadata"]["version"] == version + 1 and found["secret"] == document)

    def _load(self) -> tuple[Record | None, float]:
        """The record and how many seconds ago it was written, by the clocks of this host and the Vault's."""
        try:
            found = self._call(_GET, self._path, engine_mount_point=self._mount)
        except _Failed as failed:
            if not failed.is_missing:
                raise self._error("cannot be read", failed) from None
            self._version = 0
            return None, 0
        self._version = found["metadata"]["version"]
        if found["secret"] is None:
            return None, 0
        return record_from_json(found["secret"], self.place), _age(found["metadata"]["created_time"])

    def _call(self, lookup: str, path: str, data: Json | None = None, **options: t.Any) -> t.Any:
        """What a lookup says. Raises _Failed, StoreError."""
        controller = self._controller
        plugin = lookup_loader.get(lookup, loader=controller.loader, templar=controller.templar)
        if plugin is None:
            raise StoreError(
                "store hashi_vault needs the collection community.hashi_vault and the Python library hvac.",
                code="collection_missing",
            )
        unknown = sorted(set(self._connection) - set(plugin.option_definitions))
        if unknown:
            raise OptionError(
                f"store: connection has no option {', '.join(unknown)}. See ansible-doc -t lookup {lookup}."
            )
        if data is not None:
            options["data"] = data
        message = ""
        try:
            return plugin.run([path], controller.variables, **self._connection, **options)[0]
        except AnsibleError as error:
            message = f"{error} {error.__cause__ or ''}"
        except Exception as error:  # noqa: BLE001  # what hvac and Requests raise is not caught by the lookups
            message = f"{type(error).__name__}: {error}"
        # Raised out here, so as not to carry along an exception that holds the request.
        raise _Failed(controller.masker.clean(message))

    def _secrets(self) -> t.Iterator[str]:
        yield from (str(value) for name, value in self._connection.items() if value and name not in _PUBLIC)
        for name, value in os.environ.items():
            if name.startswith(("VAULT_", "ANSIBLE_HASHI_VAULT_")) and name.endswith(_SECRET_VARIABLES):
                yield value

    def _error(self, what: str, failed: _Failed) -> StoreError:
        return StoreError(f"{self.place} {what}: {failed}", code="store_unreachable")


class _Failed(Exception):
    """A request that a lookup could not make or that the Vault did not grant, in a masked text."""

    @property
    def is_missing(self) -> bool:
        return "Invalid or missing path" in str(self) or "doesn't seem to exist" in str(self)

    @property
    def is_conflict(self) -> bool:
        return "check-and-set" in str(self)

    @property
    def is_refusal(self) -> bool:
        """Whether it is sure that nothing was written."""
        return any(word in str(self) for word in ("Forbidden", "InvalidRequest", "Unauthorized", "sealed"))


def _age(created: str) -> float:
    """Seconds since a time of the Vault, such as 2026-11-22T09:30:00.123456789Z; endless if it cannot be read."""
    try:
        moment = datetime.fromisoformat(created[:19]).replace(tzinfo=timezone.utc)
    except ValueError:
        return float("inf")
    return datetime.now(timezone.utc).timestamp() - moment.timestamp()
