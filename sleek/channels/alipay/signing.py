"""RSA2: RSA with SHA-256 and PKCS#1 v1.5, over exactly the right bytes.

A request is signed over its sorted, un-encoded parameters. A reply is signed over the text of its
own node as it was sent, spaces, escapes and all; a second node of the same name must not win, so
whatever repeats a name is refused. A notice is signed over its decoded form fields.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sleek.channels.base import Refused, Untrusted

LEAST_KEY_BITS = 2048
MAX_NOTICE_FIELDS = 100

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """The node of a reply that answers us.

    Only a signed one may be believed in what it says about money.
    """

    node: Node
    is_signed: bool


@lru_cache(maxsize=64)
def private_key(text: str) -> rsa.RSAPrivateKey:
    """From PEM, or the bare base64 that Alipay's key tool writes (PKCS#8 or PKCS#1).

    Raises `Refused`.
    """
    try:
        key = serialization.load_der_private_key(_der(text), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused("The app's private key cannot be read.", reason="app_private_key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_KEY_BITS:
        raise Refused("The app's private key is not RSA of 2048 bits.", reason="app_private_key")
    return key


@lru_cache(maxsize=64)
def public_key(text: str) -> rsa.RSAPublicKey:
    """From PEM or bare base64. Raises `Refused`."""
    try:
        key = serialization.load_der_public_key(_der(text))
    except (ValueError, UnsupportedAlgorithm):
        raise Refused("Alipay's public key cannot be read.", reason="alipay_public_key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_KEY_BITS:
        raise Refused("Alipay's public key is not RSA of 2048 bits.", reason="alipay_public_key")
    return key


def sign(params: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """The `sign` of a request; parameters without a value do not count."""
    text = _joined({name: value for name, value in params.items() if value})
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def open_reply(body: bytes, node_name: str, key: rsa.RSAPublicKey) -> Reply:
    """Raises `Untrusted` when the reply is malformed or its signature is wrong."""
    members = _members(body)
    node, raw = members.get(node_name) or members.get("error_response") or (None, "")
    if not isinstance(node, dict):
        raise Untrusted("the reply holds no answer to the request")
    signature, _ = members.get("sign") or (None, "")
    if signature is None:
        return Reply(node, is_signed=False)
    if not isinstance(signature, str) or not _is_signed(raw, signature, key):
        raise Untrusted("the reply's signature is wrong")
    return Reply(node, is_signed=True)


def open_notice(body: bytes, key: rsa.RSAPublicKey) -> dict[str, str]:
    """The fields of a verified notice. Raises `Untrusted`."""
    try:
        parts = body.decode("ascii").split("&", MAX_NOTICE_FIELDS)
        fields = dict(_field(part) for part in parts)
    except ValueError:
        raise Untrusted("the notice is not a form") from None
    if len(fields) != len(parts):
        raise Untrusted("the notice gives a field twice")
    signature, kind = fields.pop("sign", ""), fields.pop("sign_type", "")
    if kind != "RSA2":
        raise Untrusted("the notice is not signed by RSA2")
    # Notices of most products leave `sign_type` out of what is signed; those of some keep it.
    if not _is_signed(_joined(fields), signature, key):
        with_kind = _joined(fields | {"sign_type": kind})
        if not _is_signed(with_kind, signature, key):
            raise Untrusted("the notice's signature is wrong")
    return fields


def _field(part: str) -> tuple[str, str]:
    """A name and its value, decoded once.

    `urllib.parse.parse_qsl` takes three times as long, and this is done for every notice.
    """
    name, equals, value = part.partition("=")
    if not equals:
        raise ValueError("a field without a value")
    if "%" not in part and "+" not in part:
        return name, value
    return unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")


def _is_signed(text: str, signature: str, key: rsa.RSAPublicKey) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
        if base64.b64encode(raw).decode() != signature:
            return False  # one signature, one spelling
        key.verify(raw, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _joined(params: Mapping[str, str]) -> str:
    return "&".join(f"{name}={params[name]}" for name in sorted(params))


def _members(body: bytes) -> dict[str, tuple[object, str]]:
    """Each member of the outermost object: its value, and its text as it stands in the body."""
    try:
        return _scan(body.decode())
    except (ValueError, IndexError, RecursionError):
        raise Untrusted("the reply is not the JSON it should be") from None


def _scan(text: str) -> dict[str, tuple[object, str]]:
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique, parse_float=str, parse_int=str, parse_constant=_refuse
    )
    found: dict[str, tuple[object, str]] = {}
    at = _skip(text, _expect(text, _skip(text, 0), "{"))
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        start = _skip(text, _expect(text, _skip(text, at), ":"))
        value, end = decoder.raw_decode(text, start)
        if not isinstance(name, str) or name in found:
            raise ValueError("a name is missing or repeated")
        found[name] = (value, text[start:end])
        at = _skip(text, end)
        if text[at] != "}":
            at = _skip(text, _expect(text, at, ","))
            _expect(text, at, '"')
    if text[at + 1 :].strip():
        raise ValueError("something follows the object")
    return found


def _expect(text: str, at: int, sign: str) -> int:
    if text[at] != sign:
        raise ValueError(f"{sign} is missing")
    return at + 1


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is repeated")
    return found


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _der(text: str) -> bytes:
    lines = [line.strip() for line in text.strip().splitlines()]
    bare = "".join(line for line in lines if not line.startswith("-----"))
    try:
        return base64.b64decode(bare, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
