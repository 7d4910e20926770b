"""The sandbox's own pages: the dashboard in small, and the mails."""

from collections.abc import Callable
from email.message import EmailMessage

from tests.sandbox.conftest import AlipayShop, Receiver, Sandbox, StripeShop


def test_the_home_page_shows_what_happened(
    shop: StripeShop, receiver: Receiver, sandbox: Sandbox
) -> None:
    shop.listen(receiver, "checkout.session.completed")
    receiver.answers = [(503, "closed for lunch")]
    shop.pay(shop.open(4321, client_reference_id="pay_home"))
    sandbox.flush()
    page = sandbox.http.get("/").text
    for text in ("pay_home", "43.21 USD", "checkout.session.completed", "closed for lunch"):
        assert text in page


def test_codes_that_wait_to_be_scanned_can_be_opened_as_a_phone(
    alipay_shop: AlipayShop, number: Callable[[], str], sandbox: Sandbox
) -> None:
    paid, canceled, waits = number(), number(), number()
    for order in (paid, canceled, waits):
        reply = alipay_shop.client.api_alipay_trade_precreate("青花茶具 tea set", order, "88.80")
        scanned = reply["qr_code"].removeprefix(sandbox.url)
        if order == paid:
            sandbox.http.get(scanned)
            alipay_shop.pay(order)
    alipay_shop.client.api_alipay_trade_cancel(out_trade_no=canceled)
    alipay_shop.page(number(), "88.80")
    codes = sandbox.http.get("/").text.partition("等待扫码")[2].partition("</section>")[0]
    assert [order in codes for order in (paid, canceled, waits)] == [False, False, True]
    assert f'href="{scanned}"' in codes
    assert "确认付款" in sandbox.http.get(scanned).text


def test_mails_are_shown_newest_first_and_harmless(sandbox: Sandbox) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "激活账户", "Sleek <hi@example.com>"
    message["To"] = "li@example.com"
    message.set_content("打开 http://127.0.0.1:8000/activate/abc\n")
    message.add_alternative("<p>你好 <script>alert(1)</script></p>", subtype="html")
    folder = sandbox.home / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "20260101-1.eml").write_bytes(message.as_bytes())
    assert "激活账户" in sandbox.http.get("/mail").text
    page = sandbox.http.get("/mail/20260101-1.eml").text
    assert 'href="http://127.0.0.1:8000/activate/abc"' in page
    assert "alert(1)" not in page
    html = sandbox.http.get("/mail/20260101-1.eml/html")
    assert "sandbox" in html.headers["content-security-policy"]


def test_mail_names_cannot_leave_the_folder(sandbox: Sandbox) -> None:
    for name in ("..%2Fsandbox%2Fsandbox.sqlite3", ".hidden.eml", "none.eml"):
        assert sandbox.http.get(f"/mail/{name}").status_code == 404


def test_unknown_pages_of_payers_are_told_kindly(sandbox: Sandbox) -> None:
    assert sandbox.http.get("/stripe/pay/cs_test_none").status_code == 404
    assert "TRADE_NOT_EXIST" in sandbox.http.get("/alipay/cashier/none").text
    assert "TRADE_NOT_EXIST" in sandbox.http.get("/alipay/qr/none").text


def test_control_refuses_nonsense(sandbox: Sandbox) -> None:
    for path, body in (
        ("accounts", {"provider": "stripe"}),
        ("accounts", {"provider": "bank", "name": "x"}),
        ("clock", {"scale": 0}),
        ("flush", {"ahead_s": -1}),
    ):
        assert sandbox.http.post(f"/control/{path}", json=body).status_code == 400
    assert sandbox.http.get("/control/journal?since=x").status_code == 400


def test_sms_and_chat_messages_are_shown_and_harmless(sandbox: Sandbox) -> None:
    for kind, title in (("sms", "余额提醒"), ("im", "<script>alert(1)</script>")):
        said = {"version": "1.0", "title": title, "message": "看 http://127.0.0.1:8000/wallet"}
        assert sandbox.http.post(f"/inbox/{kind}", json=said).status_code == 200
    page = sandbox.http.get("/inbox").text
    assert page.index("群聊 Chat") < page.index("余额提醒")
    assert 'href="http://127.0.0.1:8000/wallet"' in page
    assert "<script>alert" not in page


def test_what_is_no_message_is_refused(sandbox: Sandbox) -> None:
    assert sandbox.http.post("/inbox/fax", json={"title": "a", "message": "b"}).status_code == 404
    assert sandbox.http.post("/inbox/sms", content=b"no json").status_code == 400
    assert sandbox.http.post("/inbox/sms", json={"title": "a"}).status_code == 400
