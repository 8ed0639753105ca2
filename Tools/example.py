"""The example module of docs/module-author.md: it must compile, and the registry must accept it."""

import re
import subprocess
import tempfile
from pathlib import Path

MODULE = re.compile(r"<!-- compiled: (\w+)\.swift -->\n```swift\n(.*?)^```", re.M | re.S)
# What stands in for the daemon: the same registry, with a module that offers what the example calls.
MAIN = """
@main
enum Main {
  static func main() throws {
    _ = try Registry([%s.module()])
    print("accepted")
  }
}
"""


def faults(root):
    """Why the example is not one, if so."""
    page = root / "docs/module-author.md"
    found = MODULE.search(page.read_text())
    if not found:
        return [f"{page.relative_to(root)}: no example module"]
    name, text = found[1], found[2]
    with tempfile.TemporaryDirectory(prefix="example-") as directory:
        place = Path(directory)
        (place / f"{name}.swift").write_text(text)
        (place / "Main.swift").write_text("import StationKit\n" + MAIN % name)
        common = ["swiftc", "-swift-version", "6", "-package-name", "stationd", "-parse-as-library",
                  "-warnings-as-errors", "-I", directory]
        objects = []
        for module in ("StationJSON", "StationCalendar", "StationKit"):
            objects.append(str(place / f"{module}.o"))
            sources = sorted((root / "Sources" / module).rglob("*.swift"))
            commands = [*common, "-module-name", module, "-wmo", "-emit-module", "-emit-module-path",
                        place / f"{module}.swiftmodule", "-emit-object", "-o", objects[-1], *sources]
            if fault := failed(commands):
                return [fault]
        build = [*common, "-module-name", "Example", "-o", place / "example", place / f"{name}.swift",
                 place / "Main.swift", *objects]
        fault = failed(build) or failed([place / "example"])
        return [f"{page.relative_to(root)}: {fault}"] if fault else []


def failed(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return None if done.returncode == 0 else done.stdout + done.stderr
