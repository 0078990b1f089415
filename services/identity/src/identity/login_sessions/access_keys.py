"""The keys that access tokens are signed with."""

from chassis.auth.tokens import AccessKeys
from chassis.service.runtime import Runtime
from identity.settings import IdentitySettings


def access_keys(runtime: Runtime) -> AccessKeys:
    """The keys of the settings' file; `runtime.once` reads it once. Raises SystemExit if no file is set."""
    settings: IdentitySettings = runtime.settings
    if settings.access_key_file is None:
        raise SystemExit("CASELOAD_ACCESS_KEY_FILE is not set")
    return AccessKeys(settings.access_key_file.read_bytes())
