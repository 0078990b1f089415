"""What keeps a backup from being made, verified or restored."""


class BackupFailed(Exception):
    """The message is for the operator, and says what to do where that is known. It holds no secret."""


class WrongPassphrase(BackupFailed):
    """Something is sealed under another passphrase, or was changed: nobody can tell which."""


class TargetAway(BackupFailed):
    """The target did not answer, or refused: what is in it may be as it should."""
