"""The journal of the cloud: every request that arrived, in order, with its outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import overload


@dataclass
class Call:
    """One request. ``code`` and ``status`` are filled when it is answered.

    ``target`` is what the request concerns: for CAM the user's name, its uin or the policy's id, for COS the object's
    key or prefix. An attempt of a COS trigger is also a call, of the service ``scf``, with the object's key. ``code``
    is the error code of the answer, or empty; ``status`` is 0 if the connection was closed without an answer.
    ``principal`` says whose credentials signed: ``root``, ``role/<name>`` or ``user/<name>``; it is empty if the
    signature was wrong. ``fault`` names the fault that was injected.
    """

    n: int
    service: str
    action: str
    target: str
    access_key: str
    at: float
    code: str = ""
    status: int = 0
    principal: str = ""
    fault: str = ""
    params: dict[str, object] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> str:
        """The target of a COS request, which is an object's key or prefix."""
        return self.target


class Journal:
    """A list of calls with filters; safe to read while the cloud is being used."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._opened = 0

    def open(self, call: Call) -> Call:
        """Note a request that has just arrived and number it."""
        self._opened += 1
        call.n = self._opened
        self._calls.append(call)
        return call

    def clear(self) -> None:
        """Forget every call; numbering starts again at 1."""
        self._calls.clear()
        self._opened = 0

    def calls(
        self, action: str | None = None, service: str | None = None, target: str | None = None, code: str | None = None
    ) -> list[Call]:
        """The calls that have all the given values; ``code=""`` finds those that succeeded."""
        wanted = {"action": action, "service": service, "target": target, "code": code}
        return [
            call
            for call in list(self._calls)
            if all(value is None or getattr(call, name) == value for name, value in wanted.items())
        ]

    def actions(self, service: str | None = None) -> list[str]:
        """The names of the actions called, in order."""
        return [call.action for call in self.calls(service=service)]

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...

    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...

    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return self._calls[index]
