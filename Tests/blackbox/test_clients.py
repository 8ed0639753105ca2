"""Clients that other people wrote, unmodified: each pings, opens a request and meets an error."""

import asyncio
import json
import logging
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from harness import DaemonTestCase

HERE = Path(__file__).resolve().parent
OPEN = {
    "scenario": 2,
    "station": "st-01",
    "urgency": "routine",
    "summary": "群众聚集",
    "facts": {"officers_available": 4, "persons_involved": 30},
}
for name in ("asyncio", "web3.providers.AsyncIPCProvider"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class RealClientTests(DaemonTestCase):
    def check_opened(self, result):
        self.assertRegex(result["id"], r"^SR-\d{4}-\d{6}$")
        self.assertEqual((result["station"], result["state"]), ("st-01", "submitted"))

    def test_pyln_client(self):
        from pyln.client.lightning import RpcError, UnixDomainSocketRpc

        client = UnixDomainSocketRpc(self.daemon.socket_path)
        for _ in range(20):
            self.assertIn("now", client.call("system.ping", {}))
        self.check_opened(client.call("support.open", OPEN))
        self.assertEqual(len(client.call("directory.unit.list", {"limit": 25})["items"]), 25)
        self.assertGreater(len(client.call("rpc.discover", {})["methods"]), 10)
        with self.assertRaises(RpcError) as caught:
            client.call("support.open", dict(OPEN, urgency="soon"))
        self.assertEqual(caught.exception.error["data"]["pointer"], "/urgency")

    def test_spdk(self):
        from spdk.rpc.client import JSONRPCClient, JSONRPCException

        client = JSONRPCClient(self.daemon.socket_path, timeout=20)
        self.addCleanup(client.close)
        for _ in range(20):
            self.assertIn("now", client.call("system.ping"))
        self.check_opened(client.call("support.open", OPEN))
        # Not rpc.discover: this client drops a read of 4096 bytes that ends inside a character, so it cannot take a long
        # answer with Chinese text from anyone.
        self.assertEqual(len(client.call("support.list", {"open": True, "limit": 1})["items"]), 1)
        with self.assertRaises(JSONRPCException) as caught:
            client.call("no.such")
        self.assertIn("-32601", str(caught.exception.message))

    def test_aiorpcx(self):
        import aiorpcx

        async def run():
            async with aiorpcx.connect_us(self.daemon.socket_path) as session:
                for _ in range(20):
                    self.assertIn("now", await session.send_request("system.ping"))
                self.check_opened(await session.send_request("support.open", OPEN))
                self.assertEqual(await session.send_request("rpc.check", ["system.ping"]), {"ok": True})
                self.assertGreater(len((await session.send_request("rpc.discover"))["methods"]), 10)
                with self.assertRaises(aiorpcx.RPCError) as caught:
                    await session.send_request("support.get", ["SR-2026-999999"])
                self.assertEqual(caught.exception.code, -32010)
                async with session.send_batch() as batch:
                    batch.add_request("system.ping")
                    batch.add_notification("system.ping")
                    batch.add_request("no.such")
                self.assertIn("now", batch.results[0])
                self.assertEqual(batch.results[1].code, -32601)
                # Many at once on one connection.
                many = [session.send_request("directory.unit.get", ["st-01"]) for _ in range(40)]
                self.assertEqual({unit["id"] for unit in await asyncio.gather(*many)}, {"st-01"})

        asyncio.run(run())

    def test_web3(self):
        from web3 import AsyncIPCProvider, AsyncWeb3
        from web3.exceptions import MethodUnavailable

        async def run():
            # Its listener takes errors of methods that are not Ethereum's for stray ones; told to go on.
            provider = AsyncIPCProvider(self.daemon.socket_path, silence_listener_task_exceptions=True)
            async with AsyncWeb3(provider) as web3:
                for _ in range(20):
                    answer = await web3.provider.make_request("system.ping", [])
                    self.assertIn("now", answer["result"])
                answer = await web3.provider.make_request("support.open", OPEN)
                self.check_opened(answer["result"])
                answer = await web3.provider.make_request("rpc.discover", [])
                self.assertGreater(len(answer["result"]["methods"]), 10)
                with self.assertRaises(MethodUnavailable):
                    await web3.manager.coro_request("no.such", [])
                self.assertIn("now", await web3.manager.coro_request("system.ping", []))

        asyncio.run(run())

    def test_python_lsp_jsonrpc(self):
        from pylsp_jsonrpc.endpoint import Endpoint
        from pylsp_jsonrpc.exceptions import JsonRpcException
        from pylsp_jsonrpc.streams import JsonRpcStreamReader, JsonRpcStreamWriter

        peer = socket.socket(socket.AF_UNIX)
        peer.connect(self.daemon.socket_path)
        reader, writer = JsonRpcStreamReader(peer.makefile("rb")), JsonRpcStreamWriter(peer.makefile("wb"))
        endpoint = Endpoint({}, writer.write)
        listener = threading.Thread(target=reader.listen, args=(endpoint.consume,))
        listener.start()
        try:
            for _ in range(20):
                self.assertIn("now", endpoint.request("system.ping").result(20))
            self.check_opened(endpoint.request("support.open", OPEN).result(20))
            self.assertGreater(len(endpoint.request("rpc.discover").result(20)["methods"]), 10)
            with self.assertRaises(JsonRpcException) as caught:
                endpoint.request("support.open", dict(OPEN, urgency="soon")).result(20)
            self.assertEqual((caught.exception.code, caught.exception.data["pointer"]), (-32602, "/urgency"))
            endpoint.notify("system.ping")
        finally:
            peer.shutdown(socket.SHUT_RDWR)
            listener.join()
            endpoint.shutdown()
            peer.close()

    def test_pygls(self):
        from pygls.client import JsonRPCClient
        from pygls.exceptions import JsonRpcException

        async def run():
            # pygls talks to a program's standard streams; socat is that program.
            client = JsonRPCClient()
            await client.start_io("socat", "-t5", "-", f"UNIX-CONNECT:{self.daemon.socket_path}")
            try:

                async def call(method, params=None):
                    return await asyncio.wait_for(client.protocol.send_request_async(method, params), 20)

                for _ in range(20):
                    self.assertTrue((await call("system.ping", {})).now)
                self.assertRegex((await call("support.open", OPEN)).id, r"^SR-")
                self.assertGreater(len((await call("rpc.discover", {})).methods), 10)
                with self.assertRaises(JsonRpcException) as caught:
                    await call("no.such", {})
                self.assertEqual(caught.exception.code, -32601)
            finally:
                # What stop() waits for is the program's end, which the end of its input brings about.
                client._server.stdin.close()
                await asyncio.wait_for(client.stop(), 20)

        asyncio.run(run())

    def test_libjsonrpccpp(self):
        if not shutil.which("g++") or not Path("/usr/include/jsonrpccpp/client.h").exists():
            self.skipTest("needs g++ and Debian's libjsonrpccpp-dev")
        directory = Path(tempfile.mkdtemp(prefix="st-cpp-"))
        self.addCleanup(shutil.rmtree, directory)
        program = directory / "client"
        subprocess.run(
            [
                "g++",
                "-std=c++14",
                "-Wno-deprecated",
                "-O0",
                "-I/usr/include/jsoncpp",
                "-o",
                program,
                HERE / "libjsonrpccpp_client.cpp",
                "-ljsonrpccpp-client",
                "-ljsonrpccpp-common",
                "-ljsoncpp",
            ],
            check=True,
            timeout=120,
        )

        def call(method, params):
            finished = subprocess.run(
                [program, self.daemon.socket_path, method, json.dumps(params)],
                capture_output=True,
                text=True,
                timeout=20,
                check=True,
            )
            return finished.stdout.strip()

        self.assertIn("now", json.loads(call("system.ping", {}).removeprefix("result ")))
        self.check_opened(json.loads(call("support.open", OPEN).removeprefix("result ")))
        self.assertEqual(call("rpc.check", ["system.ping"]), 'result {"ok":true}')
        self.assertGreater(len(json.loads(call("rpc.discover", {}).removeprefix("result "))["methods"]), 10)
        self.assertEqual(call("no.such", {}), "error -32601 method_not_found")
        self.assertEqual(call("support.open", dict(OPEN, urgency="soon")), "error -32602 invalid_params")


if __name__ == "__main__":
    unittest.main()
