/** The ladder of one question and the discipline of many, on an API server that a test scripts. */
import { describe, expect, test } from "vitest";

import { askLive } from "../../../../simulator/live/ask/ask.ts";
import { createLiveMemory } from "../../../../simulator/live/ask/memory.ts";
import type { Arrivals, LiveAnswer } from "../../../../simulator/live/question.ts";
import type { LiveRequest, LiveResponse } from "../../../../simulator/ports.ts";
import { answerWith, configMap, question, scriptedLive, status } from "./scripted-live.ts";

const nothingArrives: Arrivals = { kinds: new Set(), namespaces: new Set() };
const noWait = (): Promise<void> => Promise.resolve();
const options = () => ({ arrivals: nothingArrives, memory: createLiveMemory(), wait: noWait });

async function one(
  respond: (request: LiveRequest) => LiveResponse,
  object = configMap("a", { x: "2" }),
  more: { readonly arrivals?: Arrivals; readonly manager?: string } = {},
): Promise<LiveAnswer> {
  const asked = question(object, more.manager === undefined ? {} : { manager: more.manager });
  const arrivals = more.arrivals ?? nothingArrives;
  const answers = await askLive(scriptedLive(respond), [asked], { ...options(), arrivals });
  const answer = answers.get(asked.id);
  if (answer === undefined) throw new Error("no answer");
  return answer;
}

const stored = configMap("a", { x: "1" }, { resourceVersion: "5", uid: "u", generation: 1 });

function onDryRun(response: LiveResponse, live: object | "none" = stored) {
  return ({ verb }: LiveRequest): LiveResponse => {
    if (verb === "dry-run") return response;
    return live === "none" ? status(404, "not found") : answerWith(live);
  };
}

