"""Which patients a list shows and in which order, as json-server 0.17 decides it: by comparing values as JavaScript does."""

import asyncio
import heapq
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, TypeAlias, TypeVar

import re2

from caseload.clients.v1 import patients_pb2 as pb
from chassis.errors import Fault, Invalid
from clients.clients.turns import Turns

Value: TypeAlias = int | str | None
Record: TypeAlias = Mapping[str, Value]
Fits: TypeAlias = Callable[[Value], bool]
T = TypeVar("T")

_MOST_VALUES = 50
_LONGEST_PATTERN = 500
_LONGEST_TEXT = 1_000
# Instructions of an expression times letters of a text: as many take a millisecond or two, of an expression that is hard to search for.
_HARD = 100_000
# Searching releases the interpreter, so it is in nobody's way there.
_THREAD = ThreadPoolExecutor(1, thread_name_prefix="patient-search")
_SORTED_AT_ONCE = 500
# Two of this size are merged in some milliseconds; larger ones item by item.
_MERGED_AT_ONCE = 8_000
# Of the longest texts that a record may have, as many are searched through in a millisecond or two.
_SEARCHED_AT_ONCE = 100
# Between the values of a text that is searched through.
_BETWEEN = "\0"
# What JavaScript's Number() leaves away around a number, and what it takes for one.
_WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITY = re.compile(r"[+-]?Infinity")
_OTHER_RADIX = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_NOT_A_NUMBER = float("nan")


@dataclass(frozen=True, slots=True)
class Filter:
    field: str
    comparison: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientQuery:
    filters: tuple[Filter, ...] = ()
    search: str = ""
    # Fields, each with whether it is sorted from the end.
    order: tuple[tuple[str, bool], ...] = ()
    start: int | None = None
    end: int | None = None


def read(request: pb.ListPatientsRequest) -> PatientQuery:
    """The query of a request. Raises Invalid for one that is too large to be answered at once, or has an expression that cannot be read."""
    descending = {place for place, is_descending in enumerate(request.descending) if is_descending}
    query = PatientQuery(
        filters=_filters(request),
        search=request.search.lower(),
        order=tuple(_first_of_each((name, place in descending) for place, name in enumerate(request.order))),
        start=request.start if request.HasField("start") else None,
        end=request.end if request.HasField("end") else None,
    )
    if len(request.values) > _MOST_VALUES or len(request.order) > _MOST_VALUES:
        raise _refused(f"asks for more than {_MOST_VALUES} comparisons")
    if any(len(text) > _LONGEST_TEXT for text in (*request.values, query.search)):
        raise _refused(f"has a text of more than {_LONGEST_TEXT} characters")
    for each in query.filters:
        if each.comparison not in _COMPARISONS:
            raise _refused("has a comparison that is not known")
        if each.comparison == pb.PATIENT_COMPARISON_LIKE:
            for value in each.values:
                _expression(value)
    return query


def _first_of_each(order: Iterable[tuple[str, bool]]) -> Iterable[tuple[str, bool]]:
    """Without the fields that are sorted by already, which decide nothing any more."""
    first: dict[str, bool] = {}
    for name, descending in order:
        first.setdefault(name, descending)
    return first.items()


def _filters(request: pb.ListPatientsRequest) -> tuple[Filter, ...]:
    filters: list[Filter] = []
    asked = zip_longest(request.values, request.fields[: len(request.values)], request.comparisons[: len(request.values)])
    for value, field, comparison in asked:
        last = filters[-1] if filters else None
        new = Filter(field or "", comparison or pb.PATIENT_COMPARISON_EQUAL, (value,))
        if last is not None and (last.field, last.comparison) == (new.field, new.comparison):
            filters[-1] = Filter(new.field, new.comparison, (*last.values, value))
        else:
            filters.append(new)
    return tuple(filters)


async def select(
    items: Sequence[T], query: PatientQuery, record: Callable[[T], Record], text: Callable[[T], str] | None = None
) -> Sequence[T]:
    """The items whose records the filters leave, in the order that is asked for; those of equal values stay in theirs. Takes its time in turns.

    `text` gets what `text_of` has made of the item's record; without it, that is made anew.
    """
    selected, turns = items, Turns()
    if query.search:
        selected = await _found(selected, query.search, record, text or (lambda item: text_of(record(item))), turns)
    for each in query.filters:
        selected = await _left(selected, each, record, turns)
    for field, descending in reversed(query.order):
        selected = await in_order(selected, field, record, descending=descending)
    return selected


def text_of(record: Record) -> str:
    """What of a record can be searched for, in small letters."""
    return _BETWEEN.join(_text(value).lower() for value in record.values() if value)


