# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store that is nothing but this file. Each version of a record is a file that can be made only once."""

from __future__ import annotations

import json
import time
import typing as t
from pathlib import Path

from ansible_collections.telephony.auth.plugins.module_utils._errors import StoreConflict, StoreError
from ansible_collections.telephony.auth.plugins.module_utils._options import Spec
from ansible_collections.telephony.auth.plugins.module_utils._record import Record
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, parse, wait_while_pending
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, Options


class Driver:
    is_kept = True
    SPEC: t.ClassVar[Spec] = Spec({"place": {"type": "path", "required": True}})

    def __init__(self, options: Options, document: Document, controller: Controller) -> None:
        self.place = f"place {options['place']}"
        self._path = Path(options["place"])
        self._document = document
        self._version = 0

    def lock(self, wait: float) -> None:
        wait_while_pending(self.place, wait, lambda: (self.load(), self._age()))

    def _age(self) -> float:
        return time.time() - self._file.stat().st_mtime if self._version else 0

    def load(self) -> Record | None:
        versions = [int(path.suffix[1:]) for path in self._path.parent.glob(f"{self._path.name}.*")]
        self._version = max(versions, default=0)
        text = self._file.read_text(encoding="utf-8") if self._version else ""
        return parse(text, self.place) if text else None

    def prove(self) -> None:
        if not self._path.parent.is_dir():
            raise StoreError(f"{self.place} cannot be written.", code="store_unwritable")

    def save(self, record: Record) -> None:
        self._write(json.dumps(self._document(record)))

    def remove(self) -> None:
        if self._version:
            self._write("")

    def attributes_differ(self) -> bool:
        return False

    def close(self) -> None:
        pass

    @property
    def _file(self) -> Path:
        return self._path.with_name(f"{self._path.name}.{self._version}")

    def _write(self, text: str) -> None:
        self._version += 1
        draft = self._path.with_name(f"draft-{id(self)}")
        try:
            draft.write_text(text, encoding="utf-8")
            self._file.hardlink_to(draft)
            draft.unlink()
        except FileExistsError:
            raise StoreConflict(self.place) from None
        except OSError:
            raise StoreError(f"{self.place} cannot be written.", code="store_unwritable") from None
