"""The command's texts in Chinese, by their English, a file a family of commands. A test holds that none is missing."""

from __future__ import annotations

from cli.chinese.access import ACCESS
from cli.chinese.general import GENERAL
from cli.chinese.people import PEOPLE
from cli.chinese.review import REVIEW

CHINESE: dict[str, str] = {**GENERAL, **ACCESS, **REVIEW, **PEOPLE}
