"""What a container of the one image does: a service or one of its parts, the gateway, or a task of the operator's.

<service> [all | serve | react | relay | migrate | events …]
gateway
provision         every service's roles and schema, before the migrations
revisions         how far the database is migrated, and how far this build would take it
bucket            the private buckets for files, checkpoints, the ledger and backups, unless they are there; files-as-of a moment: puts them back
ledger            writes who was erased, and legal holds, to their bucket for as long as it runs
restored          what is done to a restored database before services run on it
doctor            looks at the database and the backups, and says what to do
records           verify: sealed records against the audit trail; reseal: what 0.1.0 sealed, once more; keys: their keys, step by step
open-workspace    a workspace and the first person who runs it
remove-second-factor   of somebody who has lost it, and whom no administrator can help
demo              the demonstration workspaces, with a password everybody knows
mail              catches all mail and shows it; for development
secrets           makes the secrets of an installation that are not there yet
access-key        changes the key that signs access tokens, in three steps
"""

import importlib
import sys
from collections.abc import Sequence

from deployment.processes import SERVICES

# By the name an operator types; each module has `main(arguments)`. Loaded when asked for: most containers serve one service.
TASKS = {
    "provision": "deployment.provision",
    "revisions": "deployment.revisions",
    "bucket": "deployment.bucket",
    "ledger": "deployment.ledger",
    "restored": "deployment.restored",
    "doctor": "deployment.doctor",
    "records": "deployment.records",
    "open-workspace": "deployment.workspaces",
    "remove-second-factor": "deployment.second_factors",
    "demo": "deployment.demonstration",
    "mail": "deployment.mail",
    "secrets": "deployment.secret_files",
    "access-key": "deployment.access_key",
}


def main(arguments: Sequence[str]) -> None:
    name, *rest = arguments or ("help",)
    if name in SERVICES:
        from chassis.service.cli import run

        run(importlib.import_module(f"{name}.__main__").SERVICE, rest)
    elif name == "gateway" and not rest:
        importlib.import_module("gateway.__main__").main()
    elif name in TASKS:
        importlib.import_module(TASKS[name]).main(rest)
    else:
        raise SystemExit(f"{__doc__}\nservices: {', '.join(SERVICES)}")


if __name__ == "__main__":
    main(sys.argv[1:])
