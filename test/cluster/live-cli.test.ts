/** `sluice diff --context` on a real cluster: finds out which cluster of the repository it is, says what a push would do, and tells no secrets. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Live } from "#simulator";
import { defaultOptions, simulateOnCluster } from "#simulator";
import { createLive } from "#simulator/cluster";
import { openWorkingTree } from "#simulator/node";
import { diffMarkdown } from "../../cli/print/diff-markdown.ts";
import { run } from "../../cli/run.ts";
import { openSession } from "../../cli/session.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { GitRepository } from "./harness/git-repositories.ts";
import { isReady } from "./harness/kube-api.ts";
import { newSimulator } from "./oracle/run-scenarios.ts";

let cluster: Cluster;
let repository: GitRepository;

const planted = "planted-9d2e";
const secret = (value: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: hidden, namespace: default}\nstringData: {password: ${value}}\n`;
const settings = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: default}\ndata: {value: "${value}", token: "\${TOKEN}"}\n`;
const sync = (name: string, url: string): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1h, url: "${url}", ref: {branch: main}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 1h
  path: ./clusters/${name}
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: Secret, name: live-vars}]}
`;

beforeAll(async () => {
  cluster = await startCluster({ controllers: ["source-controller", "kustomize-controller"] });
  await cluster.api.apply(
    `apiVersion: v1\nkind: Secret\nmetadata: {name: live-vars, namespace: flux-system}\nstringData: {TOKEN: ${planted}-live}\n`,
  );
  repository = cluster.git.create("fleet");
  repository.push({
    "clusters/production/flux-system/gotk-sync.yaml": sync("production", repository.url),
    "clusters/production/settings.yaml": settings("1"),
    "clusters/production/secret.yaml": secret(`${planted}-old`),
    "clusters/staging/flux-system/gotk-sync.yaml": sync("staging", repository.url),
    "clusters/staging/settings.yaml": settings("1"),
  });
  const { folder, url } = repository;
  execFileSync("git", ["remote", "add", "fleet", url], { cwd: folder });
  await cluster.api.apply(sync("production", repository.url));
  await cluster.api.waitFor(
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      namespace: "flux-system",
      name: "flux-system",
    },
    isReady,
  );
});

afterAll(async () => {
  await cluster?.stop();
});

function write(path: string, text: string): void {
  const file = join(repository.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function sluice(...argv: readonly string[]): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof texts) => ({
    isTTY: false,
    write: (text: string) => (texts[name] += text).length > 0,
    once: () => undefined,
    off: () => undefined,
  });
  const env = { XDG_CACHE_HOME: join(cluster.folder, "cache"), HOME: cluster.folder };
  const terminal = { stdout: stream("stdout"), stderr: stream("stderr"), env };
  const words = ["diff", repository.folder, ...argv];
  const code = await run(words, terminal, openSession, new AbortController().signal);
  return { code, ...texts };
}

const onProduction = (...more: readonly string[]): Promise<Ended> =>
  sluice("--context", "admin@test", "--kubeconfig", cluster.kubeconfig, ...more);

describe("the cluster of the context", () => {
  test("is found in the repository; without an edit nothing would change", async () => {
    expect(await onProduction()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Nothing would change.") as string,
    });
  });

  test("an edit is what changes there, in no format with a secret", async () => {
    write("clusters/production/settings.yaml", settings("2"));
    write("clusters/production/secret.yaml", secret(`${planted}-new`));
    const { code, stdout } = await onProduction();
    expect(code).toBe(1);
    expect(stdout).toContain("~ ConfigMap default/settings");
    expect(stdout).toContain('data.value: "1" → "2"');
    expect(stdout).toContain("~ Secret default/hidden");
    expect(stdout).toContain("taken from it: Secret/flux-system/live-vars");
    for (const format of ["text", "json", "yaml", "markdown", "sarif", "junit"]) {
      const ended = await onProduction("-o", format, "--fail-on", "error");
      expect({ format, code: ended.code }).toEqual({ format, code: 0 });
      expect(ended.stdout + ended.stderr).not.toContain(planted);
      expect(ended.stdout).not.toContain(btoa(`${planted}-new`));
    }
  });

  test("another one has to be named", async () => {
    const { code, stderr } = await sluice("--context", "prod", "--kubeconfig", cluster.kubeconfig);
    expect(code).toBe(2);
    expect(stderr).toContain('no context "prod"');
    expect(stderr).toContain("It has admin@test.");
    const staging = await onProduction("--path", "clusters/staging");
    expect(staging.stdout).toContain("Cluster clusters/staging");
  });
});

test("a connection that is lost half-way gives a plan that says so, in every form", async () => {
  const live = createLive([cluster.kubeconfig], "admin@test");
  const simulator = newSimulator(join(cluster.folder, "cache-lost"));
  try {
    const tree = await (await openWorkingTree(repository.folder)).read();
    const options = {
      ...defaultOptions,
      paths: ["clusters/production"],
      remoteUrls: [repository.url],
    };
    const simulation = await simulateOnCluster(simulator, tree, options, live);
    let left = 4;
    const failing: Live = {
      name: "failing",
      request: (request, signal) =>
        left-- > 0
          ? live.request(request, signal)
          : Promise.resolve({ status: 0, body: "The connection to the API server broke." }),
    };
    const plan = await simulator.livePlan(simulation, failing);
    expect(plan.live?.partial).toBeDefined();
    expect(plan.live?.known.unanswered).toBeGreaterThan(0);
    expect(plan.problems.map(({ code }) => code)).toContain("live-unanswered");
    expect(diffMarkdown(plan)).toContain("Only a part");
  } finally {
    live.close();
    await simulator.dispose();
  }
});

test("a cluster that does not answer is said at once", async () => {
  await cluster.process("kube-apiserver").kill();
  const { code, stderr } = await onProduction();
  expect(code).toBe(2);
  expect(stderr).toContain("The cluster of context admin@test can't be asked.");
});
