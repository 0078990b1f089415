"""Nobody looks for reference cycles among what stays to the end, nor once more at the end."""

import gc
import subprocess
import sys

import pytest

from chassis.garbage import loading

ENDS = """
import os
import chassis

class Cycle:
    def __init__(self):
        self.itself = self
    def __del__(self):
        os.write(1, b"found")

Cycle()
"""


def test_a_process_that_ends_does_not_look_once_more(servers):
    assert subprocess.run([sys.executable, "-c", ENDS], capture_output=True, check=True, timeout=60).stdout == b""


def test_what_was_loaded_is_not_looked_at_again():
    made = []
    with loading():
        assert not gc.isenabled()
        made.append([])
    assert gc.isenabled()
    assert not any(kept is made[0] for kept in gc.get_objects())


def test_after_a_failed_load_cycles_are_looked_for_as_before():
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
