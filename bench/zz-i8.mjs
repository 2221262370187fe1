import { readNpy } from '../src/formats/npy.ts';
import { exactSearch, MetricKind } from 'usearch';
import { join } from 'node:path';
const dir = process.argv[2];
const docs = readNpy(join(dir, 'documents.npy'));
const q = readNpy(join(dir, 'queries.npy'));
const D = docs.columns, N = docs.rows;
const norm = (m, r) => { let s=0; for (let i=r*D;i<(r+1)*D;i++) s+=m.data[i]*m.data[i]; return Math.sqrt(s);};
let max=0; const unit = new Float32Array(N*D);
for (let r=0;r<N;r++){const n=norm(docs,r); for(let i=r*D;i<(r+1)*D;i++){unit[i]=docs.data[i]/n; max=Math.max(max,Math.abs(unit[i]));}}
const s=max/127; const d8=new Int8Array(N*D); let R=0, Rm=0;
for (let r=0;r<N;r++){let e=0; for(let i=r*D;i<(r+1)*D;i++){d8[i]=Math.round(unit[i]/s); const x=unit[i]-s*d8[i]; e+=x*x;} R=Math.max(R,Math.sqrt(e)); Rm+=Math.sqrt(e)/N}
console.log('max', max, 'residual max', R, 'mean', Rm);
const time = (f, n) => { const l=[]; for (let i=0;i<n;i++){const s=performance.now(); f(i); l.push(performance.now()-s);} l.sort((a,b)=>a-b); return `min ${l[0].toFixed(2)} med ${l[n>>1].toFixed(2)}`; };
const quant=(r)=>{const n=norm(q,r); let m=0; for(let i=r*D;i<(r+1)*D;i++) m=Math.max(m,Math.abs(q.data[i]/n)); const t=m/127; const v=new Int8Array(D); let e=0,h=0; for(let i=0;i<D;i++){const u=q.data[r*D+i]/n; v[i]=Math.round(u/t); e+=(u-t*v[i])**2; h+=(t*v[i])**2;} return {v,t,e:Math.sqrt(e),h:Math.sqrt(h)}};
const needs=[[],[]]; const errs=[];
for (let r=0;r<14345;r+=71){const {v,t,e,h}=quant(r); const n=norm(q,r); const sc=new Float64Array(N), ex=new Float64Array(N);
 for(let d=0;d<N;d++){let a=0,b=0; for(let i=0;i<D;i++){a+=v[i]*d8[d*D+i]; b+=q.data[r*D+i]*unit[d*D+i];} sc[d]=a*t*s; ex[d]=b/n;}
 const bound=h*R+e; errs.push(bound); const sorted=ex.slice().sort().reverse();
 [10,1000].forEach((k,j)=>needs[j].push(sc.filter(x=>x>=sorted[k-1]-bound).length));}
for (const l of needs){l.sort((a,b)=>a-b); console.log('need p50',l[l.length>>1],'p90',l[l.length*0.9|0],'p99',l[l.length*0.99|0],'max',l.at(-1));}
console.log('bound', errs.reduce((a,b)=>a+b)/errs.length);
for (const [k] of [[10],[64],[200],[1000],[2000]]) {
 const v=quant(5).v;
 console.log(k,'i8',time(()=>exactSearch(d8,v,D,k,MetricKind.IP,1),60), 'f32', time((i)=>exactSearch(docs.data,q.data.subarray(i*D,(i+1)*D),D,k,MetricKind.IP,1),60));}
const vs=new Int8Array(4*D); for(let i=0;i<4;i++) vs.set(quant(i).v,i*D);
console.log('4 at once', time(()=>exactSearch(d8,vs,D,64,MetricKind.IP,1),60));
process.exit(0);
