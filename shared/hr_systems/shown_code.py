"""The form in which an HR system's error code may be shown: in a log, an answer or a dead letter.

A faulty answer may hold a secret in place of a code, and a secret can be all letters. So a code is shown only if it
cannot be one: a short number, or nothing but words that error codes are made of, such as
`Forbidden.AccessDenied.IpNotInWhiteList`.
"""

from __future__ import annotations

import re

_WORDS = (
    "access|account|api|app|argument|auth|authentication|authorization|authorized|busy|call|client|code|corp|data"
    "|denied|department|disabled|error|exceeded|exist|expired|failed|forbidden|format|found|id|illegal|in|internal|invalid"
    "|ip|is|key|limit|list|missing|no|not|operation|or|param|parameter|permission|quota|rate|request|resource"
    "|scope|secret|server|service|sign|signature|system|throttling|timeout|token|too|many|unauthorized|unavailable"
    "|unknown|user|white"
)
_LONGEST = 80
_SHOWN = re.compile(rf"-?\d{{1,12}}|(?:(?:{_WORDS})\.?){{1,20}}", re.IGNORECASE | re.ASCII)


def shown_code(code: object) -> str:
    """The code; "with no code" for whatever might be something else."""
    text = str(code)
    return text if len(text) <= _LONGEST and _SHOWN.fullmatch(text) else "with no code"
