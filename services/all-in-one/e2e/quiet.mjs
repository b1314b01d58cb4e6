// Tenants who do little, each a write and a read by turns. They are a process of their own, as clients are: what a test's process does besides does
// not count as waiting. Arguments: where to write, where to read, seconds of a turn, ms from one request of a tenant to his next, keys. Every SIGUSR2
// begins a turn, which ends with a line of how long each request took, in ms.
const [write, read, seconds, every, ...keys] = process.argv.slice(2);
const everyMs = Number(every);
const sleep = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));
const tenants = keys.map((key, at) => ({
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  /** They do not ask all at the same moment, nor all for the same. */
  aside: (at * everyMs) / keys.length,
  step: at,
}));

function ask({ headers, step }) {
  if (step % 2 === 1) return fetch(`${read}/api/v1/runs?limit=20`, { headers });
  const body = JSON.stringify({ run: 'quiet', series: [{ key: 'loss', steps: [step], values: [step] }] });
  return fetch(`${write}/api/v1/metrics`, { method: 'POST', headers, body });
}

async function live(tenant, until) {
  const times = [];
  await sleep(tenant.aside);
  for (let start = performance.now(); start < until; start = performance.now()) {
    const answer = await ask(tenant);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`a quiet tenant was answered ${answer.status}`);
    times.push(performance.now() - start);
    tenant.step++;
    await sleep(everyMs - (performance.now() - start));
  }
  return times;
}

let turns = 0;
process.on('SIGUSR2', async () => {
  const until = performance.now() + Number(seconds) * 1_000;
  const times = await Promise.all(tenants.map((tenant) => live(tenant, until)));
  console.log(`turn ${++turns} ended ${JSON.stringify(times.flat().map((ms) => Math.round(ms * 10) / 10))}`);
});
process.once('SIGTERM', () => process.exit(0));
console.log('quiet');
await new Promise(() => setInterval(() => undefined, 60_000));
