/** The stores of a command, with what they have to say on stderr. */
import type { Notice } from '../../store/remote/availability.ts';
import { openStores, type ConfigFlags, type Stores } from '../../session.ts';
import { printNotice, styleFor, useColor } from '../render/output.ts';

/** `warning: the remote store s3://… is not used: …`, and what to do about it. */
export const storeNotice: Notice = (message, hint) => {
  const style = styleFor(useColor(process.stderr));
  printNotice(`${style.yellow('warning')}: ${message}`);
  if (hint !== undefined) printNotice(`${style.cyan('hint')}: ${hint}`);
};

export function commandStores(options: ConfigFlags): Promise<Stores> {
  return openStores(options, storeNotice);
}
