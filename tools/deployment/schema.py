"""serverless.yml as pydantic models: the keys of each level, with their types.

Unknown keys are refused, because the component ignores them silently.
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from tools.deployment.common_schema import Common, Level
from tools.deployment.trigger_schema import Trigger

COMPONENT = "multi-scf"


def supported(text: str) -> str:
    """Check that this is the only component that these rules know."""
    if text != COMPONENT:
        raise PydanticCustomError("component", "component is {given}, not {known}", {"given": text, "known": COMPONENT})
    return text


class Variable(Level):
    """One environment variable."""

    key: str
    value: str


class Function(Common):
    """One function."""

    handler: str
    role: str | None = None
    name: str | None = None
    environments: list[Variable] | None = None


class Source(Level):
    """The folder that is uploaded; a path alone means the same."""

    src: str
    exclude: list[object] | None = None


class Inputs(Common):
    """The inputs of the component."""

    src: Annotated[Source, BeforeValidator(lambda given: {"src": given} if isinstance(given, str) else given)]
    region: str
    namespace: str | None = None
    type: str | None = None
    runtime: str
    environments: list[Variable]
    functions: dict[str, Function]
    triggers: list[Trigger]


class File(Level):
    """The whole file."""

    org: str | None = None
    app: str
    stage: str
    component: Annotated[str, AfterValidator(supported)]
    name: str
    inputs: Inputs
