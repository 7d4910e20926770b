"""WeChat Pay's bills: over the sandbox, and in all the forms in which real ones come."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sleek.channels.base import Movement, Refused, Short, Unavailable
from sleek.channels.wechatpay import keys, statement
from sleek.core.money import Money
from tests.channels.providers import WechatProvider, paid, refund_of, sandbox_time
from tests.channels.statements import StatementContract, days_ago, lines
from tests.sandbox.conftest import Receiver, Sandbox


@pytest.fixture
def provider(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Iterator[WechatProvider]:
    keys.forget()
    with sandbox_time(sandbox):
        yield WechatProvider(sandbox, receiver, app_key, by_public_key=True)


class TestStatements(StatementContract):
    pass


def test_what_is_taken_to_the_bank_is_told_too(provider: WechatProvider):
    paid(provider)
    provider.platform("withdraw", amount=5000)
    provider.let_days_pass()
    other = [line for line in lines(provider) if line.movement == Movement.OTHER]
    assert [(line.amount, line.kind, line.key) for line in other] == [
        (Money(-5000, "CNY"), "提现", "")
    ]


def test_a_refund_brings_its_fee_back(provider: WechatProvider):
    order, _ = paid(provider)
    provider.channel.refund(refund_of(order, 4440))
    provider.let_days_pass()
    assert [line.fee.minor for line in lines(provider)] == [53, -27]


def test_a_refund_that_the_balance_does_not_cover_may_be_made_later(provider: WechatProvider):
    order, _ = paid(provider)
    provider.platform("withdraw")
    refund = refund_of(order, 300)
    with pytest.raises(Short) as refusal:
        provider.channel.refund(refund)
    assert refusal.value.reason == "NOT_ENOUGH"
    assert provider.booked(order, "money.refunded") == 0
    provider.platform("withdraw", amount=-300)
    assert provider.channel.refund(refund).amount == Money(300, "CNY")


HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
PAID = (
    "`2026-03-02 09:00:00,`wx1,`1900,`0,`,`4200001,`att_1,`oLin,`JSAPI,`SUCCESS,`OTHERS,`CNY,"
    "`95.00,`0.00,`0,`0,`0.00,`0.00,`,`,`tea set,`,`0.57000,`0.60%,`100.00,`0.00,`"
)
BACK = (
    "`2026-03-02 10:00:00,`wx1,`1900,`0,`,`4200001,`att_1,`oLin,`JSAPI,`REFUND,`OTHERS,`CNY,"
    "`0.00,`0.00,`5030001,`ref_1,`9.50,`0.00,`ORIGINAL,`PROCESSING,`tea set,`,`-0.06000,`0.60%,"
    "`0.00,`10.00,`"
)
SUMS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
BOTH = [HEAD, PAID, BACK, SUMS, "`2,`95.00,`9.50,`0.00,`0.51000,`100.00,`10.00"]


def _told(
    rows: list[str], *, end: str = "\r\n", start: str = "\ufeff"
) -> list[tuple[str, int, int]]:
    read = statement.trades(start + "".join(f"{row}{end}" for row in rows))
    return [(line.key, line.amount.minor, line.fee.minor) for line in read]


def test_what_the_payer_was_asked_counts_not_what_is_settled_after_coupons():
    assert _told(BOTH) == [("att_1", 10000, 57), ("ref_1", -1000, -6)]
    [payment, refund] = statement.trades("\n".join(BOTH))
    assert payment.event_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert (payment.reference, refund.reference) == ("4200001", "5030001")
    assert (payment.kind, refund.kind) == ("SUCCESS", "REFUND PROCESSING")


@pytest.mark.parametrize(
    ("end", "start"), [("\n", ""), ("\r\n", "\ufeff"), (" \r\n", ""), ("\r\n\r\n", "")]
)
def test_ends_of_lines_and_blanks_do_not_matter(end: str, start: str):
    assert _told(BOTH, end=end, start=start) == [("att_1", 10000, 57), ("ref_1", -1000, -6)]


def test_counts_with_a_place_after_the_point_and_stray_blanks_are_counts():
    rows = [
        *BOTH[:3],
        SUMS.replace(",", ", "),
        "`2.0, `95.00, `9.50, `0.00, `0.51, `100.00, `10.00",
    ]
    assert len(_told(rows)) == 2
    assert len(_told([HEAD, PAID.replace("03-02 09", "03-02  09"), *_alone()])) == 1


def _alone() -> list[str]:
    return [SUMS, "`1,`95.00,`0.00,`0.00,`0.57,`100.00,`0.00"]


def test_the_older_bill_of_24_columns():
    head = HEAD.replace("特约商户号", "子商户号").replace("应结订单金额", "总金额")
    head = head.replace("代金券金额", "代金券或立减优惠金额").replace(
        "充值券退款金额", "代金券或立减优惠退款金额"
    )
    head = head.removesuffix(",订单金额,申请退款金额,费率备注")
    rows = [row.rsplit(",`", 3)[0] for row in (PAID, BACK)]
    sums = "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额"
    assert _told([head, *rows, sums, "`2,`95.00,`9.50,`0.00,`0.51000"]) == [
        ("att_1", 9500, 57),
        ("ref_1", -950, -6),
    ]


def test_a_bill_of_payments_alone_has_no_columns_of_refunds():
    head = HEAD.replace("微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,", "")
    row = PAID.replace("`0,`0,`0.00,`0.00,`,`,`tea", "`tea").replace("`100.00,`0.00,`", "`100.00,`")
    head = head.replace("申请退款金额,", "")
    assert _told([head, row, *_alone()]) == [("att_1", 10000, 57)]


def test_a_bill_of_refunds_alone_has_two_more():
    head = f"{HEAD},退款申请时间,退款成功时间"
    row = f"{BACK},`2026-03-02 10:00:00,`"
    sums = "`1,`0.00,`9.50,`0.00,`-0.06,`0.00,`10.00"
    assert _told([head, row, SUMS, sums]) == [("ref_1", -1000, -6)]


@pytest.mark.parametrize(
    "name", ["tea, set", "tea,`set", "a,`b,`c", "tea\\ set", '"tea"', "茶,具", "``"]
)
def test_anything_may_stand_in_a_name(name: str):
    assert _told([HEAD, PAID.replace("tea set", name), *_alone()]) == [("att_1", 10000, 57)]


@pytest.mark.parametrize("status", ["FAIL", "CLOSED"])
def test_a_refund_that_failed_moved_nothing(status: str):
    rows = [HEAD, PAID, BACK.replace("PROCESSING", status), *BOTH[3:]]
    assert _told(rows) == [("att_1", 10000, 57)]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [HEAD],
        [HEAD, PAID],
        [HEAD, PAID, SUMS],
        [SUMS, "`0,`0,`0,`0,`0,`0,`0"],
        [*BOTH, PAID],
        [*BOTH[:3], *BOTH[3:], *BOTH[3:]],
        [HEAD, PAID, *BOTH[3:]],
        [HEAD, PAID, PAID, BACK, *BOTH[3:]],
        [HEAD, PAID.replace("`95.00", "`95.01"), BACK, *BOTH[3:]],
        [HEAD, PAID.replace("`100.00", "`100.01"), BACK, *BOTH[3:]],
        [HEAD, PAID.replace("`0.57000", "`0.58"), BACK, *BOTH[3:]],
        [HEAD, PAID, BACK.replace("`10.00", "`10.01"), *BOTH[3:]],
        [HEAD, PAID.replace("`100.00", "`1e2"), BACK, *BOTH[3:]],
        [HEAD, PAID.replace("`100.00", "`"), BACK, *BOTH[3:]],
        [HEAD, PAID.replace("CNY", "USD"), BACK, *BOTH[3:]],
        [HEAD, PAID.replace("2026-03-02", "2026-02-30"), BACK, *BOTH[3:]],
        [HEAD, PAID.removeprefix("`"), BACK, *BOTH[3:]],
        [HEAD, PAID.removesuffix(",`0.00,`"), BACK, *BOTH[3:]],
        [HEAD.replace("商户订单号", "订单号"), *BOTH[1:]],
        [HEAD.replace("交易状态", "状态"), *BOTH[1:]],
    ],
)
def test_what_does_not_add_up_or_cannot_be_read_says_nothing(rows: list[str]):
    with pytest.raises(Unavailable, match="cannot be read"):
        _told(rows)


FUND_HEAD = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_ROWS = [
    "`2026-03-02 09:00:00,`420,`420,`交易,`交易,`收入,`100.00,`100.00,`1900API,`,`att_1",
    "`2026-03-02 09:00:00,`420,`420,`交易,`扣除交易手续费,`支出,`0.60,`99.40,`1900API,`,`att_1",
    "`2026-03-02 10:00:00,`503,`503,`退款,`退款,`支出,`9.94,`89.46,`1900API,`退10元,含手续费,`r",
    "`2026-03-02 18:00:00,`888,`888,`提现,`提现,`支出,`50.00,`39.46,`1900,`到银行,`w",
    "`2026-03-02 19:00:00,`889,`889,`充值,`充值,`收入,`1.00,`40.46,`1900,`,`c",
]
FUND_SUMS = ["资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额", "`5.0,`2.0,`101.00,`3,`60.54"]


def test_of_the_fund_bill_only_what_the_trade_bill_does_not_tell():
    read = statement.others("\r\n".join([FUND_HEAD, *FUND_ROWS, *FUND_SUMS]))
    assert [(line.movement, line.amount.minor, line.reference, line.kind) for line in read] == [
        (Movement.OTHER, -5000, "888", "提现"),
        (Movement.OTHER, 100, "889", "充值"),
    ]


@pytest.mark.parametrize(
    "sums",
    [
        "`4,`2,`101.00,`3,`60.54",
        "`5,`3,`101.00,`2,`60.54",
        "`5,`2,`101.01,`3,`60.54",
        "`5,`2,`101,`3,`60",
    ],
)
def test_a_fund_bill_must_add_up_too(sums: str):
    with pytest.raises(Unavailable):
        statement.others("\n".join([FUND_HEAD, *FUND_ROWS, FUND_SUMS[0], sums]))


def test_a_move_that_neither_comes_nor_goes_is_no_move():
    rows = [FUND_HEAD, *FUND_ROWS, FUND_ROWS[3].replace("支出", "冻结"), *FUND_SUMS]
    with pytest.raises(Unavailable):
        statement.others("\n".join(rows))


def test_the_bill_must_be_the_one_that_was_promised():
    content = "\n".join(BOTH).encode()
    digest = hashlib.sha1(content).hexdigest()
    assert statement.text(content, digest) == content.decode()
    assert statement.text(gzip.compress(content), digest.upper()) == content.decode()
    for spoilt in (
        content + b"\n",
        gzip.compress(content)[:-9],
        gzip.compress(content[1:]),
        b"\x1f\x8b",
    ):
        with pytest.raises(Unavailable):
            statement.text(spoilt, digest)


def test_a_bill_that_swells_without_end_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(statement, "MAX_BYTES", 1000)
    content = b"0" * 1001
    with pytest.raises(Unavailable, match="too large"):
        statement.text(gzip.compress(content), hashlib.sha1(content).hexdigest())


def test_a_bill_is_handed_out_for_thirty_seconds_and_to_its_merchant(provider: WechatProvider):
    paid(provider)
    provider.let_days_pass()
    other = provider.another()
    channel, theirs = provider.channel, other.channel
    assert isinstance(other, WechatProvider)
    for days in (4, 3, 2):
        try:
            query = f"bill_date={days_ago(days)}&bill_type=ALL&tar_type=GZIP"
            reply = channel._call("GET", f"/v3/bill/tradebill?{query}")
        except Refused:
            continue
        target = str(reply["download_url"]).removeprefix(provider.sandbox.url)
        assert theirs._send("GET", target).status_code == 400
        assert channel._send("GET", target).status_code == 200
        return
    raise AssertionError("there is no bill")
