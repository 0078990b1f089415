"""The tables of notifications: reminder rules, known appointments, reminders, other mail, alerts, what is due, and webhooks."""

from chassis.work import moves
from chassis.work.retention import Retention
from notifications.tables.alert_rules import alert_rules
from notifications.tables.alerts import (
    alert_changes,
    alert_escalations,
    alert_feeds,
    alert_mails,
    alerts,
    escalation_policies,
    on_call_overrides,
)
from notifications.tables.base import metadata, moved
from notifications.tables.calendar_invites import calendar_invites
from notifications.tables.mail import due_work, mails
from notifications.tables.notification_settings import notification_settings
from notifications.tables.reminder_links import reminder_links, reminder_opt_outs
from notifications.tables.reminder_policies import reminder_policies
from notifications.tables.reminder_templates import reminder_templates
from notifications.tables.reminders import (
    appointments,
    merged_clients,
    reminder_configurations,
    reminder_consents,
    reminder_counters,
    reminders,
)
from notifications.tables.return_paths import address_troubles, return_paths
from notifications.tables.sms_channels import sms_channels
from notifications.tables.webhooks import webhook_deliveries, webhook_queues, webhooks

__all__ = [
    "RETENTIONS",
    "address_troubles",
    "alert_changes",
    "alert_escalations",
    "alert_feeds",
    "alert_mails",
    "alert_rules",
    "alerts",
    "appointments",
    "calendar_invites",
    "due_work",
    "escalation_policies",
    "mails",
    "merged_clients",
    "metadata",
    "moved",
    "notification_settings",
    "on_call_overrides",
    "reminder_configurations",
    "reminder_consents",
    "reminder_counters",
    "reminder_links",
    "reminder_opt_outs",
    "reminder_policies",
    "reminder_templates",
    "reminders",
    "return_paths",
    "sms_channels",
    "webhook_deliveries",
    "webhook_queues",
    "webhooks",
]

# What is being sent, or is still to be, is never over.
_SETTLED = "status NOT IN ('pending', 'sending')"
RETENTIONS = (
    Retention("mails", since="created_at", days="mails_days", over=_SETTLED),
    Retention("reminders", since="starts_at", days="reminders_days", over=_SETTLED, evidence=True),
    Retention("reminder_links", since="starts_at", days="reminder_links_days"),
    Retention("calendar_invites", since="starts_at", days="reminder_links_days"),
    # A report may come days later, and another one after the mail was put off.
    Retention("return_paths", since="created_at", days="return_paths_days"),
    Retention("address_troubles", since="last_at", days="address_troubles_days"),
    # An event about an older one makes its copy anew; nothing is planned for what has begun.
    Retention("appointments", since="coalesce(starts_at, seen_at)", days="appointment_copies_days"),
    Retention("webhook_deliveries", since="created_at", days="webhook_deliveries_days", over="status IN ('delivered', 'failed')"),
    moves.RETENTION,
    Retention("alert_mails", since="created_at", days="mails_days"),
    # For this long a stream that was interrupted goes on where it was.
    Retention("alert_changes", since="changed_at", days=1.0),
    Retention("on_call_overrides", since="ends_at", days="on_call_overrides_days"),
)
