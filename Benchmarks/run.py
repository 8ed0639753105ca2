#!/usr/bin/env python3
"""Measures the daemon beside its peers, in one run on one machine.

The rounds are interleaved (ours, peer, ours, peer ...) and what is judged is the median of the
rounds' ratios: machines are noisy, and absolute values are side information. Exit status: 0 every
`must` is reached, 1 one is missed, 2 a run is void or could not be made.
"""

import argparse
import datetime
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from daemon import Daemon
from figures import all_figures, figure_rows, growth_rows, markdown
from imports import ImportRun
from machine import HERE, BenchError, build_programs, describe, install_packages, native
from peers import Postgres, Redis

ROOT = HERE.parent
STATIC = ROOT / ".build-deb" / "release"  # the programs as the package has them
IN_FLIGHT = 32
IDLE_CONNECTIONS = 1000
STARTS = 5
YEAR_END = datetime.datetime(2026, 12, 31, 15, tzinfo=datetime.timezone.utc)
PARTS_OF_YEAR = 61
RUN_ROOM = 10_000_000  # ids of calls, kept apart between runs: a report's card numbers come from them
OPEN_FIGURES = {"postgres", "redis", "sqlite32", "tail", "report", "get"}
ROUND_FIGURES = OPEN_FIGURES | {"sqlite1", "ping", "pingfree", "connect"}
IMPORT_FIGURES = {"import", "next"}
STORE_FIGURES = {"start", "list", "figures"}
PLUGIN_FIGURES = {"plugincall", "plugincallfree", "pluginrate", "pluginopen"}
GROUPS = {"plugins": PLUGIN_FIGURES}  # names for --only that stand for several
PIPELINED = 64  # calls in flight on one connection


