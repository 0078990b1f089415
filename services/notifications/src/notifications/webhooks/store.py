"""Statements on webhooks. `claim` works across workspaces; row security limits the others to the caller's, and those on queues name it.

Whoever adds, sends, settles or deletes deliveries of a webhook locks its queue first.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Interval,
    LargeBinary,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.db.advisory_locks import lock_number
from chassis.db.statement import command, query
from notifications.tables import webhook_deliveries, webhook_queues, webhooks

_time = DateTime(timezone=True)
_workspace = bindparam("workspace_id", type_=Uuid)
_now = bindparam("now", type_=_time)
_id = bindparam("id", type_=Uuid)
_webhook_id = bindparam("webhook_id", type_=Uuid)
_limit = bindparam("limit", type_=Integer)
_offset = bindparam("offset", type_=Integer)

_deliveries, _queues = webhook_deliveries.c, webhook_queues.c
_this_queue = and_(_queues.workspace_id == _workspace, _queues.webhook_id == _webhook_id)
_of_webhook = _deliveries.webhook_id == _webhook_id


def _status(*names: str) -> ColumnElement[bool]:
    """Written out, so that a plan for all arguments can use the indexes on some statuses."""
    return _deliveries.status.in_([literal_column(f"'{name}'") for name in names])


# ---- webhooks

_SHOWN = tuple(
    webhooks.c[name] for name in ("id", "sealed", "version", "event_types", "is_active", "disabled_reason", "former_until", "created_at")
)

# One webhook is made at a time in a workspace: they are counted meanwhile.
lock_webhooks = command(select(func.pg_advisory_xact_lock(lock_number("webhooks", _workspace))))

count_webhooks = query(select(func.count().label("total")).select_from(webhooks))

add_webhook = command(
    insert(webhooks)
    .values(
        workspace_id=_workspace,
        id=_id,
        sealed=bindparam("sealed", type_=LargeBinary),
        version=1,
        event_types=bindparam("event_types", type_=ARRAY(Text)),
        is_active=True,
        created_by=bindparam("created_by", type_=Uuid),
        created_at=_now,
    )
    .returning(*_SHOWN)
)
add_queue = command(insert(webhook_queues).values(workspace_id=_workspace, webhook_id=_webhook_id))

list_webhooks = query(select(*_SHOWN).order_by(webhooks.c.created_at.desc(), webhooks.c.id.desc()).limit(_limit).offset(_offset))
get_webhook = query(select(*_SHOWN).where(webhooks.c.id == _id))
lock_webhook = command(select(*_SHOWN).where(webhooks.c.id == _id).with_for_update())

change_secret = command(
    update(webhooks)
    .where(webhooks.c.id == _id)
    .values(
        sealed=bindparam("sealed", type_=LargeBinary),
        version=webhooks.c.version + 1,
        former_until=bindparam("former_until", type_=_time),
    )
    .returning(*_SHOWN)
)

disable = command(
    update(webhooks)
    .where(webhooks.c.id == _id, webhooks.c.is_active)
    .values(is_active=False, disabled_reason=bindparam("reason", type_=Text))
    .returning(webhooks.c.id)
)

enable = command(update(webhooks).where(webhooks.c.id == _id).values(is_active=True, disabled_reason=null()).returning(*_SHOWN))
# As if it had never failed, and had answered just now: an old message that somebody has sent again and that is not taken does not disable it.
begin_anew = command(update(webhook_queues).where(_this_queue).values(failures=0, rests_until=null(), succeeded_at=_now))

lock_queue = command(select(_queues.webhook_id).where(_this_queue).with_for_update())
delete_webhook = command(delete(webhooks).where(webhooks.c.id == _id).returning(webhooks.c.id))
delete_queue = command(delete(webhook_queues).where(_this_queue))
delete_deliveries = command(delete(webhook_deliveries).where(_of_webhook))

# ---- what is to be delivered

# In the order of ids, so that two events that are told to several webhooks never wait for each other in a circle.
listening = command(
    select(_queues.webhook_id)
    .join(webhooks, and_(webhooks.c.workspace_id == _queues.workspace_id, webhooks.c.id == _queues.webhook_id))
    .where(_queues.workspace_id == _workspace, webhooks.c.is_active)
    .where(bindparam("event_type", type_=Text) == any_(webhooks.c.event_types))
    .order_by(_queues.webhook_id)
    .with_for_update(of=webhook_queues)
)

# All of the workspace, for what concerns the deliveries of every webhook.
lock_queues = command(select(_queues.webhook_id).where(_queues.workspace_id == _workspace).order_by(_queues.webhook_id).with_for_update())

# Nothing where the webhook has been told already.
add_delivery = command(
    upsert(webhook_deliveries)
    .values(
        workspace_id=_workspace,
        id=_id,
        webhook_id=_webhook_id,
        event_type=bindparam("event_type", type_=Text),
        aggregate_id=bindparam("aggregate_id", type_=Uuid),
        position=bindparam("position", type_=BigInteger),
        body=bindparam("body", type_=Text),
        next_attempt_at=bindparam("due_at", type_=_time),
        give_up_at=bindparam("give_up_at", type_=_time),
        created_at=_now,
    )
    .on_conflict_do_nothing(constraint="webhook_told_once")
)
make_due = command(update(webhook_queues).where(_this_queue).values(due_at=func.least(_queues.due_at, bindparam("due_at", type_=_time))))
# Also where it rests.
make_due_at_once = command(update(webhook_queues).where(_this_queue).values(due_at=_now, rests_until=null()))

# What was told of a client, but that they are erased.
forget_client = command(
    delete(webhook_deliveries).where(
        _deliveries.aggregate_id == bindparam("client_id", type_=Uuid), _deliveries.event_type != bindparam("but", type_=Text)
    )
)

_TOLD = tuple(
    _deliveries[name].label("status" if name == "told_status" else name)
    for name in ("id", "event_type", "told_status", "attempts", "response_status", "next_attempt_at", "created_at")
)
list_deliveries = query(
    select(*_TOLD).where(_of_webhook).order_by(_deliveries.created_at.desc(), _deliveries.id.desc()).limit(_limit).offset(_offset)
)
count_deliveries = query(select(func.count().label("total")).select_from(webhook_deliveries).where(_of_webhook))
get_delivery = query(select(*_TOLD).where(_of_webhook, _deliveries.id == _id))

retry = command(
    update(webhook_deliveries)
    .where(_of_webhook, _deliveries.id == _id, _status("pending", "delivered", "failed"))
    .values(status="pending", next_attempt_at=_now, give_up_at=func.greatest(_deliveries.give_up_at, _now))
)

# ---- sending

_is_due = and_(
    _queues.due_at <= func.now(),
    or_(_queues.rests_until.is_(None), _queues.rests_until <= func.now()),
    or_(_queues.leased_until.is_(None), _queues.leased_until <= func.now()),
)
_due_queues = (
    select(_queues.workspace_id, _queues.webhook_id)
    .where(_is_due)
    .order_by(_queues.due_at)
    .limit(_limit)
    # Two instances claim different webhooks, and neither waits for the other.
    .with_for_update(skip_locked=True)
    .cte("due")
)
_lease = func.now() + bindparam("lease", type_=Interval)
claim = command(
    update(webhook_queues)
    .where(_queues.workspace_id == _due_queues.c.workspace_id, _queues.webhook_id == _due_queues.c.webhook_id)
    .values(leased_until=_lease)
    .returning(_queues.workspace_id, _queues.webhook_id, _queues.leased_until)
)

# Locks the queue and begins the lease anew. No row for whoever has lost it.
hold = command(
    update(webhook_queues)
    .where(_this_queue, _queues.leased_until == bindparam("leased_until", type_=_time))
    .values(leased_until=_lease)
    .returning(_queues.leased_until, _queues.failures, _queues.succeeded_at)
)

# What a sender has left behind whose process died.
put_back = command(update(webhook_deliveries).where(_of_webhook, _status("sending")).values(status="pending", next_attempt_at=_now))

_earlier = webhook_deliveries.alias("earlier")
_is_first_in_line = ~(
    select(_earlier.c.id)
    .where(_earlier.c.workspace_id == _deliveries.workspace_id, _earlier.c.webhook_id == _deliveries.webhook_id)
    .where(_earlier.c.aggregate_id == _deliveries.aggregate_id)
    .where(_earlier.c.status.in_([literal_column("'pending'"), literal_column("'sending'")]))
    .where(tuple_(_earlier.c.position, _earlier.c.id) < tuple_(_deliveries.position, _deliveries.id))
    .exists()
)
# Steps of an alert wait for nothing: each of them says which level it is of, and one that is not answered must not keep the next one back.
_is_urgent = _deliveries.event_type == literal_column("'alert.escalated'")
_may_go = or_(_is_urgent, _is_first_in_line)


def _due(*which: ColumnElement[bool]) -> Any:
    """The first of these, in the order of the index: of 60,000 that wait, no more are looked at than are sent."""
    return (
        select(*(_deliveries[name] for name in ("id", "body", "attempts", "give_up_at", "created_at")))
        .where(_of_webhook, _status("pending"), _deliveries.next_attempt_at <= _now, *which)
        .order_by(_deliveries.next_attempt_at, _deliveries.id)
        .limit(_limit)
    )


_is_new = _deliveries.attempts == literal_column("0")
# One after the other: what is urgent, what was never sent, and what is sent again.
_due_first = union_all(
    _due(_is_urgent),
    _due(~_is_urgent, _is_new, _is_first_in_line),
    _due(~_is_urgent, ~_is_new, _is_first_in_line),
).subquery("due")
due_deliveries = command(select(*_due_first.c).limit(_limit))
next_due = command(
    select(_deliveries.next_attempt_at)
    .where(_of_webhook, _status("pending"), _may_go)
    .order_by(_deliveries.next_attempt_at, _deliveries.id)
    .limit(1)
)

begin_sending = command(
    update(webhook_deliveries)
    .where(_deliveries.id == any_(bindparam("ids", type_=ARRAY(Uuid))), _status("pending"))
    .values(status="sending", attempts=_deliveries.attempts + 1, next_attempt_at=null())
)


def _settled(from_status: ColumnElement[bool]) -> Any:
    return (
        update(webhook_deliveries)
        .where(_deliveries.id == _id, from_status)
        .values(
            status=bindparam("status", type_=Text),
            response_status=bindparam("response_status", type_=Integer),
            last_error=bindparam("error", type_=Text),
            next_attempt_at=bindparam("next_attempt_at", type_=_time),
        )
        .returning(_deliveries.id)
    )


settle = command(_settled(_status("sending")))
# Of a success it does not matter who holds the lease by now.
settle_success = command(_settled(_status("pending", "sending", "failed")))
# So many of those that wait, in one transaction: three days of messages are tens of thousands, and who holds the queue's row keeps steps of alerts waiting.
AT_ONCE = 1000
_next_to_fail = (
    select(_earlier.c.id)
    .where(_earlier.c.webhook_id == _webhook_id, _earlier.c.status.in_([literal_column("'pending'"), literal_column("'sending'")]))
    .limit(literal_column(str(AT_ONCE)))
)
fail_some = command(
    update(webhook_deliveries)
    .where(_deliveries.id == any_(func.array(_next_to_fail.scalar_subquery())), _status("pending", "sending"))
    .values(status="failed", next_attempt_at=null(), last_error=bindparam("error", type_=Text))
)

note_answers = command(
    update(webhook_queues)
    .where(_this_queue)
    .values(
        failures=bindparam("failures", type_=Integer),
        rests_until=bindparam("rests_until", type_=_time),
        succeeded_at=func.greatest(_queues.succeeded_at, bindparam("succeeded_at", type_=_time)),
    )
)
release = command(update(webhook_queues).where(_this_queue).values(leased_until=null(), due_at=bindparam("due_at", type_=_time)))
