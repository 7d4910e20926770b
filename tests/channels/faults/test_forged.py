"""Notices that no provider has sent: bent, cut, mixed, signed by others, sent elsewhere.

Fifty thousand a run over all channels, none accepted. What still says word for word what a real
one said is no forgery (a form's fields in another order, another spelling of one header).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sleek.channels.base import ChannelError, Notice
from tests.channels.faults.shop import OPENINGS, Letter, Shop

FORGERIES = 50_000 // len(OPENINGS)  # of each channel
SEED = 20_260_302
ATTACKER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNS = re.compile("sign|auth-algo|transmission|serial|nonce|timestamp|cert")
Forge: TypeAlias = Callable[[random.Random, Letter, Letter], Letter]


def _flip(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    at = chance.randrange(len(body))
    return headers, body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]


def _cut(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    return headers, body[: chance.randrange(len(body))]


def _add(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    more = chance.choice((b"\n", b" ", b"&total_amount=0.01", b'{"id":"x"}', body, b"\0"))
    return headers, body + more


def _another_number(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    numbers = [found.span() for found in re.finditer(rb"\d+", body)]
    start, end = chance.choice(numbers)
    number = str(int(body[start:end]) + chance.choice((-1, 1, 100))).encode()
    return headers, body[:start] + number + body[end:]


def _mix(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    """One's proof on another's words, or some of it."""
    headers, body = letter
    names = [name for name in headers if SIGNS.search(name)]
    if names and chance.random() < 0.5:
        name = chance.choice(names)
        return headers | {name: other[0].get(name, "")}, body
    return headers, other[1] if names else _swap_field(chance, body, other[1])


def _swap_field(chance: random.Random, body: bytes, other: bytes) -> bytes:
    ours, theirs = _form(body), dict(_form(other))
    name = chance.choice([name for name, value in ours if theirs.get(name) != value] or ["sign"])
    return urlencode([(k, theirs.get(k, "") if k == name else v) for k, v in ours]).encode()


def _drop_header(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    names = [name for name in headers if SIGNS.search(name)]
    if not names:
        kept = [pair for pair in _form(body) if pair[0] != "sign" and pair[0] != "signature"]
        return headers, urlencode(kept).encode()
    gone = chance.choice(names)
    return {name: value for name, value in headers.items() if name != gone}, body


def _bend_header(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    headers, body = letter
    names = [name for name in headers if SIGNS.search(name) and headers[name]]
    if not names:
        return _flip(chance, letter, other)
    name = chance.choice(names)
    value = headers[name]
    at = chance.randrange(len(value))
    bent = chance.choice(
        (value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :], value[:at], value * 2, "", "0")
    )
    return headers | {name: bent}, body


def _another_time(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    """The words and their proof, but said at another time."""
    headers, body = letter

    def later(found: re.Match[str]) -> str:
        return str(int(found[0]) + chance.choice((-90_000, -301, 1, 90_000)))

    names = [n for n in headers if SIGNS.search(n) and re.search(r"\b\d{10}\b", headers[n])]
    if not names:
        return _another_number(chance, letter, other)
    name = chance.choice(names)
    return headers | {name: re.sub(r"\b\d{10}\b", later, headers[name], count=1)}, body


def _reword(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    """Read and written again, as a helpful proxy would."""
    headers, body = letter
    try:
        said = json.loads(body)
    except ValueError:
        pairs = _form(body)
        chance.shuffle(pairs)
        return headers, urlencode([*pairs, pairs[0]]).encode()
    spaced = json.dumps(
        said, indent=chance.choice((None, 1, 3)), ensure_ascii=chance.random() < 0.5
    )
    return headers, spaced.encode()


def _sign_anew(chance: random.Random, letter: Letter, other: Letter) -> Letter:
    """With the attacker's own key, over the attacker's own words."""
    headers, body = _another_number(chance, letter, other)
    names = [name for name in headers if "sig" in name]
    if not names:
        seal = _sealed(body)
        pairs = [(k, seal if k in ("sign", "signature") else v) for k, v in _form(body)]
        return headers, urlencode(pairs).encode()
    name = chance.choice(names)
    moment = re.search(r"t=(\d+)", headers[name])
    if moment is None:
        return headers | {name: _sealed(body)}, body
    words = f"{moment[1]}.".encode() + body
    guess = hmac.new(b"guess", words, hashlib.sha256).hexdigest()
    return headers | {name: f"t={moment[1]},v1={guess}"}, body


def _sealed(words: bytes) -> str:
    return base64.b64encode(ATTACKER.sign(words, padding.PKCS1v15(), hashes.SHA256())).decode()


FORGES: tuple[Forge, ...] = (
    _flip,
    _cut,
    _add,
    _another_number,
    _mix,
    _drop_header,
    _bend_header,
    _another_time,
    _reword,
    _sign_anew,
)


def _form(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


@pytest.fixture(scope="module")
def letters(shop: Shop) -> list[Letter]:
    for _ in range(3):
        attempt = shop.begin(shop.payment())
        shop.pay(attempt)
    return shop.post()


def test_no_forged_notice_is_accepted(shop: Shop, letters: list[Letter]) -> None:
    chance = random.Random(f"{SEED} {shop.name}")
    channel = shop.provider.channel
    real = [channel.read_notice(*letter) for letter in letters]
    assert len(real) >= 2
    for number in range(FORGERIES):
        forge = FORGES[number % len(FORGES)]
        letter, other = chance.sample(letters, 2)
        forged = forge(chance, letter, other)
        try:
            accepted: Notice = channel.read_notice(*forged)
        except (ChannelError, KeyError, ValueError):  # what the front door answers with 400
            continue
        assert accepted in real, (forge.__name__, number, forged)


def test_a_notice_is_good_at_its_own_connection_only(shop: Shop, letters: list[Letter]) -> None:
    other = shop.provider.another().channel
    for letter in letters:
        with pytest.raises((ChannelError, KeyError, ValueError)):
            other.read_notice(*letter)
