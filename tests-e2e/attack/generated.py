"""Sends requests that are generated from the OpenAPI document, and checks every reply against the document."""

import warnings
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from standalone.selftest.operations import picture

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
# Slow, because a password is hashed, mail is sent or the chain is verified: fewer of these.
SLOW = {
    "POST /api/v1/auth/login",
    "PUT /api/v1/auth/password",
    "POST /api/v1/auth/magic-link",
    "POST /api/v1/auth/password/forgot",
    "GET /api/v1/audit/verify",
}
SHARE_OF_INVALID = 0.25


@dataclass
class Results:
    """The statuses of the replies by operation, and the faults found."""

    by_operation: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def sent(self):
        return sum(map(Counter.total, self.by_operation.values()))

    @property
    def succeeded(self):
        return sum(count for counter in self.by_operation.values() for status, count in counter.items() if 200 <= status < 300)

    def __str__(self):
        statuses = sum(self.by_operation.values(), Counter())
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
        return f"{self.sent} generated requests of {len(self.by_operation)} operations: {counts}; {len(self.faults)} faults"


class Explorer:
    """Sends generated requests to every operation until enough have been sent."""

    def __init__(self, gateway_url, document, values, *, seed):
        self._url, self._values, self._seed = gateway_url, values, seed
        self._operations = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]
        self._http = requests.Session()
        self.results = Results()

    def send(self, count):
        """Sends at least `count` requests, spread over all operations. Returns the results."""
        rounds = 0
        while self.results.sent < count:
            share = max(2, (count - self.results.sent) // len(self._operations) + 1)
            for operation in self._operations:
                few = max(1, share // 8) if operation.label in SLOW else share
                invalid = max(1, round(few * SHARE_OF_INVALID))
                self._explore(operation, GenerationMode.POSITIVE, max(1, few - invalid), rounds)
                self._explore(operation, GenerationMode.NEGATIVE, invalid, rounds)
            rounds += 1
        return self.results

    def _explore(self, operation, mode, count, rounds):
        left = count

        @seed(self._seed + rounds)
        @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            nonlocal left
            left -= 1
            self._ask(case, valid=mode is GenerationMode.POSITIVE)

        with warnings.catch_warnings():
            # The generator warns about patterns it cannot follow exactly and formats it does not know.
            warnings.simplefilter("ignore")
            # An operation without parameters has no invalid requests.
            with suppress(Unsatisfiable):
                ask()

    def _ask(self, case, *, valid):
        values, label = self._values, case.operation.label
        if case.path_parameters and (valid or values.chance.random() < 0.5):
            case.path_parameters = values.address(label, case.operation.path, case.path_parameters)
        elif valid:
            values.make_for(label)
        if valid:
            case.query = values.query(case.query)
            if isinstance(case.body, dict):
                case.body = {"file": picture()} if case.media_type == "multipart/form-data" else values.body(label, case.body)
            elif label.endswith("/clients/import"):
                case.body = (
                    "first_name,last_name\nIda,Berg\n" if case.media_type == "text/csv" else [{"first_name": "Ida", "last_name": "Berg"}]
                )
            for name in [name for name in case.headers or {} if name.lower() == "if-match"]:
                case.headers[name] = values.chance.choice(["*", '"1"', 'W/"2"'])
        headers = (
            {"Authorization": f"Bearer {values.token(label)}"} if values.chance.random() < 0.98 else {"Authorization": "Bearer nonsense"}
        )
        for name in [name for name in case.headers or {} if name.lower() in {"authorization", "cookie"}]:
            del case.headers[name]
        case.cookies = {}
        try:
            reply = case.call(base_url=self._url, session=self._http, headers=headers, timeout=30)
        except (UnicodeError, requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
            return  # cannot be sent
        self.results.by_operation[label][reply.status_code] += 1
        try:
            case.validate_response(reply, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            for fault in getattr(failure, "exceptions", [failure]):
                what = f"{label} {reply.status_code} {type(fault).__name__}"
                self.results.faults.setdefault(what, f"{fault}\n{case.as_curl_command()}\n{reply.content[:600]!r}")
        values.learn(label, case.body, reply)
