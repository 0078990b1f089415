"""`caseload keys root-…`: changes the root keys in the file that holds them, encrypted or not.

root-add       one more root key, which wraps nothing yet; then every process is restarted, one after the other
root-promote   the new one wraps from now on; restart again, then `rewrap`
root-retire    the former one is taken out, once no data key is wrapped with it; restart again. The file as it was is kept beside as `….before`
root-encrypt   the file is encrypted by a key management service
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis import private_files
from chassis.encryption.keyring import Keyring
from chassis.encryption.root_keys import load_keyring, save_keyring
from chassis.service.runtime import Runtime


async def take_root_step(connection: Any, runtimes: Mapping[str, Runtime], file: Path, step: str, kms_key: str | None) -> None:
    """Takes one step and says what there is now. A step that has been taken already changes nothing. SystemExit where it is refused."""
    keyring = load_keyring(file, "")
    changed = keyring
    match step:
        case "root-add":
            changed = keyring.with_new_key()
        case "root-promote":
            changed = keyring.with_newest_active()
        case "root-retire" if len(keyring.names) > 1:
            if keyring.with_newest_active().active != keyring.active:
                raise SystemExit(
                    f"root key {keyring.names[-1]} waits to be promoted: root-promote first, or it would be the one that is taken out"
                )
            changed = keyring.without_others()
            used = await wrapped_with(connection, runtimes)
            if others := {root: number for root, number in used.items() if root != keyring.active}:
                wrapped = ", ".join(f"{number} with root key {root}" for root, number in sorted(others.items()))
                raise SystemExit(f"data keys are wrapped: {wrapped}. Rewrap first")
            # A process that was not restarted may still wrap a new workspace's keys with it.
            private_files.write(file.with_name(f"{file.name}.before"), file.read_bytes())
    if changed is not keyring or kms_key:
        save_keyring(file, changed, kms_key=kms_key)
    print(f"root key {changed.active} wraps, of {len(changed.names)} in the keyring")


async def wrapped_with(connection: Any, runtimes: Mapping[str, Runtime]) -> Counter[str]:
    """How many data keys of all workspaces are wrapped with each root key."""
    found: Counter[str] = Counter()
    for name in runtimes:
        async with connection.transaction():
            async for row in connection.cursor(f"SELECT wrapped FROM {name}.data_keys WHERE wrapped <> ''"):
                found[Keyring.root_of(row["wrapped"])] += 1
    return found
