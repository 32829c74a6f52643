"""Every command of `im-access`, in the order of its help.

The commands of the product come from their rows in shared/operations.py. To add another, write it in a module of its
own with `@command` (see command.py; a group of commands is a `Commands`, see dead_letters.py), import it here, name it
in COMMANDS, and give its texts their Chinese in `cli/chinese/`.
"""

from __future__ import annotations

from cli.commands import ORDERS
from cli.completion import completion
from cli.dead_letters import dead_letters
from cli.doctor import doctor
from cli.drift import drift
from cli.evidence import evidence
from cli.history import history
from cli.outbox import outbox
from cli.people import people
from cli.policy import policy
from cli.report import report
from cli.review import review
from cli.rules import rules
from cli.scim_token import scim_token
from cli.smoke import smoke
from cli.users import users
from cli.who import who

COMMANDS = (
    *ORDERS,
    users,
    review,
    drift,
    who,
    history,
    evidence,
    report,
    policy,
    dead_letters,
    outbox,
    rules,
    people,
    doctor,
    smoke,
    scim_token,
    completion,
)
