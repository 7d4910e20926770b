"""A program that opens one PKCS #12 file and ends.

Such a file says itself how often its password is hashed, up to billions of times, and part of that
stands where only the password shows it. So it is opened in a process of its own, which the system
ends when it has computed for long enough. It imports nothing of ours.
"""

from __future__ import annotations

import base64
import json
import resource
import sys

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12


def opened(content: bytes, password: str) -> dict[str, list[str]] | None:
    """Key, certificate and those above it, in DER; an empty list for what is not there. None for a
    file that does not open.
    """
    try:
        store = pkcs12.load_pkcs12(content, password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    der = serialization.Encoding.DER
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    above = [each.certificate.public_bytes(der) for each in store.additional_certs]
    parts = {
        "key": [store.key.private_bytes(der, *plain)] if store.key else [],
        "certificate": [store.cert.certificate.public_bytes(der)] if store.cert else [],
        "chain": above,
    }
    return {name: [base64.b64encode(each).decode() for each in p] for name, p in parts.items()}


def main() -> None:
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    said = json.load(sys.stdin)
    json.dump(opened(base64.b64decode(said["content"]), said["password"]), sys.stdout)


if __name__ == "__main__":
    main()
