"""Witnesses outside: `stationctl audit witness` has them cosign the log, and finds what only they can know.

The witness of the tests (witness.py) shares no code with the daemon, and the cosigned notes are checked here again.
"""

import json
import os
import shutil
import socket
import threading

from auditlog import ledger
from harness import STATIONCTL, DaemonTestCase, new_directory, run_ctl
from statecopies import StateCopies
from witness import SigningKey, Witness


class WitnessTestCase(DaemonTestCase):
    def setUp(self):
        self.home = new_directory()
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.log = self.daemon.call("audit.checkpoint")["verifier_key"]
        self.kept = self.home / "kept"
        self.policy = self.home / "witnesses"

    def witness(self, **options):
        witness = Witness(self.log, **options)
        self.addCleanup(witness.close)
        return witness

    def write(self, *witnesses, quorum=None):
        """A policy with these witnesses, all of whom are needed."""
        lines = [f"log {self.log}"]
        for number, witness in enumerate(witnesses):
            lines.append(f"witness w{number} {witness.verifier_key} {witness.address}")
        names = " ".join(f"w{number}" for number in range(len(witnesses)))
        lines += quorum or [f"group g all {names}", "quorum g"]
        self.policy.write_text("# made by a test\n" + "\n".join(lines) + "\n")

    def ask(self, *options, daemon=None, code=0):
        """One run; its JSON answer."""
        done = run_ctl("audit", "witness", "--policy", self.policy, "--keep", self.kept, "--json", *options,
                       socket_path=(daemon or self.daemon).socket_path)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def outcome(self, *options, **more):
        return self.ask(*options, **more)["witnesses"][0]["outcome"]

    def grow(self, count=3, daemon=None):
        with (daemon or self.daemon).connect() as client:
            for number in [client.begin("support.get", {"id": "SR-2000-000001"}, purpose="audit", reason="grow")
                           for _ in range(count)]:
                client.answer(number)


class AskingTests(WitnessTestCase):
    def test_a_checkpoint_is_cosigned_kept_and_good_for_others(self):
        witness = self.witness()
        self.write(witness)
        answer = self.ask()
        self.assertTrue(answer["enough"])
        self.assertEqual(answer["witnesses"][0]["outcome"], "cosigned")
        self.assertEqual(answer["witnesses"][0]["at"], "2023-11-14T22:13:20.000Z")
        note = (self.kept / f"{witness.key_id.hex()}.note").read_text()
        self.assertEqual(ledger.open_checkpoint(note, self.log)[0], answer["size"])
        self.assertTrue(note.endswith(witness.line(note.partition("\n\n")[0] + "\n")))
        # The first request knows nothing: size 0, no proof.
        self.assertTrue(witness.requests[0].startswith("old 0\n\n"))
        self.grow()
        later = self.ask()
        self.assertGreater(later["size"], answer["size"])
        self.assertTrue(witness.requests[1].startswith(f"old {answer['size']}\n"))
        self.assertEqual(len(witness.requests), 2)
        # Nothing new: the same tree once more, which says that it still is the newest.
        self.assertEqual(self.outcome(), "cosigned")
        shown = run_ctl("audit", "witness", "--policy", self.policy, "--keep", self.kept, "--show",
                        socket_path=self.daemon.socket_path)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn("2023-11-14T22:13:20.000Z", shown.stdout)
        self.assertEqual(len(witness.requests), 3)

    def test_a_witness_on_a_unix_socket(self):
        witness = self.witness(path=self.home / "w.sock")
        self.write(witness)
        self.assertEqual(self.outcome(), "cosigned")

    def test_a_witness_that_is_further_than_what_is_kept_says_so_and_is_asked_again(self):
        witness = self.witness()
        self.write(witness)
        size = self.ask()["size"]
        shutil.rmtree(self.kept)
        self.grow()
        self.assertEqual(self.outcome(), "cosigned")
        self.assertEqual([request.split("\n")[0] for request in witness.requests], ["old 0", "old 0", f"old {size}"])

    def test_the_quorum_decides(self):
        good, bad = self.witness(), self.witness(name="witness.example/w2")
        bad.behave = lambda handler, _: handler.reply(500, b"")
        self.write(good, bad)
        self.assertFalse(self.ask(code=6)["enough"])
        self.write(good, bad, quorum=["group g any w0 w1", "quorum g"])
        self.assertTrue(self.ask()["enough"])
        self.write(good, bad, quorum=["quorum none"])
        self.assertTrue(self.ask()["enough"])

    def test_a_mistake_in_the_policy_names_its_line(self):
        witness = self.witness()
        key = witness.verifier_key
        for number, lines in ((2, ["witness w0", "quorum none"]), (2, [f"witness w0 {self.log} http://x", "quorum none"]),
                              (3, [f"witness a {key}", f"witness b {key}", "quorum none"]),
                              (3, [f"witness a {key}", "quorum b"]), (3, [f"witness a {key}", "group g 2 a", "quorum g"]),
                              (4, [f"witness a {key}", "quorum a", "quorum a"]), (2, ["witless"])):
            with self.subTest(lines=lines):
                self.policy.write_text("\n".join(["#"] + lines) + "\n")
                done = run_ctl("audit", "witness", "--policy", self.policy, socket_path=self.daemon.socket_path)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn(f"{self.policy}:{number}:", done.stderr)
        for line, said in ((f"witness a {key} ftp://x\nquorum a", "no address"), ("", "quorum"),
                           (f"witness a {key} --config\nquorum a", "no address")):
            self.policy.write_text(line + "\n")
            done = run_ctl("audit", "witness", "--policy", self.policy, socket_path=self.daemon.socket_path)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(said, done.stderr)


