"""What a handler raises, and what the store answers."""

from __future__ import annotations

from typing import Any, Mapping, Optional

_CODES = {
    "invalid_params": -32602, "internal_error": -32603, "denied": -32000, "not_found": -32001,
    "conflict": -32002, "unavailable": -32003, "deadline_passed": -32004, "refused_by_rule": -32008,
    "cancelled": -32009, "wrong_state": -32011, "already_exists": -32014,
}


class Refused(Exception):
    """The call is refused, and its caller told why. Nothing of it happens.

    `kind` is one of the daemon's stable words; `pointer` (RFC 6901) names the param at fault, `rule` the rule
    that says no. Never put personal data into a message.
    """

    def __init__(self, kind: str, message: str = "", zh: str = "", *, pointer: Optional[str] = None,
                 rule: Optional[str] = None, retry_after_ms: Optional[int] = None,
                 details: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message or kind
        self.zh = zh or self.message
        self.pointer = pointer
        self.rule = rule
        self.retry_after_ms = retry_after_ms
        self.details = dict(details or {})

    @classmethod
    def from_wire(cls, error: Mapping[str, Any]) -> "Refused":
        data = dict(error.get("data") or {})
        known = {key: data.pop(key, None) for key in ("pointer", "rule", "retry_after_ms")}
        return cls(data.pop("kind", "internal_error"), error.get("message", ""), data.pop("message_zh", ""),
                   details=data, **known)

    def wire(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind, "message_zh": self.zh}
        for key in ("pointer", "rule", "retry_after_ms"):
            if getattr(self, key) is not None:
                data[key] = getattr(self, key)
        return {"code": _CODES.get(self.kind, -32603), "message": self.message, "data": {**self.details, **data}}


class Cancelled(Exception):
    """Nobody waits for the call any more; raised at the next thing that it asks of the store."""


class Stale(Exception):
    """What the call had read has changed. The daemon runs it again whatever it answers: let it pass."""
