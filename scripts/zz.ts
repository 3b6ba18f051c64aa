import { createSimulator, defaultOptions } from "#simulator";
import { createNodeEngine, openWorkingTree } from "#simulator/node";
const tree=await (await openWorkingTree(process.argv[2])).read();
const engine=createNodeEngine({jobs:1});
const times=[];
const wrapped={...engine, excluded:(...a)=>engine.excluded(...a), kustomize:async(r,...a)=>{const s=performance.now(); const x=await engine.kustomize(r,...a); times.push([performance.now()-s,r.kustomization.metadata.name,x.objects.length, x.warnings.length,x.failure?.message?.slice(0,60)]); return x}, dispose:()=>engine.dispose()};
const sim=createSimulator({engine:wrapped, sources:{fetch:async()=>({outcome:"unavailable",reason:"offline",message:"x"})}});
const c=process.cpuUsage(); const s=performance.now();
const a=await sim.simulate(tree,defaultOptions);
console.log(performance.now()-s, process.cpuUsage(c));
let prev=0; 
console.log(times.length); times.sort((a,b)=>b[0]-a[0]);
// calls overlap in queue: show sequential deltas instead
console.log(times.slice(0,3));
await sim.dispose();
