"""Text for a terminal: Chinese characters take two columns."""

import os
import sys
import unicodedata

WIDTH = 100
COLOURS = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def columns(text):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fit(text, width, right=False):
    """Cut or padded to a width."""
    if columns(text) > width:
        while columns(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - columns(text))
    return space + text if right else text + space


def wrap(text, width):
    """Lines of a width, broken between words; the later ones stand under the first one's text."""
    indent, lines = 12, []
    while columns(text) > width:
        end = len(text)
        while columns(text[:end]) > width:
            end -= 1
        space = text.rfind(" ", indent, end)
        end = space if space > indent else end
        lines.append(text[:end].rstrip())
        text = " " * indent + text[end:].lstrip()
    return [*lines, text]


def style(text, code):
    return f"\033[{code}m{text}\033[0m" if COLOURS else text


def bold(text):
    return style(text, "1")


def dim(text):
    return style(text, "2")


def say(text=""):
    print(text, flush=True)


def title(text):
    say()
    say(bold(text))
    say(dim("─" * WIDTH))


def table(heads, rows, widths):
    """Prints a table: the first column to the left, the others to the right. A width of 0 is a gap."""

    def line(cells):
        cells = iter(cells)
        parts = []
        for number, width in enumerate(widths):
            parts.append(fit(next(cells), width, right=number > 0) if width else "")
        return " ".join(parts).rstrip()

    say(dim(line(heads)))
    for row in rows:
        say(line(row))


def duration(seconds):
    """40 s, 12 min, 2h05, 3d04h."""
    if seconds is None:
        return "n/a"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min" if minutes else f"{seconds} s"
    if minutes < 24 * 60:
        return f"{minutes // 60}h{minutes % 60:02}"
    return f"{minutes // 1440}d{minutes // 60 % 24:02}h"
