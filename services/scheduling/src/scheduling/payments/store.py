"""Statements about how clients pay, and the requests they were sent. Row security limits each to the caller's workspace."""

from typing import Any

from sqlalchemy import DateTime, Text, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.statement import command, query
from scheduling.tables import appointments, offered_services, payment_requests, payment_settings

_now = bindparam("now", type_=DateTime(timezone=True))
_a = appointments.c

SETTINGS = ("payment_mode", "bank_account_details", "payment_link_type", "payment_link_template", "payment_provider")
_SETTINGS: dict[str, Any] = {name: bindparam(name, type_=Text) for name in SETTINGS}

get_settings = query(select(*(payment_settings.c[name] for name in SETTINGS)))

set_settings = command(
    upsert(payment_settings)
    .values(workspace_id=bindparam("workspace_id", type_=Uuid), **_SETTINGS, updated_at=_now)
    .on_conflict_do_update(constraint="pk_payment_settings", set_={**_SETTINGS, "updated_at": _now})
)

_requested = payment_requests.c
last_request = query(
    select(func.max(_requested.requested_at).label("at")).where(_requested.appointment_id == bindparam("appointment_id", type_=Uuid))
)

add_request = command(
    upsert(payment_requests).values(
        **{name: bindparam(name, type_=Uuid) for name in ("workspace_id", "id", "appointment_id", "requested_by")}, requested_at=_now
    )
)

# What is known of the appointment at the moment; no row if it was deleted.
get_request = query(
    select(
        _a.id.label("appointment_id"), _a.client_id, _a.payment_price, _a.payment_status, _a.scheduled_start, offered_services.c.currency
    )
    .join(payment_requests, (_requested.workspace_id == _a.workspace_id) & (_requested.appointment_id == _a.id))
    .outerjoin(offered_services, (offered_services.c.workspace_id == _a.workspace_id) & (offered_services.c.id == _a.service_id))
    .where(_requested.id == bindparam("payment_request_id", type_=Uuid))
    .where(_a.deleted_at.is_(None))
)

# For a request to pay, which leaves everything else as it is.
mark_requested = command(
    update(appointments)
    .where(_a.id == bindparam("id", type_=Uuid))
    .values(
        payment_status=bindparam("payment_status", type_=Text),
        sealed=bindparam("sealed", type_=_a.sealed.type),
        version=_a.version + 1,
        updated_at=_now,
    )
    .returning(*_a)
)
