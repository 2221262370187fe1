/** What a thread runs. An instruction is made by a function of ../abi.generated.ts, from named fields. */

/** The values of its slots: the number of its operation, then its fields. */
export type Instruction = readonly number[];

/** Run in order, by one thread. */
export type Job = readonly Instruction[];

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a 32-bit float, as a slot holds them. */
export function floatBits(x: number): number {
  bits.setFloat32(0, x);
  return bits.getUint32(0);
}
