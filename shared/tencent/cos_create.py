"""The one atomic step that COS offers: a write of an object that must not exist yet.

https://cloud.tencent.com/document/product/436/7749, `x-cos-forbid-overwrite`. COS repeats what it says of a write, but
not whose write it was, and not every conflict means that the object is there. So nothing is said that was not told or
seen: a write without an answer, and a conflict for another reason, are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import CloudError, OutcomeUnknown, Unavailable
from shared.tencent.cos_answers import EXISTS, error_code, tagged
from shared.tencent.cos_bucket import Bucket
from shared.tencent.http import Answer
from shared.tencent.retry import UNANSWERED, persisted, retried

_ACTION = "PutObject"
_NEVER = ("PathConflict",)
"""Conflicts that no repetition ends: a part of the key is an object where objects are kept in folders."""


class CreateOnly:
    """One such write, from its first try to its last."""

    def __init__(self, bucket: Bucket, key: str, body: bytes, headers: Mapping[str, str]) -> None:
        self._bucket = bucket
        self._key = key
        self._body = body
        self._headers = {"x-cos-forbid-overwrite": "true", **headers}
        self._lost = False
        self._in_flight = False

    def done(self) -> bool:
        """Whether the object is this one; False if another was there.

        Raises OutcomeUnknown where a try may have been the one, Unavailable, CloudError.
        """
        try:
            return retried(self._attempt, self._bucket.deadline, again=UNANSWERED)
        except Unavailable:
            if self._lost:
                raise OutcomeUnknown(_ACTION, in_flight=self._in_flight) from None
            raise

    def _attempt(self) -> bool:
        try:
            answer = self._bucket.call(_ACTION, "PUT", self._key, headers=self._headers, body=self._body)
        except OutcomeUnknown as unknown:
            self._lost, self._in_flight = True, self._in_flight or unknown.in_flight
            self._bucket.deadline.unsettled |= unknown.in_flight
            found = self._look()
            if found.status == 404 or not (tagged(found) or found.body == self._body):
                raise
            return found.body == self._body
        return answer.status != 409 or self._conflict(error_code(answer))

    def _conflict(self, code: str) -> bool:
        """What a conflict means: the object is there, and it may be this one."""
        if code == EXISTS and not self._lost:
            return False
        found = self._look()
        if found.status != 404:
            return self._lost and found.body == self._body
        if code == EXISTS:
            return False
        if code in _NEVER:
            raise CloudError(f"cos:{_ACTION}", code)
        raise OutcomeUnknown(_ACTION, in_flight=False)

    def _look(self) -> Answer:
        return persisted("GetObject", lambda: self._bucket.call("GetObject", "GET", self._key), self._bucket.deadline)
