"""The triggers of serverless.yml, as pydantic models."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from tools.deployment.common_schema import Level
from tools.deployment.toolkit import SAMPLES, VARIABLE

TOPIC = re.compile(r"(ckafka-[a-z0-9]+|\$\{env:\w+\})-([A-Za-z0-9._-]+|\$\{env:\w+\})")
"""A ckafka trigger's name: the instance, then the topic. A variable may be either."""


def finds_topic(name: str) -> str:
    """Check the name of a ckafka trigger, which contains its topic."""
    if not TOPIC.fullmatch(VARIABLE.sub(lambda match: SAMPLES.get(match[1], match[0]), name)):
        raise PydanticCustomError("topic", "its name is {given}, not <instance>-<topic>", {"given": name})
    return name


class Net(Level):
    """The networks from which a Function URL is reached."""

    enable_intranet: bool | None = None
    enable_extranet: bool | None = None


class Cors(Level):
    """What scripts of other web sites may do with a Function URL."""

    enable: bool | None = None
    origins: object = None
    methods: object = None
    headers: object = None
    expose_headers: object = None
    credentials: bool | None = None
    max_age: int | None = None


# At a second deployment the library finds a trigger by its parameters as the file gives them, without defaults. So
# parameters are required here: a trigger that leaves one out would be created again at each deployment.
class Url(Level):
    """A Function URL."""

    qualifier: str
    name: str | None = None
    auth_type: str
    enable: bool | None = None
    net_config: Net | None = None
    cors_config: Cors | None = None


class Consumer(Level):
    """A consumer of a topic, in seconds and messages; each retry comes a minute after the one before."""

    qualifier: str
    name: Annotated[str, AfterValidator(finds_topic)]
    max_msg_num: int
    offset: str
    retry: int
    timeout: int
    enable: bool | None = None
    consumer_group_name: str | None = None


class Timer(Level):
    """A timer."""

    qualifier: str
    name: str
    cron_expression: str
    enable: bool | None = None
    argument: str | None = None


class Filter(Level):
    """The beginning and the end of the objects' keys."""

    prefix: str
    suffix: str | None = None


class Stored(Level):
    """Objects that are stored in a bucket; the bucket is given by its address."""

    qualifier: str
    bucket: str
    filter: Filter
    events: Literal["cos:ObjectCreated:*"]
    enable: bool | None = None


NOTHING = BeforeValidator(lambda given: {} if given is None else given)
"""A trigger without parameters lacks each of those that it has to have."""


class UrlTrigger(Level):
    """A trigger of type http."""

    type: Literal["http"]
    function: str
    parameters: Annotated[Url, NOTHING]


class ConsumerTrigger(Level):
    """A trigger of type ckafka."""

    type: Literal["ckafka"]
    function: str
    parameters: Annotated[Consumer, NOTHING]


class TimerTrigger(Level):
    """A trigger of type timer."""

    type: Literal["timer"]
    function: str
    parameters: Annotated[Timer, NOTHING]


class StoredTrigger(Level):
    """A trigger of type cos."""

    type: Literal["cos"]
    function: str
    parameters: Annotated[Stored, NOTHING]


Trigger = Annotated[UrlTrigger | ConsumerTrigger | TimerTrigger | StoredTrigger, Field(discriminator="type")]
