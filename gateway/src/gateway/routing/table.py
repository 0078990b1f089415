"""The table of all routes: paths as a tree of their segments, and at each path the routes by method.

A literal segment is preferred to a parameter, as `/appointments/conflicts` to `/appointments/{appointment_id}`,
whatever the order in which the routes were added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

RouteT = TypeVar("RouteT")


@dataclass(slots=True)
class _Node(Generic[RouteT]):
    """A segment; the routes are those of the path that ends here, by method."""

    literals: dict[str, "_Node[RouteT]"] = field(default_factory=dict)
    parameter: "_Node[RouteT] | None" = None
    routes: dict[str, RouteT] = field(default_factory=dict)


class RouteTable(Generic[RouteT]):
    def __init__(self) -> None:
        self._root: _Node[RouteT] = _Node()

    def add(self, path: str, method: str, route: RouteT) -> None:
        """Adds a route. ValueError when the path has a segment that is a parameter in part only, or when the place is taken."""
        node = self._root
        for segment in path.split("/"):
            if "{" not in segment:
                node = node.literals.setdefault(segment, _Node())
            elif parameter_name(segment):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                raise ValueError(f"{path}: a parameter has to be a whole segment of the path")
        if method in node.routes:
            raise ValueError(f"{method} {path} has a route already")
        node.routes[method] = route

    def find(self, method: str, path: str) -> tuple[RouteT, list[str]] | None:
        """The route of a method and a path, and the values of the path's parameters from left to right."""
        values: list[str] = []
        node = _find(self._root, path.split("/"), 0, method, values)
        return None if node is None else (node.routes[method], values)

    def methods(self, path: str) -> dict[str, RouteT]:
        """The routes of a path by method; none for an unknown path."""
        found: dict[str, RouteT] = {}
        nodes = [self._root]
        for segment in path.split("/"):
            literals = [node.literals[segment] for node in nodes if segment in node.literals]
            parameters = [node.parameter for node in nodes if segment and node.parameter is not None]
            nodes = literals + parameters
        for node in reversed(nodes):
            found |= node.routes
        return found


def parameter_name(segment: str) -> str:
    """The name in `{name}`; empty for a segment that is not one whole parameter."""
    name = segment[1:-1]
    return name if segment == f"{{{name}}}" and name.isidentifier() else ""


def _find(node: _Node[RouteT], segments: Sequence[str], depth: int, method: str, values: list[str]) -> _Node[RouteT] | None:
    if depth == len(segments):
        return node if method in node.routes else None
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None and (found := _find(literal, segments, depth + 1, method, values)) is not None:
        return found
    # As in Starlette, an empty segment is no value.
    if node.parameter is not None and segment:
        values.append(segment)
        if (found := _find(node.parameter, segments, depth + 1, method, values)) is not None:
            return found
        values.pop()
    return None
