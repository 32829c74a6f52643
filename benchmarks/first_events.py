"""The events with which cold starts are measured."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from benchmarks.common import READ, SCIM_TOKEN, add_users
from local.cloud import LocalCloud
from local.hr.dingtalk import DingTalk


def http(command: dict[str, Any]) -> dict[str, Any]:
    """A command as a Function URL event."""
    headers = {"idempotency-key": os.urandom(8).hex()}
    return {"httpMethod": "POST", "path": "/", "headers": headers, "queryString": {}, "body": json.dumps(command)}


def create(_cloud: LocalCloud) -> dict[str, Any]:
    """A user that does not exist."""
    return http({"user": f"u{os.urandom(8).hex()}", "policies": [READ]})


def grant(cloud: LocalCloud) -> dict[str, Any]:
    """A policy for a user that exists."""
    name = f"u{os.urandom(8).hex()}"
    add_users(cloud, [name])
    return http({"user": name, "policies": [READ]})


def grant_by_kafka(cloud: LocalCloud) -> dict[str, Any]:
    """The same as one message of a CKafka trigger."""
    data = json.loads(grant(cloud)["body"])
    envelope = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/b", "id": data["user"], "data": data}
    place = {"topic": "im-access", "partition": 0, "offset": time.time_ns(), "msgKey": "None"}
    return {"Records": [{"Ckafka": {**place, "msgBody": json.dumps(envelope)}}]}


def visit(_cloud: LocalCloud) -> dict[str, Any]:
    """The credentials page, asked for with a link that leads nowhere."""
    headers = {"accept-language": "en"}
    return {"httpMethod": "GET", "path": f"/{os.urandom(32).hex()}", "headers": headers, "queryString": {}}


def look_up(_cloud: LocalCloud) -> dict[str, Any]:
    """What an identity provider asks first: a user who does not exist."""
    headers = {"authorization": f"Bearer {SCIM_TOKEN}"}
    query = {"filter": f'userName eq "u{os.urandom(8).hex()}"'}
    return {"httpMethod": "GET", "path": "/scim/v2/Users", "headers": headers, "queryString": query}


def provision(_cloud: LocalCloud) -> dict[str, Any]:
    """What an identity provider sends next: the user that it is to create."""
    name = f"u{os.urandom(8).hex()}"
    schema = "urn:ietf:params:scim:schemas:core:2.0:User"
    mail = [{"value": f"{name}@corp.example", "primary": True}]
    user = {"schemas": [schema], "userName": name, "externalId": name, "active": True, "emails": mail}
    headers = {"authorization": f"Bearer {SCIM_TOKEN}", "content-type": "application/scim+json"}
    request = {"httpMethod": "POST", "path": "/scim/v2/Users", "headers": headers, "queryString": {}}
    return request | {"body": json.dumps(user)}


def push(app: DingTalk) -> dict[str, Any]:
    """DingTalk's push of somebody who left, as a Function URL hands it over."""
    pushed = app.event("user_leave_org", userId=["zhangwei"])
    headers = {"content-type": "application/json"}
    request = {"httpMethod": "POST", "path": "/dingtalk", "headers": headers, "queryString": pushed.query}
    return request | {"body": pushed.body.decode()}
