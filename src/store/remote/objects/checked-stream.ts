/** A stream that hashes what goes through it, and afterwards says whether it was what it should be. */
import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import type { LocalFile } from './objects.ts';
import { RemoteFault } from './remote-fault.ts';

export interface CheckedStream {
  readonly stream: Readable;
  /** To be called when everything has been sent. Throws the fault `changed`. */
  readonly confirm: () => void;
}

export function checkedStream(source: Readable, file: LocalFile): CheckedStream {
  const hash = createHash('sha256');
  const stream = new Transform({
    highWaterMark: 1 << 20,
    transform(piece: Buffer, _, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
  source.on('error', (error) => stream.destroy(error));
  // A transfer that broke leaves the file open otherwise.
  stream.on('close', () => source.destroy());
  source.pipe(stream);
  return {
    stream,
    confirm() {
      if (hash.digest('hex') !== file.sha256) throw changed(file);
    },
  };
}

export function changed({ path }: LocalFile): RemoteFault {
  return new RemoteFault('changed', `${path} has other bytes than when it was made`, {
    hint: 'Run `pipeline verify` to move damaged artifacts aside.',
  });
}
