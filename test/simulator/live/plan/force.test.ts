/** What force makes of objects that the API server refuses: created anew, or gone. On a real cluster: `test/cluster/live-force.test.ts`. */
import { describe, expect, test } from "vitest";

import type { Plan } from "#simulator";
import type { LiveRequest, LiveResponse } from "../../../../simulator/ports.ts";
import { edited } from "../../../support/fixture.ts";
import { configMap, kustomization } from "../../../support/flux.ts";
import { refusal } from "./fake-cluster.ts";
import { alter, at, base, lines, useLivePlans } from "./plan-bench.ts";

const { start, plan } = useLivePlans();

const force = { "cluster/apps.yaml": kustomization("apps", "./apps", "  force: true") };
const changed = { "apps/one.yaml": configMap("one", "changed") };
const invalid = refusal(422, 'ConfigMap "one" is invalid: data: Invalid value: "x"', "Invalid");
const immutable = refusal(
  422,
  'ConfigMap "one" is invalid: data.key: Forbidden: field is immutable when `immutable` is set',
  "Invalid",
);

/** Answers to dry runs of the object that is there, and of the same one under another name. */
interface Answers {
  readonly name?: string;
  readonly update: LiveResponse;
  readonly create?: LiveResponse;
}

function answering(answers: readonly Answers[]) {
  return ({ verb, path }: LiveRequest): LiveResponse | undefined => {
    if (verb !== "dry-run") return undefined;
    const found = answers.find(({ name = "one" }) =>
      [name, `${name}-sluice-probe`].includes(path.split("/").at(-1) ?? ""),
    );
    return path.endsWith("-sluice-probe") ? found?.create : found?.update;
  };
}

async function planned(
  edits: Readonly<Record<string, string>>,
  answers: readonly Answers[],
  livesWith: Readonly<Record<string, string>> = {},
): Promise<Plan> {
  const cluster = await start();
  alter(cluster, at("one"), ({ metadata }) => {
    metadata.annotations = { ...livesWith };
  });
  cluster.intercept = answering(answers);
  return plan(edited(base, edits), cluster);
}

function risksOf(found: Plan): readonly string[] {
  return (found.risks ?? []).map(
    ({ code, severity, object }) =>
      `${severity} ${code.replace("risk/", "")} ${object?.name ?? ""}`,
  );
}

function problemsOf(found: Plan): readonly string[] {
  return found.problems.map(({ code, message }) => `${code} ${message}`);
}

const switchOn = { "kustomize.toolkit.fluxcd.io/force": "Enabled" };

describe("force, where the new object is refused as well", () => {
  const both = [{ update: invalid, create: invalid }];

  test.each([
    ["of the Kustomization", { ...force, ...changed }, {}],
    ["of the object on the cluster", changed, switchOn],
    [
      "of the manifest",
      {
        "apps/one.yaml": configMap("one", "changed").replace(
          "metadata:",
          "metadata:\n  annotations: { kustomize.toolkit.fluxcd.io/force: enabled }",
        ),
      },
      {},
    ],
  ])("%s deletes it: nobody notices before that it was only wrong", async (_, edits, livesWith) => {
    const found = await planned(edits, both, livesWith);
    expect(lines(found)).toContain("apps: deleted ConfigMap/one");
    expect(risksOf(found)).toEqual(["high force-deletes one"]);
    expect(problemsOf(found)).toEqual([
      expect.stringMatching(/^live-refused .* it is deleted, and the new one is refused as well/),
    ]);
    const { state } = found.clusters[0]?.appliers[1]?.applier ?? {};
    expect(state).toBe("failed");
  });

  test("deletes what can't be changed, and is wrong besides", async () => {
    const wrong = refusal(422, "spec.size: Required value", "Invalid");
    const found = await planned({ ...force, ...changed }, [{ update: immutable, create: wrong }]);
    expect(lines(found)).toContain("apps: deleted ConfigMap/one");
    expect(risksOf(found)).toEqual(["high force-deletes one"]);
    expect(found.risks?.[0]?.message).toContain("(spec.size)");
  });

  test("is no matter without force", async () => {
    const found = await planned(changed, both);
    expect(lines(found)).toEqual([]);
    expect(risksOf(found)).toEqual([]);
    expect(problemsOf(found)).toEqual([expect.not.stringContaining("deleted")]);
  });

  test("passes by what says that nobody applies it", async () => {
    const found = await planned({ ...force, ...changed }, both, {
      "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
    });
    expect(lines(found)).toEqual(["flux-system: changed Kustomization/apps /spec/force →true"]);
    expect(problemsOf(found)).toEqual([]);
  });

  test("comes to nothing in a stage that is not reached", async () => {
    const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: wrong}\n";
    const found = await planned({ ...force, ...changed, "apps/namespace.yaml": namespace }, [
      ...both,
      { name: "wrong", update: invalid, create: invalid },
    ]);
    expect(lines(found).filter((line) => line.includes("deleted"))).toEqual([]);
    expect(risksOf(found)).toEqual([]);
  });
});

