# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all vendors share: the call and its reply, clock, secrets, faults, the request log and the vendor base class."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import hashlib
import json
import secrets
import sys
import time
import typing as t
import urllib.parse
from email.utils import formatdate

JSON = "application/json"
OPERATIONS = ("login", "issue", "check", "list", "revoke", "users", "create", "update", "delete", "other")


class Clock:
    """The time that all simulators see; it can be moved, so that tokens expire without waiting."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._date = (0, "")

    def now(self) -> float:
        return time.time() + self.offset

    @contextlib.contextmanager
    def at(self, moment: float) -> t.Iterator[None]:
        """For a while, it is that moment."""
        offset = self.offset
        self.offset = moment - time.time()
        try:
            yield
        finally:
            self.offset = offset

    def ms(self) -> int:
        return int(self.now() * 1000)

    def http_date(self) -> str:
        second = int(self.now())
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]


class Secrets:
    """Every secret ever seen, for searches of leaks. Survives a reset, as what leaked before stays leaked."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    def add(self, *values: t.Any) -> None:
        for value in values:
            if isinstance(value, str) and value:
                self._seen[value] = None

    def submitted(self, *values: t.Any) -> None:
        """What a client sent may be a wrong password; too short a one would be found in any text."""
        self.add(*(value for value in values if isinstance(value, str) and len(value) >= 8))

    def all(self, min_length: int = 1) -> list[str]:
        return [value for value in self._seen if len(value) >= min_length]


@dataclasses.dataclass
class Shared:
    clock: Clock = dataclasses.field(default_factory=Clock)
    secrets: Secrets = dataclasses.field(default_factory=Secrets)


