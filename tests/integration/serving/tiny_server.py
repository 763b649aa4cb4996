"""A model server in a page: the protocol's paths over one JSON file, so that rollouts can be tested fast.

The model file says how it behaves: {"value": 7, "ready_after_s": 0, "never_ready": false,
"die_after_s": null, "infer_s": 0, "zeros_fail": false}. The real runtime is tested in test_torchscript.py.
"""

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODEL, NAME, VERSION, PORT = sys.argv[1:]
BEGAN = time.monotonic()
with open(MODEL) as stream:
    CONFIG = json.load(stream)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        late = time.monotonic() - BEGAN < CONFIG.get("ready_after_s", 0)
        ready = not CONFIG.get("never_ready") and not late
        if self.path.endswith("/ready"):
            self.answer(200 if ready else 503, {"ready": ready})
        elif self.path == f"/v2/models/{NAME}/versions/{VERSION}":
            inputs = [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}]
            self.answer(200, {"name": NAME, "versions": [VERSION], "inputs": inputs})
        else:
            self.answer(404, {"error": f"no {self.path}"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != f"/v2/models/{NAME}/infer":
            self.answer(404, {"error": f"no {self.path}"})
            return
        if CONFIG.get("zeros_fail") and not any(body["inputs"][0]["data"]):
            self.answer(500, {"error": "a bug of this version"})
            return
        time.sleep(CONFIG.get("infer_s", 0))
        output = {"name": "y", "datatype": "FP32", "shape": [1], "data": [CONFIG["value"]]}
        self.answer(200, {"model_name": NAME, "model_version": VERSION, "outputs": [output]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


sys.stdout.write(f"serving {NAME} version {VERSION}\n")
if CONFIG.get("die_after_s") is not None:
    threading.Timer(
        CONFIG["die_after_s"], lambda: (sys.stderr.write("model is broken\n"), os._exit(3))
    ).start()
Server(("127.0.0.1", int(PORT)), Handler).serve_forever()
