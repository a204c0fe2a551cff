"""The same kind as a pydantic class: name it in the settings as `timesheet:Timesheet`."""

import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Day(BaseModel):
    """One row."""

    date: datetime.date = Field(json_schema_extra={"captions": ["date", "day"]})
    project: str | None = Field(None, json_schema_extra={"captions": ["project"]})
    hours: float = Field(json_schema_extra={"captions": ["hours"]})


class Timesheet(BaseModel):
    """Time sheet"""

    model_config = ConfigDict(
        json_schema_extra={
            "kind": "timesheet",
            "marks": ["time sheet", "hours worked", "week ending"],
            "checks": [
                "sum(days.hours) = total_hours",
                "total_hours * hourly_rate = total_pay",
                "days.hours <= 24",
                "week_start <= week_end",
            ],
        }
    )

    employee_name: str = Field(json_schema_extra={"type": "name", "captions": ["employee", "name"]})
    employee_number: str | None = Field(None, json_schema_extra={"captions": ["employee no"], "aliases": ["staff_id"]})
    social_security_number: str | None = Field(
        None, json_schema_extra={"type": "ssn", "sensitive": "ssn", "captions": ["ssn"]}
    )
    week_start: datetime.date | None = Field(None, json_schema_extra={"captions": ["week from"]})
    week_end: datetime.date = Field(json_schema_extra={"captions": ["week ending"]})
    total_hours: float = Field(json_schema_extra={"captions": ["total hours"]})
    hourly_rate: Decimal | None = Field(None, json_schema_extra={"captions": ["rate"]})
    total_pay: Decimal = Field(json_schema_extra={"captions": ["total pay"]})
    days: list[Day] = Field(json_schema_extra={"anchor": "hours"})
