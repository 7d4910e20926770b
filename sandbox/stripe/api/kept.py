"""What Stripe accepts of a merchant who charges a card that is kept."""

from sandbox.stripe.api import checking, params

INTENT: params.Schema = {
    "amount": params.positive,
    "currency": checking.currency,
    "customer": params.string,
    "payment_method": params.string,
    "payment_method_types": params.ListOf(params.one_of("card")),
    "payment_method_options": {
        "card": {"request_three_d_secure": params.one_of("any", "automatic", "challenge")}
    },
    "confirm": params.one_of("true", "false"),
    "off_session": params.one_of("true", "false"),
    "return_url": params.url,
    "description": params.limited(1000),
    "receipt_email": params.email,
    "statement_descriptor_suffix": params.limited(22),
    "metadata": params.metadata,
}
_UNSUPPORTED = (
    "amount_details application_fee_amount automatic_payment_methods capture_method"
    " confirmation_method confirmation_token customer_account error_on_requires_action"
    " excluded_payment_method_types hooks mandate mandate_data on_behalf_of payment_details"
    " payment_method_configuration payment_method_data radar_options setup_future_usage shipping"
    " statement_descriptor transfer_data transfer_group use_stripe_sdk"
)
INTENT_UNSUPPORTED = frozenset(_UNSUPPORTED.split())