class Call:
    """One request to a vendor, read completely."""

    def __init__(
        self,
        vendor: str,
        method: str,
        raw_target: str,
        headers: t.Mapping[str, str],
        body: bytes,
    ) -> None:
        self.method = method
        self.headers = headers
        self.body = body
        self.raw_path, _sep, self.raw_query = raw_target.partition("?")
        # Vendors see the path below their own prefix, as behind a reverse proxy.
        self.below = self.raw_path[len(vendor) + 1 :] or "/"
        self.path = urllib.parse.unquote(self.below)
        self.parts = [urllib.parse.unquote(part) for part in self.below.strip("/").split("/")]
        self._json: t.Any = self

    @property
    def query(self) -> dict[str, str]:
        return dict(urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True)) if self.raw_query else {}

    @property
    def target(self) -> str:
        return self.below + ("?" + self.raw_query if self.raw_query else "")

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        if self.media_type != "application/x-www-form-urlencoded":
            return {}
        return dict(urllib.parse.parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> t.Any:
        """The body as JSON whatever its type is called; ValueError if it is not."""
        if self._json is self:
            try:
                self._json = json.loads(self.body)
            except (ValueError, RecursionError) as exc:
                self._json = ValueError(str(exc))
        if isinstance(self._json, ValueError):
            raise self._json
        return self._json

    def bearer(self) -> str | None:
        scheme, _sep, value = self.headers.get("Authorization", "").partition(" ")
        return value.strip() if scheme.lower() == "bearer" else None

    def cookie(self, name: str) -> str | None:
        for item in self.headers.get("Cookie", "").split(";"):
            key, _sep, value = item.strip().partition("=")
            if key == name:
                return value
        return None

    def accepts(self, media_type: str) -> bool:
        accept = self.headers.get("Accept", "")
        wanted = {item.partition(";")[0].strip().lower() for item in accept.split(",")} - {""}
        return not wanted or bool(wanted & {"*/*", media_type, media_type.partition("/")[0] + "/*"})


@dataclasses.dataclass
class Reply:
    status: int
    body: bytes = b""
    content_type: str | None = JSON
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def json(cls, status: int, value: t.Any, content_type: str | None = JSON, **headers: str) -> Reply:
        # What a client sent and is told again may be no proper text; a reply always is.
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return cls(status, body, content_type, headers)

    @classmethod
    def text(cls, status: int, value: str, content_type: str | None = "text/plain") -> Reply:
        return cls(status, value.encode(), content_type)


@dataclasses.dataclass
class Token:
    """One live token, as the control API shows it."""

    user: str
    token: str
    kind: str
    issued_at: float
    expires_at: float | None = None
    extra: dict[str, t.Any] = dataclasses.field(default_factory=dict)

    def alive(self, now: float) -> bool:
        return self.expires_at is None or now < self.expires_at


class Vendor:
    """One vendor's server. A subclass answers calls; it never touches the network, the log or the faults."""

    name: t.ClassVar[str]
    api_path: t.ClassVar[str]  # what follows the vendor's name in its API URL
    seed: t.ClassVar[list[dict[str, t.Any]]]
    defaults: t.ClassVar[dict[str, t.Any]] = {}  # settings for what the facts leave open
    # What can go wrong inside this server: faults of its own. While one strikes, it is in trouble.
    troubles: t.ClassVar[tuple[str, ...]] = ()
    changeable: t.ClassVar[tuple[str, ...]] = ()  # what may change about a user after the start

    def __init__(self, shared: Shared) -> None:
        self.clock = shared.clock
        self.secrets = shared.secrets
        self.generated = 0
        self.trouble: Rule | None = None
        self.start()

    def start(self) -> None:
        """Back to the seeded state."""
        self.settings = dict(self.defaults)
        self.users: dict[str, dict[str, t.Any]] = {}
        self.generated = 0
        self.reset()
        for user in self.seed:
            self.add(dict(user))

    def reset(self) -> None:
        """Forget all tokens."""
        raise NotImplementedError

    def add(self, user: dict[str, t.Any]) -> None:
        """Take one user in; a subclass keeps what indexes it needs."""
        self.users[user["username"]] = user
        self.secrets.add(user.get("password"))

    def generate(self, number: int, password: str) -> dict[str, t.Any]:
        """The n-th generated user: an ordinary one."""
        return {"username": f"load{number:05d}@example.com", "password": password}

    def add_generated(self, count: int) -> list[dict[str, t.Any]]:
        made = []
        for _unused in range(count):
            self.generated += 1
            user = self.generate(self.generated, f"Gen&{self.generated}=+% {secrets.token_hex(12)}")
            user.setdefault("purpose", "generated")
            self.add(user)
            made.append(self.shown(user))
        return made

    def shown(self, user: dict[str, t.Any]) -> dict[str, t.Any]:
        """A user as the control API shows it: with credentials, without what is none of a test's business."""
        return {key: value for key, value in user.items() if key != "secret"}

    def public(self) -> list[dict[str, t.Any]]:
        return [self.shown(user) for user in self.users.values()]

    def change(self, given: dict[str, t.Any]) -> dict[str, t.Any]:
        """Change a user as the vendor's administrator would; what the user has got stays as it is."""
        return self.changed(self.users[given["username"]], given["set"], self.changeable)

    def changed(self, held: dict[str, t.Any], new: dict[str, t.Any], changeable: tuple[str, ...]) -> dict[str, t.Any]:
        unknown = sorted(set(new) - set(changeable))
        if unknown:
            raise ValueError(f"cannot change {unknown}")
        held.update(new)
        return self.shown(held)

    def make_token(self, username: str) -> str:
        """What another service gets that logs in as this user, or makes a token."""
        raise NotImplementedError

    def end_token(self, text: str) -> None:
        """What another service does with a token that it no longer needs. KeyError if there is none."""
        raise NotImplementedError

    def operation(self, call: Call) -> str:
        raise NotImplementedError

    def who(self, call: Call) -> str | None:
        """Whose call it is, as far as can be told."""
        raise NotImplementedError

    def handle(self, call: Call) -> Reply:
        raise NotImplementedError

    def fails(self, fault: str) -> bool:
        """Whether this goes wrong while the present call is handled."""
        return self.trouble is not None and self.trouble.fault == fault

    def error(self, status: int, message: str) -> Reply:
        """An error of the server itself, in the vendor's shape."""
        return Reply.json(status, {"error": message})

    def tokens(self) -> t.Iterable[Token]:
        raise NotImplementedError


# What a fault does when it comes to the vendor's work: False means that the server never gets to it.
WORKS = {
    "status": False,
    "reset_before": False,
    "reset_after": True,
    "delay": True,
    "truncated": True,
    "oversized": True,
    "html": True,
    "html_before": False,
    "empty": True,
    "redirect": False,
    "rate_limit": False,
    "unavailable": False,
    "garbage": True,
    "wrong_type": True,
    "hang": False,
    "hold": True,
    "echo": False,
    "slow": True,
    "answer": True,
    "late": False,
}


class Rule:
    """One fault: which calls it strikes, and how often."""

    def __init__(self, spec: dict[str, t.Any]) -> None:
        spec = dict(spec)
        self.vendor = spec.pop("vendor", "*")
        self.operation = spec.pop("operation", "*")
        self.user = spec.pop("user", "*")
        self.fault = spec.pop("fault", None)
        self.times = spec.pop("times", None)
        self.skip = spec.pop("skip", 0) or 0
        self.every = spec.pop("every", None)
        own = {cls.name: cls.troubles for cls in Vendor.__subclasses__()}.get(self.vendor, ())
        if self.fault not in WORKS and self.fault not in own:
            raise ValueError(f"unknown fault {self.fault!r} of {self.vendor!r}")
        if self.operation != "*" and self.operation not in OPERATIONS:
            raise ValueError(f"unknown operation {self.operation!r}")
        self.works = bool(spec.pop("work", WORKS.get(self.fault, True)))
        self.params = spec
        self.seen = 0
        self.fired = 0

    def strikes(self, vendor: str, operation: str, user: str | None) -> bool:
        pairs = ((self.vendor, vendor), (self.operation, operation), (self.user, user))
        if any(wanted not in ("*", got) for wanted, got in pairs):
            return False
        self.seen += 1
        turn = self.seen - self.skip
        if turn <= 0 or (self.times is not None and self.fired >= self.times):
            return False
        if self.every and turn % self.every:
            return False
        self.fired += 1
        return True

    def as_dict(self) -> dict[str, t.Any]:
        own = {key: value for key, value in vars(self).items() if key != "params"}
        return {**own, **self.params}


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.released = asyncio.Event()
        self.waiting = 0

    def replace(self, specs: list[dict[str, t.Any]]) -> None:
        self.rules = [Rule(spec) for spec in specs]

    async def hold(self) -> None:
        self.waiting += 1
        try:
            await self.released.wait()
        finally:
            self.waiting -= 1

    def release(self) -> int:
        """Let go all calls that are held or hang now, and tell how many were held; later ones are held again."""
        self.released.set()
        self.released = asyncio.Event()
        return self.waiting

    def match(self, vendor: str, operation: str, user: str | None) -> Rule | None:
        for rule in self.rules:
            if rule.strikes(vendor, operation, user):
                return rule
        return None


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# The oldest Python of targets does not know the word
_NOT_FOR_SECURITY: dict[str, t.Any] = {"usedforsecurity": False} if sys.version_info >= (3, 9) else {}


def md5(text: str) -> str:
    return hashlib.new("md5", text.encode(), **_NOT_FOR_SECURITY).hexdigest()


def sha1(text: str) -> str:
    return hashlib.new("sha1", text.encode(), **_NOT_FOR_SECURITY).hexdigest()
