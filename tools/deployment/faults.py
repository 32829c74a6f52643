"""Turns pydantic's errors about the shape of serverless.yml into lines that say where and what is wrong."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tools.deployment.common_schema import Level
from tools.deployment.schema import File

Place = tuple[int | str, ...]
SCALARS = {"string_type": "text: put it into quotes", "int_type": "a whole number", "bool_type": "true or false"}
MAPPINGS = dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "a mapping")
KINDS = {**SCALARS, **MAPPINGS, "list_type": "a list"}
"""What a value should have been, by pydantic's name of the error."""
DROPPED = {
    "src": "would ship that folder alone, without the code that all functions share",
    "environment": "is dropped by the component: use the list environments of inputs",
}
"""Keys of a single function that do not do what they say; of `inputs`, `environment`."""


def problems(document: object) -> Iterator[str]:
    """A line for each fault. A key that is missing because it was mistyped is not reported again."""
    try:
        File.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False)
        meant = {(one["loc"][:-1], suggestion(one["loc"])) for one in found if one["type"] == "extra_forbidden"}
        for one in found:
            if one["type"] != "missing" or (one["loc"][:-1], one["loc"][-1]) not in meant:
                yield describe(one, document)


def describe(error: ErrorDetails, document: object) -> str:
    """The line for one fault."""
    kind, loc = error["type"], error["loc"]
    if loc[-1:] == ("[key]",):  # a function's name is what is wrong
        loc = (*loc[:-2], str(loc[-2]))
    here, place, key = named(loc, document), named(loc[:-1], document), loc[-1] if loc else 0
    if kind in ("extra_forbidden", "invalid_key"):
        return unknown(loc, place)
    if kind == "union_tag_invalid":
        return f"{here}: no {error['ctx']['tag']} trigger is expected"
    if kind == "union_tag_not_found":
        return f"{here}: no type is given"
    if kind == "missing" or (kind in SCALARS and error["input"] is None):
        return f"{place}: no {key} is given"
    if kind in KINDS:
        return f"{here if isinstance(key, int) else f'{place}: {key}'} is not {KINDS[kind]}"
    return f"{place}: {error['msg']}"


def unknown(loc: Place, place: str) -> str:
    """The line for a key that its level does not have."""
    key = loc[-1]
    if key in DROPPED and loc[:-2] == ("inputs", "functions"):
        return f"{place}: {key} of its own {DROPPED[str(key)]}"
    if loc == ("inputs", "environment"):
        return f"{place}: {key} {DROPPED['environment']}"
    meant = suggestion(loc)
    return f"{place}: unknown key {key}" + (f" (did you mean {meant}?)" if meant else "")


def suggestion(loc: Place) -> str | None:
    """The known key that is most similar to a mistyped one."""
    return next(iter(get_close_matches(str(loc[-1]), known(loc[:-1]), 1)), None)


def known(place: Place) -> list[str]:
    """The keys that a mapping of the file may have."""
    at: list[type[Level]] = [File]
    for part in place[:2] + place[3:] if place[1:2] == ("functions",) else place:
        tagged = [
            one for one in at if "type" in one.model_fields and part in get_args(one.model_fields["type"].annotation)
        ]
        fields = [field for one in at for field in one.model_fields.values() if field.alias == part]
        at = tagged or [level for field in fields for level in levels(field.annotation)] or at
    return [str(field.alias) for one in at for field in one.model_fields.values()]


def levels(annotation: object) -> Iterator[type[Level]]:
    """The models in an annotation such as `list[Layer] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Level):
        yield annotation
    for inner in get_args(annotation):
        yield from levels(inner)


def named(place: Place, document: object) -> str:
    """A place in words for a reader of the file: a function or a trigger by its name, a row of a list by its number."""
    match place:
        case ():
            return "top level"
        case ("inputs", "environments", int(number), *rest):
            key = row(document, "environments", number).get("key")
            return joined([f"environments, {key}" if key else f"environments {number + 1}", *rest])
        case ("inputs", "functions", name, *rest):
            return joined([str(name), *rest])
        case ("inputs", "triggers", int(number), *rest):
            one = row(document, "triggers", number)
            name = f"{one.get('function')}, {one.get('type')}" if one else f"triggers {number + 1}"
            return joined([name, *rest[2:]])
        case ("inputs", "src", *rest):
            return joined(["src", *rest])
    return joined(place)


def joined(parts: Place | list[int | str]) -> str:
    """The parts of a place as one text; the first row of a list is 1."""
    return "".join(f" {part + 1}" if isinstance(part, int) else f", {part}" for part in parts).removeprefix(", ")


def row(document: object, key: str, number: int) -> Mapping[str, object]:
    """A row of a list in `inputs`; an empty mapping if the row is none."""
    rows = document["inputs"][key] if isinstance(document, dict) else []
    found = rows[number]
    return found if isinstance(found, dict) else {}
