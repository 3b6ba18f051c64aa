/** `sluice diff --context` where the cluster leads to another one: the Secret names its address, so the user says which may be asked. */
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import type { JsonObject, Live } from "#simulator";
import { run } from "../../../cli/run.ts";
import { openSession } from "../../../cli/session.ts";
import { configMap, gotkSync, kustomization } from "../../support/flux.ts";
import { fixture, textOf } from "../../support/fixture.ts";
import { kubeconfigText } from "../../support/kubeconfig.ts";
import { LiveServer } from "../../support/live-server.ts";
import { useSimulator } from "../../support/simulator.ts";
import { temporaryFolder, writeFiles } from "../../support/temporary-repository.ts";
import { converged, fakeCluster, put } from "../../simulator/live/plan/fake-cluster.ts";
import { at } from "../../simulator/live/plan/plan-bench.ts";

const bench = useSimulator();
const servers: LiveServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const text = (value: string): string => `${gotkSync}
#- cluster/apps.yaml
${kustomization("apps", "./apps", "  kubeConfig: {secretRef: {name: far}}")}
#- apps/one.yaml
${configMap("one", value)}
`;

type Served = LiveServer & { readonly address: string };

async function serving(live: Live): Promise<Served> {
  const server = new LiveServer(live);
  const served = Object.assign(server, { address: await server.start() });
  servers.push(served);
  return served;
}

/** The cluster of the context, and the other one, where the object is as the repository had it before. */
async function startClusters(): Promise<{ readonly kubeconfig: string; readonly far: Served }> {
  const before = await bench.simulate(fixture(text("1")), { paths: ["cluster"] });
  const home = await converged(bench.simulator, before);
  const other = fakeCluster("far");
  other.objects.set(at("one"), home.objects.get(at("one")) as JsonObject);
  home.objects.delete(at("one"));
  const far = await serving(other);
  put(home, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "flux-system", name: "far" },
    data: { value: btoa(kubeconfigText({ server: far.address }, { token: "planted" })) },
  });
  const { address } = await serving(home);
  return { kubeconfig: kubeconfigText({ server: address }), far };
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly far: Served;
}

async function diff(...flags: readonly string[]): Promise<Ended> {
  const { kubeconfig, far } = await startClusters();
  const [folder, user] = [temporaryFolder(), temporaryFolder()];
  const tree = fixture(text("2"));
  for (const path of tree.files.keys()) writeFiles(folder, { [path]: textOf(tree, path) });
  writeFiles(user, { kubeconfig });
  const texts: string[] = [];
  const stream = {
    isTTY: false,
    write: (part: string) => texts.push(part) > 0,
    once: () => undefined,
    off: () => undefined,
  };
  const terminal = { stdout: stream, stderr: stream, env: { XDG_CACHE_HOME: user, HOME: user } };
  const context = ["--context", "remote", "--kubeconfig", join(user, "kubeconfig")];
  const words = ["diff", folder, "--path", "cluster", ...context, ...flags];
  const code = await run(words, terminal, openSession, new AbortController().signal);
  return { code, output: texts.join(""), far };
}

test("an address inside the user's network is refused, with the word that allows it", async () => {
  const { code, output, far } = await diff();
  expect(code).toBe(1);
  expect(output).toContain("its address is inside your network or on this machine");
  expect(output).toContain("--allow-private-network");
  expect(output).not.toContain("ConfigMap apps/one");
  expect(output).not.toContain(new URL(far.address).host);
  expect(output).not.toContain("planted");
  expect(far.requests).toEqual([]);
});

test("it is asked where that is allowed", async () => {
  const { output, far } = await diff("--allow-private-network");
  expect(output).toContain("~ ConfigMap apps/one");
  expect(output).toContain('data.key: "1" → "2"');
  expect(output).not.toContain("planted");
  expect([...far.users]).toEqual(["Bearer planted"]);
});
