"""Changes the key that signs access tokens, in three steps, after each of which identity is restarted, one instance after the other.

prepare   adds a next key, which is published and signs nothing yet
promote   lets the next key sign, and keeps the previous one published
retire    forgets the previous key: no sooner than ten minutes after the restart, when its last token has expired

A step that has been done already changes nothing, so that it may be repeated. Where a key has leaked, do all three at once: people
sign in again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from chassis.auth.tokens import AccessKeys, generate_key, split_keys
from chassis.private_files import write

# Written beside the next key, so that a promotion that is repeated does not put the previous key back.
_NEXT = b"# next\n"
_PREVIOUS = b"# previous\n"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="access-key", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("prepare", "promote", "retire"))
    parser.add_argument("folder", type=Path, help="the folder that `secrets` made")
    options = parser.parse_args(arguments)
    file = options.folder / "access-key"
    owner = file.stat()
    changed = {"prepare": prepare, "promote": promote, "retire": retire}[options.step](file.read_bytes())
    AccessKeys(changed)
    write(file, changed, owner=(owner.st_uid, owner.st_gid))


def prepare(pem: bytes) -> bytes:
    """The keys with a next one, unless there is one."""
    return pem if _NEXT in pem else pem.rstrip() + b"\n" + _NEXT + generate_key()


def promote(pem: bytes) -> bytes:
    """The next key first, and the one that signed until now as the previous one. Unchanged without a next key."""
    if _NEXT not in pem:
        return pem
    current, following = split_keys(pem)[0], split_keys(pem.partition(_NEXT)[2])[0]
    return following + _PREVIOUS + current


def retire(pem: bytes) -> bytes:
    """The keys without a previous one."""
    following = pem.partition(_NEXT)[2]
    return split_keys(pem)[0] + (_NEXT + following if following else b"")
