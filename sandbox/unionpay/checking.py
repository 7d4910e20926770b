"""What UnionPay accepts in a request's fields."""

import datetime as dt
import re
from urllib.parse import urlsplit

from sandbox.store import Account
from sandbox.unionpay import errors, signing
from sandbox.unionpay.signing import Fields
from sandbox.world import World

BEIJING = dt.timezone(dt.timedelta(hours=8))
COMMON = (
    *("version", "encoding", "certId", "signature", "signMethod", "txnType", "txnSubType"),
    *("bizType", "accessType", "merId", "txnTime"),
)
FORMS = {
    "orderId": re.compile(r"[0-9A-Za-z]{8,40}", re.ASCII),
    "txnTime": re.compile(r"\d{14}", re.ASCII),
    "payTimeout": re.compile(r"\d{14}", re.ASCII),
    "txnAmt": re.compile(r"[1-9]\d{0,11}", re.ASCII),
    "currencyCode": re.compile(r"156", re.ASCII),
    "channelType": re.compile(r"0[78]", re.ASCII),
    "origQryId": re.compile(r"\d{21}", re.ASCII),
    "settleDate": re.compile(r"\d{4}", re.ASCII),
    "fileType": re.compile(r"\d{2}", re.ASCII),
}
# UnionPay documents no tolerance for the time of an order, only that it be the present.
TOLERANCE_S = 24 * 3600
COMMODITY = re.compile(r"\{commodityName=([^&={}\[\]\"'<>|]+)\}")


def merchant(this: World, fields: Fields) -> Account:
    """Who signed the request. All that every request needs is there and right."""
    need(fields, *COMMON)
    account = this.store.account(fields["merId"])
    if account is None or account.provider != "unionpay":
        raise errors.no_merchant()
    if fields["certId"] != account.data["cert_id"]:
        raise errors.bad_signature("certId 不是该商户的证书")
    if not signing.is_signed(fields, account.data["certificate"]):
        raise errors.bad_signature("签名有误")
    same = {"version": "5.1.0", "signMethod": "01", "accessType": "0"}
    for name, value in same.items():
        if fields[name] != value:
            raise errors.bad_form(name)
    if fields["encoding"].upper() != "UTF-8":
        raise errors.bad_form("encoding")
    return account


def need(fields: Fields, *names: str) -> None:
    for name in names:
        if name not in fields:
            raise errors.missing(name)
        if name in FORMS and not FORMS[name].fullmatch(fields[name]):
            raise errors.bad_form(name)


def kind(fields: Fields, *wanted: str) -> None:
    """`txnType`, `txnSubType` and `bizType`."""
    if tuple(fields[name] for name in ("txnType", "txnSubType", "bizType")) != wanted:
        raise errors.not_allowed()


def moment(text: str) -> float:
    try:
        return dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        raise errors.bad_form(text) from None


def present(text: str, now: float) -> None:
    if abs(moment(text) - now) > TOLERANCE_S:
        raise errors.bad_form("txnTime 无效")


def address(text: str, name: str) -> str:
    """Real ones are public; the sandbox's merchants live on loopback."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise errors.bad_form(name)
    return text


def commodity(fields: Fields) -> str:
    given = fields.get("riskRateInfo")
    if given is None:
        return ""
    found = COMMODITY.fullmatch(given)
    if found is None:
        raise errors.bad_form("riskRateInfo")
    return found[1]


def beijing(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, BEIJING)
