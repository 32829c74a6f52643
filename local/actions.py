"""Actions of API 3.0: functions with a decorator that declares their parameters, rate and permission."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from local import api_errors as errors
from local.accounts import Principal
from local.cam.models import CamBackend

Numbers = list[int]


class Params:
    """An action's checked parameters, and its caller."""

    def __init__(self, values: Mapping[str, object], caller: Principal) -> None:
        self._values = values
        self.caller = caller

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        return cast("str", self._values.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return cast("int", self._values.get(name, default))

    def numbers(self, name: str) -> list[int]:
        """A list of whole numbers."""
        return cast("Numbers", self._values.get(name, []))

    def texts(self, name: str) -> list[str]:
        """A list of texts; raises InvalidParameter."""
        return [cast("str", convert(name, one, str)) for one in self._items(name)]

    def numbers_of(self, name: str, fields: tuple[str, ...]) -> list[dict[str, int]]:
        """A list of objects whose fields are whole numbers; raises InvalidParameter and UnknownParameter."""
        return [dict(number_fields(name, one, fields)) for one in self._items(name)]

    def _items(self, name: str) -> list[object]:
        return cast("list[object]", self._values.get(name, []))


Perform = Callable[[CamBackend, Params], Mapping[str, object]]


@dataclass(frozen=True)
class Action:
    """One action: its parameters, its rate and the permission that it needs.

    Attributes:
        rate: requests per second that the documentation allows an account.
        types: each parameter's type: ``str``, ``int``, ``Numbers``, or ``list`` for anything listed.
        required: the parameters that cannot be left out.
        on_user: a policy may restrict the action to a user (``TargetUin``, by default the caller); otherwise only the
            resource ``*`` allows it.
        free: sub-users may call it without any policy.
    """

    name: str
    perform: Perform
    rate: int
    types: Mapping[str, type]
    required: frozenset[str]
    on_user: bool = False
    free: bool = False

    def check(self, given: Mapping[str, object], caller: Principal) -> Params:
        """Check and convert the parameters; raises the documented errors."""
        present = {name: value for name, value in given.items() if value is not None}
        for name in present:
            if name not in self.types:
                raise errors.UnknownParameter(f"The parameter `{name}` is not recognized.")
        for name in sorted(self.required - set(present)):
            raise errors.MissingParameter(f"The request is missing a required parameter `{name}`.")
        return Params({name: convert(name, value, self.types[name]) for name, value in present.items()}, caller)


class Service:
    """A service of API 3.0: a version and its actions."""

    def __init__(self, name: str, version: str, needs_region: bool = False) -> None:
        self.name = name
        self.version = version
        self.needs_region = needs_region
        self.actions: dict[str, Action] = {}

    def action(
        self, name: str, rate: int, required: str = "", on_user: bool = False, free: bool = False, **types: type
    ) -> Callable[[Perform], Perform]:
        """A decorator that registers an action; ``required`` lists parameters, separated by spaces."""

        def register(perform: Perform) -> Perform:
            if name in self.actions:
                raise ValueError(f"two actions are named {name}")
            self.actions[name] = Action(name, perform, rate, types, frozenset(required.split()), on_user, free)
            return perform

        return register


def convert(name: str, value: object, wanted: type) -> object:
    """Convert a parameter to its type. A number may be sent as text, as in samples of the documentation."""
    if wanted is str and isinstance(value, str):
        return value
    if wanted is int:
        return whole_number(name, value)
    if wanted is not str and isinstance(value, list):
        return [whole_number(name, one) for one in value] if wanted is Numbers else value
    raise errors.InvalidParameter(f"The value type of the parameter `{name}` is not valid.")


def number_fields(name: str, item: object, fields: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The fields of an object in a list that are present, as numbers."""
    if not isinstance(item, dict):
        raise errors.InvalidParameter(f"The value type of the parameter `{name}` is not valid.")
    for field, value in item.items():
        if field not in fields:
            raise errors.UnknownParameter(f"The parameter `{name}.{field}` is not recognized.")
        if value is not None:
            yield field, whole_number(field, value)


def whole_number(name: str, value: object) -> int:
    """A uint64; raises InvalidParameter or InvalidParameterValue."""
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise errors.InvalidParameter(f"The value type of the parameter `{name}` is not valid.")
    if not 0 <= value < 2**64:
        raise errors.InvalidParameterValue(f"The value of the parameter `{name}` is out of range.")
    return value
