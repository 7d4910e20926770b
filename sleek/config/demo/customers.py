"""The address book of the demo: who buys Lin's ceramics, in eight countries and at home.

Every developer knows these people; the numbers are invented, and right by their check digits.
"""

from __future__ import annotations

from datetime import timedelta

from sleek.core import clock
from sleek.customers import actions as customers
from sleek.customers.actions import Details
from sleek.merchants.models import Merchant, User

KNOWN_SINCE = timedelta(days=80)

# fmt: off
BOOK = [
    Details(
        "Müller Keramik GmbH", contact="Anna Keller", email="anna@example.com",
        phone="+492214710999", country="DE", address="Domstr. 14, 50668 Köln",
        tax_number="DE136695976", language="de", currency="EUR", method="bank_transfer",
        terms_days=30, tags=("展会 Ambiente", "VIP"), memo="每年三月下年度订单，样品要带包装。",
    ),
    Details(
        "Fjord & Furu AS", contact="Ingrid Dahl", email="ingrid@example.com",
        phone="+4722334455", country="NO", address="Bryggegata 6, 0250 Oslo",
        language="en", currency="EUR", method="card", terms_days=14, tags=("展会 Ambiente",),
    ),
    Details(
        "Maison Céladon SARL", contact="Luc Moreau", email="luc@example.com",
        phone="+33142278186", country="FR", address="12 rue de Paradis, 75010 Paris",
        tax_number="FR40303265045", language="fr", currency="EUR", method="bank_transfer",
        terms_days=30, tags=("批发",),
    ),
    Details(
        "Atelier Bleu", contact="Camille Roux", email="camille@example.com",
        phone="+33491540101", country="FR", address="3 quai du Port, 13002 Marseille",
        language="fr", currency="EUR", method="paypal", tags=("小单",),
    ),
    Details(
        "Hearth & Table Inc.", contact="Grace Miller", email="grace@example.com",
        phone="+12125550142", country="US", address="48 Mercer St, New York, NY 10013",
        tax_number="91-1144442", language="en", currency="USD", method="card", terms_days=15,
        tags=("VIP", "批发"), memo="偏好 DHL；提货前要照片。",
    ),
    Details(
        "Prairie Pottery LLC", contact="Sam Ortega", email="sam@example.com",
        phone="+13125550173", country="US", address="900 W Lake St, Chicago, IL 60607",
        language="en", currency="USD", method="card", tags=("小单",),
    ),
    Details(
        "Thornbury Tableware Ltd", contact="Oliver Shaw", email="oliver@example.com",
        phone="+442079460958", country="GB", address="21 Brick Lane, London E1 6PU",
        tax_number="GB980780684", language="en", currency="GBP", method="bank_transfer",
        terms_days=30, tags=("批发",),
    ),
    Details(
        "株式会社さくら茶房", contact="佐藤 美咲", email="misaki@example.com",
        phone="+81335811234", country="JP", address="東京都千代田区神田神保町1-2-3",
        tax_number="5-8356-7825-6246", language="ja", currency="JPY", method="card",
        terms_days=30, tags=("抹茶碗",),
    ),
    Details(
        "Casa Barro S.L.", contact="Lucía Romero", email="lucia@example.com",
        phone="+34915551234", country="ES", address="Calle Mayor 8, 28013 Madrid",
        tax_number="ESB64717838", language="es", currency="EUR", method="bank_transfer",
        terms_days=21, tags=("展会 Ambiente",),
    ),
    Details(
        "Harbour Home Pty Ltd", contact="Ella Nguyen", email="ella@example.com",
        phone="+61291234567", country="AU", address="5 George St, Sydney NSW 2000",
        tax_number="83 914 571 673", language="en", currency="AUD", method="paypal",
        terms_days=14,
    ),
    Details(
        "上海青禾茶器有限公司", contact="周敏", email="zhoumin@example.com",
        phone="+8613812345678", country="CN", address="上海市静安区南京西路 1 号",
        credit_code="91350100M000100Y43", language="zh-hans", currency="CNY", method="alipay",
        terms_days=7, tags=("国内",), memo="开票信息已核对。",
    ),
    Details(
        "陈一帆", email="yifan@example.com", phone="+8613987654321", country="CN",
        language="zh-hans", currency="CNY", method="wechatpay", tags=("国内", "小单"),
    ),
]
# fmt: on


def furnish(shop: Merchant, owner: User) -> None:
    """One a day or two, as they came; the last of them bought long ago and is put away."""
    for place, details in enumerate(BOOK):
        with clock.frozen(clock.now() - KNOWN_SINCE + timedelta(days=5 * place)):
            customers.add(shop, details, by=owner)
    former = Details("Old Kiln Trading", country="GB", email="kiln@example.com")
    customers.archive(customers.add(shop, former, by=owner), by=owner)
