#!/usr/bin/env python3
"""Yesterday's figures of support requests, every morning, as a page and as a table."""

import csv
import html
import io
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

from stationd_plugin import Plugin, Refused, text

DAY = {"type": "string", "format": "date", "minLength": 10, "maxLength": 10}
PATH = {"type": "string"}
REPORT = {"day": DAY, "html": PATH, "csv": PATH, "requests": {"type": "integer"}}
EXAMPLE = {"day": "2026-03-01", "html": "/srv/figures/2026-03-01.html", "csv": "/srv/figures/2026-03-01.csv",
           "requests": 12}
COLUMNS = [("department", "部门"), ("requests", "请求"), ("response_on_time_percent", "签收按时率 %"),
           ("response_median_s", "签收中位数（秒）"), ("support_on_time_percent", "支援按时率 %"),
           ("support_median_s", "支援中位数（秒）"), ("redirects", "转办")]

plugin = Plugin("dailyfigures", title=text("Daily figures", "每日统计"))
plugin.calls("support.figures", fields=["/total", "/groups"])
plugin.collection("report", text("A report that was made", "已生成的报表"), REPORT, fields={"day": "text"},
                  indexes={"by_day": ["day"]})
plugin.event("made", text("A report was made", "报表已生成"), REPORT)


def object_of(properties):
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def row(name, figures):
    response, support = figures["response"], figures["support"]
    return [name, figures["cycles"], response["on_time"]["percent"], response["median_s"],
            support["on_time"]["percent"], support["median_s"], figures["redirects"]["total"]]


def table(rows):
    """CSV (RFC 4180), with a mark at its beginning that makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows([[english for english, _ in COLUMNS], *rows])
    return ("\ufeff" + out.getvalue()).encode()


def page(day, rows):
    def cell(tag, value):
        return f"<{tag}>{html.escape('—' if value is None else str(value))}</{tag}>"

    head = "".join(cell("th", f"{chinese} {english}") for english, chinese in COLUMNS)
    body = "\n".join("<tr>" + "".join(cell("td", value) for value in each) + "</tr>" for each in rows)
    return f"""<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>{day} 支援请求统计</title>
<style>body {{ font-family: sans-serif }} td, th {{ padding: .3em .8em; border-bottom: 1px solid #ccc }}
td + td {{ text-align: right }}</style>
<h1>{day} 支援请求统计 / support requests</h1>
<table>
<tr>{head}</tr>
{body}
</table>
</html>
""".encode()


def put(path, data):
    """The whole file or none of it; what is written again is the same."""
    temporary = path.with_name(f".{path.name}.new")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def make_report(call, day):
    period = {"from": day, "to": day}
    groups = call.call("support.figures", by="department", **period)["groups"]
    total = call.call("support.figures", **period)["total"]
    rows = [row(group["key"], group) for group in groups] + [row("total", total)]
    folder = Path(plugin.config["folder"])
    paths = {"html": folder / f"{day}.html", "csv": folder / f"{day}.csv"}
    put(paths["html"], page(day, rows))
    put(paths["csv"], table(rows))
    report = {"day": day, "requests": total["cycles"], **{kind: str(path) for kind, path in paths.items()}}
    known = call.get("report", day)
    if known is None:
        call.create("report", report, id=day)
    else:
        call.put("report", known, report)
    call.emit("made", report)
    return report


def day_of(value, pointer):
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise Refused("invalid_params", "No such day", "日期无效", pointer=pointer) from None


def next_morning(now):
    """The next time of the configured hour, in the zone of `now`."""
    at = time.fromisoformat(plugin.config.get("at", "00:30"))
    due = datetime.combine(now.date(), at, now.tzinfo)
    return due if due > now else due + timedelta(days=1)


@plugin.on_start
def start():
    folder = plugin.config.get("folder")
    if not isinstance(folder, str) or not folder.startswith("/"):
        raise Refused("wrong_state", "'folder' must be an absolute path", "folder 须为绝对路径")
    Path(folder).mkdir(parents=True, exist_ok=True)
    time.fromisoformat(plugin.config.get("at", "00:30"))


@plugin.write("make", text("Make the report of a day", "生成某日报表"), params={"day": DAY}, positional=["day"],
              result=object_of(REPORT), example=({"day": "2026-03-01"}, EXAMPLE))
def make(call):
    # The figures are those of the caller's units, and the report is everybody's.
    if call.principal.units is not None:
        raise Refused("denied", "Only who may see all units makes the report of all", "须有全部单位权限方可生成")
    day = day_of(call.params["day"], "/day")
    if day >= call.now.date().isoformat():
        raise Refused("invalid_params", "The day has not ended", "该日尚未结束", pointer="/day")
    return make_report(call, day)


@plugin.write("begin", text("Make a report every morning from now on", "开始每日生成"),
              result=object_of({"next": {"type": "string"}}), example=({}, {"next": "2026-03-03T00:30:00+08:00"}))
def begin(call):
    due = next_morning(call.now)
    call.schedule("morning", "daily", due)
    return {"next": due.isoformat()}


@plugin.write("end", text("Make no further reports by itself", "停止每日生成"), example=({}, {}))
def end(call):
    call.cancel("morning", "daily")
    return {}


@plugin.deadline("morning", text("A new day's report is due", "每日报表到期"))
def morning(call, deadline):
    # By the day that it was due for: after a long stop every day missed has its report, one after the other.
    make_report(call, (deadline.due.date() - timedelta(days=1)).isoformat())
    call.schedule("morning", "daily", deadline.due + timedelta(days=1))


@plugin.read("list", text("List the reports, newest first", "列出报表"),
             result=object_of({"items": {"type": "array", "items": object_of(REPORT)}}),
             example=({}, {"items": [EXAMPLE]}))
def list_reports(call):
    return {"items": [record.body for record in call.query("report", "by_day", descending=True, limit=31).records]}


if __name__ == "__main__":
    plugin.run()
