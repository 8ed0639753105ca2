"""The figures counted a second time, from what the clients did, by rules written down independently.

Times are milliseconds since 1970, limits as the catalogue shows them (`15min`, `8h`, `3wd`).
"""

import re
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))
MINUTE, HOUR = 60_000, 3_600_000
RUNGS = (50, 100, 150, 200)
FEEDBACK_LIMIT = "3wd"


def instant(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def local(time):
    return datetime.fromtimestamp(time / 1000, ZONE)


def rfc3339(time):
    return local(time).isoformat(timespec="milliseconds")


def limit_end(limit, start):
    """When a limit ends. No public holiday falls into the days of the demonstration."""
    count, unit = re.fullmatch(r"(\d+)(min|h|wd)", limit).groups()
    if unit != "wd":
        return start + int(count) * (MINUTE if unit == "min" else HOUR)
    day, left = local(start).replace(hour=0, minute=0, second=0, microsecond=0), int(count)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return round((day + timedelta(days=1)).timestamp() * 1000)


class Cycle:
    """One cycle of a request, from its opening or reopening on."""

    def __init__(self, request, scenario, station, department, urgency, limits, start):
        self.request, self.scenario, self.station, self.department = request, scenario, station, department
        self.limits, self.start = limits, start
        self.response_due, self.support_end = self._ends(urgency)
        self.acknowledged = self.completed = self.withdrawn = self.feedback_due = None
        self.pauses = []  # [from, to], `to` None while it lasts
        self.redirects = 0
        self.feedback, self.in_time, self.worked = "open", False, False
        self.fired = []  # (clock, percent)

    def _ends(self, urgency):
        response, self.support_limit = self.limits[urgency]
        return limit_end(response, self.start), limit_end(self.support_limit, self.start)

    def extended_end(self):
        """The end of a limit in days, to which each day that began during a pause is given back."""
        end = self.support_end
        for begin, until in self.pauses:
            if until is None or begin >= end:
                break
            day = local(end - 1).date() + (local(until).date() - local(begin).date())
            while day.weekday() >= 5:
                day += timedelta(days=1)
            end = round(datetime(day.year, day.month, day.day, tzinfo=ZONE).timestamp() * 1000) + 24 * HOUR
        return end

    def reached(self, percent):
        """When that share of the support limit is over; None while the clock stands still before that."""
        if self.support_limit.endswith("wd"):
            end = self.start + (self.extended_end() - self.start) * percent // 100
            return None if self.pauses and self.pauses[-1][1] is None and self.pauses[-1][0] < end else end
        end = self.start + (self.support_end - self.start) * percent // 100
        for begin, until in self.pauses:
            if begin >= end:
                break
            if until is None:
                return None
            end += until - begin
        return end

    def due(self, clock, percent=100):
        if clock == "response":
            return self.start + (self.response_due - self.start) * percent // 100
        return self.reached(percent)

    def advance(self, now):
        """What happens by itself until now: rungs of escalation, and feedback that never comes."""
        if self.withdrawn:
            return
        if self.completed:
            if self.feedback == "open" and now >= self.feedback_due:
                self.feedback = "missing"
            return
        for clock in ("response", "support"):
            if clock == "response" and self.acknowledged:
                continue
            for percent in RUNGS:
                due = self.due(clock, percent)
                if (clock, percent) not in self.fired and due is not None and due <= now:
                    self.fired.append((clock, percent))

    def step(self, action, params, now):
        self.advance(now)
        if action == "acknowledge":
            self.acknowledged = now
        elif action == "redirect":
            self.department, self.acknowledged = params["to"], None
            self.redirects += 1
        elif action == "request_info":
            self.pauses.append([now, None])
        elif action == "provide_info":
            self.pauses[-1][1] = now
        elif action == "change_urgency":
            # An end that has passed, or was met, stays.
            due = self.due("support")
            before = self.support_end, self.support_limit
            response, support = self._ends(params["urgency"])
            if not self.acknowledged and now < self.response_due:
                self.response_due = response
            if due is None or now < due:
                self.support_end = support
            else:
                self.support_end, self.support_limit = before
        elif action == "complete":
            self.completed, self.feedback_due = now, limit_end(FEEDBACK_LIMIT, now)
        elif action == "feedback":
            self.feedback, self.in_time, self.worked = "given", params["in_time"], params["worked"]
        elif action == "withdraw":
            self.withdrawn, self.feedback = now, "withdrawn"

    def clock(self, name, now):
        """(how it counts, milliseconds taken if it is over)."""
        due = self.due(name)
        over = self.acknowledged if name == "response" else self.completed
        if over:
            taken = over - self.start
            if name == "support":
                taken -= sum(until - begin for begin, until in self.pauses if until is not None)
            return ("on time" if due is None or over < due else "late"), taken
        at = self.withdrawn or now
        if due is None:
            return ("withdrawn" if self.withdrawn else "paused"), None
        if at >= due:
            return "late", None
        return ("withdrawn" if self.withdrawn else "running"), None


def rate(hits, all_, exclusions=None):
    if all_ == 0:
        percent, text = None, "n/a"
    else:
        tenths = (hits * 2000 + all_) // (2 * all_)
        percent, text = tenths / 10, f"{tenths // 10}.{tenths % 10} %"
    return {"numerator": hits, "denominator": all_, "percent": percent, "text": text,
            "exclusions": exclusions or {}}


def nearest_rank(values, percent):
    values = sorted(values)
    return values[-(-len(values) * percent // 100) - 1] // 1000 if values else None


def figures(cycles, now):
    """The same object as a group of `support.figures`."""
    result = {"cycles": len(cycles)}
    for name, excluded in (("response", ("running", "withdrawn")), ("support", ("running", "paused", "withdrawn"))):
        counted = [cycle.clock(name, now) for cycle in cycles]
        words = [word for word, _ in counted]
        taken = [length for _, length in counted if length is not None]
        hits = words.count("on time")
        result[name] = {
            "on_time": rate(hits, hits + words.count("late"), {word: words.count(word) for word in excluded}),
            "measured": len(taken), "median_s": nearest_rank(taken, 50), "p90_s": nearest_rank(taken, 90)}
    result["redirects"] = {"total": sum(cycle.redirects for cycle in cycles),
                           "redirected": rate(sum(cycle.redirects > 0 for cycle in cycles), len(cycles))}
    said = [cycle.feedback for cycle in cycles]
    given = said.count("given")
    unspoken = {word: said.count(word) for word in ("open", "withdrawn", "missing")}
    result["feedback"] = {
        "complete": rate(given, given + said.count("missing"),
                         {"open": said.count("open"), "withdrawn": said.count("withdrawn")}),
        "in_time": rate(sum(cycle.in_time for cycle in cycles), given, unspoken),
        "worked": rate(sum(cycle.worked for cycle in cycles), given, unspoken)}
    return result
