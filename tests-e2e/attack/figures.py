"""What `make drill` shows of an attack: pytest keeps it to itself unless told not to."""

import sys


def tell(line):
    sys.stdout.write(f"\n  {line}")
    sys.stdout.flush()
