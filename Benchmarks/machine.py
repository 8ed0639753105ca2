"""What the machine is, and what it lacks: packages, compilers' output, versions."""

import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / ".build"
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")

# Debian 12. What makes a package count as present is the file after it. `redis-tools` carries the
# server too (redis-check-rdb is the same program, told apart by its name) and no system service.
PACKAGES = {
    "gcc": "/usr/bin/gcc",
    "libc6-dev": "/usr/include/stdio.h",
    "libsqlite3-dev": "/usr/include/sqlite3.h",
    "postgresql-15": "/usr/lib/postgresql/15/bin/postgres",
    "postgresql-client-15": "/usr/lib/postgresql/15/bin/psql",
    "redis-tools": "/usr/bin/redis-check-rdb",
}
PROGRAMS = {"loadgen": [], "barec": ["-lsqlite3"], "pingpong": []}


class BenchError(Exception):
    """A benchmark could not run, or its run is void."""


def run(command, **options):
    """Runs a command to its end; its standard output as text. Raises BenchError with what it said."""
    command = [str(part) for part in command]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise BenchError(f"{Path(command[0]).name} exited with {done.returncode}: {said}")
    return done.stdout


def install_packages():
    """Installs what is missing. Services of the packages are kept from starting while it does."""
    missing = [name for name, path in PACKAGES.items() if not Path(path).exists()]
    if not missing:
        return
    if os.geteuid() != 0:
        raise BenchError("missing packages, and only root can install them: " + " ".join(missing))
    print("installing", " ".join(missing), flush=True)
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
    try:
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        run(["apt-get", "update", "-qq"], env=environment)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], env=environment)
    finally:
        if ours:
            policy.unlink()


def build_programs():
    """Compiles the C programs that are older than their sources."""
    BUILD.mkdir(exist_ok=True)
    for name, libraries in PROGRAMS.items():
        program, sources = BUILD / name, [HERE / f"{name}.c", HERE / "bench.h"]
        if program.exists() and all(program.stat().st_mtime > s.stat().st_mtime for s in sources):
            continue
        flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-std=gnu11"]
        run(["gcc", *flags, "-o", program, sources[0], *libraries])


def native(name, *arguments, processor=None, timeout=3600):
    """Runs one of the C programs, on one processor if asked; the JSON object it prints."""
    prefix = [] if processor is None else ["taskset", "-c", processor]
    return json.loads(run([*prefix, BUILD / name, *arguments], timeout=timeout))


def first_line(command):
    try:
        return run(command).strip().splitlines()[0]
    except (OSError, BenchError, IndexError):
        return "not found"


def describe(directory):
    """Pairs (what, value) for the report: the machine and the versions measured."""
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    memory = next(int(line.split()[1]) // 1024 for line in Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "unknown")
    source = run(["findmnt", "-n", "-o", "FSTYPE,OPTIONS", "-T", directory]).split()
    swift = first_line(["swift", "--version"]) if shutil.which("swift") else "not found"
    version = Path(directory) / "version.db"
    sqlite = native("barec", "--db", version, "--batch", 1, "--seconds", 0.01)["sqlite"]
    return [
        ("CPU", f"{cpu}, {os.cpu_count()} cores"),
        ("memory", f"{memory} MiB"),
        ("kernel", platform.release()),
        ("system", system),
        ("file system", " ".join(source)),
        ("SQLite", sqlite),
        ("PostgreSQL", first_line([POSTGRES_BIN / "postgres", "--version"])),
        ("Redis", first_line(["redis-cli", "--version"])),
        ("Swift", swift),
    ]
