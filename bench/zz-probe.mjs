import { readNpy } from '../src/formats/npy.ts';
import { createCorpusScan } from '../src/engine/kernels/search/corpus-scan.ts';
import { openSearchKernels } from '../src/engine/kernels/search/search-kernels.ts';
import { exactSearch, MetricKind } from 'usearch';
import { join } from 'node:path';
const dir = process.argv[2];
const docs = readNpy(join(dir, 'documents.npy'));
const q = readNpy(join(dir, process.argv[3] ?? 'test.npy'));
console.log(docs.rows, docs.columns, q.rows);
const squares = (m) => Float64Array.from({length: m.rows}, (_, r) => { let s=0; for (let i=r*m.columns;i<(r+1)*m.columns;i++) s+=m.data[i]*m.data[i]; return s;});
const kernels = await openSearchKernels(1);
console.log(kernels.program);
const scan = createCorpusScan(kernels, docs, squares(docs), 'cosine');
const sq = squares(q);
const D = docs.columns;
const time = (f, n) => { const l=[]; for (let i=0;i<n;i++){const s=performance.now(); f(i); l.push(performance.now()-s);} l.sort((a,b)=>a-b); return `min ${l[0].toFixed(2)} med ${l[n>>1].toFixed(2)}`; };
for (const k of [10, 1000]) for (const n of [1,2,4,8,16]) {
  console.log(k, n, 'kernel', time((i) => scan.search(q.data.subarray(i*n*D, (i+1)*n*D), sq.subarray(i*n,(i+1)*n), k), 40),
   'usearch', time((i) => exactSearch(docs.data, q.data.subarray(i*n*D, (i+1)*n*D), D, k+16, MetricKind.IP, 1), 20));
}
process.exit(0);
