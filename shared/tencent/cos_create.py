"""Create-if-absent, the one atomic write of COS: an object that must not exist yet.

https://cloud.tencent.com/document/product/436/7749, `x-cos-forbid-overwrite`. COS does not say whose write created an
object, and not every conflict means that the object exists. So after a lost answer, and after any other conflict, the
object is read to see what happened.
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
"""Conflicts that never end by repeating: a part of the key is an object, in a bucket that has folders."""


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
        """Write the object. Returns True if this write created it, False if another object exists.

        Raises OutcomeUnknown where one of the tries may have created it, Unavailable, CloudError.
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
        """Interpret a conflict: the object exists, and may be the one that this write created."""
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
