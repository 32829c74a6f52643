"""Parses dates and times that people type."""

from __future__ import annotations

from collections.abc import Callable

import click

from cli.language import _
from shared.clock import parse_rfc3339


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Parse an RFC 3339 time, or a date, which means its last second in UTC; in seconds since the epoch.

    Raises BadParameter.
    """
    if value is None:
        return None
    try:
        return parse_rfc3339(f"{value}T23:59:59Z" if len(value) == 10 else value)
    except ValueError:
        wrong = _("is no time such as 2026-01-02T03:04:05Z or 2026-01-02")
        raise click.BadParameter(wrong, ctx, param) from None


def at_option(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--at`, which shows the state at one moment instead of the history."""
    return click.option("--at", callback=moment, metavar="TIME", help="what CAM held at that moment")(function)
