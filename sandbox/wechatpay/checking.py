"""What WeChat Pay accepts in a request's body."""

import datetime as dt
import ipaddress
import json
import re
from urllib.parse import urlsplit

from sandbox.identity.weixin import followers
from sandbox.store import Account, Json
from sandbox.wechatpay.errors import WechatError, bad_parameter, other_payer
from sandbox.world import World

ORDER_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}", re.ASCII)
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
DESCRIPTION_CHARS = 127
REASON_BYTES = 80
OPENID_CHARS = 128
LARGEST_FEN = 100_000_000
DEFAULT_LIFETIME_S = 7 * 24 * 3600
BEIJING = dt.timezone(dt.timedelta(hours=8))


def body(raw: bytes) -> Json:
    try:
        content = json.loads(raw)
    except ValueError:
        raise bad_parameter("请求体不是合法的 JSON") from None
    if not isinstance(content, dict):
        raise bad_parameter("请求体不是 JSON 对象")
    return content


def order(account: Account, content: Json, trade_type: str, now: float) -> Json:
    """The fields that make an order, checked and with defaults."""
    if content.get("mchid") != account.id or content.get("appid") != account.data["app_id"]:
        raise WechatError(400, "APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    description = content.get("description")
    if not isinstance(description, str) or not 1 <= len(description) <= DESCRIPTION_CHARS:
        raise bad_parameter("description 为 1 到 127 个字符")
    return {
        "out_trade_no": number(content, "out_trade_no", ORDER_NUMBER),
        "description": description,
        "total": fen(content.get("amount"), "total"),
        "notify_url": _notify_url(content.get("notify_url")),
        "trade_type": trade_type,
        "expires_at": _expiry(content.get("time_expire"), now),
        "scene": _scene(content.get("scene_info")) if trade_type == "MWEB" else "",
    }


def payer(this: World, account: Account, content: Json) -> str:
    """Somebody whom this merchant's app knows."""
    told = content.get("payer")
    openid = told.get("openid") if isinstance(told, dict) else None
    if not isinstance(openid, str) or not 1 <= len(openid) <= OPENID_CHARS:
        raise bad_parameter("JSAPI 支付须传 payer.openid")
    owner = followers.owner(this, openid)
    if not owner:
        raise bad_parameter("无效的openid")
    if owner != account.data["app_id"]:
        raise other_payer()
    return openid


def number(content: Json, name: str, form: re.Pattern[str]) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise bad_parameter(f"{name} 格式有误")
    return value


def fen(amount: object, name: str) -> int:
    """A whole number of fen in CNY, above zero."""
    if not isinstance(amount, dict):
        raise bad_parameter("amount 不能为空")
    value = amount.get(name)
    if type(value) is not int or not 1 <= value <= LARGEST_FEN:
        raise bad_parameter(f"amount.{name} 须为整数，单位为分")
    if amount.get("currency", "CNY") != "CNY":
        raise bad_parameter("amount.currency 须为 CNY")
    return value


def rfc3339(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, BEIJING).isoformat(timespec="seconds")


def _notify_url(value: object) -> str:
    """Real ones are https; the sandbox's merchants live on loopback."""
    parts = urlsplit(str(value or ""))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise bad_parameter("notify_url 须为不带参数的完整地址")
    return str(value)


def _expiry(text: object, now: float) -> float:
    if text is None:
        return now + DEFAULT_LIFETIME_S
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        raise bad_parameter("time_expire 须为 rfc3339 格式")
    try:
        moment = dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise bad_parameter("time_expire 须为 rfc3339 格式") from None
    if moment <= now:
        raise bad_parameter("time_expire 早于当前时间")
    return moment


def _scene(scene: object) -> str:
    if not isinstance(scene, dict) or not isinstance(scene.get("h5_info"), dict):
        raise bad_parameter("H5 支付须传 scene_info.h5_info")
    if not scene["h5_info"].get("type"):
        raise bad_parameter("H5 支付须传 scene_info.h5_info.type")
    try:
        return str(ipaddress.ip_address(str(scene.get("payer_client_ip", ""))))
    except ValueError:
        raise bad_parameter("scene_info.payer_client_ip 不是 IP 地址") from None
