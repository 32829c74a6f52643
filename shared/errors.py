"""The error tree and the one table that says what each failure means.

    ImAccessError
    ├── Rejected          the request itself is wrong; it changes nothing
    ├── Conflict          the request is right, the world does not allow it now
    ├── Unavailable       the cloud throttles, times out or is down; a retry finishes the work
    │   ├── OutcomeUnknown    a write was sent and nobody can say whether it took effect
    │   └── Settling          all that CAM shows is done; what it may show late is due
    ├── CloudError        the cloud refused with a code that only an operator can act on
    └── Misconfigured     a setting is missing or wrong

An error carries a stable code; `MEANINGS` maps the code to an HTTP status, a title, a queue verdict and a log level.
Texts never hold a secret, a link, or a message of the cloud (those are localised and unstable).
"""

from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """What a queue does with the message that failed."""

    PARK = "park"
    """It can never succeed: written to the dead letters, marked `"retry": false`."""
    PARK_RETRY = "park_retry"
    """It can succeed once somebody has acted: written to the dead letters, marked `"retry": true`."""
    LATER = "later"
    """It may succeed by itself: redelivered where the trigger redelivers, else parked with `"retry": true`."""
    RAISE = "raise"
    """The function is misconfigured: nothing may be taken off the queue."""


class Meaning(NamedTuple):
    """A row of the table."""

    status: int
    title: str
    verdict: Verdict
    level: str = "warning"


MEANINGS: dict[str, Meaning] = {
    "malformed_json": Meaning(400, "The body is not a JSON object", Verdict.PARK),
    "invalid_command": Meaning(400, "The command has a missing, unknown or bad field", Verdict.PARK),
    "invalid_person": Meaning(400, "The person has a missing, unknown or bad field", Verdict.PARK),
    "invalid_event": Meaning(400, "The CloudEvents envelope is not valid", Verdict.PARK),
    "invalid_time": Meaning(400, "The event's time is no RFC 3339, before 2020 or in the future", Verdict.PARK),
    "no_identity": Meaning(400, "The request has no identity", Verdict.PARK),
    "unsigned_event": Meaning(400, "Binary CloudEvents headers are not covered by the signature", Verdict.PARK),
    "wrong_type": Meaning(400, "The envelope's type is not this function's", Verdict.PARK),
    "no_type": Meaning(400, "A bare command on a queue does not say which function it is for", Verdict.PARK),
    "unknown_type": Meaning(400, "No command has this type", Verdict.PARK),
    "unknown_trigger": Meaning(400, "The event is of no known trigger", Verdict.RAISE),
    "unauthorized": Meaning(401, "The signature is missing, wrong or expired", Verdict.PARK),
    "policy_not_allowed": Meaning(403, "The policy is not on the allow-list", Verdict.PARK),
    "user_protected": Meaning(403, "This user is never touched by these functions", Verdict.PARK),
    "user_not_managed": Meaning(403, "This project did not make the user", Verdict.PARK),
    "source_not_found": Meaning(404, "No HR system is connected at this address", Verdict.PARK),
    "user_not_found": Meaning(404, "No such sub-user", Verdict.PARK_RETRY),
    "method_not_allowed": Meaning(405, "Only POST is allowed", Verdict.PARK),
    "user_exists": Meaning(409, "The name belongs to a user that this request did not create", Verdict.PARK),
    "user_offboarded": Meaning(409, "The user is offboarded", Verdict.PARK_RETRY),
    "user_active": Meaning(409, "The user is not offboarded", Verdict.PARK_RETRY),
    "keys_not_own": Meaning(409, "The user has an access key that this request did not make", Verdict.PARK),
    "in_progress": Meaning(409, "The same request is being worked on right now", Verdict.LATER, "info"),
    "credentials_gone": Meaning(410, "The credentials file is already deleted", Verdict.PARK),
    "body_too_large": Meaning(413, "The body is larger than 64 KiB", Verdict.PARK),
    "identity_reused": Meaning(422, "The same identity came with a different command", Verdict.PARK),
    "internal_error": Meaning(500, "The function failed unexpectedly", Verdict.PARK_RETRY, "error"),
    "misconfigured": Meaning(500, "The function is misconfigured", Verdict.RAISE, "error"),
    "policy_missing": Meaning(500, "A policy of the allow-list does not exist", Verdict.PARK_RETRY, "error"),
    "record_unreadable": Meaning(500, "A record in the bucket is of an unknown version", Verdict.PARK_RETRY, "error"),
    "details_missing": Meaning(500, "An event names a person of whom nothing may be asked", Verdict.PARK_RETRY),
    "hr_refused": Meaning(502, "The HR system refused a call", Verdict.PARK_RETRY, "error"),
    "mail_refused": Meaning(502, "The mail server refused the mail for good", Verdict.PARK_RETRY, "error"),
    "no_rules": Meaning(500, "No rules say yet who gets what", Verdict.PARK_RETRY, "error"),
    "no_user_name": Meaning(500, "The rules give this person no possible user name", Verdict.PARK_RETRY, "error"),
    "no_recipient": Meaning(500, "Nobody could be sent the credentials", Verdict.PARK_RETRY, "error"),
    "cloud_error": Meaning(502, "The cloud refused a call", Verdict.PARK_RETRY, "error"),
    "cloud_unavailable": Meaning(503, "The cloud throttles, times out or is down", Verdict.LATER),
    "hr_unavailable": Meaning(503, "The HR system throttles, times out or is down", Verdict.LATER),
    "user_quota": Meaning(503, "The account may create no more users today", Verdict.PARK_RETRY, "error"),
    "out_of_time": Meaning(503, "The invocation's time limit was too near to start", Verdict.LATER),
}


class ImAccessError(Exception):
    """Anything that ends a request other than its success.

    `detail` is for people and free of secrets; `retry_after` is in whole seconds, or None where a retry is no use;
    `first_attempt_at` is when work on the request first began (seconds since the epoch), where that is known.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None) -> None:
        self.code = code
        self.meaning = MEANINGS[code]
        self.detail = detail or self.meaning.title
        self.retry_after = retry_after
        self.first_attempt_at: float | None = None
        super().__init__(f"{code}: {self.detail}")


class Rejected(ImAccessError):
    """The request is wrong and stays wrong; nothing was changed."""


class Conflict(ImAccessError):
    """The request meets a state of the world in which it cannot be done."""


class Unavailable(ImAccessError):
    """The cloud cannot do it now. Raised only where the failed call certainly has had no effect, or is harmless."""

    def __init__(self, detail: str = "", *, code: str = "cloud_unavailable", retry_after: int = 2) -> None:
        super().__init__(code, detail, retry_after=retry_after)


class Settling(Unavailable):
    """What CAM shows is done; what it may show late is waited for, and the time limit is too near for that."""


class OutcomeUnknown(Unavailable):
    """A write was sent and its effect is unknown: look before anything else.

    `in_flight` is true where the service may still be working on it (a time-out, a lost connection), false where it
    has answered, however badly.
    """

    def __init__(self, action: str, *, in_flight: bool) -> None:
        super().__init__(f"The outcome of {action} is unknown", retry_after=5)
        self.in_flight = in_flight


class CloudError(ImAccessError):
    """The cloud answered with an error code that has no better meaning here; names the action and that code."""

    def __init__(self, action: str, cloud_code: str) -> None:
        super().__init__("cloud_error", f"{action} was refused: {cloud_code}")
        self.action = action
        self.cloud_code = cloud_code


class Misconfigured(ImAccessError):
    """A setting is missing or wrong; names the setting, never its value."""

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__("misconfigured", f"{setting} {problem}")
        self.setting = setting
