"""The demo from the outside: what it prints, how it ends, and that it can fail."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import local.demo
from local.demo.actor import Actor
from local.demo.stage import Stage
from shared.operations import OPERATIONS
from tests.repository.docs import markdown
from tests.repository.docs.markdown import READMES

REPOSITORY = Path(__file__).resolve().parents[3]


def start(*words: str, **env: str) -> "subprocess.Popen[str]":
    """`python -m local demo` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "local", "demo", *words],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.fixture(scope="module")
def both() -> tuple[str, str]:
    """What two demos print into pipes, in full and by default: side by side, as they mostly wait."""
    processes = [start("--verbose"), start()]
    ended = [(*process.communicate(timeout=90), process.returncode) for process in processes]
    assert [(said, code) for _, said, code in ended] == [("", 0), ("", 0)]
    return ended[0][0], ended[1][0]


@pytest.fixture(scope="module")
def told(both: tuple[str, str]) -> str:
    """What a demo prints in full."""
    return both[0]


@pytest.fixture(scope="module")
def brief(both: tuple[str, str]) -> str:
    """What a demo prints by default."""
    return both[1]


@pytest.fixture
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def answers(told: str) -> list[dict[str, object]]:
    """Every JSON object printed after an arrow, as it would be copied."""
    decoder = json.JSONDecoder()
    return [decoder.raw_decode(told, match.end())[0] for match in re.finditer(r"^<- [^{]*(?=\{)", told, re.MULTILINE)]


def test_every_claim_holds(told: str) -> None:
    """It ends with all claims true, and says how many it made, on the spot and in the table at the end."""
    assert "✗" not in told
    count = re.search(r"^All (\d+) claims hold", told, re.MULTILINE)
    assert count
    assert int(count[1]) == len(re.findall(r"^   ✓ \S", told, re.MULTILINE)) >= 60


def test_the_brief_story_is_read_at_a_glance(told: str, brief: str) -> None:
    """At most 120 lines, the last of which are a table of the same claims, all held."""
    lines = brief.splitlines()
    assert len(lines) <= 120
    claims = re.findall(r"^   (✓) +([\d, ]*\d) +(\D.*)$", brief, re.MULTILINE)
    assert len(claims) == brief.count("✓") >= 40
    assert all(f"   ✓ {claim}\n" in told for _, _, claim in claims)
    at = lines.index(next(line for line in lines if line.strip() == "What was claimed, and whether it held"))
    assert [line.split()[0] for line in lines[at + 2 : -2]] == ["✓"] * len(claims)


def test_the_brief_story_has_every_answer_and_file(told: str, brief: str) -> None:
    """What a function answers is there as JSON, and each file; of a link's signature only the beginning."""
    statuses = [answer.get("status") for answer in answers(brief)]
    assert {"created", "granted", "unchanged", "reissued", "offboarded", "restored", 401, 403} <= set(statuses)
    batches = re.findall(r"^<- (\w+) answers the trigger \{", brief, re.MULTILINE)
    assert batches == ["revoke_policy", "create_user", "grant_policy"]
    assert brief.count("\nLogin URL,User name,Password,SecretId,SecretKey\nhttps://cloud.tencent.com/login/") == 5
    assert re.search(r"\.csv\?q-sign-algorithm=sha1&\.\.\.\", ", brief)
    assert "q-signature=" in told
    assert max(map(len, brief.splitlines())) < 1000
    assert not re.search(r"[\x1b┏━┃│]", brief)


def test_the_readmes_show_lines_of_the_table(brief: str) -> None:
    """Each claim that a README shows is in the table, and made by the step that it names."""
    rows = re.findall(r"^   ✓ +([\d, ]*\d) +(.*)$", brief, re.MULTILINE)
    steps = {claim: numbers.split(", ") for numbers, claim in rows}
    for page in READMES:
        (block,) = markdown.blocks(page, "demo")
        shown = [line.split(maxsplit=2) for line in block.text.splitlines()[1:]]
        assert [claim for _, step, claim in shown if step not in steps[claim]] == []


def test_every_functions_answer_is_printed_whole(told: str) -> None:
    """Each function's HTTP and queue answers are JSON that can be copied."""
    statuses = [answer.get("status") for answer in answers(told)]
    assert {"created", "granted", "unchanged", "reissued", "offboarded", "restored", 401, 403} <= set(statuses)
    assert sum("ignored" in answer for answer in answers(told)) == 3 * (len(OPERATIONS) + 1)


def test_the_csv_is_printed(told: str) -> None:
    """The header and the row of each user stand there as they were downloaded."""
    assert told.count("\nLogin URL,User name,Password,SecretId,SecretKey\nhttps://cloud.tencent.com/login/") == 5


def test_the_printed_link_is_whole(told: str) -> None:
    """Nothing is wrapped or cut where it goes to a pipe."""
    created = next(answer for answer in answers(told) if answer.get("status") == "created")
    assert isinstance(created["credentials"], dict)
    assert "q-signature=" in created["credentials"]["url"]


def test_a_pipe_gets_plain_text(told: str) -> None:
    """Output to a pipe has no colour codes and no box characters."""
    assert not re.search(r"[\x1b┏━┃│]", told)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_clean(number: signal.Signals) -> None:
    """A signal in the middle ends it with 128 plus its number, no traceback, and no process of it left."""
    process = start()
    assert process.stdout
    while not process.stdout.readline().startswith("1. "):
        pass
    process.send_signal(number)
    printed, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (128 + number, "")
    assert printed.endswith("Interrupted; everything is stopped.\n")


def test_an_ascii_terminal_is_no_reason_to_fail() -> None:
    """Where the output cannot hold a tick, a question mark stands for it."""
    scene = "stage.step('The end'); stage.check('the link is dead', holds=True); raise SystemExit(stage.verdict())"
    done = subprocess.run(
        [sys.executable, "-c", f"from local.demo.stage import Stage; stage = Stage(); {scene}"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^   \? +1 +the link is dead$", done.stdout, re.MULTILINE)


@pytest.mark.usefixtures("_signals")
def test_a_claim_that_does_not_hold_fails_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One false claim among true ones makes the exit code 1, and is named at the end."""

    def story(actor: Actor) -> None:
        actor.stage.check("water is wet", holds=True)
        actor.stage.check("pigs fly", holds=False)

    monkeypatch.setattr(local.demo, "story", story)
    assert local.demo.main([]) == 1
    assert capsys.readouterr().out.rstrip().endswith("✗ pigs fly")


@pytest.mark.usefixtures("_signals")
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")  # the SDK's, from 3.12 on
def test_a_broken_function_fails_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that cannot do its work is a failed demo, not a traceback."""
    monkeypatch.setattr("local.stack.LocalStack.environment", {"IM_ACCESS_BUCKET": "nonsense"})
    assert local.demo.main([]) == 1


def test_a_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a table is drawn."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    Stage(full=True).table("Policies", ("policy", "before"), [("QcloudAVCFullAccess", "-")])
    printed = capsys.readouterr().out
    assert "\x1b[" in printed
    assert "QcloudAVCFullAccess" in printed
