// The interface between the engine's TypeScript and its kernels, described once. scripts/build-kernels.mjs writes from it
//   abi.generated.ts                                 the numbers, and for each operation a function that makes an
//                                                    instruction from named fields
//   assembly/lib/abi.generated.ts                    the same numbers
//   assembly/lib/operations.<module>.generated.ts    `run`, which reads an instruction and calls its kernel
// What a kernel computes is documented where it is written, in assembly/lib.

/**
 * The first page of the memory is not given out:
 *
 *     0       64             128      1024               65536
 *     | free  | control      | free   | constants        | blocks of the heap …
 */
export const PAGE_BYTES = 65_536;
export const CONSTANTS_ADDRESS = 1024;

/**
 * What the threads share, in slots of 32 bits:
 *   epoch          counts dispatches; the threads wait for a change, −1 ends them
 *   state          64 bits: the number of the dispatch (24 bits), its jobs and the next of them (20 bits each)
 *   pending        jobs that are not done
 *   failed         1 when a thread has failed
 *   beat           changes with every step of work
 *   jobs           address of the list of jobs: for each its first instruction and how many there are
 *   scratch        address of the threads' own memory, scratchStride bytes for each
 */
export const CONTROL = {
  address: 64,
  slots: 16,
  fields: { epoch: 0, state: 2, pending: 4, failed: 5, beat: 6, jobs: 7, scratch: 8, scratchStride: 9 },
};
export const JOB_BITS = 20;
export const DISPATCH_BITS = 24;

/** Slots of an instruction: the number of its operation, its fields, and nothing. */
export const INSTRUCTION_SLOTS = 32;

/** Numbered from 0 on. */
export const POOLINGS = ['last', 'mean', 'max', 'attention'];
export const FUNCTIONS = ['exp', 'log', 'tanh', 'sigmoid'];

/** Of a query's and a document's vector, numbered from 0 on. */
export const SIMILARITIES = ['cosine', 'dot', 'euclidean'];
/** Queries that exact search lays out side by side. */
export const QUERY_BLOCK = 32;
/** Documents whose scores BM25 adds up at once. */
export const BM25_BLOCK = 16_384;

/** Tables of σ(x) and −log σ(x) for the skip-gram kernel: −limit ≤ x < limit, at the middle of `length` equal steps. */
export const SIGMOID_TABLE = { length: 4096, limit: 8 };

/**
 * An operation is a function of a file in assembly/lib with its parameters in their order, which are the fields of its
 * instructions. Types:
 *   address        in the shared memory
 *   bytes          a stride between rows, or the width of one
 *   count          of rows, columns, tokens, …
 *   u32, f32       a number
 *   flag           true or false
 *   scratchOffset  bytes from the start of the thread's scratch; the kernel is given the address
 *   scratch, beat  the thread's own memory, and where it shows that it works: no fields, as the thread knows them
 */
const STEPS = 'starts: address, steps: count';
const RECURRENCE = `zeros: address, ${STEPS}, reverse: flag, H: count`;
const RECORDS = 'record: address, keep: flag, products: address, places: address';
const PACK = 'src: address, lds: bytes, out: address, K: count, N: count';
const POOLING =
  `kind: u32, y: address, ldy: bytes, ${STEPS}, count: count, out: address, rows: address, half: bytes, ` +
  'width: bytes, v: address, weights: address';

const BLOCKS = 'src: address, lds: bytes, blocks: count, block: count, stride: bytes, scaled: flag';
const DISTANCES = 'products: address, ldp: bytes, querySquares: address, documentSquares: address';

const SLAB = 'documents: address, squares: address, first: count, dimensions: count, similarity: u32';
const FOUND =
  'rows: address, states: address, asked: count, scores: address, found: address, capacity: count, k: count';

