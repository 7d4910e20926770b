"""The bills of a day: made on the next morning from what is in the books, and never changed.

Written as WeChat writes them: a byte order mark, a backquote before each cell, commas in free text
as a backslash and a blank, CRLF at the ends of lines, amounts in yuan, fees with five places.
"""

import datetime as dt
import gzip
import hashlib

from starlette.requests import Request

from sandbox import world
from sandbox.store import Account, Json
from sandbox.wechatpay import errors, orders
from sandbox.wechatpay.books import funds
from sandbox.wechatpay.checking import BEIJING
from sandbox.wechatpay.errors import WechatError
from sandbox.world import World

KIND = "wechatpay.bill"
MADE_AFTER = dt.timedelta(days=1, hours=9)
GOOD_FOR_S = 30
OLDEST = dt.timedelta(days=92)
TRADE_COLUMNS = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
FUND_COLUMNS = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def trade_bill(this: World, account: Account, request: Request, content: Json) -> Json:
    day = _asked(this, request)
    if request.query_params.get("bill_type", "ALL") != "ALL":
        raise errors.bad_parameter("沙盒仅支持 bill_type=ALL")
    return _offered(this, account, request, _trades(this, account, day))


def fund_bill(this: World, account: Account, request: Request, content: Json) -> Json:
    day = _asked(this, request)
    if request.query_params.get("account_type", "BASIC") != "BASIC":
        raise errors.bad_parameter("沙盒仅支持 account_type=BASIC")
    return _offered(this, account, request, _funds(this, account, day))


def file_of(this: World, account: Account, token: str) -> bytes:
    kept = this.store.get(account.id, KIND, token)
    if kept is None or kept["until"] < this.clock.now():
        raise WechatError(400, "PARAM_ERROR", "token 已过期或不存在")
    content = str(kept["text"]).encode()
    return gzip.compress(content, mtime=0) if kept["is_packed"] else content


def _asked(this: World, request: Request) -> dt.date:
    try:
        day = dt.date.fromisoformat(request.query_params.get("bill_date", ""))
    except ValueError:
        raise errors.bad_parameter("bill_date 格式为 yyyy-MM-DD") from None
    now = dt.datetime.fromtimestamp(this.clock.now(), BEIJING)
    if day >= now.date() or day < now.date() - OLDEST:
        raise errors.bad_parameter("bill_date 须为三个月内的日期")
    if now < dt.datetime.combine(day, dt.time(), BEIJING) + MADE_AFTER:
        raise WechatError(400, "STATEMENT_CREATING", "账单生成中")
    if request.query_params.get("tar_type", "GZIP") != "GZIP":
        raise errors.bad_parameter("tar_type 须为 GZIP")
    return day


def _offered(this: World, account: Account, request: Request, lines: list[str]) -> Json:
    if not lines:
        raise WechatError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    text = "\ufeff" + "".join(f"{line}\r\n" for line in lines)
    kept = {
        "id": world.token(43),
        "text": text,
        "is_packed": request.query_params.get("tar_type") == "GZIP",
        "until": this.clock.now() + GOOD_FOR_S,
    }
    this.store.insert(account.id, KIND, kept)
    return {
        "hash_type": "SHA1",
        # Of the bill itself, not of what is packed.
        "hash_value": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        "download_url": f"{world.base_url(request)}/v3/billdownload/file?token={kept['id']}",
    }


def _trades(this: World, account: Account, day: dt.date) -> list[str]:
    paid = [
        order
        for order in this.store.newest(account.id, orders.KIND)
        if order["paid_at"] and funds.day_of(order["paid_at"]) == day
    ]
    back = [
        made
        for made in this.store.newest(account.id, orders.REFUND)
        if funds.day_of(made["at"]) == day
    ]
    rows = [_paid(account, order) for order in paid]
    rows += [_back(account, made, _order(this, account, made)) for made in back]
    if not rows:
        return []
    came, went = sum(o["total"] for o in paid), sum(made["refund"] for made in back)
    fees = sum(funds.fee(o["total"]) for o in paid) - sum(funds.fee(m["refund"]) for m in back)
    totals = [str(len(rows)), _yuan(came), _yuan(went), "0.00"]
    totals += [_fee(fees), _yuan(came), _yuan(went)]
    return [TRADE_COLUMNS, *rows, TRADE_TOTALS, _line(totals)]


