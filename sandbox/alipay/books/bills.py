"""The bills of a day: made on the next morning from what is in the books.

Written as Alipay writes them: a zip with file names and text in GBK, notes that begin with #, a tab
after most numbers, blanks around some cells, brackets and colons in full width.
"""

import base64
import datetime as dt
import io
import zipfile

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox import world
from sandbox.alipay import checking, errors
from sandbox.alipay.books import funds
from sandbox.alipay.checking import BEIJING, beijing
from sandbox.alipay.errors import AlipayError
from sandbox.store import Account, Json
from sandbox.world import World

KIND = "alipay.bill"
MADE_AFTER = dt.timedelta(days=1, hours=9)
GOOD_FOR_S = 30
TRADE_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
ACCOUNT_COLUMNS = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,"
    "交易渠道,业务类型,备注"
)
DASHES = "-" * 40
PAID, BACK = "交易", "退款"


def query(this: World, account: Account, content: Json, common: Json) -> Json:
    kind = checking.required(content, "bill_type")
    day = _asked(this, checking.required(content, "bill_date"))
    if kind not in ("trade", "signcustomer"):
        raise AlipayError("40004", "isp.invalid_arguments", "沙盒仅支持 trade 和 signcustomer")
    files = _trade_files(this, account, day) if kind == "trade" else _moves(this, account, day)
    if not files:
        raise AlipayError("40004", "isp.bill_not_exist", "账单不存在")
    kept = {
        "id": world.token(32),
        "packed": base64.b64encode(_packed(files)).decode(),
        "until": this.clock.now() + GOOD_FOR_S,
    }
    this.store.insert(account.id, KIND, kept)
    address = f"{common['base_url']}/alipay/downloadBillFile.resource"
    query = f"bizType={kind}&userId={_user(account)}&bizDates={day:%Y%m%d}&fileId={kept['id']}"
    return {"bill_download_url": f"{address}?{query}"}


def routes() -> list[Route]:
    return [Route("/alipay/downloadBillFile.resource", hand_out, methods=["GET"])]


async def hand_out(request: Request) -> Response:
    this = world.of(request)
    found = this.store.find(KIND, request.query_params.get("fileId", ""))
    if found is None or found[1]["until"] < this.clock.now():
        return PlainTextResponse("URL已过期", 403)
    return Response(base64.b64decode(found[1]["packed"]), media_type="application/zip")


