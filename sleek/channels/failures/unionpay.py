"""UnionPay's answer codes (应答码), of a reply and of the order it tells about."""

from __future__ import annotations

from sleek.channels.failures.meanings import (
    CARD_NOT_TAKEN,
    CAREFUL,
    CONTRACT,
    CREDENTIALS,
    DECLINED,
    ENTRY_WRONG,
    EXPIRED_CARD,
    MERCHANT_ACCOUNT,
    NO_ANSWER,
    NO_FUNDS,
    NOT_VERIFIED,
    ORDER_STATE,
    OVER_LIMIT,
    REFUND_STATE,
    REQUEST,
    TOO_OFTEN,
)

CODES = {
    ENTRY_WRONG: "44 61 65 66",
    NO_FUNDS: "64",
    OVER_LIMIT: "33",
    TOO_OFTEN: "67",
    DECLINED: "01 30 60 78",
    CARD_NOT_TAKEN: "62 68 72 76 77 79",
    # 38 is UnionPay's own risk control, 63 a card that was reported or blocked.
    CAREFUL: "38 63",
    NOT_VERIFIED: "40 69 71 80",
    EXPIRED_CARD: "73",
    NO_ANSWER: "02 03 04 05 06 37 39 70 98 99",
    CREDENTIALS: """
        11 file_gateway gateway mer_id middle_certificate root_certificate sign_key
    """,
    MERCHANT_ACCOUNT: "31",
    CONTRACT: "32 43",
    REQUEST: "10 13 14 36 order_id started_at",
    # 42, 74 and 75: the card was charged, and UnionPay gives it back or books it later.
    ORDER_STATE: "12 34 42 74 75 A6",
    REFUND_STATE: "35 45 46",
}
