"""A stand-in for whoever is on call: takes webhooks and writes each page down."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LIMIT_BYTES = 1_000_000


def serve(folder: Path, port: int) -> None:
    """Appends every page as a JSON line to `folder/pages.jsonl`, until the process is stopped.

    A line is `{"at": unix seconds, "body": what came}`. While `folder/pager.broken` exists every
    request is answered 500 and nothing is written.
    """
    pages = folder / "pages.jsonl"
    broken = folder / "pager.broken"

    class Pager(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            if size > LIMIT_BYTES:
                self.answer(413)
                return
            body = self.rfile.read(size)
            if broken.exists():
                self.answer(500)
                return
            with pages.open("a", encoding="utf-8") as file:
                line = {"at": time.time(), "body": json.loads(body)}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.answer(200)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
            return

    with ThreadingHTTPServer(("127.0.0.1", port), Pager) as server:
        server.serve_forever()
