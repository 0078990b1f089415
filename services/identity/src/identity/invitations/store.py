"""Statements about invitations. Row security confines each to the caller's workspace."""

from sqlalchemy import Boolean, DateTime, LargeBinary, Uuid, bindparam, func, insert, or_, select, update

from chassis.db.statement import command, query
from identity.login_sessions.store import MAY_SIGN_IN, USER_AND_READ_TIME
from identity.people.blacklist import NOT_BLACKLISTED
from identity.people.columns import SEALED_COLUMNS
from identity.tables import invitations, users, workspaces

_now = bindparam("now", type_=DateTime(timezone=True))
_user_id = bindparam("user_id", type_=Uuid)
_is_open = invitations.c.accepted_at.is_(None) & (invitations.c.expires_at > _now)

lock_user = command(
    select(users.c.role, users.c.is_active, users.c.last_login_at, (~NOT_BLACKLISTED).label("is_blacklisted"))
    .where(users.c.id == _user_id)
    .with_for_update(key_share=True, of=users)
)

count_invitations = query(
    select(func.count().label("number"))
    .select_from(invitations)
    .where(invitations.c.user_id == _user_id)
    .where(invitations.c.created_at > bindparam("since", type_=DateTime(timezone=True)))
)

add_invitation = command(
    insert(invitations).values(
        **{name: bindparam(name) for name in ("workspace_id", "id", "user_id", "shown_hash", "expires_at")}, created_at=_now
    )
)

# An invitation that was replaced is over, like one that is too old.
end_invitations = command(update(invitations).where(invitations.c.user_id == _user_id).where(_is_open).values(expires_at=_now))

issue_invitation = command(
    update(invitations)
    .where(invitations.c.id == bindparam("invitation_id", type_=Uuid))
    .where(_is_open)
    .where((users.c.workspace_id == invitations.c.workspace_id) & (users.c.id == invitations.c.user_id) & users.c.is_active)
    .where(NOT_BLACKLISTED)
    .where((workspaces.c.workspace_id == invitations.c.workspace_id) & (workspaces.c.status == "active"))
    .values(mailed_hash=bindparam("hash"))
    .returning(*SEALED_COLUMNS, invitations.c.expires_at, workspaces.c.name.label("workspace_name"), workspaces.c.locale)
)

_hash = bindparam("hash", type_=LargeBinary)
_invitation = (invitations.c.id == bindparam("invitation_id", type_=Uuid)) & or_(
    invitations.c.mailed_hash == _hash, invitations.c.shown_hash == _hash
)

find_invitation = query(select(invitations.c.user_id).where(_invitation))

lock_invitation = command(select(invitations).where(_invitation).with_for_update())

accept_invitation = command(update(invitations).where(invitations.c.id == bindparam("invitation_id", type_=Uuid)).values(accepted_at=_now))

# Only who has never signed in, or is shut out: an invitation asks for no second factor, and is no way around one.
sign_in_invited = command(
    update(users)
    .where(MAY_SIGN_IN)
    .where(or_(users.c.last_login_at.is_(None), bindparam("is_again", type_=Boolean)))
    .values(last_login_at=_now)
    .returning(*USER_AND_READ_TIME)
)
