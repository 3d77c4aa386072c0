"""The product in a process of its own, on the server that `make run` has; prints its port."""

from __future__ import annotations

import sys

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler


class Handler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing: the product has its own line for each request."""


class Server(ThreadedWSGIServer):
    request_queue_size = 256  # So many may knock at once.


def main() -> None:
    from project.wsgi import application  # It sets Django up, for this process alone.

    server = Server(("127.0.0.1", 0), Handler)
    server.set_app(application)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
