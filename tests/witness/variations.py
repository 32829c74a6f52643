"""The variations of the emulator with which the functions are tested: each differs in something that nobody promised.

Options of COS and of CAM are independent, so one variation can have one of both.
"""

from __future__ import annotations

from tests.witness.options import Options

VARIATIONS = {
    "plain": Options(),
    "http-1.0": Options(protocol="HTTP/1.0"),
    "no-etag, no-descriptions": Options(etag_on_put=False, etag_on_get=False, descriptions="never"),
    "no-etag-on-put, types-by-id": Options(etag_on_put=False, types="by id"),
    "no-date, types-in-lists": Options(date=False, types="in lists"),
    "no-last-modified, no-types": Options(last_modified=False, types="nowhere"),
    "no-clock, terse": Options(date=False, last_modified=False, body_404=False, body_409=False),
    "pages-of-one": Options(page=1, namespace=True),
    "versioning-forbidden, many-policies": Options(no_versioning="forbidden", others=250, keyword=False),
    "versioning-unknown, wordy": Options(
        no_versioning="unknown", uin_as_text=True, echo=True, caller="everything", etag_on_get=False, namespace=True
    ),
    "delete-404, strict": Options(
        gone=404,
        nobody="InvalidParameter.UserNotExist",
        reattach="FailedOperation.AlreadyAttached",
        detach_nothing="ResourceNotFound.PolicyIdNotFound",
    ),
    "empty-nobody, lag-2": Options(empty_nobody=True, lag=2),
    "lag-9, descriptions-if-any": Options(lag=9, descriptions="if any"),
    "all-at-once": Options(
        protocol="HTTP/1.0",
        etag_on_put=False,
        etag_on_get=False,
        date=False,
        last_modified=False,
        page=1,
        body_404=False,
        body_409=False,
        gone=404,
        types="in lists",
        uin_as_text=True,
        nobody="InvalidParameter.UserNotExist",
        reattach="FailedOperation.AlreadyAttached",
        detach_nothing="ResourceNotFound.PolicyIdNotFound",
        lag=4,
    ),
}

FRUGAL = (
    "plain",
    "http-1.0",
    "no-date, types-in-lists",
    "no-clock, terse",
    "versioning-forbidden, many-policies",
    "versioning-unknown, wordy",
)
"""Those that cost a warm instance no further call."""
