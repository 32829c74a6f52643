"""COS's errors: a status and a code, answered as XML (https://cloud.tencent.com/document/product/436/7730)."""


class CosError(Exception):
    """An error with its HTTP status."""

    status = 500
    code = "InternalError"
    message = "We encountered an internal error. Please try again."

    def __init__(self, message: str = "", code: str = "", status: int = 0) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.status = status or self.status
        super().__init__(f"{self.status} {self.code}: {self.message}")


class AccessDenied(CosError):
    """Unsigned, or not allowed."""

    status = 403
    code = "AccessDenied"
    message = "Access Denied."


class RequestExpired(AccessDenied):
    """Outside the signature's time windows: a dead link."""

    message = "Request has expired"


class ExpiredToken(CosError):
    """The temporary credentials that signed are expired."""

    status = 400
    code = "ExpiredToken"
    message = "The provided token has expired."


class InvalidAccessKeyId(CosError):
    """Nobody has this SecretId, or the key is disabled."""

    status = 403
    code = "InvalidAccessKeyId"
    message = "The Access Key Id you provided does not exist in our records."


class SignatureDoesNotMatch(CosError):
    """The signature is wrong."""

    status = 403
    code = "SignatureDoesNotMatch"
    message = "The Signature you specified is invalid."


class PathStyleDomainForbidden(CosError):
    """The bucket is in the path, which buckets created since 2024 refuse.

    Source: https://cloud.tencent.com/document/product/436/102489.
    """

    status = 403
    code = "PathStyleDomainForbidden"
    message = "The bucket you are attempting to access must be addressed by its own domain."


class NoSuchBucket(CosError):
    """The host names another bucket than the one there is."""

    status = 404
    code = "NoSuchBucket"
    message = "The specified bucket does not exist."


class NoSuchKey(CosError):
    """There is no such object."""

    status = 404
    code = "NoSuchKey"
    message = "The specified key does not exist."


class FileAlreadyExists(CosError):
    """A create-only PUT found the object there."""

    status = 409
    code = "FileAlreadyExists"
    message = "The object already exists, and overwriting was forbidden."


class KeyTooLong(CosError):
    """The key has more than 850 bytes."""

    status = 400
    code = "KeyTooLong"
    message = "Your key is too long."


class BadDigest(CosError):
    """Content-MD5 is not the body's."""

    status = 400
    code = "BadDigest"
    message = "The Content-MD5 you specified did not match what we received."


class InvalidArgument(CosError):
    """A header or parameter has a value that makes no sense."""

    status = 400
    code = "InvalidArgument"
    message = "Invalid Argument."


class MalformedXml(CosError):
    """The body is not the XML that the operation wants."""

    status = 400
    code = "MalformedXML"
    message = "The XML you provided was not well-formed."


class InvalidRange(CosError):
    """The range begins after the object's end."""

    status = 416
    code = "InvalidRange"
    message = "The requested range cannot be satisfied."


class MethodNotAllowed(CosError):
    """The method does not fit the resource."""

    status = 405
    code = "MethodNotAllowed"
    message = "The specified method is not allowed against this resource."


class NotEmulated(CosError):
    """The operation exists at Tencent's, not here."""

    status = 501
    code = "NotImplemented"
    message = "This cloud does not emulate the operation."


class SlowDown(CosError):
    """Too many requests."""

    status = 503
    code = "SlowDown"
    message = "Please reduce your request rate."


class NothingConfigured(CosError):
    """The bucket has no configuration of this kind."""

    status = 404
    code = "NoSuchConfiguration"
    message = "The configuration does not exist."
