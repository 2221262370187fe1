/** A list of numbers that grows, in one typed array: an Array of some hundred million numbers does not fit V8's heap. */

type Numbers = Uint8Array | Uint32Array | Float32Array | Float64Array;

export interface NumberList<T extends Numbers> {
  push(value: number): void;
  readonly length: number;
  /** A view of the numbers so far, valid until the next push. */
  values(): T;
}

const FIRST = 1024;

export function numberList<T extends Numbers>(Type: { new (length: number): T }): NumberList<T> {
  let numbers = new Type(0);
  let length = 0;
  return {
    push: (value) => {
      if (length === numbers.length) {
        const larger = new Type(Math.max(FIRST, 2 * length));
        larger.set(numbers);
        numbers = larger;
      }
      numbers[length++] = value;
    },
    get length() {
      return length;
    },
    values: () => numbers.subarray(0, length) as T,
  };
}
