// What `rookery load http` asks, for people who have k6: so many requests a second by the same stages, the same bounds.
//
//   rookery load prepare --people 100 --crowd rookery-load.json
//   CROWD=rookery-load.json URL=http://127.0.0.1:7665 k6 run deploy/k6/http.js
import exec from 'k6/execution';
import http from 'k6/http';
import { check } from 'k6';

const crowd = JSON.parse(open(__ENV.CROWD || 'rookery-load.json'));
const url = __ENV.URL || 'http://127.0.0.1:7665';
const path = __ENV.REQUEST || '/channels';
// Shortens every stage alike: PART=0.02 is ten seconds that show whether it runs.
const part = Number(__ENV.PART || 1);
// The bound of 95 in 100, and how many may wait for an answer at once before k6 makes more of itself, which takes it a moment.
const p95 = Number(__ENV.P95_MS || 500);
const callers = Number(__ENV.CALLERS || 100);
const stage = (seconds, target) => ({ duration: `${Math.max(1, Math.round(seconds * part))}s`, target });

// On a schedule that waits for nobody: a server that is slow is asked as often as one that is not.
const asked = {
  executor: 'ramping-arrival-rate',
  startRate: 0,
  preAllocatedVUs: callers,
  maxVUs: Math.max(500, callers),
  stages: [stage(60, 50), stage(180, 50), stage(60, 100), stage(180, 100), stage(60, 0)],
};

export const options = {
  scenarios: { asked },
  thresholds: {
    http_req_duration: [`p(95)<${p95}`],
    http_req_failed: ['rate<0.01'],
    checks: ['rate>0.99'],
    dropped_iterations: ['count<1'],
  },
};

export default function () {
  const person = crowd.people[exec.scenario.iterationInTest % crowd.people.length];
  const answer = http.get(`${url}/api/v1/workspaces/${crowd.workspace}${path}`, {
    headers: { authorization: `Bearer ${person.token}` },
  });
  check(answer, { 'status is 200': (answer) => answer.status === 200 });
}
