"""UnionPay's simulator, driven by a merchant's software written from the protocol alone."""

import base64
import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.sandbox.conftest import Receiver, Sandbox, private_key, public_pem

BEIJING = timezone(timedelta(hours=8))
LIST_WIDTHS = [3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13]
Fields = dict[str, str]


@dataclass
class Merchant:
    """It knows its number, its key and certificate, and the authority's two certificates."""

    sandbox: Sandbox
    receiver: Receiver
    key_pem: str
    account: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.key = private_key(self.key_pem)
        self.account = self.sandbox.control(
            "accounts",
            provider="unionpay",
            name=f"商户 {uuid4()}",
            merchant_public_key=public_pem(self.key_pem),
        )

    def common(self, kind: str, sub_kind: str, product: str) -> Fields:
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "txnType": kind,
            "txnSubType": sub_kind,
            "bizType": product,
            "accessType": "0",
            "merId": self.account["mer_id"],
            "certId": self.account["cert_id"],
        }

    def purchase(self, **changes: str) -> Fields:
        now = datetime.now(BEIJING)
        return {
            **self.common("01", "01", "000201"),
            "channelType": "07",
            "orderId": uuid4().hex,
            "txnTime": f"{now:%Y%m%d%H%M%S}",
            "payTimeout": f"{now + timedelta(minutes=15):%Y%m%d%H%M%S}",
            "txnAmt": "8880",
            "currencyCode": "156",
            "frontUrl": "http://127.0.0.1:9/done",
            "backUrl": self.receiver.url,
            **changes,
        }

    def give_back(self, paid: Fields, amount: str, **changes: str) -> Fields:
        return {
            **self.common("04", "00", "000201"),
            "channelType": "07",
            "orderId": uuid4().hex,
            "txnTime": f"{datetime.now(BEIJING):%Y%m%d%H%M%S}",
            "txnAmt": amount,
            "origQryId": paid["queryId"],
            "backUrl": self.receiver.url,
            **changes,
        }

    def sign(self, fields: Fields) -> Fields:
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
        digits = hashlib.sha256(text.encode()).hexdigest().encode()
        raw = self.key.sign(digits, padding.PKCS1v15(), hashes.SHA256())
        return fields | {"signature": base64.b64encode(raw).decode()}

    def go(self, fields: Fields) -> httpx.Response:
        """The payer's browser posts the form."""
        return self.sandbox.http.post("/gateway/api/frontTransReq.do", data=self.sign(fields))

    def press(self, page: httpx.Response, action: str) -> httpx.Response:
        return self.sandbox.http.post(page.headers["location"], data={"action": action})

    def bought(self) -> tuple[Fields, Fields]:
        fields = self.purchase()
        self.press(self.go(fields), "pay")
        return fields, self.ask(fields)

    def ask(self, about: Fields) -> Fields:
        names = {name: about[name] for name in ("orderId", "txnTime")}
        return self.call("queryTrans.do", self.common("00", "00", "000000") | names)

    def call(self, name: str, fields: Fields) -> Fields:
        return self.answer(f"/gateway/api/{name}", self.sign(fields))

    def answer(self, path: str, fields: Fields) -> Fields:
        reply = self.sandbox.http.post(path, data=fields)
        assert reply.status_code == 200, reply.text
        pairs = [part.split("=", 1) for part in reply.text.split("&")]
        found = {name: value for name, value in pairs}
        self.believe(found)
        return found

    def believe(self, fields: Fields) -> None:
        certificate = x509.load_pem_x509_certificate(fields["signPubKeyCert"].encode())
        for each, issuer in (("middle", "root"), ("", "middle")):
            child = certificate if not each else self.authority(each)
            child.verify_directly_issued_by(self.authority(issuer))
        [name] = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        assert str(name.value).split("@")[2] == "中国银联股份有限公司"
        names = sorted(name for name in fields if name != "signature")
        text = "&".join(f"{name}={fields[name]}" for name in names)
        digits = hashlib.sha256(text.encode()).hexdigest().encode()
        key: Any = certificate.public_key()
        key.verify(
            base64.b64decode(fields["signature"]), digits, padding.PKCS1v15(), hashes.SHA256()
        )

    def authority(self, which: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.account[f"{which}_certificate"].encode())

    def told(self) -> list[Fields]:
        self.sandbox.flush()
        return [dict(parse_qsl(each.body.decode())) for each in self.receiver.received]


@pytest.fixture
def merchant(sandbox: Sandbox, receiver: Receiver, app_key: str) -> Merchant:
    return Merchant(sandbox, receiver, app_key)


def code_of(page: httpx.Response) -> str:
    [code] = re.findall(r"<code>(\w\w)</code>", page.text)
    return str(code)


