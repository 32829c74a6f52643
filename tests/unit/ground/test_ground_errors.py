"""The error tree: each code means one thing everywhere, and no text gives anything away."""

import re

import pytest

from shared.errors import (
    MEANINGS,
    CloudError,
    Conflict,
    ImAccessError,
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    Verdict,
)

STATUSES = {
    400: {
        *(
            "malformed_json",
            "invalid_command",
            "invalid_person",
            "invalid_event",
            "invalid_time",
            "no_identity",
            "unsigned_event",
        ),
        *("wrong_type", "unknown_type", "no_type", "unknown_trigger"),
    },
    401: {"unauthorized"},
    403: {"policy_not_allowed", "user_protected", "user_not_managed"},
    404: {"source_not_found", "user_not_found"},
    405: {"method_not_allowed"},
    409: {"user_exists", "user_offboarded", "user_active", "keys_not_own", "in_progress"},
    410: {"credentials_gone"},
    413: {"body_too_large"},
    422: {"identity_reused"},
    500: {
        *("details_missing", "internal_error", "misconfigured", "no_recipient", "no_rules", "no_user_name"),
        *("policy_missing", "record_unreadable"),
    },
    502: {"cloud_error", "hr_refused", "mail_refused"},
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_code_has_the_status_of_the_contract(status: int) -> None:
    """The table's rows, by status; what is left is a 503."""
    codes = {code for code, meaning in MEANINGS.items() if meaning.status == status}
    assert codes == STATUSES[status], "a new code is a row of STATUSES, too"


def test_every_other_code_is_a_503() -> None:
    """Every code that the contract does not list has status 503, as a retry finishes the work."""
    named = {code for codes in STATUSES.values() for code in codes}
    assert {MEANINGS[code].status for code in MEANINGS if code not in named} == {503}


def test_codes_are_stable_words() -> None:
    """Lower case with underscores, a title in one line, a level that logging knows."""
    for code, meaning in MEANINGS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
        assert meaning.title
        assert "\n" not in meaning.title
        assert meaning.level in ("info", "warning", "error")


def test_what_is_refused_for_good_is_never_redelivered() -> None:
    """A 4xx is parked, but for a request in progress and a user that may still come."""
    others = {
        code: row.verdict for code, row in MEANINGS.items() if row.status < 500 and row.verdict is not Verdict.PARK
    }
    assert others == {
        "user_not_found": Verdict.PARK_RETRY,
        "user_offboarded": Verdict.PARK_RETRY,
        "user_active": Verdict.PARK_RETRY,
        "in_progress": Verdict.LATER,
        "unknown_trigger": Verdict.RAISE,
    }


def test_what_stops_a_queue_is_an_operators_to_mend() -> None:
    """Only these raise; a missing policy is parked with a retry."""
    assert {code for code, row in MEANINGS.items() if row.verdict is Verdict.RAISE} == {
        "misconfigured",
        "unknown_trigger",
    }
    assert MEANINGS["policy_missing"].verdict is Verdict.PARK_RETRY


def test_an_error_says_what_it_means() -> None:
    """Its code, the code's meaning, and a detail that is the title unless there is more to say."""
    error = Rejected("no_identity")
    assert (error.detail, str(error)) == (error.meaning.title, f"no_identity: {error.meaning.title}")
    assert Conflict("in_progress", "busy", retry_after=3).retry_after == 3
    assert Unavailable().retry_after
    assert str(CloudError("cam:AddUser", "FailedOperation")) == "cloud_error: cam:AddUser was refused: FailedOperation"
    assert str(Misconfigured("IM_ACCESS_BUCKET", "is required")) == "misconfigured: IM_ACCESS_BUCKET is required"


def test_a_lost_answer_is_a_kind_of_unavailable() -> None:
    """Whoever does not look closer may take it for one; whoever does knows whether it is still in flight."""
    error = OutcomeUnknown("cam:AddUser", in_flight=True)
    assert isinstance(error, Unavailable)
    assert error.in_flight
    assert error.meaning.verdict is Verdict.LATER


def test_an_unknown_code_is_a_mistake() -> None:
    """An error that the table does not know cannot be made."""
    with pytest.raises(KeyError):
        ImAccessError("something_else")
