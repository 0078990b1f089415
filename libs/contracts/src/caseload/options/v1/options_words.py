"""The words for the enums of caseload/options/v1/options.proto, as the API writes them. Generated; never edited."""

from typing import Final, Literal

Action = Literal["CREATE", "READ", "UPDATE", "DELETE", "LOGIN", "LOGOUT", "EXPORT", "PRINT", "SHARE"]
ACTION_WORDS: Final[dict[int, Action]] = {
    1: "CREATE",
    2: "READ",
    3: "UPDATE",
    4: "DELETE",
    5: "LOGIN",
    6: "LOGOUT",
    7: "EXPORT",
    8: "PRINT",
    9: "SHARE",
}

Resource = Literal["User", "Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare", "Service", "Location", "Workspace", "Alert", "Audit"]
RESOURCE_WORDS: Final[dict[int, Resource]] = {
    1: "User",
    2: "Client",
    3: "Appointment",
    4: "Session",
    5: "SessionAttachment",
    6: "PlanOfCare",
    7: "Service",
    8: "Location",
    9: "Workspace",
    10: "Alert",
    11: "Audit",
}
