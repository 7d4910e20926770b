"""Stripe's refusals, in the shape and words its API uses."""

from sandbox.store import Json

DOCS = "https://docs.stripe.com/error-codes/"


class StripeError(Exception):
    """A refusal on its way to the caller."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str = "",
        param: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.code = code
        self.param = param

    def body(self) -> Json:
        error: Json = {}
        if self.code:
            error |= {"code": self.code, "doc_url": DOCS + self.code.replace("_", "-")}
        error["message"] = str(self)
        if self.param:
            error["param"] = self.param
        error["type"] = self.type
        return {"error": error}


def unknown_parameter(name: str) -> StripeError:
    message = f"Received unknown parameter: {name}"
    return StripeError(message, code="parameter_unknown", param=name)


def missing(name: str) -> StripeError:
    return StripeError(f"Missing required param: {name}.", code="parameter_missing", param=name)


def no_such(noun: str, object_id: str, param: str) -> StripeError:
    message = f"No such {noun}: '{object_id}'"
    return StripeError(message, status=404, code="resource_missing", param=param)


def not_simulated(name: str) -> StripeError:
    """Stripe knows this parameter and the sandbox does not: neither may be pretended."""
    message = f"The sandbox does not simulate the parameter {name}, which Stripe has."
    return StripeError(message, code="sandbox_not_simulated", param=name)
