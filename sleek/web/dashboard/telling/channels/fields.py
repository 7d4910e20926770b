"""What each credential is called, and where at the provider it is found."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str


@dataclass(frozen=True, slots=True)
class Told:
    label: Text
    where: Text = ""


_CERTIFICATE = _("Paste the whole file, with its first and last line.")

FIELDS: dict[str, dict[str, Told]] = {
    "stripe": {
        "secret_key": Told(
            _("Secret key"),
            _("Stripe → Developers → API keys. It begins with sk_live_ or, for trying, sk_test_."),
        ),
        "webhook_secret": Told(
            _("Webhook signing secret"),
            _(
                "Stripe → Developers → Webhooks → add the notice address, then “Signing secret”. "
                "It begins with whsec_."
            ),
        ),
    },
    "alipay": {
        "app_id": Told(_("App ID"), _("Alipay Open Platform → Console → your app. 16 digits.")),
        "seller_id": Told(
            _("Seller ID (PID)"),
            _("Alipay Open Platform → Account centre. 16 digits that begin with 2088."),
        ),
        "app_private_key": Told(
            _("App private key"),
            _("From Alipay's key tool, RSA2 with 2048 bits. You gave Alipay its public half."),
        ),
        "alipay_public_key": Told(
            _("Alipay public key"),
            _("Your app → Development settings → signing. Not your app's own public key."),
        ),
    },
    "wechatpay": {
        "mch_id": Told(
            _("Merchant number (mchid)"),
            _("WeChat Pay merchant platform → Account centre → Merchant information."),
        ),
        "app_id": Told(
            _("App ID"),
            _("Of the official account or mini program that is linked with the merchant number."),
        ),
        "serial_no": Told(
            _("Certificate serial number"),
            _("Merchant platform → Account centre → API security → merchant API certificate."),
        ),
        "private_key": Told(
            _("Merchant private key"),
            _("The content of apiclient_key.pem, which came with the certificate."),
        ),
        "api_v3_key": Told(
            _("APIv3 key"),
            _("The 32 characters that you set under Account centre → API security."),
        ),
        "public_key_id": Told(
            _("WeChat Pay public key ID"),
            _("Under API security, where you have a public key instead of platform certificates."),
        ),
        "public_key": Told(
            _("WeChat Pay public key"), _("The content of pub_key.pem, with its ID above.")
        ),
        "app_secret": Told(
            _("App secret"),
            _("Of the official account. Needed to pay inside WeChat; without it payers scan."),
        ),
    },
    "paypal": {
        "client_id": Told(
            _("Client ID"), _("PayPal Developer Dashboard → Apps & Credentials → your app.")
        ),
        "client_secret": Told(_("Client secret"), _("Beside the client ID.")),
        "webhook_id": Told(
            _("Webhook ID"),
            _("Add the notice address under Webhooks of your app; PayPal then shows its ID."),
        ),
        "root_certificate": Told(_("Root certificate"), _CERTIFICATE),
    },
    "unionpay": {
        "mer_id": Told(_("Merchant number (merId)"), _("15 digits, from your UnionPay contract.")),
        "sign_key": Told(
            _("Signing certificate and key"),
            _("As PEM, or the .pfx file in base64. UnionPay's CFCA site issues it."),
        ),
        "sign_password": Told(
            _("Password of the certificate"), _("The one you chose for the .pfx file.")
        ),
        "root_certificate": Told(_("Root certificate"), _CERTIFICATE),
        "middle_certificate": Told(_("Intermediate certificate"), _CERTIFICATE),
    },
    "banktransfer": {
        "holder": Told(_("Account holder"), _("As the bank knows it, usually your legal name.")),
        "account": Told(_("Account number or IBAN")),
        "currency": Told(
            _("Currency"), _("Three letters, such as USD. One account, one currency.")
        ),
        "bank": Told(_("Bank")),
        "bank_code": Told(_("SWIFT/BIC or CNAPS code")),
        "bank_address": Told(_("Address of the bank")),
        "holder_address": Told(_("Address of the holder")),
        "virtual_accounts": Told(
            _("Virtual account numbers"),
            _("Only if your bank gave you a range: its pattern, from the bank's letter."),
        ),
    },
}


def told(channel: str, name: str) -> Told:
    return FIELDS.get(channel, {}).get(name) or Told(name)
