/**
 * Questions to a real API server: what a dry run answers, that our own merge says the same where the server may not be asked, and that
 * nothing is written meanwhile.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";

import type { JsonObject, Live } from "#simulator";
import { createLive } from "#simulator/cluster";
import { askLive } from "../../simulator/live/ask/ask.ts";
import { createLiveMemory } from "../../simulator/live/ask/memory.ts";
import { listObjects, readObject } from "../../simulator/live/ask/read.ts";
import type { Arrivals, LiveAnswer, LiveQuestion } from "../../simulator/live/question.ts";
import { canonicalJson } from "../../simulator/manifest/json.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";
import type { KubeObject } from "./harness/kube-api.ts";

let cluster: Cluster;
let live: Live & { close(): void };

beforeAll(async () => {
  cluster = await startCluster({ controllers: [], healthy: false });
  live = createLive([cluster.kubeconfig], "admin@test");
  await cluster.api.apply(widgets);
});

afterAll(async () => {
  live?.close();
  await cluster?.stop();
});

const ours = "kustomize-controller";
const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.test }
spec:
  group: example.test
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                size: { type: integer, default: 3 }
                color:
                  type: string
                  x-kubernetes-validations: [{ rule: self == oldSelf, message: color stays }]
                parts:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [id]
                  items: { type: object, required: [id], properties: { id: { type: string }, weight: { type: integer } } }
                tags: { type: array, items: { type: string } }
                marks: { type: array, x-kubernetes-list-type: set, items: { type: string } }
`;

const nothingArrives: Arrivals = { kinds: new Set(), namespaces: new Set() };

function question(text: string, more: Partial<LiveQuestion> = {}): LiveQuestion {
  const object = parse(text) as JsonObject;
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return {
    id: `a|${kind}/${metadata.name}`,
    object,
    json: canonicalJson(object),
    manager: ours,
    recreates: false,
    ask: "dry-run",
    state: "1",
    ...more,
  };
}

async function answerOf(
  asked: LiveQuestion,
  arrivals: Arrivals = nothingArrives,
  on: Live = live,
): Promise<LiveAnswer> {
  const answers = await askLive(on, [asked], { arrivals, memory: createLiveMemory() });
  const answer = answers.get(asked.id);
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

/** The same cluster for somebody who may read and no more. */
function readOnly(): Live {
  return {
    name: "read-only",
    request: (request, signal) =>
      request.verb === "get"
        ? live.request(request, signal)
        : Promise.resolve({
            status: 403,
            body: JSON.stringify({ message: 'User "a" cannot patch resource "b" in API group ""' }),
          }),
  };
}

const deployment = (name: string, spec: string, metadata = ""): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: default${metadata} }
spec:
  selector: { matchLabels: { app: a } }
  ${spec}
`;
const pods = (containers: string): string =>
  `template: { metadata: { labels: { app: a } }, spec: { containers: [${containers}] } }`;
const configMap = (name: string, data: string, metadata = ""): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: default${metadata} }
data: ${data}
`;
const widget = (name: string, spec: string): string => `
apiVersion: example.test/v1
kind: Widget
metadata: { name: ${name}, namespace: default }
spec: ${spec}
`;

interface Pair {
  readonly what: string;
  /** What is applied first, by us unless another manager is named. */
  readonly stored: readonly (readonly [text: string, manager?: string])[];
  readonly wanted: string;
}

