"""The errors of API 3.0 and of CAM. The codes are the interface; the messages are not.

ApiError
├── the request itself    AuthFailure.*, InvalidAction, MissingParameter, …
└── CAM's own             InvalidParameter.*, ResourceNotFound.*, FailedOperation.*, OperationDenied.*
"""


class ApiError(Exception):
    """An error answered with HTTP status 200 and a code."""

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
    """The timestamp is more than five minutes away, or not of the scope's date."""

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


class CreateUserLimit(ApiError):
    """Too many sub-users created within 24 hours."""

    code = "RequestLimitExceeded.CreateUser"
    message = "The number of sub-users created in 24 hours exceeds the limit."


class SubUserNameInUse(ApiError):
    """Another sub-user has the name."""

    code = "InvalidParameter.SubUserNameInUse"
    message = "The sub-user name is in use."


class SubUserFull(ApiError):
    """The account has its 1000 sub-users."""

    code = "InvalidParameter.SubUserFull"
    message = "The number of sub-users has reached the limit."


class UserNameIllegal(ApiError):
    """The name has characters or a length that CAM refuses."""

    code = "InvalidParameter.UserNameIllegal"
    message = "The user name is illegal."


class PasswordViolatedRules(ApiError):
    """The password is shorter or plainer than the account's rules want."""

    code = "InvalidParameter.PasswordViolatedRules"
    message = "The password violates the password rules."


class ParamError(ApiError):
    """A parameter's value is out of range."""

    code = "InvalidParameter.ParamError"
    message = "A parameter is invalid."


class ScopeError(ApiError):
    """Scope is none of All, QCS, Local."""

    code = "InvalidParameter.ScopeError"
    message = "Scope is All, QCS or Local."


class EntityFilterError(ApiError):
    """EntityFilter is none of All, User, Group, Role."""

    code = "InvalidParameter.EntityFilterError"
    message = "EntityFilter is All, User, Group or Role."


class UserNotExist(ApiError):
    """No such sub-user; some actions spell it ``InvalidParameter.UserNotExist``."""

    code = "ResourceNotFound.UserNotExist"
    message = "The user does not exist."


class PolicyIdNotFound(ApiError):
    """No such policy; some actions spell it ``InvalidParameter.PolicyIdNotExist``."""

    code = "ResourceNotFound.PolicyIdNotFound"
    message = "The policy does not exist."


class RoleNotExist(ApiError):
    """No such role."""

    code = "InvalidParameter.RoleNotExist"
    message = "The role does not exist."


class PolicyFull(ApiError):
    """The user has its 200 policies, or the account its 1500."""

    code = "FailedOperation.PolicyFull"
    message = "The number of policies has reached the limit."


class PolicyNameInUse(ApiError):
    """Another policy has the name."""

    code = "FailedOperation.PolicyNameInUse"
    message = "The policy name is in use."


class PolicyNameError(ApiError):
    """The policy's name has characters or a length that CAM refuses."""

    code = "InvalidParameter.PolicyNameError"
    message = "The policy name is illegal."


class PolicyDocumentError(ApiError):
    """The policy document cannot be read."""

    code = "InvalidParameter.PolicyDocumentError"
    message = "The policy document is illegal."


class PolicyDocumentTooLong(ApiError):
    """The policy document has more than 6144 characters."""

    code = "InvalidParameter.PolicyDocumentLengthOverLimit"
    message = "The policy document is longer than 6144 characters."


class DescriptionTooLong(ApiError):
    """The description has more than 300 bytes."""

    code = "InvalidParameter.DescriptionLengthOverlimit"
    message = "The description is longer than 300 bytes."


class HaveKeys(ApiError):
    """A user with keys is deleted without Force."""

    code = "OperationDenied.HaveKeys"
    message = "The user has API keys."


class DeleteApiKeyDenied(ApiError):
    """A user with keys is deleted by somebody who may not delete keys."""

    code = "UnauthorizedOperation.DeleteApiKey"
    message = "You are not authorized to delete API keys."


class AccessKeyOverLimit(ApiError):
    """The user has two keys already."""

    code = "OperationDenied.AccessKeyOverLimit"
    message = "A user can have at most two keys."


class SecretNotExist(ApiError):
    """The user has no such key."""

    code = "ResourceNotFound.SecretNotExist"
    message = "The key does not exist."
