"""`caseload selftest isolation URL` asks an installation as one throw-away workspace for the things of another; `verify` checks its report."""

import argparse
import hashlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getpass
from typing import Any

import httpx2

from standalone.selftest.isolation import Attempt, attempts
from standalone.selftest.operations import text
from standalone.selftest.people import Http, Pace, Person
from standalone.selftest.report import NotSignedError, check, signed, signing_key, summary
from standalone.selftest.workspaces import ThrowAways, kept
from standalone.selftest.worlds import NotMadeError, Worlds, expect
from standalone.settings import StandaloneSettings

_ENDS = (signal.SIGINT, signal.SIGTERM)


async def selftest_command(_: StandaloneSettings, options: argparse.Namespace) -> None:
    """Ends with status 1 for any fault, for a run that could not be finished, and for a report that is not as it was signed."""
    if options.selftest == "verify":
        _verify(options)
        return
    key = signing_key(options.key)
    for number in _ENDS:
        # At once, also while an answer is waited for.
        signal.signal(number, signal.default_int_handler)
    try:
        report = await _run(options)
    except (httpx2.HTTPError, NotMadeError) as error:
        raise SystemExit(f"the self-test could not be finished: {type(error).__name__} {error}") from None
    except KeyboardInterrupt:
        raise SystemExit("interrupted; there is no report") from None
    print(json.dumps(signed(report, key), indent=2, ensure_ascii=False))
    if report["counts"]["faults"]:
        raise SystemExit(1)


async def _run(options: argparse.Namespace) -> dict[str, Any]:
    """The report of a run. The workspaces are deleted however it ends."""
    began, pace = datetime.now(UTC), Pace(options.rate)
    throw_aways = ThrowAways(options.url, pace, _administrator(options.url, pace))
    tried: list[Attempt] = []
    try:
        other, mine = throw_aways.open("hospital"), throw_aways.open("practice")
        owner, foreign = await other.furnished()
        document = expect(reply := owner.get("/openapi.json"), 200)
        before = kept(owner, foreign)
        async for attempt in attempts(document, Worlds(mine.furnished), foreign, wanted=lambda operation: options.only in operation.path):
            tried.append(attempt)
            for fault in attempt.faults:
                _say(f"FAULT {attempt.operation} {', '.join(attempt.named)}: {fault}")
        after = kept(owner, foreign)
    finally:
        with _uninterrupted():
            _say("deleting the workspaces")
            try:
                deleted = throw_aways.close()
            except (httpx2.HTTPError, NotMadeError) as error:
                raise SystemExit(f'delete the workspaces called "{throw_aways.run}" yourself: {type(error).__name__} {error}') from None
    report = summary(
        tried,
        installation=options.url,
        api={"version": document["info"]["version"], "sha256": hashlib.sha256(reply.content).hexdigest()},
        only=options.only,
        began_at=text(began),
        ended_at=text(datetime.now(UTC)),
        workspaces=deleted,
        changed=sorted(name for name in before if before[name] != after[name]),
    )
    _say("{operations} operations, {attempts} attempts, {faults} faults".format(**report["counts"]))
    return report


def _administrator(url: str, pace: Pace) -> Person:
    """The platform administrator whom the environment or the terminal names, signed in by password and, where one is needed, a code."""
    email = os.environ.get("CASELOAD_SELFTEST_EMAIL") or input("e-mail address of a platform administrator: ")
    password = os.environ.get("CASELOAD_SELFTEST_PASSWORD") or getpass("password: ")
    http = Http(url, pace)
    answer = expect(http.post("/auth/login", json={"email": email, "password": password}), 200)
    if answer.get("requires_2fa"):
        code = os.environ.get("CASELOAD_SELFTEST_CODE") or getpass("code of the second factor: ")
        answer = expect(http.post("/auth/verify-2fa", json={"temp_token": answer["temp_token"], "totp_code": code}), 200)
    if not answer["user"]["is_platform_admin"]:
        raise SystemExit("only a platform administrator opens and deletes workspaces")
    return Person(url, http, answer)


def _verify(options: argparse.Namespace) -> None:
    try:
        report = check(json.loads(options.report.read_text(encoding="utf-8")), options.public_key)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{options.report} cannot be read ({type(error).__name__})") from None
    except NotSignedError as error:
        raise SystemExit(str(error)) from None
    known = "with the key that you named" if options.public_key else "with the key in it: whether that key is to be believed, it cannot say"
    print(f"as it was signed, {known}")
    print("{operations} operations, {attempts} attempts, {faults} faults".format(**report["counts"]))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Another Ctrl-C changes nothing: what was made is taken away. It takes some requests, each of which has its deadline."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ENDS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    """Apart from the report, which is the output."""
    print(line, file=sys.stderr, flush=True)
