"""What a handler raises, and what the store answers."""

from __future__ import annotations

from typing import Any, Mapping, Optional

# Every kind that the daemon knows, with its code: an error of another kind would end the plugin's process.
_CODES = {
    "parse_error": -32700, "invalid_request": -32600, "method_not_found": -32601, "invalid_params": -32602,
    "internal_error": -32603, "denied": -32000, "not_found": -32001, "conflict": -32002, "unavailable": -32003,
    "deadline_passed": -32004, "too_many_connections": -32006, "idempotency_mismatch": -32007,
    "refused_by_rule": -32008, "cancelled": -32009, "purpose_required": -32010, "wrong_state": -32011,
    "approval_required": -32012, "expired": -32013, "already_exists": -32014, "frame_too_large": -32020,
    "too_deep": -32021, "batch_too_long": -32022, "answer_too_large": -32023, "too_many_in_flight": -32024,
    "too_many_subscriptions": -32025, "queue_full": -32026, "storage_full": -32027, "wipe_pending": -32028,
}


class Refused(Exception):
    """The call is refused, and its caller told why. Nothing of it happens.

    `kind` is one of the daemon's stable words; `pointer` (RFC 6901) names the param at fault, `rule` the rule
    that says no. Never put personal data into a message.
    """

    def __init__(self, kind: str, message: str = "", zh: str = "", *, pointer: Optional[str] = None,
                 rule: Optional[str] = None, retry_after_ms: Optional[int] = None,
                 details: Optional[Mapping[str, Any]] = None) -> None:
        if kind not in _CODES:
            raise ValueError(f"'{kind}' is no kind of error; one of: {', '.join(sorted(_CODES))}")
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = str(message or kind)
        self.zh = str(zh or self.message)
        self.pointer = pointer
        self.rule = rule
        self.retry_after_ms = retry_after_ms
        self.details = dict(details or {})

    @classmethod
    def from_wire(cls, error: Mapping[str, Any]) -> "Refused":
        data = dict(error.get("data") or {})
        known = {key: data.pop(key, None) for key in ("pointer", "rule", "retry_after_ms")}
        kind = data.pop("kind", "internal_error")
        return cls(kind if kind in _CODES else "internal_error", error.get("message", ""), data.pop("message_zh", ""),
                   details=data, **known)

    def wire(self) -> dict[str, Any]:
        data: dict[str, Any] = {"kind": self.kind, "message_zh": self.zh}
        for key in ("pointer", "rule", "retry_after_ms"):
            if getattr(self, key) is not None:
                data[key] = getattr(self, key)
        return {"code": _CODES[self.kind], "message": self.message, "data": {**self.details, **data}}


class Cancelled(Exception):
    """Nobody waits for the call any more; raised at the next thing that it asks of the store."""


class Stale(Exception):
    """What the call had read has changed. The daemon runs it again whatever it answers: let it pass."""
