"""Copies of a daemon's state, to be changed."""

import shutil


class StateCopies:
    """For test cases whose class has a `home` directory."""

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