def _asked(this: World, text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise AlipayError("40004", "isp.invalid_arguments", "bill_date 格式有误") from None
    now = dt.datetime.fromtimestamp(this.clock.now(), BEIJING)
    if now < dt.datetime.combine(day, dt.time(), BEIJING) + MADE_AFTER:
        raise AlipayError("40004", "isp.bill_not_exist", "账单尚未生成")
    return day


def _packed(files: list[tuple[str, str]]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            # No flag says that the name is UTF-8, and it is not.
            spelt = name.encode("gbk").decode("cp437")
            archive.writestr(spelt, text.encode("gbk", "replace"))
    return into.getvalue()


def _trade_files(this: World, account: Account, day: dt.date) -> list[tuple[str, str]]:
    paid = [
        trade
        for trade in this.store.newest(account.id, "trade")
        if trade["paid_at"] and funds.day_of(trade["paid_at"]) == day
    ]
    back = [
        made for made in this.store.newest(account.id, "refund") if funds.day_of(made["at"]) == day
    ]
    rows = [_paid(trade) for trade in paid]
    rows += [_back(made, _trade(this, account, made)) for made in back]
    if not rows:
        return []
    came, went = sum(trade["total_fen"] for trade in paid), sum(made["fen"] for made in back)
    lines = [
        *_head(account, day, "业务明细"),
        TRADE_COLUMNS,
        *rows,
        f"#{DASHES}业务明细列表结束{DASHES}",
        f"#交易合计：{len(paid)}笔，商家实收共{_yuan(came)}元，商家优惠共0.00元",
        f"#退款合计：{len(back)}笔，商家实收退款共{_yuan(-went)}元，商家优惠退款共0.00元",
        f"#导出时间：[{_now(this)}]",
    ]
    # The sums come first, and a reader who takes the first file has nothing.
    name = f"{_user(account)}_{day:%Y%m%d}_业务明细"
    return [(f"{name}(汇总).csv", _sums(account, day, paid, back)), (f"{name}.csv", _text(lines))]


def _sums(account: Account, day: dt.date, paid: list[Json], back: list[Json]) -> str:
    came, went = sum(trade["total_fen"] for trade in paid), sum(made["fen"] for made in back)
    return _text(
        [
            *_head(account, day, "业务汇总"),
            "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）",
            f"合计,,{len(paid)},{len(back)},{_yuan(came - went)},{_yuan(came - went)}",
            f"#{DASHES}业务汇总列表结束{DASHES}",
        ]
    )


def _paid(trade: Json) -> str:
    amount = _yuan(trade["total_fen"])
    return ",".join(
        [
            *(f"{trade['id']}\t", f"{trade['out_trade_no']}\t", PAID, f"{trade['subject']} "),
            *(beijing(trade["created_at"]), beijing(trade["paid_at"]), " ", "", "", ""),
            *(f"**({trade['buyer_logon_id']})", amount, amount),
            *("0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00", ""),
            *(_yuan(-funds.fee(trade["total_fen"])), "0.00", "\t"),
        ]
    )


def _back(made: Json, trade: Json) -> str:
    amount = _yuan(-made["fen"])
    return ",".join(
        [
            *(f"{trade['id']}\t", f"{trade['out_trade_no']}\t", BACK, f"{trade['subject']} "),
            *(beijing(trade["created_at"]), beijing(made["at"]), " ", "", "", ""),
            *(f"**({trade['buyer_logon_id']})", amount, amount),
            *("0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00"),
            *(f"{made['out_request_no']}\t", _yuan(funds.fee(made["fen"])), "0.00", "\t"),
        ]
    )


def _moves(this: World, account: Account, day: dt.date) -> list[tuple[str, str]]:
    """Payment, its fee, refund, the fee given back, withdrawals: each on a line."""
    balance, rows = 0, list[str]()
    came, went = [0, 0], [0, 0]
    for at, fen, kind, number in sorted(funds.moves(this, account), key=lambda move: move[0]):
        balance += fen
        if funds.day_of(at) != day:
            continue
        into = came if fen > 0 else went
        into[0], into[1] = into[0] + 1, into[1] + fen
        amounts = [_yuan(fen), ""] if fen > 0 else ["", _yuan(fen)]
        cells = [f"{int(at * 1000)}{len(rows):04d}\t", f"{number}\t", "\t", "", beijing(at), "\t"]
        rows.append(",".join([*cells, *amounts, _yuan(balance), "支付宝", kind, ""]))
    if not rows:
        return []
    lines = [
        *_head(account, day, "账务明细"),
        ACCOUNT_COLUMNS,
        *rows,
        f"#{DASHES}账务明细列表结束{DASHES}",
        f"#支出合计：{went[0]}笔，共{_yuan(went[1])}元",
        f"#收入合计：{came[0]}笔，共{_yuan(came[1])}元",
        f"#导出时间：[{_now(this)}]",
    ]
    return [(f"{_user(account)}_{day:%Y%m%d}_账务明细.csv", _text(lines))]


def _head(account: Account, day: dt.date, name: str) -> list[str]:
    start, end = f"{day:%Y年%m月%d日}", f"{day + dt.timedelta(days=1):%Y年%m月%d日}"
    return [
        f"#支付宝{name}查询",
        f"#账号：[{_user(account)}]",
        f"#起始日期：[{start} 00:00:00]   终止日期：[{end} 00:00:00]",
        f"#{DASHES}{name}列表{DASHES}",
    ]


def _trade(this: World, account: Account, made: Json) -> Json:
    trade = this.store.get(account.id, "trade", made["id"].partition(":")[0])
    if trade is None:
        raise errors.no_trade()
    return trade


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def _user(account: Account) -> str:
    return f"{account.data['seller_id']}0156"


def _now(this: World) -> str:
    return f"{dt.datetime.fromtimestamp(this.clock.now(), BEIJING):%Y年%m月%d日 %H:%M:%S}"


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{checking.yuan(abs(fen))}"
