"""The query strings of json-server 0.17: which patients are asked for, and how the answer tells of the pages beside it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from caseload.clients.v1 import patients_pb2 as pb
from chassis.errors import Fault
from gateway.problems.responses import BadRequest

FIELDS = frozenset({"id", "patientID", "name", "age", "gender", "medicalCondition", "lastVisit"})
_DEFAULT_LIMIT = 10
_MOST_PARAMETERS = 100
_LARGEST = 2**53
_WHOLE_NUMBER = re.compile(r"\s*([+-]?[0-9]+)", re.ASCII)
_OPERATOR = re.compile(r"(.*)_(ne|gte|lte|like)", re.DOTALL)
_COMPARISONS: Mapping[str, pb.PatientComparison] = {
    "ne": pb.PATIENT_COMPARISON_NOT_EQUAL,
    "gte": pb.PATIENT_COMPARISON_AT_LEAST,
    "lte": pb.PATIENT_COMPARISON_AT_MOST,
    "like": pb.PATIENT_COMPARISON_LIKE,
}
_OWN = frozenset({"q", "_sort", "_order", "_page", "_limit", "_start", "_end"})
# Other resources than patients, which there are none of, and the answer as a script that any page can run.
_REFUSED = frozenset({"_embed", "_expand", "callback"})
_ONCE = frozenset({"_sort", "_order"})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`counted` says that the answer tells how many there are; `page` which page it is, if it is one, and `limit` of how many."""

    message: pb.ListPatientsRequest
    counted: bool
    page: int | None = None
    limit: int = _DEFAULT_LIMIT

    def neighbours(self, total: int) -> dict[str, int]:
        """The numbers of the first, previous, next and last page, by their names; those there are."""
        if self.page is None:
            return {}
        start, end = self.message.start, self.message.end
        shown = len(range(total)[start:end])
        found: dict[str, int] = {}
        if shown and shown != total:
            found["first"] = 1
        if shown and self.page > 1:
            found["prev"] = self.page - 1
        if shown and end < total:
            found["next"] = self.page + 1
        if shown and shown != total:
            found["last"] = -(-total // self.limit)
        return found

    def links(self, url: str, total: int) -> str:
        """The value of the Link header; empty where there is one page only, or none."""
        neighbours = self.neighbours(total)
        current = f"page={self.page if 'first' in neighbours else 'undefined'}"
        return ", ".join(f'<{url.replace(current, f"page={number}", 1)}>; rel="{name}"' for name, number in neighbours.items())


def read(query_string: bytes) -> ListQuery:
    """Raises BadRequest for what json-server would answer with an error, with records it does not have, or as a script."""
    given = _parameters(query_string)
    message = pb.ListPatientsRequest(search=given["q"][0] if "q" in given else "")
    for name, values in given.items():
        operator = _OPERATOR.fullmatch(name)
        if name in _OWN:
            continue
        if operator is not None:
            # What is no field's name may be anything, and is not passed on.
            _add(message, operator[1] if operator[1] in FIELDS else "", _COMPARISONS[operator[2]], values)
        elif name in FIELDS:
            _add(message, name, pb.PATIENT_COMPARISON_EQUAL, values)
    directions = given.get("_order", [""])[0].split(",")
    for place, field in enumerate(given.get("_sort", [""])[0].split(",")):
        if field in FIELDS:
            descending = place < len(directions) and directions[place].lower() == "desc"
            message.order.append(field)
            message.descending.append(descending)
    return _window(message, given)


def _add(message: pb.ListPatientsRequest, field: str, comparison: pb.PatientComparison, values: Sequence[str]) -> None:
    message.values.extend(values)
    message.fields.extend([field] * len(values))
    message.comparisons.extend([comparison] * len(values))


def _window(message: pb.ListPatientsRequest, given: Mapping[str, Sequence[str]]) -> ListQuery:
    """Sets which part of the list is asked for."""
    counted = any(_is_set(given, name) for name in ("_page", "_limit", "_end"))
    limit = _number(given, "_limit")
    if _is_set(given, "_page"):
        page = max(1, _number(given, "_page") or 1)
        size = limit or _DEFAULT_LIMIT
        message.start, message.end = _bounded((page - 1) * size), _bounded(page * size)
        return ListQuery(message, counted, page, size)
    start = _number(given, "_start") or 0
    if _is_set(given, "_end"):
        message.start, message.end = start, _number(given, "_end") or 0
    elif _is_set(given, "_limit"):
        message.start, message.end = start, 0 if limit is None else start + limit
    return ListQuery(message, counted)


def _parameters(query_string: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise _refused(f"cannot be read, or has more than {_MOST_PARAMETERS} names") from None
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    if any("[" in name for name in given):
        raise _refused("has a name with brackets, which is not known here; give a name several times instead")
    for name in sorted(given.keys() & _REFUSED):
        raise _refused(f"has {name}, which is not known here")
    for name in sorted(given.keys() & _ONCE):
        if len(given[name]) > 1:
            raise _refused(f"has {name} twice; put commas between several")
    return given


def _is_set(given: Mapping[str, Sequence[str]], name: str) -> bool:
    return name in given and (len(given[name]) > 1 or bool(given[name][0]))


def _number(given: Mapping[str, Sequence[str]], name: str) -> int | None:
    """The whole number that the text begins with, as JavaScript's parseInt reads it; None for none."""
    found = _WHOLE_NUMBER.match(",".join(given.get(name, ())))
    if found is None:
        return None
    # Longer than any list; Python refuses to read thousands of digits.
    return _bounded(int(found[1][:20]))


def _bounded(number: int) -> int:
    return max(-_LARGEST, min(number, _LARGEST))


def _refused(detail: str) -> BadRequest:
    return BadRequest("invalid_patient_query", "The list cannot be asked for like this.", faults=[Fault("", f"The query {detail}.")])
