// Searches by HTTP from eight clients at once, in a process of its own: how long each took, as JSON on stdout.
// node client.mjs ADDRESS SECONDS CLIENTS QUERY_STRING < questions (one a line)
import { Agent, get } from 'node:http';
import { readFileSync } from 'node:fs';

const [address, seconds, clients, query] = process.argv.slice(2);
const questions = readFileSync(0, 'utf8').trimEnd().split('\n');
const times = [];
const end = performance.now() + Number(seconds) * 1000;
let next = 0;

function ask(agent, question) {
  return new Promise((resolve, reject) => {
    const url = `${address}/api/search?q=${encodeURIComponent(question)}&${query}`;
    const started = performance.now();
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}: ${question}`));
      response.on('data', () => undefined);
      response.on('end', () => {
        times.push(performance.now() - started);
        resolve();
      });
    }).on('error', reject);
  });
}

await Promise.all(
  Array.from({ length: Number(clients) }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (performance.now() < end) await ask(agent, questions[next++ % questions.length]);
    agent.destroy();
  }),
);
console.log(JSON.stringify(times));
