# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a host, in a template or not."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.template import Templar

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError

Variables = t.Mapping[str, t.Any]


def value_of(templar: Templar, variables: Variables, name: str) -> t.Any:
    """The value of a variable; None where there is none, and where it says default(omit). Raises OptionError."""
    if name not in variables:
        return None
    try:
        # Inside of a dictionary, what says default(omit) is left out.
        return templar.template({name: variables[name]}).get(name)
    except AnsibleError as error:
        # The text names what is undefined, never a value.
        raise OptionError(f"The variable {name} of {host_of(variables)} cannot be used: {error.message}") from None


def host_of(variables: Variables) -> str:
    return str(variables.get("inventory_hostname", "the host"))
