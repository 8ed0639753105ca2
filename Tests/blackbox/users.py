"""Clients of other uids, as the kernel tells of them: for tests that run as root."""

import os
import socket
import unittest

from harness import Client, DaemonTestCase


class UserClient(Client):
    """A client whose socket was connected by a process of another uid."""

    def __init__(self, path, uid, groups=()):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        child = os.fork()
        if child == 0:
            try:
                os.setgroups(list(groups))
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                fd = socket.socket(socket.AF_UNIX)
                fd.connect(path)
                socket.send_fds(theirs, [b"x"], [fd.fileno()])
                os._exit(0)
            except BaseException:
                os._exit(1)
        theirs.close()
        data, fds, _, _ = socket.recv_fds(ours, 1, 1)
        ours.close()
        os.waitpid(child, 0)
        if not data or not fds:
            raise OSError(f"uid {uid} could not connect")
        self.socket = socket.socket(fileno=fds[0])
        self.socket.settimeout(20)
        self.buffer, self.next_id, self.kept, self.notifications = bytearray(), 0, {}, []


class Users:
    """What gives a test case clients of other uids, which are closed when the test ends."""

    def user(self, uid, groups=()):
        client = UserClient(self.daemon.socket_path, uid, groups)
        self.addCleanup(client.close)
        return client


@unittest.skipUnless(os.getuid() == 0, "connecting as other users needs root")
class UserTestCase(Users, DaemonTestCase):
    """Tests of one daemon that other uids reach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.directory.chmod(0o755)
