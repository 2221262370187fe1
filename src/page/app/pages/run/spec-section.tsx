/** The spec as it was resolved: every parameter, defaults included. */
import type { JSX } from 'preact';
import type { JsonObject } from '../../../../base/json.ts';
import type { RunView } from '../../../views/run-view.ts';
import { Section } from '../../parts/section.tsx';
import { yamlText } from '../../parts/yaml-text.ts';

export function SpecSection({ run }: { readonly run: RunView }): JSX.Element {
  const { params, stages } = run;
  const resolved: JsonObject = {
    ...(Object.keys(params).length > 0 && { params }),
    stages: Object.fromEntries(
      stages.map(({ name, kind, inputs, parameters }) => [
        name,
        {
          uses: kind,
          ...(Object.keys(inputs).length > 0 && {
            inputs: Object.fromEntries(
              Object.entries(inputs).map(([slot, from]) => [slot, from.length === 1 ? from[0]! : from]),
            ),
          }),
          ...(Object.keys(parameters).length > 0 && { with: parameters }),
        },
      ]),
    ),
  };
  return (
    <Section
      id="spec"
      title="Spec"
      lead={
        <>
          What was run, with all defaults filled in, from <code>{run.spec.file}</code>.
        </>
      }
    >
      <details class="spec">
        <summary>Resolved spec</summary>
        <pre tabIndex={0} aria-label="Resolved spec">
          {yamlText(resolved)}
        </pre>
      </details>
    </Section>
  );
}
