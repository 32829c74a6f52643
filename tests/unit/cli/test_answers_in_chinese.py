"""What the operator's command shows of an answer has its Chinese: names of members, and their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from cli.chinese import CHINESE
from shared.operations import OPERATIONS


def _words(annotation: Any) -> Iterator[str]:  # noqa: ANN401 - a type as pydantic keeps it
    """The names of a model's members, and the words that they may be."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield name.replace("_", " ")
            yield from _words(field.annotation)
    elif get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
    else:
        for part in get_args(annotation):
            yield from _words(part)


@pytest.mark.parametrize("function", OPERATIONS)
def test_every_word_of_an_answer_has_its_chinese(function: str) -> None:
    """A result of a new form is shown in Chinese, too; its file is told to nobody."""
    words = set(_words(OPERATIONS[function].result)) - {"file"}
    assert words - set(CHINESE) == set(), "add them to cli/chinese/"
