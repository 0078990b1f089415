"""Explanations of problem codes, for the pages that the type of a problem links to."""

EXPLANATIONS: dict[str, str] = {
    "appointment_conflict": "The practitioner is busy at that time. `conflicting_appointments` lists the appointments at that time. "
    "Send allow_conflict=true to overbook deliberately; the audit trail will say so.",
    "body_too_large": "The body has more than `limit_bytes` bytes, which is the limit of this path.",
    "csrf_failed": "A write authenticated by cookies has to repeat the csrf_token cookie's value in the X-CSRF-Token header.",
    "deadline_exceeded": "The reply was not ready in time. Repeat a read as it is, and a write with the same Idempotency-Key.",
    "forbidden": "The caller's role in this workspace does not allow this.",
    "head_too_large": "A request's URL and headers may have 64 KB together, and there may be 128 headers.",
    "internal_error": "An unexpected error. The request id finds it in the logs.",
    "invalid_cursor": "A cursor is the next_cursor of an earlier reply.",
    "invalid_idempotency_key": "An Idempotency-Key has 1 to 255 printable ASCII characters.",
    "invalid_if_match": 'If-Match takes one version as the ETag writes it, like "3", or *.',
    "link_expired": "Links to files expire. Request a new one.",
    "malformed_request": "The request cannot be read as HTTP or JSON.",
    "method_not_allowed": "The Allow header lists the methods of this path.",
    "not_found": "The path or id does not exist, or belongs to another workspace. The reply is the same for both.",
    "not_ready": "Not every service is ready; `services` says which are.",
    "overloaded": "There is more to do at the moment than can be done. Retry-After says after how many seconds to try again.",
    "rate_limited": "Too many requests in this minute. Retry-After says after how many seconds to try again; RateLimit-Remaining says how many requests are left.",
    "refresh_token_missing": "A login session can be refreshed only with its refresh_token cookie.",
    "reply_too_large": "The reply is larger than can be sent. Ask for less at a time, for example with a smaller page_size.",
    "request_too_slow": "A request's headers have to arrive within ten seconds, its body within twenty and one more for every 8 KB.",
    "session_already_exists": "This appointment already has a session note.",
    "session_note_kept": "A note documents this appointment and is not deleted along with it. Send session_note_action=keep.",
    "sign_in_required": "Send an access token in the Authorization header, or the cookies of a browser's sign-in.",
    "stale_version": "This note has been saved since you read it. Your text is kept as a draft of its own, "
    "`conflict_session_id`; `current_version` is the note's newest version.",
    "token_expired": "Access tokens live for five minutes. Refresh the login session with POST /api/v1/auth/session/refresh.",
    "token_invalid": "The access token was not issued by this installation, or has been changed.",
    "token_revoked": "The login session has ended: by a logout, a change of password or role, or a deactivation.",
    "validation_failed": "The request does not match its schema. `errors` says where, and what is expected there.",
}
