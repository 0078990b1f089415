"""`python -m caseload_verify FILE…`: 0 where everything holds, 1 where something does not, 2 for what cannot be read."""

import argparse
import sys
from pathlib import Path

from caseload_verify.files import Verifier
from caseload_verify.keys import Keys, read_trusted
from caseload_verify.report import Report, Unreadable


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="caseload_verify", description="Verifies what Caseload has signed, offline and without Caseload.")
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="an archive of a client, lines of JSON (events, checkpoints, proofs), or an export and, after it, its manifest",
    )
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the public keys to trust, from another source than the files")
    chosen = parser.parse_args(arguments)
    try:
        verifier = Verifier(Keys(None if chosen.keys is None else read_trusted(chosen.keys.read_text(encoding="utf-8"))))
        verifier.verify_all(chosen.files)
    except (Unreadable, OSError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    return _tell(verifier.finish())


def _tell(report: Report) -> int:
    for note in report.notes:
        print(f"note: {note}")
    if report.own_keys:
        print("note: verified by keys that came with the files themselves; give those you know with --keys")
    for finding in report.findings:
        print(f"FOUND: {finding}")
    counted = ", ".join(f"{number} {name}" for name, number in sorted(report.verified.items())) or "nothing"
    print(f"verified: {counted}; {len(report.findings)} findings")
    if not report.findings and not report.verified:
        return 2
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
