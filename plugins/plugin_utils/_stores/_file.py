# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A record in a private file of JSON."""

from __future__ import annotations

import typing as t

from ansible_collections.telephony.auth.plugins.module_utils._options import Spec
from ansible_collections.telephony.auth.plugins.module_utils._store import Document, FileStore
from ansible_collections.telephony.auth.plugins.plugin_utils._drivers import Controller, Options


class Driver(FileStore):
    SPEC: t.ClassVar[Spec] = Spec(
        {
            "path": {"type": "path", "required": True},
            "mode": {"type": "str"},
            "owner": {"type": "str"},
            "group": {"type": "str"},
        }
    )

    def __init__(self, options: Options, document: Document, controller: Controller) -> None:
        given = {name: options[name] for name in self.SPEC.argument_spec}
        super().__init__(document, **given, only_reads=controller.only_reads)