const pairs: readonly Pair[] = [
  {
    what: "nothing changes",
    stored: [
      [
        deployment(
          "same",
          pods("{ name: a, image: 'a:1', ports: [{ containerPort: 80, protocol: TCP }] }"),
        ),
      ],
    ],
    wanted: deployment(
      "same",
      pods("{ name: a, image: 'a:1', ports: [{ containerPort: 80, protocol: TCP }] }"),
    ),
  },
  {
    what: "a value, a new item by its keys, and one that goes",
    stored: [
      [
        deployment(
          "items",
          pods(
            "{ name: a, image: 'a:1', env: [{ name: X, value: '1' }, { name: Y, value: '2' }] }, { name: b, image: 'b:1' }",
          ),
        ),
      ],
    ],
    wanted: deployment(
      "items",
      pods("{ name: a, image: 'a:2', env: [{ name: X, value: '1' }, { name: Z, value: '3' }] }"),
    ),
  },
  {
    what: "what others own stays when we give it up",
    stored: [
      [configMap("shared", "{ a: '1', b: '2', c: '3' }")],
      [configMap("shared", "{ b: '2' }"), "someone"],
    ],
    wanted: configMap("shared", "{ a: '1' }"),
  },
  {
    what: "what others own is taken with force",
    stored: [
      [configMap("taken", "{ a: '1' }", ", labels: { x: y }")],
      [configMap("taken", "{ a: '2', z: '1' }", ", labels: { z: z }"), "someone"],
    ],
    wanted: configMap("taken", "{ a: '3' }", ", labels: { x: z }"),
  },
  {
    what: "labels and annotations go with the last of them",
    stored: [[configMap("marks", "{ a: '1' }", ", labels: { x: y }, annotations: { n: m }")]],
    wanted: configMap("marks", "{ a: '1' }"),
  },
  {
    what: "an atomic map and a list of plain values",
    stored: [
      [
        deployment(
          "atomic",
          pods("{ name: a, image: 'a:1', args: [x, y], resources: { limits: { cpu: '1' } } }"),
        ),
      ],
    ],
    wanted: deployment(
      "atomic",
      pods("{ name: a, image: 'a:1', args: [x], resources: { requests: { cpu: '1' } } }"),
    ),
  },
  {
    what: "lists of a custom resource: by keys, atomic, a set",
    stored: [
      [
        widget(
          "lists",
          "{ size: 3, parts: [{ id: a, weight: 1 }, { id: b }], tags: [x, y], marks: [p, q] }",
        ),
      ],
      [widget("lists", "{ parts: [{ id: c, weight: 9 }], marks: [r] }"), "someone"],
    ],
    wanted: widget(
      "lists",
      "{ size: 4, parts: [{ id: a, weight: 2 }, { id: d }], tags: [z], marks: [q, s] }",
    ),
  },
  {
    what: "fields that an update of somebody else wrote",
    stored: [[deployment("scaled", `replicas: 1\n  ${pods("{ name: a, image: 'a:1' }")}`)]],
    wanted: deployment("scaled", `replicas: 2\n  ${pods("{ name: a, image: 'a:1' }")}`),
  },
  {
    what: "a Service with ports of one number",
    stored: [
      [
        "apiVersion: v1\nkind: Service\nmetadata: { name: dns, namespace: default }\nspec: { selector: { a: b }, ports: [{ name: t, port: 53, protocol: TCP, targetPort: 53 }, { name: u, port: 53, protocol: UDP, targetPort: 53 }] }",
      ],
    ],
    wanted:
      "apiVersion: v1\nkind: Service\nmetadata: { name: dns, namespace: default }\nspec: { selector: { a: c }, ports: [{ name: t, port: 53, protocol: TCP, targetPort: 54 }] }",
  },
];

describe("what a dry run says, our own merge says as well", () => {
  test.each(pairs)("$what", async ({ stored, wanted }) => {
    for (const [text, manager] of stored) await cluster.api.apply(text, manager ?? ours);
    const before = await everything();
    const exact = await answerOf(question(wanted));
    const own = await answerOf(question(wanted), nothingArrives, readOnly());
    expect(await everything()).toEqual(before);
    expect(exact).toMatchObject({ outcome: "compared", known: "dry-run" });
    expect(own).toMatchObject({ outcome: "compared", known: "structural" });
    expect(sorted(own)).toEqual(sorted(exact));
    await cluster.api.apply(wanted, ours);
    const after = await answerOf(question(wanted));
    expect(after.outcome === "compared" && after.live === after.applied).toBe(true);
  });
});

