"""What is shown: a timeline of the day, the figures as tables, and the log."""

import hashlib
import json
from collections import Counter

from plan import NEXT_DAWN
from recount import instant, local
from screen import WIDTH, bold, dim, duration, say, style, table, title, wrap

RED, YELLOW, CYAN = "31;1", "33", "36"
TOLD = {150: "duty leader", 200: "强所办"}
DISCLOSING = {"support.get", "mediation.get", "stoploss.trace", "transfer.get", "keyperson.get", "keyperson.notice.get"}
LATE = {"response": "no answer from", "support": "not done by"}


class Report:
    def __init__(self, units, catalogue, day):
        self.units, self.catalogue, self.day = units, catalogue, day
        self.shown = 0
        self.alarmed = set()

    def name(self, unit):
        """A unit in English and Chinese, short enough for a line."""
        name = self.units[unit]["name"]
        english = name["en"].replace(" Police Station", "").replace(" for strong stations", "")
        return f"{english} {name['zh']}"

    def head(self, seed):
        kinds = Counter(unit["kind"] for unit in self.units.values())
        bureau = next(unit["name"] for unit in self.units.values() if unit["kind"] == "bureau")
        say(bold(f"{bureau['en']} {bureau['zh']}: a day of support requests 派出所支援请求的一天"))
        say(dim(f"{kinds['station']} stations, {kinds['department'] + kinds['desk']} departments and desks, "
                f"{len(self.catalogue)} scenarios. Bureau and people are invented (seed {seed})."))
        say(dim("Beside it: a fraud over three hops, a dispute, a person on bail, and a case that changes hands."))
        title("The day, from Monday 23 November 2026, 07:30")
        say(dim("! danger to life: told at once   50 %, 100 %: reminders   150 %, 200 % of a limit: told higher up"))

    def hour(self, start, end):
        """The timeline of one hour, or of the days after the first."""
        events = [event for event in self.day.events() if instant(event["at"]) <= end][self.shown:]
        self.shown += len(events)
        events = [event for event in events if event["kind"].startswith("support.")]
        kinds = Counter(event["kind"].removeprefix("support.") for event in events)
        actions = Counter(event["payload"].get("action") for event in events)
        rungs = Counter(event["payload"]["rung"] for event in events if event["kind"] == "support.escalated")
        parts = [f"{kinds['opened']:2} opened", f"{actions['acknowledge']:2} answered",
                 f"{actions['complete']:2} done", f"{actions['feedback']:2} closed"]
        parts += [f"{rung} %: {count}" for rung, count in sorted(rungs.items())]
        span = f"{local(start):%H:%M}–{local(end):%H:%M}" if end <= NEXT_DAWN else "until Friday"
        say()
        say(bold(span) + "  " + "  ".join(parts))
        notable = [(instant(at), *line) for event in events for at, *line in self.notable(event)]
        notable = sorted(notable + list(self.told(start, end)), key=lambda line: line[:2])
        for _, _, colour, line in notable:
            for part in wrap(line, WIDTH):
                say(style(part, colour) if colour else part)
        if end > NEXT_DAWN and actions["lapse"]:
            say(f"  {actions['lapse']} requests closed without feedback after three working days: incomplete")

    def notable(self, event):
        payload, at = event["payload"], local(instant(event["at"]))
        time, id_ = f"{at:%H:%M:%S}", payload["request"]
        if event["kind"] == "support.immediate":
            scenario = self.catalogue[payload["scenario"]][2]["zh"]
            # Who gets it by a redirect, or once more after a reopening, is told as well.
            again = " (handed on or reopened)" if id_ in self.alarmed else ""
            self.alarmed.add(id_)
            yield event["at"], id_, None, f"  {time}  !      {id_}  {self.name(payload['station'])}: {scenario}{again}"
        if event["kind"] == "support.escalated" and payload["rung"] in TOLD and instant(event["at"]) <= NEXT_DAWN:
            colour = RED if payload["rung"] == 200 else YELLOW
            yield (event["at"], id_, colour,
                   f"  {time}  {payload['rung']} %  {id_}  {LATE[payload['clock']]} "
                   f"{self.name(self.department(id_))} → {TOLD[payload['rung']]}")

    def told(self, start, end):
        """What the cases of the other modules tell of this hour."""
        for story in self.day.stories:
            for time, label, text, alarm in story.lines:
                if start < time <= end:
                    day = "" if end <= NEXT_DAWN else f"{local(time):%a} "
                    yield time, label, RED if alarm else CYAN, f"  {day}{local(time):%H:%M:%S}  {label}: {text}"

    def department(self, id_):
        """Who had the request last."""
        return next(cycle.department for cycle in reversed(self.day.cycles) if cycle.request == id_)

    # --- Figures

    def figures(self, groups, compared):
        widths = [38, 0, 14, 6, 6, 0, 14, 6, 6]
        heads = ["", "answered 响应", "median", "P90", "done 支援", "median", "P90"]
        title("By department: answered in time 按时响应, support done in time 按时支援")
        heads[0] = "department"
        self.clocks(heads, widths, [(self.name(key), item) for key, item in groups["department"].items()])
        title("By scenario 按场景")
        heads[0] = "scenario"
        self.clocks(heads, widths, [(f"{key:2} {self.catalogue[key][2]['zh']}", item)
                                    for key, item in groups["scenario"].items()])
        title("By station 按派出所: redirects 转办, and what the stations said 反馈")
        rows = [(self.name(key), item) for key, item in groups["station"].items()] + [("all", groups["total"])]
        table(["station", "cycles", "redirected", "feedback given", "in time", "it worked"],
              [[name, str(item["cycles"]), self.rate(item["redirects"]["redirected"]),
                *(self.rate(item["feedback"][key]) for key in ("complete", "in_time", "worked"))]
               for name, item in rows], [30, 6, 14, 15, 15, 15])
        total = groups["total"]
        out = total["support"]["on_time"]["exclusions"]
        owed = total["feedback"]["complete"]["exclusions"]
        say()
        say(dim(f"Counted out, because nothing can be said of them yet: {out['running']} with time left, "
                f"{out['withdrawn']} withdrawn, {out['paused']} paused;"))
        say(dim(f"feedback not due yet {owed['open']}. Median and P90 by nearest rank. No figure is of a person."))
        say()
        say(f"✓ {compared} numbers by department, station and scenario, recounted from what was done: all the same")

    def modules(self, stories):
        """The other modules' figures, each recounted; the numbers behind every share are shown with it."""
        title("The other modules: every share with its numerator and denominator 各模块指标")
        compared = 0
        for story in stories:
            count, rows = story.check()
            compared += count
            table([story.label, "numerator 分子", "denominator 分母", "share", "target"],
                  [[name, str(item["numerator"]), str(item["denominator"]), item["text"], target or "–"]
                   for name, item, target in rows], [46, 15, 17, 9, 8])
            say()
        say(f"✓ {compared} numbers of {', '.join(story.label for story in stories)}, recounted: all the same")

    def clocks(self, heads, widths, rows):
        cells = []
        for name, item in rows:
            row = [name]
            for clock in ("response", "support"):
                row += [self.rate(item[clock]["on_time"]), duration(item[clock]["median_s"]),
                        duration(item[clock]["p90_s"])]
            cells.append(row)
        table(heads, cells, widths)

    @staticmethod
    def rate(rate):
        if not rate["denominator"]:
            return "n/a"
        return f"{rate['numerator']}/{rate['denominator']} {rate['text'].replace(' %', '%'):>6}"

    # --- The log

    def log(self, size, signed, counted, spooled):
        refused = {key: count for key, count in counted.items() if key[1] not in ("ok", "replayed")}
        read = sum(count for (method, outcome), count in counted.items()
                   if outcome == "ok" and method in DISCLOSING)
        done = sum(count for (method, outcome), count in counted.items()
                   if outcome == "ok" and method not in DISCLOSING and method != "dev.clock.set")
        say(f"{size} records. Of the calls: {done} writes, {read} disclosures of personal data, "
            f"{sum(refused.values())} refusals, {counted['support.open', 'replayed']} repeats.")
        say("✓ every call that wrote, disclosed or was refused has its one record, and no other call has any;")
        say(f"  {spooled} more are of the daemon itself: each message to a bank made, sent, and its answer taken, once")
        say(f"✓ the tree recomputed from all records has the root that was signed: {signed.hex()[:24]}…")

    def proof(self, proof, index, size, leaf, text):
        record = json.loads(leaf)
        wanted = proof.record and [proof.record["collection"], proof.record["id"], proof.record["version"]]
        written = [item[:3] for item in record.get("written", [])]
        named = [item for item in written if not wanted or item == wanted]
        more = f", and {len(written) - len(named)} more" if len(named) < len(written) else ""
        say()
        say(bold(proof.what))
        say(f"✓ a portable proof of {len(text.encode())} bytes: record {index} is in the signed log of {size}")
        say(dim(f"  {record['method']} by {record['by'].get('actor')} at {record['at']}"))
        say(dim(f"  wrote {', '.join(f'{item[1]} version {item[2]}' for item in named)}{more}"))
        say(dim(f"  SHA-256 of the record: {hashlib.sha256(leaf).hexdigest()}"))
        say(dim("  checked by code of this demonstration and by 'stationctl audit check', without the daemon"))

    @staticmethod
    def custody(link):
        """What the proved link of a chain of custody says."""
        giving, receiving = link["giving"], link["receiving"]
        say("✓ the stored link is what that record committed to, under its salt:")
        for side, who in (("given", giving), ("received", receiving)):
            say(f"    {side:9} {who['quantity']}  signed by {who['by']} at {local(instant(who['at'])):%H:%M}")
        say(f"    link {link['number']} of {link['item_id']}: {link['link']}, {', '.join(link['differences'])}")
