"""The stubs of every service that the gateway calls."""

from collections.abc import Mapping
from dataclasses import dataclass

from caseload.audit.v1.compliance_rpc import ComplianceStub
from caseload.audit.v1.exports_rpc import AuditExportsStub
from caseload.audit.v1.legal_holds_rpc import LegalHoldsStub
from caseload.audit.v1.retention_rpc import RetentionStub
from caseload.audit.v1.trail_rpc import TrailStub
from caseload.audit.v1.tree_heads_rpc import TreeHeadsStub
from caseload.clients.v1.care_teams_rpc import CareTeamsStub
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.clients.v1.duplicates_rpc import ClientDuplicatesStub
from caseload.clients.v1.exports_rpc import ClientExportsStub
from caseload.clients.v1.imports_rpc import ClientImportsStub
from caseload.clients.v1.merges_rpc import ClientMergesStub
from caseload.clients.v1.patients_rpc import PatientsStub
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsStub
from caseload.clinical.v1.cosignatures_rpc import CosignaturesStub
from caseload.clinical.v1.measures_rpc import MeasuresStub
from caseload.clinical.v1.milestones_rpc import MilestonesStub
from caseload.clinical.v1.note_templates_rpc import NoteTemplatesStub
from caseload.clinical.v1.plans_rpc import PlansStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.clinical.v1.sync_rpc import SyncStub
from caseload.identity.v1.api_keys_rpc import ApiKeysStub
from caseload.identity.v1.blacklist_rpc import BlacklistStub
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.invitations_rpc import InvitationsStub
from caseload.identity.v1.memberships_rpc import MembershipsStub
from caseload.identity.v1.passkeys_rpc import PasskeysStub
from caseload.identity.v1.platform_rpc import PlatformStub
from caseload.identity.v1.second_factors_rpc import SecondFactorsStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.single_sign_on_rpc import SingleSignOnStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.jobs.v1.jobs_rpc import JobsStub
from caseload.notifications.v1.alert_feed_rpc import AlertFeedStub
from caseload.notifications.v1.alert_rules_rpc import AlertRulesStub
from caseload.notifications.v1.alerts_rpc import AlertsStub
from caseload.notifications.v1.escalation_policies_rpc import EscalationPoliciesStub
from caseload.notifications.v1.held_addresses_rpc import HeldAddressesStub
from caseload.notifications.v1.notification_settings_rpc import NotificationSettingsStub
from caseload.notifications.v1.offer_answers_rpc import OfferAnswersStub
from caseload.notifications.v1.on_call_rpc import OnCallStub
from caseload.notifications.v1.reminder_answers_rpc import ReminderAnswersStub
from caseload.notifications.v1.reminder_policies_rpc import ReminderPoliciesStub
from caseload.notifications.v1.reminder_templates_rpc import ReminderTemplatesStub
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.notifications.v1.sms_channels_rpc import SmsChannelsStub
from caseload.notifications.v1.webhooks_rpc import WebhooksStub
from caseload.scheduling.v1.activity_rpc import ActivityReportsStub
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.availability_rpc import AvailabilityStub
from caseload.scheduling.v1.calendar_feeds_rpc import CalendarFeedsStub
from caseload.scheduling.v1.holds_rpc import HoldsStub
from caseload.scheduling.v1.holidays_rpc import HolidaysStub
from caseload.scheduling.v1.locations_rpc import LocationsStub
from caseload.scheduling.v1.payments_rpc import PaymentsStub
from caseload.scheduling.v1.series_rpc import AppointmentSeriesStub
from caseload.scheduling.v1.services_rpc import ServicesStub
from caseload.scheduling.v1.slots_rpc import FreeSlotsStub
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.rpc.client.peers import Peer


