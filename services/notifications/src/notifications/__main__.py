"""Reminders and mail."""

from chassis.run import run
from chassis.runtime import Service
from notifications.desk import desk
from notifications.magic_links import reactions as magic_links
from notifications.reminders import reactions as reminders
from notifications.reminders.rpc import Reminders
from notifications.settings import NotificationsSettings
from notifications.tables import metadata

SERVICE = Service(
    "notifications",
    metadata,
    features=lambda runtime: [Reminders(desk(runtime).peers.appointments)],
    reactions=lambda runtime: [*reminders.reactions(desk(runtime)), *magic_links.reactions(desk(runtime))],
    loops=lambda runtime: desk(runtime).loops,
    settings=NotificationsSettings,
)

if __name__ == "__main__":
    run(SERVICE)
