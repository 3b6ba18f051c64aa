/** What the user may do is asked for once, from the whole cluster down to single objects, and greys actions in the views. */
import { afterEach, expect, test, vi } from "vitest";

import { objectAt, textAt } from "#simulator";
import type { JsonObject } from "#simulator";

import { Permissions } from "../../../extension/cluster/permissions.ts";
import { clusterChildren } from "../../../extension/model/cluster/live-tree.ts";
import { refusedWords } from "../../../extension/model/cluster/permission.ts";
import { FakeApiServer, refuse, send } from "./fake-api-server.ts";
import { kustomization, ready } from "./live-objects.ts";
import { World } from "./live-world.ts";
import { sessionOn } from "./session-on.ts";

const started: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const item of started.splice(0).reverse()) await item.close();
});

const until = <T>(probe: () => T): Promise<T> =>
  vi.waitFor(probe, { timeout: 60_000, interval: 5 });

const ref = (name: string, namespace = "flux-system") => ({
  apiVersion: "kustomize.toolkit.fluxcd.io/v1",
  kind: "Kustomization",
  namespace,
  name,
});

/** `allowed` says yes or no to `verb namespace/name`; the questions are kept. */
async function open(allowed: (question: string) => boolean | "broken") {
  const server = new FakeApiServer();
  await server.start();
  const questions: string[] = [];
  server.intercept = (request, response) => {
    if (!request.url?.includes("selfsubjectaccessreviews")) return false;
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const about = objectAt(JSON.parse(text) as JsonObject, "spec", "resourceAttributes");
      const question = `${textAt(about, "verb")} ${textAt(about, "namespace") ?? ""}/${textAt(about, "name") ?? ""}`;
      questions.push(question);
      const answer = allowed(question);
      if (answer === "broken") refuse(response, 500, "InternalError");
      else send(response, 201, { status: { allowed: answer } });
    });
    return true;
  };
  const session = await sessionOn(server, started);
  let answers = 0;
  const permissions = new Permissions(session, () => answers++);
  return { permissions, questions, answers: () => answers };
}

test("who may do it everywhere is asked about once for each kind", async () => {
  const { permissions, questions, answers } = await open(() => true);
  expect(permissions.may("patch", ref("a"))).toBe("asking");
  await until(() => expect(permissions.may("patch", ref("a"))).toBe("yes"));
  expect(permissions.may("patch", ref("b", "apps"))).toBe("yes");
  expect(questions).toEqual(["patch /"]);
  expect(answers()).toBe(1);
  permissions.forget();
  permissions.may("patch", ref("a"));
  await until(() => expect(questions).toHaveLength(2));
});

test("a role of one namespace, or one that names an object, is found", async () => {
  const granted = new Set(["patch apps/", "patch flux-system/mine"]);
  const { permissions, questions } = await open((question) => granted.has(question));
  await until(() => expect(permissions.may("patch", ref("any", "apps"))).toBe("yes"));
  await until(() => expect(permissions.may("patch", ref("mine"))).toBe("yes"));
  await until(() => expect(permissions.may("patch", ref("other"))).toBe("no"));
  await until(() => expect(permissions.may("delete", ref("mine"))).toBe("no"));
  expect(refusedWords((verb) => permissions.may(verb, ref("mine")))).toBe("delete it");
  expect(questions).toContain("patch flux-system/other");
});

test("thousands of refused objects are not asked about one by one", async () => {
  const { permissions, questions } = await open(() => false);
  const all = Array.from({ length: 500 }, (_, at) => ref(`k${at}`));
  await until(() => {
    for (const one of all) expect(permissions.may("patch", one)).toBe("no");
  });
  expect(questions).toHaveLength(2 + 20);
});

test("a server that can't answer forbids nothing", async () => {
  const { permissions } = await open(() => "broken");
  await until(() => expect(permissions.may("delete", ref("a"))).toBe("yes"));
});

test("nodes carry what is refused, in trees and in flat lists, and lose it again", () => {
  const world = new World(kustomization("apps", { status: ready() }));
  const flags = (verdict: "yes" | "no", filter: string): string => {
    const view = { ...world.view(), may: () => verdict };
    return clusterChildren(view, { mode: "owner", filter })[0]?.contextValue ?? "";
  };
  for (const filter of ["", "apps"]) {
    expect(flags("no", filter)).toContain("+nopatch+nodelete");
    expect(flags("yes", filter)).not.toMatch(/\+no/);
  }
});