@dataclass(frozen=True, slots=True)
class Stubs:
    sign_in: SignInStub
    second_factors: SecondFactorsStub
    passkeys: PasskeysStub
    single_sign_on: SingleSignOnStub
    memberships: MembershipsStub
    users: UsersStub
    invitations: InvitationsStub
    api_keys: ApiKeysStub
    departments: DepartmentsStub
    workspaces: WorkspacesStub
    platform: PlatformStub
    blacklist: BlacklistStub
    clients: ClientsStub
    care_teams: CareTeamsStub
    client_duplicates: ClientDuplicatesStub
    client_exports: ClientExportsStub
    client_imports: ClientImportsStub
    client_merges: ClientMergesStub
    patients: PatientsStub
    consents: ConsentsStub
    # Of the clients service; the audit service's long work is exports, which have operations of their own.
    jobs: JobsStub
    appointments: AppointmentsStub
    services: ServicesStub
    locations: LocationsStub
    payments: PaymentsStub
    holds: HoldsStub
    series: AppointmentSeriesStub
    availability: AvailabilityStub
    holidays: HolidaysStub
    slots: FreeSlotsStub
    calendar_feeds: CalendarFeedsStub
    activity: ActivityReportsStub
    waitlist: WaitlistStub
    sessions: SessionsStub
    sync: SyncStub
    attachments: AttachmentsStub
    client_attachments: ClientAttachmentsStub
    note_templates: NoteTemplatesStub
    plans: PlansStub
    cosignatures: CosignaturesStub
    milestones: MilestonesStub
    measures: MeasuresStub
    offer_answers: OfferAnswersStub
    reminder_answers: ReminderAnswersStub
    reminder_policies: ReminderPoliciesStub
    held_addresses: HeldAddressesStub
    sms_channels: SmsChannelsStub
    reminder_templates: ReminderTemplatesStub
    reminders: RemindersStub
    alerts: AlertsStub
    alert_feed: AlertFeedStub
    alert_rules: AlertRulesStub
    escalation_policies: EscalationPoliciesStub
    on_call: OnCallStub
    notification_settings: NotificationSettingsStub
    webhooks: WebhooksStub
    trail: TrailStub
    audit_exports: AuditExportsStub
    audit_jobs: JobsStub
    legal_holds: LegalHoldsStub
    retention: RetentionStub
    compliance: ComplianceStub
    tree_heads: TreeHeadsStub

    @classmethod
    def of(cls, peers: Mapping[str, Peer]) -> "Stubs":
        return cls(
            sign_in=SignInStub(peers["identity"]),
            second_factors=SecondFactorsStub(peers["identity"]),
            passkeys=PasskeysStub(peers["identity"]),
            single_sign_on=SingleSignOnStub(peers["identity"]),
            memberships=MembershipsStub(peers["identity"]),
            users=UsersStub(peers["identity"]),
            invitations=InvitationsStub(peers["identity"]),
            api_keys=ApiKeysStub(peers["identity"]),
            departments=DepartmentsStub(peers["identity"]),
            workspaces=WorkspacesStub(peers["identity"]),
            platform=PlatformStub(peers["identity"]),
            blacklist=BlacklistStub(peers["identity"]),
            clients=ClientsStub(peers["clients"]),
            care_teams=CareTeamsStub(peers["clients"]),
            client_duplicates=ClientDuplicatesStub(peers["clients"]),
            client_exports=ClientExportsStub(peers["clients"]),
            client_imports=ClientImportsStub(peers["clients"]),
            client_merges=ClientMergesStub(peers["clients"]),
            patients=PatientsStub(peers["clients"]),
            consents=ConsentsStub(peers["clients"]),
            jobs=JobsStub(peers["clients"]),
            appointments=AppointmentsStub(peers["scheduling"]),
            services=ServicesStub(peers["scheduling"]),
            locations=LocationsStub(peers["scheduling"]),
            payments=PaymentsStub(peers["scheduling"]),
            holds=HoldsStub(peers["scheduling"]),
            series=AppointmentSeriesStub(peers["scheduling"]),
            availability=AvailabilityStub(peers["scheduling"]),
            holidays=HolidaysStub(peers["scheduling"]),
            slots=FreeSlotsStub(peers["scheduling"]),
            calendar_feeds=CalendarFeedsStub(peers["scheduling"]),
            activity=ActivityReportsStub(peers["scheduling"]),
            waitlist=WaitlistStub(peers["scheduling"]),
            sessions=SessionsStub(peers["clinical"]),
            sync=SyncStub(peers["clinical"]),
            attachments=AttachmentsStub(peers["clinical"]),
            client_attachments=ClientAttachmentsStub(peers["clinical"]),
            note_templates=NoteTemplatesStub(peers["clinical"]),
            plans=PlansStub(peers["clinical"]),
            cosignatures=CosignaturesStub(peers["clinical"]),
            milestones=MilestonesStub(peers["clinical"]),
            measures=MeasuresStub(peers["clinical"]),
            offer_answers=OfferAnswersStub(peers["notifications"]),
            reminder_answers=ReminderAnswersStub(peers["notifications"]),
            reminder_policies=ReminderPoliciesStub(peers["notifications"]),
            held_addresses=HeldAddressesStub(peers["notifications"]),
            sms_channels=SmsChannelsStub(peers["notifications"]),
            reminder_templates=ReminderTemplatesStub(peers["notifications"]),
            reminders=RemindersStub(peers["notifications"]),
            alerts=AlertsStub(peers["notifications"]),
            alert_feed=AlertFeedStub(peers["notifications"]),
            alert_rules=AlertRulesStub(peers["notifications"]),
            escalation_policies=EscalationPoliciesStub(peers["notifications"]),
            on_call=OnCallStub(peers["notifications"]),
            notification_settings=NotificationSettingsStub(peers["notifications"]),
            webhooks=WebhooksStub(peers["notifications"]),
            trail=TrailStub(peers["audit"]),
            audit_exports=AuditExportsStub(peers["audit"]),
            audit_jobs=JobsStub(peers["audit"]),
            legal_holds=LegalHoldsStub(peers["audit"]),
            retention=RetentionStub(peers["audit"]),
            compliance=ComplianceStub(peers["audit"]),
            tree_heads=TreeHeadsStub(peers["audit"]),
        )
