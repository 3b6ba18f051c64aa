// Hostile charts in the engine, each by itself: the answer says what it was, and the engine answers the next one.
import { afterAll, describe, expect, it } from "vitest";

import type { Engine } from "#simulator";
import type { HelmRequest, HelmResult } from "#simulator/engine";
import { createNodeEngine } from "#simulator/node";

import { treeOf } from "../../support/fixture.ts";
import type { HostileChart } from "../hostile/charts-case.ts";
import { hostileCharts } from "../hostile/charts-cases.ts";

/** What ends by itself gets all the time that a slow machine may need. */
const patient = createNodeEngine({ jobs: 1, timeoutMs: 100_000 });
const impatient = createNodeEngine({ jobs: 1, timeoutMs: 1_000 });
afterAll(() => Promise.all([patient.dispose(), impatient.dispose()]));

function ask(hostile: HostileChart, engine: Engine): Promise<HelmResult> {
  const packed = "app.tgz" in hostile.files;
  const request: HelmRequest = {
    chart: {
      artifact: "repo",
      form: packed ? "archive" : "directory",
      path: packed ? "case/app.tgz" : "case/chart",
      valuesFiles: hostile.valuesFiles ?? [],
      ignoreMissingValuesFiles: false,
    },
    helmRelease: { metadata: { name: "app", namespace: "apps" }, spec: hostile.spec ?? {} },
    flux: "2.9",
    apiVersions: [],
    clusterScoped: [],
    isUpgrade: false,
    revision: 1,
    useHelm3Defaults: false,
    objects: Object.entries(hostile.data ?? {}).map(([name, text]) => ({
      kind: "ConfigMap",
      namespace: "apps",
      name,
      data: { "values.yaml": text },
    })),
    assumed: [],
    remotes: [],
    lookups: [],
    mode: "exact",
  };
  const files = Object.entries(hostile.files).map(
    ([path, content]) => [`case/${path}`, content] as const,
  );
  const other = ["beside.txt", "not for charts"] as const;
  return engine.call(
    "helm",
    request,
    new Map([["repo", treeOf(Object.fromEntries([...files, other]))]]),
  );
}

const engineCodes = {
  timeout: "engine-timeout",
  crash: "engine-crashed",
  limit: "limit-exceeded",
} as const;

/** The code that the simulator makes of a failure. */
function codeOf({ failure }: HelmResult): string {
  if (failure === undefined) return "ready";
  return failure.stage === "engine"
    ? engineCodes[failure.cause ?? "crash"]
    : `${failure.stage}-failed`;
}

describe("a hostile chart", () => {
  const ending = hostileCharts.filter(({ isEndless }) => isEndless === undefined);
  it.each(ending.map((hostile) => [hostile.name, hostile] as const))(
    "with %s ends by itself",
    async (_, hostile) => {
      const result = await ask(hostile, patient);
      expect(["timeout", "crash"]).not.toContain(result.failure?.cause);
      const expected: readonly string[] =
        hostile.expected === "ready" ? ["ready"] : hostile.expected;
      expect(expected).toContain(codeOf(result));
      if (hostile.value === undefined) return;
      const object = JSON.parse(result.objects[0]?.json ?? "{}") as {
        readonly data?: { readonly k?: unknown };
      };
      expect(object.data?.k).toBe(hostile.value);
    },
  );

  const endless = hostileCharts.filter(({ isEndless }) => isEndless === true);
  it.each(endless.map((hostile) => [hostile.name, hostile] as const))(
    "with %s is stopped",
    async (_, hostile) => {
      expect(hostile.expected).toContain(codeOf(await ask(hostile, impatient)));
    },
  );
});
