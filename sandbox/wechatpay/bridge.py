"""What WeChat does when a page inside it calls for a payment.

It looks whether the call is the merchant's, then asks the payer to confirm.
"""

from collections.abc import Mapping

from sandbox.store import Account, Json
from sandbox.wechatpay import errors, orders, signing
from sandbox.wechatpay.errors import WechatError
from sandbox.world import World

TOLERANCE_S = 2 * 3600  # as long as a prepared order can be called
PREPARED = "prepay_id="
NAMES = ("appId", "timeStamp", "nonceStr", "package")
OK, CANCEL, FAIL = (f"get_brand_wcpay_request:{word}" for word in ("ok", "cancel", "fail"))


def order_of(this: World, call: Mapping[str, str]) -> tuple[Account, Json]:
    """The order that a call means. Raises `WechatError` for a call that WeChat would not open."""
    if any(not isinstance(call.get(name), str) or not call[name] for name in NAMES):
        raise errors.bad_parameter("调用支付JSAPI缺少参数")
    if call.get("signType") != "RSA":
        raise errors.bad_parameter("signType 须为 RSA")
    found = this.store.find(orders.KIND, call["package"].removeprefix(PREPARED))
    account = this.store.account(found[0]) if found else None
    if found is None or account is None or not call["package"].startswith(PREPARED):
        raise errors.no_order()
    if call["appId"] != account.data["app_id"] or found[1]["trade_type"] != "JSAPI":
        raise WechatError(400, "APPID_MCHID_NOT_MATCH", "appId 与下单时不一致")
    text = "".join(f"{call[name]}\n" for name in NAMES).encode()
    if not signing.is_signed(text, call.get("paySign", ""), account.data["merchant_public_key"]):
        raise errors.bad_signature("支付验证签名失败")
    stamp = call["timeStamp"]
    sent_at = int(stamp) if stamp.isascii() and stamp.isdigit() else 0
    if abs(this.clock.now() - sent_at) > TOLERANCE_S:
        raise errors.bad_parameter("timeStamp 须为秒级时间戳")
    return account, found[1]
