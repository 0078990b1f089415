"""The If-Match header: the version of a thing that its writer saw."""

import re
from typing import Annotated

from fastapi import Header

from chassis.errors import Fault, Invalid

IfMatch = Annotated[str | None, Header(description='The version that was seen, as in the ETag: "3".')]
_ENTITY_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})"|([0-9]{1,18})')


def expected_version(if_match: str | None) -> int | None:
    """The version in an If-Match header; None for any version. Raises Invalid unless it is one version or `*`."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ENTITY_TAG.fullmatch(if_match.strip())
    if found is None:
        fault = Fault("/If-Match", 'Should be one version, like "3".')
        raise Invalid("invalid_if_match", "The If-Match header names no version.", faults=(fault,))
    return int(found[1] or found[2])
