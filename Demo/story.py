"""A case of one module that runs through the days: its steps, what it counts, and its figures recounted."""

from collections import Counter

from recount import instant, local, rate, rfc3339
from wire import Client, Refused


class Mismatch(Exception):
    """What the daemon says is not what was done."""


PERIOD = {"from": "2026-11-23", "to": "2026-11-27"}
WORDS = {"purpose": "handling", "reason": "演示案件办理"}


class Story:
    """Steps at fixed instants. A subclass fills them in with `at`, and says what its figures have to be."""

    label = "?"

    def __init__(self, path):
        self.client = Client(path)
        self.steps = []  # (instant, what to do then)
        self.log = Counter()  # (method, outcome): records that the log must hold
        self.lines = []  # (instant, text) for the timeline
        self.day = None  # set when the play begins
        self.time = None
        self.write()

    def write(self):
        """Fills in the steps."""

    def at(self, text, step):
        """`25 10:00` is that day of November 2026."""
        day, clock = text.split()
        self.steps.append((instant(f"2026-11-{day}T{clock}:00+08:00"), step))

    def run(self, time):
        self.time = time
        for when, step in self.steps:
            if when == time:
                step()

    @property
    def now(self):
        return rfc3339(self.time)

    def tell(self, text, alarm=False):
        self.lines.append((self.time, self.label, text, alarm))

    # --- Calls

    def call(self, method, params, actor, **meta):
        """A call that writes or discloses: it has a record in the log."""
        answer = self.client.call(method, params, actor=actor, **meta)
        self.log[method, "ok"] += 1
        return answer

    def refused(self, kind, method, params, actor, **meta):
        """A call that has to be refused; the rule that refused it, if one did."""
        try:
            self.client.call(method, params, actor=actor, **meta)
        except Refused as refusal:
            if refusal.kind != kind:
                raise Mismatch(f"{method} was refused as {refusal.kind}, expected {kind}") from refusal
            self.log[method, kind] += 1
            return refusal.error["data"].get("rule")
        raise Mismatch(f"{method} was done, expected {kind}")

    def expect(self, what, said, expected):
        if said != expected:
            raise Mismatch(f"{self.label}: {what}: the daemon says {said}, expected {expected}")

    def event(self, kind, **payload):
        """Waits for an event; its payload."""
        found = []

        def there(events):
            found[:] = [event["payload"] for event in events
                        if event["kind"] == kind and payload.items() <= event["payload"].items()]
            return found

        if not self.day.follower.wait(there):
            raise Mismatch(f"{self.label}: no event {kind} with {payload} at {local(self.time)}")
        return found[-1]

    # --- Figures

    def figures(self):
        """(method, parameters beside the period, the answer that it must have) of each query."""
        return []

    def rows(self, answers):
        """(figure, rate, target) for the table, out of the answers to `figures`."""
        return []

    def check(self):
        """Every figure against the recount: (how many numbers were compared, rows)."""
        compared, answers = 0, []
        for method, params, ours in self.figures():
            answer = self.client.call(method, dict(PERIOD, **params))
            compared += same(f"{method} {params or ''}".strip(), ours, answer)
            answers.append(answer)
        return compared, self.rows(answers)


def same(path, ours, theirs):
    """Every member of ours is in theirs, and there is none that nobody counted; how many numbers were compared."""
    if isinstance(ours, dict):
        if isinstance(theirs, dict):
            theirs = {key: value for key, value in theirs.items() if key not in SAID}
        if not isinstance(theirs, dict) or set(ours) != set(theirs):
            raise Mismatch(f"figures: {path}: the daemon has {theirs}, expected {ours}")
        return sum(same(f"{path}/{key}", ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            raise Mismatch(f"figures: {path}: the daemon has {theirs}, expected {ours}")
        return sum(same(f"{path}/{place}", *pair) for place, pair in enumerate(zip(ours, theirs)))
    if ours != theirs:
        raise Mismatch(f"figures: {path}: the daemon has {theirs}, the recount {ours}")
    return isinstance(ours, (int, float)) and not isinstance(ours, bool)


# What an answer says about itself, and counts nothing.
SAID = {"from", "to", "by", "rule", "method"}


def targeted(hits, all_, target, at_most=False, exclusions=None):
    """A rate with its target, compared as whole numbers."""
    word = "meets_target" if at_most else "reaches_target"
    met = hits <= target * all_ / 100 if at_most else hits * 100 >= target * all_
    return dict(rate(hits, all_, exclusions), target=target, **{word: met if all_ else None})
