"""Every operation of an installation's API, asked for another workspace's things: each has to answer as if they were nowhere.

Operations, parameters and bodies come from the installation's own OpenAPI document.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import uuid4

from standalone.selftest.operations import Operation, operations, sparing
from standalone.selftest.worlds import Worlds

# Who runs the installation reaches every workspace, and nobody else gets that far.
OF_THE_PLATFORM = re.compile(r"/platform-admin/|/storage/quota$")
# What one's own things are never answered with, or the attempts before say nothing: signed out, not there, not served, not understood.
_NO_ANSWER = frozenset({401, 404, 405, 422})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One operation, asked with ids of another workspace (`named`) and then with ids of nobody; or with one's own, if none is named."""

    operation: Operation
    named: tuple[str, ...]
    statuses: tuple[int, ...]
    # In words, with status codes and nothing of the answers: if something is wrong they may contain anybody's data.
    faults: tuple[str, ...] = ()
    answers: tuple[str, ...] = field(default=(), repr=False)


async def attempts(
    document: dict[str, Any], worlds: Worlds, foreign: dict[str, str], *, wanted: Callable[[Operation], bool] = lambda _: True
) -> AsyncIterator[Attempt]:
    """Tries every wanted operation that names anything, with each of its ids and every combination of those in its path.

    `foreign` are the ids of another workspace by name.
    """
    for operation in sparing(operations(document)):
        if OF_THE_PLATFORM.search(operation.path) or not operation.ids or not wanted(operation):
            continue
        chosen = [*_subsets(operation.path_ids), *((name,) for name in (*operation.body_ids, *operation.query_ids))]
        unknown = set(operation.ids) - foreign.keys()
        if unknown:
            yield Attempt(operation, tuple(sorted(unknown)), (), ("not tried: ids of a kind that this self-test does not know",))
            continue
        api, own = await worlds.for_operation(operation, requests=2 * len(chosen) + 1)
        for named in chosen:
            yield _try_foreign(operation, api, own, {name: foreign[name] for name in named})
        yield _try_own(operation, api, own, worlds)


def _try_foreign(operation: Operation, api: Any, own: dict[str, str], wanted: dict[str, str]) -> Attempt:
    absent = {name: str(uuid4()) for name in wanted}
    answer, nowhere = operation.send(api, own, wanted), operation.send(api, own, absent)
    faults = []
    if _told(answer, wanted.values()) != _told(nowhere, absent.values()):
        faults.append(f"another's is told from nobody's: {answer.status_code} and {nowhere.status_code}, or another text")
    if not (answer.status_code == 404 or (wanted.keys() <= set(operation.query_ids) and _is_empty(answer))):
        faults.append(f"another's is answered with {answer.status_code} and not as if it were nowhere")
    statuses = answer.status_code, nowhere.status_code
    return Attempt(operation, tuple(wanted), statuses, tuple(faults), (answer.text, nowhere.text))


def _try_own(operation: Operation, api: Any, own: dict[str, str], worlds: Worlds) -> Attempt:
    answer = operation.send(api, own)
    worlds.answered(operation, answer)
    faults = (f"one's own is answered with {answer.status_code}",) if answer.status_code in _NO_ANSWER else ()
    return Attempt(operation, (), (answer.status_code,), faults, (answer.text,))


def _told(reply: Any, names: Iterable[str]) -> tuple[int, str]:
    """An answer without what differs from one request to the next."""
    text: str = reply.text
    for name in names:
        text = text.replace(name, "<id>")
    if _is_json(reply) and isinstance(body := reply.json(), dict) and "request_id" in body:
        text = text.replace(body["request_id"], "<request>")
    return reply.status_code, text


def _is_empty(reply: Any) -> bool:
    """Whether it is a list of nothing, or no conflict with anything."""
    if reply.status_code != 200 or not _is_json(reply) or not isinstance(body := reply.json(), dict):
        return False
    return body.get("items") == [] or body.get("has_conflict") is False


def _is_json(reply: Any) -> bool:
    return bool(reply.headers.get("content-type", "").endswith("json"))


def _subsets(names: list[str]) -> list[tuple[str, ...]]:
    return [chosen for size in range(1, len(names) + 1) for chosen in combinations(names, size)]
