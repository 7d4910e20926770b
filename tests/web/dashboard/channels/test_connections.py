"""The payment channels in the settings: what goes in, what never comes out, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from sleek.audit.models import Record
from sleek.channels import actions as channels
from sleek.channels.base import Refused, Unavailable
from sleek.channels.models import Breaker, Connection
from sleek.channels.rules import keys
from sleek.core.money import Money
from sleek.merchants.models import Merchant
from sleek.payments.models import Attempt
from tests import people
from tests.fakes.channel import Bank
from tests.web.dashboard import office

TEN = Money(1000, "USD")
INDEX = "/settings/channels"
SECRET = "a-secret-of-the-till-7f3a"


@pytest.fixture
def shop(bank: Bank, db: None, frozen_clock) -> Merchant:
    return people.merchant()


@pytest.fixture
def till(shop: Merchant) -> Connection:
    return shop.connections.get()


def send(shop: Merchant, address: str, /, **fields: Any) -> Any:
    visitor = office.at_work(shop)
    office.prove(visitor)
    return visitor.post(address, fields)


def page(shop: Merchant, at: str) -> str:
    visitor = office.at_work(shop)
    office.prove(visitor)
    return visitor.get(at).content.decode()


def entered(**more: Any) -> dict[str, Any]:
    return {"name": "Second till", "methods": ["card"], "credential_secret": SECRET} | more


def one(till: Connection) -> str:
    return f"{INDEX}/{till.public_id}"


def test_a_connection_is_added_with_its_secret_sealed(shop: Merchant) -> None:
    answer = send(shop, f"{INDEX}/new/till", **entered())
    made = Connection.objects.latest("pk")
    assert answer["Location"] == one(made)
    assert (made.merchant, made.name, made.methods) == (shop, "Second till", ["card"])
    assert made.unseal() == {"secret": SECRET}
    assert SECRET.encode() not in bytes(made.credentials)


def test_a_saved_secret_never_comes_back(shop: Merchant) -> None:
    send(shop, f"{INDEX}/new/till", **entered())
    made = Connection.objects.latest("pk")
    shown = page(shop, one(made)) + page(shop, INDEX)
    assert SECRET not in shown
    assert "ends in 7f3a" in shown


def test_what_is_audited_names_fields_and_no_secret(shop: Merchant) -> None:
    send(shop, f"{INDEX}/new/till", **entered())
    record = Record.objects.get(action="connection.added")
    assert record.data == {"channel": "till", "fields": ["secret"], "name": "Second till"}


def test_a_refused_form_does_not_repeat_the_secret(shop: Merchant) -> None:
    answer = send(shop, f"{INDEX}/new/till", **entered(methods=[]))
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()
    assert Connection.objects.count() == 1


def test_an_empty_secret_stays_as_it_was(shop: Merchant, till: Connection) -> None:
    send(shop, one(till), **entered(credential_secret="", name="Renamed"))
    till.refresh_from_db()
    assert (till.name, till.unseal()) == ("Renamed", {"secret": "s3cret"})
    record = Record.objects.get(action="connection.changed")
    assert record.data["fields"] == []


def test_new_credentials_give_a_sick_connection_another_chance(
    shop: Merchant, till: Connection
) -> None:
    for _ in range(3):
        channels.note_trouble(till, "card", "channel_unavailable", answered=lambda since: 0)
    assert Breaker.objects.get().state == "open"
    send(shop, one(till), **entered())
    assert Breaker.objects.count() == 0


def test_a_missing_credential_is_said_at_its_field(shop: Merchant) -> None:
    answer = send(shop, f"{INDEX}/new/stripe", name="Stripe", methods=["card"], environment="live")
    assert answer.status_code == 422
    assert "id_credential_secret_key_error" in answer.content.decode()


def test_a_key_that_is_none_is_said_at_its_field(shop: Merchant) -> None:
    fields = {"app_id": "1", "seller_id": "2", "app_private_key": "x", "alipay_public_key": "y"}
    posted = {f"credential_{name}": text for name, text in fields.items()}
    answer = send(
        shop, f"{INDEX}/new/alipay", name="A", methods=["alipay"], environment="live", **posted
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "id_credential_app_private_key_error" in said
    assert Connection.objects.filter(channel="alipay").count() == 0


def test_no_address_can_be_typed(shop: Merchant) -> None:
    """It would make our server call whatever a merchant likes."""
    posted = entered(credential_api_base="http://127.0.0.1/", credential_secret_key="sk_live_1")
    send(shop, f"{INDEX}/new/stripe", **posted | {"environment": "live"})
    for made in Connection.objects.filter(channel="stripe"):
        assert "api_base" not in made.unseal()
    assert "api_base" not in page(shop, f"{INDEX}/new/stripe")


def test_the_sandbox_is_offered_only_where_it_runs(shop: Merchant, settings) -> None:
    assert 'value="sandbox"' not in page(shop, f"{INDEX}/new/alipay")
    settings.SANDBOX_URL = "http://127.0.0.1:8001"
    assert 'value="sandbox"' in page(shop, f"{INDEX}/new/alipay")
    form = {"name": "S", "methods": ["card"], "environment": "sandbox"}
    send(shop, f"{INDEX}/new/stripe", **form, credential_secret_key="sk_test_1")
    made = Connection.objects.get(channel="stripe")
    assert made.unseal()["api_base"] == "http://127.0.0.1:8001"


def test_whose_account_it_is_stays_once_payments_were_made(shop: Merchant) -> None:
    made = Connection(merchant=shop, channel="banktransfer", name="Bank", methods=["banktransfer"])
    known = {"holder": "Lin", "account": "123456", "currency": "USD", "bank": "Bank"}
    made.seal(known)
    made.save()
    Attempt.objects.create(
        payment=people.payment(shop, TEN),
        connection=made,
        channel="banktransfer",
        method="banktransfer",
        flow="here",
        amount=1000,
        currency="USD",
        expires_at=made.created_at,
    )
    posted = {f"credential_{name}": text for name, text in known.items()}
    posted["credential_account"] = "999999"
    send(shop, one(made), name="Bank", methods=["banktransfer"], **posted)
    made.refresh_from_db()
    assert made.unseal() == known


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (None, "accepts these credentials"),
        (Unavailable("no"), "did not answer"),
        (Refused("The key is revoked.", reason="secret"), "“secret” is wrong: The key is revoked."),
        (Refused("no", reason="what_is_this"), "what_is_this"),
    ],
)
def test_testing_says_what_is_wrong(
    shop: Merchant, till: Connection, bank: Bank, fault: Exception | None, said: str
) -> None:
    if fault:
        bank.faults["s3cret"] = fault  # type: ignore[assignment]
    visitor = office.at_work(shop)
    office.prove(visitor)
    visitor.post(f"{one(till)}/test")
    assert said in visitor.get(one(till)).content.decode()


def test_switched_off_it_is_offered_to_nobody_and_put_away_it_is_kept(
    shop: Merchant, till: Connection
) -> None:
    send(shop, f"{one(till)}/switch")
    till.refresh_from_db()
    assert not till.is_enabled
    send(shop, f"{one(till)}/switch", to="on")
    till.refresh_from_db()
    assert till.is_enabled
    send(shop, f"{one(till)}/put-away")
    till.refresh_from_db()
    assert (till.is_enabled, till.put_away_at is not None) == (False, True)
    visitor = office.at_work(shop)
    office.prove(visitor)
    assert visitor.get(one(till)).status_code == 404
    assert send(shop, f"{one(till)}/switch", to="on").status_code == 404


def test_the_operators_connection_is_shown_and_cannot_be_touched(shop: Merchant) -> None:
    operators = people.till(None, secret="of-the-operator")
    operators.name = "Platform till"
    operators.save(update_fields=["name"])
    assert "Platform till" in page(shop, INDEX)
    for place in ("", "/test", "/switch", "/put-away", "/prices"):
        assert send(shop, one(operators) + place, **entered()).status_code == 404
    operators.refresh_from_db()
    assert operators.unseal() == {"secret": "of-the-operator"}


def test_changing_one_asks_who_is_there(shop: Merchant, till: Connection) -> None:
    office.at_work(shop).post(one(till), entered())
    office.at_work(shop).post(f"{one(till)}/put-away")
    till.refresh_from_db()
    assert (till.name, till.put_away_at) == ("Till", None)


PEM = "-----BEGIN PRIVATE KEY-----\n" + "A" * 64 + "\n" + "B" * 10 + "\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "pasted",
    [
        PEM,
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", " "),
        f'  "{PEM}"  ',
        PEM.replace("A" * 64, "A" * 30 + "\n\n" + "A" * 34),
    ],
)
def test_a_key_pasted_with_wrong_line_breaks_is_understood(pasted: str) -> None:
    assert keys.tidy(pasted).strip() == PEM.strip()


def test_bare_base64_and_other_texts_stay_what_they_are() -> None:
    assert keys.tidy(" MIIE\nvQIB \n") == "MIIEvQIB"
    assert keys.tidy("not a key: at all!") == "not a key: at all!"
    two = PEM + PEM
    assert keys.tidy(two) == two
