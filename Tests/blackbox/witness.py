"""A witness of C2SP tlog-witness, as the tests need one: honest unless it is told otherwise.

It shares no code with the daemon. https://c2sp.org/tlog-witness (add-checkpoint), https://c2sp.org/tlog-cosignature
(cosignature/v1), https://c2sp.org/signed-note (verifier keys).
"""

import base64
import hashlib
import http.server
import os
import socket
import socketserver
import threading

from auditlog import ledger

# --- Ed25519 signatures, RFC 8032 sections 5.1.5 and 5.1.6


def _encoded(point):
    inverse = pow(point[2], ledger.P - 2, ledger.P)
    x, y = point[0] * inverse % ledger.P, point[1] * inverse % ledger.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class SigningKey:
    def __init__(self, seed=None):
        hashed = hashlib.sha512(seed or os.urandom(32)).digest()
        self.scalar = int.from_bytes(hashed[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix = hashed[32:]
        self.public = _encoded(ledger._times(self.scalar, ledger.BASE))

    def sign(self, message):
        def number(*parts):
            return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ledger.L
        nonce = number(self.prefix, message)
        point = _encoded(ledger._times(nonce, ledger.BASE))
        rest = (nonce + number(point, self.public, message) * self.scalar) % ledger.L
        return point + rest.to_bytes(32, "little")


# --- The witness


class Witness:
    """Knows one log by its verifier key, and the newest checkpoint of it that it cosigned.

    `behave(handler, body)`, where it is set, answers instead of it. `requests` are the bodies, as they came.
    """

    def __init__(self, log, name="witness.example/w1", key=None, path=None, clock=lambda: 1_700_000_000):
        self.log, self.name, self.key, self.clock = log, name, key or SigningKey(), clock
        self.seen = {}
        self.requests = []
        self.behave = None
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.requests.append(body.decode())
                    behave = outer.behave
                if behave is not None:
                    return behave(self, body)
                status, kind, answer = outer.answer(self.path, body.decode())
                self.reply(status, answer.encode(), kind)

            def reply(self, status, body, kind="text/plain"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def address_string(self):
                return "client"

            def log_message(self, *_):
                pass

        if path is None:
            self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        else:
            class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
                address_family = socket.AF_UNIX
                daemon_threads = True

                def server_bind(self):
                    self.socket.bind(self.server_address)
                    self.server_name, self.server_port = "witness", 0

                def get_request(self):
                    return self.socket.accept()[0], ("client", 0)

            self.server = Server(str(path), Handler)
            self.address = f"unix:{path}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def key_id(self):
        return hashlib.sha256(self.name.encode() + b"\n\4" + self.key.public).digest()[:4]

    @property
    def verifier_key(self):
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([4]) + self.key.public).decode()}"

    def line(self, text, key=None):
        """The signature line on a checkpoint's text."""
        seconds = self.clock()
        signature = (key or self.key).sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        blob = base64.b64encode(self.key_id + seconds.to_bytes(8, "big") + signature).decode()
        return f"— {self.name} {blob}\n"

    def answer(self, path, body):
        """(status, content type, body) for a request."""
        if path != "/add-checkpoint":
            return 404, "text/plain", "no such place\n"
        head, _, note = body.partition("\n\n")
        first, *proof = head.split("\n")
        text = note.partition("\n\n")[0] + "\n"
        if text.split("\n")[0] != self.log.split("+")[0]:
            return 404, "text/plain", "unknown log\n"
        try:
            size, root = ledger.open_checkpoint(note, self.log)
        except ledger.Invalid:
            return 403, "text/plain", "not signed by the log\n"
        old = int(first.removeprefix("old "))
        if first != f"old {old}" or old > size or len(proof) > 63:
            return 400, "text/plain", "malformed\n"
        with self.lock:
            known, known_root = self.seen.get("head", (0, None))
            if old != known or (old == size and old and root != known_root):
                return 409, "text/x.tlog.size", f"{known}\n"
            steps = [base64.b64decode(line, validate=True) for line in proof]
            if steps if old == 0 else not ledger.consistent(old, known_root, size, root, steps):
                return 422, "text/plain", "the log does not extend what was cosigned\n"
            self.seen["head"] = (size, root)
        return 200, "text/plain", self.line(text)