def test_an_order_is_brought_paid_and_told(merchant: Merchant):
    fields = merchant.purchase()
    assert merchant.ask(fields)["respCode"] == "34"
    page = merchant.go(fields)
    assert page.status_code == 303
    waiting = merchant.ask(fields)
    assert (waiting["respCode"], waiting["origRespCode"]) == ("00", "05")

    done = merchant.press(page, "pay")
    assert f'action="{fields["frontUrl"]}"' in done.text
    asked = merchant.ask(fields)
    assert asked["origRespCode"] == "00"
    [told] = merchant.told()
    merchant.believe(told)
    same = ("merId", "orderId", "txnTime", "txnAmt", "currencyCode", "queryId", "traceTime")
    assert [told[name] for name in same] == [asked[name] for name in same]
    assert (told["respCode"], told["txnType"], told["txnAmt"]) == ("00", "01", "8880")
    assert [entry["kind"] for entry in merchant.sandbox.journal(fields["orderId"])] == [
        "order.prepared",
        "money.captured",
        "notice.sent",
    ]


def test_the_form_that_brings_the_payer_back_is_signed_too(merchant: Merchant):
    done = merchant.press(merchant.go(merchant.purchase()), "pay")
    inputs = re.findall(r'name="(\w+)" value="([^"]*)"', done.text)
    unescaped = {name: value.replace("&#39;", "'") for name, value in inputs}
    merchant.believe(unescaped)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"orderId": "short"}, "10"),
        ({"orderId": "with_underscore"}, "10"),
        ({"orderId": "x" * 41}, "10"),
        ({"txnTime": "20260231120000"}, "10"),
        ({"txnTime": "20200101120000"}, "10"),
        ({"txnTime": "2026-03-02 12:00"}, "10"),
        ({"txnAmt": "0"}, "10"),
        ({"txnAmt": "88.80"}, "10"),
        ({"txnAmt": "-1"}, "10"),
        ({"currencyCode": "840"}, "10"),
        ({"channelType": "05"}, "10"),
        ({"frontUrl": "javascript:alert(1)"}, "10"),
        ({"riskRateInfo": "commodityName=x"}, "10"),
        ({"payTimeout": "20200101120000"}, "69"),
        ({"version": "5.0.0"}, "10"),
        ({"signMethod": "11"}, "10"),
        ({"bizType": "000301"}, "32"),
        ({"certId": "69903319369"}, "11"),
        ({"merId": "777290000000000"}, "31"),
    ],
)
def test_what_unionpay_would_not_take_is_refused(merchant: Merchant, changes: Fields, code: str):
    page = merchant.go(merchant.purchase(**changes))
    assert (page.status_code, code_of(page)) == (400, code)


@pytest.mark.parametrize("name", ["orderId", "txnTime", "txnAmt", "backUrl", "certId", "bizType"])
def test_what_is_missing_is_said(merchant: Merchant, name: str):
    fields = merchant.purchase()
    del fields[name]
    assert code_of(merchant.go(fields)) == "13"


def test_a_wrong_signature_is_refused_on_every_way_in(merchant: Merchant):
    fields = merchant.sign(merchant.purchase()) | {"txnAmt": "1"}
    page = merchant.sandbox.http.post("/gateway/api/frontTransReq.do", data=fields)
    assert code_of(page) == "11"
    question = merchant.sign(merchant.common("00", "00", "000000") | merchant.purchase())
    for path in ("/gateway/api/queryTrans.do", "/gateway/api/backTransReq.do", "/unionpay/files/"):
        reply = merchant.answer(path, question | {"txnTime": "20260101000000"})
        assert reply["respCode"] == "11"


