from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sleek.core import crypto
from sleek.core.crypto import Undecryptable

OLD = "2025:" + base64.b64encode(b"o" * 32).decode()
NEW = "2026:" + base64.b64encode(b"n" * 32).decode()


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_was_encrypted_opens_in_its_place(plain: bytes, context: str):
    assert crypto.decrypt(crypto.encrypt(plain, context=context), context=context) == plain


def test_the_same_secret_never_looks_the_same():
    assert crypto.encrypt(b"secret", context="a") != crypto.encrypt(b"secret", context="a")


def test_a_value_copied_elsewhere_does_not_open():
    with pytest.raises(Undecryptable):
        crypto.decrypt(crypto.encrypt(b"secret", context="con_1"), context="con_2")


def test_no_altered_byte_goes_unnoticed():
    value = crypto.encrypt(b"secret", context="a")
    for index in range(len(value)):
        altered = value[:index] + bytes([value[index] ^ 1]) + value[index + 1 :]
        with pytest.raises(Undecryptable):
            crypto.decrypt(altered, context="a")


@given(st.binary(max_size=120))
def test_noise_does_not_open(noise: bytes):
    with pytest.raises(Undecryptable):
        crypto.decrypt(noise, context="a")


def test_no_shortened_value_opens():
    value = crypto.encrypt(b"secret", context="a")
    for length in range(len(value)):
        with pytest.raises(Undecryptable):
            crypto.decrypt(value[:length], context="a")


def test_keys_rotate_without_touching_the_body(settings):
    settings.ENCRYPTION_KEYS = OLD
    value = crypto.encrypt(b"secret", context="a")

    settings.ENCRYPTION_KEYS = f"{NEW},{OLD}"
    rewrapped = crypto.rewrap(value)
    assert crypto.decrypt(value, context="a") == b"secret"

    settings.ENCRYPTION_KEYS = NEW
    assert crypto.decrypt(rewrapped, context="a") == b"secret"
    assert rewrapped[-34:] == value[-34:]
    with pytest.raises(Undecryptable):
        crypto.decrypt(value, context="a")
    with pytest.raises(Undecryptable):
        crypto.rewrap(value)
