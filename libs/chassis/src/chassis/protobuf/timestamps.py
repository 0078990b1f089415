"""Timestamps and aware datetimes."""

from datetime import UTC, datetime, timedelta

from google.protobuf import timestamp_pb2

from chassis.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In nanoseconds.
_SECOND = 1_000_000_000
# The database driver writes these as -infinity and infinity.
_NO_MOMENTS = {datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)}


def to_timestamp(moment: datetime, into: timestamp_pb2.Timestamp | None = None) -> timestamp_pb2.Timestamp:
    """An aware datetime as a Timestamp, to the microsecond; written into one where one is given."""
    timestamp = timestamp_pb2.Timestamp() if into is None else into
    since = moment - _EPOCH
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    return timestamp


def to_datetime(timestamp: timestamp_pb2.Timestamp) -> datetime:
    """A Timestamp as an aware UTC datetime; Invalid outside the years 1 to 9999, and for their first and last moment."""
    if not 0 <= timestamp.nanos < _SECOND:
        raise _out_of_range()
    try:
        moment = _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)
    except OverflowError:
        raise _out_of_range() from None
    if moment in _NO_MOMENTS:
        raise _out_of_range()
    return moment


def _out_of_range() -> Invalid:
    return Invalid("time_out_of_range", "A time lies outside the calendar.")
