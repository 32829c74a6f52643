"""The command line itself, without a cloud: options, exit codes, languages, the profile, ids, questions, pipes."""

from __future__ import annotations

import ast
import io
import json
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import click
import pytest
from rich.cells import cell_len
from rich.console import Console as Screen

from cli import chinese, installed, profile, table
from cli.command import Commands, Translated
from cli.console import Console, Declined
from cli.ids import the_one
from cli.language import Language, _, chosen, speak
from cli.main import main, root
from cli.progress import Progress
from shared.errors import Misconfigured
from tests.processes import WorldClock

ROOT = Path(__file__).resolve().parents[3]


class Terminal(io.StringIO):
    """A terminal at which somebody has typed an answer."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever the machine's locale is."""
    speak("en")
    yield
    speak("en")


def run(*words: str, env: dict[str, str] | None = None, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, output, and what stands beside it."""
    out, err = io.StringIO(), io.StringIO()
    source = io.StringIO() if typed is None else Terminal(typed)
    code = main(words, Console(env=env or {}, out=out, err=err, source=source))
    return code, out.getvalue(), err.getvalue()


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


def test_a_typo_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    """Of the environment and of the profile; settings of HR systems are known, other programs' names not looked at."""
    file = tmp_path / "profile"
    file.write_text("IM_ACCESS_REGOIN=ap-guangzhou\nOTHER=1\n")
    env = {"IM_ACCESS_BUKET": "b-1250000000", "IM_ACCESS_FEISHU_APP_ID": "cli_1"}
    err = run("history", "alice", "--profile", str(file), env=env)[2]
    assert "IM_ACCESS_BUKET is no setting: did you mean IM_ACCESS_BUCKET?" in err
    assert "IM_ACCESS_REGOIN is no setting: did you mean IM_ACCESS_REGION?" in err
    assert "OTHER" not in err
    assert "FEISHU" not in err


def test_the_profile_is_below_the_environment(tmp_path: Path) -> None:
    """It is found in the usual place; quotes, comments and `export` are understood; the environment wins."""
    file = tmp_path / ".config" / "im-access" / "profile"
    file.parent.mkdir(parents=True)
    file.write_text("# mine\n\nexport IM_ACCESS_BUCKET='b-1250000000'\nIM_ACCESS_REGION=ap-shanghai\n")
    console = Console(env={"HOME": str(tmp_path), "IM_ACCESS_REGION": "ap-guangzhou"})
    assert console.environment["IM_ACCESS_BUCKET"] == "b-1250000000"
    assert console.environment["IM_ACCESS_REGION"] == "ap-guangzhou"


@pytest.mark.parametrize("name", ["TENCENTCLOUD_SECRETKEY", "IM_ACCESS_WEBHOOK_SECRETS", "IM_ACCESS_FEISHU_APP_SECRET"])
def test_a_profile_with_secrets_is_the_operators_alone(tmp_path: Path, name: str) -> None:
    """One that others can read is refused, and no value is told."""
    file = tmp_path / "profile"
    file.write_text(f"{name}=hunter2\n")
    file.chmod(0o640)
    code, _, err = run("history", "alice", "--profile", str(file))
    assert code == 2
    assert "chmod 600" in err
    assert "hunter2" not in err
    file.chmod(0o600)
    assert profile.read(file) == {name: "hunter2"}


def test_a_broken_profile_is_named_with_its_line(tmp_path: Path) -> None:
    """A profile with a wrong line is named with the line, and one that does not exist by its path."""
    file = tmp_path / "profile"
    file.write_text("A=1\nhunter2\n")
    with pytest.raises(Misconfigured, match="line 2"):
        profile.read(file)
    code, _, err = run("history", "alice", "--profile", str(tmp_path / "none"))
    assert (code, f"{tmp_path}/none is not there" in err, "Correct the profile" in err) == (2, True, True)


def test_the_local_cloud_is_asked_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is and its keys, past any proxy; where none answers, the command says how to start one."""
    facts = dict.fromkeys(profile._FACTS.values(), "x")

    class Facts(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(facts).encode())

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with HTTPServer(("127.0.0.1", 0), Facts) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        console = Console(env={"IM_ACCESS_BUCKET": "mine-1250000000"}, local_port=server.server_port)
        assert console.environment["IM_ACCESS_BUCKET"] == "x"
        thread.join()
        port = server.server_port
    code, _, err = run("history", "alice", "--local-port", str(port))
    assert code == 1
    assert f"local up --base-port {port}" in err


def test_chinese_is_chosen_by_the_locale() -> None:
    """LC_ALL before LC_MESSAGES before LANG."""
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


def test_interrupted_the_command_says_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is exit code 130, with what was changed until then."""

    def interrupted(console: Console) -> None:
        console.progress.step("3 of 10 users")
        console.changed.append("3 of 10 redriven")
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "cos", interrupted)
    code, _, err = run("dead-letters", "list")
    assert (code, err) == (130, "im-access: Interrupted (3 of 10 users): 3 of 10 redriven.\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_shows_a_bar_and_how_long_it_takes(language: Language) -> None:
    """From the first second on, in 80 columns; where the end is not known, what is being done."""
    speak(language)
    now = [100.0]
    progress = Progress(Terminal(), WorldClock(1.8e9), lambda: now[0])

    def shown() -> str:
        out = io.StringIO()
        Screen(file=out, width=80).print(progress.shown())
        return out.getvalue().strip()

    progress.step("reading")
    assert shown() == ""
    now[0] += 2
    assert shown().endswith("reading")
    progress.advance(1, 1000, _("users read from CAM"))
    now[0] += 60
    progress.advance(300, 1000, _("users read from CAM"))
    text = shown()
    assert "━" in text
    told = {"en": "300/1000 users read from CAM 2:20 left", "zh": "300/1000 个用户已从 CAM 读取 还需 2:20"}
    assert told[language] in text
    assert len(text.splitlines()) == 1


def test_progress_moves_in_a_terminal_alone() -> None:
    """Progress is drawn anew in a terminal, and never elsewhere."""
    for err, moves in ((Terminal(), True), (io.StringIO(), False)):
        progress = Progress(err, WorldClock(1.8e9))
        progress.start()
        assert (progress._live is not None) == moves
        progress.stop()


def test_a_pipe_that_nobody_reads_is_quiet() -> None:
    """A pipe whose reader is gone ends the command without traceback or message."""
    program = "import sys; from cli.main import main; sys.exit(main(['completion', 'bash']))"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_fits_a_terminal_of_80_columns() -> None:
    """Cells are folded and never cut, Chinese names count as wide as they are; piped, a row is one line."""
    rows = [{"user": "张伟的测试账号" * 3, "policy": "QcloudIMReadOnlyAccess" * 4, "retry": True}]
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as out:
        os.environ["COLUMNS"] = "80"
        try:
            table.write(out, rows, ("user", "policy", "retry"))
        finally:
            del os.environ["COLUMNS"]
    shown = os.read(leader, 10_000).decode().replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\r", "")
    os.close(leader)
    assert max(sum(1 + (ord(char) > 0x2E7F) for char in line) for line in shown.splitlines()) <= 80
    assert shown.count("张") == 3
    piped = io.StringIO()
    table.write(piped, rows, ("user", "policy", "retry"))
    assert [line.split()[0] for line in piped.getvalue().splitlines()] == ["USER", rows[0]["user"]]


def test_completion_is_answered_before_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    """A shell asks by a variable, and gets the commands."""
    env = {"_IM_ACCESS_COMPLETE": "bash_complete"}
    os.environ.update({"COMP_WORDS": "im-access dead", "COMP_CWORD": "1"})
    try:
        assert main([], Console(env=env)) == 0
    finally:
        del os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
    assert "dead-letters" in capsys.readouterr().out


def test_interrupted_while_it_loads_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while modules load ends with the exit code of an interruption and without a traceback."""

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.main.main", interrupted)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert installed.main() == 130