def test_a_field_that_comes_twice_is_refused(merchant: Merchant):
    body = urlencode(merchant.sign(merchant.purchase())) + "&txnAmt=1"
    page = merchant.sandbox.http.post(
        "/gateway/api/frontTransReq.do",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert code_of(page) == "10"


def test_an_id_is_for_one_order(merchant: Merchant):
    fields = merchant.purchase()
    assert merchant.go(fields).headers["location"] == merchant.go(fields).headers["location"]
    assert code_of(merchant.go(fields | {"txnAmt": "1"})) == "12"
    later = f"{datetime.now(BEIJING) + timedelta(seconds=5):%Y%m%d%H%M%S}"
    assert code_of(merchant.go(fields | {"txnTime": later})) == "12"
    merchant.press(merchant.go(fields), "pay")
    assert code_of(merchant.go(fields)) == "12"


@pytest.mark.parametrize(("action", "code"), [("insufficient", "64"), ("password", "65")])
def test_a_declined_card_is_told_when_asked_and_another_may_follow(
    merchant: Merchant, action: str, code: str
):
    fields = merchant.purchase()
    page = merchant.go(fields)
    assert 'role="alert"' in merchant.press(page, action).text
    assert merchant.ask(fields)["origRespCode"] == code
    assert merchant.told() == []
    merchant.press(page, "pay")
    assert merchant.ask(fields)["origRespCode"] == "00"


def test_a_bank_may_take_its_time(merchant: Merchant):
    fields = merchant.purchase()
    page = merchant.go(fields)
    merchant.press(page, "delay")
    assert merchant.ask(fields)["origRespCode"] == "03"
    assert merchant.press(page, "pay").status_code == 400
    merchant.sandbox.flush(ahead_s=40)
    assert merchant.ask(fields)["origRespCode"] == "00"
    assert [told["orderId"] for told in merchant.told()] == [fields["orderId"]]


def test_past_its_time_nothing_can_be_paid(merchant: Merchant):
    fields = merchant.purchase()
    page = merchant.go(fields)
    merchant.sandbox.control(f"unionpay/orders/{fields['orderId']}/run_out")
    assert code_of(merchant.press(page, "pay")) == "69"
    assert merchant.ask(fields)["origRespCode"] == "05"


def test_two_notices_may_come_at_once(merchant: Merchant):
    merchant.press(merchant.go(merchant.purchase()), "twice")
    first, second = merchant.told()
    assert first == second


def test_a_notice_goes_out_five_times_in_seven_minutes(merchant: Merchant):
    merchant.receiver.answers = [(500, "")]
    merchant.press(merchant.go(merchant.purchase()), "pay")
    merchant.sandbox.flush()
    counts = [len(merchant.receiver.received)]
    for seconds in (61, 121, 241, 3600):
        merchant.sandbox.flush(ahead_s=seconds)
        counts.append(len(merchant.receiver.received))
    assert counts == [2, 3, 4, 5, 5]


@pytest.mark.parametrize("status", [200, 302])
def test_whatever_the_body_says_these_statuses_are_a_yes(merchant: Merchant, status: int):
    merchant.receiver.answers = [(status, "FAIL")]
    merchant.press(merchant.go(merchant.purchase()), "pay")
    merchant.sandbox.flush()
    merchant.sandbox.flush(ahead_s=600)
    assert len(merchant.receiver.received) == 1


def test_a_refund_is_taken_then_done_then_told(merchant: Merchant):
    fields, paid = merchant.bought()
    refund = merchant.give_back(paid, "300")
    taken = merchant.call("backTransReq.do", refund)
    assert (taken["respCode"], taken["origQryId"]) == ("00", paid["queryId"])
    assert merchant.ask(refund)["origRespCode"] == "05"
    merchant.sandbox.flush(ahead_s=10)
    done = merchant.ask(refund)
    assert (done["origRespCode"], done["txnType"], done["txnAmt"]) == ("00", "04", "300")
    told = [each for each in merchant.told() if each["txnType"] == "04"]
    assert [(each["orderId"], each["respCode"]) for each in told] == [(refund["orderId"], "00")]
    merchant.believe(told[0])
    kinds = [entry["kind"] for entry in merchant.sandbox.journal(fields["orderId"])]
    assert kinds.count("money.refunded") == 1


def test_no_more_is_given_back_than_came(merchant: Merchant):
    _, paid = merchant.bought()
    first = merchant.give_back(paid, "8000")
    assert merchant.call("backTransReq.do", first)["respCode"] == "00"
    assert merchant.call("backTransReq.do", first)["respCode"] == "12"
    assert merchant.call("backTransReq.do", merchant.give_back(paid, "881"))["respCode"] == "36"
    assert merchant.call("backTransReq.do", merchant.give_back(paid, "880"))["respCode"] == "00"
    nothing = merchant.give_back(paid, "1", origQryId="0" * 21)
    assert merchant.call("backTransReq.do", nothing)["respCode"] == "35"


def test_the_days_file_lists_what_came_and_went(merchant: Merchant):
    fields, paid = merchant.bought()
    day = datetime.now(BEIJING) + timedelta(hours=1)  # what comes after 23:00 is the next day's
    question = merchant.common("76", "01", "000000") | {
        "txnTime": f"{datetime.now(BEIJING):%Y%m%d%H%M%S}",
        "settleDate": f"{day:%m%d}",
        "fileType": "00",
    }
    reply = merchant.answer("/unionpay/files/", merchant.sign(question))
    archive = zipfile.ZipFile(io.BytesIO(zlib.decompress(base64.b64decode(reply["fileContent"]))))
    [name] = [name for name in archive.namelist() if "ZM_" in name]
    [line] = archive.read(name).splitlines()
    parts, start = [], 0
    for width in LIST_WIDTHS:
        parts.append(line[start : start + width].decode("gbk").strip())
        start += width + 1
    assert (parts[0], parts[6], parts[9]) == ("S22", "000000008880", paid["queryId"])
    assert (parts[11], parts[15], parts[16]) == (
        fields["orderId"],
        "D000000000053",
        "C000000008827",
    )
    other = question | {"settleDate": f"{day - timedelta(days=30):%m%d}"}
    assert merchant.answer("/unionpay/files/", merchant.sign(other))["respCode"] == "98"


def test_its_certificate_lasts_for_years_and_can_be_renewed(merchant: Merchant):
    before = merchant.ask(merchant.purchase())["signPubKeyCert"]
    merchant.sandbox.control(f"unionpay/accounts/{merchant.account['mer_id']}/rotate")
    after = merchant.ask(merchant.purchase())["signPubKeyCert"]
    assert before != after
    ends = x509.load_pem_x509_certificate(after.encode()).not_valid_after_utc
    assert ends > datetime.now(UTC) + timedelta(days=365 * 4)
