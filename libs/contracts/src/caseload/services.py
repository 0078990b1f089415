"""The services of Caseload, by name. Generated; never edited."""

from typing import Final

SERVICE_NAMES: Final = ("audit", "clients", "clinical", "identity", "notifications", "scheduling")
