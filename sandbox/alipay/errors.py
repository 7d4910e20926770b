"""Alipay's refusals: a code for the gateway, a sub-code for the cause, both in its words."""

from sandbox.store import Json

MESSAGES = {
    "20000": "Service Currently Unavailable",
    "20001": "Insufficient Token Permissions",
    "40001": "Missing Required Arguments",
    "40002": "Invalid Arguments",
    "40004": "Business Failed",
    "40006": "Insufficient Permissions",
}


class AlipayError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, code: str, sub_code: str, sub_msg: str) -> None:
        super().__init__(f"{sub_code}: {sub_msg}")
        self.code = code
        self.sub_code = sub_code
        self.sub_msg = sub_msg

    def node(self) -> Json:
        return {
            "code": self.code,
            "msg": MESSAGES[self.code],
            "sub_code": self.sub_code,
            "sub_msg": self.sub_msg,
        }


def missing(name: str) -> AlipayError:
    return AlipayError("40001", f"isv.missing-{name.replace('_', '-')}", f"缺少{name}参数")


def invalid(name: str, sub_msg: str) -> AlipayError:
    return AlipayError("40002", f"isv.invalid-{name.replace('_', '-')}", sub_msg)


def business(sub_code: str, sub_msg: str) -> AlipayError:
    return AlipayError("40004", f"ACQ.{sub_code}", sub_msg)


def bad_parameter(detail: str) -> AlipayError:
    return business("INVALID_PARAMETER", f"参数有误。{detail}")


def no_trade() -> AlipayError:
    return business("TRADE_NOT_EXIST", "交易不存在")


def bad_status() -> AlipayError:
    return business("TRADE_STATUS_ERROR", "交易状态不合法")


def already_paid() -> AlipayError:
    return business("TRADE_HAS_SUCCESS", "交易已被支付")


def already_closed() -> AlipayError:
    return business("TRADE_HAS_CLOSE", "交易已经关闭")


def inconsistent() -> AlipayError:
    return business("CONTEXT_INCONSISTENT", "交易信息被篡改")
