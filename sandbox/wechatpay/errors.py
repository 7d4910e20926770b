"""WeChat Pay's refusals: an HTTP status, a code, and a sentence."""

from sandbox.store import Json


class WechatError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def node(self) -> Json:
        return {"code": self.code, "message": self.message}


def bad_parameter(detail: str) -> WechatError:
    return WechatError(400, "PARAM_ERROR", detail)


def bad_request(detail: str) -> WechatError:
    return WechatError(400, "INVALID_REQUEST", detail)


def bad_signature(detail: str) -> WechatError:
    return WechatError(401, "SIGN_ERROR", detail)


def other_payer() -> WechatError:
    return WechatError(400, "OPENID_MISMATCH", "openid和appid不匹配")


def no_order() -> WechatError:
    return WechatError(404, "ORDER_NOT_EXIST", "订单不存在")


def no_refund() -> WechatError:
    return WechatError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")


def no_money() -> WechatError:
    return WechatError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起")


def number_used() -> WechatError:
    return WechatError(403, "OUT_TRADE_NO_USED", "商户订单号重复")


def already_paid() -> WechatError:
    return WechatError(400, "ORDERPAID", "该订单已支付")


def already_closed() -> WechatError:
    return WechatError(400, "ORDER_CLOSED", "订单已关闭")
