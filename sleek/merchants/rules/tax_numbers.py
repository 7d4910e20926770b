"""Tax numbers by country, checked by python-stdnum.

A country that gives several kinds of numbers lists those that businesses print on bills, the
commonest first. Of a country that is not listed any text is taken: we would rather print a number
that we cannot judge than refuse a right one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from stdnum.exceptions import ValidationError

from sleek.merchants.rules.codes import Malformed, credit_code


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of number: what the country calls it, one that exists, and who checks it."""

    name: str
    example: str
    module: str
    prefix: str = ""  # it prints with, as VAT numbers of the European Union do


class NotATaxNumber(ValueError):
    """None of the country's `kinds`."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        super().__init__(kinds)
        self.kinds = kinds


def tax_number(country: str, text: str) -> str:
    """The number as it prints. Raises `NotATaxNumber`."""
    kinds = tax_kinds(country)
    for kind in kinds:
        number = _read(kind, text)
        if number:
            return number
    if kinds:
        raise NotATaxNumber(kinds)
    return " ".join(text.split())


def tax_kinds(country: str) -> tuple[Kind, ...]:
    return KINDS.get(country, ())


def _read(kind: Kind, text: str) -> str:
    """Empty when it is not of this kind."""
    if kind.module == CREDIT_CODE:
        return _credit_code(text)
    try:
        checks = _module(kind.module)
        if kind.prefix:
            bare = text.strip().upper().removeprefix(kind.prefix)
            return kind.prefix + str(checks.validate(bare)).removeprefix(kind.prefix)
        form: Callable[[str], str] = getattr(checks, "format", checks.compact)
        return str(form(checks.validate(text)))
    except ValidationError:
        return ""


def _credit_code(text: str) -> str:
    try:
        return credit_code(text)
    except Malformed:
        return ""


@cache
def _module(name: str) -> Any:
    """Loaded when a merchant of the country comes along: there are some sixty."""
    return import_module(f"stdnum.{name}")


CREDIT_CODE = "cn.uscc"

# fmt: off
KINDS: dict[str, tuple[Kind, ...]] = {
    # East and South Asia, the Pacific
    "CN": (Kind("统一社会信用代码", "91350100M000100Y43", CREDIT_CODE),),
    "TW": (Kind("統一編號", "00501503", "tw.ubn"),),
    "JP": (Kind("法人番号", "5-8356-7825-6246", "jp.cn"),
           Kind("登録番号", "T5835678256246", "jp.cn", "T")),
    "KR": (Kind("사업자등록번호", "116-82-00276", "kr.brn"),),
    "SG": (Kind("UEN", "00192200M", "sg.uen"),),
    "IN": (Kind("GSTIN", "27AAPFU0939F1ZV", "in_.gstin"), Kind("PAN", "ACUPA7085R", "in_.pan")),
    "TH": (Kind("TIN", "1-2345-45678-78-1", "th.tin"),),
    "VN": (Kind("MST", "0100233488", "vn.mst"),),
    "ID": (Kind("NPWP", "01.312.166.0-091.000", "id.npwp"),),
    "AU": (Kind("ABN", "83 914 571 673", "au.abn"),),
    "NZ": (Kind("IRD", "49-091-850", "nz.ird"),),
    # The European Union
    "AT": (Kind("UID", "ATU13585627", "at.uid", "AT"),
           Kind("Steuernummer", "59-119/9013", "at.tin")),
    "BE": (Kind("BTW/TVA", "BE0428759497", "be.vat", "BE"),),
    "BG": (Kind("ДДС", "BG175074752", "bg.vat", "BG"),),
    "CY": (Kind("ΦΠΑ", "CY10259033P", "cy.vat", "CY"),),
    "CZ": (Kind("DIČ", "CZ25123891", "cz.dic", "CZ"),),
    "DE": (Kind("USt-IdNr.", "DE136695976", "de.vat", "DE"),
           Kind("Steuernummer", "181/815/08155", "de.stnr")),
    "DK": (Kind("CVR", "DK13585628", "dk.cvr", "DK"),),
    "EE": (Kind("KMKR", "EE100594102", "ee.kmkr", "EE"),
           Kind("registrikood", "12345678", "ee.registrikood")),
    "ES": (Kind("NIF", "ESB64717838", "es.nif", "ES"),),
    "FI": (Kind("ALV", "FI20774740", "fi.alv", "FI"),),
    "FR": (Kind("TVA", "FR40303265045", "fr.tva", "FR"),
           Kind("SIREN", "552 008 443", "fr.siren"),
           Kind("SIRET", "732 829 320 00074", "fr.siret")),
    "GR": (Kind("ΑΦΜ", "EL094259216", "gr.vat", "EL"),),
    "HR": (Kind("OIB", "HR33392005961", "hr.oib", "HR"),),
    "HU": (Kind("közösségi adószám", "HU12892312", "hu.anum", "HU"),),
    "IE": (Kind("VAT", "IE6433435F", "ie.vat", "IE"),),
    "IT": (Kind("Partita IVA", "IT00743110157", "it.iva", "IT"),
           Kind("codice fiscale", "RCCMNL83S18D969H", "it.codicefiscale")),
    "LT": (Kind("PVM", "LT119511515", "lt.pvm", "LT"),),
    "LU": (Kind("TVA", "LU15027442", "lu.tva", "LU"),),
    "LV": (Kind("PVN", "LV40003521600", "lv.pvn", "LV"),),
    "MT": (Kind("VAT", "MT11679112", "mt.vat", "MT"),),
    "NL": (Kind("btw-id", "NL004495445B01", "nl.btw", "NL"),),
    "PL": (Kind("NIP", "PL8567346215", "pl.nip", "PL"),),
    "PT": (Kind("NIF", "PT501964843", "pt.nif", "PT"),),
    "RO": (Kind("CIF", "RO18547290", "ro.cf", "RO"),),
    "SE": (Kind("Moms", "SE123456789701", "se.vat", "SE"),
           Kind("organisationsnummer", "123456-7897", "se.orgnr")),
    "SI": (Kind("ID za DDV", "SI50223054", "si.ddv", "SI"),),
    "SK": (Kind("IČ DPH", "SK2022749619", "sk.dph", "SK"),),
    # The rest of Europe and its neighbours
    "AL": (Kind("NUIS", "J91402501L", "al.nipt"),),
    "AZ": (Kind("VÖEN", "1401555071", "az.voen"),),
    "BY": (Kind("УНП", "200988541", "by.unp"),),
    "CH": (Kind("MWST/TVA/IVA", "CHE-107.787.577 IVA", "ch.vat"),
           Kind("UID", "CHE-100.155.212", "ch.uid")),
    "GB": (Kind("VAT", "GB980780684", "gb.vat", "GB"), Kind("UTR", "1955839661", "gb.utr")),
    "IL": (Kind("ח.פ.", "516179157", "il.hp"),),
    "IS": (Kind("VSK", "IS00621", "is_.vsk", "IS"),),
    "MC": (Kind("TVA", "FR53000004605", "mc.tva"),),
    "MD": (Kind("IDNO", "1008600038413", "md.idno"),),
    "ME": (Kind("PIB", "02655284", "me.pib"),),
    "MK": (Kind("ЕДБ", "4030000375897", "mk.edb"),),
    "NO": (Kind("MVA", "NO 995 525 828 MVA", "no.mva"), Kind("orgnr", "988 077 917", "no.orgnr")),
    "RS": (Kind("PIB", "101134702", "rs.pib"),),
    "RU": (Kind("ИНН", "123456789047", "ru.inn"),),
    "TR": (Kind("VKN", "4540536920", "tr.vkn"), Kind("TCKN", "17291716060", "tr.tckimlik")),
    "UA": (Kind("ЄДРПОУ", "32855961", "ua.edrpou"), Kind("РНОКПП", "1759013776", "ua.rntrc")),
    # The Americas
    "AR": (Kind("CUIT", "20-05536168-2", "ar.cuit"),),
    "BR": (Kind("CNPJ", "16.727.230/0001-97", "br.cnpj"), Kind("CPF", "390.533.447-05", "br.cpf")),
    "CA": (Kind("BN", "123026635", "ca.bn"),),
    "CL": (Kind("RUT", "76.086.428-5", "cl.rut"),),
    "CO": (Kind("NIT", "213.123.432-1", "co.nit"),),
    "CR": (Kind("CPJ", "3-101-999999", "cr.cpj"),),
    "DO": (Kind("RNC", "1-01-85004-3", "do.rnc"),),
    "EC": (Kind("RUC", "1792060346001", "ec.ruc"),),
    "GT": (Kind("NIT", "576937-K", "gt.nit"),),
    "MX": (Kind("RFC", "VACE 460910 SX6", "mx.rfc"),),
    "PE": (Kind("RUC", "20512333797", "pe.ruc"),),
    "PY": (Kind("RUC", "80028061-0", "py.ruc"),),
    "SV": (Kind("NIT", "0614-050707-104-8", "sv.nit"),),
    "US": (Kind("EIN", "91-1144442", "us.ein"),),
    "UY": (Kind("RUT", "21-100342-001-7", "uy.rut"),),
    "VE": (Kind("RIF", "V114702834", "ve.rif"),),
    # Africa
    "DZ": (Kind("NIF", "416001000000007", "dz.nif"),),
    "EG": (Kind("الرقم الضريبي", "100-531-385", "eg.tn"),),
    "GH": (Kind("TIN", "C0000803561", "gh.tin"),),
    "KE": (Kind("PIN", "P051365947M", "ke.pin"),),
    "MA": (Kind("ICE", "001561191000066", "ma.ice"),),
    "MZ": (Kind("NUIT", "400 339 910", "mz.nuit"),),
    "SN": (Kind("NINEA", "3067221", "sn.ninea"),),
    "TN": (Kind("MF", "1234567/M/A/E/001", "tn.mf"),),
    "ZA": (Kind("TIN", "0001339050", "za.tin"),),
}
# fmt: on
