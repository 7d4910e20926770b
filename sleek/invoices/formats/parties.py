"""Who asks and who pays, as EN 16931 names them."""

from __future__ import annotations

from sleek.invoices.formats import terms
from sleek.invoices.models import Invoice
from sleek.merchants.models import Merchant
from sleek.merchants.rules import phone_abroad


def of(invoice: Invoice, *, is_taxed: bool) -> dict[str, object]:
    """Outside the tax, nobody may be named by a number for it (BR-O-02)."""
    return {
        "BG-4": _payee(invoice.merchant, is_taxed=is_taxed),
        "BG-7": _payer(invoice, is_taxed=is_taxed),
        "BG-13": _receiver(invoice),
    }


def _payee(merchant: Merchant, *, is_taxed: bool) -> dict[str, object]:
    name = merchant.legal_name or merchant.name
    said: dict[str, object] = {
        "name": name,
        "biz_name": merchant.name if merchant.name != name else "",
        "legal_identifier": merchant.credit_code or merchant.tax_number,
        "addr_l1": merchant.address,
        "country_code": merchant.country,
    }
    number = merchant.tax_number or merchant.credit_code
    is_vat = terms.is_vat_number(number, merchant.country)
    if is_taxed:
        said["vat_identifier" if is_vat else "tax_identifier"] = number
    if merchant.phone:
        said["contacts"] = [{"name": name, "phone": phone_abroad(merchant.phone)}]
    return said


def _payer(invoice: Invoice, *, is_taxed: bool) -> dict[str, object]:
    said: dict[str, object] = {
        "name": invoice.payer_name,
        "legal_identifier": invoice.payer_credit_code,
        "addr_l1": invoice.payer_address,
        "country_code": invoice.payer_country,
    }
    number = invoice.payer_tax_number
    if is_taxed and terms.is_vat_number(number, invoice.payer_country):
        said["vat_identifier"] = number
    elif number:
        said["identifiers"] = {None: number}
    contact = {
        "name": invoice.payer_contact,
        "phone": invoice.payer_phone,
        "email": invoice.payer_email,
    }
    if any(contact.values()):
        said["contacts"] = [contact]
    if invoice.payer_email:
        said["einvoicing_addr"] = invoice.payer_email
        said["einvoicing_addr_schemeid"] = "EM"
    return said


def _receiver(invoice: Invoice) -> dict[str, object]:
    """Who receives what is billed: the payer, as it is understood where nobody is named; but the
    rules know no empty place (R008).
    """
    return {
        "name": invoice.payer_name,
        "addr_l1": invoice.payer_address,
        "country_code": invoice.payer_country,
    }
