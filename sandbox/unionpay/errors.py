"""UnionPay's refusals: two digits and a sentence, in an answer that is signed like any other."""


class UnionError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def bad_form(detail: str) -> UnionError:
    return UnionError("10", f"报文格式错误：{detail}")


def bad_signature(detail: str) -> UnionError:
    return UnionError("11", f"验证签名失败：{detail}")


def repeated(detail: str = "") -> UnionError:
    return UnionError("12", f"重复交易{detail}")


def missing(name: str) -> UnionError:
    return UnionError("13", f"报文交易要素缺失：{name}")


def no_merchant() -> UnionError:
    return UnionError("31", "商户状态不正确")


def not_allowed() -> UnionError:
    return UnionError("32", "无此交易权限")


def no_order() -> UnionError:
    return UnionError("34", "查无此交易")


def wrong_state() -> UnionError:
    return UnionError("35", "原交易不存在或状态不正确")


def does_not_fit() -> UnionError:
    return UnionError("36", "与原交易信息不符")


def timed_out() -> UnionError:
    return UnionError("69", "您的输入超时，交易失败")


def no_file() -> UnionError:
    return UnionError("98", "文件不存在")
