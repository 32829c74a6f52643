"""Finds environment variables that look like settings but are none, such as a name with a typo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from shared.hr_settings import HrSettings

OWN = ("IM_ACCESS_PROFILE",)
"""Variables of this command that are no settings of functions."""


def unknown(env: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Each such variable, with the nearest name of a setting where there is one."""
    known = [*OWN, *(row.name for row in HrSettings.table().values())]
    for name in sorted(env):
        if name.startswith("IM_ACCESS_") and name not in known:
            yield name, next(iter(get_close_matches(name, known, 1, 0.75)), None)