async def in_order(items: Sequence[T], field: str, record: Callable[[T], Record], *, descending: bool) -> list[T]:
    """The items sorted by one field. Each key is made once, and runs that are sorted already are merged by sorting them together."""
    turns, runs = Turns(), []
    for start in range(0, len(items), _SORTED_AT_ONCE):
        # Places are compared where values are equal, so that items never are.
        run = [
            (*_sort_key(record(item).get(field)), -place if descending else place, item)
            for place, item in enumerate(items[start : start + _SORTED_AT_ONCE], start)
        ]
        run.sort(reverse=descending)
        runs.append(run)
        await turns.give_way()
    while len(runs) > 1 and len(runs[0]) < _MERGED_AT_ONCE:
        pairs, runs = [runs[place : place + 2] for place in range(0, len(runs), 2)], []
        for pair in pairs:
            runs.append(sorted(chain(*pair), reverse=descending))
            await turns.give_way()
    if len(runs) == 1:
        return [keyed[-1] for keyed in runs[0]]
    merged = []
    for keyed in heapq.merge(*runs, reverse=descending):
        merged.append(keyed[-1])
        await turns.give_way()
    return merged


async def _found(items: Sequence[T], search: str, record: Callable[[T], Record], text: Callable[[T], str], turns: Turns) -> list[T]:
    """The items that say this somewhere in one of their values."""
    several = _BETWEEN in search
    found = []
    for start in range(0, len(items), _SEARCHED_AT_ONCE):
        some = [item for item in items[start : start + _SEARCHED_AT_ONCE] if search in text(item)]
        # The text has values beside each other.
        found += [item for item in some if _says(record(item), search)] if several else some
        await turns.give_way()
    return found


async def _left(items: Sequence[T], each: Filter, record: Callable[[T], Record], turns: Turns) -> list[T]:
    """The items that one filter leaves. What takes long to search through does not hold the loop, and each value is searched through once."""
    fits, size = _combined(each), _size(each)
    left, fitting = [], dict[Value, bool]()
    for item in items:
        value = record(item).get(each.field)
        if value is not None:
            is_left = fitting.get(value)
            if is_left is None:
                if size * len(_text(value)) <= _HARD:
                    is_left = fits(value)
                else:
                    is_left = await asyncio.get_running_loop().run_in_executor(_THREAD, fits, value)
                fitting[value] = is_left
            if is_left:
                left.append(item)
        await turns.give_way()
    return left


def _says(record: Record, text: str) -> bool:
    return any(text in _text(value).lower() for value in record.values() if value)


def to_number(text: str) -> float:
    """As JavaScript's Number(): 0 for a text without a number, NaN for one that is none."""
    text = text.strip(_WHITE_SPACE)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return float(text.replace("Infinity", "inf"))
    if _OTHER_RADIX.fullmatch(text):
        # No more digits than a double has room for.
        return float(int(text, 0)) if len(text) <= 200 else float("inf")
    return _NOT_A_NUMBER


def _combined(each: Filter) -> Fits:
    tests = [_COMPARISONS[each.comparison](value) for value in each.values]
    if len(tests) == 1:
        return tests[0]
    if each.comparison == pb.PATIENT_COMPARISON_NOT_EQUAL:
        return lambda value: all(test(value) for test in tests)
    return lambda value: any(test(value) for test in tests)


def _size(each: Filter) -> int:
    """How many instructions its expressions have; 0 for a comparison without any."""
    return sum(_expression(value).programsize for value in each.values) if each.comparison == pb.PATIENT_COMPARISON_LIKE else 0


def _equal(text: str) -> Fits:
    return lambda value: _text(value) == text


def _not_equal(text: str) -> Fits:
    return lambda value: _text(value) != text


def _at_least(text: str) -> Fits:
    number, units = to_number(text), _code_units(text)
    return lambda value: _code_units(value) >= units if isinstance(value, str) else value is not None and value >= number


def _at_most(text: str) -> Fits:
    number, units = to_number(text), _code_units(text)
    return lambda value: _code_units(value) <= units if isinstance(value, str) else value is not None and value <= number


def _like(text: str) -> Fits:
    search = _expression(text).search
    return lambda value: search(_text(value)) is not None


_COMPARISONS: Mapping[int, Callable[[str], Fits]] = {
    pb.PATIENT_COMPARISON_EQUAL: _equal,
    pb.PATIENT_COMPARISON_NOT_EQUAL: _not_equal,
    pb.PATIENT_COMPARISON_AT_LEAST: _at_least,
    pb.PATIENT_COMPARISON_AT_MOST: _at_most,
    pb.PATIENT_COMPARISON_LIKE: _like,
}


def _expression(pattern: str) -> Any:
    """The expression, whose search takes time in proportion to the text whatever it says. Raises Invalid for one that is none."""
    if len(pattern) > _LONGEST_PATTERN:
        raise _refused(f"has an expression of more than {_LONGEST_PATTERN} characters")
    options = re2.Options()
    options.case_sensitive = False
    # It would write the pattern, which may name a patient, to the log.
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options=options)
    except re2.error:
        raise _refused("has a regular expression that cannot be read; look-around and back-references are not known here") from None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else str(value)


def _code_units(text: str) -> bytes:
    """Compares as JavaScript compares texts."""
    return text.encode("utf-16-be")


def _sort_key(value: Value) -> tuple[int, float, bytes]:
    """Numbers before texts, and nothing last."""
    if value is None:
        return (2, 0, b"")
    return (1, 0, _code_units(value)) if isinstance(value, str) else (0, value, b"")


def _refused(detail: str) -> Invalid:
    return Invalid("invalid_patient_query", "The list cannot be asked for like this.", faults=[Fault("", detail)])
