"""The command line itself, without a cloud: options, exit codes, languages, ids, questions."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from cli import chinese
from cli.language import chosen
from cli.main import main, root
from cli.records.ids import the_one
from cli.terminal.command import Commands, Translated
from cli.terminal.console import Console, Declined
from tests.unit.cli.terminal import Terminal, run

ROOT = Path(__file__).resolve().parents[3]


def commands(of: click.Command = root, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Translated]]:
    """Every command with its words."""
    assert isinstance(of, Translated)
    if isinstance(of, Commands):
        for name, one in of.commands.items():
            yield from commands(one, (*path, name))
    else:
        yield path, of


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_command_has_help_and_an_example_in_both_languages(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """The help ends with an example of that very command; in a Chinese locale each of its texts is Chinese."""
    assert main([*path, "--help"], Console(env={})) == 0
    text = capsys.readouterr().out
    assert max(map(cell_len, text.splitlines())) <= 80
    assert f"Example:\n  {'eval' if path == ('completion',) else 'im-access ' + ' '.join(path)}" in text
    assert main([*path, "--help"], Console(env={"LANG": "zh_CN.UTF-8"})) == 0
    text = capsys.readouterr().out
    assert text.startswith("用法：im-access")
    assert max(map(cell_len, text.splitlines())) <= 80
    assert not re.search(r"^ +[，。；：、）]", text, re.M)
    told = [line for line in text.splitlines()[1:] if line.startswith("  ") and "im-access" not in line]
    assert [
        line for line in told if line.isascii() and not re.fullmatch(r"  --[a-z-]+ / --[a-z-]+| +IM_ACCESS_\w+", line)
    ] == []


def test_every_text_has_its_chinese() -> None:
    """Each literal that the code hands to `_` is in the table, and nothing else is but help and words of tables."""
    used = {
        node.args[0].value
        for path in (ROOT / "cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert used - set(chinese.CHINESE) == set()
    assert [text for text in chinese.CHINESE.values() if text.isascii() and text not in ("CAM", "UIN")] == []


def test_json_may_stand_anywhere() -> None:
    """`--json` may stand before or after the command's name."""
    for words in (
        ("--json", "dead-letters", "list"),
        ("dead-letters", "--json", "list"),
        ("dead-letters", "list", "--json"),
    ):
        console = Console(env={}, out=io.StringIO(), err=io.StringIO())
        main(words, console)
        assert console.as_json


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("frobnicate",), "frobnicate"),
        (("who",), "Missing argument"),
        (("history", "alice", "--frob"), "--frob"),
        (("dead-letters", "redrive"), "redrive takes ids, or --all"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(words: tuple[str, ...], said: str) -> None:
    """With one line that says what is wrong, and where the help is."""
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "--help" in err


@pytest.mark.parametrize(
    "line",
    [
        "frobnicate", "histroy", "who", "policy build --sdk-app-id 1", "policy build --role reader",
        "history alice --frob", "history alice --ta", "history alice --at", "history alice --at never",
        "users --json=3", "users one", "users one more", "users --state x", "policy build --sdk-app-id a --role owner",
        "policy build --sdk-app-id 0 --role owner", "review --output /", "review --output /nowhere/at.html",
        "completion tcsh", "dead-letters show abcde", "dead-letters redrive", "report --days 1",
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_chinese(line: str) -> None:
    """Every message of click's, not the titles alone; what was typed stands in it as it was typed."""
    code, out, err = run(*line.split(), env={"LANG": "zh_CN.UTF-8"})
    said = err.splitlines()[0].removeprefix("im-access: 命令行有误: ")
    typed = "|".join(map(re.escape, sorted(line.split(), key=len, reverse=True)))
    left = re.sub(rf"'[^']*'|{typed}|--role|--all|/nowhere|[0-9x<>=]+", "", said)
    assert (code, out) == (2, "")
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search("[A-Za-z]{3}", left), said


def test_an_id_is_never_guessed() -> None:
    """Six characters at least; none is exit code 1, several are named."""
    ids = ["abcdef12", "abcdef34", "999999aa"]
    assert the_one("999999", ids) == "999999aa"
    with pytest.raises(click.UsageError, match="at least 6"):
        the_one("99999", ids)
    with pytest.raises(click.UsageError, match="abcdef12, abcdef34"):
        the_one("abcdef", ids)
    with pytest.raises(LookupError):
        the_one("000000", ids)


def test_nobody_is_asked_where_nobody_is() -> None:
    """Without a terminal only --yes goes on; at a terminal anything but yes is no."""
    console = Console(env={}, err=io.StringIO(), source=io.StringIO("y\n"))
    with pytest.raises(Declined, match="--yes"):
        console.confirm("Sure?", yes=False)
    console.confirm("Sure?", yes=True)
    console.source = Terminal("n\ny\n是\n")
    with pytest.raises(Declined):
        console.confirm("Sure?", yes=False)
    console.confirm("Sure?", yes=False)
    console.confirm("Sure?", yes=False)


def test_chinese_is_chosen_by_the_locale() -> None:
    """LC_ALL decides before LC_MESSAGES, and that before LANG."""
    assert chosen({"LANG": "zh_CN.UTF-8"}) == "zh"
    assert chosen({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}) == "en"
    assert chosen({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}) == "zh"
    assert chosen({}) == "en"


def test_errors_are_told_in_chinese() -> None:
    """Errors are told in Chinese, with what is wrong and what to do."""
    code, _, err = run("history", "alice", env={"LANG": "zh_CN.UTF-8"})
    assert code == 2
    assert "IM_ACCESS_BUCKET" in err
    assert "下一步" in err
