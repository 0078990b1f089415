"""The table of all routes: paths as a tree of their segments, and at each path the routes by method.

A literal segment is preferred to a parameter, as `/appointments/conflicts` to `/appointments/{appointment_id}`, and a parameter with
an ending, as `{token}.ics`, to one without, whatever the order in which the routes were added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

RouteT = TypeVar("RouteT")


@dataclass(slots=True)
class _Node(Generic[RouteT]):
    """A segment; the routes are those of the path that ends here, by method."""

    literals: dict[str, "_Node[RouteT]"] = field(default_factory=dict)
    # Parameters with an ending, by the ending.
    endings: dict[str, "_Node[RouteT]"] = field(default_factory=dict)
    parameter: "_Node[RouteT] | None" = None
    routes: dict[str, RouteT] = field(default_factory=dict)


class RouteTable(Generic[RouteT]):
    def __init__(self) -> None:
        self._root: _Node[RouteT] = _Node()

    def add(self, path: str, method: str, route: RouteT) -> None:
        """Adds a route. ValueError when the path has a parameter that does not begin its segment, or when the place is taken."""
        node = self._root
        for segment in path.split("/"):
            if "{" not in segment:
                node = node.literals.setdefault(segment, _Node())
            elif not parameter_name(segment):
                raise ValueError(f"{path}: a parameter has to begin its segment of the path")
            elif ending := segment.partition("}")[2]:
                node = node.endings.setdefault(ending, _Node())
            else:
                node.parameter = node.parameter or _Node()
                node = node.parameter
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
            endings = [inner for node in nodes for ending, inner in node.endings.items() if _ends(segment, ending)]
            parameters = [node.parameter for node in nodes if segment and node.parameter is not None]
            nodes = literals + endings + parameters
        for node in reversed(nodes):
            found |= node.routes
        return found


def parameter_name(segment: str) -> str:
    """The name in `{name}` or `{name}.ending`; empty for a segment that is no such parameter."""
    name, _, ending = segment.removeprefix("{").partition("}")
    is_parameter = segment.startswith(f"{{{name}}}") and name.isidentifier() and (not ending or ending.startswith("."))
    return name if is_parameter and "{" not in ending else ""


def _ends(segment: str, ending: str) -> bool:
    """Whether the segment has the ending, after a value that is not empty."""
    return len(segment) > len(ending) and segment.endswith(ending)


def _find(node: _Node[RouteT], segments: Sequence[str], depth: int, method: str, values: list[str]) -> _Node[RouteT] | None:
    if depth == len(segments):
        return node if method in node.routes else None
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None and (found := _find(literal, segments, depth + 1, method, values)) is not None:
        return found
    for ending, inner in node.endings.items():
        if _ends(segment, ending):
            values.append(segment.removesuffix(ending))
            if (found := _find(inner, segments, depth + 1, method, values)) is not None:
                return found
            values.pop()
    # As in Starlette, an empty segment is no value.
    if node.parameter is not None and segment:
        values.append(segment)
        if (found := _find(node.parameter, segments, depth + 1, method, values)) is not None:
            return found
        values.pop()
    return None
