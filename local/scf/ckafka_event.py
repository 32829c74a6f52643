"""The event of a batch of messages, as a CKafka trigger sends it (https://cloud.tencent.com/document/product/583/31927)."""

import json
from typing import Any

from local.kafka import Record
from local.scf.model import EVENT_LIMIT


def event(batch: list[Record]) -> dict[str, Any]:
    """The event of a batch. A missing key is the string `None`, as on the platform."""
    return {"Records": [{"Ckafka": message(record)} for record in batch]}


def message(record: Record) -> dict[str, Any]:
    """One record's fields; bytes that are no UTF-8 are replaced."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "msgKey": "None" if record.key is None else record.key.decode("utf-8", "replace"),
        "msgBody": record.value.decode("utf-8", "replace"),
    }


def fitting(records: list[Record]) -> list[Record]:
    """The first records, as many as fit into one event, but at least one."""
    taken: list[Record] = []
    size = len(json.dumps(event([])))
    for record in records:
        size += len(json.dumps({"Ckafka": message(record)}, ensure_ascii=False).encode()) + len(", ")
        if taken and size > EVENT_LIMIT:
            break
        taken.append(record)
    return taken
