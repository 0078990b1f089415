"""Prints results of attacks for `make drill`. pytest shows them with -s only."""

import sys


def report(line):
    sys.stdout.write(f"\n  {line}")
    sys.stdout.flush()
