"""A service small enough to supervise: the runner's contract and nothing else.

Copied under the names of the five services by the `fake_services` fixture.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = Path(sys.argv[0]).stem


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/crash":
            sys.stdout.write("le sol se dérobe\n")
            sys.stdout.flush()
            os._exit(7)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"# mesures de {NAME}\n".encode())

    def log_message(self, *_arguments: object) -> None:
        return None


def main() -> None:
    verb = sys.argv[1]
    calls = Path.cwd()
    folder = calls.parent if calls.name == "logs" else calls
    with (folder / "calls").open("a") as file:
        file.write(f"{NAME} {verb}\n")
    if verb == "create-staff":
        (folder / "staff-password").write_text(sys.stdin.readline().strip())
    if verb == "serve":
        port = int(os.environ[f"{NAME.upper()}_PORT"])
        ThreadingHTTPServer(("127.0.0.1", port), Answer).serve_forever()


if __name__ == "__main__":
    main()
