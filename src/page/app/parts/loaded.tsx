/** Shows a view once it is there, and says why it is not. */
import type { ComponentChildren, JSX } from 'preact';
import type { ViewName } from '../../views/names.ts';
import { useView } from '../source/use-view.ts';
import { Empty } from './empty.tsx';

export interface WithViewProps<T> {
  readonly name: ViewName<T>;
  /** What it is, for the sentences: `the map`. */
  readonly what: string;
  readonly children: (view: T) => ComponentChildren;
}

export function WithView<T>({ name, what, children }: WithViewProps<T>): JSX.Element {
  const loaded = useView(name);
  switch (loaded.state) {
    case 'loading':
      return <p class="empty loading">Loading {what} …</p>;
    case 'absent':
      return <Empty>This page does not have {what}.</Empty>;
    case 'failed':
      return (
        <p class="empty" role="alert">
          {what} could not be read: {loaded.message}
        </p>
      );
    case 'ready':
      return <>{children(loaded.view)}</>;
  }
}
