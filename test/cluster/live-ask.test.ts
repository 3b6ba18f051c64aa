/** Questions to a real API server: what it would do, what it refuses, and what it says to somebody without rights. */
import { describe, expect, test } from "vitest";

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
import { useAskWorld } from "./ask-world/world.ts";

const world = useAskWorld();

describe("answers", () => {
  test("what is not there would be created", async () => {
    expect(await answerOf(world.live, question(configMap("new", "{ a: b }")))).toMatchObject({
      outcome: "absent",
      known: "dry-run",
    });
  });

  test("who loses fields is named", async () => {
    await world.cluster.api.apply(configMap("owned", "{ a: '1', b: '1' }"), "someone");
    await world.cluster.api.apply(configMap("owned", "{ c: '1' }"), "another");
    expect(
      await answerOf(world.live, question(configMap("owned", "{ a: '2', b: '1' }"))),
    ).toMatchObject({
      outcome: "compared",
      takenFrom: ["someone"],
    });
  });

  test("immutable and invalid are told apart", async () => {
    await world.cluster.api.apply(deployment("fixed", pods("{ name: a, image: 'a:1' }")), ours);
    const selector = deployment("fixed", pods("{ name: a, image: 'a:1' }")).replaceAll(
      "app: a",
      "app: b",
    );
    expect(await answerOf(world.live, question(selector))).toMatchObject({ outcome: "immutable" });
    const invalid = deployment("fixed", `replicas: -1\n  ${pods("{ name: a, image: 'a:1' }")}`);
    expect(await answerOf(world.live, question(invalid))).toMatchObject({ outcome: "refused" });
    await world.cluster.api.apply(widget("painted", "{ color: red }"), ours);
    expect(
      await answerOf(world.live, question(widget("painted", "{ color: blue }"))),
    ).toMatchObject({
      outcome: "immutable",
    });
    expect(
      await answerOf(world.live, question(widget("painted", "{ color: red, size: big }"))),
    ).toMatchObject({
      outcome: "refused",
    });
  });

  test("a namespace and a kind that the plan brings make new objects, others do not", async () => {
    const elsewhere = question(configMap("there", "{ a: b }").replace("default", "tomorrow"));
    expect(await answerOf(world.live, elsewhere)).toMatchObject({ outcome: "refused" });
    const arrivals = { kinds: new Set(["example.test/Gadget"]), namespaces: new Set(["tomorrow"]) };
    expect(await answerOf(world.live, elsewhere, arrivals)).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
    const gadget = question(widget("g", "{ size: 1 }").replace("Widget", "Gadget"));
    expect(await answerOf(world.live, gadget)).toMatchObject({
      outcome: "unanswered",
      reason: "unknown-kind",
    });
    expect(await answerOf(world.live, gadget, arrivals)).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
  });

  test("a kind that was added after discovery is found", async () => {
    await world.cluster.api.apply(
      widgets
        .replaceAll("widget", "thing")
        .replaceAll("Widget", "Thing")
        .replace("example.test }", "example.test, labels: { later: 'yes' } }"),
    );
    const thing = question(widget("t", "{ size: 1 }").replace("Widget", "Thing"));
    await expect
      .poll(async () => (await answerOf(world.live, thing)).outcome, { timeout: 600_000 })
      .toBe("absent");
  });
});

test("reading: one object, all of a kind in pages, and what is not there", async () => {
  await world.cluster.api.apply(configMap("read", "{ a: b }", ", labels: { read: me }"));
  const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "read" };
  expect(await readObject(world.live, ref)).toMatchObject({
    outcome: "found",
    object: { kind: "ConfigMap", data: { a: "b" } },
  });
  expect(await readObject(world.live, { ...ref, name: "none" })).toEqual({ outcome: "absent" });
  expect(await readObject(world.live, { ...ref, kind: "Nothing" })).toEqual({
    outcome: "unknown-kind",
  });
  expect(
    await listObjects(world.live, { group: "", kind: "ConfigMap", labelSelector: "read=me" }),
  ).toMatchObject({
    outcome: "found",
    isPart: false,
    objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "read" } }],
  });
});

test("somebody without rights is told so, and nothing is claimed", async () => {
  const dev = createLive([world.cluster.devKubeconfig], "dev@test");
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
  const gone = createLive([world.cluster.kubeconfig], "admin@test");
  const asked = Array.from({ length: 200 }, (_, index) =>
    question(configMap(`c${index}`, "{ a: b }")),
  );
  const [first] = asked;
  if (first !== undefined) await answerOf(gone, first);
  await world.cluster.process("kube-apiserver").kill();
  const answers = await askLive(gone, asked, {
    arrivals: nothingArrives,
    memory: createLiveMemory(),
  });
  gone.close();
  expect([...answers.values()].map((answer) => answer.outcome)).toEqual(
    asked.map(() => "unanswered"),
  );
});
