"""Tells those who administer a workspace, as its rules say, of a break of its audit trail and of backups that fail."""

from collections.abc import Callable

from caseload.audit.v1 import events_pb2 as audit_events
from caseload.identity.v1 import events_pb2 as identity_events
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from notifications.alert_rules.workflow import RuledAlerts
from notifications.mail.to_staff import mail_staff_daily


def reactions(wake: Callable[[], None], users: UsersStub, ruled: RuledAlerts) -> list[Reaction]:
    """`wake` makes the poller of these mails look for work at once."""

    @on(audit_events.TrailBroken, queue="notifications.tell-broken-trail")
    async def tell_broken_trail(_event: audit_events.TrailBroken, delivery: Delivery) -> None:
        """Mailed once a day: whoever changes lines of the trail could have thousands of mails sent."""
        if await ruled.apply(delivery, "audit_broken") == "mail":
            found = await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)
            await mail_staff_daily(delivery, "audit_broken", found.user_ids, wake)

    @on(identity_events.BackupsTroubled, queue="notifications.tell-troubled-backups")
    async def tell_troubled_backups(event: identity_events.BackupsTroubled, delivery: Delivery) -> None:
        """Mailed once a day for as long as it is announced."""
        if await ruled.apply(delivery, "backup_failed", is_only_workspace=event.is_only_workspace) == "mail":
            found = await users.ListOverseers(users_pb2.ListOverseersRequest(), delivery.context)
            await mail_staff_daily(delivery, "backup_failed", found.user_ids, wake)

    return [tell_broken_trail, tell_troubled_backups]
