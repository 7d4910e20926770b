"""Stripe's own rules for amounts: units per currency, least and largest charge, fee."""

from sandbox.stripe.errors import StripeError


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


ZERO_DECIMAL = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = _codes("bhd jod kwd omr tnd")
# Without decimals in ISO 4217 or in practice, yet Stripe counts in hundredths of them.
WHOLE_HUNDREDS = _codes("isk ugx")
TWO_DECIMAL = _codes(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd"
    " cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd"
    " hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt"
    " mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub"
    " sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs wst"
    " xcd yer zar zmw"
)
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | TWO_DECIMAL

LARGEST = 99_999_999
# Stripe's published least charges; for other currencies it converts 0.50 USD at the day's rate,
# for which the lower figures here are a fixed stand-in.
LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
    "cny": 400, "krw": 700, "twd": 1600, "kwd": 160, "bhd": 190, "jod": 360, "omr": 200,
    "tnd": 1600, "vnd": 12500, "clp": 480, "php": 2900, "idr": 800000, "try": 1700, "zar": 950,
    "ils": 190, "sar": 190, "qar": 190,
}  # fmt: skip
LEAST_OF_OTHERS = 50
FEE_PER_MILLE = 29


def check_unit_amount(amount: int, currency: str, param: str) -> None:
    if amount < 0:
        raise StripeError(
            "Invalid non-negative integer",
            code="parameter_invalid_integer",
            param=param,
        )
    if currency in THREE_DECIMAL and amount % 10:
        raise StripeError(
            f"Invalid amount: amounts in {currency} must end in 0 (three decimals, the last"
            " of which is always zero).",
            code="parameter_invalid_integer",
            param=param,
        )
    if currency in WHOLE_HUNDREDS and amount % 100:
        raise StripeError(
            f"Invalid amount: amounts in {currency} must be a multiple of 100.",
            code="parameter_invalid_integer",
            param=param,
        )


def check_total(amount: int, currency: str) -> None:
    least = LEAST.get(currency, LEAST_OF_OTHERS)
    if amount < least:
        raise StripeError(
            "The Checkout Session's total amount due must add up to at least"
            f" {shown(least, currency)}",
            code="amount_too_small",
        )
    if amount > LARGEST:
        raise StripeError(
            "The Checkout Session's total amount due must add up to no more than"
            f" {shown(LARGEST, currency)}",
            code="amount_too_large",
        )


def fee(amount: int, currency: str) -> int:
    """2.9 % + 0.30, rounded half up to what the currency can express."""
    fixed = 300 if currency in THREE_DECIMAL else 30
    step = _step(currency)
    part = (amount * FEE_PER_MILLE * 2 + 1000 * step) // (2000 * step) * step
    return min(amount, part + -(-fixed // step) * step)


def shown(amount: int, currency: str) -> str:
    places = _places(currency)
    whole, part = divmod(amount, 10**places)
    digits = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    return f"{digits} {currency.upper()}"


def _places(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def _step(currency: str) -> int:
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_HUNDREDS else 1
