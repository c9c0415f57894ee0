// Sockets for people who have k6: each signs in, becomes level, and every few seconds says something into a channel.
//
//   CROWD=rookery-load.json URL=ws://127.0.0.1:7665 k6 run deploy/k6/socket.js
import ws from 'k6/ws';
import { check } from 'k6';
import { Counter, Rate, Trend } from 'k6/metrics';

const crowd = JSON.parse(open(__ENV.CROWD || 'rookery-load.json'));
const url = __ENV.URL || 'ws://127.0.0.1:7665';
// Shortens every stage alike: PART=0.02 is ten seconds that show whether it runs.
const part = Number(__ENV.PART || 1);
const p95 = Number(__ENV.P95_MS || 500);
const stage = (seconds, target) => ({ duration: `${Math.max(1, Math.round(seconds * part))}s`, target });
const answered = new Trend('send_answered_ms', true);
const refused = new Counter('send_refused');
// Of all that was sent: silence leaves no time to measure, so it is counted.
const heard = new Rate('send_heard');
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const options = {
  stages: [stage(60, 50), stage(180, 50), stage(60, 100), stage(180, 100), stage(60, 0)],
  thresholds: { send_answered_ms: [`p(95)<${p95}`], send_refused: ['count<1'], send_heard: ['rate>0.99'], checks: ['rate>0.99'] },
};

// A key: the time in ten digits, chance in sixteen.
function key() {
  let time = Date.now();
  let text = '';
  for (let at = 0; at < 10; at += 1) {
    text = ALPHABET[time % 32] + text;
    time = Math.floor(time / 32);
  }
  for (let at = 0; at < 16; at += 1) text += ALPHABET[Math.floor(Math.random() * 32)];
  return text;
}

export default function () {
  const person = crowd.people[__VU % crowd.people.length];
  const channel = crowd.channels[person.seats.length ? person.seats[0] : 0];
  const waiting = {};
  let level = false;
  let over = false;
  // Once the visit is over, and everything said was answered.
  const leave = (socket) => {
    if (level && over && !Object.keys(waiting).length) socket.close();
  };
  const answer = ws.connect(`${url}/api/v1/socket`, { headers: { 'Sec-WebSocket-Protocol': 'rookery.1.json' } }, (socket) => {
    socket.on('open', () => {
      socket.send(JSON.stringify({ hello: { workspace: crowd.workspace, device: 'k6', token: person.token } }));
    });
    socket.on('message', (text) => {
      const frame = JSON.parse(text);
      if (frame.at) level = true;
      const settled = (frame.done || frame.refused || {}).key;
      if (settled && waiting[settled]) {
        if (frame.done) answered.add(Date.now() - waiting[settled]);
        heard.add(true);
        delete waiting[settled];
      }
      if (frame.refused) refused.add(1);
      leave(socket);
    });
    socket.setInterval(() => {
      if (!level || over) return;
      const mine = key();
      waiting[mine] = Date.now();
      socket.send(JSON.stringify({ send: { key: mine, channel, text: 'hello from k6' } }));
    }, 2000);
    const visit = 20000 * part + 3000;
    // Who is not level by then stays until they are; later than this they never are.
    socket.setTimeout(() => {
      over = true;
      leave(socket);
    }, visit);
    socket.setTimeout(() => socket.close(), visit + 20000);
  });
  Object.keys(waiting).forEach(() => heard.add(false));
  check(answer, { 'status is 101': (answer) => answer && answer.status === 101, 'became level': () => level });
}
