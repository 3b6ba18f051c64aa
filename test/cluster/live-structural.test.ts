/**
 * Our own merge, for who may read and not apply, against the API server's dry run: field by field the same, whoever applied before. Nothing
 * is written meanwhile.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { JsonObject } from "#simulator";
import type { LiveAnswer } from "../../simulator/live/question.ts";
import { canonicalJson } from "../../simulator/manifest/json.ts";
import {
  answerOf,
  configMap,
  deployment,
  ours,
  pods,
  question,
  readOnly,
  widget,
} from "./ask-world/questions.ts";
import { useAskWorld } from "./ask-world/world.ts";
import type { KubeObject } from "./harness/kube-api.ts";

const world = useAskWorld();

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
    for (const [text, manager] of stored) await world.cluster.api.apply(text, manager ?? ours);
    const before = await everything();
    const exact = await answerOf(world.live, question(wanted));
    const own = await answerOf(readOnly(world.live), question(wanted));
    expect(await everything()).toEqual(before);
    expect(exact).toMatchObject({ outcome: "compared", known: "dry-run" });
    expect(own).toMatchObject({ outcome: "compared", known: "structural" });
    expect(sorted(own)).toEqual(sorted(exact));
    await world.cluster.api.apply(wanted, ours);
    const after = await answerOf(world.live, question(wanted));
    expect(after.outcome === "compared" && after.live === after.applied).toBe(true);
  });
});

interface Step {
  readonly manager: string;
  readonly verb: "apply" | "update";
  readonly parts: readonly { readonly id: string; readonly weight: number }[];
  readonly marks: readonly string[];
  readonly tags: readonly string[];
  /** Always there: a default that comes back only the server knows. */
  readonly size: number;
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
  size: fc.integer({ min: 1, max: 5 }),
  labels: fc.dictionary(fc.constantFrom("k", "l", "m"), fc.constantFrom("1", "2"), { maxKeys: 3 }),
});

function widgetOf(name: string, { parts, marks, tags, size, labels }: Step): JsonObject {
  const lists = Object.entries({ parts, marks, tags }).filter(([, list]) => list.length > 0);
  return {
    apiVersion: "example.test/v1",
    kind: "Widget",
    metadata: { name, namespace: "default", labels },
    spec: { ...Object.fromEntries(lists), size },
  };
}

test("whatever several managers did before", async () => {
  let count = 0;
  let compared = 0;
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
          if (step.verb === "apply") await world.cluster.api.apply(object, step.manager);
          else
            await world.cluster.api.request("PATCH", path, object, "application/merge-patch+json");
        }
        const object = widgetOf(name, wish);
        const { manager } = wish;
        const asked = question(JSON.stringify(object), { manager });
        const exact = await answerOf(world.live, asked);
        // Half-owned items can leave something that the server itself refuses.
        if (exact.outcome !== "compared") return;
        compared++;
        const own = await answerOf(readOnly(world.live), asked);
        // Who owns an empty map is nothing that anybody would see.
        expect(sorted({ ...own, takenFrom: [] } as LiveAnswer)).toEqual(
          sorted({ ...exact, takenFrom: [] }),
        );
      },
    ),
    { numRuns: Number(process.env["RUNS"] ?? 40), seed: Number(process.env["SEED"] ?? 7) },
  );
  expect(compared).toBeGreaterThan(count / 2);
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

/** Without what the API server makes for itself some time after it is ready. */
async function everything(): Promise<readonly unknown[]> {
  const lists = await Promise.all([
    world.cluster.api.list("v1", "ConfigMap", "default"),
    world.cluster.api.list("v1", "Service", "default"),
    world.cluster.api.list("apps/v1", "Deployment", "default"),
    world.cluster.api.list("example.test/v1", "Widget", "default"),
  ]);
  return lists
    .flat()
    .filter(({ kind, metadata }) => !(kind === "Service" && metadata.name === "kubernetes"))
    .map(({ kind, metadata }: KubeObject) => [kind, metadata.name, metadata.resourceVersion]);
}
