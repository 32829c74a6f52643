"""The receiving side of SMTP (RFC 5321), without TLS and without authentication."""

from collections.abc import Callable

LINE_LIMIT, MESSAGE_LIMIT = 2000, 10 * 1024 * 1024
FEATURES = ("8BITMIME", "SMTPUTF8", f"SIZE {MESSAGE_LIMIT}")
Take = Callable[[str, tuple[str, ...], bytes], str]


class Session:
    """One client's connection: its commands, answered one after another.

    `take` is called with each mail (sender, recipients, message) and returns the reply, such as `250 OK`; `read` reads
    a line of at most so many bytes; `write` sends bytes.
    """

    def __init__(self, take: Take, read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
        self._take, self._read, self._write = take, read, write
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._commands: dict[str, Callable[[str], None]] = {
            "EHLO": self._ehlo,
            "HELO": lambda _: self._say("250 local"),
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: self._say("250 OK"),
        }

    def run(self) -> None:
        """Greet, then answer until the client leaves."""
        self._say("220 local ESMTP")
        while line := self._read(LINE_LIMIT):
            command, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if command.upper() == "QUIT":
                self._say("221 Bye")
                return
            self._commands.get(command.upper(), self._unknown)(rest)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._write(f"{line}\r\n".encode())

    def _unknown(self, _rest: str) -> None:
        self._say("502 Command not implemented")

    def _ehlo(self, _rest: str) -> None:
        self._say("250-local", *(f"250-{one}" for one in FEATURES[:-1]), f"250 {FEATURES[-1]}")

    def _mail(self, rest: str) -> None:
        self._sender, self._recipients = address(rest, "FROM:"), []
        self._say("250 OK" if self._sender is not None else "501 Syntax: MAIL FROM:<address>")

    def _rcpt(self, rest: str) -> None:
        recipient = address(rest, "TO:")
        if self._sender is None:
            self._say("503 MAIL first")
        elif not recipient:
            self._say("501 Syntax: RCPT TO:<address>")
        else:
            self._recipients.append(recipient)
            self._say("250 OK")

    def _data(self, _rest: str) -> None:
        if self._sender is None or not self._recipients:
            self._say("503 RCPT first")
            return
        self._say("354 End with a line that is a dot alone")
        raw = self._message()
        too_large = len(raw) > MESSAGE_LIMIT
        self._say("552 Message too large" if too_large else self._take(self._sender, tuple(self._recipients), raw))
        self._sender, self._recipients = None, []

    def _message(self) -> bytes:
        """The lines up to the final dot, with doubled dots undone. Raises ConnectionError if the connection ends before
        it.
        """
        lines: list[bytes] = []
        while (line := self._read(MESSAGE_LIMIT)) != b".\r\n":
            if not line:
                raise ConnectionError
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _rset(self, _rest: str) -> None:
        self._sender, self._recipients = None, []
        self._say("250 OK")


def address(text: str, keyword: str) -> str | None:
    """The address in `FROM:<a@b> SIZE=5`, empty for `<>`; None if the line has another form."""
    if not text.upper().startswith(keyword):
        return None
    found, closed, _ = text[len(keyword) :].strip().partition(">")
    return found[1:] if found.startswith("<") and closed else None
