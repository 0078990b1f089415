"""Every code that the suite can refuse a request with: what its source says in words, and the constraints of its tables.

A code is the first argument of a Refusal. Where that is a parameter, the calls of the function say what it can be, so
helpers such as `check_offered(kind, …)` are followed to the words they are called with.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from chassis import errors
from chassis.migrations.roles import versions_of
from gateway.problems import responses
from standalone.services import SERVICES

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path
    for folder in ("gateway/src", "libs/chassis/src", *(f"services/{s.name}/src" for s in SERVICES))
    for path in (ROOT / folder).rglob("*.py")
)
REFUSALS = {kind.__name__ for kind in responses.STATUS} | {errors.Refusal.__name__}
# Violations of these become a refusal that is named after the constraint.
CONSTRAINTS = (ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint, ExcludeConstraint)
# A trigger names the constraint that it stands for.
RAISED = re.compile(r"USING CONSTRAINT = '(\w+)'")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """An expression, and the functions around it, the innermost last."""

    file: str
    expression: ast.expr
    functions: tuple[Function, ...]


class Source:
    """The calls and constants of all source files."""

    def __init__(self) -> None:
        self.calls: dict[str, list[tuple[ast.Call, str, tuple[Function, ...]]]] = defaultdict(list)
        self.constants: dict[tuple[str, str], str] = {}
        # Said otherwise than by a refusal: a status and a code that stand side by side, a keyword `code`.
        self.problems: set[str] = set()
        for path in SOURCES:
            name = str(path.relative_to(ROOT))
            tree = ast.parse(path.read_text())
            self._read(tree, name, ())
            for statement in tree.body:
                if (
                    isinstance(statement, ast.Assign)
                    and isinstance(statement.value, ast.Constant)
                    and isinstance(statement.value.value, str)
                ):
                    for target in statement.targets:
                        self.constants[name, ast.unparse(target)] = statement.value.value

    def _read(self, node: ast.AST, file: str, functions: tuple[Function, ...]) -> None:
        if isinstance(node, Function):
            functions = (*functions, node)
        if isinstance(node, ast.Call):
            self.calls[_name(node.func)].append((node, file, functions))
            # A code that is handed over to be raised later.
            for keyword in node.keywords:
                if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
                    self.problems.add(keyword.value.value)
        match node:
            case ast.Tuple(elts=[ast.Constant(value=int(status)), ast.Constant(value=str(code)), *_]) if 400 <= status < 600:
                self.problems.add(code)
        for child in ast.iter_child_nodes(node):
            self._read(child, file, functions)

    def refusals(self) -> Iterator[Place]:
        """The code of each refusal that is made somewhere."""
        for kind in sorted(REFUSALS):
            for call, file, functions in self.calls[kind]:
                yield Place(file, _argument(call, 0, "code"), functions)

    def words(self, place: Place) -> set[str] | None:
        """What the expression can be; None if the source alone does not say."""
        match place.expression:
            case ast.Constant(value=str(word)):
                return {word}
            case ast.JoinedStr(values=parts):
                found = [self.words(Place(place.file, part, place.functions)) for part in parts]
                return None if None in found else {"".join(words) for words in product(*(words or () for words in found))}
            case ast.FormattedValue(value=value):
                return self.words(Place(place.file, value, place.functions))
            case ast.Name(id=name) if (place.file, name) in self.constants:
                return {self.constants[place.file, name]}
            case ast.Name(id=name):
                return self._passed(name, place)
        return None

    def _passed(self, parameter: str, place: Place) -> set[str] | None:
        """What the callers of the function around the place pass for its parameter."""
        for depth in range(len(place.functions), 0, -1):
            function = place.functions[depth - 1]
            names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args) if argument.arg != "self"]
            if parameter not in names:
                continue
            found = set()
            for call, file, functions in self.calls[function.name]:
                # A private function is called in its own module; others may have their own of the same name.
                if function.name.startswith("_") and file != place.file:
                    continue
                words = self.words(Place(file, _argument(call, names.index(parameter), parameter), functions))
                if words is None:
                    return None
                found |= words
            return found
        return None


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _argument(call: ast.Call, position: int, name: str) -> ast.expr:
    return next(
        (keyword.value for keyword in call.keywords if keyword.arg == name),
        call.args[position] if len(call.args) > position else ast.Constant(None),
    )


@cache
def spoken() -> tuple[set[str], set[tuple[str, str]]]:
    """The codes in the source, and the places, as file and expression, whose code the source alone does not tell."""
    source = Source()
    codes, untold = {code for code, _ in responses._BY_STATUS.values()}, set()
    for place in source.refusals():
        words = source.words(place)
        if words is None:
            untold.add((place.file, ast.unparse(place.expression)))
        else:
            codes |= words
    # Problems that are no Refusal.
    for call, file, functions in source.calls["_respond"]:
        codes |= source.words(Place(file, call.args[1], functions)) or set()
    return codes | source.problems, untold


def constraints() -> set[str]:
    """The names of the constraints and triggers by which a statement can be refused.

    Keys made by the services (`pk_…`, `fk_…`) and CHECK constraints are left out: requests are held against the rules
    first, so a violation is a defect of ours, whatever it is called.
    """
    tables = [table for service in SERVICES for table in service.metadata.sorted_tables]
    named = {str(constraint.name) for table in tables for constraint in table.constraints if isinstance(constraint, CONSTRAINTS)}
    named |= {str(index.name) for table in tables for index in table.indexes if index.unique}
    migrations = (path for service in SERVICES for path in versions_of(service.name).glob("*.py"))
    named |= {name for path in migrations for name in RAISED.findall(path.read_text())}
    return {name for name in named if not name.startswith(("pk_", "fk_"))}
