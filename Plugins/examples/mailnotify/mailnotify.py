#!/usr/bin/env python3
"""Delivers escalations of support requests into a maildir, each exactly once."""

import os
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from stationd_plugin import Event, Plugin, Refused, text

plugin = Plugin("mailnotify", title=text("Escalations by mail", "升级提醒邮件"))


class Maildir:
    """A mail spool in which every event has its message once, whenever the process or the machine ends.

    Events are told in order and may be told again. The message is written to tmp/ and synced, then its number is put
    down, then it is moved to new/, which cannot happen by half. Told again, an event whose number is down and whose
    message is no longer in tmp/ was delivered, also when its reader has removed it since.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = folder / ".stationd-delivered"
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def last(self) -> int:
        """Number of the last event that is delivered, or about to be."""
        return int(self.mark.read_text()) if self.mark.exists() else 0

    def deliver(self, seq: int, message: bytes) -> bool:
        """Whether this call delivered it; False if an earlier one had."""
        name = f"{seq}.stationd"
        waiting = self.folder / "tmp" / name
        last = self.last()
        if seq < last or (seq == last and not waiting.exists()):
            return False
        if seq > last:
            write(waiting, message)
            write(self.folder / "tmp" / "mark", f"{seq}\n".encode())
            os.replace(self.folder / "tmp" / "mark", self.mark)
            sync(self.folder)
        os.rename(waiting, self.folder / "new" / name)
        sync(self.folder / "new")
        sync(self.folder / "tmp")
        return True


def write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def mail(event: Event) -> bytes:
    """What the event says, and nothing about persons: those who may see more look the request up."""
    payload = event.payload
    message = EmailMessage()
    message["From"] = plugin.config.get("from", "stationd@localhost")
    message["To"] = plugin.config.get("to", "duty@localhost")
    message["Date"] = format_datetime(event.at)
    message["Message-ID"] = f"<{event.seq}.{event.kind}@stationd>"
    message["X-Stationd-Event"] = f"{event.seq} {event.kind}"
    lines = [f"{payload['request']} 升级提醒 / escalated"]
    if event.kind == "support.immediate":
        lines = [f"{payload['request']} 特急：危及生命 / danger to life"]
        message["Subject"] = f"[IMMEDIATE] {payload['request']}, {payload['station']}"
    else:
        message["Subject"] = f"{payload['request']}: {payload['rung']} % of its {payload['clock']} time has passed"
        # Of this rung, not the end of the time that the department has.
        due = datetime.fromisoformat(payload["due"])
        lines.append(f"提醒时间 / reminder due: {due:%Y-%m-%d %H:%M}")
        if payload["late"]:
            lines.append("提醒延迟发出 / this reminder is late")
    lines.append("通知单位 / to: " + ", ".join(payload["to"]))
    message.set_content("\n".join(lines) + "\n")
    return message.as_bytes()


@plugin.on_start
def start() -> None:
    folder = plugin.config.get("maildir")
    if not isinstance(folder, str) or not folder.startswith("/"):
        raise Refused("wrong_state", "'maildir' must be an absolute path", "maildir 须为绝对路径")
    Maildir(Path(folder))


@plugin.listen("support.escalated")
@plugin.listen("support.immediate")
def deliver(event: Event) -> None:
    if Maildir(Path(plugin.config["maildir"])).deliver(event.seq, mail(event)):
        plugin.log(f"event {event.seq} delivered")


@plugin.read("status", text("Show where mail goes, and the last event delivered", "查看邮件目录与最近投递的事件"),
             result={"type": "object", "properties": {"maildir": {"type": "string"}, "last": {"type": "integer"}},
                     "required": ["maildir", "last"], "additionalProperties": False},
             example=({}, {"maildir": "/var/mail/duty", "last": 42}))
def status(call):
    folder = plugin.config["maildir"]
    return {"maildir": folder, "last": Maildir(Path(folder)).last()}


if __name__ == "__main__":
    plugin.run()
