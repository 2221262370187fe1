import { openSession, type Session, type SpecOptions } from '../../session.ts';
import { formatDiagnostics } from '../../spec/print.ts';
import { printNotice, useColor } from '../render/output.ts';

/** Opens the spec in `file` and prints its warnings. Throws `E_SPEC` with every diagnostic of the file. */
export async function openSpec(file: string, options: SpecOptions): Promise<Session> {
  const session = await openSession(file, options);
  if (session.warnings.length > 0)
    printNotice(formatDiagnostics(session.warnings, { color: useColor('stderr') }));
  return session;
}
