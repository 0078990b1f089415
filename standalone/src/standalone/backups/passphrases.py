"""Where the passphrase of the backups comes from: a file, standard input, or a person. Never an argument or a variable, which others may see."""

import sys
import unicodedata
from getpass import getpass
from pathlib import Path

from standalone.backups.errors import BackupFailed

# Of zxcvbn's scores from 0 to 4: more than 10^10 guesses. Whoever has the backup can guess for as long as they like.
_STRONG_ENOUGH = 4
# zxcvbn's time grows with the square of the length.
_JUDGED = 72


def passphrase_from(file: Path | None, *, new: bool) -> str:
    """The first line of the file or of standard input, or what is typed at the terminal. A new one is judged, and typed twice."""
    if file is not None:
        passphrase = _read(file)
    elif not sys.stdin.isatty():
        passphrase = sys.stdin.readline()
    else:
        passphrase = getpass("Passphrase of the backup: ")
        if new and getpass("Once more: ") != passphrase:
            raise BackupFailed("the two passphrases are not the same")
    # The same on every keyboard and system.
    passphrase = unicodedata.normalize("NFKC", passphrase.rstrip("\r\n"))
    if not passphrase:
        raise BackupFailed("there is no passphrase: type one, or name the file that has it in CASELOAD_BACKUP_PASSPHRASE_FILE")
    if new:
        check_strength(passphrase)
    return passphrase


def check_strength(passphrase: str) -> None:
    """Raises BackupFailed for a passphrase that somebody who has the backup would guess."""
    # Takes a quarter of a second to import.
    from zxcvbn import zxcvbn

    if zxcvbn(passphrase[:_JUDGED])["score"] < _STRONG_ENOUGH:
        raise BackupFailed("this passphrase is too easily guessed: take five random words, or twenty random characters")


def _read(file: Path) -> str:
    try:
        if file.stat().st_mode & 0o077:
            raise BackupFailed(f"others may read the passphrase: chmod 600 {file}")
        with file.open(encoding="utf-8") as text:
            return text.readline()
    except OSError as error:
        raise BackupFailed(f"the passphrase's file {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BackupFailed(f"the passphrase's file {file} is not text in UTF-8") from None
