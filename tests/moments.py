"""Saves the state of a world and restores it, so that a test can begin again from the same state many times.

Records of the local cloud are never changed, only replaced; so a copy of its tables is a copy of its whole state. The
clock is restored as well, so that results do not depend on earlier runs.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from local.table import Table

if TYPE_CHECKING:
    from tests.world import World


class Moment:
    """The saved state: the cloud, the receiver's notifications, the functions' settings, and the time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._at = world.clock.now()
        self._cam, self._cos = _copied(vars(world.cloud.cam)), _copied(vars(world.cloud.cos))
        self._env, self._taken = dict(world.env), list(world.receiver.taken)

    def back(self) -> None:
        """Restore the state, without calls, faults and plans."""
        world = self._world
        world.reset()
        vars(world.cloud.cam).update(_copied(self._cam))
        vars(world.cloud.cos).update(_copied(self._cos))
        world.env, world.receiver.taken[:] = dict(self._env), self._taken
        world.clock.advance(self._at - world.clock.now())


def _copied(fields: dict[str, Any]) -> dict[str, Any]:
    """Tables and what counts; what a part of the cloud knows of the others stays as it is."""
    return {name: _copy(value) for name, value in fields.items() if isinstance(value, _HELD)}


_HELD = (Table, dict, list, deque, int, float, str)


def _copy(value: Any) -> Any:  # noqa: ANN401 - whatever a cloud is made of
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return value.copy() if isinstance(value, Table | list | deque) else value
