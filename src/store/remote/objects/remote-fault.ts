/** What can go wrong with a remote store. Its message is for people and contains no secret. */

export type FaultKind =
  /** No connection: the name is unknown, the port is closed, the certificate is refused. */
  | 'unreachable'
  /** No answer within the time limit, or no more bytes. */
  | 'timeout'
  /** Not permitted with these credentials, or without any. */
  | 'denied'
  /** The server failed or asks for patience. */
  | 'server'
  /** The body ended before its announced length. */
  | 'cut'
  /** The server cannot do this at all. */
  | 'unsupported'
  /** The local file has other bytes than it should. */
  | 'changed'
  /** Anything else, such as a bucket that does not exist. */
  | 'refused';

/** Another attempt may succeed within seconds. */
const TEMPORARY: ReadonlySet<FaultKind> = new Set(['server', 'cut', 'timeout', 'unreachable']);

export class RemoteFault extends Error {
  override readonly name = 'RemoteFault';
  readonly kind: FaultKind;
  /** A sentence. */
  readonly hint: string | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }

  get temporary(): boolean {
    return TEMPORARY.has(this.kind);
  }
}