class Bench:
    """One run: its options, its directory, what it has measured."""

    def __init__(self, options, base):
        self.options, self.base = options, base
        self.figures = all_figures()
        self.growth, self.notes = [], []
        self.runs = 0
        self.load = os.getloadavg()
        if self.load[0] > 0.5:
            print(f"warning: something else is running here (load {self.load[0]:.2f}); ratios will scatter",
                  flush=True)

    def wants(self, *names):
        return not self.options.only or bool(set(names) & set(self.options.only))

    def daemon(self, name, **options):
        return Daemon(self.options.stationd, self.base / name, self.options.daemon_argument, **options)

    def opens(self, daemon, in_flight, seconds, call="open", **more):
        """Durable audited calls; a run tag of its own keeps the idempotency keys apart."""
        self.runs += 1
        clients = min(in_flight, self.options.conns)
        before = daemon.cpu_seconds()
        more = {"run": f"run{self.runs}", "first": self.runs * RUN_ROOM, **more}
        result = daemon.load("call", call, inflight=in_flight, conns=clients,
                             **({"seconds": seconds, "warmup": 0.5} if seconds else {}), **more)
        result["daemon_cpu_us"] = (daemon.cpu_seconds() - before) * 1e6 / max(1, result["answered"])
        return result

    def gets(self, daemon):
        """Reads of requests that were opened before, spread over all of them."""
        newest = daemon.call("support.open", scenario=1, station="st-01", urgency="routine", summary="the newest")
        series, number = newest["id"].rsplit("-", 1)
        return self.opens(daemon, IN_FLIGHT, self.options.seconds, "get", run=f"{series}-", among=int(number))

    def bare(self, batch):
        o = self.options
        return native("barec", "--db", self.base / f"bare{batch}.db", "--batch", batch,
                      "--seconds", o.seconds, "--warmup", 0.5, "--record-bytes", o.record_bytes,
                      "--audit-bytes", o.audit_bytes)

    # Rounds

    def round(self, index, daemon, postgres, redis):
        """Every peer once, each next to the daemon; every other round runs backwards."""
        got, seconds = {}, self.options.seconds
        steps = []
        if redis:
            steps.append(("redis", lambda: redis.measure(IN_FLIGHT, seconds)))
        if postgres:
            steps.append(("postgres", lambda: postgres.measure(IN_FLIGHT, seconds)))
        if self.wants(*OPEN_FIGURES):
            steps.append(("open32", lambda: self.opens(daemon, IN_FLIGHT, seconds)))
        if self.wants("report"):
            steps.append(("report", lambda: self.opens(daemon, IN_FLIGHT, seconds, "report")))
        if self.wants("get"):
            steps.append(("get", lambda: self.gets(daemon)))
        if self.wants("sqlite32"):
            steps.append(("sqlite32", lambda: self.bare(IN_FLIGHT)))
        if self.wants("sqlite1"):
            steps.append(("open1", lambda: self.opens(daemon, 1, seconds)))
            steps.append(("sqlite1", lambda: self.bare(1)))
        for name, one_core in (("ping", True), ("pingfree", False)):
            if self.wants(name):
                steps.append((name, lambda one_core=one_core: self.ping(daemon, one_core)))
                steps.append((f"{name} raw", lambda one_core=one_core: self.pingpong(daemon, one_core)))
        if self.wants("connect"):
            steps.append(("connect", lambda: daemon.load("connect", "ping", inflight=8, warmup=0.2,
                                                         seconds=min(seconds, 2))))
        for name, step in reversed(steps) if index % 2 else steps:
            os.sync()  # what one step left for the disk must not be paid by the next
            got[name] = step()
        self.take(got)
        print(f"round {index + 1}:", "  ".join(f"{k} {self.show(k, v)}" for k, v in got.items()), flush=True)

    # Between two idle cores the round trip is mostly the cost of waking a halted processor (50 µs in
    # some virtual machines, against 9), which both sides pay and which hides what the daemon adds. So
    # the ratio is also taken with client and server on one core, where nothing is asleep.
    def ping(self, daemon, one_core, request="ping", **how_long):
        processors = os.sched_getaffinity(0)
        if not one_core:
            how_long = how_long or {"seconds": min(self.options.seconds, 2), "warmup": 0.2}
            return daemon.load("call", request, **how_long)
        daemon.pin({min(processors)})
        try:
            return daemon.load("call", request, processor=min(processors),
                               seconds=min(self.options.seconds, 2), warmup=0.2)
        finally:
            daemon.pin(processors)

    def pingpong(self, daemon, one_core):
        # The same bytes both ways as a call of system.ping.
        call = self.ping(daemon, False, count=1000)
        return native("pingpong", "--socket", self.base / "pingpong.sock", "--request-bytes",
                      round(call["request_bytes"]), "--answer-bytes", round(call["answer_bytes"]),
                      "--seconds", min(self.options.seconds, 2),
                      processor=min(os.sched_getaffinity(0)) if one_core else None)

    @staticmethod
    def show(name, result):
        if isinstance(result, float):
            return f"{result:,.0f}/s"
        if name.startswith(("ping", "plugincall")):
            return f"{result['p50_us']:.1f} µs"
        return f"{result['rate']:,.0f}/s"

    def take(self, got):
        figures, ours = self.figures, got.get("open32")
        for name in ("postgres", "redis"):
            if name in got:
                figures[name].add(ours["rate"], got[name])
        if "sqlite32" in got:
            figures["sqlite32"].add(ours["rate"], got["sqlite32"]["rate"])
        if ours:
            figures["tail"].add(ours["p99_us"] / 1000)
            self.notes.append(("open32", ours))
        for name in ("report", "get"):
            if name in got:
                figures[name].add(got[name]["rate"], ours["rate"])
                self.notes.append((name, got[name]))
        if "open1" in got:
            figures["sqlite1"].add(got["open1"]["rate"], got["sqlite1"]["rate"])
            if "pingfree raw" in got:
                self.notes.append(("bound", (1e6 / got["sqlite1"]["rate"], got["pingfree raw"]["p50_us"])))
        for name in ("ping", "pingfree"):
            if name in got:
                figures[name].add(got[name]["p50_us"], got[f"{name} raw"]["p50_us"])
        if "connect" in got:
            figures["connect"].add(got["connect"]["rate"])

    def rounds(self):
        o = self.options
        postgres = Postgres(self.base, o.record_bytes) if self.wants("postgres") else None
        redis = Redis(self.base, o.record_bytes) if self.wants("redis") else None
        with self.daemon("rounds") as daemon:
            if self.wants(*OPEN_FIGURES):
                self.opens(daemon, IN_FLIGHT, min(1, o.seconds))
            for index in range(o.rounds):
                self.round(index, daemon, postgres, redis)
        shutil.rmtree(self.base / "rounds")

    # Plugins

    def plugins(self):
        """The same module in the daemon and in a process of its own, side by side."""
        with self.daemon("compiled") as compiled, self.daemon("isolated", isolated=["support"]) as isolated:
            for daemon in (compiled, isolated):
                self.opens(daemon, IN_FLIGHT, min(1, self.options.seconds))
            for index in range(self.options.rounds):
                self.plugin_round(index, [compiled, isolated])

    def plugin_round(self, index, daemons):
        steps = {
            "plugincall": lambda daemon: self.ping(daemon, True, "nothing"),
            "plugincallfree": lambda daemon: self.ping(daemon, False, "nothing"),
            "pluginrate": lambda daemon: daemon.load("call", "nothing", inflight=PIPELINED, warmup=0.2,
                                                     seconds=min(self.options.seconds, 2)),
            "pluginopen": lambda daemon: self.opens(daemon, IN_FLIGHT, self.options.seconds),
        }
        for name, step in steps.items():
            if not self.wants(name):
                continue
            got = {}
            for daemon in reversed(daemons) if index % 2 else daemons:
                os.sync()
                got[daemon] = step(daemon)
            peer, ours = (got[daemon] for daemon in daemons)
            if name == "pluginrate":
                self.figures[name].add(ours["rate"])
            else:
                value = "rate" if name == "pluginopen" else "p50_us"
                self.figures[name].add(ours[value], peer[value])
            self.notes.append((name, ours))
            print(f"round {index + 1}: {name} {self.show(name, ours)}, compiled in {self.show(name, peer)}", flush=True)

    # Import

    def imports(self):
        """One file into an empty store, and again into another with both sides killed on the way."""
        file = ImportRun(self.options.stationctl, self.base / "reports.ndjson", self.options.reports)
        daemon = self.daemon("import")
        with daemon:
            self.figures["import"].add(file.whole(daemon))
            self.figures["import"].title = f"import of {file.count:,} reports in one command"
            if self.wants("next"):
                told = daemon.load("call", "next", seconds=self.options.seconds)
                self.figures["next"].add(told["p99_us"] / 1000)
                self.figures["next"].title = f"p99 of `stoploss.next` over {file.transfers:,} transfers"
            again = file.finish(file.begin(daemon), daemon)["elapsed_ms"] / 1000
        shutil.rmtree(daemon.directory)
        daemon = self.daemon("interrupted")
        with daemon:
            had = file.interrupted(daemon)
        shutil.rmtree(daemon.directory)
        self.notes.append(("import", (file.count, again, had)))
        print(f"import: {file.count:,} reports at {self.figures['import'].value:,.0f}/s, again in {again:.1f} s; "
              f"client killed at {had[0]:,}, daemon at {had[1]:,}, whole in the end", flush=True)

    # Memory, growth, start

    def memory(self):
        for index in range(3):
            with self.daemon(f"memory{index}") as daemon:
                before, after = daemon.hold_idle(IDLE_CONNECTIONS)
                self.figures["idle"].add(before / 1024)
                self.figures["idle1000"].add((after - before) / IDLE_CONNECTIONS)
        print(f"memory: {before} KiB idle, {after} KiB with {IDLE_CONNECTIONS} connections", flush=True)

    def store(self):
        """Fills a store of each size through the socket and measures it; then starts on the largest."""
        for size in self.options.sizes:
            daemon = self.daemon(f"growth{size}", held_clock=True)
            with daemon:
                have = self.grow(daemon, size)
                if self.wants("start") and size == self.options.sizes[-1]:
                    daemon.kill()
                    self.notes.append(("killed", daemon.start()))
            if self.wants("start") and size == self.options.sizes[-1]:
                for _ in range(STARTS):
                    self.figures["start"].add(daemon.start())
                    daemon.stop()
                self.figures["start"].title = f"start to ready with {have:,} audit rows"
            shutil.rmtree(daemon.directory)

    def grow(self, daemon, size):
        """A year of requests, and what calls take in it; how many requests there are in the end."""
        o, have, rates = self.options, 0, []
        # From the year's end to its beginning: so nothing that is due lies in the past when the clock is set.
        for part in range(PARTS_OF_YEAR):
            daemon.set_clock(YEAR_END - datetime.timedelta(days=part * 366 / PARTS_OF_YEAR))
            count = size * (part + 1) // PARTS_OF_YEAR - have
            # Filling is not what is measured: more in flight only makes it shorter.
            rates.append(self.opens(daemon, 128, 0, count=count)["rate"])
            have += count
        row = {"size": size, "fill": sorted(rates)[len(rates) // 2]}
        for call in ("list", "figures"):
            row[call] = daemon.load("call", call, seconds=min(o.seconds, 3))
            self.figures[call].add(row[call]["max_us"] / 1000)
        row["year"] = daemon.load("call", "figures_year", seconds=min(o.seconds, 3))
        opened = self.opens(daemon, IN_FLIGHT, o.seconds)
        row["open"] = opened["rate"]
        self.growth.append(row)
        print(f"{size:,} requests: filled at {row['fill']:,.0f}/s, open {row['open']:,.0f}/s, list p99 "
              f"{row['list']['p99_us'] / 1000:.2f} ms, figures p99 {row['figures']['p99_us'] / 1000:.2f} ms",
              flush=True)
        return have + opened["answered"]

    def run(self):
        if self.wants(*ROUND_FIGURES):
            self.rounds()
        if self.wants(*IMPORT_FIGURES):
            self.imports()
        if self.wants("idle", "idle1000"):
            self.memory()
        if self.wants(*STORE_FIGURES):
            self.store()
        if self.wants(*PLUGIN_FIGURES):
            self.plugins()

    # Report

    def side_notes(self):
        opens = [value for name, value in self.notes if name == "open32"]
        if opens:
            middle = sorted(opens, key=lambda result: result["rate"])[len(opens) // 2]
            yield (f"The load generator takes {middle['client_cpu_us_per_call']:.1f} µs of CPU a call and "
                   f"the daemon {middle['daemon_cpu_us']:.1f} µs ({IN_FLIGHT} in flight on "
                   f"{min(IN_FLIGHT, self.options.conns)} connections, "
                   f"{middle['request_bytes']:.0f} bytes up, {middle['answer_bytes']:.0f} down).")
        for name, what in (("report", "a `report`"), ("get", "a `get`"),
                           ("pluginopen", "an `open` with `support` in a process of its own, both together")):
            took = sorted(value["daemon_cpu_us"] for key, value in self.notes if key == name)
            if took:
                yield f"The daemon takes {took[len(took) // 2]:.1f} µs of CPU {what}."
        bounds = sorted((value for name, value in self.notes if name == "bound"), key=lambda value: value[0] / value[1])
        if bounds:
            commit, trip = bounds[len(bounds) // 2]
            yield (f"One at a time, a bare commit takes {commit:.0f} µs here and a bare round trip between two processes "
                   f"{trip:.0f} µs, so a service that did nothing but that commit would reach "
                   f"{commit / (commit + trip):.2f}× of the loop that commits in its own process.")
        for name, value in self.notes:
            if name == "import":
                count, again, had = value
                yield (f"The import of {count:,} reports, run again over a full store, took {again:.1f} s. In another "
                       f"store its client was killed (-9) with {had[0]:,} reports stored, then the daemon with "
                       f"{had[1]:,}; each report was there once in the end.")
            if name == "killed":
                yield f"After a kill -9 under this store, the first answer came {value:.2f} s after exec."

    def report(self):
        o = self.options
        rows = [figure for figure in self.figures.values() if self.wants(figure.name)]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
        parts = ["# Benchmarks", f"`make bench` wrote this page on {now}: {o.rounds} interleaved rounds of "
                 f"{o.seconds:g} s. Ratios are judged (median of the rounds' ratios); absolute values belong "
                 "to this machine and this hour. How it is measured: [Benchmarks](../Benchmarks/README.md).",
                 markdown(figure_rows(rows))]
        if self.growth:
            parts += ["## Growth", "Filled through the socket, the requests spread evenly over a year; one list or "
                      "figures call at a time, writes "
                      f"with {IN_FLIGHT} in flight. `figures` is over a month, `year` over all requests.", markdown(growth_rows(self.growth))]
        parts += ["## Notes", "\n".join(f"- {note}" for note in self.side_notes())] if self.notes else []
        machine = [("what", "value"), *describe(self.base)]
        machine.append(("load before the run", " ".join(f"{load:.2f}" for load in self.load)))
        parts += ["## Machine", markdown(machine)]
        return "\n\n".join(parts) + "\n"

    def missed(self):
        return [f.name for f in self.figures.values() if self.wants(f.name) and f.verdict == "MISSED"]


def parse():
    names = list(all_figures())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stationd", type=Path, default=STATIC / "stationd", metavar="PATH")
    parser.add_argument("--stationctl", type=Path, default=STATIC / "stationctl", metavar="PATH")
    parser.add_argument("--daemon-argument", action="append", default=[], help="one more argument for it")
    parser.add_argument("--quick", action="store_true", help="rounds of 1 s, stores up to 100,000 requests")
    parser.add_argument("--only", action="append", choices=[*names, *GROUPS], metavar="NAME",
                        help=", ".join([*names, *GROUPS]))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, help="measured seconds a step (4)")
    parser.add_argument("--sizes", type=lambda text: [int(size) for size in text.split(",")],
                        help="sizes of the growth table (10000,100000,1000000)")
    parser.add_argument("--reports", type=int, default=100_000, help="reports of the import")
    parser.add_argument("--conns", type=int, default=32, help="connections for 32 in flight")
    parser.add_argument("--record-bytes", type=int, default=652)
    parser.add_argument("--audit-bytes", type=int, default=289)
    parser.add_argument("--dir", default="/var/tmp", help="where all state lives, ours and the peers'")
    parser.add_argument("--report", type=Path, help="write here (docs/benchmarks.md after a whole run)")
    options = parser.parse_args()
    options.seconds = options.seconds or (1 if options.quick else 4)
    options.sizes = options.sizes or ([10_000, 100_000] if options.quick else [10_000, 100_000, 1_000_000])
    if not options.report and not options.quick and not options.only:
        options.report = ROOT / "docs" / "benchmarks.md"
    options.only = [name for chosen in options.only or [] for name in GROUPS.get(chosen, [chosen])]
    options.stationd = options.stationd.resolve()
    return options


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    options = parse()
    signal.signal(signal.SIGTERM, interrupted)
    base = Path(tempfile.mkdtemp(prefix="stationd-bench-", dir=options.dir))
    base.chmod(0o711)  # PostgreSQL, as its own user, passes through
    try:
        if not options.stationd.exists():
            raise BenchError(f"no daemon at {options.stationd}: build it first, or give --stationd")
        install_packages()
        build_programs()
        bench = Bench(options, base)
        bench.run()
        report = bench.report()
        print("\n" + report)
        if options.report:
            options.report.parent.mkdir(exist_ok=True)
            options.report.write_text(report)
        if bench.missed():
            print("missed:", ", ".join(bench.missed()))
            return 1
        return 0
    except BenchError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
