"""Plays a plan through the socket: several clients at once, the clock held and put forward step by step."""

import queue
import threading
from collections import Counter

from plan import DAWN, END, NEXT_DAWN
from recount import HOUR, MINUTE, Cycle, instant, local, rfc3339
from story import Mismatch
from wire import Client, Follower, Refused


class Crew:
    """Front ends, each with a connection of its own, that take jobs from one queue."""

    def __init__(self, path, size):
        self.jobs = queue.SimpleQueue()
        self.clients = [Client(path) for _ in range(size)]
        self.threads = [threading.Thread(target=self._run, args=[client], daemon=True) for client in self.clients]
        for thread in self.threads:
            thread.start()

    def _run(self, client):
        while (job := self.jobs.get()) is not None:
            work, done = job
            try:
                done(work(client))
            except Exception as failure:  # carried to the thread that waits
                done(failure)

    def together(self, jobs):
        """Runs all jobs, waits for all, and returns their results in order."""
        results, left = [None] * len(jobs), threading.Semaphore(0)
        for place, job in enumerate(jobs):
            def done(result, place=place):
                results[place] = result
                left.release()
            self.jobs.put((job, done))
        for _ in jobs:
            left.acquire()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def end(self):
        for _ in self.threads:
            self.jobs.put(None)
        for thread, client in zip(self.threads, self.clients):
            thread.join()
            client.close()


