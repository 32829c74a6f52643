"""The command's texts in Chinese, keyed by the English text; one file for each group of commands.

A test checks that no text is missing."""

from __future__ import annotations

from cli.chinese.access import ACCESS
from cli.chinese.general import GENERAL
from cli.chinese.people import PEOPLE
from cli.chinese.review import REVIEW

CHINESE: dict[str, str] = {**GENERAL, **ACCESS, **REVIEW, **PEOPLE}
