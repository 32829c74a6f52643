"""A deployed function's triggers, as SCF's API lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Trigger:
    """A trigger of a deployed function: ``http``, ``ckafka``, ``timer`` …, its name, and whether it is enabled."""

    type: str
    name: str
    enabled: bool = True
    description: Mapping[str, object] = field(default_factory=dict)
