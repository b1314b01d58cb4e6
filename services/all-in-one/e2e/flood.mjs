// A tenant whose loop has gone wrong: so many requests at a time, without a pause, whatever the answers are. Arguments: where to write, where to
// read, key, connections. Ends on SIGTERM, and says what came back.
const [write, read, key, connections] = process.argv.slice(2);
const points = Array.from({ length: 500 }, (_, i) => i);
const counts = {};
let going = true;
process.once('SIGTERM', () => {
  going = false;
});

const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
const writing = (at, i) => {
  const series = [{ key: 'loss', steps: points.map((point) => point + i * points.length), values: points }];
  const body = JSON.stringify({ run: `flood-${process.pid}-${at}-${i % 50}`, series });
  return fetch(`${write}/api/v1/metrics`, { method: 'POST', headers, body });
};

async function loop(at) {
  for (let i = 0; going; i++) {
    const answered = i % 4 === 3 ? fetch(`${read}/api/v1/runs?limit=100`, { headers }) : writing(at, i);
    const status = await answered
      .then((answer) => answer.arrayBuffer().then(() => answer.status))
      .catch(() => 'broken');
    counts[status] = (counts[status] ?? 0) + 1;
    if (i === 0) console.log('flooding');
  }
}

await Promise.all(Array.from({ length: Number(connections) }, (_, at) => loop(at)));
console.log(`ended ${JSON.stringify(counts)}`);
