"""A journal in its target: every object is sealed under a key of its own, and is whole or absent."""

import os
from collections.abc import Iterable, Iterator, Mapping

from standalone.backups import catalogue
from standalone.backups.catalogue import KEYS
from standalone.backups.errors import BackupFailed, WrongPassphrase
from standalone.backups.escrow import Escrow
from standalone.backups.journal.naming_rules import Dated, Piece, dated, installation_of, piece
from standalone.backups.sealed_stream import derived_key, seal, unseal
from standalone.backups.tar_stream import compressed, decompressed
from standalone.backups.targets import Target

_SALT_BYTES = 16


class JournalStore:
    """`key` seals the objects; it is in the target itself under the passphrase alone."""

    def __init__(self, target: Target, name: str, key: bytes) -> None:
        self._target = target
        self.name = name
        self.key = key

    @classmethod
    def unlock(cls, target: Target, name: str, passphrase: str) -> "JournalStore":
        """Raises BackupFailed for a wrong passphrase."""
        return cls(target, name, Escrow.unlock(catalogue.document(target, name, KEYS), passphrase, name).backup_key)

    def lock(self, passphrase: str) -> None:
        """Stores the key under the passphrase, unless it is there. Raises WrongPassphrase where it is there under another one."""
        if f"{self.name}/{KEYS}" in self._target.sizes():
            try:
                if JournalStore.unlock(self._target, self.name, passphrase).key == self.key:
                    return
            except WrongPassphrase:
                raise
            except BackupFailed:
                # Damaged: it is replaced, as a whole.
                pass
        self._target.write(f"{self.name}/{KEYS}", [Escrow(self.key, {}).lock(passphrase, self.name)])

    @classmethod
    def is_open_to(cls, target: Target, name: str, passphrase: str) -> bool:
        """False where the key is in the target under another passphrase. Without a key there, nothing of the journal is."""
        if f"{name}/{KEYS}" not in target.sizes():
            return True
        try:
            cls.unlock(target, name, passphrase)
        except WrongPassphrase:
            return False
        return True

    def write(self, name: str, content: Iterable[bytes]) -> None:
        # What is written under one name may differ after a crash: no two contents are sealed under the same key.
        salt = os.urandom(_SALT_BYTES)
        self._target.write(f"{self.name}/{name}", self._sealed(salt, name, content))

    def _sealed(self, salt: bytes, name: str, content: Iterable[bytes]) -> Iterator[bytes]:
        yield salt
        yield from seal(compressed(content), self._key_of(salt, name))

    def read(self, name: str) -> Iterator[bytes]:
        """Raises BackupFailed for what was changed, also at the end."""
        pieces = self._target.read(f"{self.name}/{name}")
        held = b""
        while len(held) < _SALT_BYTES:
            more = next(pieces, None)
            if more is None:
                raise BackupFailed("a part of the journal was cut short")
            held += more

        def rest() -> Iterator[bytes]:
            yield held[_SALT_BYTES:]
            yield from pieces

        yield from decompressed(unseal(rest(), self._key_of(held[:_SALT_BYTES], name)))

    def delete(self, name: str) -> None:
        self._target.delete(f"{self.name}/{name}")

    def delete_unfinished(self) -> None:
        """What a kill has left in a directory: nobody else writes here."""
        for path in self._target.sizes():
            folder, _, name = path.partition("/")
            if folder == self.name and name.endswith(".part"):
                self.delete(name)

    def contents(self) -> "Contents":
        return contents_of(self._target.sizes()).get(self.name, Contents([], []))

    def _key_of(self, salt: bytes, name: str) -> bytes:
        return derived_key(self.key, f"journal {self.name}/{name} {salt.hex()}")


class Contents:
    """The pieces of the log and the other objects of one journal."""

    def __init__(self, pieces: list[Piece], others: list[Dated]) -> None:
        self.pieces = sorted(pieces)
        self.others = sorted(others)

    def of_kind(self, kind: str) -> list[Dated]:
        return [each for each in self.others if each.kind == kind]


def contents_of(sizes: Mapping[str, int]) -> dict[str, Contents]:
    """Every journal among the objects of a target, by its name."""
    found: dict[str, tuple[list[Piece], list[Dated]]] = {}
    for path in sizes:
        journal, _, name = path.partition("/")
        if installation_of(journal) is None:
            continue
        pieces, others = found.setdefault(journal, ([], []))
        if (each := piece(name)) is not None:
            pieces.append(each)
        elif (other := dated(name)) is not None:
            others.append(other)
    return {journal: Contents(*parts) for journal, parts in sorted(found.items())}
