"""Reads the command's settings from the environment, a profile file, or a running `local up`.

The profile is `$XDG_CONFIG_HOME/im-access/profile` (else `~/.config/im-access/profile`), or the file that
IM_ACCESS_PROFILE or `--profile` names: lines of `NAME=value`, `#` begins a comment. A variable of the environment
overrides the profile's. A profile that holds a secret must be readable by its owner only.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from cli.language import _
from shared.errors import Misconfigured

_SECRETS = ("SECRETKEY", "SESSIONTOKEN", "WEBHOOK_SECRETS", "NOTIFY_SECRET", "MAIL_URL", "APP_SECRET", "API_KEY")
"""Ends of the names of secrets; a profile that holds one may be readable by its owner alone."""
_TIME = 3.0
_FACTS = {
    "IM_ACCESS_BUCKET": "bucket",
    "IM_ACCESS_REGION": "region",
    "IM_ACCESS_API_ENDPOINT": "api",
    "IM_ACCESS_COS_ENDPOINT": "cos",
    "IM_ACCESS_OWNER_UIN": "owner_uin",
    "IM_ACCESS_WEBHOOK_SECRETS": "webhook_secret",
    "TENCENTCLOUD_SECRETID": "secret_id",
    "TENCENTCLOUD_SECRETKEY": "secret_key",
}
"""Members of a local cloud's answer to `GET /`, by the settings that they are for."""
_RECEIVER = {"IM_ACCESS_NOTIFY_URL": "notify_url", "IM_ACCESS_NOTIFY_SECRET": "notify_secret"}
"""The same of its receiver of notifications, where it has one."""


def path_of(env: Mapping[str, str], named: str | None) -> Path | None:
    """The profile to read, or None if there is none. Raises Misconfigured if a profile is named and does not exist."""
    named = named or env.get("IM_ACCESS_PROFILE", "").strip() or None
    if named is not None:
        path = Path(named).expanduser()
        if not path.is_file():
            raise Misconfigured(str(path), _("is not there"))
        return path
    home = env.get("XDG_CONFIG_HOME", "").strip() or (f"{env['HOME']}/.config" if env.get("HOME") else "")
    path = Path(home, "im-access", "profile")
    return path if home and path.is_file() else None


def read(path: Path) -> dict[str, str]:
    """The variables of a profile. Raises Misconfigured, whose text names the line and never shows a value."""
    try:
        found = dict(_lines(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError):
        raise Misconfigured(str(path), _("cannot be read")) from None
    secret = [name for name in found if name.endswith(_SECRETS)]
    if secret and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        problem = _("holds {name} and can be read by others: chmod 600 {path}")
        raise Misconfigured(str(path), problem.format(name=secret[0], path=path))
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or not name.strip().isidentifier():
            raise Misconfigured("profile", _("line {number} is not NAME=value").format(number=number))
        value = value.strip()
        yield name.strip(), value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] and value[1:] else value


def local(port: int) -> dict[str, str]:
    """The settings of a running `local up`, which it serves over HTTP. Raises LookupError if none is running."""
    url = f"http://127.0.0.1:{port}/"
    try:
        # Without any proxy, because it runs on this machine.
        with build_opener(ProxyHandler({})).open(url, timeout=_TIME) as answer:
            facts = json.load(answer)
        found = {setting: str(facts[fact]) for setting, fact in _FACTS.items()}
        found |= {setting: str(facts[fact]) for setting, fact in _RECEIVER.items() if facts.get(fact)}
    except (URLError, OSError, ValueError, KeyError, TypeError):
        hint = _("No local cloud answers at {url}. Start one: .venv/bin/python -m local up --base-port {port}")
        raise LookupError(hint.format(url=url, port=port)) from None
    return {**found, "IM_ACCESS_HTTP_AUTH": "signature", "TENCENTCLOUD_SESSIONTOKEN": ""}
