# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that modules share, as argument specs that can be put together."""

from __future__ import annotations

import difflib
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
_NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_DURATIONS = ("renew_before", "max_age", "grace")
_FINGERPRINT = re.compile("[0-9a-f]{12}")
# Where ansible-core's messages about an option begin to quote what was given.
_QUOTED = re.compile(r"(?:, got: |\. Got no match for: |(unable to convert to \w+): ).*", re.DOTALL)
_UNKNOWN = re.compile(r"(.*: |)(.*)\. Supported parameters include: (.*)", re.DOTALL)
_ABOUT = re.compile(
    "(?:value of |argument '|parameters are mutually exclusive: |parameters are required together: "
    r"|missing parameter\(s\) required by '|)([\w|]+(?:, \w+)*)"
)
_REQUIRED = re.compile("missing required arguments: (.*)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?", re.ASCII)
_TYPES: dict[str, type] = {"int": int, "bool": bool, "list": list, "dict": dict}


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

    @property
    def defaults(self) -> dict[str, t.Any]:
        """Every option as it is where nobody sets it; of those without a default, None."""
        return {name: attributes.get("default") for name, attributes in self.argument_spec.items()}

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


def user_options(*more_states: str) -> Spec:
    """The wanted state of an API user. name is the user's, username is whose login does the work."""
    return Spec(
        {
            "state": {"type": "str", "choices": ["present", *more_states, "absent"], "default": "present"},
            "name": {"type": "str", "required": True},
        }
    )


def password_options() -> Spec:
    """The password of the API user, and where a generated one is kept."""
    return file_options() + Spec(
        {
            "user_password": {"type": "str", "no_log": True},
            "update_password": {
                "type": "str",
                "choices": ["on_create", "always"],
                "default": "on_create",
                "no_log": False,
            },
            "password_length": {"type": "int", "default": 32, "no_log": False},
            "return_password": {"type": "bool", "default": False, "no_log": False},
        },
        mutually_exclusive=(("path", "store", "user_password"),),
    )


def _duration(text: str) -> int | None:
    text = text.strip()
    match = _DURATION.fullmatch(text + "s" if text.isdecimal() else text) if text else None
    return sum(int(number or 0) * unit for number, unit in zip(match.groups(), _SECONDS)) if match else None


def seconds(name: str, duration: str) -> int:
    """A duration such as 90d, 1w2d, 12h, 30m, 45s or a bare number, in seconds. Raises OptionError naming the option."""
    total = _duration(duration)
    if total is None:
        raise OptionError(
            f"{name} is not a duration. Write it like 90d, 12h, 1w2d, 30m, 45s, or as a number of seconds."
        )
    if total > _LONGEST:
        raise OptionError(f"{name} is longer than 100 years.")
    return total


def must_be_usable(argument_spec: t.Mapping[str, t.Any], options: Options) -> None:
    """Refuse options that can never be meant: text that is not UTF-8, and an empty path. Raises OptionError."""
    for name, attributes in argument_spec.items():
        value = options.get(name)
        if attributes.get("type") == "path" and value == "":
            raise OptionError(f"{name} is empty. Leave it out, or name a file.")
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not _is_unicode(text):
                raise OptionError(f"{_source(name, attributes, text)} holds bytes that are not UTF-8.")
        if isinstance(value, dict) and "options" in attributes:
            must_be_usable(attributes["options"], value)


def _is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8. Python keeps other bytes of the environment as halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _source(name: str, attributes: t.Mapping[str, t.Any], value: str) -> str:
    """Where the value of an option comes from: the environment variable that has it, else the option."""
    _from, variables = attributes.get("fallback", (None, []))
    same = [variable for variable in variables if os.environ.get(variable) == value]
    return f"The environment variable {same[0]}" if same else name


def not_set(argument_spec: t.Mapping[str, t.Any], name: str, *variables: str) -> str:
    """That an option is missing, and where it can come from. variables are those of the host."""
    _from, environment = argument_spec[name].get("fallback", (None, []))
    places = [name, *environment, *variables]
    ways = " or ".join(filter(None, (", ".join(places[:-1]), places[-1])))
    return f"{name} is not set. Give {ways}."


