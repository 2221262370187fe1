/** Answers of a server that are no success, as faults with words. */
import { asSentence } from '../../../base/diagnostic.ts';
import { RemoteFault, type FaultKind } from './remote-fault.ts';
import { bodyOf, type HttpAnswer } from './http-request.ts';

/** What S3 says about a failure, in XML. Only these two: the rest of the body may quote the request with its key id. */
export interface S3Error {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

export const NO_S3_ERROR: S3Error = { code: undefined, message: undefined };

export async function s3ErrorOf(answer: HttpAnswer, signal: AbortSignal): Promise<S3Error> {
  let text: string;
  try {
    text = (await bodyOf(answer, signal, 100_000)).toString('utf8');
  } catch {
    return NO_S3_ERROR;
  }
  const field = (name: string): string | undefined =>
    new RegExp(`<${name}>([^<]{1,300})</${name}>`)
      .exec(text)?.[1]
      ?.replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&');
  return { code: field('Code'), message: field('Message') };
}

/** What versitygw answers, with 404, where S3 says InvalidAccessKeyId. */
const UNKNOWN_USER = 'XAdminUserNotFound';

/** Of a session whose credentials are too old, or were not given in full. AWS says it with 400. */
const OLD_TOKEN: ReadonlySet<string | undefined> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'TokenRefreshRequired',
]);

export function answerFault(
  { status, headers, unsigned }: Pick<HttpAnswer, 'status' | 'headers' | 'unsigned'>,
  doing: string,
  { code, message }: S3Error = NO_S3_ERROR,
): RemoteFault {
  const said = [String(status), code, message?.replace(/\.$/, '')].filter(Boolean).join(' ');
  const fault = (kind: FaultKind, hint?: string): RemoteFault =>
    new RemoteFault(kind, `${doing} is answered with ${said}`, { hint });
  if (status >= 500 && status !== 501 && status !== 505) return fault('server');
  if (status === 408 || status === 429) return fault('server');
  if (status === 401 || status === 403 || code === UNKNOWN_USER || OLD_TOKEN.has(code))
    return fault('denied', deniedHint(code, unsigned));
  if (status >= 300 && status < 400) return fault('refused', redirectHint(headers));
  if (status === 405 || status === 501)
    return fault('unsupported', 'Set `store.mode: read` if the server only serves files.');
  if (code === 'NoSuchBucket')
    return fault('refused', 'Create the bucket, or correct its name in `store.remote`.');
  return fault('refused');
}

function deniedHint(code: string | undefined, unsigned: string | undefined): string {
  if (unsigned !== undefined)
    return `${asSentence(unsigned)} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or \`store.profile\`.`;
  if (OLD_TOKEN.has(code))
    return 'Get new credentials: they consist of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN together.';
  if (code === 'RequestTimeTooSkewed') return "Set this machine's clock.";
  if (code === 'SignatureDoesNotMatch' || code === 'InvalidAccessKeyId' || code === UNKNOWN_USER)
    return 'Check the access key and the secret key, and the region.';
  return 'Check the credentials. Reading needs s3:GetObject and s3:ListBucket, writing s3:PutObject (docs/REMOTE.md).';
}

function redirectHint(headers: HttpAnswer['headers']): string {
  const region = headers['x-amz-bucket-region'];
  if (typeof region === 'string') return `The bucket is in another region. Set \`store.region: ${region}\`.`;
  return headers.location === undefined
    ? 'Write the address to which the server redirects.'
    : `The server redirects to ${headers.location.replace(/[?#].*/, '')}. Write that address.`;
}

export async function refused(answer: HttpAnswer, doing: string, signal: AbortSignal): Promise<RemoteFault> {
  const error = await s3ErrorOf(answer, signal);
  if (error.code === 'XAmzContentSHA256Mismatch' || error.code === 'BadDigest')
    return new RemoteFault('changed', `${doing}: the server received other bytes than announced`);
  return answerFault(answer, doing, error);
}
