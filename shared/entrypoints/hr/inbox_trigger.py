"""The COS trigger of the inbox: processes an event that was stored a moment ago."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.entrypoints.hr.process import work
from shared.errors import ImAccessError
from shared.people.inbox import PREFIX
from shared.unexpected_errors import EXITS, unexpected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


def handle(keys: Sequence[str], container: Container) -> dict[str, int]:
    """The number of persons by outcome. Raises ImAccessError where some have to be done later: the platform tries it
    twice more, and then the sweep does.
    """
    outcomes: Counter[str] = Counter()
    later: ImAccessError | None = None
    for key in keys:
        if not key.startswith(PREFIX):
            continue
        try:
            outcomes += work(key, container)
        except ImAccessError as error:
            later = error
        except EXITS:
            raise
        except BaseException as error:  # noqa: BLE001 - a traceback's text may hold anything
            later = unexpected(error)
    if later:
        container.log(
            "inbox_worked", level=later.meaning.level, code=later.code, detail=later.detail, outcomes=dict(outcomes)
        )
        raise later
    container.log("inbox_worked", outcomes=dict(outcomes))
    return dict(outcomes)
