"""The errors of API 3.0 that every service may answer. Clients rely on the codes; the messages are free text."""


class ApiError(Exception):
    """An error; it is answered with HTTP status 200 and its code."""

    code = "InternalError"
    message = "An internal error has occurred. Retry your request."

    def __init__(self, message: str = "", code: str = "") -> None:
        self.message = message or self.message
        self.code = code or self.code
        super().__init__(f"{self.code}: {self.message}")


class InvalidAuthorization(ApiError):
    """The Authorization header cannot be read."""

    code = "AuthFailure.InvalidAuthorization"
    message = "The Authorization header of the request does not conform to TC3-HMAC-SHA256."


class SignatureExpire(ApiError):
    """The timestamp differs by more than five minutes, or does not lie on the scope's date."""

    code = "AuthFailure.SignatureExpire"
    message = "The signature has expired. Check the clock: timestamps may differ by at most five minutes."


class SecretIdNotFound(ApiError):
    """Nobody has this SecretId, or the key is deleted or disabled."""

    code = "AuthFailure.SecretIdNotFound"
    message = "The SecretId is not found. Check whether the key is deleted or disabled."


class SignatureFailure(ApiError):
    """The signature is wrong."""

    code = "AuthFailure.SignatureFailure"
    message = "The signature is incorrect. Check the SecretKey and the way of signing."


class TokenFailure(ApiError):
    """The token of a temporary key is missing, not its own, or expired."""

    code = "AuthFailure.TokenFailure"
    message = "The token is missing, wrong or expired."


class UnauthorizedOperation(ApiError):
    """The caller's policies do not allow the action."""

    code = "AuthFailure.UnauthorizedOperation"
    message = "The request is not authorized by CAM."


class RequestSizeLimitExceeded(ApiError):
    """The body is larger than 10 MB."""

    code = "RequestSizeLimitExceeded"
    message = "The request is larger than 10 MB."


class UnsupportedProtocol(ApiError):
    """Neither GET nor POST."""

    code = "UnsupportedProtocol"
    message = "Only GET and POST are supported."


class InvalidAction(ApiError):
    """There is no such action, or it is not emulated."""

    code = "InvalidAction"
    message = "The action does not exist, or this cloud does not emulate it."


class NoSuchVersion(ApiError):
    """The action has no such version."""

    code = "NoSuchVersion"
    message = "The API version does not exist."


class UnknownParameter(ApiError):
    """The action has no such parameter."""

    code = "UnknownParameter"


class MissingParameter(ApiError):
    """A required parameter is absent."""

    code = "MissingParameter"


class InvalidParameter(ApiError):
    """A parameter is of the wrong type, or the body is no JSON object."""

    code = "InvalidParameter"


class InvalidParameterValue(ApiError):
    """A parameter is of the right type, but out of range."""

    code = "InvalidParameterValue"


class RequestLimitExceeded(ApiError):
    """Too many requests in this second."""

    code = "RequestLimitExceeded"
    message = "The number of requests exceeds the frequency limit."
