"""Stops one thread of a process, as a defect would, while the others go on (ptrace(2))."""

import contextlib
import ctypes
import os
import threading
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000


def threads(pid, prefix):
    """The numbers of the threads whose name begins so."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith(prefix):
            found.append(int(task.name))
    return found


def order(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace({request:#x})")


def reap(thread):
    """Waits for the end of a traced thread: until its tracer has, its process is not gone for anybody."""
    with contextlib.suppress(OSError):
        while True:
            _, status = os.waitpid(thread, WALL)
            if os.WIFEXITED(status) or os.WIFSIGNALED(status):
                return


@contextlib.contextmanager
def frozen(pid, prefix):
    """While the body runs the threads with that name stand still."""
    stopped = threads(pid, prefix)
    if not stopped:
        names = [(task / "comm").read_text().strip() for task in Path(f"/proc/{pid}/task").iterdir()]
        raise AssertionError(f"no thread '{prefix}' among {names}")
    for thread in stopped:
        order(SEIZE, thread)
        order(INTERRUPT, thread)
        os.waitpid(thread, WALL)
        threading.Thread(target=reap, args=[thread], daemon=True).start()
    try:
        yield
    finally:
        for thread in stopped:
            # The process may be gone.
            with contextlib.suppress(OSError):
                order(DETACH, thread)
