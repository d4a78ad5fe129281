# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that modules share, as argument specs that can be put together."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field, fields

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.telephony.auth.plugins.module_utils._errors import OptionError

Options = t.Mapping[str, t.Any]

_DURATION = re.compile("".join(rf"(?:(\d{{1,10}}){unit})?" for unit in "wdhms"), re.ASCII)
_SECONDS = (604800, 86400, 3600, 60, 1)
_LONGEST = 36525 * 86400


@dataclass(frozen=True)
class Spec:
    """Options and what must hold between them, as AnsibleModule takes it. Specs are added with +."""

    argument_spec: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()
    required_if: tuple[tuple[t.Any, ...], ...] = ()
    required_by: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __add__(self, other: Spec) -> Spec:
        merged: dict[str, t.Any] = {}
        for name in (each.name for each in fields(self)):
            mine, others = getattr(self, name), getattr(other, name)
            merged[name] = {**mine, **others} if isinstance(mine, dict) else mine + others
        return Spec(**merged)

    def as_arguments(self) -> dict[str, t.Any]:
        """Keyword arguments for AnsibleModule and ArgumentSpecValidator."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def option(vendor: str, name: str, **attributes: t.Any) -> dict[str, dict[str, t.Any]]:
    """One option that falls back to the environment variable VENDOR_NAME, unless that is empty."""
    attributes.setdefault("type", "str")
    attributes["fallback"] = (_from_environment, [f"{vendor}_{name}".upper()])
    return {name: attributes}


def api_options(vendor: str, api_url: str | None = None) -> Spec:
    """How the API is reached. api_url is the default; without one the option is required."""
    return Spec(
        {
            **option(vendor, "api_url", **({"default": api_url} if api_url else {"required": True})),
            **option(vendor, "validate_certs", type="bool", default=True),
            **option(vendor, "ca_path", type="path"),
            **option(vendor, "client_cert", type="path"),
            **option(vendor, "client_key", type="path", no_log=False),
            **option(vendor, "proxy", no_log=True),
            **option(vendor, "timeout", type="int", default=30),
            **option(vendor, "retries", type="int", default=3),
            **option(vendor, "retry_timeout", type="int", default=60),
        },
        required_by={"client_key": ("client_cert",)},
    )


def token_options() -> Spec:
    """The wanted state of the token."""
    return Spec(
        {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            # Secret, see public_options(). With no_log, ansible-core 2.22 would mask each value in it, be it a 1, everywhere.
            "record": {"type": "dict", "no_log": False},
            "verify": {"type": "bool", "default": True},
            "renew": {"type": "str", "choices": ["auto", "always", "never"], "default": "auto"},
            "renew_before": {"type": "str", "default": "5m"},
            "max_age": {"type": "str"},
            "grace": {"type": "str", "default": "0s"},
            "return_token": {"type": "bool", "no_log": False},
        },
        mutually_exclusive=(("path", "record", "store"),),
    )


def file_options() -> Spec:
    """Where the record is kept: in a file, or as the store's driver says."""
    return Spec(
        {
            "path": {"type": "path"},
            "owner": {"type": "str"},
            "group": {"type": "str"},
            "mode": {"type": "str"},
            # Judged by its driver, see plugin_utils/_stores. Its secrets are known there, too.
            "store": {"type": "dict", "no_log": False},
        },
        required_by={"owner": ("path",), "group": ("path",), "mode": ("path",)},
    )


def seconds(name: str, duration: str) -> int:
    """A duration such as 90d, 1w2d, 12h, 30m, 45s or a bare number, in seconds. Raises OptionError naming the option."""
    duration = duration.strip()
    match = _DURATION.fullmatch(duration + "s" if duration.isdecimal() else duration) if duration else None
    if not match:
        raise OptionError(
            f"{name} is not a duration. Write it like 90d, 12h, 1w2d, 30m, 45s, or as a number of seconds."
        )
    total = sum(int(number or 0) * unit for number, unit in zip(match.groups(), _SECONDS))
    if total > _LONGEST:
        raise OptionError(f"{name} is longer than 100 years.")
    return total


def secret_values(argument_spec: t.Mapping[str, t.Any], options: Options) -> t.Iterator[str]:
    """The texts given to options that are secret, but for the record, which holds many that are not."""
    for name, attributes in argument_spec.items():
        if attributes.get("no_log"):
            value = options.get(name)
            yield from (str(item) for item in (value if isinstance(value, list) else [value]) if item)


def public_options(argument_spec: t.Mapping[str, t.Any], options: Options) -> dict[str, t.Any]:
    """The options as they may be shown. A name that is no option is left out: it may be a misspelt password."""
    shown = {
        name: "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" if is_secret and options.get(name) else options[name]
        for name, is_secret in (
            (name, each.get("no_log") or name in ("record", "store")) for name, each in argument_spec.items()
        )
        if name in options
    }
    if isinstance(shown.get("api_url"), str):
        # What does not belong there is refused, and until then it may be a password or a token.
        shown["api_url"] = re.sub(r"(?<=//)[^/]*@|(?<=[?#]).*", "***", shown["api_url"])
    return shown
