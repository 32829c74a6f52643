"""CAM's own errors; those of every API 3.0 service are in ``local.api_errors``. Users and keys, groups, policies."""

from local.api_errors import ApiError


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


class AccessKeyRefused(ApiError):
    """The key cannot be changed in this way."""

    code = "FailedOperation.Accesskey"
    message = "The operation on the access key failed."


class SecretNotExist(ApiError):
    """The user has no such key."""

    code = "ResourceNotFound.SecretNotExist"
    message = "The key does not exist."


class GroupFull(ApiError):
    """The account has its 300 groups."""

    code = "InvalidParameter.GroupFull"
    message = "The number of user groups has reached the limit."


class GroupNameInUse(ApiError):
    """Another group has the name."""

    code = "InvalidParameter.GroupNameInUse"
    message = "The group name is in use."


class GroupNotExist(ApiError):
    """No such group; AddUserToGroup spells it ``InvalidParameter.GroupNotExist``."""

    code = "ResourceNotFound.GroupNotExist"
    message = "The user group does not exist."


class GroupUserFull(ApiError):
    """The group has its 100 users."""

    code = "InvalidParameter.GroupUserFull"
    message = "The number of users in the group has reached the limit."


class UserGroupFull(ApiError):
    """The user is in 10 groups already."""

    code = "InvalidParameter.UserGroupFull"
    message = "The number of groups of the user has reached the limit."


class UserNotNamed(ApiError):
    """A membership names neither Uid nor Uin; the code says Uin twice, as Tencent's does."""

    code = "InvalidParameter.UserUinAndUinNotAllNull"
    message = "Uid and Uin cannot both be empty."


class PaginationTokenInvalid(ApiError):
    """The marker is none that an earlier page gave."""

    code = "InvalidParameter.PaginationTokenInvalid"
    message = "The marker is invalid."
