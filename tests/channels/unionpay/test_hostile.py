"""Notices that somebody else made, or changed: what they bring along proves nothing."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote_plus, urlencode

import pytest

from sleek.channels.base import Outcome, Refused, Untrusted
from sleek.channels.unionpay.channel import UnionPay
from sleek.core.money import Money
from tests.channels.unionpay import forging
from tests.channels.unionpay.forging import UNIONPAY, Party, authority, key, message

PAID = {
    "version": "5.1.0",
    "encoding": "UTF-8",
    "signMethod": "01",
    "accessType": "0",
    "bizType": "000201",
    "txnType": "01",
    "txnSubType": "01",
    "merId": "777290058110048",
    "orderId": "att01jd7e5k8m0000000000000000",
    "txnTime": "20260302170000",
    "traceTime": "0302170155",
    "txnAmt": "8880",
    "currencyCode": "156",
    "accNo": "621626******0018",
    "queryId": "782603021700000674028",
    "respCode": "00",
    "respMsg": "成功[0000000]",
}
OURS, OTHERS = authority(1), authority(11)


@pytest.fixture(scope="module")
def unionpay() -> Party:
    return OURS.middle.issue(UNIONPAY, key(3))


@pytest.fixture(scope="module")
def channel() -> UnionPay:
    merchant = OURS.middle.issue("041@777290058110048@林家陶瓷@00000001", key(4))
    return UnionPay(
        {
            "mer_id": PAID["merId"],
            "sign_key": merchant.pem + merchant.private_pem,
            "root_certificate": OURS.root.pem,
            "middle_certificate": OURS.middle.pem,
        }
    )


def body(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def refused(channel: UnionPay, text: bytes, why: str) -> None:
    with pytest.raises(Untrusted, match=why):
        channel.read_notice({}, text)


def test_the_real_one_is_believed(channel: UnionPay, unionpay: Party):
    notice = channel.read_notice({}, body(message(PAID, unionpay)))
    assert notice.report is not None
    assert (notice.report.outcome, notice.report.amount) == (Outcome.SUCCEEDED, Money(8880, "CNY"))
    assert notice.key == notice.report.key == "att_01jd7e5k8m0000000000000000"
    assert notice.report.payer == "UnionPay •0018"


def test_a_certificate_that_vouches_for_itself_does_not(channel: UnionPay):
    alone = forging.self_signed(UNIONPAY, key(5))
    refused(channel, body(message(PAID, alone)), "not issued by")


def test_nor_one_of_another_authority_under_unionpays_name(channel: UnionPay):
    forged = OTHERS.middle.issue(UNIONPAY, key(6))
    refused(channel, body(message(PAID, forged)), "not issued by")


def test_nor_one_that_the_root_issued_past_the_middle(channel: UnionPay):
    refused(channel, body(message(PAID, OURS.root.issue(UNIONPAY, key(6)))), "not issued by")


@pytest.mark.parametrize(
    "name",
    [
        "041@777290058110048@林家陶瓷@00000001",
        "中国银联股份有限公司",
        "041@中国银联股份有限公司@00016495",
        "041@8310000000083040@中国银联股份有限公司 @00016495",
        "041@Z2014-11-11@00040000:SIGN@00000001",
    ],
)
def test_nor_a_neighbours_of_the_same_authority(channel: UnionPay, name: str):
    neighbour = OURS.middle.issue(name, key(6))
    refused(channel, body(message(PAID, neighbour)), "not UnionPay's")


@pytest.mark.parametrize(("since", "until"), [(-400, -1), (1, 400)])
def test_nor_unionpays_own_on_another_day(channel: UnionPay, since: int, until: int):
    dates = timedelta(days=since), timedelta(days=until)
    old = OURS.middle.issue(UNIONPAY, key(6), since=dates[0], until=dates[1])
    refused(channel, body(message(PAID, old)), "not valid today")


def test_the_certificate_cannot_be_swapped(channel: UnionPay, unionpay: Party):
    real = message(PAID, unionpay)
    newer = OURS.middle.issue(UNIONPAY, key(7))
    other = message(PAID, newer)["signPubKeyCert"]
    refused(channel, body(real | {"signPubKeyCert": other}), "signature is wrong")


def test_without_a_certificate_nothing_is_believed(channel: UnionPay, unionpay: Party):
    real = message(PAID, unionpay)
    del real["signPubKeyCert"]
    refused(channel, body(real), "cannot be read")


def test_the_digest_is_written_in_small_letters(channel: UnionPay, unionpay: Party):
    refused(channel, body(message(PAID, unionpay, digest="upper")), "signature is wrong")


@pytest.mark.parametrize("more", ["reqReserved=1", "reqReserved=", "origQryId=1"])
def test_no_field_can_be_added(channel: UnionPay, unionpay: Party, more: str):
    real = body(message(PAID, unionpay))
    refused(channel, real + f"&{more}".encode(), "signature is wrong")


@pytest.mark.parametrize("name", ["txnAmt", "orderId", "signature"])
def test_no_field_comes_twice(channel: UnionPay, unionpay: Party, name: str):
    real = message(PAID, unionpay)
    twice = f"&{name}={quote_plus(real[name])}".encode()
    refused(channel, body(real) + twice, "comes twice")


def test_the_borders_between_fields_cannot_be_moved(channel: UnionPay, unionpay: Party):
    """What is signed is one text: with its borders moved it would carry the same signature."""
    real = message(PAID, unionpay)
    merged = {**real, "respCode": f"00&respMsg={real['respMsg']}"}
    del merged["respMsg"]
    refused(channel, body(merged), "run into each other")

    quoting = message(PAID | {"reqReserved": "{a=1&txnAmt=1}"}, unionpay)
    channel.read_notice({}, body(quoting))
    apart = {**quoting, "reqReserved": "{a=1", "txnAmt": "1}"}
    refused(channel, body(apart), "signature is wrong")


def test_another_merchants_is_not_ours(channel: UnionPay, unionpay: Party):
    other = message(PAID | {"merId": "777290058110049"}, unionpay)
    refused(channel, body(other), "another merchant")


@pytest.mark.parametrize(
    ("name", "value"),
    [("version", "5.0.0"), ("signMethod", "11"), ("encoding", "GBK"), ("version", "")],
)
def test_no_older_way_of_signing_is_taken(
    channel: UnionPay, unionpay: Party, name: str, value: str
):
    refused(channel, body(message(PAID | {name: value}, unionpay)), "in another")


@pytest.mark.parametrize(
    "text",
    [b"", b"&", b"a", b"a=1&", b"=1", b"a=%", b"a=%zz", b"a=%ff", b"a b=1", "a=付".encode()],
)
def test_what_is_no_form_is_no_notice(channel: UnionPay, text: bytes):
    with pytest.raises(Untrusted):
        channel.read_notice({}, text)


def test_a_great_mass_of_signs_is_refused_at_once(channel: UnionPay):
    for mass in (b"&a=1" * 60_000, b"a=" + b"%26" * 80_000, b"a=" + b"%7B%26" * 40_000):
        with pytest.raises(Untrusted):
            channel.read_notice({}, mass)


# What a merchant may enter


def entered(channel: UnionPay, **changes: str) -> UnionPay:
    merchant = OURS.middle.issue("041@777290058110048@林家陶瓷@00000001", key(4))
    whole = {
        "mer_id": PAID["merId"],
        "sign_key": merchant.pem + merchant.private_pem,
        "root_certificate": OURS.root.pem,
        "middle_certificate": OURS.middle.pem,
    }
    return UnionPay(whole | changes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mer_id", "777"),
        ("sign_key", "not a key"),
        ("sign_key", "bm90IGEga2V5"),
        ("sign_key", forging.authority(1).root.private_pem),
        ("sign_key", OURS.root.pem),
        ("sign_key", OURS.root.pem + OURS.middle.private_pem),
        ("root_certificate", "nothing of the kind"),
        ("root_certificate", OURS.middle.pem),
        ("root_certificate", OURS.middle.issue(UNIONPAY, key(3)).pem),
        ("middle_certificate", OTHERS.middle.pem),
        ("middle_certificate", OURS.middle.issue(UNIONPAY, key(3)).pem),
        ("gateway", "ftp://gateway.95516.com"),
        ("file_gateway", "filedownload.95516.com"),
    ],
)
def test_credentials_that_cannot_work_are_refused_by_name(channel: UnionPay, name: str, value: str):
    with pytest.raises(Refused) as refusal:
        entered(channel, **{name: value})
    assert refusal.value.reason == name
    assert value not in refusal.value.message
