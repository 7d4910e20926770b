"""PayPal's refusals: a status, the name of the error, and issues with their place."""

import secrets

from sandbox.store import Json

MESSAGES = {
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect,"
    " or failed business validation.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "NOT_AUTHORIZED": "Authorization failed due to insufficient permissions.",
    "RESOURCE_CONFLICT": "The server has detected a conflict while processing this request.",
}
DESCRIPTIONS = {
    "ACTION_DOES_NOT_MATCH_INTENT": "Order was created with an intent to 'AUTHORIZE'. Please use"
    " v2/checkout/orders/order_id/authorize to complete transaction.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "Must be greater than zero.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded",
    "COMPLIANCE_VIOLATION": "Transaction cannot be processed due to a possible compliance"
    " violation.",
    "CURRENCY_NOT_SUPPORTED": "Currency code is not currently supported.",
    "DECIMALS_NOT_SUPPORTED": "Currency does not support decimals.",
    "DECIMAL_PRECISION": "The value of the field should not be more than two decimal places.",
    "DUPLICATE_INVOICE_ID": "Duplicate Invoice ID detected. To avoid a potential duplicate"
    " transaction your account setting requires that Invoice Id be unique for each transaction.",
    "DUPLICATE_REQUEST_ID": "The value of PayPal-Request-Id header has already been used.",
    "INSTRUMENT_DECLINED": "The instrument presented was either declined by the processor or"
    " bank, or it can't be used for this payment.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and"
    " try again.",
    "INVALID_STRING_LENGTH": "The value of a field is either too short or too long.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "MAX_VALUE_EXCEEDED": "Should be less than or equal to 9999999.99",
    "MISSING_REQUIRED_PARAMETER": "A required field / parameter is missing.",
    "ORDER_ALREADY_CAPTURED": "Order already captured. If 'intent=CAPTURE' only one capture per"
    " order is allowed.",
    "ORDER_ALREADY_COMPLETED": "The order cannot be patched after it is completed.",
    "ORDER_NOT_APPROVED": "Payer has not yet approved the Order for payment. Please redirect the"
    " payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create"
    " Order call or provide a valid payment_source in the request.",
    "PAYPAL_REQUEST_ID_REQUIRED": "A PayPal-Request-Id is required if you are trying to process"
    " payment for an Order with a payment source.",
    "PENDING_CAPTURE": "Cannot initiate a refund as the capture is pending.",
    "REFUND_AMOUNT_EXCEEDED": "The refund amount must be less than or equal to the capture amount"
    " that has not yet been refunded.",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture.",
    "SANDBOX_NOT_SIMULATED": "PayPal has this, the sandbox has not.",
    "UNSUPPORTED_INTENT": "Intent is not supported.",
}


class PaypalError(Exception):
    """A refusal on its way to the caller."""

    def __init__(self, status: int, name: str, details: list[Json], links: list[Json]) -> None:
        super().__init__(f"{name}: {', '.join(each['issue'] for each in details)}")
        self.status = status
        self.name = name
        self.details = details
        self.links = links

    def node(self) -> Json:
        return {
            "name": self.name,
            "details": self.details,
            "message": MESSAGES.get(self.name, self.name),
            "debug_id": secrets.token_hex(7)[:13],
            "links": self.links,
        }


class OAuthError(Exception):
    """Who calls is not known: in OAuth's own shape."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.status = 401
        self._node = {"error": error, "error_description": description}

    def node(self) -> Json:
        return self._node


def bad(issue: str, field: str = "", value: object = "") -> PaypalError:
    """The request is not well-formed."""
    return PaypalError(400, "INVALID_REQUEST", [_detail(issue, field, value)], [])


def refused(issue: str, field: str = "", value: object = "", *, redirect: str = "") -> PaypalError:
    """It is, but cannot be done."""
    place = f"https://developer.paypal.com/docs/api/orders/v2/#error-{issue}"
    links = [{"href": place, "rel": "information_link", "method": "GET"}]
    if redirect:
        links.append({"href": redirect, "rel": "redirect", "method": "GET"})
    return PaypalError(422, "UNPROCESSABLE_ENTITY", [_detail(issue, field, value)], links)


def not_found(value: str) -> PaypalError:
    return PaypalError(404, "RESOURCE_NOT_FOUND", [_detail("INVALID_RESOURCE_ID", "id", value)], [])


def _detail(issue: str, field: str, value: object) -> Json:
    told: Json = {"issue": issue, "description": DESCRIPTIONS.get(issue, issue)}
    if field:
        told |= {"field": field, "value": str(value)[:200], "location": "body"}
    return told