class MisbehaviourTests(WitnessTestCase):
    """Whatever a witness answers: nothing is kept that it did not sign, and the run ends soon."""

    def refused(self, behave, outcome, says=""):
        witness = self.witness()
        witness.behave = behave
        self.write(witness)
        answer = self.ask("--timeout", "1", code=6)
        self.assertEqual(answer["witnesses"][0]["outcome"], outcome, answer)
        self.assertIn(says, answer["witnesses"][0]["text"])
        self.assertFalse(self.kept.exists())
        return witness

    def test_another_key_than_the_policy_names(self):
        witness = self.witness()
        other = SigningKey()

        def behave(handler, body):
            text = body.decode().partition("\n\n")[2].partition("\n\n")[0] + "\n"
            handler.reply(200, witness.line(text, key=other).encode())
        witness.behave = behave
        self.write(witness)
        self.assertEqual(self.outcome(code=6), "nonsense")
        self.assertFalse(self.kept.exists())

    def test_a_stranger_signs(self):
        stranger = self.witness(name="stranger.example")
        self.refused(lambda handler, body: handler.reply(200, stranger.answer("/add-checkpoint", body.decode())[2].encode()),
                     "nonsense", "unsigned")

    def test_a_signature_of_another_checkpoint(self):
        witness = self.witness()
        witness.behave = lambda handler, _: handler.reply(200, witness.line("other\n1\nAAAA\n").encode())
        self.write(witness)
        self.assertEqual(self.outcome(code=6), "nonsense")

    def test_garbage(self):
        for body in (b"", b"\n", b"OK\n", b"\xff\xfe\n", b"\xe2\x80\x94 witness.example/w1 !!!\n", b"\0" * 100):
            with self.subTest(body=body):
                self.refused(lambda handler, _, body=body: handler.reply(200, body), "nonsense")

    def test_a_huge_answer_is_not_read_to_its_end(self):
        def behave(handler, _):
            handler.send_response(200)
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(b"x" * 65536)
            except OSError:
                pass
        self.refused(behave, "unreachable", "longer than")

    def test_a_slow_answer_ends_with_the_time_that_a_witness_has(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.refused(lambda handler, _: release.wait(30), "unreachable")

    def test_a_trickle_ends_too(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def behave(handler, _):
            handler.send_response(200)
            handler.end_headers()
            while not release.wait(0.05):
                try:
                    handler.wfile.write(b"x")
                except OSError:
                    return
        self.refused(behave, "unreachable")

    def test_nobody_listens(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        witness = self.witness()
        witness.address = f"http://127.0.0.1:{port}"
        self.write(witness)
        self.assertEqual(self.outcome(code=6), "unreachable")
        witness.address = f"unix:{self.home}/nothing.sock"
        self.write(witness)
        self.assertEqual(self.outcome(code=6), "unreachable")

    def test_a_redirection_is_not_followed(self):
        target = self.witness()

        def behave(handler, _):
            handler.send_response(307)
            handler.send_header("Location", target.address + "/add-checkpoint")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        self.refused(behave, "nonsense", "307")
        self.assertEqual(target.requests, [])

    def test_conflicts_without_end(self):
        sizes = iter(range(1, 100))
        witness = self.refused(
            lambda handler, _: handler.reply(409, f"{next(sizes)}\n".encode(), "text/x.tlog.size"), "nonsense", "409")
        self.assertEqual(len(witness.requests), 2)

    def test_conflicts_without_a_size(self):
        for body, kind in ((b"", "text/x.tlog.size"), (b"1", "text/x.tlog.size"), (b"01\n", "text/x.tlog.size"),
                           (b"-1\n", "text/x.tlog.size"), (b"99999999999999999999\n", "text/x.tlog.size"),
                           (b"1\n", "text/plain")):
            with self.subTest(body=body, kind=kind):
                self.refused(lambda handler, _, body=body, kind=kind: handler.reply(409, body, kind), "nonsense")

    def test_a_witness_that_does_not_know_the_log(self):
        for status in (403, 404):
            self.refused(lambda handler, _, status=status: handler.reply(status, b""), "unknown_log")

    def test_what_is_kept_and_was_changed_is_an_error(self):
        witness = self.witness()
        self.write(witness)
        self.ask()
        path = self.kept / f"{witness.key_id.hex()}.note"
        path.write_text(path.read_text().replace("— witness", "— w1tness"))
        done = run_ctl("audit", "witness", "--policy", self.policy, "--keep", self.kept,
                       socket_path=self.daemon.socket_path)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(witness.requests), 1)


class RollbackTests(StateCopies, WitnessTestCase):
    """What the machine alone cannot know: both states start, verify and are good by themselves."""

    def setUp(self):
        if not os.access(STATIONCTL, os.X_OK):
            raise AssertionError(f"no stationctl at {STATIONCTL} (set STATIONCTL)")
        super().setUp()
        state = self.home / "state"
        state.mkdir()
        daemon = self.new_daemon(directory=state)
        daemon.log_path = self.home / "log"
        daemon.start()
        self.grow(daemon=daemon)
        daemon.stop()
        self.old = shutil.copytree(state, self.home / "old")
        daemon.start()
        self.log = daemon.call("audit.checkpoint")["verifier_key"]
        self.mine = daemon
        self.seen = self.witness()
        self.write(self.seen)
        self.grow(20, daemon=daemon)
        self.size = self.ask(daemon=daemon)["size"]
        daemon.stop()

    def run_copy(self):
        copy = self.new_daemon(directory=self.old)
        copy.log_path = self.home / "old.log"
        copy.start()
        verified = run_ctl("audit", "verify", socket_path=copy.socket_path)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        return copy

    def test_an_older_copy_is_found_out(self):
        copy = self.run_copy()
        answer = self.ask(daemon=copy, code=1)
        self.assertEqual(answer["witnesses"][0]["outcome"], "behind")
        self.assertIn(f"cosigned {self.size} records", answer["witnesses"][0]["text"])
        # By what is kept alone, and by the witness alone.
        self.assertEqual(len(self.seen.requests), 1)
        self.assertEqual(self.outcome("--show", daemon=copy, code=1), "behind")
        shutil.rmtree(self.kept)
        self.assertEqual(self.outcome(daemon=copy, code=1), "behind")
        self.assertFalse(self.kept.exists())

    def test_a_copy_that_went_on_is_found_out(self):
        copy = self.run_copy()
        self.grow(40, daemon=copy)
        self.assertGreater(copy.call("audit.checkpoint")["size"], self.size)
        self.assertEqual(self.outcome(daemon=copy, code=1), "parted")
        self.assertEqual(len(self.seen.requests), 1)
        shutil.rmtree(self.kept)
        self.assertEqual(self.outcome(daemon=copy, code=1), "parted")
        # And the true one goes on.
        copy.stop()
        self.mine.start()
        self.assertEqual(self.outcome(daemon=self.mine), "cosigned")

    def test_a_copy_of_the_very_size_is_found_out(self):
        copy = self.run_copy()
        while copy.call("audit.checkpoint")["size"] < self.size:
            self.grow(1, daemon=copy)
        self.assertEqual(copy.call("audit.checkpoint")["size"], self.size)
        self.assertEqual(self.outcome(daemon=copy, code=1), "parted")
        shutil.rmtree(self.kept)
        self.assertEqual(self.outcome(daemon=copy, code=1), "parted")

    def test_verify_takes_what_was_given_away(self):
        note = next(self.kept.iterdir())
        good = run_ctl("audit", "verify", "--state", self.home / "state", "--extends", note)
        self.assertEqual(good.returncode, 0, good.stderr)
        alone = run_ctl("audit", "verify", "--state", self.old)
        self.assertEqual(alone.returncode, 0, alone.stderr)
        bad = run_ctl("audit", "verify", "--state", self.old, "--extends", note)
        self.assertEqual(bad.returncode, 1, bad.stderr)
        self.assertIn(f"a checkpoint for {self.size} was signed", bad.stderr)
        copy = self.run_copy()
        online = run_ctl("audit", "verify", "--extends", note, socket_path=copy.socket_path)
        self.assertEqual(online.returncode, 1, online.stderr)
        self.grow(40, daemon=copy)
        online = run_ctl("audit", "verify", "--extends", note, socket_path=copy.socket_path)
        self.assertEqual(online.returncode, 1, online.stderr)
        self.assertIn(f"first {self.size} records", online.stderr)
        copy.stop()
        bad = run_ctl("audit", "verify", "--state", self.old, "--extends", note)
        self.assertEqual(bad.returncode, 1, bad.stderr)
        stranger = self.home / "stranger.note"
        stranger.write_text(self.daemon.call("audit.checkpoint")["checkpoint"])
        bad = run_ctl("audit", "verify", "--state", self.home / "state", "--extends", stranger)
        self.assertEqual(bad.returncode, 1, bad.stderr)
        self.assertIn("not signed by its key", bad.stderr)


del WitnessTestCase