describe("the ladder", () => {
  test("what the server would store is compared, without what it counts itself", async () => {
    const managedFields = [{ manager: "x", operation: "Update", fieldsV1: {} }];
    const applied = configMap(
      "a",
      { x: "2" },
      { resourceVersion: "5", generation: 2, managedFields },
    );
    expect(await one(onDryRun(answerWith(applied)))).toEqual({
      id: "k|ConfigMap/a",
      outcome: "compared",
      known: "dry-run",
      live: stored,
      applied: configMap("a", { x: "2" }, { resourceVersion: "5", uid: "u", generation: 1 }),
      takenFrom: [],
    });
  });

  test("an object that changes in between is read again", async () => {
    let version = 4;
    const answer = await one(({ verb }) => {
      if (verb === "get") version = Math.min(version + 1, 6);
      const at = verb === "get" ? version : 6;
      return answerWith(configMap("a", { x: String(at) }, { resourceVersion: String(at) }));
    });
    expect(answer).toMatchObject({ outcome: "compared", live: { data: { x: "6" } } });
  });

  test.each([
    [
      "no right to apply",
      status(403, 'configmaps "a" is forbidden: User "u" cannot patch resource "configmaps"'),
    ],
    [
      "rights that the controller has and the user has not",
      status(403, "user is attempting to grant RBAC permissions not currently held"),
    ],
    ["a webhook with side effects", status(400, 'admission webhook "w" does not support dry run')],
  ])("%s: our own merge", async (_, refusal) => {
    expect(await one(onDryRun(refusal))).toMatchObject({
      outcome: "compared",
      known: "structural",
      applied: { data: { x: "2" } },
    });
    expect(await one(onDryRun(refusal, "none"))).toMatchObject({
      outcome: "absent",
      known: "structural",
    });
  });

  test.each([
    ["admission says no", status(403, "exceeded quota: q")],
    ["a webhook denies", status(400, 'admission webhook "w" denied the request: no')],
    ["a namespace that nobody makes", status(404, 'namespaces "n" not found', "namespaces")],
    ["a field that the schema does not have", status(500, ".data.z: field not declared in schema")],
  ])("%s: refused in the server's words", async (_, refusal) => {
    const message = (JSON.parse(refusal.body) as { message: string }).message;
    expect(await one(onDryRun(refusal))).toMatchObject({ outcome: "refused", message });
  });

  test("values of a Secret that the server repeats are not passed on", async () => {
    const secret = { ...configMap("a", { x: btoa("hunter2") }), kind: "Secret" };
    const answer = await one(
      onDryRun(status(422, `Invalid value: "hunter2" (${btoa("hunter2")})`), "none"),
      secret,
    );
    expect(answer).toMatchObject({ outcome: "refused" });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  test("a conflict that only what is there causes is immutable, found out under another name", async () => {
    const refusal = status(422, "spec.thing: Invalid value");
    const byName =
      (fresh: LiveResponse) =>
      (request: LiveRequest): LiveResponse => {
        if (request.verb === "get") return answerWith(stored);
        return request.path.endsWith("-sluice-probe") ? fresh : refusal;
      };
    expect(await one(byName(answerWith(stored)))).toMatchObject({ outcome: "immutable" });
    expect(await one(byName(refusal))).toMatchObject({ outcome: "refused" });
  });

  test("what the plan brings is new", async () => {
    const arrivals = { kinds: new Set(["x.test/Gadget"]), namespaces: new Set(["n"]) };
    const missing = onDryRun(status(404, 'namespaces "n" not found', "namespaces"), "none");
    const inNew = configMap("a", {}, { namespace: "n" });
    expect(await one(missing, inNew, { arrivals })).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
    const gadget = { ...configMap("a", {}), apiVersion: "x.test/v1", kind: "Gadget" };
    expect(await one(missing, gadget, { arrivals })).toMatchObject({
      outcome: "absent",
      known: "arrives",
    });
    expect(await one(missing, gadget)).toMatchObject({
      outcome: "unanswered",
      reason: "unknown-kind",
    });
  });

  test("what may not be read is not compared", async () => {
    const forbidden = status(403, 'User "u" cannot get resource "configmaps"');
    const on = (version: string | undefined) => (request: LiveRequest) =>
      request.verb === "get"
        ? forbidden
        : answerWith(configMap("a", {}, version === undefined ? {} : { resourceVersion: version }));
    expect(await one(on("5"))).toMatchObject({ outcome: "unanswered", reason: "forbidden" });
    expect(await one(on(undefined))).toMatchObject({ outcome: "absent", known: "dry-run" });
  });
});

describe("what kubectl wrote and Git does not have", () => {
  const managedFields = [
    {
      manager: "kubectl-edit",
      operation: "Update",
      fieldsV1: { "f:data": { "f:byHand": {} }, "f:metadata": { "f:labels": { "f:hand": {} } } },
    },
  ];
  const edited = configMap(
    "a",
    { x: "2", byHand: "1" },
    { resourceVersion: "5", labels: { hand: "1" }, managedFields },
  );

  test.each(["kustomize-controller", "flux-operator"])(
    "goes when %s applies, although the dry run keeps it",
    async (manager) => {
      const respond = (request: LiveRequest): LiveResponse =>
        answerWith(request.path.endsWith("-sluice-probe") ? configMap("b", { x: "2" }) : edited);
      const answer = await one(respond, configMap("a", { x: "2" }), { manager });
      expect(answer).toMatchObject({ outcome: "compared", applied: { data: { x: "2" } } });
      expect(JSON.stringify(answer.outcome === "compared" && answer.applied)).not.toContain("hand");
    },
  );

  test.each([
    ["other controllers leave it", edited, "helm-controller"],
    [
      "so does the annotation for it",
      {
        ...edited,
        metadata: {
          ...edited.metadata,
          annotations: { "kustomize.toolkit.fluxcd.io/ssa": "Merge" },
        },
      },
      "kustomize-controller",
    ],
  ])("%s", async (_, object, manager) => {
    const answer = await one(onDryRun(answerWith(object), object), configMap("a", { x: "2" }), {
      manager,
    });
    expect(answer.outcome === "compared" && answer.live === answer.applied).toBe(true);
  });

  test("a default that comes back in its place is no change", async () => {
    const withDefault = (value: string, fields = managedFields) =>
      configMap("a", { x: "2", byHand: value }, { resourceVersion: "5", managedFields: fields });
    const answer = await one((request) => {
      if (request.verb === "dry-run" && request.path.endsWith("-sluice-probe"))
        return answerWith(withDefault(`default of ${String(request.path.split("/").at(-1))}`, []));
      return answerWith(withDefault("by hand"));
    });
    expect(answer).toMatchObject({ applied: { data: { x: "2", byHand: "default of a" } } });
  });
});

describe("many questions", () => {
  const many = Array.from({ length: 100 }, (_, index) =>
    question(configMap(`c${index}`, { x: "1" })),
  );
  const same = (request: LiveRequest): LiveResponse =>
    answerWith({ ...stored, path: request.path });

  test("at most 20 are in flight, and progress is told", async () => {
    let running = 0;
    let most = 0;
    const live = scriptedLive(same, async (respond) => {
      running++;
      most = Math.max(most, running);
      await Promise.resolve();
      running--;
      return respond();
    });
    const told: number[] = [];
    await Promise.all([
      askLive(live, many, { ...options(), onProgress: (done) => told.push(done) }),
      askLive(live, many, options()),
    ]);
    expect(most).toBe(20);
    expect(told).toEqual(Array.from({ length: 101 }, (_, index) => index));
  });

  test("a second plan asks only what changed", async () => {
    let requests = 0;
    const live = scriptedLive((request) => {
      requests++;
      return same(request);
    });
    const memory = createLiveMemory();
    await askLive(live, many, { ...options(), memory });
    requests = 0;
    const edited = many.map((asked, index) =>
      index === 3 ? question(configMap("c3", { x: "2" })) : asked,
    );
    const again = await askLive(live, edited, { ...options(), memory });
    expect(requests).toBe(2);
    expect(again.size).toBe(100);
    const moved = edited.map((asked) => ({ ...asked, state: "2" }));
    await askLive(live, moved.slice(0, 10), { ...options(), memory });
    expect(requests).toBe(22);
  });

  test("after a while versions are looked at, and what changed is asked again", async () => {
    let now = 0;
    let requests: string[] = [];
    let versions: Readonly<Record<string, string>> = {};
    const live = scriptedLive((request) => {
      requests.push(request.path);
      const [path = "", query] = request.path.split("?");
      const name = path.split("/").at(-1) ?? "";
      const at = (one: string) => ({ name: one, resourceVersion: versions[one] ?? "1" });
      if (query === undefined) return answerWith(configMap(name, { x: "1" }, at(name)));
      return answerWith({ items: many.map((_, index) => ({ metadata: at(`c${index}`) })) });
    });
    const memory = createLiveMemory({ now: () => now });
    const ask = async () => {
      requests = [];
      await askLive(live, many, { ...options(), memory });
      return requests.length;
    };
    expect(await ask()).toBe(200);
    now = 10_000;
    expect(await ask()).toBe(0);
    now = 30_000;
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(0);
    now = 60_000;
    versions = { c7: "2" };
    expect(await ask()).toBe(3);
    now = 700_000;
    expect(await ask()).toBeGreaterThan(190);
  });

  test("memory is bounded", async () => {
    const asked: string[] = [];
    const live = scriptedLive((request) => {
      asked.push(request.path);
      return same(request);
    });
    const memory = createLiveMemory({ limit: 20_000 });
    await askLive(live, many, { ...options(), memory });
    const before = asked.length;
    await askLive(live, many, { ...options(), memory });
    expect(asked.length - before).toBeGreaterThan(100);
  });

  test("a connection that is gone is noticed once", async () => {
    let requests = 0;
    const live = scriptedLive((request) => {
      requests++;
      return requests > 40 ? { status: 0, body: "broken" } : same(request);
    });
    const answers = await askLive(live, many, options());
    const lost = [...answers.values()].filter(({ outcome }) => outcome === "unanswered");
    expect(answers.size).toBe(100);
    expect(lost.length).toBeGreaterThan(50);
    expect(requests).toBeLessThan(40 + 2 * 20 + 10);
  });

  test("a request that hangs is not waited for once the connection is gone", async () => {
    let requests = 0;
    const live = scriptedLive(
      () => ({ status: 0, body: "broken" }),
      (respond) =>
        ++requests % 5 === 0 ? new Promise(() => undefined) : Promise.resolve(respond()),
    );
    const answers = await askLive(live, many, options());
    expect([...answers.values()].every(({ outcome }) => outcome === "unanswered")).toBe(true);
  });

  test("cancelling ends it although the server never answers", async () => {
    const controller = new AbortController();
    const live = scriptedLive(same, () => new Promise(() => undefined));
    const asking = askLive(live, many, { ...options(), signal: controller.signal });
    controller.abort();
    await expect(asking).rejects.toThrow(/abort/i);
  });

  test("a server with too much to do is asked again, as late as it says", async () => {
    const pauses: number[] = [];
    let refusals = 2;
    const live = scriptedLive((request) =>
      request.verb === "dry-run" && refusals-- > 0
        ? { ...status(429, "later"), retryAfter: 3 }
        : same(request),
    );
    const answers = await askLive(live, many.slice(0, 1), {
      ...options(),
      wait: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    });
    expect([...answers.values()]).toMatchObject([{ outcome: "compared" }]);
    expect(pauses).toEqual([3000, 3000]);
  });
});
