"""`im-access smoke --really`: finds out from a real account, with a throw-away user, what Tencent's documents leave
open.
"""

from __future__ import annotations

from typing import Any

import click

from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.smoke_test.questions import QUESTIONS, Question
from cli.smoke_test.questions_cos import patch_arrives
from cli.smoke_test.trial import Trial
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, write_file
from cli.terminal.spreadsheet import json_text
from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.version import __version__

COLUMNS = ("id", "answer")


@command("smoke", example="im-access smoke --really --output smoke.json")
@click.option("--really", is_flag=True, help="do it: makes a user, policies and objects, and takes them away again")
@click.option("--function-url", metavar="URL", help="of the deployed scim function: does PATCH come through?")
@click.option("--output", type=OUTPUT, default="smoke.json", metavar="FILE", help="the answers; smoke.json if not said")
@click.pass_obj
def smoke(console: Console, really: bool, function_url: str | None, output: str) -> int:
    """Ask a real account what no document settles, on a throw-away user."""
    questions = list(QUESTIONS)
    if function_url:
        patch = Question(
            "patch_arrives", "Does PATCH come through a Function URL?", lambda t: patch_arrives(t, function_url)
        )
        questions.insert(-1, patch)
    if not really:
        console.show([{"id": one.id, "answer": one.text} for one in questions], COLUMNS)
        console.say(_("Nothing was asked: --really does."))
        return OK
    return _ask(console, Trial(console), questions, output)


def _ask(console: Console, trial: Trial, questions: list[Question], output: str) -> int:
    """Ask all questions. Whatever happens, the answers are written to the file, and what was created is deleted."""
    answers: list[dict[str, Any]] = []
    trial.leftovers()
    left = trial.clean()
    try:
        for done, question in enumerate(questions, 1):
            console.progress.advance(done, len(questions), question.id)
            answers.append(_answer(console, trial, question))
    finally:
        console.progress.step(_("taking away what was made"))
        left += trial.clean()
        _write_answers(console, trial, answers, left, output)
    console.show(answers, COLUMNS)
    console.say(_("Written: {file}").format(file=output))
    return FAILED if left or any(one["failed"] for one in answers) else OK


def _write_answers(console: Console, trial: Trial, answers: list[dict[str, Any]], left: list[str], output: str) -> None:
    """Write the answers to the file, and print what could not be deleted. Raises KeyboardInterrupt if interrupted."""
    for one in left:
        console.warn(_("left behind: {what}").format(what=one))
    if left:
        console.warn(_("the next run of this command takes away what was left behind"))
    region = trial.container.settings.region
    content = {"v": 1, "tool": f"im-access {__version__}", "region": region, "answers": answers, "left": left}
    write_file(output, json_text(content))
    clean = _("something was left behind") if left else _("everything was taken away")
    console.changed.append(_("answers are in {file}").format(file=output) + ", " + clean)
    if trial.interrupted:
        raise KeyboardInterrupt


def _answer(console: Console, trial: Trial, question: Question) -> dict[str, Any]:
    started = console.clock.now()
    try:
        answer, failed = question.ask(trial), False
    except (ImAccessError, LookupError, ValueError, AssertionError, StopIteration) as error:
        answer, failed = getattr(error, "detail", None) or type(error).__name__, True
    took = round(console.clock.now() - started, 1)
    about = {"id": question.id, "question": question.text, "asked_at": rfc3339(started), "seconds": took}
    return {**about, "answer": answer, "failed": failed}
