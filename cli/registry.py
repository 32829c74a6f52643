"""Every command of `im-access`, in the order of its help.

The commands that run an operation of the functions come from the rows of shared/operations.py. To add another command,
write it in a module of its own in `cli/commands/` with `@command` (see terminal/command.py; a group of commands is a
`Commands`, see dead_letters.py), import it here, add it to COMMANDS, and add the Chinese texts to `cli/chinese/`.
"""

from __future__ import annotations

from cli.commands.completion import completion
from cli.commands.dead_letters import dead_letters
from cli.commands.doctor import doctor
from cli.commands.drift import drift
from cli.commands.evidence import evidence
from cli.commands.history import history
from cli.commands.operations import OPERATION_COMMANDS
from cli.commands.outbox import outbox
from cli.commands.people import people
from cli.commands.policy import policy
from cli.commands.report import report
from cli.commands.review import review
from cli.commands.rules import rules
from cli.commands.scim_token import scim_token
from cli.commands.smoke import smoke
from cli.commands.users import users
from cli.commands.who import who

COMMANDS = (
    *OPERATION_COMMANDS,
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
