// Requests that are wrong in all the ways that a seed can make them. A test sends a few hundred, fuzz.mjs 100,000.

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'CONNECT',
  'PRI',
  'get',
  '',
  'G E T',
  '\u0000',
  'X'.repeat(90),
];
const PATHS = [
  '/',
  '*',
  '//',
  '/api/search?q=a',
  '/api/search?q=%',
  '/api/search?q=%ff%fe&k=-1',
  '/api/search?q=a&q=b&k=1&k=2',
  `/api/search?q=${'%F0%9F%92%A9'.repeat(50)}`,
  '/api/view/runs',
  '/api/view/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/api/view/artifact/../../x/y',
  '/api/events?run=../../x',
  '/api/log?run=a&stage=b&from=9e99',
  '/..//..//etc/passwd',
  'http://evil.example/',
  '/\u0000',
  '/?token=%00',
  `/${'a'.repeat(9_000)}`,
];
const HEADERS = [
  'Host: localhost',
  'Host: evil.example',
  'Host: localhost\r\nHost: localhost',
  'Host:',
  'Origin: null',
  'Cookie: =;;=;%00;pipeline-1=%',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length: 5\r\nContent-Length: 6',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, identity',
  'Content-Type: application/json',
  'Expect: 100-continue',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Last-Event-ID: \u0001',
  'Range: bytes=0-1,2-3,4-',
  `X: ${'y'.repeat(3_000)}`,
  ': empty',
  'No colon',
  ' folded',
];
const BODIES = [
  '',
  '{',
  '{"queries":[',
  '[[[[[[',
  '5\r\nhello\r\n',
  'zz\r\n',
  '\u0000\u0001\u0002',
  '0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
];

export function malformedRequest(seed) {
  const next = uniform(seed);
  const one = (list) => list[Math.floor(next() * list.length)];
  if (next() < 0.1) return Buffer.from(Array.from({ length: 200 }, () => Math.floor(next() * 256)));
  const version = one(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '', 'RTSP/1.0']);
  const headers = Array.from({ length: Math.floor(next() * 6) }, () => one(HEADERS));
  const text = `${one(METHODS)} ${one(PATHS)} ${version}\r\n${headers.join('\r\n')}\r\n${next() < 0.8 ? '\r\n' : ''}${one(BODIES)}`;
  const bytes = Buffer.from(text, next() < 0.9 ? 'utf8' : 'latin1');
  // Cut off anywhere, or with one byte changed.
  if (next() < 0.2) return bytes.subarray(0, Math.floor(next() * bytes.length) + 1);
  if (next() < 0.2 && bytes.length > 0) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
  return bytes;
}

/** Mulberry32: good enough for this, and nothing of src/ is needed. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
