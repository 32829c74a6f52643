"""The committed corpus and a few hundred changes to it, with every run of the suite; `make fuzz` does many more."""

from __future__ import annotations

import pytest

from tests.system.fuzz.targets import TARGETS
from tools.fuzz.__main__ import SLOW, main, seeds, with_hypothesis


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_input_gets_nowhere(target: str) -> None:
    """No exception, no 5xx, nothing through the checks that breaks their rules; each input within a bound."""
    assert len(seeds(target)) >= 4
    assert with_hypothesis(target, 300, seed=7) == 300
    assert SLOW <= 2


def test_a_target_that_does_not_exist_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the names that there are, all of them."""
    with pytest.raises(SystemExit) as caught:
        main(["--target", "nonsense"])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert [target for target in TARGETS if target not in said] == []


def test_the_corpus_is_small() -> None:
    """The committed inputs of the fuzzers are small enough for a person to read."""
    assert sum(len(data) for target in TARGETS for data in seeds(target)) < 40_000
