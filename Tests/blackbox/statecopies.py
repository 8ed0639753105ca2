"""Copies of a daemon's state, to be changed."""

import shutil

from harness import Daemon, new_directory


class StateCopies:
    """For test cases whose class has a `home` directory: `start_source` makes one."""

    @classmethod
    def start_source(cls):
        """A running daemon whose state is to be copied. Its log is beside the state, not in it."""
        cls.home = new_directory()
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        source = cls.home / "source"
        source.mkdir()
        daemon = Daemon(directory=source)
        daemon.log_path = cls.home / "source.log"
        cls.addClassCleanup(daemon.kill)
        return daemon.start()

    @classmethod
    def copy(cls, state, name):
        def skip(_, names):
            return [name for name in names if name.endswith((".sock", "-shm"))]
        return shutil.copytree(state, cls.home / name, ignore=skip)

    def fresh(self, state):
        """A copy to change. Its name is short: it holds a socket."""
        path = self.home / f"case-{len(list(self.home.iterdir()))}"
        shutil.copytree(state, path)
        self.addCleanup(shutil.rmtree, path, ignore_errors=True)
        return path
