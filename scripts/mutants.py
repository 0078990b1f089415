"""`make mutants`: changes the rules one operator at a time and asks whether a quick test notices.

A mutant that every test passes with has survived: a test is missing, or the change means nothing. mutants.toml says what is
changed, which tests have to notice, and which survivors may live, each with its reason. Ends with 1 where one lives
that is not listed, or where one is listed that no longer lives.
"""

import argparse
import ast
import copy
import json
import os
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PLAN = Path(__file__).with_name("mutants.toml")
COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
# A mutant may go round for ever; it has been noticed then.
SECONDS_AT_LEAST, TIMES_AS_LONG = 20.0, 8.0
NOTICED, LIVES, TOO_SLOW = "noticed", "lives", "too slow"


# --- the changes ---


@dataclass(frozen=True)
class Mutant:
    """A module with one change; `name` tells where and what."""

    name: str
    tree: ast.Module = field(repr=False)


def mutants(source: str, functions: list[str], without: list[str]) -> Iterator[Mutant]:
    """Every change to the module, or to these functions and classes of it alone, but for those it goes without."""
    tree = ast.parse(source)
    for number, (place, statement, node) in enumerate(_walk(tree)):
        if (functions and not _is_within(place, functions)) or _is_within(place, without):
            continue
        for variant, _ in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            _, _, target = next(islice(_walk(changed), number, None))
            before = _told(target)
            _changes(target)[variant]()
            where = f"{place or 'module'}: {_told(statement)}"
            yield Mutant(f"{where} | {before} -> {_told(target)}", ast.fix_missing_locations(changed))


def _is_within(place: str, names: list[str]) -> bool:
    return any(f"{place}.".startswith(f"{name}.") for name in names)


def _told(node: ast.AST) -> str:
    """A node in a line: of a function, a condition or a loop its head."""
    return ast.unparse(node).partition("\n")[0]


def _walk(node: ast.AST, place: str = "", statement: ast.AST | None = None) -> Iterator[tuple[str, ast.AST, ast.AST]]:
    """Every node that runs, with the function and the statement it belongs to: no annotation, no decorator, no docstring."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_prose(child) or _is_type_variable(child):
                continue
            inner = place
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}" if place else child.name
            within = child if isinstance(child, ast.stmt) or statement is None else statement
            yield inner, within, child
            yield from _walk(child, inner, within)


def _is_prose(node: ast.AST) -> bool:
    """A docstring, or what people are told: what it says is no rule."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value)


def _is_type_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("TypeVar(")


def _changes(node: ast.AST) -> list[Callable[[], None]]:
    """The ways to change this node in place."""
    return [*_operators(node), *_values(node), *_steps(node)]


