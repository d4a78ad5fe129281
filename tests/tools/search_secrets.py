# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search files for secrets that the simulators know, in every spelling in which a secret may turn up.

Usage: search_secrets.py --control URL [--requests] [--except FILE]... FILE_OR_DIRECTORY...

Directories are searched with all below. With --requests, the paths and queries of the requests that the simulators got
are searched, too; vacd's DELETE is left out, whose path is the token by the vendor's design. A finding is told by the
secret's fingerprint, never by itself. Ends with 1 if there is a finding, with 2 if there is nothing to search.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import json
import sys
import typing as t
import urllib.request
from pathlib import Path
from urllib.parse import quote, quote_plus

# Shorter ones would be found in any text.
SHORTEST = 8


def spellings(secret: str) -> dict[bytes, str]:
    """The byte strings that give a secret away, each with the name of its spelling."""
    raw = secret.encode("utf-8", "surrogateescape")
    escaped = json.dumps(secret)[1:-1]
    texts = {
        "raw": [secret],
        "URL-encoded": [quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="").lower()],
        "JSON-escaped": [
            escaped,
            json.dumps(secret, ensure_ascii=False)[1:-1],
            escaped.replace("/", "\\/"),
            json.dumps(escaped)[1:-1],
        ],
        "escaped by Python": [repr(secret)[1:-1], repr(raw)[2:-1]],
        "HTML-escaped": [html.escape(secret)],
        "hexadecimal": [raw.hex()],
    }
    found = {
        text.encode("utf-8", "surrogateescape"): name for name, variants in reversed(texts.items()) for text in variants
    }
    # Anywhere in what was encoded: one piece per alignment, without the characters that carry bits of the neighbours.
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).rstrip(b"=")
        core = encoded[(0, 2, 3)[offset] : len(encoded) if (offset + len(raw)) % 3 == 0 else -1]
        found[core] = found[core.replace(b"+", b"-").replace(b"/", b"_")] = "Base64"
    return found


def fetch(control: str, path: str) -> t.Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{control}/{path}", timeout=30) as response:
        return json.loads(response.read())


def files(places: list[Path], left_out: set[Path]) -> t.Iterator[Path]:
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.resolve() not in left_out:
                yield path


def request_lines(control: str) -> bytes:
    lines = [
        f"{request['path']}?{request['query']}"
        for request in fetch(control, "requests")
        if (request["vendor"], request["method"]) != ("vacd", "DELETE")
    ]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def main() -> int:
    parser = argparse.ArgumentParser(description="Search files for the secrets that the simulators know.")
    parser.add_argument("--control", required=True, help="the simulators' control URL")
    parser.add_argument("--requests", action="store_true", help="search the URLs that the simulators were asked for")
    parser.add_argument("--except", dest="left_out", type=Path, action="append", default=[], help="a file to leave out")
    parser.add_argument("places", type=Path, nargs="*", help="files and directories")
    options = parser.parse_args()

    secrets: list[str] = fetch(options.control, f"secrets?min_length={SHORTEST}")
    texts = {str(path): path.read_bytes() for path in files(options.places, {p.resolve() for p in options.left_out})}
    if options.requests:
        texts["the URLs of the requests"] = request_lines(options.control)
    missing = [str(place) for place in options.places if not place.exists()]
    if not secrets or not any(texts.values()) or missing:
        print(f"Nothing to search or to search for: {len(secrets)} secrets, missing: {missing}", file=sys.stderr)
        return 2

    findings = 0
    for secret in secrets:
        name = hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        for spelling, kind in spellings(secret).items():
            for where, text in texts.items():
                position = text.find(spelling)
                if position >= 0:
                    findings += 1
                    line = text.count(b"\n", 0, position) + 1
                    print(f"{where}, line {line}: the secret with fingerprint {name}, {kind}")
    size = sum(map(len, texts.values()))
    print(f"{len(secrets)} secrets, {len(texts)} files, {size} bytes: {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
