"""A `Store` that reads from the bucket and keeps all writes in this process."""

from __future__ import annotations

from collections.abc import Mapping

from shared.ports import Listed, Stored
from shared.tencent.cos import Cos


class Overlay(Cos):
    """A bucket with the rehearsal's writes on top; None stands for a deleted object."""

    def __init__(self, written: dict[str, bytes | None], real: Cos) -> None:
        self.base = real.base
        self._written = written
        self._real = real

    def create(self, key: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> bool:  # noqa: ARG002 - the port's form
        """Keep the object in this process, unless it exists."""
        if self._written.get(key) is not None or (key not in self._written and self._real.exists(key)):
            return False
        self._written[key] = body
        return True

    def get(self, key: str) -> Stored | None:
        """The object as it was written here, else as it is in the bucket."""
        if key not in self._written:
            return self._real.get(key)
        body = self._written[key]
        return None if body is None else Stored(body, 0.0)

    def exists(self, key: str) -> bool:
        """Whether the object was written here or is in the bucket, and was not deleted here."""
        return self._written[key] is not None if key in self._written else self._real.exists(key)

    def delete(self, key: str) -> None:
        """Delete the object from this view."""
        self._written[key] = None

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """The objects of both, in the order of their keys."""
        hidden = len([key for key in self._written if key.startswith(prefix)])
        rows = {row.key: row for row in self._real.below(prefix, limit=limit + hidden, after=after)}
        for key, body in self._written.items():
            if key.startswith(prefix) and key > after:
                rows.pop(key, None)
                if body is not None:
                    rows[key] = Listed(key, 0.0)
        return [rows[key] for key in sorted(rows)][:limit]

    def versioning(self) -> str:
        """The versioning of the bucket itself."""
        return self._real.versioning()
