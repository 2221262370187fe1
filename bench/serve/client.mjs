// Searches by HTTP from several clients at once, in a process of its own. JSON on stdout: how long each request took, and
// the processor time of this process for all of them, both in milliseconds.
// node client.mjs ADDRESS SECONDS CLIENTS QUERY_STRING [BATCH] < questions (one a line)
// With BATCH, each request posts as many questions. HTTP is spoken over plain sockets: a client of node:http takes as much
// of the processor as the server does, which the clients of a real service do not share.
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';

const [address, seconds, clients, query, batch] = process.argv.slice(2);
const { hostname, port, host } = new URL(address);
const questions = readFileSync(0, 'utf8').trimEnd().split('\n');
const times = [];
let next = 0;

const question = () => questions[next++ % questions.length];

function request() {
  if (batch === undefined)
    return `GET /api/search?q=${encodeURIComponent(question())}&${query} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const { k, systems } = Object.fromEntries(new URLSearchParams(query));
  const queries = Array.from({ length: Number(batch) }, question);
  const body = JSON.stringify({ queries, k: Number(k), systems: systems.split(',') });
  return `POST /api/search HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Asks one question after the other over one connection until `end`. */
function client(end) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let started = 0;
    let head = '';
    /** Bytes of the body that have not come yet; undefined while the head has not come whole. */
    let left;
    const ask = () => {
      if (performance.now() >= end) {
        socket.destroy();
        resolve();
        return;
      }
      head = '';
      left = undefined;
      started = performance.now();
      socket.write(request());
    };
    socket.on('connect', ask);
    socket.on('data', (piece) => {
      if (left === undefined) {
        const before = head.length;
        head += piece.toString('latin1');
        const ended = head.indexOf('\r\n\r\n');
        if (ended < 0) return;
        const length = /^HTTP\/1\.1 200 [^]*?\r\nContent-Length: (\d+)/i.exec(head.slice(0, ended))?.[1];
        if (length === undefined) {
          reject(new Error(`the server answers ${head.slice(0, 200)}`));
          return;
        }
        left = Number(length) - (before + piece.length - ended - 4);
      } else left -= piece.length;
      if (left > 0) return;
      times.push(performance.now() - started);
      ask();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error('the server closed a connection'));
    });
  });
}

const before = process.cpuUsage();
const end = performance.now() + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(clients) }, () => client(end)));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ times, cpu: (user + system) / 1000 }));
