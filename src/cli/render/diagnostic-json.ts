import type { Diagnostic } from '../../base/diagnostic.ts';
import type { RefusalDiagnostic } from '../../execute/events.ts';

/** A diagnostic for programs: its place without the text of the line. */
export function diagnosticJson({ severity, message, hint, location }: Diagnostic): RefusalDiagnostic {
  return {
    severity,
    message,
    hint: hint ?? null,
    file: location?.file ?? null,
    line: location?.line ?? null,
    column: location?.column ?? null,
  };
}