/** By module (assembly/<module>.ts) and name, numbered from 1 on. */
export const OPERATIONS = {
  recurrent: {
    gather: operation(
      'tokens.gather',
      'x: address, ldx: bytes, table: address, ldt: bytes, ids: address, count: count, width: bytes',
    ),
    dropout: operation(
      'tokens.dropout',
      `src: address, lds: bytes, dst: address, ldd: bytes, ${STEPS}, rows: address, seed: u32, threshold: u32, ` +
        'scale: f32, width: bytes',
    ),
    gemm: operation(
      'gemm.gemm',
      'a: address, lda: bytes, b: address, c: address, ldc: bytes, init: address, ldi: bytes, M: count, K: count, ' +
        'N: count',
    ),
    gruForward: operation(
      'gru.forward',
      `${RECORDS}, y: address, ldy: bytes, u: address, recurrentBias: address, ${RECURRENCE}, beat: beat`,
    ),
    lstmForward: operation(
      'lstm.forward',
      `${RECORDS}, y: address, ldy: bytes, c: address, u: address, ${RECURRENCE}, beat: beat`,
    ),
    gruBackward: operation(
      'gru.backward',
      `record: address, y: address, ldy: bytes, ut: address, dy: address, ldd: bytes, ${RECURRENCE}, dh: scratch, ` +
        'beat: beat',
    ),
    lstmBackward: operation(
      'lstm.backward',
      `record: address, c: address, ut: address, dy: address, ldd: bytes, ${RECURRENCE}, dh: scratch, ` +
        'dc: scratchOffset, beat: beat',
    ),
    gemmTransposed: operation(
      'gemm.gemmTransposed',
      'a: address, lda: bytes, index: address, b: address, ldb: bytes, c: address, ldc: bytes, tokens: count, ' +
        'M: count, N: count, zeros: address, work: scratch',
    ),
    sumRows: operation(
      'tokens.sumRows',
      'src: address, lds: bytes, dst: address, count: count, width: bytes',
    ),
    pack: operation('gemm.pack', PACK),
    packTransposed: operation('gemm.packTransposed', PACK),
    poolingForward: operation('pooling.forward', POOLING),
    poolingBackward: operation(
      'pooling.backward',
      `${POOLING}, g: address, dy: address, ldd: bytes, dv: address`,
    ),
    gatherGradients: operation(
      'tokens.gatherGradients',
      'dx: address, ldx: bytes, order: address, groups: address, count: count, gradients: address, width: bytes',
    ),
    squares: operation('tokens.squares', 'g: address, count: count, out: address'),
    squaresInOrder: operation('tokens.squaresInOrder', 'g: address, count: count, out: address'),
    adam: operation(
      'tokens.adam',
      'table: address, m: address, v: address, g: address, rows: address, count: count, width: bytes, rate: f32, ' +
        'beta1: f32, beta2: f32, rest1: f32, rest2: f32, epsilon: f32, decay: f32, scale: f32, root: f32',
    ),
    map: operation('functions.map', 'kind: u32, src: address, dst: address, count: count'),
    compose: operation(
      'composed-rows.compose',
      'table: address, from: address, width: bytes, ids: address, count: count, own: address, starts: address, ' +
        'parts: address',
    ),
    share: operation(
      'composed-rows.share',
      'gradients: address, width: bytes, ids: address, count: count, starts: address, out: address, half: u32',
    ),
    normaliseForward: operation(
      'normalise.forward',
      `${BLOCKS}, dst: address, ldd: bytes, count: count, squares: address`,
    ),
    normaliseBackward: operation(
      'normalise.backward',
      `${BLOCKS}, g: address, ldg: bytes, squares: address, dst: address, ldd: bytes, count: count`,
    ),
    addSquareSlopes: operation(
      'normalise.addSquareSlopes',
      'src: address, lds: bytes, slopes: address, dst: address, ldd: bytes, count: count, width: bytes',
    ),
    addRow: operation(
      'normalise.addRow',
      'c: address, ldc: bytes, added: address, count: count, width: bytes',
    ),
    sumColumnsInOrder: operation(
      'normalise.sumColumnsInOrder',
      'src: address, lds: bytes, dst: address, count: count, width: bytes',
    ),
    transpose: operation(
      'normalise.transpose',
      'src: address, lds: bytes, dst: address, ldd: bytes, count: count, width: count',
    ),
    euclideanForward: operation(
      'in-batch.euclideanForward',
      `${DISTANCES}, scores: address, lds: bytes, count: count, width: count`,
    ),
    euclideanBackward: operation(
      'in-batch.euclideanBackward',
      `${DISTANCES}, g: address, ldg: bytes, dp: address, rowSums: address, count: count, width: count`,
    ),
    softmax: operation(
      'in-batch.softmax',
      'scores: address, lds: bytes, allowed: address, lda: bytes, targets: address, count: count, width: count, ' +
        'temperature: f32, size: f32, slope: f32, losses: address, gradient: address, ldg: bytes, work: scratch',
    ),
  },
  'skip-gram': {
    gradients: operation(
      'skip-gram.gradients',
      'words: address, contexts: address, stride: bytes, groups: address, count: count, negatives: count, ' +
        'inputs: address, firstTarget: u32, wordSteps: address, targetSteps: address, rate: f32, sigmoid: address, ' +
        'logs: address, loss: address, g: scratch',
    ),
    apply: operation(
      'skip-gram.apply',
      'table: address, stride: bytes, list: address, count: count, steps: address',
    ),
  },
  search: {
    scan: operation(
      'exact-search.scan',
      `${SLAB}, filters: address, count: count, columns: address, ${FOUND}, dots: scratch`,
    ),
    settle: operation('exact-search.settle', `${SLAB}, ${FOUND}`),
    bm25: operation(
      'bm25.search',
      'tokens: address, starts: address, count: count, offsets: address, postings: address, weights: address, ' +
        'documents: count, k: count, capacity: count, scores: address, found: address, counts: address, sums: scratch',
    ),
  },
};

/** kernel: <file>.<function>; parameters: `<name>: <type>, …` */
function operation(kernel, parameters) {
  const [file, name] = kernel.split('.');
  return {
    file,
    name,
    parameters: parameters.split(', ').map((parameter) => {
      const [parameterName, type] = parameter.split(': ');
      return { name: parameterName, type };
    }),
  };
}
