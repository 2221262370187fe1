/** The stores of a command, with what they have to say on stderr. */
import { PipelineError } from '../../base/diagnostic.ts';
import type { Notice } from '../../store/remote/availability.ts';
import { RemoteFault } from '../../store/remote/objects/remote-fault.ts';
import type { Remote } from '../../store/remote/remote.ts';
import { openStores, type ConfigFlags, type Stores } from '../../session.ts';
import { printNotice, styleFor, useColor } from '../render/output.ts';

/** `warning: the remote store s3://… is not used: …`, and what to do about it. */
export const storeNotice: Notice = (message, hint) => {
  const style = styleFor(useColor('stderr'));
  printNotice(`${style.yellow('warning')}: ${message}`);
  if (hint !== undefined) printNotice(`${style.cyan('hint')}: ${hint}`);
};

/** The remote store that a command is about. Throws `E_USAGE` where none is configured. */
export async function remoteStores(options: ConfigFlags): Promise<Stores & { readonly remote: Remote }> {
  const stores = await openStores({ ...options, push: true }, storeNotice, 'may be missing');
  const { remote } = stores;
  if (remote) return { ...stores, remote };
  throw new PipelineError('E_USAGE', 'no remote store is configured', {
    hint: 'Give its URL with `--remote`, or set `store.remote` in pipeline.config.yaml.',
  });
}

/** What a remote store refuses, as the failure of a command that cannot go on without it. */
export async function asFailure<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RemoteFault)) throw error;
    throw new PipelineError('E_REMOTE', `the remote store ${url} cannot be used: ${error.message}`, {
      hint: error.hint ?? 'Check it with `pipeline doctor`.',
      cause: error,
    });
  }
}

export function commandStores(options: ConfigFlags): Promise<Stores> {
  return openStores(options, storeNotice);
}
