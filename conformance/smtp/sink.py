"""An SMTP server on loopback that keeps each message in a folder.

    sink.py FOLDER      prints its port, then serves until it is ended
"""

import pathlib
import socket
import sys
import threading

from aiosmtpd.controller import Controller


class Keep:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        # The envelope is kept beside the message: blind copies are seen nowhere else.
        (self.folder / f"{self.count:04}.rcpt").write_text("\n".join(envelope.rcpt_tos))
        partial = self.folder / f"{self.count:04}.partial"
        partial.write_bytes(envelope.original_content)
        partial.rename(partial.with_suffix(".eml"))
        return "250 kept"


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
# The controller connects to itself to see that it listens, so it has to be told its port.
controller = Controller(Keep(pathlib.Path(sys.argv[1])), hostname="127.0.0.1", port=port)
controller.start()
print(port, flush=True)
threading.Event().wait()
