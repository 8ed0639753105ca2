"""What is measured, what it must reach, and how a verdict is made of it."""

from dataclasses import dataclass, field
from statistics import median


@dataclass
class Figure:
    """One line of the result. `samples` has a value a round, and it is their median that is judged."""

    name: str
    title: str
    must: float
    aim: float
    more_is_better: bool = True
    unit: str = "×"
    strict: bool = False  # the bound itself is already too much ("< 1 s"), and the worst value counts
    samples: list = field(default_factory=list)
    ours: list = field(default_factory=list)
    peer: list = field(default_factory=list)
    absolute: str = ""  # the unit of `ours` and `peer`

    def add(self, ours, peer=None):
        """A round: what the daemon reached, and what its peer reached beside it."""
        self.ours.append(ours)
        if peer is None:
            self.samples.append(ours)
        else:
            self.peer.append(peer)
            self.samples.append(ours / peer)

    @property
    def value(self):
        if self.strict:
            return min(self.samples) if self.more_is_better else max(self.samples)
        return median(self.samples)

    def reaches(self, bound):
        if self.more_is_better:
            return self.value >= bound
        return self.value < bound if self.strict else self.value <= bound

    @property
    def verdict(self):
        if not self.samples:
            return "not measured"
        return "aim" if self.reaches(self.aim) else "must" if self.reaches(self.must) else "MISSED"


def all_figures():
    """The figures by name, in the order of the report."""
    lines = [
        Figure("postgres", "`support.open`, 32 in flight ÷ PostgreSQL 15 with audit trigger, 32 clients", 2,
               3, absolute="/s"),
        Figure("redis", "`support.open`, 32 in flight ÷ Redis 7 `appendfsync always` SET, 32 clients", 0.5,
               1, absolute="/s"),
        Figure("sqlite32", "`support.open`, 32 in flight ÷ bare C on SQLite, 32 a commit", 0.7, 0.9,
               absolute="/s"),
        Figure("sqlite1", "`support.open`, one at a time ÷ bare C on SQLite, one a commit", 0.8, 0.9,
               absolute="/s"),
        Figure("ping", "`system.ping` p50 ÷ raw socket ping-pong p50, each on one core", 3, 2,
               more_is_better=False, absolute=" µs"),
        Figure("pingfree", "`system.ping` p50 ÷ raw socket ping-pong p50, as scheduled", 3, 2,
               more_is_better=False, absolute=" µs"),
        Figure("report", "`stoploss.report` of five transfers ÷ `support.open`, both 32 in flight", 0.5, 0.7,
               absolute="/s"),
        Figure("get", "`support.get`, decrypted and recorded ÷ `support.open`, both 32 in flight", 0.7, 1,
               absolute="/s"),
        Figure("connect", "connect, one call, close", 3000, 6000, unit="/s"),
        Figure("tail", "p99 of `support.open`, 32 in flight, checkpoints included", 50, 20,
               more_is_better=False, unit=" ms"),
        Figure("start", "start to ready with the full store", 1, 0.3, more_is_better=False, unit=" s",
               strict=True),
        Figure("idle", "memory, idle", 40, 25, more_is_better=False, unit=" MiB"),
        Figure("idle1000", "memory, each of 1,000 idle connections", 32, 16, more_is_better=False,
               unit=" KiB"),
        Figure("import", "import of reports from one file", 1000, 5000, unit="/s"),
        Figure("next", "p99 of `stoploss.next`", 20, 5, more_is_better=False, unit=" ms"),
        Figure("list", "`support.list`, slowest call at any size", 50, 50, more_is_better=False, unit=" ms",
               strict=True),
        Figure("figures", "`support.figures` of a month, slowest call at any size", 50, 50, more_is_better=False,
               unit=" ms", strict=True),
        Figure("plugincall", "a call that does nothing, in a process of its own ÷ compiled in, p50, each on one core", 3,
               2, more_is_better=False, absolute=" µs"),
        Figure("plugincallfree", "the same, as scheduled", 3, 2, more_is_better=False, absolute=" µs"),
        Figure("pluginrate", "calls that do nothing, pipelined to one process", 10_000, 20_000, unit="/s"),
        Figure("pluginopen", "`support.open`, 32 in flight, in a process of its own ÷ compiled in", 0.4, 0.6,
               absolute="/s"),
    ]
    return {figure.name: figure for figure in lines}


def number(value):
    """Three significant digits, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def figure_rows(figures):
    """The result table, its head first."""
    yield ("figure", "ours", "peer", "median [min–max]", "must", "aim", "verdict")
    for f in figures:
        if not f.samples:
            yield (f.title, "", "", "", number(f.must), number(f.aim), f.verdict)
            continue
        sign = "≥ " if f.more_is_better else "< " if f.strict else "≤ "
        spread = f"{number(median(f.samples))}{f.unit} [{number(min(f.samples))}–{number(max(f.samples))}]"
        yield (f.title, number(median(f.ours)) + f.absolute if f.peer else "",
               number(median(f.peer)) + f.absolute if f.peer else "", spread, sign + number(f.must) + f.unit,
               sign + number(f.aim) + f.unit, f.verdict)


def growth_rows(growth):
    """The growth table, its head first; times in milliseconds."""
    yield ("requests", "fill", "`support.open`", "ratio to first", "list p50", "list p99", "list max",
           "figures p50", "figures p99", "figures max", "year p50", "year p99", "year max")
    for row in growth:
        calls = [row[call][key] / 1000 for call in ("list", "figures", "year")
                 for key in ("p50_us", "p99_us", "max_us")]
        yield (f"{row['size']:,}", number(row["fill"]) + "/s" if row["fill"] else "",
               number(row["open"]) + "/s", number(row["open"] / growth[0]["open"]) + "×",
               *(number(value) + " ms" for value in calls))


def markdown(rows):
    """A table for documents and, being aligned, for people at a terminal."""
    rows = [list(row) for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
