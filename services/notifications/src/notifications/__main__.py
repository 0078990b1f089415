"""The notifications service: reminders, other mail, webhooks, and alerts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.notifications.v1 import events_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.events.reactions import Reaction
from chassis.service.cli import run
from chassis.service.definition import Erasure, Loop, Service
from chassis.service.runtime import Runtime
from notifications.account_mails import reactions as account_mails
from notifications.alert_feed.rpc import AlertFeed
from notifications.alert_rules.rpc import AlertRules
from notifications.alert_rules.workflow import RuledAlerts
from notifications.alerts.rpc import Alerts
from notifications.bounces import reactions as bounces
from notifications.bounces.receiver import BounceReceiver
from notifications.break_glass_notices import reactions as break_glass_notices
from notifications.calendar_updates import reactions as calendar_updates
from notifications.client_moves.rpc import ClientMoves
from notifications.cosign_notices import reactions as cosign_notices
from notifications.escalation_policies.rpc import EscalationPolicies
from notifications.escalations.worker import AlertWorker
from notifications.held_addresses.rpc import HeldAddresses
from notifications.mail_worker import MailWorker
from notifications.notification_settings.rpc import NotificationSettings
from notifications.offer_answers.rpc import OfferAnswers
from notifications.on_call.rpc import OnCall
from notifications.payment_requests import reactions as payment_requests
from notifications.personal_mails import reactions as personal_mails
from notifications.personal_mails.worker import PersonalWorker
from notifications.reminder_answers import reactions as reminder_answers
from notifications.reminder_answers.rpc import ReminderAnswers
from notifications.reminder_consents import reactions as reminder_consents
from notifications.reminder_policies.rpc import ReminderPolicies
from notifications.reminder_templates.rpc import ReminderTemplates
from notifications.reminders import reactions as reminders
from notifications.reminders.rpc import Reminders
from notifications.return_paths.index_rotation import INDEXED
from notifications.settings import NotificationsSettings
from notifications.sms_channels.rpc import SmsChannels
from notifications.stubs import Stubs
from notifications.system_notices import reactions as system_notices
from notifications.tables import RETENTIONS, metadata
from notifications.waitlist_offers import reactions as waitlist_offers
from notifications.webhooks import reactions as webhooks
from notifications.webhooks.rpc import Webhooks
from notifications.webhooks.worker import WebhookWorker


def _servicers(runtime: Runtime) -> list[Any]:
    identity, webhook_worker = runtime.peers["identity"], runtime.once(WebhookWorker)
    users, departments = UsersStub(identity), DepartmentsStub(identity)
    return [
        Reminders(AppointmentsStub(runtime.peers["scheduling"])),
        ReminderAnswers(Stubs.of(runtime), users),
        OfferAnswers(Stubs.of(runtime)),
        ReminderPolicies(),
        ReminderTemplates(WorkspacesStub(identity), public_url=runtime.settings.public_url),
        ClientMoves(),
        HeldAddresses(runtime.keys, ClientsStub(runtime.peers["clients"]), users),
        SmsChannels(runtime.keys, takes=webhook_worker.outgoing.takes),
        Webhooks(runtime.keys, takes=webhook_worker.outgoing.takes, wake=webhook_worker.poller.wake),
        Alerts(runtime.keys, users, departments, _wake_of_steps(runtime)),
        EscalationPolicies(),
        AlertRules(),
        OnCall(users, departments),
        AlertFeed(runtime.keys, users),
        NotificationSettings(users),
    ]


def _loops(runtime: Runtime) -> list[Loop]:
    alerts = AlertWorker(runtime, UsersStub(runtime.peers["identity"]), _wake_of_steps(runtime))
    loops = [*runtime.once(MailWorker).loops, alerts.poller.run, runtime.once(WebhookWorker).poller.run]
    loops.append(PersonalWorker(runtime).poller.run)
    return [*loops, BounceReceiver(runtime, runtime.settings).run] if runtime.settings.bounce_listen else loops


def _wake_of_steps(runtime: Runtime) -> Callable[[], None]:
    """Has what a step of an alert tells be sent at once."""
    mails, webhook_poller = runtime.once(MailWorker).account_mails, runtime.once(WebhookWorker).poller

    def wake() -> None:
        mails.wake()
        webhook_poller.wake()

    return wake


def _reactions(runtime: Runtime) -> list[Reaction]:
    worker = runtime.once(MailWorker)
    waited_for, users, ruled = worker.account_mails.wake, UsersStub(runtime.peers["identity"]), RuledAlerts.of(runtime)
    return [
        *reminders.reactions(worker.wake_reminders),
        *reminder_consents.reactions(),
        *account_mails.reactions(waited_for),
        *payment_requests.reactions(waited_for),
        *waitlist_offers.reactions(waited_for, users),
        *calendar_updates.reactions(waited_for),
        *reminder_answers.reactions(waited_for),
        *bounces.reactions(waited_for, users, ruled),
        *break_glass_notices.reactions(waited_for, users),
        *cosign_notices.reactions(waited_for, users, ruled),
        *system_notices.reactions(waited_for, users, ruled),
        *personal_mails.reactions(waited_for, AppointmentsStub(runtime.peers["scheduling"])),
        *webhooks.reactions(runtime.once(WebhookWorker).poller.wake, settling=timedelta(seconds=runtime.settings.webhook_settling_seconds)),
    ]


SERVICE = Service(
    "notifications",
    metadata,
    servicers=_servicers,
    reactions=_reactions,
    loops=_loops,
    settings=NotificationsSettings,
    retentions=RETENTIONS,
    indexed=INDEXED,
    holds=lambda runtime: runtime.legal_holds(lambda: runtime.peers["audit"]),
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished),
)

if __name__ == "__main__":
    run(SERVICE)
