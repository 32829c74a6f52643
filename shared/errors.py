"""The error tree and the one table that says what each failure means.

    ImAccessError
    ├── Rejected          the request itself is wrong; nothing was changed
    ├── Conflict          the request is valid, but the present state does not allow it
    ├── Unavailable       the cloud throttles, times out or is down; a retry finishes the work
    │   ├── OutcomeUnknown    a write was sent, and whether it took effect is unknown
    │   └── Settling          everything that CAM shows is done, but CAM's reads may still lag
    ├── CloudError        the cloud refused with a code that only an operator can act on
    └── Misconfigured     a setting is missing or wrong

An error carries a stable code; `MEANINGS` maps the code to an HTTP status, a title, a queue verdict and a log level.
Error texts never hold a secret, a link, or a message of the cloud (such messages are localised and may change).
"""

from enum import Enum
from typing import NamedTuple


class Verdict(Enum):
    """What happens to a queue message that failed."""

    PARK = "park"
    """It can never succeed: it becomes a dead letter with `"retry": false`."""
    PARK_RETRY = "park_retry"
    """It can succeed after somebody has acted: it becomes a dead letter with `"retry": true`."""
    LATER = "later"
    """It may succeed by itself: it is redelivered if the trigger redelivers, else it becomes a dead letter with
    `"retry": true`.
    """
    RAISE = "raise"
    """The function is misconfigured: no message may be taken off the queue."""


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
    """The base class of all errors of this project.

    `detail` is for people and holds no secret; `retry_after` is in whole seconds, or None where a retry does not help;
    `first_attempt_at` is when the first attempt of the request began (seconds since the epoch), where that is known.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None) -> None:
        self.code = code
        self.meaning = MEANINGS[code]
        self.detail = detail or self.meaning.title
        self.retry_after = retry_after
        self.first_attempt_at: float | None = None
        super().__init__(f"{code}: {self.detail}")


class Rejected(ImAccessError):
    """The request is wrong and will stay wrong; nothing was changed."""


class Conflict(ImAccessError):
    """The request is valid, but the present state of the user or of the request does not allow it."""


class Unavailable(ImAccessError):
    """The cloud cannot do it now. Raised only where the failed call certainly had no effect, or a harmless one."""

    def __init__(self, detail: str = "", *, code: str = "cloud_unavailable", retry_after: int = 2) -> None:
        super().__init__(code, detail, retry_after=retry_after)


class Settling(Unavailable):
    """Everything that CAM shows is done. CAM may show more later, but the time limit is too near to wait for that."""


class OutcomeUnknown(Unavailable):
    """A write was sent and its effect is unknown: the caller has to look before it does anything else.

    `in_flight`: the service may still be working on it (a time-out, a lost connection); False where the service has
    answered, even with an error.
    """

    def __init__(self, action: str, *, in_flight: bool) -> None:
        super().__init__(f"The outcome of {action} is unknown", retry_after=5)
        self.in_flight = in_flight


class CloudError(ImAccessError):
    """The cloud answered with an error code that has no better class here; `detail` names the action and code."""

    def __init__(self, action: str, cloud_code: str) -> None:
        super().__init__("cloud_error", f"{action} was refused: {cloud_code}")
        self.action = action
        self.cloud_code = cloud_code


class Misconfigured(ImAccessError):
    """A setting is missing or wrong. The text names the setting, never its value."""

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__("misconfigured", f"{setting} {problem}")
        self.setting = setting
