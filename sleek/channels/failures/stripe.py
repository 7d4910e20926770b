"""Stripe's decline codes (the issuer's reasons) and error codes."""

from __future__ import annotations

from sleek.channels.failures.meanings import (
    CARD_NOT_TAKEN,
    CAREFUL,
    CREDENTIALS,
    DECLINED,
    DECLINED_FOR_GOOD,
    ENTRY_WRONG,
    EXPIRED_CARD,
    ISSUER_DOWN,
    MERCHANT_ACCOUNT,
    NO_ANSWER,
    NO_FUNDS,
    NOT_VERIFIED,
    ORDER_STATE,
    OVER_LIMIT,
    REFUND_STATE,
    REQUEST,
    SHORT,
    TOO_OFTEN,
    TOO_SMALL,
)

CODES = {
    ENTRY_WRONG: """
        incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip invalid_cvc
        invalid_expiry_month invalid_expiry_year invalid_number invalid_pin postal_code_invalid
    """,
    NO_FUNDS: "insufficient_funds",
    OVER_LIMIT: """
        amount_too_large charge_exceeds_source_limit charge_exceeds_transaction_limit
        charge_exceeds_weekly_limit invalid_amount
    """,
    TOO_SMALL: "amount_too_small",
    TOO_OFTEN: "card_velocity_exceeded pin_try_exceeded withdrawal_count_limit_exceeded",
    DECLINED: """
        approve_with_id call_issuer card_declined do_not_honor duplicate_transaction generic_decline
        no_action_taken
    """,
    # The issuer said so for good: trying the same card again only costs its goodwill.
    DECLINED_FOR_GOOD: """
        do_not_try_again invalid_account new_account_information_available not_permitted
        revocation_of_all_authorizations revocation_of_authorization security_violation
        service_not_allowed stop_payment_order transaction_not_allowed
    """,
    CARD_NOT_TAKEN: """
        card_not_supported currency_not_supported live_mode_test_card payment_method_not_available
        test_mode_live_card testmode_decline
    """,
    NOT_VERIFIED: """
        authentication_not_handled authentication_required mobile_device_authentication_required
        offline_pin_required online_or_offline_pin_required payment_intent_authentication_failure
    """,
    EXPIRED_CARD: "expired_card",
    # Stripe asks not to tell the payer these. Banks also say "restricted" and "pick up" for cards
    # that were reported lost or stolen.
    CAREFUL: """
        fraudulent highest_risk_level lost_card merchant_blacklist pickup_card restricted_card
        stolen_card
    """,
    ISSUER_DOWN: """
        issuer_not_available processing_error reenter_transaction try_again_later
        payment_method_provider_decline payment_intent_payment_attempt_expired
    """,
    NO_ANSWER: "lock_timeout rate_limit",
    CREDENTIALS: """
        api_base api_key_expired authentication platform_api_key_expired secret_key_required
        testmode_charges_only
    """,
    MERCHANT_ACCOUNT: "account_closed account_invalid country_unsupported",
    REQUEST: """
        email_invalid invalid_request parameter_invalid_empty parameter_invalid_integer
        parameter_invalid_string_length parameter_missing parameter_unknown resource_missing
        sandbox_not_simulated url_invalid
    """,
    ORDER_STATE: "idempotency_key_in_use payment_intent_unexpected_state",
    REFUND_STATE: """
        charge_already_refunded charge_disputed charge_not_refundable declined
        expired_or_canceled_card lost_or_stolen_card payment_unknown refund_disputed_payment
    """,
    SHORT: "balance_insufficient",
}
