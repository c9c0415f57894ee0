// The peer Socket.IO of bench-live, with connection state recovery: a topic is a room, named by whoever connects.
// Emitted pub <topic> <text>: told to all of the room.
const { createServer } = require('http');
const { Server } = require('socket.io');
const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  connectionStateRecovery: { maxDisconnectionDuration: 2 * 60 * 1000, skipMiddlewares: true },
});
io.on('connection', (socket) => {
  for (const topic of socket.handshake.auth.topics) socket.join(String(topic));
  socket.on('pub', (topic, told) => io.to(String(topic)).emit('m', told));
});
http.listen(Number(process.argv[2]), '127.0.0.1', 4096, () => console.log('ready'));