def _operators(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                yield partial(node.ops.__setitem__, place, COMPARISONS[type(operator)]())
        case ast.BoolOp():
            yield partial(setattr, node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.BinOp() | ast.AugAssign() if type(node.op) in OPERATORS:
            yield partial(setattr, node, "op", OPERATORS[type(node.op)]())
        case ast.UnaryOp(op=ast.USub()):
            yield partial(setattr, node, "op", ast.UAdd())
        case ast.UnaryOp(op=ast.Not()):
            yield partial(setattr, node, "operand", ast.UnaryOp(ast.Not(), node.operand))


def _values(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.Constant(value=bool()):
            yield partial(setattr, node, "value", not node.value)
        case ast.Constant(value=int() | float()):
            yield partial(setattr, node, "value", node.value + 1)
        case ast.Constant(value=str()):
            yield partial(setattr, node, "value", f"{node.value}~")
        case ast.Constant(value=bytes()):
            yield partial(setattr, node, "value", node.value + b"~")
        case ast.Slice():
            yield from (partial(setattr, node, end, None) for end in ("lower", "upper") if getattr(node, end) is not None)


def _steps(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.If() | ast.IfExp() | ast.While():
            yield partial(setattr, node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *_]):
            yield partial(setattr, node, "ifs", [])
        case ast.Return(value=ast.expr()) if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield partial(setattr, node, "value", ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call()):
            # A refusal or a check that is left out: the name is looked up and nothing is done with it.
            yield partial(_become_nothing, node)


def _become_nothing(node: ast.AST) -> None:
    node.__class__ = ast.Expr
    node.__dict__ = {"value": ast.Constant(None), "lineno": getattr(node, "lineno", 1), "col_offset": 0}


# --- trying one ---


@dataclass(frozen=True)
class Target:
    """A module, and the tests that have to notice when it is changed."""

    path: Path
    module: str
    functions: list[str]
    without: list[str]
    tests: list[str]


class Changed(SourceFileLoader):
    """Loads a module from a tree instead of its file."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")


class Finder:
    """Finds the changed module before anybody finds its file."""

    def __init__(self, target: Target, tree: ast.Module) -> None:
        self._target, self._tree = target, tree

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self._target.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        loader = Changed(fullname, str(self._target.path))
        loader.tree = self._tree
        spec.loader = loader
        return spec


def attempt(target: Target, tree: ast.Module, out: int) -> int:
    """Runs the tests against the tree, in this process; pytest's exit code."""
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.meta_path.insert(0, Finder(target, tree))  # type: ignore[arg-type]
    # No examples from earlier runs, the same ones every time, and no search for the smallest.
    hypothesis = import_module("hypothesis")
    hypothesis.settings.register_profile(
        "mutants", database=None, derandomize=True, deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
    )
    hypothesis.settings.load_profile("mutants")
    # What is imported already cannot have its asserts rewritten; that is nothing to fail for.
    quietly = ["-q", "--no-header", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return int(pytest.main([*target.tests, "-x", "-m", "quick", *quietly]))


def fork(target: Target, tree: ast.Module, out: int, *, seconds: float) -> int:
    """A child that tries it; its process id. Its exit code is pytest's."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        signal.alarm(round(seconds))
        code = attempt(target, tree, out)
    finally:
        os._exit(code)


def preload(target: Target) -> None:
    """Imports what is not ours, so that every child has it already: what is ours is imported by the child, changed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            attempt(target, ast.parse(target.path.read_text()), os.open(os.devnull, os.O_WRONLY))
            foreign = [name for name, module in list(sys.modules.items()) if "site-packages" in (getattr(module, "__file__", None) or "")]
            os.write(writing, json.dumps(foreign).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        names = json.load(told)
    os.waitpid(child, 0)
    for name in names:
        if not name.startswith(("pytest_asyncio", "xdist")) and "conftest" not in name:
            try:
                import_module(name)
            except ImportError:
                continue  # a part that imports only with its whole


def verdicts(target: Target, found: list[Mutant], *, workers: int) -> Iterator[tuple[Mutant, str]]:
    """What became of each mutant, so many at a time."""
    seconds = max(SECONDS_AT_LEAST, TIMES_AS_LONG * baseline(target))
    null = os.open(os.devnull, os.O_WRONLY)
    waiting, running = list(reversed(found)), {}
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            running[fork(target, mutant.tree, null, seconds=seconds)] = mutant
        child, status = os.wait()
        mutant = running.pop(child)
        if os.WIFSIGNALED(status):
            yield mutant, TOO_SLOW if os.WTERMSIG(status) == signal.SIGALRM else NOTICED
        else:
            yield mutant, LIVES if os.WEXITSTATUS(status) == pytest.ExitCode.OK else NOTICED
    os.close(null)


def baseline(target: Target) -> float:
    """Seconds the tests take while nothing is changed; ends everything if they fail then."""
    began = time.monotonic()
    child = fork(target, ast.parse(target.path.read_text()), 2, seconds=600)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != pytest.ExitCode.OK:
        sys.exit(f"The tests of {target.path.relative_to(ROOT)} have to pass before anything is changed.")
    return time.monotonic() - began


# --- the plan ---


def targets(plan: dict[str, Any], wanted: list[str]) -> Iterator[Target]:
    for part in plan["targets"]:
        for pattern in part["files"]:
            paths = sorted(ROOT.glob(pattern))
            if not paths:
                sys.exit(f"mutants.toml: nothing is called {pattern}")
            for path in paths:
                name = str(path.relative_to(ROOT))
                if wanted and not any(word in name for word in wanted):
                    continue
                member, _, inner = name.partition("/src/")
                # The first to notice ends it: the quickest come first.
                tests = [str(test.relative_to(ROOT)) for glob in part["tests"] for test in sorted(ROOT.glob(glob.format(member=member)))]
                tests = list(dict.fromkeys(tests))
                yield Target(path, inner.removesuffix(".py").replace("/", "."), part.get("functions", []), part.get("without", []), tests)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("only", nargs="*", help="parts of file names")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT)]
    plan = tomllib.loads(PLAN.read_text())
    wrong = 0
    for target in targets(plan, options.only):
        name = str(target.path.relative_to(ROOT))
        # In a child, so that one target's modules are not another's.
        child = os.fork()
        if not child:
            os._exit(report(name, target, plan["survivors"].get(name, {}), workers=options.workers))
        wrong |= os.waitpid(child, 0)[1]
    return 1 if wrong else 0


def report(name: str, target: Target, known: dict[str, str], *, workers: int) -> int:
    began, wrong = time.monotonic(), 0
    preload(target)
    found = list(mutants(target.path.read_text(), target.functions, target.without))
    alive: set[str] = set()
    slow = 0
    for mutant, verdict in verdicts(target, found, workers=workers):
        slow += verdict == TOO_SLOW
        if verdict == LIVES:
            alive.add(mutant.name)
            if mutant.name not in known:
                wrong = 1
                say(f"  lives: {mutant.name}")
    for gone in sorted(known.keys() - alive):
        wrong = 1
        say(f"  is listed and does not live: {gone}")
    say(
        f"{name}: {len(found)} mutants, {len(alive)} live, {len(alive & known.keys())} of them listed; {slow} too slow; {time.monotonic() - began:.0f} s"
    )
    return wrong


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
