"""The words for the enums of caseload/audit/v1/events.proto, as the API writes them. Generated; never edited."""

from typing import Final, Literal

Outcome = Literal["success", "failure"]
OUTCOME_WORDS: Final[dict[int, Outcome]] = {
    1: "success",
    2: "failure",
}
