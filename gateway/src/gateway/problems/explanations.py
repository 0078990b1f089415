"""What the problems mean that a front end is likely to meet, for the page that a problem's type opens."""

EXPLANATIONS: dict[str, str] = {
    "appointment_conflict": "The practitioner is busy at that time. `conflicting_appointments` lists every appointment in the way. "
    "Send allow_conflict=true to overbook deliberately; the audit trail will say so.",
    "body_too_large": "The request has more bytes than this address takes: `limit_bytes` says how many it does.",
    "csrf_failed": "A write authenticated by cookies has to repeat the csrf_token cookie's value in the X-CSRF-Token header.",
    "deadline_exceeded": "The answer was not ready in time. A read can simply be sent again, a write with the same Idempotency-Key.",
    "forbidden": "The caller's role in this workspace does not allow this.",
    "head_too_large": "The address and the headers of a request are taken up to 64 KB together, and up to 128 headers.",
    "internal_error": "Something went wrong that nobody foresaw. The request id finds it in the logs.",
    "invalid_cursor": "A cursor is only what an earlier reply's next_cursor said.",
    "invalid_idempotency_key": "An Idempotency-Key has 1 to 255 printable ASCII characters.",
    "invalid_if_match": 'If-Match takes one version as the ETag writes it, like "3", or *.',
    "link_expired": "Links to files run out. Ask for a new one.",
    "malformed_request": "The request cannot be read as HTTP or JSON.",
    "method_not_allowed": "The Allow header lists the methods this address knows.",
    "not_found": "There is nothing under this address or id, or it is another workspace's: the two are not told apart.",
    "not_ready": "Not every service answers yet; `services` says which do.",
    "rate_limited": "Too many requests in this minute. Retry-After says in how many seconds to go on; RateLimit-Remaining warns before.",
    "refresh_token_missing": "Only a browser that holds the refresh_token cookie of a sign-in can continue it.",
    "request_too_slow": "A request's headers have ten seconds to arrive; its body twenty, and a second more for every 8 KB of it.",
    "session_already_exists": "This appointment already has its note.",
    "session_note_kept": "A note documents this appointment and is not deleted along with it. Send session_note_action=keep.",
    "sign_in_required": "Send an access token in the Authorization header, or the cookies of a browser's sign-in.",
    "stale_version": "Somebody else has saved this note since you read it. What you sent is kept as a draft of its own, "
    "`conflict_session_id`; `current_version` is the note's newest.",
    "token_expired": "Access tokens live for five minutes. Continue the sign-in with POST /api/v1/auth/session/refresh.",
    "token_invalid": "The access token was not issued here, or has been changed.",
    "token_revoked": "This sign-in has ended: by a logout, a new password, another role, or a deactivation.",
    "validation_failed": "The request does not have the shape the contract asks for. `errors` names each place and what it should be.",
}