def _paid(account: Account, order: Json) -> str:
    amount = _yuan(order["total"])
    return _line(
        [
            *_head(account, order, order["paid_at"]),
            *("SUCCESS", "OTHERS", "CNY", amount, "0.00", "0", "0", "0.00", "0.00", "", ""),
            *(_free(order["description"]), "", _fee(funds.fee(order["total"])), "0.60%"),
            *(amount, "0.00", ""),
        ]
    )


def _back(account: Account, made: Json, order: Json) -> str:
    amount = _yuan(made["refund"])
    return _line(
        [
            *_head(account, order, made["at"]),
            *("REFUND", "OTHERS", "CNY", "0.00", "0.00", made["id"], made["out_refund_no"]),
            *(amount, "0.00", "ORIGINAL", "SUCCESS"),
            *(_free(order["description"]), "", _fee(-funds.fee(made["refund"])), "0.60%"),
            *("0.00", amount, ""),
        ]
    )


def _head(account: Account, order: Json, moment: float) -> list[str]:
    return [
        *(_moment(moment), account.data["app_id"], account.id, "0", ""),
        *(order["transaction_id"], order["out_trade_no"], order["openid"], order["trade_type"]),
    ]


def _funds(this: World, account: Account, day: dt.date) -> list[str]:
    """Payment, its fee, refunds with the fee given back, withdrawals: each on a line."""
    moves = sorted(_moves(this, account), key=lambda move: move[0])
    balance, rows, sums = 0, [], {"收入": [0, 0], "支出": [0, 0]}
    for moment, name, kind, fen, reference in moves:
        balance += fen
        if funds.day_of(moment) != day:
            continue
        way = "收入" if fen >= 0 else "支出"
        sums[way][0] += 1
        sums[way][1] += abs(fen)
        rows.append(
            _line(
                [
                    *(_moment(moment), f"5{reference[-27:]}", reference, name, kind, way),
                    *(_yuan(abs(fen)), _yuan(balance), f"{account.id}API", "", reference),
                ]
            )
        )
    if not rows:
        return []
    came, went = sums["收入"], sums["支出"]
    # Counts come with a place after the point from time to time.
    totals = [f"{len(rows)}.0", str(came[0]), _yuan(came[1]), str(went[0]), _yuan(went[1])]
    return [FUND_COLUMNS, *rows, FUND_TOTALS, _line(totals)]


def _moves(this: World, account: Account) -> list[tuple[float, str, str, int, str]]:
    found = []
    for order in this.store.newest(account.id, orders.KIND):
        if order["paid_at"]:
            moment, number = order["paid_at"], order["transaction_id"]
            found.append((moment, "交易", "交易", order["total"], number))
            if cost := funds.fee(order["total"]):
                found.append((moment, "交易", "扣除交易手续费", -cost, number))
    for made in this.store.newest(account.id, orders.REFUND):
        net = made["refund"] - funds.fee(made["refund"])
        found.append((made["at"], "退款", "退款", -net, made["id"]))
    for each in this.store.newest(account.id, funds.WITHDRAWAL):
        kind = "提现" if each["fen"] >= 0 else "充值"
        found.append((each["at"], kind, kind, -each["fen"], each["id"]))
    return found


def _order(this: World, account: Account, made: Json) -> Json:
    order = orders.of_number(this, account, made["out_trade_no"])
    assert order is not None
    return order


def _line(cells: list[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def _free(text: str) -> str:
    return text.replace(",", "\\ ").replace("\n", "\\n")


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{orders.yuan(abs(fen))}"


def _fee(fen: int) -> str:
    return f"{_yuan(fen)}000"


def _moment(moment: float) -> str:
    return dt.datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
