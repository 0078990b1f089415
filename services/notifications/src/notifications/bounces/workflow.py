"""Has a report about a mail take effect: on the mail, and on the address that it went to."""

from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from notifications.bounces import store
from notifications.bounces.rules import Report
from notifications.return_paths import store as paths
from notifications.return_paths.tokens import ReturnToken
from notifications.return_paths.workflow import record_failure, record_success
from notifications.waitlist_offers.workflow import pass_on


async def is_known(runtime: Runtime, token: ReturnToken) -> bool:
    """Whether a mail has this return path. Raises Unavailable."""
    async with runtime.background(token.workspace_id) as work:
        return await work.db.maybe(paths.by_token, token_hash=token.hash) is not None


async def apply(runtime: Runtime, token: ReturnToken, report: Report) -> None:
    """Records it, once: the second report of the same kind changes nothing. Returns when it is committed. Raises Unavailable."""
    async with runtime.background(token.workspace_id) as work:
        path = await work.db.maybe(paths.lock_by_token, token_hash=token.hash)
        if path is None:
            return
        address = {path["index_version"]: path["address_index"]}
        if report.outcome == "delivered":
            await record_success(work, address)
            await work.db.maybe(store.delivered[path["kind"]], id=path["id"], now=work.now)
        elif report.outcome == "failed" and report.reason is not None:
            mail = await work.db.maybe(store.bounced[path["kind"]], id=path["id"], reason=f"bounced_{report.reason}")
            if mail is not None:
                is_held = await record_failure(work, address, report.reason, kind=path["kind"], item_id=path["id"])
                _record(work, path, mail, report.reason, is_held=is_held)
                pass_on(work, mail, "bounced", None)


def _record(work: UnitOfWork, path: Record, mail: Record, reason: str, *, is_held: bool) -> None:
    facts = {"mail_id": path["id"], "reason": reason, "address_held": "yes" if is_held else "no"}
    if mail["appointment_id"] is not None:
        record_effect(work, "mail_bounced", options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [mail["appointment_id"]], **facts)
    elif mail.get("user_id") is not None:
        record_effect(work, "mail_bounced", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [mail["user_id"]], **facts)
    else:
        record_effect(work, "mail_bounced", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [work.workspace_id], **facts)
