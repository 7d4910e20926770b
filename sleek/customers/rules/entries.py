"""A customer as people enter one, in a form or in a row of a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

from sleek.core.money import InvalidAmount, exponent
from sleek.customers.rules.book import (
    LETTERS,
    MAX_TAGS,
    METHODS,
    TAG_LETTERS,
    TERMS_DAYS_MAX,
    Details,
)
from sleek.customers.rules.names import countries, currencies, key, tongues
from sleek.customers.rules.purposes import (
    CellFlaw,
    Cells,
    Field,
    Kind,
    Misread,
    Purpose,
    Unfit,
    collect,
)
from sleek.merchants import rules as merchants

# The shape that mail servers take, of which more than one sign is refused by nobody's mistake.
_EMAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}|"
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+xn--[a-z0-9-]{2,59}"
)
_DAYS = re.compile(r"\d{1,4}")
_SEPARATORS = re.compile(r"[,，;；、\n]+")
_WAYS = {
    "bank_transfer": "电汇 银行转账 转账 汇款 对公转账 t/t tt wire banktransfer transfer",
    "card": "银行卡 信用卡 刷卡 card creditcard bankcard visa mastercard stripe",
    "paypal": "paypal 贝宝",
    "alipay": "支付宝 alipay",
    "wechatpay": "微信 微信支付 wechat wechatpay weixin",
    "unionpay": "银联 云闪付 unionpay",
}
_METHODS = {word: method for method, words in _WAYS.items() for word in words.split()}


def read_customer(cells: Cells, decimal_mark: str = ".") -> Details:
    """Raises `Unfit`."""
    country, unknown = "", False
    try:
        country = _country(cells.get("country", ""))
    except Misread:
        unknown = True  # said below, with whatever else is wrong
    values: dict[str, Any] = collect(_readers("" if unknown else country), cells)
    return Details(**values)


def _readers(country: str) -> dict[str, Callable[[str], object]]:
    """Phones and tax numbers are written by the customs of their country."""
    return {
        "name": _name,
        "contact": partial(_text, "contact"),
        "email": _email,
        "phone": partial(_phone, country),
        "country": _country,
        "address": partial(_text, "address"),
        "credit_code": _credit_code,
        "tax_number": partial(_tax_number, country),
        "language": partial(_named, tongues, CellFlaw.LANGUAGE),
        "currency": _currency,
        "method": _method,
        "terms_days": terms_days,
        "tags": _tags,
        "memo": _memo,
    }


def _name(text: str) -> str:
    if not text.strip():
        raise Misread(CellFlaw.MISSING)
    return _text("name", text)


def _text(name: str, text: str) -> str:
    """On one line."""
    return _short(name, " ".join(text.split()))


def _memo(text: str) -> str:
    return _short("memo", text.strip())


def _short(name: str, text: str) -> str:
    most = LETTERS[name]
    if len(text) > most:
        raise Misread(CellFlaw.TOO_LONG, str(most))
    return text


def _email(text: str) -> str:
    address = _short("email", unicodedata.normalize("NFKC", text).strip())
    if not address:
        return ""
    local = address.partition("@")[0]
    if not _EMAIL.fullmatch(address) or local.startswith(".") or local.endswith("."):
        raise Misread(CellFlaw.EMAIL)
    return address


def _phone(country: str, text: str) -> str:
    number = _text("phone", unicodedata.normalize("NFKC", text))
    if not number:
        return ""
    # 00 is dialled for + in most of the world, but not where every number is written from.
    number = f"+{number[2:]}" if number.startswith("00") else number
    try:
        return merchants.phone(country, number)
    except merchants.NotAPhone:
        raise Misread(CellFlaw.PHONE, merchants.phone_example(country)) from None


def _country(text: str) -> str:
    return _named(countries, CellFlaw.COUNTRY, text)


def _named(names: Callable[[], dict[str, str]], flaw: CellFlaw, text: str) -> str:
    """Its code, by the code or by a name in one of the languages of payers."""
    if not text.strip():
        return ""
    code = names().get(key(text))
    if code is None:
        raise Misread(flaw)
    return code


def _currency(text: str) -> str:
    code = _named(currencies, CellFlaw.CURRENCY, text)
    try:
        return code if not code or exponent(code) >= 0 else ""
    except InvalidAmount:
        raise Misread(CellFlaw.CURRENCY) from None


def _credit_code(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return merchants.credit_code(unicodedata.normalize("NFKC", text))
    except merchants.Malformed:
        raise Misread(CellFlaw.CREDIT_CODE) from None


def _tax_number(country: str, text: str) -> str:
    number = _text("tax_number", unicodedata.normalize("NFKC", text))
    if not number:
        return ""
    try:
        return merchants.tax_number(country, number)
    except merchants.NotATaxNumber as refusal:
        kinds = " / ".join(kind.name for kind in refusal.kinds)
        raise Misread(CellFlaw.TAX_NUMBER, kinds, refusal.kinds[0].example) from None


def _method(text: str) -> str:
    word = key(text)
    if not word or word in METHODS:
        return word
    found = next((method for method in METHODS if key(method) == word), None)
    method = found or _METHODS.get(word)
    if method is None:
        raise Misread(CellFlaw.METHOD)
    return method


def terms_days(text: str) -> int | None:
    """30, `30 天`, `Net 30`. Raises `Misread`."""
    if not text.strip():
        return None
    numbers = _DAYS.findall(unicodedata.normalize("NFKC", text).replace("%", " % "))
    if len(numbers) != 1 or "%" in text or int(numbers[0]) > TERMS_DAYS_MAX:
        raise Misread(CellFlaw.DAYS, str(TERMS_DAYS_MAX))
    return int(numbers[0])


def _tags(text: str) -> tuple[str, ...]:
    tags = [" ".join(part.split()) for part in _SEPARATORS.split(text)]
    found = tuple(dict.fromkeys(tag for tag in tags if tag))
    if len(found) > MAX_TAGS or any(len(tag) > TAG_LETTERS for tag in found):
        raise Misread(CellFlaw.TAGS, str(MAX_TAGS), str(TAG_LETTERS))
    return found


def _field(name: str, heads: str, *, is_required: bool = False) -> Field:
    return Field(name, tuple(heads.split()), is_required)


CUSTOMERS: Kind[Details] = Kind(
    Purpose.CUSTOMERS,
    (
        _field(
            "name",
            "公司名称 公司 客户名称 客户 客户全称 名称 单位名称 企业名称 付款方 抬头 公司全称"
            " name company companyname customer customername client buyer account firma kunde",
            is_required=True,
        ),
        _field(
            "contact",
            "联系人 联系人姓名 姓名 收件人 contact contactperson contactname attn attention person"
            " fullname ansprechpartner",
        ),
        _field("email", "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 email emailaddress mail"),
        _field(
            "phone",
            "电话 手机 手机号 联系电话 电话号码 手机号码 phone telephone tel mobile phonenumber"
            " cell telefon",
        ),
        _field("country", "国家 国家或地区 国家地区 国别 country countryregion region nation land"),
        _field(
            "address",
            "地址 注册地址 公司地址 详细地址 收货地址 address registeredaddress streetaddress"
            " billingaddress anschrift adresse",
        ),
        _field(
            "credit_code",
            "统一社会信用代码 社会信用代码 信用代码 creditcode uscc unifiedsocialcreditcode",
        ),
        _field(
            "tax_number",
            "税号 纳税人识别号 增值税号 税务登记号 taxnumber taxid vat vatnumber vatid vatno taxno"
            " ustidnr tin",
        ),
        _field("language", "语言 语种 language lang sprache"),
        _field("currency", "币种 货币 结算币种 常用币种 currency ccy usualcurrency währung"),
        _field(
            "method",
            "付款方式 支付方式 结算方式 常用付款方式 paymentmethod method preferredmethod payby",
        ),
        _field(
            "terms_days",
            "账期 付款期限 付款天数 账期天数 信用期 paymentterms terms daystopay creditdays"
            " netdays paymentdays",
        ),
        _field("tags", "标签 分类 客户分类 tags tag labels label category group"),
        _field("memo", "备注 说明 内部备注 memo note notes remark remarks comment comments"),
    ),
    read_customer,
)

__all__ = ["CUSTOMERS", "Unfit", "read_customer", "terms_days"]
