/** Why results may be doubted, and why a stage failed. */
import type { JSX } from 'preact';
import type { RunView, StageView } from '../../../views/run-view.ts';
import { Chip } from '../../parts/chip.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Section } from '../../parts/section.tsx';

export function WarningsSection({ run }: { readonly run: RunView }): JSX.Element {
  const failed = run.stages.filter(({ error }) => error !== null);
  return (
    <Section id="warnings" title={failed.length > 0 ? 'Failure and warnings' : 'Warnings'}>
      {failed.map((stage) => (
        <Failure key={stage.name} stage={stage} />
      ))}
      <div class="columns">
        {grouped(run.stages).map(({ stages, warning: { message, cause, hint, parameter } }) => (
          <div key={message} class="doubt">
            <p>
              <Chip tone="warn">warning</Chip> <strong>{stages.join(', ')}</strong>: <Prose text={message} />
            </p>
            {cause !== undefined && (
              <p class="soft">
                Likely cause: <Prose text={cause} />
              </p>
            )}
            {(hint !== undefined || parameter !== undefined) && (
              <p class="soft">
                Hint: {hint !== undefined && <Prose text={hint} />}{' '}
                {parameter !== undefined && (
                  <>
                    Parameter: <code>{parameter}</code>.
                  </>
                )}
              </p>
            )}
          </div>
        ))}
      </div>
    </Section>
  );
}

function Failure({ stage: { name, error, output } }: { readonly stage: StageView }): JSX.Element {
  return (
    <div class="doubt">
      <p>
        <Chip tone="bad">failed</Chip> <strong>{name}</strong>: <Prose text={error ?? ''} />
      </p>
      {output.length > 0 && (
        <pre tabIndex={0} aria-label={`Last lines of ${name}`}>
          {output.join('\n')}
        </pre>
      )}
    </div>
  );
}

interface Doubt {
  readonly warning: StageView['warnings'][number];
  readonly stages: string[];
}

/** Several stages often have the same doubt: it is told once. */
function grouped(stages: readonly StageView[]): Doubt[] {
  const groups = new Map<string, Doubt>();
  for (const { name, warnings } of stages)
    for (const warning of warnings) {
      const key = JSON.stringify(warning);
      const known = groups.get(key);
      if (known) known.stages.push(name);
      else groups.set(key, { warning, stages: [name] });
    }
  return [...groups.values()];
}
