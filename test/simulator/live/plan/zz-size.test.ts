import { test } from "vitest";
import { createSimulator, defaultOptions } from "#simulator";
import { createNodeEngine } from "#simulator/node";
import { treeOf } from "/work/main/test/support/fixture.ts";
import { noSources } from "/work/main/test/support/simulator.ts";
import { configMap, kustomization, gotkSync } from "/work/main/test/support/flux.ts";
import { converged } from "/work/main/test/simulator/live/plan/fake-cluster.ts";
test("size", async () => {
  const simulator = createSimulator({ engine: createNodeEngine({ jobs: 1 }), sources: noSources });
  const files: Record<string,string> = {"cluster/sync.yaml": gotkSync.replace(/^#-.*\n/,"")};
  for (let k=0;k<30;k++){ files[`cluster/k${k}.yaml`]=kustomization(`k${k}`,`./k${k}`);
   for(let i=0;i<50;i++) files[`k${k}/${i}.yaml`]=configMap(`k${k}-${i}`,"1"); }
  const o = {...defaultOptions, paths:["cluster"]};
  const tree = treeOf(files);
  let t=performance.now(); const lap=(s:string)=>{const n=performance.now(); console.log(s,Math.round(n-t)); t=n;};
  const sim = await simulator.simulate(tree,o); lap("simulate");
  const cluster = await converged(simulator, sim); lap("converged");
  const p1 = await simulator.livePlan(sim, cluster); lap("cold plan"); console.log(JSON.stringify(p1.live), p1.counts, cluster.requests.length, JSON.stringify(p1.stats));
  const before = cluster.requests.length;
  const next = await simulator.simulate(treeOf({...files,"k3/4.yaml":configMap("k3-4","2")}),o); lap("simulate 2");
  const p2 = await simulator.livePlan(next, cluster); lap("warm plan"); console.log(p2.counts, cluster.requests.length-before, JSON.stringify(p2.stats));
  const all = await simulator.simulate(treeOf(Object.fromEntries(Object.entries(files).map(([a,b])=>[a,b.replace('"1"','"2"')]))),o); lap("simulate 3");
  const p3 = await simulator.livePlan(all, cluster); lap("all changed"); console.log(p3.counts, JSON.stringify(p3.stats));
  await simulator.dispose();
});
