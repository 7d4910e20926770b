"""Second steps and the transaction password: each proof once, each wrong try counted."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from sleek.audit.models import Record
from sleek.core.errors import Conflict
from sleek.merchants import actions as merchants
from sleek.merchants import queries, rules
from sleek.merchants.models import TransactionPassword, User
from sleek.merchants.rules import Way, Weakness
from tests.conftest import FrozenClock
from tests.web.dashboard.security.guarded import SECRET, SURE, app_code

# RFC 6238, appendix B: the secret "12345678901234567890", the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 20000000000: "353130"}


@pytest.fixture
def lin(db: None) -> User:
    return User.objects.create_user("lin@example.com", "Porzell-1")


def turned_on(user: User) -> list[str]:
    return merchants.turn_on_totp(user, SECRET, app_code(steps=-1), address="192.0.2.1")


def acts() -> list[str]:
    return list(Record.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert rules.matching_step(RFC_SECRET, code, now=now, after=0) == seconds // 30


@pytest.mark.parametrize(
    ("early_s", "is_good"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_a_phones_clock_may_be_half_a_minute_off(early_s: int, is_good: bool) -> None:
    now = datetime.fromtimestamp(1111111109 + early_s, UTC)
    assert (rules.matching_step(RFC_SECRET, "081804", now=now, after=0) is not None) == is_good


@pytest.mark.parametrize("typed", ["081 804", " 081-804 ", "０８１８０４"])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    now = datetime.fromtimestamp(1111111109, UTC)
    assert rules.matching_step(RFC_SECRET, typed, now=now, after=0)


@given(st.text(max_size=30))
def test_what_is_no_code_matches_nothing_and_breaks_nothing(typed: str) -> None:
    now = datetime.fromtimestamp(1111111109, UTC)
    good = {"081804", "068754", "050471"}  # this step's and its neighbours'
    if rules.plain_code(typed) not in good:
        assert rules.matching_step(RFC_SECRET, typed, now=now, after=0) is None


WEAK = {
    "12345": Weakness.SHORT,
    "111111": Weakness.REPEATED,
    "121212": Weakness.REPEATED,
    "123123": Weakness.REPEATED,
    "123456": Weakness.SEQUENCE,
    "987654": Weakness.SEQUENCE,
    "567890": Weakness.SEQUENCE,
    "abcdef": Weakness.SEQUENCE,
    "fedcba": Weakness.SEQUENCE,
    "739105": None,
    "青花瓷一二三": None,
    "112233": None,
}


@pytest.mark.parametrize(("password", "weakness"), WEAK.items())
def test_a_transaction_password_is_no_pattern(password: str, weakness: Weakness | None) -> None:
    assert rules.transaction_password_weakness(password) == weakness


WAYS = [
    ({Way.PASSWORD}, [Way.PASSWORD]),
    (set(), [Way.MAIL]),
    ({Way.PASSWORD, Way.CODE}, [Way.CODE]),
    ({Way.CODE, Way.PASSKEY}, [Way.CODE, Way.PASSKEY]),
    (
        {Way.PASSWORD, Way.PASSKEY, Way.TRANSACTION_PASSWORD},
        [Way.TRANSACTION_PASSWORD, Way.PASSKEY],
    ),
]


@pytest.mark.parametrize(("has", "counts"), WAYS)
def test_the_log_in_password_proves_nothing_beside_something_better(
    has: set[Way], counts: list[Way]
) -> None:
    assert rules.ways(frozenset(has)) == counts


def test_an_apps_code_counts_once_and_no_earlier_one_after_it(
    lin: User, frozen_clock: FrozenClock
) -> None:
    turned_on(lin)
    assert merchants.use_code(lin, app_code(steps=-1), address=None) == ""  # turned it on
    assert merchants.use_code(lin, app_code(steps=1), address=None) == merchants.APP_CODE
    assert merchants.use_code(lin, app_code(steps=1), address=None) == ""
    assert merchants.use_code(lin, app_code(), address=None) == ""
    frozen_clock.advance(seconds=60)
    assert merchants.use_code(lin, app_code(), address=None) == merchants.APP_CODE


def test_the_apps_secret_is_sealed_for_its_person(lin: User) -> None:
    turned_on(lin)
    row = Authenticator.objects.get(type="totp")
    kept = base64.b64decode(row.data["secret"])
    assert SECRET not in json.dumps(row.data)
    assert SECRET.encode() not in kept
    row.user = User.objects.create_user("wei@example.com")
    row.save()
    with pytest.raises(ValueError, match="does not open"):
        merchants.use_code(row.user, app_code(), address=None)


def test_a_wrong_first_code_turns_nothing_on(lin: User) -> None:
    with pytest.raises(merchants.WrongCode):
        merchants.turn_on_totp(lin, SECRET, "000000", address=None)
    assert not Authenticator.objects.exists()
    assert acts() == []


def test_an_app_is_not_replaced_by_another(lin: User) -> None:
    turned_on(lin)
    with pytest.raises(Conflict):
        turned_on(lin)
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_recovery_codes_open_once_each_and_are_kept_as_hashes(lin: User) -> None:
    codes = turned_on(lin)
    row = Authenticator.objects.get(type="recovery_codes")
    assert len({*codes}) == 10
    assert not any(
        code in json.dumps(row.data) or code.replace("-", "") in json.dumps(row.data)
        for code in codes
    )
    assert merchants.use_code(lin, codes[3].upper().replace("-", " "), address=None) == "recovery"
    assert merchants.use_code(lin, codes[3], address=None) == ""
    assert queries.factors_of(lin).codes_left == 9
    assert acts()[-1] == "user.recovery_code_used"


def test_new_recovery_codes_end_the_old_ones(lin: User) -> None:
    old = turned_on(lin)
    new = merchants.renew_recovery_codes(lin, address=None)
    assert merchants.use_code(lin, old[0], address=None) == ""
    assert merchants.use_code(lin, new[0], address=None) == merchants.RECOVERY_CODE


def test_recovery_codes_go_with_the_last_second_step(lin: User) -> None:
    [first, *_rest] = turned_on(lin)
    merchants.turn_off_totp(lin, address=None)
    assert not Authenticator.objects.exists()
    assert merchants.use_code(lin, first, address=None) == ""
    assert acts() == ["user.totp_turned_on", "user.recovery_codes_made", "user.totp_turned_off"]


def test_nobody_uses_anothers_codes(lin: User) -> None:
    codes = turned_on(lin)
    wei = User.objects.create_user("wei@example.com")
    assert merchants.use_code(wei, app_code(), address=None) == ""
    assert merchants.use_code(wei, codes[0], address=None) == ""
    assert queries.factors_of(lin).codes_left == 10


def test_a_new_master_key_takes_the_secrets_over(lin: User, settings: Settings) -> None:
    turned_on(lin)
    fresh = "new:" + base64.b64encode(bytes(range(32))).decode()
    settings.ENCRYPTION_KEYS = f"{fresh},{settings.ENCRYPTION_KEYS}"
    assert merchants.rewrap_factors() == 1
    settings.ENCRYPTION_KEYS = fresh
    assert merchants.use_code(lin, app_code(), address=None) == merchants.APP_CODE


def test_a_transaction_password_is_hashed_and_differs_from_the_log_in_password(lin: User) -> None:
    with pytest.raises(merchants.SameAsLoginPassword):
        merchants.set_transaction_password(lin, "Porzell-1", address=None)
    assert not TransactionPassword.objects.exists()
    assert merchants.set_transaction_password(lin, SURE, address=None) is True
    assert merchants.set_transaction_password(lin, SURE + "0", address=None) is False
    assert SURE not in TransactionPassword.objects.get().password
    assert acts() == ["user.transaction_password_set", "user.transaction_password_changed"]


def test_five_wrong_tries_lock_it_for_a_quarter_of_an_hour(
    lin: User, frozen_clock: FrozenClock
) -> None:
    merchants.set_transaction_password(lin, SURE, address=None)
    for left in (4, 3, 2, 1):
        with pytest.raises(merchants.WrongTransactionPassword, match=str(left)):
            merchants.prove_transaction_password(lin, "wrong-1", address=None)
    for tried in ("wrong-1", SURE):
        with pytest.raises(merchants.TransactionPasswordLocked, match="15"):
            merchants.prove_transaction_password(lin, tried, address=None)
    frozen_clock.advance(minutes=14, seconds=59)
    with pytest.raises(merchants.TransactionPasswordLocked, match="1"):
        merchants.prove_transaction_password(lin, SURE, address=None)
    frozen_clock.advance(seconds=1)
    merchants.prove_transaction_password(lin, SURE, address=None)
    assert acts().count("user.transaction_password_locked") == 1


def test_a_right_try_forgives_the_wrong_ones_before(lin: User) -> None:
    merchants.set_transaction_password(lin, SURE, address=None)
    for _ in range(3):
        for _wrong in range(4):
            with pytest.raises(merchants.WrongTransactionPassword):
                merchants.prove_transaction_password(lin, "wrong-1", address=None)
        merchants.prove_transaction_password(lin, SURE, address=None)
    assert TransactionPassword.objects.get().failed_count == 0


def test_guesses_at_once_are_counted_one_by_one(committed_db: str) -> None:
    lin = User.objects.create_user("lin@example.com")
    merchants.set_transaction_password(lin, SURE, address=None)

    def guess(number: int) -> str:
        try:
            merchants.prove_transaction_password(lin, f"wrong-{number}", address=None)
        except (merchants.WrongTransactionPassword, merchants.TransactionPasswordLocked) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "proven"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(guess, range(12)))
    assert outcomes == ["transaction_password_locked"] * 8 + ["wrong_transaction_password"] * 4


def test_a_recovery_code_used_twice_at_once_opens_once(committed_db: str) -> None:
    lin = User.objects.create_user("lin@example.com")
    [code, *_rest] = turned_on(lin)

    def use(_number: int) -> str:
        try:
            return merchants.use_code(lin, code, address=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == ["", "", "", "recovery"]