def guessed(unknown: t.Iterable[str], known: t.Sequence[str]) -> str:
    """Names that are unknown, each with the one that is probably meant."""
    hints = ((name, difflib.get_close_matches(name, known, 1)) for name in unknown)
    return ", ".join(f"{name} (did you mean {hint[0]}?)" if hint else name for name, hint in hints)


def without_values(message: str) -> str:
    """What ansible-core says of an option, without the value it quotes: that may be a secret put in the wrong place."""
    message = _QUOTED.sub(r"\1", message)
    unknown = _UNKNOWN.fullmatch(message)
    if not unknown:
        return message
    # The name that is meant tells more than those of all options.
    return f"{unknown[1] or 'Unsupported: '}{guessed(unknown[2].split(', '), re.findall('[a-z_]+', unknown[3]))}."


def options_of(message: str) -> list[str]:
    """The options that a message is about, ours or one of ansible-core: those that it begins with."""
    about = _ABOUT.match(message)
    return re.findall(r"\w+", about[1]) if about else []


def complaint(argument_spec: t.Mapping[str, t.Any], message: str) -> str:
    """What ansible-core says of these options, in a sentence that tells what to do."""
    required = _REQUIRED.fullmatch(message)
    names = required[1].split(", ") if required else []
    if names and all(name in argument_spec for name in names):
        return " ".join(not_set(argument_spec, name) for name in names)
    return without_values(message)


def credential_hint(options: Options) -> str | None:
    """What may be wrong with the way in which a refused user name or password was written; None if nothing is seen."""
    for name in ("username", "password"):
        value = options.get(name)
        if not isinstance(value, str) or not value:
            continue
        if value != value.strip():
            blank = "a blank" if value.strip() == value.strip(" \t") else "a line break"
            return f"{name} begins or ends with {blank}. The filter trim takes it off, if it does not belong there."
        if value in ("True", "False") or (name == "password" and _NUMBER.fullmatch(value)):
            return f"{name} looks like a number or a boolean. Put it in quotes, or YAML may change how it is written."
    return None


def secret_values(argument_spec: t.Mapping[str, t.Any], options: Options) -> t.Iterator[str]:
    """The texts given to options that are secret, but for the record, which holds many that are not."""
    for name, attributes in argument_spec.items():
        value = options.get(name)
        if isinstance(value, dict) and "options" in attributes:
            yield from secret_values(attributes["options"], value)
        elif attributes.get("no_log"):
            yield from (str(item) for item in (value if isinstance(value, list) else [value]) if item)


def public_options(argument_spec: t.Mapping[str, t.Any], options: Options) -> dict[str, t.Any]:
    """The options as they may be shown.

    A name that is no option is left out: it may be a misspelt password. A value that an option cannot have is not
    shown: it may be a secret put in the wrong place.
    """
    return {name: _shown(name, each, options[name]) for name, each in argument_spec.items() if name in options}


def _shown(name: str, attributes: t.Mapping[str, t.Any], value: t.Any) -> t.Any:
    if not value and not isinstance(value, str):
        return value
    if isinstance(value, dict) and "options" in attributes:
        return public_options(attributes["options"], value)
    if attributes.get("no_log") or name in ("record", "store"):
        return _NOT_SHOWN if value else value
    if isinstance(value, str) and name == "api_url":
        # What does not belong there is refused, and until then it may be a password or a token.
        value = re.sub(r"(?<=//)[^/]*@|(?<=[?#]).*", "***", value)
    return value if _is_possible(name, attributes, value) else _NOT_SHOWN


def _is_possible(name: str, attributes: t.Mapping[str, t.Any], value: t.Any) -> bool:
    """Whether an option can have this value at all."""
    kind = _TYPES.get(attributes.get("type", "str"), object)
    if not isinstance(value, kind) or (isinstance(value, str) and not _is_unicode(value)):
        return False
    if "choices" in attributes:
        return value in attributes["choices"]
    if name in _DURATIONS:
        return _duration(str(value)) is not None
    return name != "fingerprint" or _FINGERPRINT.fullmatch(str(value)) is not None
