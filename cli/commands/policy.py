"""`im-access policy build`: prints or creates a custom policy for one application of Instant Messaging."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import click

from cli.exit_codes import FAILED, OK
from cli.im_policies import ROLES, Role, document, name, text
from cli.language import _
from cli.terminal import spreadsheet
from cli.terminal.command import Commands, command
from cli.terminal.console import Console
from doctor.documents import Right, parse
from shared.errors import CloudError
from shared.tencent.cam import Cam

WORDS = {
    "created": "created",
    "not_created": "not created: --create does",
    "exists": "is there already, and allows the same",
    "differs": "is there already, and allows something else",
    "taken": "somebody else has just created it: run this again",
}
_IN_USE = "FailedOperation.PolicyNameInUse"


@command("build", example="im-access policy build --sdk-app-id 1400000000 --role operator")
@click.option("--sdk-app-id", type=click.IntRange(min=1), required=True, metavar="N", help="of the application")
@click.option("--role", type=click.Choice(ROLES), required=True, help="what it may do: read, operate, or everything")
@click.option("--create", is_flag=True, help="create it in CAM, unless it is there")
@click.pass_obj
def build(console: Console, sdk_app_id: int, role: str, create: bool) -> int:
    """A custom policy for one IM application; sensitive actions are denied by name to all but owners."""
    container = console.container()
    owner = container.owner_uin(console.api())
    content = document(owner, sdk_app_id, cast("Role", role))
    called = name(sdk_app_id, cast("Role", role), content)
    found = Cam(console.api())
    there = next((policy for policy in found.policies("Local", called) if policy.name == called), None)
    code, came = OK, "not_created"
    if there is not None:
        known = found.policy(there.id)
        same = known is not None and _same(known.document, text(content))
        code = OK if same else FAILED
        came = "exists" if same else "differs"
    elif create:
        came = _create(console, called, text(content))
    if console.as_json:
        console.show_json({"name": called, "document": content, "id": there.id if there else None, "result": came})
        return code
    console.out.write(spreadsheet.json_text(content))
    console.warn(f"{called}: {_(WORDS[came])}")
    console.warn(_("To have it given, add {name} to IM_ACCESS_POLICIES.").format(name=called))
    return code


def _create(console: Console, called: str, body: str) -> str:
    try:
        params = {"PolicyName": called, "PolicyDocument": body, "Description": "made by im-access policy build"}
        console.api().write("cam", "CreatePolicy", params)
    except CloudError as error:
        if error.cloud_code != _IN_USE:
            raise
        return "taken"
    return "created"


def _same(one: str, other: str) -> bool:
    """Whether two documents allow and deny the same rights, whatever their spelling."""
    try:
        first, second = parse(one), parse(other)
    except ValueError:
        return False
    return _meaning(first.allowed) == _meaning(second.allowed) and _meaning(first.denied) == _meaning(second.denied)


def _meaning(rights: Iterable[Right]) -> set[Right]:
    return {right._replace(action=right.action.lower()) for right in rights}


policy = Commands("policy", help="Custom policies for Instant Messaging.", commands=(build,))