interface Step {
  readonly manager: string;
  readonly verb: "apply" | "update";
  readonly parts: readonly { readonly id: string; readonly weight: number }[];
  readonly marks: readonly string[];
  readonly tags: readonly string[];
  readonly size: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

const steps: fc.Arbitrary<Step> = fc.record({
  manager: fc.constantFrom("one", "two", "three"),
  verb: fc.constantFrom("apply" as const, "apply" as const, "update" as const),
  parts: fc.uniqueArray(
    fc.record({ id: fc.constantFrom("a", "b", "c"), weight: fc.integer({ min: 1, max: 3 }) }),
    { selector: ({ id }) => id, maxLength: 3 },
  ),
  marks: fc.uniqueArray(fc.constantFrom("p", "q", "r"), { maxLength: 3 }),
  tags: fc.array(fc.constantFrom("x", "y"), { maxLength: 2 }),
  size: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  labels: fc.dictionary(fc.constantFrom("k", "l", "m"), fc.constantFrom("1", "2"), { maxKeys: 3 }),
});

function widgetOf(name: string, { parts, marks, tags, size, labels }: Step): JsonObject {
  const lists = Object.entries({ parts, marks, tags }).filter(([, list]) => list.length > 0);
  return {
    apiVersion: "example.test/v1",
    kind: "Widget",
    metadata: { name, namespace: "default", labels },
    spec: { ...Object.fromEntries(lists), ...(size === undefined ? {} : { size }) },
  };
}

test("whatever several managers did before", async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 4 }),
      steps,
      async (before, wish) => {
        const name = `random-${count++}`;
        for (const step of [
          { ...wish, ...before[0], verb: "apply" as const },
          ...before.slice(1),
        ]) {
          const object = widgetOf(name, step) as KubeObject;
          const path = `/apis/example.test/v1/namespaces/default/widgets/${name}?fieldManager=${step.manager}`;
          if (step.verb === "apply") await cluster.api.apply(object, step.manager);
          else await cluster.api.request("PATCH", path, object, "application/merge-patch+json");
        }
        const object = widgetOf(name, wish);
        const { manager } = wish;
        const asked = question(JSON.stringify(object), { manager });
        const exact = await answerOf(asked);
        expect(exact).toMatchObject({ outcome: "compared", known: "dry-run" });
        expect(sorted(await answerOf(asked, nothingArrives, readOnly()))).toEqual(sorted(exact));
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 60), seed: Number(process.env["SEED"] ?? 7) },
  );
});

/** Order in lists that have keys says nothing; how it is known differs. */
function sorted(answer: LiveAnswer): unknown {
  const ordered = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.map(ordered).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ordered(item)]));
  };
  return { ...(ordered(answer) as object), known: "either" };
}

async function everything(): Promise<readonly unknown[]> {
  const lists = await Promise.all([
    cluster.api.list("v1", "ConfigMap", "default"),
    cluster.api.list("v1", "Service", "default"),
    cluster.api.list("apps/v1", "Deployment", "default"),
    cluster.api.list("example.test/v1", "Widget", "default"),
  ]);
  return lists
    .flat()
    .map(({ kind, metadata }: KubeObject) => [kind, metadata.name, metadata.resourceVersion]);
}

