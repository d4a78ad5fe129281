# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential types of the vendors, made from the options of their modules.

After a change of a vendor's options, write the files of the role awx anew: python tests/awx/credential_types.py
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import typing as t
from pathlib import Path

import yaml

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "roles" / "awx" / "files" / "credential_types"
# Worth nothing half a minute later
_SHORT_LIVED = {"totp_code"}
# In pieces, or the tools that look for licences would find this file to have two.
_HEAD = (
    "---\n# Copyright (c) 2026 telephony.auth contributors\n"
    "# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
    "# SPDX-License-" + "Identifier: GPL-3.0-or-later\n\n"
    "# Written by tests/awx/credential_types.py from the options of the vendor's module. Do not edit\n"
)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def written(vendor: str) -> str:
    """The file of a vendor's credential type: the fields of AWX's form, by their names in AWX's API.

    A field is an option that falls back to an environment variable, which the credential sets for a job. How the
    network is reached is left out: that is the same for all API users, and files are in the execution environment.
    The collection must be importable.
    """
    utils = "ansible_collections.telephony.auth.plugins.module_utils"
    vendor_class = importlib.import_module(f"{utils}._registry").VENDORS[vendor]
    spec = vendor_class.spec().argument_spec
    network = importlib.import_module(f"{utils}._options").api_options(vendor).argument_spec.keys() - {"api_url"}
    options = {
        name: option
        for name, option in spec.items()
        if "fallback" in option and name not in network and name not in _SHORT_LIVED
    }
    required = [name for name, option in options.items() if option.get("required")]
    credential_type = {
        "name": f"Telephony tokens: {vendor_class.title}",
        "description": "An API user, for jobs that handle this one alone. The modules of telephony.auth take it from the environment",
        "inputs": {
            "fields": [_field(name, option) for name, option in options.items()],
            **({"required": required} if required else {}),
        },
        "injectors": {"env": {option["fallback"][1][0]: f"{{{{ {name} }}}}" for name, option in options.items()}},
    }
    return _HEAD + yaml.dump(credential_type, Dumper=_Dumper, sort_keys=False, width=1000)


def _field(name: str, option: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    label = name.replace("_", " ").capitalize().replace("Api", "API").replace("url", "URL")
    field: dict[str, t.Any] = {"id": name, "label": label, "type": "string"}
    if option.get("no_log"):
        field["secret"] = True
    if "choices" in option:
        field["choices"] = option["choices"]
    if "default" in option:
        field["help_text"] = f"Empty for {option['default']}"
    return field


if __name__ == "__main__":
    sys.path.append(str(HERE.parent / "demo"))
    from stage import link_collection

    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, str(link_collection(Path(folder))))
        registry = importlib.import_module("ansible_collections.telephony.auth.plugins.module_utils._registry")
        for each in registry.VENDORS:
            (FOLDER / f"{each}.yml").write_text(written(each), encoding="utf-8")
