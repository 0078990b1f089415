"""`python -m bench.patients`: the door for front ends of json-server beside json-server 0.17.4, with the same 10,000 patients.

Settings: PATIENTS (10000), REQUESTS of each kind (200). Both are asked in turn by one front end, over HTTP on this machine.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from statistics import median, quantiles
from typing import Any

import httpx

from chassis.local.processes import end, free_port, spawn, until
from standalone.installation import Installation, trust

ROOT = Path(__file__).resolve().parents[1]
PATIENTS = int(os.environ.get("PATIENTS", "10000"))
REQUESTS = int(os.environ.get("REQUESTS", "200"))
FIRST = ["Ada", "Bo", "Chidi", "Dana", "Elif", "Farid", "Grace", "Hugo"]
LAST = ["Lovelace", "Ek", "Okafor", "Levi", "Kaya", "Nasser", "Hopper", "Weiss", "O'Brien", "Smith", "Jansen"]
PLENTY = {"CASELOAD_READS_PER_MINUTE": "1000000", "CASELOAD_WRITES_PER_MINUTE": "1000000"}


def patient(number: int) -> dict[str, Any]:
    return {
        "patientID": f"P{number:06}",
        "name": f"{FIRST[number % 8]} {LAST[number % 11]}",
        "age": number % 100 + 1,
        "gender": ["Male", "Female", "Other", "Unknown"][number % 4],
        "medicalCondition": f"Condition {number % 300}: under observation, next visit as agreed",
        "lastVisit": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
    }


def asks() -> dict[str, Callable[[int], tuple[str, str, Any]]]:
    """What is asked, by its name: a method, a path and a body for the time it is asked."""
    return {
        "GET all": lambda _: ("GET", "/patients", None),
        "GET a page": lambda time: ("GET", f"/patients?_page={time % (PATIENTS // 10) + 1}&_limit=10", None),
        "GET a sorted page": lambda time: ("GET", f"/patients?_sort=name&_order=desc&_page={time % 50 + 1}&_limit=10", None),
        "GET by q": lambda time: ("GET", f"/patients?q=condition+{time % 300}:&_limit=20", None),
        "GET filtered": lambda time: ("GET", f"/patients?gender=Male&age_gte={time % 100}&name_like=^a&_limit=20", None),
        "GET one": lambda time: ("GET", f"/patients/{time % PATIENTS + 1}", None),
        "POST": lambda time: ("POST", "/patients", patient(PATIENTS + 1 + time)),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, serving(Path(scratch)) as (ours, theirs):
        print(f"{PATIENTS} patients, {REQUESTS} requests of each kind, one after the other, in turn\n")
        print("| | here: median, p95 in ms | json-server 0.17.4: median, p95 in ms |\n|---|---|---|")
        for name, ask in asks().items():
            taken: dict[str, list[float]] = {ours: [], theirs: []}
            with httpx.Client(timeout=60, verify=trust()) as http:
                for each in range(REQUESTS):
                    for address, times in taken.items():
                        method, path, body = ask(each)
                        began = time.perf_counter()
                        reply = http.request(method, f"{address}{path}", json=body)
                        times.append((time.perf_counter() - began) * 1000)
                        assert reply.is_success, reply.text
            print(f"| {name} | {told(taken[ours])} | {told(taken[theirs])} |")


def told(times: list[float]) -> str:
    return f"{median(times):.1f}, {quantiles(times, n=20)[-1]:.1f}"


@contextmanager
def serving(scratch: Path) -> Iterator[tuple[str, str]]:
    """Both with the same patients; their addresses."""
    file = scratch / "db.json"
    file.write_text(json.dumps({"patients": [{"id": number} | patient(number) for number in range(1, PATIENTS + 1)]}))
    home = scratch / "home"
    first = Installation("run", home)
    first.start()
    with httpx.Client(base_url=f"{first.gateway_url}/api/v1", verify=trust()) as http:
        signed_in = http.post("/auth/login", json={"email": "owner@example.com", "password": "caseload-demo"}).raise_for_status().json()
    first.stop()
    environment = {"CASELOAD_PATIENTS_WORKSPACE": signed_in["user"]["workspace_id"], **PLENTY}
    began = time.perf_counter()
    command = [sys.executable, "-m", "standalone", "import-patients", str(file)]
    subprocess.run(command, env=os.environ | environment | {"CASELOAD_HOME": str(home)}, check=True)
    print(f"imported and compared in {time.perf_counter() - began:.0f} s")
    installation = Installation("run", home, environment)
    installation.start()
    node = subprocess.run([ROOT / "scripts" / "json-server"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    program = ROOT / ".tools/json-server/node_modules/json-server/lib/cli/bin.js"
    port, log = free_port(), scratch / "json-server.log"
    theirs = f"http://127.0.0.1:{port}"
    child = spawn([f"{node}/node", str(program), "--port", str(port), "--host", "127.0.0.1", "--quiet", str(file)], log=log)

    def answers() -> bool:
        try:
            return httpx.get(f"{theirs}/patients/1").is_success
        except httpx.TransportError:
            return False

    try:
        until(answers, child, log, 60)
        yield installation.gateway_url, theirs
    finally:
        end(child, SIGTERM, patience=10)
        installation.stop()


if __name__ == "__main__":
    main()
