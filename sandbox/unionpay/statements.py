"""A day's settlement file: fixed widths in GBK, one blank between fields, zipped and deflated."""

import base64
import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator

from sandbox.store import Account, Json
from sandbox.unionpay import checking, errors, orders
from sandbox.unionpay.signing import Fields
from sandbox.world import World

WIDTHS = [
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2),
    *(6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
]
# What comes after 23:00 is settled with the next day.
CUT_OFF = dt.timedelta(hours=1)
PER_MILLE = 6
PURCHASE, REFUND = ("S22", "01", "01"), ("S67", "04", "00")


def file(this: World, account: Account, fields: Fields) -> Fields:
    """The two fields of an answer that hold it."""
    day = fields["settleDate"]
    lines = [line for settled, line in _lines(this, account) if f"{settled:%m%d}" == day]
    if not lines:
        raise errors.no_file()
    year = checking.beijing(this.clock.now()).year % 100
    name = f"INN{year:02d}{day}88ZM_{account.id}"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{name.replace('ZM_', 'ZME_')}", b"")
        made.writestr(name, b"\r\n".join([*lines, b""]))
    content = base64.b64encode(zlib.compress(packed.getvalue())).decode()
    return {"fileName": f"{account.id}_20{year:02d}{day}.zip", "fileContent": content}


def _lines(this: World, account: Account) -> Iterator[tuple[dt.date, bytes]]:
    for order in reversed(this.store.newest(account.id, orders.KIND)):
        if order["paid_at"]:
            fee = (order["amount"] * PER_MILLE + 500) // 1000
            yield _line(account, order, PURCHASE, order["paid_at"], fee)
    for made in reversed(this.store.newest(account.id, orders.REFUND)):
        if made["code"] == orders.SUCCESS:
            yield _line(account, made, REFUND, made["done_at"], 0)


def _line(
    account: Account, thing: Json, kind: tuple[str, str, str], moment: float, fee: int
) -> tuple[dt.date, bytes]:
    at = checking.beijing(moment)
    is_back, net = kind == REFUND, thing["amount"] - fee
    known = {
        0: kind[0],
        1: "49999999",
        2: "00049992",
        3: thing["traceNo"],
        4: f"{at:%m%d%H%M%S}",
        5: orders.CARD,
        6: f"{thing['amount']:012d}",
        7: "5411",
        8: "07",
        9: thing["queryId"],
        11: thing["fields"]["orderId"],
        12: "01",
        15: f"D{fee:012d}",
        16: f"{'D' if is_back else 'C'}{net:012d}",
        19: kind[1],
        20: kind[2],
        21: "000201",
        22: "01",
        26: thing["fields"].get("origQryId", ""),
        27: account.id,
    }
    parts = [known.get(at, "").encode("gbk").ljust(width) for at, width in enumerate(WIDTHS)]
    return (at + CUT_OFF).date(), b" ".join(parts)
