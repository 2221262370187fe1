/** Which columns the table shows: any field, parameter, metric or fact of the environment. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OtherColumn, RunsView } from '../../../views/runs-view.ts';

export interface ColumnsChoiceProps {
  readonly view: RunsView;
  readonly shown: readonly string[];
  readonly standard: readonly string[];
  /** Names separated by commas; empty for the standard ones. */
  readonly choose: (names: string) => void;
}

const MOST_LISTED = 60;

export function ColumnsChoice({ view, shown, standard, choose }: ColumnsChoiceProps): JSX.Element {
  const [find, setFind] = useState('');
  const [all, setAll] = useState(false);
  const listed = listedColumns(view, find, all);
  const toggle = (name: string, isWanted: boolean): void => {
    const next = isWanted ? [...shown, name] : shown.filter((other) => other !== name);
    choose(next.length === 0 || next.join() === standard.join() ? '' : next.join(','));
  };
  return (
    <details class="choice">
      <summary>columns</summary>
      <div class="choice-body">
        <div class="controls">
          <label>
            find a column
            <input
              type="search"
              value={find}
              onInput={(event) => {
                setFind(event.currentTarget.value);
              }}
            />
          </label>
          <label>
            <input
              type="checkbox"
              checked={all}
              onChange={(event) => {
                setAll(event.currentTarget.checked);
              }}
            />
            also those that are equal in all runs
          </label>
          <button
            type="button"
            onClick={() => {
              choose('');
            }}
          >
            Standard columns
          </button>
        </div>
        <ul>
          {listed.slice(0, MOST_LISTED).map(({ name, kind }) => (
            <li key={name}>
              <label>
                <input
                  type="checkbox"
                  checked={shown.includes(name)}
                  onChange={(event) => {
                    toggle(name, event.currentTarget.checked);
                  }}
                />
                <span>{name}</span> <span class="soft">{kind}</span>
              </label>
            </li>
          ))}
        </ul>
        {listed.length > MOST_LISTED && (
          <p class="soft">{listed.length - MOST_LISTED} more: find them by a part of their name.</p>
        )}
      </div>
    </details>
  );
}

interface Listed extends Pick<OtherColumn, 'name'> {
  readonly kind: OtherColumn['kind'] | 'run';
}

function listedColumns(view: RunsView, find: string, all: boolean): Listed[] {
  const fields = Object.keys(view.fields).map((name): Listed => ({ name, kind: 'run' }));
  const others = view.others.filter(({ varies }) => all || varies);
  const words = find.toLowerCase().split(/\s+/);
  return [...fields, ...others].filter(({ name, kind }) =>
    words.every((word) => `${name} ${kind}`.toLowerCase().includes(word)),
  );
}
