"""The operations of the functions as commands: `create`, `grant`, `revoke`, `offboard`, `reissue` and the like.

Each command is made from its row in shared/operations.py: its options are the fields of the operation's command, and
their help texts are those of the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from cli.execution.rehearsal import Rehearsal
from cli.execution.run_operation import Done, do, rehearse, request_of
from cli.exit_codes import OK
from cli.language import _
from cli.reference.fields import FIELDS
from cli.reference.functions import FUNCTIONS
from cli.reference.text import Text, text_of
from cli.terminal.command import Translated, command
from cli.terminal.console import MINUTES, Console
from cli.terminal.options import Option, dry_run_option, yes_option
from shared.operations import OPERATIONS, Operation


def command_of(operation: Operation[Any, Any]) -> Translated:
    """The command of `im-access` that runs an operation."""

    def run(console: Console, user: str, policies: tuple[str, ...], **more: Any) -> int:  # noqa: ANN401 - fields' values
        id_, dry_run, yes = (more.pop(name) for name in ("id", "dry_run", "yes"))
        given = {name: value for name, value in more.items() if value is not None}
        if "policies" in operation.command.model_fields:
            given["policies"] = list(policies)
        request = request_of(operation, operation.command.parse({"user": user, **given}), id_, console.api())
        if dry_run or (not yes and operation.takes):
            rehearsal = Rehearsal(console.environment, console.clock, MINUTES * 60.0)
            console.progress.step(_("looking at what would change"))
            shown = rehearse(rehearsal, operation, request)
            if dry_run:
                return _show(console, shown, dry_run=True)
            _show_calls(console, shown)
            console.confirm(_("Do it?"), yes=False)
        begun = _("request {id} was begun: the same command with --id {own} goes on with it, or the sweep does")
        console.changed.append(begun.format(id=request.id, own=request.identity[1]))
        return _show(console, do(console.container(operation.function), operation, request), dry_run=False)

    one = command(_name(operation), example=_example(operation))(_options(operation, click.pass_obj(run)))
    one.texts = text_of(operation.function, FUNCTIONS, "FUNCTIONS of cli/reference/functions.py")
    return one


def _options(operation: Operation[Any, Any], function: Callable[..., int]) -> Callable[..., int]:
    """The command's fields as options, in reverse order, because decorators are applied from the last to the first."""
    function = click.option("--id", metavar="ID", help="the request's id: the same one is done once")(function)
    function = yes_option(dry_run_option(function))
    fields = operation.command.model_fields
    for name in reversed([name for name in fields if name not in ("user", "policies", *operation.command.ONLY_INSIDE)]):
        function = _option(name, fields[name])(function)
    if "policies" in fields:
        function = click.argument("policies", nargs=-1, required=fields["policies"].is_required())(function)
    else:
        function = _without_policies(function)
    return click.argument("user")(function)


def _without_policies(function: Callable[..., int]) -> Callable[..., int]:
    return click.option("--policies", hidden=True, multiple=True)(function)


def _option(name: str, field: FieldInfo) -> Callable[[Callable[..., int]], Callable[..., int]]:
    flag, kind = name.replace("_", "-"), _kind(field.annotation)
    about: dict[str, Any] = {"cls": Option, "default": None, "texts": _texts(name)}
    if kind is bool:
        return click.option(f"--{flag}/--no-{flag}", **about)
    if get_origin(kind) is Literal:
        return click.option(f"--{flag}", type=click.Choice(get_args(kind)), **about)
    return click.option(f"--{flag}", type=int if kind is int else str, metavar="N" if kind is int else "TEXT", **about)


def _texts(field: str) -> Text:
    return text_of(field, FIELDS, "FIELDS of cli/reference/fields.py")


def _kind(annotation: Any) -> Any:  # noqa: ANN401 - a type as pydantic keeps it
    """The type of a field, without constraints and without None."""
    parts = [part for part in get_args(annotation) if part is not type(None)]
    return annotation if get_origin(annotation) is Literal or not parts else _kind(parts[0])


def _name(operation: Operation[Any, Any]) -> str:
    return operation.function.partition("_")[0]


def _example(operation: Operation[Any, Any]) -> str:
    policies = " QcloudIMReadOnlyAccess" if "policies" in operation.command.model_fields else ""
    return f"im-access {_name(operation)} alice{policies} --reason 'HELP-17' --dry-run"


def _show(console: Console, done: Done, *, dry_run: bool) -> int:
    if console.as_json:
        calls = [{"change": what, "of": of or None} for what, of in done.calls]
        more = {"dry_run": True, "changes": calls} if dry_run else {}
        console.show_json(done.answer | ({"replayed": True} if done.replayed else {}) | more)
        return OK
    if dry_run:
        _show_calls(console, done)
    for name, value in done.answer.items():
        if text := _text(value):
            console.say(f"{_(name.replace('_', ' '))}: {text}")
    if done.replayed:
        console.say(_("This had been done before."))
    return OK


def _show_calls(console: Console, done: Done) -> None:
    lines = [f"  {_(what)}{f' {of}' if of else ''}" for what, of in done.calls]
    for line in [_("This would change:"), *lines] if lines else [_("This would change nothing in CAM.")]:
        console.say(line)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(
            f"{_(str(name).replace('_', ' '))} {text}" for name, one in value.items() if (text := _text(one))
        )
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return _(str(value))


OPERATION_COMMANDS = tuple(command_of(operation) for operation in OPERATIONS.values())
