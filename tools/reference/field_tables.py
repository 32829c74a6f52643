"""The table of the fields of commands."""

from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from cli.reference.fields import FIELDS, VERBS
from cli.reference.text import Text, text_of
from shared.operations import OPERATIONS, Operation
from tools.reference.table import Table, same

TYPES = {
    "str": Text("string", "字符串"),
    "bool": Text("bool", "布尔"),
    "int": Text("int", "整数"),
    "list": Text("list of strings", "字符串列表"),
}


def fields() -> Table:
    """Each field of a command with the commands that have it, its type, and its rule."""
    head = (Text("field", "字段"), Text("in", "适用"), Text("type", "类型"), Text("rule", "规则"))
    names = dict.fromkeys(name for row in OPERATIONS.values() for name in _of_callers(row))
    where = "FIELDS of cli/reference/fields.py"
    return [head, *((same(f"`{name}`"), _where(name), _type(name), text_of(name, FIELDS, where)) for name in names)]


def _of_callers(row: Operation[Any, Any]) -> list[str]:
    """The fields that callers may set."""
    return [name for name in row.command.model_fields if name not in row.command.ONLY_INSIDE]


def _where(field: str) -> Text:
    verbs = [name.partition("_")[0] for name, row in OPERATIONS.items() if field in _of_callers(row)]
    if len(verbs) == len(OPERATIONS):
        return Text("all", "全部")
    return Text(", ".join(verbs), "、".join(text_of(verb, VERBS, "VERBS of cli/reference/fields.py") for verb in verbs))


def _type(name: str) -> Text:
    field = next(row.command.model_fields[name] for row in OPERATIONS.values() if name in row.command.model_fields)
    kind = TYPES[_base(field.annotation)]
    if field.is_required():
        return kind
    if field.default_factory or field.default in (None, []):
        return Text(f"{kind.en}, optional", f"{kind.zh}，可选")
    default = f"`{str(field.default).lower()}`"
    return Text(f"{kind.en}, default {default}", f"{kind.zh}，默认 {default}")


def _base(annotation: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    """The name of the plain type below `Annotated`, `Literal` and `| None`."""
    origin = get_origin(annotation)
    if origin is Literal:
        return "str"
    if origin in (Union, UnionType):
        return next(_base(one) for one in get_args(annotation) if one is not type(None))
    if origin is list:
        return "list"
    return _base(get_args(annotation)[0]) if origin else str(annotation.__name__)
