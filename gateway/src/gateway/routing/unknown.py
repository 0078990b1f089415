"""What a request names and its route does not know. Query names are refused; members of a body are ignored, and named in the reply.

`Prefer: handling=strict` (RFC 7240) refuses unknown members too, and so does a body in which nothing is known: somebody who
sends `{"subjectve": …}` must not be told that all is saved.
"""

import re
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel

from chassis.errors import Fault, Invalid
from gateway.request import GatewayRequest

# Any other name may be a slip that put what somebody typed into its place, and replies are logged by those who receive them.
_NAME = re.compile(r"[A-Za-z_]{1,40}")
_MOST_NAMED = 20


def query_names(route: APIRoute) -> frozenset[str]:
    """The names that the route takes in a query string."""
    names: set[str] = set()
    for field in (field for each in _with_dependencies(route.dependant) for field in each.query_params):
        annotation: Any = field.field_info.annotation
        is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
        names |= _members(annotation).keys() if is_model else {field.alias}
    return frozenset(names)


def check_query(query: bytes, known: Collection[str]) -> None:
    """Raises Invalid if the query string has a name that is not known."""
    names = dict.fromkeys(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    if unknown := [name for name in names if name not in known]:
        faults = [_fault("", name, known) for name in unknown[:_MOST_NAMED]]
        raise Invalid("unknown_parameter", "A name in the query is not known here; `errors` says which.", faults=faults)


@dataclass(frozen=True, slots=True)
class Shape:
    """The members of an object, or of each object in a list; the shape of each member, None for one that may hold anything."""

    members: Mapping[str, "Shape | None"]


def body_shape(route: APIRoute) -> Shape | None:
    """The shape of the route's JSON body; None without one."""
    if route.body_field is None or isinstance(route.body_field.field_info, Form):
        return None
    return shape_of(route.body_field.field_info.annotation)


def shape_of(annotation: Any) -> Shape | None:
    """The shape of a type, whose optional, alternative and list parts are looked into."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape(_members(annotation))
    if get_origin(annotation) in {Annotated, list}:
        return shape_of(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return next((shape for part in get_args(annotation) if (shape := shape_of(part)) is not None), None)
    return None


def check_members(request: GatewayRequest, value: Any, shape: Shape) -> None:
    """Names unknown members in X-Ignored-Members. Raises Invalid if they are to be refused."""
    strict = _is_strict(request)
    if strict:
        request.add_header(b"preference-applied", "handling=strict")
    unknown = list(_unknown(value, shape, ""))
    if not unknown:
        return
    if strict or (isinstance(value, dict) and not value.keys() & shape.members.keys()):
        faults = [_fault(place, name, known) for place, name, known in unknown[:_MOST_NAMED]]
        raise Invalid("unknown_member", "A member of the body is not known here; `errors` says which.", faults=faults)
    request.add_header(b"x-ignored-members", ", ".join(place + _pointer(name) for place, name, _ in unknown[:_MOST_NAMED]))


def _with_dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _with_dependencies(each)


def _members(model: type[BaseModel]) -> dict[str, Shape | None]:
    return {field.alias or name: shape_of(field.annotation) for name, field in model.model_fields.items()}


def _unknown(value: Any, shape: Shape, place: str) -> Iterator[tuple[str, str, Collection[str]]]:
    """The place (a JSON pointer) of each object with an unknown member, the member's name, and the names known there."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, shape, f"{place}/{number}")
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in shape.members:
                yield place, name, shape.members.keys()
            elif (inner := shape.members[name]) is not None:
                yield from _unknown(part, inner, f"{place}/{name}")


def _fault(place: str, name: str, known: Collection[str]) -> Fault:
    nearest = get_close_matches(name, known, n=1)
    return Fault(place + _pointer(name), f"Is not known here; did you mean {nearest[0]}?" if nearest else "Is not known here.")


def _pointer(name: str) -> str:
    return f"/{name}" if _NAME.fullmatch(name) else "/-"


def _is_strict(request: GatewayRequest) -> bool:
    preferences = ",".join(value.decode("latin-1") for name, value in request.scope["headers"] if name == b"prefer")
    return any(re.fullmatch(r'\s*handling\s*=\s*"?strict"?\s*(;.*)?', preference, re.IGNORECASE) for preference in preferences.split(","))
