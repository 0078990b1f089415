"""Reminders and mail."""

from chassis.service.cli import run
from chassis.service.definition import Service
from notifications.desk import Desk
from notifications.magic_links import reactions as magic_links
from notifications.reminders import reactions as reminders
from notifications.reminders.rpc import Reminders
from notifications.settings import NotificationsSettings
from notifications.tables import metadata

SERVICE = Service(
    "notifications",
    metadata,
    features=lambda runtime: [Reminders(runtime.once(Desk).peers.appointments)],
    reactions=lambda runtime: [*reminders.reactions(runtime.once(Desk)), *magic_links.reactions(runtime.once(Desk))],
    loops=lambda runtime: runtime.once(Desk).loops,
    settings=NotificationsSettings,
)

if __name__ == "__main__":
    run(SERVICE)