class Day:
    """The state of the play, and the count of everything that was done."""

    def __init__(self, path, requests, catalogue, stories=()):
        self.requests, self.catalogue, self.stories = requests, catalogue, stories
        for story in stories:
            story.day = self
        self.clock = Client(path)
        self.crew = Crew(path, 8)
        self.follower = Follower(path)
        self.ids = {}  # number in the plan: the daemon's id
        self.now = {}  # number in the plan: the present cycle
        self.cycles = []  # all, also those that ended in a reopening
        self.log = Counter()  # (method, outcome): records that the log must hold
        self.announced = 0  # events 'opened' and 'changed' that the steps must have caused
        self.mistakes = 0

    def play(self, hour_done):
        """Plays the plan; calls `hour_done(from, to)` after every hour of the first day, and at the end."""
        steps = {}
        for request in self.requests:
            for step in request.steps:
                steps.setdefault(step.time, []).append(step)
        instants = set(steps) | set(range(DAWN, NEXT_DAWN + 1, MINUTE)) | set(range(NEXT_DAWN, END + 1, HOUR // 2))
        instants |= {time for story in self.stories for time, _ in story.steps}
        shown = DAWN
        for time in sorted(instants):
            self.set_clock(time)
            self.run(sorted(steps.get(time, []), key=lambda step: step.request), time)
            for story in self.stories:
                story.run(time)
            if time <= NEXT_DAWN and time % HOUR == DAWN % HOUR and time > DAWN:
                self.settle(time)
                hour_done(shown, time)
                shown = time
        self.settle(END)
        hour_done(shown, END)
        self.crew.end()
        self.follower.close()

    def set_clock(self, time):
        self.clock.call("dev.clock.set", {"now": rfc3339(time)})
        self.log["dev.clock.set", "ok"] += 1

    def run(self, steps, time):
        """All steps of one instant, at once: each is of another request."""
        answers = self.crew.together([lambda client, step=step: self.call(client, step) for step in steps])
        for step, answer in zip(steps, answers):
            self.note(step, answer, time)
        if steps and steps[0].request % 40 == 7 and steps[0].action == "acknowledge":
            self.make_mistakes(steps[0])

    def call(self, client, step):
        params = dict(step.params)
        if step.action == "look":
            return client.call("support.get", {"id": self.ids[step.request]}, actor=step.actor, purpose="handling",
                               reason="接单处置")
        if step.action != "open":
            params["id"] = self.ids[step.request]
        return client.call(f"support.{step.action}", params, actor=step.actor,
                           idempotency_key=f"{step.request}-{step.action}-{step.time}")

    def note(self, step, answer, time):
        """Takes a step over into the recount, and compares what the daemon made of it."""
        if step.action == "look":
            self.log["support.get", "ok"] += 1
            return
        self.log[f"support.{step.action}", "ok"] += 1
        self.announced += 1
        request = self.requests[step.request]
        if step.action == "open":
            self.ids[step.request] = answer["id"]
            self.begin(step, request.station, self.lead(step.params), step.params["urgency"], time)
        elif step.action == "reopen":
            old = self.now[step.request]
            old.advance(time)
            self.begin(step, old.station, old.department, answer["urgency"], time)
        else:
            self.now[step.request].step(step.action, step.params, time)
        cycle = self.now[step.request]
        due = cycle.due("support")
        expected = (cycle.department, cycle.response_due, due)
        said = (answer["department"], instant(answer["response_due"]),
                answer["support_due"] and instant(answer["support_due"]))
        if said != expected:
            raise Mismatch(f"{answer['id']} after {step.action}: the daemon says {said}, expected {expected}")

    def lead(self, params):
        number = params["scenario"]
        return params["branch"] if "branch" in params and number != 14 else self.catalogue[number][0][0]

    def begin(self, step, station, department, urgency, time):
        scenario = self.requests[step.request].scenario
        cycle = Cycle(self.ids[step.request], scenario, station, department, urgency, self.catalogue[scenario][1], time)
        self.now[step.request] = cycle
        self.cycles.append(cycle)

    def make_mistakes(self, step):
        """What goes wrong on any day: each is refused, changes nothing, and is in the log all the same."""
        id_ = self.ids[step.request]
        request = self.requests[step.request]
        opening = request.steps[0]
        for method, params, meta, kind in (
            ("support.get", {"id": id_}, {}, "purpose_required"),
            ("support.acknowledge", {"id": id_}, {}, "wrong_state"),
            ("support.acknowledge", {"id": "SR-2026-999999"}, {}, "not_found"),
            ("support.open", dict(opening.params, station="logistics"), {}, "refused_by_rule"),
            # The line broke and the same opening is sent again: the first answer comes back, nothing is opened.
            ("support.open", opening.params, {"idempotency_key": f"{step.request}-open-{opening.time}"}, "replayed"),
        ):
            try:
                answer = self.clock.call(method, params, actor=opening.actor, **meta)
                outcome = "replayed" if kind == "replayed" and answer["id"] == id_ else "ok"
            except Refused as refused:
                outcome = refused.kind
            if outcome != kind:
                raise Mismatch(f"{method} was answered {outcome}, expected {kind}")
            self.log[method, kind] += 1
            self.mistakes += 1

    def settle(self, time):
        """Waits until the follower has what must have happened by now; more or less than that is a mismatch."""
        for cycle in self.now.values():
            cycle.advance(time)
        rungs = Counter((cycle.request, *rung) for cycle in self.cycles for rung in cycle.fired)
        lapsed = sum(cycle.feedback == "missing" for cycle in self.cycles)
        expected = self.announced + lapsed + rungs.total()

        def count(events):
            return sum(event["kind"] in ("support.opened", "support.changed", "support.escalated") for event in events)

        self.follower.wait(lambda events: count(events) >= expected)
        events = self.events()
        seen = Counter((event["payload"]["request"], event["payload"]["clock"], event["payload"]["rung"])
                       for event in events if event["kind"] == "support.escalated")
        if seen != rungs:
            raise Mismatch(f"escalations at {local(time)}: missing {rungs - seen}, too many {seen - rungs}")
        if count(events) != expected:
            raise Mismatch(f"events at {local(time)}: {count(events)} arrived, expected {expected}")
        numbers = [event["seq"] for event in events]
        if numbers != sorted(set(numbers)):
            raise Mismatch("events arrived twice or out of order")

    def events(self):
        with self.follower.changed:
            return list(self.follower.events)
