"""The peer uWebSockets of bench-live, by PyPI's socketify: as peers/ws.js. Publishing and corking are its own, in C++."""

import struct
import sys

from socketify import App, AppListenOptions, CompressOptions, OpCode


def heard(socket, said, _opcode):
    if said[:3] == b"sub":
        for (topic,) in struct.iter_unpack("!I", said[3:]):
            socket.subscribe(str(topic))
        socket.send("ok", OpCode.TEXT)
        return
    (topic,) = struct.unpack_from("!I", said, 3)
    app.publish(str(topic), said[7:], OpCode.BINARY)


app = App()
app.ws(
    "/*",
    {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": 16 * 1024 * 1024,
        "idle_timeout": 0,
        "max_backpressure": 64 * 1024 * 1024,
        "message": heard,
        "upgrade": lambda response, request, context: response.upgrade(
            request.get_header("sec-websocket-key"),
            request.get_header("sec-websocket-protocol"),
            request.get_header("sec-websocket-extensions"),
            context,
        ),
    },
)
app.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _: print("ready", flush=True))
app.run()
