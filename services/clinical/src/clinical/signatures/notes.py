"""What a note says of its own signature."""

from caseload.clinical.v1 import sessions_pb2 as pb


def was_signed(note: pb.Session) -> bool:
    """Whether the note is signed, or a draft again that was."""
    return not note.is_draft or note.HasField("content_hash")
