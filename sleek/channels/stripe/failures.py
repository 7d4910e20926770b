"""Stripe's decline codes and error codes in our words.

Data: what is not listed says nothing to the payer.
"""

from __future__ import annotations

from sleek.channels.base import Failure

_CODES = {
    Failure.ENTRY_WRONG: """
        incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip invalid_cvc
        invalid_expiry_month invalid_expiry_year invalid_number invalid_pin postal_code_invalid
    """,
    Failure.INSUFFICIENT_FUNDS: "insufficient_funds",
    Failure.LIMIT: """
        amount_too_large amount_too_small card_velocity_exceeded charge_exceeds_source_limit
        charge_exceeds_transaction_limit charge_exceeds_weekly_limit invalid_amount
        pin_try_exceeded withdrawal_count_limit_exceeded
    """,
    Failure.DECLINED: """
        approve_with_id call_issuer card_declined card_not_supported currency_not_supported
        do_not_honor do_not_try_again duplicate_transaction generic_decline invalid_account
        live_mode_test_card new_account_information_available no_action_taken not_permitted
        payment_method_not_available revocation_of_all_authorizations revocation_of_authorization
        security_violation service_not_allowed stop_payment_order test_mode_live_card
        testmode_decline transaction_not_allowed
    """,
    Failure.AUTHENTICATION: """
        authentication_not_handled authentication_required mobile_device_authentication_required
        offline_pin_required online_or_offline_pin_required payment_intent_authentication_failure
    """,
    Failure.EXPIRED_CARD: "expired_card",
    # Stripe asks not to tell the payer these. Banks also say "restricted" and "pick up" for cards
    # that were reported lost or stolen.
    Failure.CAREFUL: """
        fraudulent highest_risk_level lost_card merchant_blacklist pickup_card restricted_card
        stolen_card
    """,
    Failure.PROVIDER: """
        issuer_not_available processing_error reenter_transaction try_again_later
        payment_method_provider_decline payment_intent_payment_attempt_expired
    """,
}
FAILURES = {code: failure for failure, codes in _CODES.items() for code in codes.split()}


def failure_of(code: str, decline_code: str = "") -> Failure:
    """The issuer's reason says more than the category, which remains when the reason is new."""
    return FAILURES.get(decline_code) or FAILURES.get(code) or Failure.UNKNOWN
