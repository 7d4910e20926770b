"""People with second steps, and the codes that their apps show."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from sleek.core import clock
from sleek.merchants import actions as merchants
from sleek.merchants.models import User
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor
from tests.web.dashboard.security.authenticator import Authenticator

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SURE = "celadon-9"  # a transaction password


def app_code(*, steps: int = 0, secret: str = SECRET) -> str:
    """What the app shows now, or some steps of thirty seconds later."""
    app = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
    return app.generate(int(clock.now().timestamp()) + 30 * steps).decode()


def with_app(user: User) -> list[str]:
    """Turn codes on, with the code of the step before; the recovery codes."""
    return merchants.turn_on_totp(user, SECRET, app_code(steps=-1), address=None)


def with_transaction_password(user: User) -> User:
    merchants.set_transaction_password(user, SURE, address=None)
    return user


def with_passkey(visitor: Visitor, key: Authenticator, name: str = "Laptop") -> str:
    """Make one in the browser of somebody who is logged in; the page that answers."""
    office.prove(visitor)
    options = visitor.post("/settings/security/passkeys/begin").json()
    entered = {"credential": key.make(options), "name": name}
    answer = visitor.post("/settings/security/passkeys/new", entered)
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def signed(visitor: Visitor, key: Authenticator) -> str:
    return key.use(json.loads(visitor.post("/account/passkey/challenge").content))
