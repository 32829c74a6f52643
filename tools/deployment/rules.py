"""The rules between the keys of serverless.yml. They check only parts of the right shape; other parts are reported
already."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from shared import operations
from tools.deployment import sizes
from tools.deployment.common_schema import Common
from tools.deployment.schema import Function, Variable
from tools.deployment.trigger_schema import ConsumerTrigger, Trigger, UrlTrigger

T = TypeVar("T")
VARIABLE, COMMON, FUNCTION = TypeAdapter(Variable), TypeAdapter(Common), TypeAdapter(Function)
TRIGGER: TypeAdapter[Trigger] = TypeAdapter(Trigger)
LIMITS = {"memorySize": "memory_size", "timeout": "timeout", "initTimeout": "init_timeout"}


@dataclass(frozen=True)
class Parts:
    """The parts of the right shape. `given` are the keys of `inputs`; `common` is None if one of its keys is wrong."""

    given: frozenset[str]
    common: Common | None
    variables: list[Variable]
    functions: Mapping[str, Function]
    triggers: list[Trigger]

    def limit(self, function: str, field: str) -> int | None:
        """The value for a function: its own, else the common one."""
        both = (self.functions.get(function), self.common)
        return next((value for one in both if (value := getattr(one, field, None)) is not None), None)

    def setting(self, name: str) -> str | None:
        """The value of a variable."""
        return next((one.value for one in self.variables if one.key == name), None)

    def gives(self, function: str, name: str) -> bool:
        """Whether a function is given a variable, by its own list or by that of all."""
        own = self.functions.get(function)
        rows = self.variables if own is None or own.environments is None else own.environments
        return any(one.key == name for one in rows)


def problems(document: object) -> Iterator[str]:
    """A line for each rule that does not hold."""
    given = parts(document)
    yield from given_twice(given)
    for name, own in given.functions.items():
        yield from its_own(name, own)
        yield from its_settings(name, own, given)
    if given.common:
        yield from limits(given)
    for trigger in given.triggers:
        where = f"{trigger.function}, {trigger.type}"
        yield from (f"{where}: {line}" for line in of_trigger(trigger, given))


def parts(document: object) -> Parts:
    """Find the parts of a file."""
    inputs = mapping(mapping(document).get("inputs"))
    shared = {key: value for key, value in inputs.items() if key in {row.alias for row in Common.model_fields.values()}}
    functions = {str(name): valid(FUNCTION, own) for name, own in mapping(inputs.get("functions")).items()}
    return Parts(
        frozenset(map(str, inputs)),
        valid(COMMON, shared),
        [one for one in (valid(VARIABLE, row) for row in rows(inputs, "environments")) if one],
        {name: own for name, own in functions.items() if own},
        [one for one in (valid(TRIGGER, row) for row in rows(inputs, "triggers")) if one],
    )


def valid(kind: TypeAdapter[T], found: object) -> T | None:
    """A part as its model, or None if it does not have the right shape."""
    try:
        return kind.validate_python(found)
    except ValidationError:
        return None


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def rows(inputs: Mapping[str, Any], key: str) -> list[Any]:
    """The value if it is a list, else an empty one."""
    value = inputs.get(key)
    return value if isinstance(value, list) else []


def given_twice(given: Parts) -> Iterator[str]:
    """Each variable may be given only once."""
    for name, count in Counter(one.key for one in given.variables).items():
        if count > 1:
            yield f"environments: {name} is given {count} times"


def its_settings(name: str, own: Function, given: Parts) -> Iterator[str]:
    """A function gets the variables of all functions, but only those secrets that it uses."""
    common = [one.key for one in given.variables]
    found = common if own.environments is None else [one.key for one in own.environments]
    for key in found:
        if not operations.given(name, key):
            yield f"{name}: {key} is a secret that it does not use: give it environments of its own, without"
    for key in common:
        if key not in found and operations.given(name, key):
            yield f"{name}: its own environments replace those of inputs and lack {key}"


def its_own(name: str, own: Function) -> Iterator[str]:
    """Each function must have its own handler and its own role."""
    if own.handler != f"{name}.main_handler":
        yield f"{name}: its handler is {own.handler}, not its own {name}.main_handler"
    if own.role is not None and own.role != (wanted := f"im-access-{name.replace('_', '-')}"):
        yield f"{name}: its role is {own.role}, not its own {wanted}"


def limits(given: Parts) -> Iterator[str]:
    """Memory and time limits must be given, in common or for each function, and must suffice for the work."""
    written = {key.lower() for key in given.given}
    for key, field in LIMITS.items():
        without = [name for name in given.functions if given.limit(name, field) is None]
        if without and key.lower() not in written:  # a mistyped one is reported already
            yield f"inputs: no {key} is given; the default would hold for {', '.join(without)}"
    for name in given.functions:
        yield from sizes.time_limit(name, given.limit(name, "timeout"))


def of_trigger(trigger: Trigger, given: Parts) -> Iterator[str]:
    """What a trigger's type requires of its function and of the settings."""
    match trigger:
        case ConsumerTrigger():
            seconds = given.limit(trigger.function, "timeout")
            # Below the least time limit, only the limit is reported.
            if seconds is not None and seconds >= sizes.LEAST.get(trigger.function, 1):
                yield from sizes.consumer(trigger.parameters, seconds)
        case UrlTrigger():
            yield from authentication(trigger, given)


def authentication(trigger: UrlTrigger, given: Parts) -> Iterator[str]:
    """The callers of a Function URL must be authenticated by somebody, and people must reach the page without a
    signature.
    """
    auth = trigger.parameters.auth_type
    if trigger.function == "scim":
        if auth == "CAM" and given.gives(trigger.function, "IM_ACCESS_SCIM_TOKENS"):
            yield "authType is CAM: identity providers sign nothing, they send a bearer token"
    elif trigger.function == "claim_credentials":
        if auth == "CAM" and given.setting("IM_ACCESS_DELIVERY") == "claim":
            yield "authType is CAM: people who claim their credentials cannot sign their requests"
    elif auth == "NONE" and given.setting("IM_ACCESS_HTTP_AUTH") == "platform":
        yield "authType is NONE and IM_ACCESS_HTTP_AUTH is platform: nobody would authenticate the callers"
