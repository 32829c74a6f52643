"""A secret's text is stars wherever it ends up."""

import copy
import json
import pickle
import traceback

import pytest

from shared.secret import Secret

VALUE = "hunter2"


def test_it_is_not_shown() -> None:
    """Printed, formatted, inside other values, or in a traceback."""
    secret = Secret(VALUE)
    shown = [
        str(secret),
        repr(secret),
        f"{secret}",
        f"{secret!r:>20}",
        "%s %r" % (secret, secret),  # noqa: UP031 - one way more
        str({"a": [secret]}),
    ]
    assert all(VALUE not in text and "***" in text for text in shown)
    try:
        raise ValueError(secret)
    except ValueError:
        assert VALUE not in traceback.format_exc()


def test_it_is_not_stored() -> None:
    """Neither as JSON, nor pickled, nor copied through it; nor does it have a dict to look into."""
    for store in (json.dumps, pickle.dumps, copy.copy, vars):
        with pytest.raises(TypeError):
            store(Secret(VALUE))


def test_only_reveal_gives_it_out() -> None:
    """So every use can be found by that name."""
    assert Secret(VALUE).reveal() == VALUE


def test_it_compares_like_its_value() -> None:
    """With other secrets alone, and an empty one is false."""
    assert Secret(VALUE) == Secret(VALUE)
    assert hash(Secret(VALUE)) == hash(Secret(VALUE))
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != VALUE
    assert Secret(VALUE)
    assert not Secret("")
