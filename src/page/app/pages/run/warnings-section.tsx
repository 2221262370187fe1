/** Why results may be doubted, and why a stage failed. */
import type { JSX } from 'preact';
import type { RunView, StageView } from '../../../views/run-view.ts';
import { Chip } from '../../parts/chip.tsx';
import { Section } from '../../parts/section.tsx';

export function WarningsSection({ run }: { readonly run: RunView }): JSX.Element {
  return (
    <Section id="warnings" title="Warnings" lead="Doubts about these results, and what failed.">
      {run.stages.map((stage) => (
        <StageDoubts key={stage.name} stage={stage} />
      ))}
    </Section>
  );
}

function StageDoubts({
  stage: { name, warnings, error, output },
}: {
  readonly stage: StageView;
}): JSX.Element {
  return (
    <>
      {error !== null && (
        <div class="doubt">
          <p>
            <Chip tone="bad">failed</Chip> <strong>{name}</strong>: {error}
          </p>
          {output.length > 0 && (
            <pre tabIndex={0} aria-label={`Last lines of ${name}`}>
              {output.join('\n')}
            </pre>
          )}
        </div>
      )}
      {warnings.map(({ message, cause, hint, parameter }) => (
        <div key={message} class="doubt">
          <p>
            <Chip tone="warn">warning</Chip> <strong>{name}</strong>: {message}
          </p>
          {cause !== undefined && <p class="soft">Likely cause: {cause}</p>}
          {(hint !== undefined || parameter !== undefined) && (
            <p class="soft">
              {hint}{' '}
              {parameter !== undefined && (
                <>
                  Parameter: <code>{parameter}</code>.
                </>
              )}
            </p>
          )}
        </div>
      ))}
    </>
  );
}
