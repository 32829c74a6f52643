"""`make check-deployment` as a program: what it prints and returns, for a file that is right, edited or wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.operations import HR, OPERATIONS, PAGE
from tools.deployment import __main__ as program
from tools.deployment import broken, check, document, toolkit
from tools.deployment.toolkit import Deployment, UnfitError

TEXT = program.FILE.read_text(encoding="utf-8")
Run = Callable[[str], tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program on a text, with a library that finds fault with `handler: nobody` alone."""

    def problems(deployment: Deployment, *_: object) -> list[str]:
        return ["it has a handler nobody"] if "handler: nobody" in deployment.inputs["text"] else []

    monkeypatch.setattr(toolkit, "install", lambda folder: folder)
    monkeypatch.setattr(toolkit, "deploy", lambda file, _: Deployment({"text": file.read_text("utf-8")}, [], []))
    monkeypatch.setattr(check, "problems", problems)
    mistakes = [one for one in broken.MISTAKES if one.reported in str(document.problems(one.apply(TEXT) or ""))]
    nobody = broken.Broken("nobody", r"handler: sweep\.\w+", "handler: nobody", "a handler nobody")
    monkeypatch.setattr(broken, "MISTAKES", (*mistakes, nobody))

    def attempt(text: str) -> tuple[int, list[str]]:
        (tmp_path / "serverless.yml").write_text(text, encoding="utf-8")
        (tmp_path / "package.zip").touch()
        code = program.main(["--file", str(tmp_path / "serverless.yml"), "--package", str(tmp_path / "package.zip")])
        return code, capsys.readouterr().out.splitlines()

    return attempt


def test_a_right_file_and_its_broken_copies(run: Run) -> None:
    """The file is checked first, then each broken copy once, and none is skipped."""
    code, lines = run(TEXT)
    assert code == 0
    assert lines[0].startswith("ok     serverless.yml: ")
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == len(broken.MISTAKES) + 1
    assert lines[-1] == "ok     nobody is refused: it has a handler nobody"


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (TEXT[TEXT.index("    - type: ckafka") : TEXT.index("    # Every five minutes")], "", "ckafka without name"),
        ("authType: NONE", "authType: CAM", "nobody authenticates"),
        ("value: 'no'", 'value: "yes"', "setting without quotes"),
    ],
)
def test_an_edited_file_passes(run: Run, old: str, new: str, mistake: str) -> None:
    """A mistake that an edited file has no place for is skipped, and the output says so; what would still be a mistake
    and is none after the edit is not taken for a failure of the check."""
    code, lines = run(TEXT.replace(old, new))
    assert [line for line in lines if line.startswith("WRONG")] == []
    assert code == 0
    assert [line for line in lines if line.startswith(f"skip   {mistake}: ")]


def test_a_wrong_file_is_diagnosed_first(run: Run) -> None:
    """Its own lines and nothing else: no broken copy is made of it."""
    code, lines = run(
        TEXT.replace("value: 'no'", "value: no", 1).replace("handler: sweep.main_handler", "handler: nobody")
    )
    assert (code, lines) == (
        1,
        [
            "WRONG  environments, IM_ACCESS_ANSWER_LINK: value is not text: put it into quotes",
            "WRONG  sweep: its handler is nobody, not its own sweep.main_handler",
            "WRONG  it has a handler nobody",
        ],
    )


def test_the_same_in_several_places_is_one_line(run: Run) -> None:
    """What stands in an anchor, or holds for all functions, is said once."""
    code, lines = run(TEXT.replace("\n  timeout: 30", "\n  timeout: 3"))
    where = "; ".join((*OPERATIONS, PAGE, HR))
    assert (code, lines) == (1, [f"WRONG  {where}: a time limit of 3 s is too short for its work: at least 15 s"])


def test_a_mistake_that_is_not_noticed_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broken copies are a test of the check."""
    monkeypatch.setattr(broken, "MISTAKES", (broken.Broken("harmless", "^app: .*", "app: other", "never said"),))
    assert run(TEXT)[0] == 1


def test_a_diagnosis_does_not_wait_for_node(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without node a wrong file still gets the lines that need none."""

    def install(_: Path) -> Path:
        raise UnfitError("node is not installed")

    monkeypatch.setattr(toolkit, "install", install)
    assert run(TEXT.replace("retry: 4320", "retry: 1"))[0] == 1
    assert run(TEXT) == (2, [])
