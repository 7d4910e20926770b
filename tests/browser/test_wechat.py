"""A payer reads the page inside WeChat: it knows them, the page calls it, they confirm."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Demo, visitor
from tests.browser.hands import choose, receipt
from tests.installation import ROOT

WECHAT = {**PHONE, "user_agent": f"{PHONE['user_agent']} MicroMessenger/8.0.50"}
ANSWERS = """
window.WeixinJSBridge = {
  invoke: (name, call, done) => done({ err_msg: "get_brand_wcpay_request:%s" }),
};
"""


@pytest.fixture
def wechat(chromium: Browser) -> Iterator[Page]:
    with visitor(chromium, locale="zh-CN", **WECHAT) as page:
        yield page


def test_a_buyer_pays_inside_wechat(wechat: Page, demo: Demo) -> None:
    wechat.add_init_script(f"window.sandbox = {json.dumps(demo.sandbox)}")
    wechat.add_init_script(path=ROOT / "sandbox" / "static" / "wechat-bridge.js")
    wechat.goto(demo.links["CNY"])
    choose(wechat, "微信支付")
    wechat.wait_for_url(f"{demo.sandbox}/wechatpay/jsapi?**")
    wechat.locator("#pay").tap()
    expect(receipt(wechat)).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "said"),
    [("cancel", "您在付款前关闭了微信支付，没有扣款。"), ("fail", "微信支付无法打开这笔付款。")],
)
def test_a_buyer_who_does_not_confirm_reads_why_and_may_call_again(
    wechat: Page, demo: Demo, answer: str, said: str
) -> None:
    wechat.add_init_script(ANSWERS % answer)
    wechat.goto(demo.links["CNY"])
    choose(wechat, "微信支付")
    notes = wechat.locator("[data-said]:visible")
    expect(notes).to_have_count(1)
    expect(notes).to_contain_text(said)
    wechat.get_by_role("button", name="打开微信支付").tap()
    expect(notes).to_contain_text(said)
    width = wechat.evaluate("document.scrollingElement.scrollWidth")
    assert width <= WECHAT["viewport"]["width"]


def test_where_wechat_offers_no_bridge_the_page_says_so(wechat: Page, demo: Demo) -> None:
    wechat.goto(demo.links["CNY"])
    choose(wechat, "微信支付")
    notes = wechat.locator("[data-said]:visible")
    expect(notes).to_contain_text("微信支付在这里没有响应。")
