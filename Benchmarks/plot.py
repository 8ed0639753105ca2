"""The plot of a soak: three panels over time, as SVG without any library."""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP = 900, 190, 70, 120, 30, 45
COLOURS = ["#1f5fa8", "#b3541e", "#2e7d4f", "#7a3b8f", "#666666", "#a02040"]


def ticks(top):
    """About four round numbers from 0 to the top."""
    step = 10 ** (len(str(int(max(top, 1)))) - 1)
    while top / step > 5:
        step *= 2
    while top / step < 2:
        step /= 2
    return [step * number for number in range(int(top / step) + 1)]


def panel(title, times, lines, y):
    """One panel: `lines` are (name, values); its SVG elements."""
    top = max([value for _, values in lines for value in values if value == value] + [1e-9]) * 1.1
    last = max(times[-1], 1)
    out = [f'<text x="{LEFT}" y="{y - 8}" font-weight="bold">{title}</text>']
    for value in ticks(top):
        at = y + HEIGHT - HEIGHT * value / top
        out.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{value:g}</text>')
    for value in ticks(last / 60):
        at = LEFT + (WIDTH - LEFT - RIGHT) * value * 60 / last
        out.append(f'<text x="{at:.1f}" y="{y + HEIGHT + 16}" text-anchor="middle">{value:g} min</text>')
    for number, (name, values) in enumerate(lines):
        points = " ".join(
            f"{LEFT + (WIDTH - LEFT - RIGHT) * at / last:.1f},{y + HEIGHT - HEIGHT * value / top:.1f}"
            for at, value in zip(times, values) if value == value)
        colour = COLOURS[number % len(COLOURS)]
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y + 14 + 16 * number}" fill="{colour}">{name}</text>')
    return out


def plot(rows, classes):
    """The whole picture of a soak's samples."""
    times = [row["seconds"] for row in rows]
    panels = [
        ("Memory (MiB)", [("resident", [row["rss_bytes"] / 2**20 for row in rows])]),
        ("Descriptors and threads", [(name, [row[name] for row in rows]) for name in ("descriptors", "threads")]),
        ("A call takes (ms): p99, by class", [(name, [row[f"{name}_p99_ms"] for row in rows]) for name in classes]),
        ("A call takes (ms): p50, by class", [(name, [row[f"{name}_p50_ms"] for row in rows]) for name in classes]),
    ]
    height = TOP + len(panels) * (HEIGHT + GAP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
           'font-size="12">', f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>']
    for number, (title, lines) in enumerate(panels):
        out += panel(title, times, lines, TOP + number * (HEIGHT + GAP))
    return "\n".join(out + ["</svg>", ""])
