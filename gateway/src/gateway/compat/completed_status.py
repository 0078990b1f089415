"""Some front ends call a completed appointment `attended`. With CASELOAD_COMPLETED_STATUS=attended the gateway does too.

Requests may say either word, whatever the setting. Replies and the OpenAPI document say the word of the setting.
"""

from typing import Any, Literal

from gateway.request import GatewayRequest

Word = Literal["completed", "attended"]
_COMPLETED: Word = "completed"
_ATTENDED: Word = "attended"


def understand(status: Any) -> Any:
    """The status in the word that services know."""
    return _COMPLETED if status == _ATTENDED else status


def translate(status: Any, request: GatewayRequest) -> Any:
    """The status in the word of the setting."""
    word: Word = request.scope["app"].state.settings.completed_status
    return word if status == _COMPLETED else status


def describe(schema: Any, word: Word, statuses: list[str]) -> Any:
    """The part of the OpenAPI document with `word` in every list of the `statuses` of an appointment."""
    if isinstance(schema, dict):
        return {name: describe(part, word, statuses) for name, part in schema.items()}
    if isinstance(schema, list):
        if schema == statuses:
            return [word if status == _COMPLETED else status for status in statuses]
        return [describe(part, word, statuses) for part in schema]
    return schema
