"""A person in the common form of all HR systems, and the event about one person."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic import Field as PydanticField

from shared.commands.command import invalid
from shared.errors import Rejected

_MOMENT = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$"

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=200)]
Moment = Annotated[str, StringConstraints(pattern=_MOMENT)]
"""RFC 3339, or a date alone, which is a whole day in IM_ACCESS_TIME_ZONE."""
Value = str | int | float | bool | None
Status = Literal["active", "suspended", "left"]


class Person(BaseModel):
    """The data of an event: the whole person, not a change. `employee`: the lasting id in the HR system."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    employee: Id
    status: Status
    name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    departments: Annotated[list[Text], PydanticField(max_length=200)] = []
    title: Text | None = None
    employee_type: Text | None = None
    manager: Text | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    user: Text | None = None
    language: Text | None = None
    attributes: Annotated[dict[Text, Value | list[Value]], PydanticField(max_length=100)] = {}

    @classmethod
    def parse(cls, data: Any) -> Person:  # noqa: ANN401 - whatever JSON gave
        """The person in decoded JSON. Raises Rejected `invalid_person`, which names fields and rules, never values."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise Rejected("invalid_person", invalid(error)) from None

    def keeping_status(self) -> Person:
        """This person without a status, for a partial event that does not change the status."""
        values = {name: getattr(self, name) for name in Person.model_fields}
        return Person.model_construct(self.model_fields_set - {"status"}, **values)

    @property
    def says_status(self) -> bool:
        """Whether the event contains a status."""
        return "status" in self.model_fields_set


class PersonEvent(NamedTuple):
    """An event about one person.

    `source` and `person.employee` identify the person, `source` and `id` the event; `time`: seconds since the epoch.
    `renamed_from`: the id that the person had before; `also`: a second id of the person, which the HR system uses where
    it may not show the first. `partial`: fields that `person` does not set stay as they were, also the status after
    `keeping_status()`.
    """

    source: str
    id: str
    time: float
    person: Person
    renamed_from: str | None = None
    partial: bool = False
    also: str | None = None
