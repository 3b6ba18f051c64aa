/** Questions to a real API server: what it would do, what it refuses, and what it says to somebody without rights. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Live } from "#simulator";
import { createLive } from "#simulator/cluster";
import { askLive } from "../../simulator/live/ask/ask.ts";
import { createLiveMemory } from "../../simulator/live/ask/memory.ts";
import { listObjects, readObject } from "../../simulator/live/ask/read.ts";
import {
  answerOf,
  configMap,
  deployment,
  nothingArrives,
  ours,
  pods,
  question,
  widget,
  widgets,
} from "./ask-world/questions.ts";
import { startCluster } from "./harness/cluster.ts";
import type { Cluster } from "./harness/cluster.ts";

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

describe("answers", () => {
  test("what is not there would be created", async () => {
    expect(await answerOf(live, question(configMap("new", "{ a: b }")))).toMatchObject({
      outcome: "absent",
      known: "dry-run",
    });
  });

  test("who loses fields is named", async () => {
    await cluster.api.apply(configMap("owned", "{ a: '1', b: '1' }"), "someone");
    await cluster.api.apply(configMap("owned", "{ c: '1' }"), "another");
    expect(await answerOf(live, question(configMap("owned", "{ a: '2', b: '1' }")))).toMatchObject({
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
    expect(await answerOf(live, question(selector))).toMatchObject({ outcome: "immutable" });
    const invalid = deployment("fixed", `replicas: -1\n  ${pods("{ name: a, image: 'a:1' }")}`);
    expect(await answerOf(live, question(invalid))).toMatchObject({ outcome: "refused" });
    await cluster.api.apply(widget("painted", "{ color: red }"), ours);
    expect(await answerOf(live, question(widget("painted", "{ color: blue }")))).toMatchObject({
      outcome: "immutable",
    });
    expect(
      await answerOf(live, question(widget("painted", "{ color: red, size: big }"))),
    ).toMatchObject({
      outcome: "refused",
    });
  });

  test("a namespace and a kind that the plan brings make new objects, others do not", async () => {
    const elsewhere = question(configMap("there", "{ a: b }").replace("default", "tomorrow"));
    expect(await answerOf(live, elsewhere)).toMatchObject({ outcome: "refused" });
    const arrivals = { kinds: new Set(["example.test/Gadget"]), namespaces: new Set(["tomorrow"]) };
    expect(await answerOf(live, elsewhere, arrivals)).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
    const gadget = question(widget("g", "{ size: 1 }").replace("Widget", "Gadget"));
    expect(await answerOf(live, gadget)).toMatchObject({
      outcome: "unanswered",
      reason: "unknown-kind",
    });
    expect(await answerOf(live, gadget, arrivals)).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
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
      .poll(async () => (await answerOf(live, thing)).outcome, { timeout: 60_000 })
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
    expect(await answerOf(dev, question(configMap("hidden", "{ a: b }")))).toMatchObject({
      outcome: "unanswered",
      reason: "forbidden",
    });
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
  if (first !== undefined) await answerOf(gone, first);
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
