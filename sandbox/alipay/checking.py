"""What Alipay accepts in `biz_content`. Unknown fields are ignored, as the gateway does."""

import datetime as dt
import json
import re
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from sandbox.alipay.errors import bad_parameter
from sandbox.store import Json

BEIJING = ZoneInfo("Asia/Shanghai")
MOMENT = "%Y-%m-%d %H:%M:%S"
LARGEST_FEN = 100_000_000 * 100
ORDER_NUMBER = re.compile(r"^[A-Za-z0-9_]{1,64}$")
SUBJECT_CHARS = 256
BODY_CHARS = 128
PASSBACK_CHARS = 512
# Both spellings are in Alipay's documents and both are taken.
WAP_PRODUCTS = frozenset({"QUICK_WAP_WAY", "QUICK_WAP_PAY"})
PAGE_PRODUCT = "FAST_INSTANT_TRADE_PAY"
PRECREATE_PRODUCT = "FACE_TO_FACE_PAYMENT"
DEFAULT_LIFETIME_S = 15 * 24 * 3600
UNIT_S = {"m": 60, "h": 3600, "d": 24 * 3600}


def biz_content(text: str) -> Json:
    if not text:
        raise bad_parameter("biz_content 不能为空")
    try:
        content = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise bad_parameter("biz_content 不是合法的 JSON") from None
    if not isinstance(content, dict):
        raise bad_parameter("biz_content 不是 JSON 对象")
    return content


def order(content: Json, method: str, now: float) -> Json:
    """The fields that make a trade, checked and with defaults."""
    number = required(content, "out_trade_no")
    if not ORDER_NUMBER.match(number):
        raise bad_parameter("out_trade_no 须为 64 个字符以内的字母、数字或下划线")
    subject = required(content, "subject")
    if len(subject) > SUBJECT_CHARS or re.search(r"[/=&]", subject):
        raise bad_parameter("subject 不超过 256 个字符，且不含 / = & 等特殊字符")
    return {
        "out_trade_no": number,
        "subject": subject,
        "total_fen": fen(content, "total_amount"),
        "product_code": _product(content, method),
        "body": _limited(content, "body", BODY_CHARS),
        "passback_params": _limited(content, "passback_params", PASSBACK_CHARS),
        "quit_url": _limited(content, "quit_url", 400),
        **_lifetime(content, now),
    }


def required(content: Json, name: str) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise bad_parameter(f"{name} 不能为空")
    return value


def fen(content: Json, name: str) -> int:
    """Yuan with at most two decimals, above zero and at most a hundred million, in fen."""
    value = content.get(name)
    text = str(value) if isinstance(value, str | int | Decimal) else ""
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", text):
        raise bad_parameter(f"{name} 须为最多两位小数的金额")
    try:
        amount = int(Decimal(text) * 100)
    except InvalidOperation:
        raise bad_parameter(f"{name} 须为金额") from None
    if not 0 < amount <= LARGEST_FEN:
        raise bad_parameter(f"{name} 取值范围为 [0.01,100000000]")
    return amount


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def beijing(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, BEIJING).strftime(MOMENT)


def moment(text: str) -> float | None:
    """A Beijing time in Alipay's only format, or None."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", text):
        return None
    try:
        return dt.datetime.strptime(text, MOMENT).replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        return None


def _product(content: Json, method: str) -> str:
    code = content.get("product_code")
    if method == "alipay.trade.page.pay" and code != PAGE_PRODUCT:
        raise bad_parameter(f"product_code 须为 {PAGE_PRODUCT}")
    if method == "alipay.trade.wap.pay" and code not in WAP_PRODUCTS:
        raise bad_parameter("product_code 须为 QUICK_WAP_WAY")
    return str(code) if code else PRECREATE_PRODUCT


def _limited(content: Json, name: str, chars: int) -> str:
    value = content.get(name, "")
    if not isinstance(value, str) or len(value) > chars:
        raise bad_parameter(f"{name} 不超过 {chars} 个字符")
    return value


def _lifetime(content: Json, now: float) -> Json:
    """`time_expire` is a moment; `timeout_express` counts from the trade's creation."""
    if absolute := content.get("time_expire"):
        at = moment(str(absolute))
        if at is None or at <= now:
            raise bad_parameter("time_expire 格式错误或早于当前时间")
        return {"expires_at": at, "lifetime_s": None}
    relative = content.get("timeout_express") or content.get("qr_code_timeout_express")
    if not relative:
        return {"expires_at": None, "lifetime_s": DEFAULT_LIFETIME_S}
    match = re.fullmatch(r"(\d{1,5})([mhd])", str(relative))
    lifetime = int(match[1]) * UNIT_S[match[2]] if match else 0
    if not 60 <= lifetime <= DEFAULT_LIFETIME_S:
        raise bad_parameter("timeout_express 取值范围为 1m~15d")
    return {"expires_at": None, "lifetime_s": lifetime}
