"""The words of tables of bills: which columns there are and what heads call them, and what the
natures of fees are called.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sleek.customers.rules.entries import CUSTOMERS
from sleek.customers.rules.lines import LINES
from sleek.customers.rules.purposes import Field, Kind

# By what they are called on bills; `invoices.rules.Nature` has the same codes.
_NATURES = {
    "sampling": "打样费 样品费 样品 打样 样费 samplefee sample samples sampling samplecharge",
    "tooling": "模具费 开模费 模具 工装费 toolingfee tooling mould mold mouldfee moldfee",
    "testing": "样品测试费 测试费 检测费 测试 sampletestingfee testingfee testing test testfee",
    "deposit": "定金 订金 预付款 押金 deposit downpayment advancepayment prepayment",
    "balance": "尾款 余款 balance balancepayment finalpayment",
    "goods": "货款 大货款 货物 商品款 goods merchandise products",
    "service": "服务费 服务 设计费 service servicefee services",
    "other": "其他 其它 other others misc",
}
NATURES = {word: nature for nature, words in _NATURES.items() for word in words.split()}

# What a row says of its payer.
PAYER = (
    *("name", "contact", "email", "phone", "country", "address", "credit_code", "tax_number"),
    *("language", "currency"),
)


def _field(name: str, heads: str) -> Field:
    return Field(name, tuple(heads.split()))


def _taken(kind: Kind[Any], names: Iterable[str]) -> dict[str, Field]:
    return {each.name: each for each in kind.fields if each.name in set(names)}


_OF_CUSTOMERS = _taken(CUSTOMERS, PAYER)
_OF_LINES = _taken(LINES, {each.name for each in LINES.fields} - {"note"})

FIELDS = (
    _field(
        "name",
        "客户 客户名称 客户全称 客户编号 付款方 付款单位 付款人 抬头 公司 公司名称 买方"
        " 购货单位 customer customername customernumber customerno client clientname buyer"
        " payer billto company companyname kunde",
    ),
    _OF_CUSTOMERS["email"],
    _field("nature", "费用性质 费用类型 款项性质 性质 收费类型 nature natureofthefee feetype"),
    replace(
        _OF_LINES["item"],
        heads=(*_OF_LINES["item"].heads, "样品", "样品名称", "sample", "samplename"),
    ),
    *(each for name, each in _OF_LINES.items() if name != "item"),
    _OF_CUSTOMERS["currency"],
    _field(
        "due",
        "付款期限 到期日 付款日期 截止日期 最迟付款日 应付日期 账期 付款天数 due duedate dueon"
        " payby paymentdue tobepaid tobepaidby terms paymentterms daystopay fällig",
    ),
    _field(
        "po_number",
        "采购单号 采购订单号 采购订单 客户订单号 订单号 po ponumber pono purchaseorder"
        " purchaseorderno order orderno ordernumber",
    ),
    _field(
        "key",
        "同单标记 账单编号 收款单编号 收款单号 单据编号 单号 编号 组号 分组 合并编号 参考号"
        " rowsofonebill bill billno billkey billnumber invoice invoiceno key group reference"
        " ref refno",
    ),
    _field("title", "主题 事由 标题 收款事由 subject title"),
    _field(
        "remarks",
        "备注 说明 附言 单据上的备注 remarksonthepaper remark remarks note notes comment"
        " comments bemerkung",
    ),
    *(each for name, each in _OF_CUSTOMERS.items() if name not in ("name", "email", "currency")),
)
