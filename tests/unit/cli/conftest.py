"""The language of the tests of the command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.language import speak


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever the machine's locale is."""
    speak("en")
    yield
    speak("en")
