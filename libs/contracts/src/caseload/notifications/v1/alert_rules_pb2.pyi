import datetime

from caseload.notifications.v1 import alerts_pb2 as _alerts_pb2
from caseload.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RuledHappening(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RULED_HAPPENING_UNSPECIFIED: _ClassVar[RuledHappening]
    RULED_HAPPENING_COSIGN_OVERDUE: _ClassVar[RuledHappening]
    RULED_HAPPENING_ADDRESS_HELD: _ClassVar[RuledHappening]
    RULED_HAPPENING_AUDIT_BROKEN: _ClassVar[RuledHappening]
    RULED_HAPPENING_BACKUP_FAILED: _ClassVar[RuledHappening]

class RuleAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RULE_ACTION_UNSPECIFIED: _ClassVar[RuleAction]
    RULE_ACTION_NONE: _ClassVar[RuleAction]
    RULE_ACTION_MAIL: _ClassVar[RuleAction]
    RULE_ACTION_ALERT: _ClassVar[RuleAction]
    RULE_ACTION_AUTOMATIC: _ClassVar[RuleAction]
RULED_HAPPENING_UNSPECIFIED: RuledHappening
RULED_HAPPENING_COSIGN_OVERDUE: RuledHappening
RULED_HAPPENING_ADDRESS_HELD: RuledHappening
RULED_HAPPENING_AUDIT_BROKEN: RuledHappening
RULED_HAPPENING_BACKUP_FAILED: RuledHappening
RULE_ACTION_UNSPECIFIED: RuleAction
RULE_ACTION_NONE: RuleAction
RULE_ACTION_MAIL: RuleAction
RULE_ACTION_ALERT: RuleAction
RULE_ACTION_AUTOMATIC: RuleAction

class AlertRule(_message.Message):
    __slots__ = ("happening", "action", "priority", "updated_at")
    HAPPENING_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    happening: RuledHappening
    action: RuleAction
    priority: _alerts_pb2.AlertPriority
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, happening: _Optional[_Union[RuledHappening, str]] = ..., action: _Optional[_Union[RuleAction, str]] = ..., priority: _Optional[_Union[_alerts_pb2.AlertPriority, str]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AlertRuleList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[AlertRule]
    def __init__(self, items: _Optional[_Iterable[_Union[AlertRule, _Mapping]]] = ...) -> None: ...

class ListAlertRulesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SetAlertRuleRequest(_message.Message):
    __slots__ = ("happening", "action", "priority")
    HAPPENING_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    happening: RuledHappening
    action: RuleAction
    priority: _alerts_pb2.AlertPriority
    def __init__(self, happening: _Optional[_Union[RuledHappening, str]] = ..., action: _Optional[_Union[RuleAction, str]] = ..., priority: _Optional[_Union[_alerts_pb2.AlertPriority, str]] = ...) -> None: ...
