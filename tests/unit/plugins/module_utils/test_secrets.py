# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib
import html
import json
import string
import typing as t
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, strategies as st

from ansible_collections.telephony.auth.plugins.module_utils._secrets import (
    MASK,
    Masker,
    fingerprint,
    is_header_safe,
    one_line,
)


def lower_escapes(text: str) -> str:
    """Percent-encoding with small hexadecimal digits; letters outside of escapes stay as they are."""
    first, *others = text.split("%")
    return "%".join([first, *(other[:2].lower() + other[2:] for other in others)])


def upper_escapes(text: str) -> str:
    """JSON escapes with capital hexadecimal digits."""
    first, *others = text.split("\\u")
    return "\\u".join([first, *(other[:4].upper() + other[4:] for other in others)])


def as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


ENCODERS: dict[str, t.Callable[[str], str]] = {
    "raw": str,
    "url": lambda text: quote(text, safe=""),
    "url path": quote,
    "url of JavaScript": lambda text: quote(text, safe="!'()*~"),
    "url lower": lambda text: lower_escapes(quote(text, safe="")),
    "form": quote_plus,
    "json": as_json,
    "json upper": lambda text: upper_escapes(as_json(text)) if "\\" not in text else as_json(text),
    "json utf-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json slash": lambda text: as_json(text).replace("/", "\\/"),
    "html": html.escape,
}


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize(
    "secret",
    ["abcd", "Pass/Word", "a&b=c+d%e f", 'quo"te\\s', "Grüße ☎", "<tag>'s", "J\U0001f512k", "line\nbreak~()*!"],
)
def test_no_spelling_of_a_secret_is_left(encoder, secret):
    text = Masker([secret]).mask(f"before {encoder(secret)} after")
    assert text == f"before {MASK} after"


# A secret of asterisks cannot be told from the mask
SECRETS = st.text(min_size=4, max_size=30).filter(lambda secret: "*" not in secret)


@given(secret=SECRETS, encoder=st.sampled_from(sorted(ENCODERS)), before=st.text(), after=st.text())
@example(secret="0000", encoder="raw", before="00", after="000")
@example(secret="Ab/C", encoder="url lower", before="", after="")
def test_no_secret_survives_in_any_text(secret, encoder, before, after):
    spelling = ENCODERS[encoder](secret)
    assert spelling not in Masker([secret]).mask(before + spelling + after)


@given(secret=SECRETS, before=st.binary(max_size=20), after=st.binary(max_size=20), urlsafe=st.booleans())
@example(secret="abcd", before=b"", after=b"", urlsafe=False)
@example(secret="abcd", before=b"x", after=b"", urlsafe=False)
@example(secret="abcd", before=b"xx", after=b"yy", urlsafe=True)
def test_no_secret_survives_in_base64(secret, before, after, urlsafe):
    raw = secret.encode()
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    text = encode(before + raw + after).decode()
    # The characters that carry nothing but bits of the secret
    core = text[-(-8 * len(before) // 6) : 8 * (len(before) + len(raw)) // 6]
    assert core not in Masker([secret]).mask(f" {text} ")


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJ0eXBlIjoidXNlciJ9.c2lnbmF0dXJl",
        "aws80:c2353445-bc74-af1a-2850-1d55a371c0a9",
        "82a2dc91686ec828a67152d45a5c5ef7",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "%7B%22token%22%3A%22abc",
    ],
)
def test_what_looks_like_a_token_is_masked_though_unknown(text):
    assert Masker().mask(f"no such token: {text} here") == f"no such token: {MASK} here"


@pytest.mark.parametrize(
    "text",
    [
        "You do not have permission to access this resource",
        "-ERR user not found",
        "",
        "401 invalid_identity_signature",
        "access.denied.exception: see portal.vendor.example.",
    ],
)
def test_a_sentence_stays(text):
    assert Masker(["secret"]).mask(text) == text


def test_the_longer_of_two_secrets_goes_first():
    assert Masker(["abcd", "abcd-efgh"]).mask("it is abcd-efgh, not abcd") == f"it is {MASK}, not {MASK}"


def test_secrets_may_be_added_later_and_be_missing():
    masker = Masker()
    masker.add(None)
    masker.add("")
    assert masker.mask("hunter2") == "hunter2"
    masker.add("hunter2")
    assert masker.mask("hunter2") == MASK


@pytest.mark.parametrize("token", ["t0ken", "Grüße", "\udcff"])
def test_a_fingerprint_is_the_beginning_of_the_sha256(token):
    expected = hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    assert fingerprint(token) == expected


@pytest.mark.parametrize(
    ("token", "safe"),
    [("aws80:c235-3445", True), ("!~", True)]
    + [(bad, False) for bad in ("", "two words", "line\n", "a\r\nb", "Grüße", "\x7f", None, 7, b"bytes")],
)
def test_a_token_for_a_header_is_printable_ascii(token, safe):
    assert is_header_safe(token) is safe


def test_what_somebody_wrote_becomes_one_printable_line():
    assert one_line(" no\x00 token\r\n\x1b[31m for\tyou\u2028now ") == "no token [31m for you now"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("p\x00a\x00s\x00s\x00", "pass"),
        ("pa\u200b\u00adss\ufeff", "pass"),
        ("half \ud800 a character", "half a character"),
        ("no\u00a0break\x1cat all", "no break at all"),
    ],
)
def test_what_cannot_be_seen_is_left_out(text, line):
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("hunter2", "it is h\x00u\x00n\x00t\x00e\x00r\x002\x00"),
        ("hunter2", "it\r\nis hun\u200bter2"),
        ("hunter2\n", "it is hunter2"),
        ("hunter2\n", "it is hunter2\n"),
        ("two  words", "it is two\n words"),
        ("two  words", "it is two  words"),
        ("two\u200b \u00adwords", "it is two words"),
        ("Grüße\t☎", "it is Grüße\t☎"),
    ],
)
def test_a_text_is_made_one_line_and_then_masked(secret, text):
    assert Masker([secret]).clean(text) == f"it is {MASK}"
    later = Masker()
    later.add(secret)
    assert later.clean(text) == f"it is {MASK}"


def test_a_secret_of_nothing_that_can_be_seen_masks_nothing():
    assert Masker(["\n", "\u200b"]).clean("all of\nthis") == "all of this"


@pytest.mark.parametrize("character", [*string.punctuation, " ", "ü", "☎", "\U0001f512", "\udcff"])
@pytest.mark.parametrize("write", [str, json.dumps, quote, html.escape])
def test_a_search_that_nearly_finds_a_long_secret_comes_to_an_end(character, write):
    almost = f"y{character * 100}"
    written = write(almost, errors="surrogateescape") if write is quote else write(almost)
    text = f"{written}. x"
    assert Masker([f"{almost}x"]).mask_known(text) == text
    assert MASK in Masker([almost]).mask_known(text)


@given(st.text(min_size=4), st.text(), st.text())
def test_no_line_holds_a_secret_whatever_stands_around_it(secret, before, after):
    visible = one_line(secret)
    line = Masker([secret]).clean(f"{before} {secret} {after}")
    assert line == one_line(line)
    assert not visible or visible not in line.replace(MASK, "\n")
