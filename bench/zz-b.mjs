import { readNpy } from '../src/formats/npy.ts';
import * as usearch from 'usearch';
import { createByteScan } from '../src/retrieval/byte-scan.ts';
import { createExactSearch } from '../src/retrieval/exact.ts';
import { join } from 'node:path';
const dir = process.argv[2];
const docs = readNpy(join(dir, 'documents.npy'));
const q = readNpy(join(dir, 'queries.npy')); const D = 512;
const t0=performance.now(); const scan = createByteScan(docs, 'cosine', usearch); console.log('open', performance.now()-t0);
const exact = createExactSearch(docs, 'cosine');
const qs = []; for (let i = 0; i < 400; i++) qs.push(q.data.slice((i*35)*D, (i*35+1)*D));
const time = (name, f, n = 60) => { for (let i = 0; i < 5; i++) f(i); const c0 = process.cpuUsage(); const l = []; for (let i = 0; i < n; i++) { const s = performance.now(); f(i); l.push(performance.now() - s); } const c1 = process.cpuUsage(c0); console.log('user', (c1.user/n/1000).toFixed(3), 'sys', (c1.system/n/1000).toFixed(3)); l.sort((a, b) => a - b); console.log(name.padEnd(30), 'min', l[0].toFixed(3),'p25', l[n >> 2].toFixed(3), 'p50', l[n >> 1].toFixed(3)); };
for (const [top,c] of [[10,116],[10,464],[1000,2096],[1000,3000]]) { let ok=0; for (const v of qs.slice(0,200)) { const [p]=scan.propose([v],c); const s=exact.scores({rows:1,columns:D,data:v},0,p.documents).sort().reverse(); if (s[top-1]>p.others) ok++; } console.log(top,c,'ok',ok,'of 200'); }
for (const c of [116, 2096]) for (const n of [1,2,3,4,6,8,16]) time(`propose ${c} x${n}`, (i)=>scan.propose(qs.slice(i,i+n),c));
time('score 116', (i)=>exact.scores({rows:1,columns:D,data:qs[i]},0,Uint32Array.from({length:116},(_, j)=>(j*j*17)%15772)));
time('score 2096', (i)=>exact.scores({rows:1,columns:D,data:qs[i]},0,Uint32Array.from({length:2096},(_, j)=>(j*j*17)%15772)));
process.exit(0);