describe("answers", () => {
  test("what is not there would be created", async () => {
    expect(await answerOf(question(configMap("new", "{ a: b }")))).toMatchObject({
      outcome: "absent",
      known: "dry-run",
    });
  });

  test("who loses fields is named", async () => {
    await cluster.api.apply(configMap("owned", "{ a: '1', b: '1' }"), "someone");
    await cluster.api.apply(configMap("owned", "{ c: '1' }"), "another");
    expect(await answerOf(question(configMap("owned", "{ a: '2', b: '1' }")))).toMatchObject({
      outcome: "compared",
      takenFrom: ["someone"],
    });
  });

  test("immutable and invalid are told apart", async () => {
    await cluster.api.apply(deployment("fixed", pods("{ name: a, image: 'a:1' }")), ours);
    const selector = deployment("fixed", pods("{ name: a, image: 'a:1' }")).replaceAll(
      "app: a",
      "app: b",
    );
    expect(await answerOf(question(selector))).toMatchObject({ outcome: "immutable" });
    const invalid = deployment("fixed", `replicas: -1\n  ${pods("{ name: a, image: 'a:1' }")}`);
    expect(await answerOf(question(invalid))).toMatchObject({ outcome: "refused" });
    await cluster.api.apply(widget("painted", "{ color: red }"), ours);
    expect(await answerOf(question(widget("painted", "{ color: blue }")))).toMatchObject({
      outcome: "immutable",
    });
    expect(await answerOf(question(widget("painted", "{ color: red, size: big }")))).toMatchObject({
      outcome: "refused",
    });
  });

  test("a namespace and a kind that the plan brings make new objects, others do not", async () => {
    const elsewhere = question(configMap("there", "{ a: b }").replace("default", "tomorrow"));
    expect(await answerOf(elsewhere)).toMatchObject({ outcome: "refused" });
    const arrivals = { kinds: new Set(["example.test/Gadget"]), namespaces: new Set(["tomorrow"]) };
    expect(await answerOf(elsewhere, arrivals)).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
    const gadget = question(widget("g", "{ size: 1 }").replace("Widget", "Gadget"));
    expect(await answerOf(gadget)).toMatchObject({
      outcome: "unanswered",
      reason: "unknown-kind",
    });
    expect(await answerOf(gadget, arrivals)).toMatchObject({ outcome: "absent", known: "arrives" });
  });

  test("a kind that was added after discovery is found", async () => {
    await cluster.api.apply(
      widgets
        .replaceAll("widget", "thing")
        .replaceAll("Widget", "Thing")
        .replace("example.test }", "example.test, labels: { later: 'yes' } }"),
    );
    const thing = question(widget("t", "{ size: 1 }").replace("Widget", "Thing"));
    await expect
      .poll(async () => (await answerOf(thing)).outcome, { timeout: 60_000 })
      .toBe("absent");
  });
});

test("reading: one object, all of a kind in pages, and what is not there", async () => {
  await cluster.api.apply(configMap("read", "{ a: b }", ", labels: { read: me }"));
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "read" };
  expect(await readObject(live, ref)).toMatchObject({
    outcome: "found",
    object: { kind: "ConfigMap", data: { a: "b" } },
  });
  expect(await readObject(live, { ...ref, name: "none" })).toEqual({ outcome: "absent" });
  expect(await readObject(live, { ...ref, kind: "Nothing" })).toEqual({ outcome: "unknown-kind" });
  expect(
    await listObjects(live, { group: "", kind: "ConfigMap", labelSelector: "read=me" }),
  ).toMatchObject({
    outcome: "found",
    isPart: false,
    objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "read" } }],
  });
});

test("somebody without rights is told so, and nothing is claimed", async () => {
  const dev = createLive([cluster.devKubeconfig], "dev@test");
  try {
    expect(
      await answerOf(question(configMap("hidden", "{ a: b }")), nothingArrives, dev),
    ).toMatchObject({ outcome: "unanswered", reason: "forbidden" });
  } finally {
    dev.close();
  }
});

test("without the API server every question is answered as lost", async () => {
  const gone = createLive([cluster.kubeconfig], "admin@test");
  const asked = Array.from({ length: 200 }, (_, index) =>
    question(configMap(`c${index}`, "{ a: b }")),
  );
  const [first] = asked;
  if (first !== undefined) await answerOf(first, nothingArrives, gone);
  await cluster.process("kube-apiserver").kill();
  const answers = await askLive(gone, asked, {
    arrivals: nothingArrives,
    memory: createLiveMemory(),
  });
  gone.close();
  expect([...answers.values()].map((answer) => answer.outcome)).toEqual(
    asked.map(() => "unanswered"),
  );
});
