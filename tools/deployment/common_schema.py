"""What the levels of serverless.yml share: how they are read, and the keys common to `inputs` and functions."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

DESCRIPTION = re.compile(r"[A-Za-z0-9 ,.\n\u4e00-\u9fff]*")
"""What SCF takes: letters, digits, spaces, commas, periods, newlines and Chinese."""
LONGEST = 1000


def describes(text: str) -> str:
    """A description that SCF takes."""
    if not DESCRIPTION.fullmatch(text):
        raise PydanticCustomError(
            "description", "its description has other characters than letters, digits, spaces, commas and periods"
        )
    if len(text) > LONGEST:
        size = {"size": len(text), "most": LONGEST}
        raise PydanticCustomError("description", "its description has {size} characters, SCF takes {most}", size)
    return text


class Level(BaseModel):
    """A mapping of the file. No value is converted: neither a text nor `true` is taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel)


class Vpc(Level):
    """The network in which the CKafka instance is."""

    vpc_id: str
    subnet_id: str


class Cls(Level):
    """The log set and topic for the log."""

    logset_id: str | None = None
    topic_id: str | None = None


class Layer(Level):
    """A layer under the code."""

    name: str
    version: int


class Tag(Level):
    """A tag of the account's own."""

    key: str
    value: str


class Common(Level):
    """The keys that may be given for all functions, or for one."""

    description: Annotated[str, AfterValidator(describes)] | None = None
    memory_size: int | None = None
    timeout: int | None = None
    init_timeout: int | None = None
    cls: Cls | None = None
    vpc_config: Vpc | None = None
    public_access: bool | None = None
    eip: bool | None = None
    layers: list[Layer] | None = None
    tags: list[Tag] | None = None
