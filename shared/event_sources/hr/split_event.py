"""Splits an event about several persons into one event for each, so that an error with one does not stop the others."""

from __future__ import annotations

from shared.event_sources.hr import bamboohr, dingtalk
from shared.event_sources.hr.received import HrEvent, digest


def parts(event: HrEvent) -> list[HrEvent]:
    """The event of each person, with its own id; or the event itself, if it is about one person."""
    if event.source == dingtalk.SOURCE:
        users = dingtalk.user_ids(event.data)
        named = [(user, event._replace(data={**event.data, "userid": [user]})) for user in users]
    elif event.source == bamboohr.SOURCE:
        rows = event.data["employees"]
        named = [
            (f"{place}:{row['id']}", event._replace(data={"employees": [row]}, time=row["time"] or event.time))
            for place, row in enumerate(rows)
        ]
    else:
        return [event]
    return [one._replace(id=digest(event.id, name)) if len(named) > 1 else one for name, one in named]