describe("force deletes nothing for", () => {
  test.each([
    ["a policy that says no", refusal(403, "denied by policy", "Forbidden")],
    ["a webhook that fails", refusal(500, "failed calling webhook", "InternalError")],
    ["another 409 than a conflict", refusal(409, "object is being deleted", "AlreadyExists")],
    [
      "other words about what can't be changed",
      refusal(400, "it may not be changed", "BadRequest"),
    ],
  ])("%s", async (_, answer) => {
    const found = await planned({ ...force, ...changed }, [{ update: answer, create: answer }]);
    expect(lines(found).filter((line) => line.startsWith("apps:"))).toEqual([]);
    expect(problemsOf(found)).toEqual([expect.stringMatching(/^live-refused /)]);
    expect(risksOf(found)).toEqual([]);
  });
});

describe("force creates anew", () => {
  test.each([
    ["what can't be changed", { update: immutable }],
    ["what is in conflict with what is there", { update: refusal(409, "no", "Conflict") }],
    ["what a webhook calls immutable", { update: refusal(403, "key is immutable", "Forbidden") }],
    [
      "what holds a port that only looks taken",
      {
        update: immutable,
        create: refusal(422, "spec.ports[0].nodePort: provided port is already allocated"),
      },
    ],
    [
      "what can't be tried under another name",
      { update: immutable, create: refusal(403, 'cannot create resource "x"', "Forbidden") },
    ],
  ])("%s", async (_, answer) => {
    const found = await planned({ ...force, ...changed }, [answer]);
    expect(lines(found)).toContain('apps: recreated ConfigMap/one /data/key "1"→"changed"');
    expect(risksOf(found)).toEqual(["medium immutable-field one"]);
  });

  test("but a neighbour that is refused stops it halfway", async () => {
    const found = await planned(
      { ...force, ...changed, "apps/two.yaml": configMap("two", "changed") },
      [{ update: immutable }, { name: "two", update: refusal(403, "no", "Forbidden") }],
    );
    expect(lines(found).filter((line) => line.startsWith("apps:"))).toEqual([]);
    expect(risksOf(found)).toEqual(["medium force-deletes one"]);
  });
});

describe("a definition, which can have no other name", () => {
  const definition = (scope: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gadgets.example.test }
spec: { group: example.test, scope: ${scope}, names: { kind: Gadget, plural: gadgets } }
`;
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.example.test";
  const probe = path.replace("gadgets.", "gadgets.sluice-probe.");

  async function refusing(create: LiveResponse | undefined) {
    const tree = edited(base, { ...force, "apps/crd.yaml": definition("Cluster") });
    const cluster = await start(tree);
    cluster.intercept = (request) => {
      if (request.verb !== "dry-run") return undefined;
      if (request.path === path) return refusal(422, "spec.scope: Invalid value", "Invalid");
      return request.path === probe ? create : undefined;
    };
    const found = await plan(edited(tree, { "apps/crd.yaml": definition("Wrong") }), cluster);
    const tried = cluster.requests.find((request) => request.path === probe);
    return { found, tried };
  }

  test("is tried in another group", async () => {
    const { found, tried } = await refusing(undefined);
    expect(tried).toMatchObject({
      verb: "dry-run",
      body: expect.stringContaining('"group":"sluice-probe.example.test"') as string,
    });
    expect(lines(found)).toContain(
      'apps: recreated CustomResourceDefinition/gadgets.example.test /spec/scope "Cluster"→"Wrong"',
    );
  });

  test("is lost with all its objects when it is wrong", async () => {
    const { found } = await refusing(refusal(422, "spec.scope: Unsupported value", "Invalid"));
    expect(lines(found)).toContain("apps: deleted CustomResourceDefinition/gadgets.example.test");
    expect(risksOf(found)).toEqual([
      "high data-loss gadgets.example.test",
      "high force-deletes gadgets.example.test",
    ]);
    expect(found.risks?.[0]?.message).toContain("deleted by force");
  });
});
