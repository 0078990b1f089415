"""Which values a department may have, and when it may be deleted. Pure functions."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Conflict, Fault, Invalid

CHANGEABLE = ("name", "code", "is_active")

_MAX_LENGTH = {"name": 100, "code": 20}


def check_department(values: Mapping[str, Any]) -> dict[str, Any]:
    """The department with name and code trimmed. Raises Invalid with a fault for every wrong field."""
    department = {**values, "name": (values["name"] or "").strip(), "code": (values["code"] or "").strip()}
    faults = [
        Fault(f"/{name}", f"must have 1 to {most} characters")
        for name, most in _MAX_LENGTH.items()
        if not 1 <= len(department[name]) <= most
    ]
    if not isinstance(department["is_active"], bool):
        faults.append(Fault("/is_active", "cannot be cleared"))
    if faults:
        raise Invalid("department_invalid", "The department cannot be kept like this.", faults=faults)
    return department


def check_deletion(users: int) -> None:
    """Raise Conflict if users, active or not, belong to the department."""
    if users:
        raise Conflict("department_in_use", "Users belong to this department.", facts={"user_count": users})
