"""Parses the moments that people type."""

from __future__ import annotations

from collections.abc import Callable

import click

from cli.language import _
from shared.clock import parse_rfc3339


def moment(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Seconds since the epoch of RFC 3339, or of a date alone, which is its last second in UTC. Raises BadParameter."""
    if value is None:
        return None
    try:
        return parse_rfc3339(f"{value}T23:59:59Z" if len(value) == 10 else value)
    except ValueError:
        wrong = _("is no time such as 2026-01-02T03:04:05Z or 2026-01-02")
        raise click.BadParameter(wrong, ctx, param) from None


def at_option(function: Callable[..., int]) -> Callable[..., int]:
    """Adds `--at`, for the state at a moment instead of the history."""
    return click.option("--at", callback=moment, metavar="TIME", help="what CAM held at that moment")(function)
