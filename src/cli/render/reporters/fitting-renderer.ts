/**
 * A renderer for listr2 that fits the terminal: it draws as many lines as the terminal has rows, and folds the rest
 * (tree-frame.ts), where listr2's own renderer would scroll. listr2 runs the tasks; this only draws them.
 */
import type { ListrRenderer } from 'listr2';
import { styleFor, useColor } from '../output.ts';
import { liveArea, type LiveArea } from './live-area.ts';
import { treeFrame, type TreeRow } from './tree-frame.ts';

const REDRAW_MS = 250;

export interface FittingOptions {
  /** The rows as they are now. */
  readonly rows: () => readonly TreeRow[];
}

export class FittingRenderer implements ListrRenderer {
  static readonly nonTTY = false;
  static rendererOptions: FittingOptions & Record<PropertyKey, unknown> = { rows: () => [] };
  static rendererTaskOptions: Record<PropertyKey, never> = {};
  private readonly rows: FittingOptions['rows'];
  private area: LiveArea | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    _tasks: ConstructorParameters<typeof ListrRenderer>[0],
    options: typeof FittingRenderer.rendererOptions,
  ) {
    this.rows = options.rows;
  }

  readonly render = (): void => {
    const style = styleFor(useColor('stderr'));
    let turn = 0;
    this.area = liveArea((size) => treeFrame(this.rows(), size, turn++, style));
    this.timer = setInterval(this.area.draw, REDRAW_MS);
    this.area.draw();
  };

  readonly end = (): void => {
    clearInterval(this.timer);
    this.area?.close();
  };
}
