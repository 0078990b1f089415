"""`make types`: TypeScript types from the OpenAPI document, and the example client compiled against them and run against a server.

What was compiled and run is remembered by its hashes in docs/front-end/checked.json. `--check` compares them and needs no Node.js.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "docs" / "front-end"
WORK = ROOT / ".tools" / "front-end"
CHECKED = "checked.json"
DOCUMENT = "openapi.json"
# A body's member that has a default may be left out, and every schema is a type of its own name.
OPTIONS = ("--default-non-nullable=false", "--root-types", "--root-types-no-schema-prefix")


def main() -> int:
    home = Path(sys.argv[sys.argv.index("--home") + 1]) if "--home" in sys.argv else HOME
    made = document()
    if "--check" in sys.argv:
        stale = differences(json.loads((home / CHECKED).read_text()), hashes(made, home))
        for name in stale:
            print(f"changed since the types were checked: {name} (run `make types`)")
        return 1 if stale else 0
    generate(made)
    return 0


def document() -> dict[str, Any]:
    """The OpenAPI document, without any service."""
    from caseload.services import SERVICE_NAMES
    from gateway.app import build
    from gateway.openapi.document import document as describe
    from gateway.settings import GatewaySettings

    return describe(build(dict.fromkeys(SERVICE_NAMES, _Nobody()), GatewaySettings(environment="development")))


class _Nobody:
    """A peer that is never called: the document is made of the routes alone."""

    def __call__(self, descriptor: object) -> Any:
        return None

    async def ready(self) -> bool:
        return False

    async def close(self) -> None:
        pass


def hashes(made: dict[str, Any], home: Path = HOME) -> dict[str, str]:
    """The SHA-256 of the document and of each file of the example, by name."""
    found = {DOCUMENT: hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()}
    for file in sorted(home.iterdir()):
        if file.is_file() and file.name != CHECKED:
            found[file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def differences(checked: dict[str, str], present: dict[str, str]) -> list[str]:
    return sorted(name for name in checked.keys() | present.keys() if checked.get(name) != present.get(name))


def generate(made: dict[str, Any]) -> None:
    """Writes the types, compiles and runs the example, and remembers what it was that passed."""
    from standalone.installation import Installation

    told = subprocess.run([ROOT / "scripts" / "node"], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own command
    node = Path(told.stdout.strip())

    def run(*command: str | Path) -> None:
        path = f"{node}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(command, cwd=WORK, env=os.environ | {"PATH": path}, check=True)  # noqa: S603 - the commands below

    WORK.mkdir(parents=True, exist_ok=True)
    for old in (*WORK.glob("*.ts"), WORK / "build"):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    shutil.copytree(HOME, WORK, dirs_exist_ok=True)
    (WORK / DOCUMENT).write_text(json.dumps(made | {part: untitled(made[part]) for part in ("paths", "components")}))
    run("npm", "ci", "--loglevel=error")
    tools = WORK / "node_modules" / ".bin"
    run(tools / "openapi-typescript", DOCUMENT, "--output", "schema.d.ts", *OPTIONS)
    run(tools / "tsc", "--project", ".", "--noEmit")
    run(tools / "tsc", "--project", ".", "--outDir", "build")
    shutil.copy(WORK / "run.mjs", WORK / "build")
    with tempfile.TemporaryDirectory() as scratch:
        installation = Installation("run", Path(scratch) / "home")
        installation.start()
        try:
            run(node / "node", "build/run.mjs", installation.gateway_url)
        finally:
            installation.stop()
    shutil.copy(WORK / "schema.d.ts", HOME)
    (HOME / CHECKED).write_text(json.dumps(hashes(made), indent=2) + "\n")
    print(f"{HOME.relative_to(ROOT)}: the types are made, the client is compiled and has run")


def untitled(schema: Any) -> Any:
    """A schema without the titles that only repeat a member's name; they would be half of the comments."""
    if isinstance(schema, dict):
        return {name: untitled(part) for name, part in schema.items() if not (name == "title" and isinstance(part, str))}
    return [untitled(part) for part in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    sys.exit(main())
