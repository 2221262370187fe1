/** Shows the first of many equal events, and counts the others for the end. */
export interface Tally {
  first(show: () => void): void;
  close(): void;
}

export function tally(showMore: (count: number) => void): Tally {
  let count = 0;
  return {
    first(show) {
      count += 1;
      if (count === 1) show();
    },
    close() {
      if (count > 1) showMore(count - 1);
      count = 0;
    },
  };
}
