// The peer Bun of bench-live (uWebSockets inside, its own `publish`): as peers/ws.js.
const port = Number(process.argv[2]);
const view = (said) => new DataView(said.buffer, said.byteOffset, said.byteLength);
const server = Bun.serve({
  hostname: '127.0.0.1',
  port,
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response('a socket, please', { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 0,
    message(socket, said) {
      if (said[0] === 115) {
        const topics = view(said);
        for (let at = 3; at + 4 <= said.byteLength; at += 4) socket.subscribe(String(topics.getUint32(at)));
        socket.send('ok');
        return;
      }
      server.publish(String(view(said).getUint32(3)), said.subarray(7));
    },
  },
});
console.log('ready', server.port);
