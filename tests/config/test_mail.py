from __future__ import annotations

import email
import email.policy

import pytest
from django.core.mail import EmailMultiAlternatives

from sleek.config import mail


def test_each_mail_of_the_demo_is_one_complete_file(settings, tmp_path):
    settings.MAIL_FOLDER = tmp_path / "mail"
    for number in (1, 2):
        message = EmailMultiAlternatives(
            f"收款 {number}", "text", "sleek@example.com", ["lin@example.com"]
        )
        message.attach_alternative("<p>收到</p>", "text/html")
        assert mail.FolderBackend().send_messages([message]) == 1

    first, second = sorted((tmp_path / "mail").iterdir())
    assert first.suffix == second.suffix == ".eml"
    read = email.message_from_bytes(second.read_bytes(), policy=email.policy.default)
    assert read["Subject"] == "收款 2"
    body = read.get_body(("html",))
    assert body
    assert body.get_content().strip() == "<p>收到</p>"


def test_a_mail_url_says_host_port_encryption_and_who():
    found = mail.from_url("smtp+tls://lin%40example.com:p%3Aw@mail.example.com:2525")
    assert found["EMAIL_HOST"] == "mail.example.com"
    assert found["EMAIL_PORT"] == 2525
    assert found["EMAIL_HOST_USER"] == "lin@example.com"
    assert found["EMAIL_HOST_PASSWORD"] == "p:w"
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    assert mail.from_url("smtp+ssl://mail.example.com")["EMAIL_PORT"] == 465


@pytest.mark.parametrize("url", ["mail.example.com:25", "http://mail.example.com", "smtp+tls://"])
def test_a_mail_url_of_another_kind_is_refused(url):
    with pytest.raises(ValueError, match="SLEEK_MAIL_URL"):
        mail.from_url(url)
