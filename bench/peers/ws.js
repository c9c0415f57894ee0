// The peer `ws` of bench-live: topics, and what is told into one goes to everyone who asked for it.
// sub <topic: 4 bytes>…: answered with "ok".  pub <topic: 4 bytes> <payload>: told to all.
const { WebSocketServer } = require('ws');
const [, , port] = process.argv;
const topics = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket) => {
  const mine = [];
  socket.on('message', (said) => {
    if (said.subarray(0, 3).toString() === 'sub') {
      for (let at = 3; at + 4 <= said.length; at += 4) {
        const topic = said.readUInt32BE(at);
        if (!topics.has(topic)) topics.set(topic, new Set());
        topics.get(topic).add(socket);
        mine.push(topic);
      }
      socket.send('ok');
      return;
    }
    const told = said.subarray(7);
    for (const listener of topics.get(said.readUInt32BE(3)) ?? []) listener.send(told, { binary: true });
  });
  socket.on('close', () => mine.forEach((topic) => topics.get(topic)?.delete(socket)));
  socket.on('error', () => socket.terminate());
});
server.on('listening', () => console.log('ready'));
