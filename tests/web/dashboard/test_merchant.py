"""Setting up the business, and its settings."""

from __future__ import annotations

import pytest

from sleek.core.money import Money
from sleek.merchants.models import Merchant, Role
from tests import people
from tests.web.dashboard import office
from tests.web.dashboard.conftest import Visitor, member, person

CERAMICS = {
    "name": " Lin   Ceramics ",
    "country": "CN",
    "default_currency": "EUR",
    "time_zone": "Asia/Shanghai",
    "language": "zh-hans",
    "accent_color": "#0F5C73",
}


def test_somebody_without_a_business_is_sent_to_set_it_up(visitor: Visitor) -> None:
    visitor.force_login(person())
    for page in ("/overview", "/settings", "/links", "/payments", "/wallet"):
        assert visitor.get(page)["Location"] == "/setup"


def test_setting_up_leads_to_the_overview_and_happens_once(visitor: Visitor) -> None:
    visitor.force_login(person())
    assert visitor.post("/setup", CERAMICS)["Location"] == "/overview"
    shop = Merchant.objects.get()
    assert (shop.name, shop.default_currency) == ("Lin Ceramics", "EUR")
    assert shop.brands.get(is_default=True).accent_color == "#0f5c73"
    assert visitor.post("/setup", CERAMICS)["Location"] == "/overview"
    assert Merchant.objects.count() == 1


BAD = [
    ("name", " "),
    ("country", "XX"),
    ("default_currency", "XAU"),
    ("time_zone", "Mars/Olympus"),
    ("language", "tlh"),
    ("accent_color", "red;}"),
]


@pytest.mark.parametrize(("field", "value"), BAD)
def test_what_is_not_well_formed_is_refused_beside_its_field(
    visitor: Visitor, field: str, value: str
) -> None:
    visitor.force_login(person())
    page = visitor.post("/setup", CERAMICS | {field: value}).content.decode()
    assert f'id="id_{field}_error"' in page
    assert Merchant.objects.count() == 0


def test_settings_keep_a_checked_credit_code(visitor: Visitor) -> None:
    visitor.force_login(member())
    wrong = visitor.post("/settings", CERAMICS | {"credit_code": "91350100M000100Y44"})
    assert "not a valid unified social credit code" in wrong.content.decode()
    visitor.post("/settings", CERAMICS | {"credit_code": "91350100 m000100y43"})
    assert Merchant.objects.get().credit_code == "91350100M000100Y43"


def test_settings_do_not_lose_what_the_form_shows(visitor: Visitor) -> None:
    visitor.force_login(member())
    told = {"tax_number": "91350100M000100Y43", "phone": "0798 844 1234", "address": "A"}
    visitor.post("/settings", CERAMICS | told | {"font": "serif"})
    shop = Merchant.objects.get()
    assert (shop.phone, shop.font) == ("+867988441234", "serif")
    page = visitor.read("/settings")
    for value in ("Lin Ceramics", *told.values()):
        assert f'value="{value}"' in page
    visitor.post("/settings", CERAMICS | told)
    assert Merchant.objects.get().font == "serif"


WRONG = [
    ("CN", "tax_number", "T-1", "valid 统一社会信用代码. It looks like 91350100M000100Y43."),
    ("DE", "tax_number", "DE1", "valid USt-IdNr. / Steuernummer. It looks like DE136695976."),
    ("US", "tax_number", "1", "valid EIN. It looks like 91-1144442."),
    ("CN", "phone", "12345", "Nobody can be called by this number. It looks like 010 1234 5678"),
]


@pytest.mark.parametrize(("country", "field", "value", "sentence"), WRONG)
def test_a_wrong_number_is_refused_in_words_of_its_country(
    visitor: Visitor, country: str, field: str, value: str, sentence: str
) -> None:
    visitor.force_login(member())
    page = visitor.post("/settings", CERAMICS | {"country": country, field: value})
    assert f'id="id_{field}_error"' in page.content.decode()
    assert sentence in page.content.decode()
    assert getattr(Merchant.objects.get(), field) == ""


def test_of_an_unknown_country_any_tax_number_is_taken(visitor: Visitor) -> None:
    visitor.force_login(member())
    visitor.post("/settings", CERAMICS | {"country": "HK", "tax_number": "12345678-000"})
    assert Merchant.objects.get().tax_number == "12345678-000"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_only_the_owner_changes_the_settings(db: None, role: Role) -> None:
    member()
    visitor = office.colleague(Merchant.objects.get(), role)
    assert "Only the owner" in visitor.read("/settings")
    assert visitor.post("/settings", CERAMICS).status_code == 403
    assert Merchant.objects.get().default_currency == "USD"


def test_another_merchants_rows_are_as_absent_as_none(visitor: Visitor) -> None:
    other = people.link(people.merchant(email="chen@example.com"), Money(5000, "USD"))
    visitor.force_login(member())
    assert visitor.get(f"/links/{other.public_id}").status_code == 404
    assert visitor.get("/links/lnk_none").status_code == 404
