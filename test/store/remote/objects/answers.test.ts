import { expect, it } from 'vitest';
import { answerFault } from '../../../../src/store/remote/objects/answers.ts';
import { faultOf } from '../../../../src/store/remote/objects/http-request.ts';
import type { RemoteFault } from '../../../../src/store/remote/objects/remote-fault.ts';

const answer = (status: number, code?: string, unsigned?: string): RemoteFault =>
  answerFault({ status, headers: {}, ...(unsigned === undefined ? {} : { unsigned }) }, 'reading x', {
    code,
    message: undefined,
  });

it.each([
  ['ExpiredToken', 400],
  ['ExpiredToken', 403],
  ['InvalidToken', 400],
])('credentials that were given for a while end with a hint to get new ones: %s, %i', (code, status) => {
  expect(answer(status, code)).toMatchObject({
    kind: 'denied',
    temporary: false,
    hint: expect.stringMatching(/^Get new credentials/) as string,
  });
});

it('a refusal without credentials says that there were none', () => {
  const why = 'no credentials were found in the environment or in ~/.aws';
  expect(answer(403, 'AccessDenied', why).hint).toBe(
    'No credentials were found in the environment or in ~/.aws. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `store.profile`.',
  );
});

const broken = (code: string, message = 'it broke'): Error =>
  faultOf(Object.assign(new Error(message), { code }), new AbortController().signal, {
    host: 'box1:7070',
  });

it('a server that is not there is named with its port', () => {
  expect(broken('ECONNREFUSED').message).toBe('the connection is refused (box1:7070)');
  expect(broken('ENOTFOUND')).toMatchObject({
    hint: expect.stringMatching(/^Compare `store.remote` and `store.endpoint`/) as string,
  });
});

it('an https address of a plain server says what to write', () => {
  expect(broken('EPROTO', 'SSL routines:ssl3_get_record:wrong version number')).toMatchObject({
    message: 'the server does not speak TLS (box1:7070)',
    hint: expect.stringContaining('Write `http://`') as string,
  });
});

it('a server that speaks other TLS is not taken for a plain one', () => {
  expect(broken('EPROTO', 'SSL routines:ssl3_read_bytes:tlsv1 alert protocol version')).toMatchObject({
    message: 'the server and this machine agree on no TLS (box1:7070)',
    hint: expect.stringContaining('certificate of the client') as string,
  });
});
