"""Finds an object by the beginning of its id, of at least six characters."""

from __future__ import annotations

from collections.abc import Iterable

import click

from cli.language import _

SHORTEST = 6


def long_enough(wanted: str) -> None:
    """Return the id. Raises UsageError if fewer characters were typed."""
    if len(wanted) < SHORTEST:
        raise click.UsageError(_("{id} is too short: at least 6 characters of an id").format(id=wanted))


def the_one(wanted: str, ids: Iterable[str]) -> str:
    """The only id that begins with this text. Raises UsageError if there are several, LookupError if there is none."""
    long_enough(wanted)
    found = sorted(each for each in ids if each.startswith(wanted))
    if not found:
        raise LookupError(_("No id begins with {id}").format(id=wanted))
    if len(found) > 1:
        several = _("{id} could be any of these: {found}")
        raise click.UsageError(several.format(id=wanted, found=", ".join(found[:5])))
    return found[0]
