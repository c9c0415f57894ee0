// Where the main thread's time goes, by the browser's own samples: BENCH_PROFILE=1 beside a bench says what to look at, and
// BENCH_UNDER=NAME counts alone what happens inside of the functions whose name begins so; BENCH_SHOWN says how many lines.

const EVERY_US = 250;
const SHOWN = Number(process.env.BENCH_SHOWN ?? 25);
const UNDER = process.env.BENCH_UNDER;

/** Runs `work`, and tells which functions it spent its time in. */
export const profiled = async (talk, name, work) => {
  if (!process.env.BENCH_PROFILE) return work();
  await talk.send('Profiler.enable');
  await talk.send('Profiler.setSamplingInterval', { interval: EVERY_US });
  await talk.send('Profiler.start');
  const answer = await work();
  const { profile } = await talk.send('Profiler.stop');
  tell(name, profile);
  return answer;
};

const tell = (name, { nodes, samples, timeDeltas }) => {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const above = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const [own, whole] = [new Map(), new Map()];
  const add = (sums, what, ms) => sums.set(what, (sums.get(what) ?? 0) + ms);
  samples.forEach((id, at) => {
    const ms = timeDeltas[at] / 1000;
    const stack = [];
    for (let one = id; one !== undefined; one = above.get(one)) stack.push(called(known.get(one)));
    const under = UNDER ? stack.findIndex((what) => what.startsWith(UNDER)) : stack.length - 1;
    if (under < 0) return;
    add(own, stack[0], ms);
    for (const one of new Set(stack.slice(0, under + 1))) add(whole, one, ms);
  });
  const most = (sums) => [...sums].filter(([what]) => !/^\((root|idle)\)/.test(what)).sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  console.log(`${name}: own ms beside ms with what is called inside`);
  const [left, right] = [most(own), most(whole)];
  left.forEach(([what, ms], at) => console.log(`${ms.toFixed(0).padStart(7)} ${what.padEnd(44)}${(right[at]?.[1] ?? 0).toFixed(0).padStart(7)} ${right[at]?.[0] ?? ''}`));
};

const called = ({ callFrame: { functionName, url, lineNumber } }) => `${functionName || '…'} ${url ? `${url.split('/').at(-1).slice(0, 14)}:${lineNumber + 1}` : ''}`;
