"""A notice and a reply that Alipay signed, published with the tests of its Node SDK (MIT)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from sleek.channels.alipay import mapping, signing
from sleek.channels.base import Outcome, Untrusted
from sleek.core.money import Money

NOTICE_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjO"
    "PIPHR5knm2jnnz/YGIXIofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AU"
    "okBzJrzY+aGX2xcOrxFYRlFilvVLTXg4LWjR1tdPkO6+i7wQZAIVMClPkwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1"
    "LeaN+6BlbTqHWkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHHHCaQdjtV5/FdcWIt+L8SR1ss7EXTjYDFtxcKVv9r"
    "EoY1lX8T4mX+GbXfZHraG5NCF1+XioL5JwIDAQAB"
)
NOTICE = {
    "gmt_create": "2019-08-15 15:56:22",
    "charset": "utf-8",
    "seller_email": "z97-yuquerevenue@service.aliyun.com",
    "subject": "语雀空间 500人规模",
    "sign": (
        "QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyy"
        "h0LEWdK2S6Ri7nPwrVgOs08zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjW"
        "Xd0HIul4TG+Q3fm3svmSvFEy0WnzuhcyHPX5Gm4ELNctL6Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11"
        "C9CsadtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P0y095uQcDdK0YjCh4x7wVSov+lrmOQ=="
    ),
    "buyer_id": "2088102534368455",
    "invoice_amount": "0.10",
    "notify_id": "2019081500222155624068450559358070",
    "fund_bill_list": '[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]',
    "notify_type": "trade_status_sync",
    "trade_status": "TRADE_SUCCESS",
    "receipt_amount": "0.10",
    "buyer_pay_amount": "0.10",
    "sign_type": "RSA2",
    "app_id": "2019073166072302",
    "seller_id": "2088531891668739",
    "gmt_payment": "2019-08-15 15:56:24",
    "notify_time": "2019-08-15 15:56:25",
    "version": "1.0",
    "out_trade_no": "20190815155618536-564-57",
    "total_amount": "0.10",
    "trade_no": "2019081522001468450512505578",
    "auth_app_id": "2019073166072302",
    "buyer_logon_id": "xud***@126.com",
    "point_amount": "0.00",
}

REPLY_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAk7LzhmMa2c4qQd4fqAqenfbuFoA7stPKvoS1LrZEsVnO"
    "OGUUjwoa1oU9xsSPjcOWhIerU/VAN4J95GIAXx59ipcleIyfLn2FhHXPgLJpvo+b2jJFyn/1/DbeJDh+0yDVAOf5"
    "0Z7HhI0mdUhFMkXlT7BU0ZMtJf/TmISFEfhDU/w6qFd6D42L97byAkq0K6LroglSVF24GqJEa7hSeUIkZWj7Rasy"
    "kXrc2uVJ1+ejkXE0LyPxa2AHykMGbJLf5SiZvaNzUZgnKIR36mLOHpQ/2JCXxhXZYUWHzy0kMH54JcUEeksFWBYL"
    "GvLjV1phbcUIc3Q76tIuqApY6E222OoZZQIDAQAB"
)
REPLY = (
    b'{"alipay_open_file_upload_response":{"code":"10000","msg":"Success",'
    b'"file_id":"CAxAToWB1JsAAAAAAAAAAAAADgSLAQBr"},"sign":"'
    b"F+LDzpTNiavn7xVZPGuPCSSVRSmWzJGgtuji6tVELGEaqMaNj0jRKXUEr5nloZJBBmwEnddOyCjjepMmrTKTvoOq"
    b"Q0Efxpr/R1iEeHTHVbb/Q8TTh6Up5gHJDkILdaWS2q1cWeQ6VT+HQY9P3WRXS7uhILHuDODIhpAyCu5KhWGt0rMC"
    b"IG+Im6NODJP2oohtSCtmTFXg58HH587Z2y2bdbjzOxLvzD9IrU1imghXQ2S/Q+wMIvRk9on6cWnBLkrNvJKapA2R"
    b"eNGWOwyuASvB9zDVzhMPbR+3mfRGkVDxsq5H"
    b'YLjBKGskJMXHw0HuugZij6ScRuaLPODhmHwr/pJ9yw=="}'
)


def test_alipays_own_notice_of_a_payment_is_read():
    key = signing.public_key(NOTICE_KEY)
    fields = signing.open_notice(urlencode(NOTICE).encode(), key)
    report = mapping.notice(fields).report
    assert report is not None
    assert report.outcome == Outcome.SUCCEEDED
    assert report.amount == Money(10, "CNY")
    assert report.key == "20190815155618536-564-57"
    assert report.event_at is not None
    assert report.event_at.isoformat() == "2019-08-15T15:56:24+08:00"


def test_decoding_twice_would_lose_the_plus_signs_of_the_signature():
    body = urlencode(NOTICE).replace("%2B", "+").encode()
    with pytest.raises(Untrusted):
        signing.open_notice(body, signing.public_key(NOTICE_KEY))


def test_alipays_own_reply_is_verified_by_its_raw_text():
    key, node_name = signing.public_key(REPLY_KEY), "alipay_open_file_upload_response"
    reply = signing.open_reply(REPLY, node_name, key)
    assert reply.is_signed
    assert reply.node["code"] == "10000"
    with pytest.raises(Untrusted):
        signing.open_reply(REPLY.replace(b'"10000",', b'"10000", '), node_name, key)
