"""Alipay's bills: over the sandbox, and in all the forms in which real ones come."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from sleek.channels.alipay import statement
from sleek.channels.alipay.channel import Alipay
from sleek.channels.base import Movement, Short, Unavailable
from sleek.core.money import Money
from tests.channels.providers import AlipayProvider, paid, refund_of, sandbox_time
from tests.channels.statements import StatementContract, days_ago, lines
from tests.sandbox.conftest import Receiver, Sandbox


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[AlipayProvider]:
    with sandbox_time(sandbox):
        yield AlipayProvider(sandbox, receiver, app_key)


class TestStatements(StatementContract):
    pass


def test_what_is_taken_to_the_bank_is_told_too(provider: AlipayProvider):
    paid(provider)
    _withdraw(provider, amount=5000)
    provider.let_days_pass()
    other = [line for line in lines(provider) if line.movement == Movement.OTHER]
    assert [(line.amount, line.kind, line.key) for line in other] == [
        (Money(-5000, "CNY"), "提现", "")
    ]


def test_a_refund_brings_its_fee_back(provider: AlipayProvider):
    order, _ = paid(provider)
    provider.channel.refund(refund_of(order, 4440))
    provider.let_days_pass()
    assert [line.fee.minor for line in lines(provider)] == [53, -27]


def test_a_refund_that_the_balance_does_not_cover_may_be_made_later(provider: AlipayProvider):
    order, _ = paid(provider)
    _withdraw(provider)
    refund = refund_of(order, 300)
    with pytest.raises(Short) as refusal:
        provider.channel.refund(refund)
    assert refusal.value.reason == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    assert provider.booked(order, "money.refunded") == 0
    _withdraw(provider, amount=-300)
    assert provider.channel.refund(refund).amount == Money(300, "CNY")


def test_a_bill_is_handed_out_for_thirty_seconds(provider: AlipayProvider, sandbox: Sandbox):
    reply = sandbox.http.get("/alipay/downloadBillFile.resource", params={"fileId": "none"})
    assert reply.status_code == 403


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (
            "http://dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1",
            "https://dwbillcenter.alipay.com/downloadBillFile.resource?fileId=1",
        ),
        ("https://dwbillcenter.alipay.com/x", "https://dwbillcenter.alipay.com/x"),
        ("https://evil.example/x", None),
        ("https://alipay.com.evil.example/x", None),
        ("https://evilalipay.com/x", None),
        ("http://127.0.0.1:5432/", None),
        ("file:///etc/passwd", None),
        ("", None),
    ],
)
def test_a_bill_is_fetched_from_alipay_alone_and_never_in_the_clear(
    provider: AlipayProvider, given: str, used: str | None
):
    channel = Alipay(provider.credentials | {"gateway": ""})
    if used is None:
        with pytest.raises(Unavailable):
            channel._place_of_bills(given)
    else:
        assert channel._place_of_bills(given) == used


def test_a_merchant_who_may_not_read_bills_is_told_so(provider: AlipayProvider):
    provider.fault("statement", "refuse", code="40006", sub_code="isv.insufficient-isv-permissions")
    with pytest.raises(Exception, match="insufficient-isv-permissions"):
        provider.channel.statement(days_ago(2))


HEAD = [
    "#支付宝业务明细查询",
    "#账号：[20881234567890120156]",
    "#起始日期：[2026年03月02日 00:00:00]   终止日期：[2026年03月03日 00:00:00]",
    "#-----------------------------------------业务明细列表----------------------------------------",
]
NAMES = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
PAID = (
    "20260302220014\t,att_1\t,交易,茶具 ,2026-03-02 08:59:00,2026-03-02 09:00:00, ,,,,"
    "**学(173****56),100.00,95.00,0.00,0.00,0.00,5.00,0.00,,0.00,0.00,,-0.60,0.00,\t"
)
BACK = (
    "20260302220014\t,att_1\t,退款,茶具 ,2026-03-02 08:59:00,2026-03-02 10:00:00, ,,,,"
    "**学(173****56),-10.00,-9.50,0.00,0.00,0.00,-0.50,0.00,,0.00,0.00,ref_1\t,0.06,0.00,\t"
)
END = (
    "#-----------------------------------------业务明细列表结束------------------------------------"
)
SUMS = [
    "#交易合计：1笔，商家实收共95.00元，商家优惠共5.00元",
    "#退款合计：1笔，商家实收退款共-9.50元，商家优惠退款共-0.50元",
    "#导出时间：[2026年03月03日 09:10:27]",
]
BILL = [*HEAD, NAMES, PAID, BACK, END, *SUMS]
NO_REFUND = "#退款合计：0笔，商家实收退款共0.00元，商家优惠退款共0.00元"
ALONE = [*HEAD, NAMES, PAID, END, SUMS[0], NO_REFUND]


def _zip(*members: list[str], end: str = "\r\n") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for number, rows in enumerate(members):
            archive.writestr(f"{number}.csv", "".join(f"{row}{end}" for row in rows).encode("gbk"))
    return into.getvalue()


def _told(*members: list[str], end: str = "\r\n") -> list[tuple[str, int, int]]:
    read = statement.trades(_zip(*members, end=end))
    return [(line.key, line.amount.minor, line.fee.minor) for line in read]


BOTH = [("att_1", 10000, 60), ("ref_1", -1000, -6)]
SUMMARY = [
    "#支付宝业务汇总查询",
    "门店编号,订单金额（元）",
    "合计,90.00",
    "#---业务汇总列表结束---",
]


def test_what_the_payer_was_asked_counts_not_what_is_left_after_coupons():
    assert _told(BILL) == BOTH
    [payment, refund] = statement.trades(_zip(BILL))
    assert payment.event_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert payment.reference == refund.reference == "20260302220014"


def test_the_sums_by_shop_may_come_first_or_last():
    assert _told(SUMMARY, BILL) == _told(BILL, SUMMARY) == BOTH


def test_a_long_bill_may_come_in_several_files():
    refunds = [
        *HEAD,
        NAMES,
        BACK,
        END,
        "#交易合计：0笔，商家实收共0.00元，商家优惠共0.00元",
        SUMS[1],
    ]
    assert _told(ALONE, SUMMARY, refunds) == BOTH
    assert _told(refunds) == BOTH[1:]


def test_ends_of_lines_half_width_marks_and_another_order_of_columns_do_not_matter():
    assert _told(BILL, end="\n") == BOTH
    half = [row.replace("（", "(").replace("）", ")").replace("：", ":") for row in BILL]
    assert _told(half) == BOTH
    turned = [
        ",".join(reversed(row.split(","))) if row in (NAMES, PAID, BACK) else row for row in BILL
    ]
    assert _told(turned) == BOTH


def test_a_day_without_trade_may_come_as_a_file_without_lines():
    none = "#交易合计：0笔，商家实收共0.00元，商家优惠共0.00元"
    assert _told([*HEAD, NAMES, END, none, NO_REFUND]) == []


@pytest.mark.parametrize("name", ["茶,具", '"茶,具"', '茶"具', "a,b,c,d", "#茶具", "茶具 列表结束"])
def test_anything_may_stand_in_a_name(name: str):
    assert _told([row.replace("茶具 ", name) for row in ALONE]) == BOTH[:1]


def test_names_that_gbk_has_no_letter_for_are_read_too():
    text = "\r\n".join(ALONE).replace("茶具", "𠮷😀").encode("gb18030")
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("1.csv", text)
    assert [line.key for line in statement.trades(into.getvalue())] == ["att_1"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        SUMMARY,
        BILL[:-4],
        BILL[:-3],
        BILL[:-2],
        [*HEAD, NAMES, PAID, PAID, BACK, END, *SUMS],
        [*HEAD, NAMES, PAID, END, *SUMS],
        [*HEAD, NAMES, PAID.replace(",95.00,", ",95.01,"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID, BACK.replace(",-9.50,", ",-9.49,"), END, *SUMS],
        [*HEAD, NAMES, PAID.replace(",100.00,", ",1e2,"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID.replace(",100.00,", ",,"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID.replace("-0.60", "-0.605"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID.replace("03-02 09", "02-30 09"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID.replace("交易", "充值"), BACK, END, *SUMS],
        [*HEAD, NAMES, PAID.removesuffix(",0.00,\t"), BACK, END, *SUMS],
        [*HEAD, NAMES.replace("服务费", "费用"), PAID, BACK, END, *SUMS],
        [*HEAD, NAMES.replace("业务类型", "类型"), PAID, BACK, END, *SUMS],
        [*HEAD, *BILL],
    ],
)
def test_what_does_not_add_up_or_cannot_be_read_says_nothing(rows: list[str]):
    with pytest.raises(Unavailable, match="cannot be read"):
        _told(rows)


def test_one_file_that_cannot_be_read_spoils_the_others():
    with pytest.raises(Unavailable):
        _told(BILL, [*HEAD, NAMES, PAID, END, *SUMS])


@pytest.mark.parametrize("packed", [b"", b"URL", b"PK\x03\x04", _zip(BILL)[:-30]])
def test_what_is_no_zip_says_nothing(packed: bytes):
    with pytest.raises(Unavailable):
        statement.trades(packed)


def test_a_zip_that_swells_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statement, "MAX_BYTES", len("\r\n".join(BILL).encode("gbk")))
    with pytest.raises(Unavailable, match="too large"):
        statement.trades(_zip(BILL, SUMMARY))


def test_a_zip_that_says_less_than_it_unpacks_to_is_not_believed():
    whole = _zip([*BILL, "#" + "0" * 100_000])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        size = archive.infolist()[0].file_size
    lying = whole.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(Unavailable):
        statement.trades(lying)


def test_a_zip_of_too_many_files_is_not_read():
    with pytest.raises(Unavailable, match="too large"):
        statement.trades(_zip(*[SUMMARY] * (statement.MAX_MEMBERS + 1)))


ACCOUNT = [
    "#支付宝账务明细查询",
    "#账号：[20881234567890120156]",
    "#起始日期：[2026年03月02日 00:00:00]   终止日期：[2026年03月03日 00:00:00]",
    "#-----------------------------------------账务明细列表----------------------------------------",
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,"
    "交易渠道,业务类型,备注",
    "1\t,2026\t,att_1\t,茶具,2026-03-02 09:00:00,a@b.c\t,95.00,,95.00,支付宝,在线支付,",
    "2\t,2026\t,att_1\t,茶具,2026-03-02 09:00:00,\t,,-0.60,94.40,支付宝,收费,服务费[2026]",
    "3\t,2026\t,\t,,2026-03-02 10:00:00,a@b.c\t,0.00,-9.50,84.90,支付宝,交易退款,",
    "4\t,9000\t,\t,,2026-03-02 18:00:00,\t,,-50.00,34.90,支付宝,提现,到银行,很快",
    "5\t,9001\t,\t,,2026-03-02 19:00:00,\t,1.00,0.00,35.90,支付宝,转账,",
    "#-----------------------------------------账务明细列表结束------------------------------------",
    "#支出合计：3笔，共-60.10元",
    "#收入合计：2笔，共96.00元",
    "#导出时间：[2026年03月03日 09:10:27]",
]


def test_of_the_account_bill_only_what_the_trade_bill_does_not_tell():
    read = statement.others(_zip(ACCOUNT))
    assert [(line.movement, line.amount.minor, line.reference, line.kind) for line in read] == [
        (Movement.OTHER, -5000, "4", "提现"),
        (Movement.OTHER, 100, "5", "转账"),
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("2笔", "3笔"), ("96.00", "96.01"), ("-60.10", "60.10"), ("#收入", "#")]
)
def test_an_account_bill_must_add_up_too(old: str, new: str):
    with pytest.raises(Unavailable):
        statement.others(_zip([row.replace(old, new) for row in ACCOUNT]))


def test_no_reply_is_more_than_we_take(provider: AlipayProvider):
    def give(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"0" * (8 * 1024 * 1024 + 1))

    client = httpx.Client(transport=httpx.MockTransport(give))
    with pytest.raises(Unavailable):
        Alipay(provider.credentials, client=client).statement(days_ago(2))


def _withdraw(provider: AlipayProvider, **order: int) -> None:
    provider.sandbox.control(f"alipay/accounts/{provider.account_id}/withdraw", **order)
