/** What the live side says and sends: waiting, requests, reports, documents. */
import { describe, expect, test } from "vitest";

import type { JsonObject } from "#simulator";

import { aboutObject } from "../../../extension/cluster/controller-logs.ts";
import {
  confirmation,
  isProtected,
  reportText,
} from "../../../extension/model/cluster/action-words.ts";
import {
  livePath,
  liveQuery,
  parseLiveQuery,
} from "../../../extension/model/cluster/live-address.ts";
import { toLiveObject } from "../../../extension/model/cluster/live-object.ts";
import { badgeOf, statusItem, welcomeOf } from "../../../extension/model/cluster/live-overview.ts";
import { exportText, yamlText } from "../../../extension/model/cluster/live-texts.ts";
import { liveTooltip, statusWords } from "../../../extension/model/cluster/live-words.ts";
import { bestMatch } from "../../../extension/model/cluster/manifest-search.ts";
import {
  predictRevert,
  reconcileBody,
  requestToken,
  resumeBody,
  suspendBody,
} from "../../../extension/model/cluster/requests.ts";
import { waitStep } from "../../../extension/model/cluster/waiting.ts";
import { condition, failed, kustomization, live, ready } from "./live-objects.ts";
import { connected, id, ownedBy, World } from "./live-world.ts";

describe("waiting", () => {
  const token = "2026-01-01T00:00:00.000000001Z";
  const handled = (conditions: readonly JsonObject[], extra: JsonObject = {}): JsonObject =>
    kustomization("a", { status: { lastHandledReconcileAt: token, conditions, ...extra } });

  test.each([
    ["not handled yet", kustomization("a", { status: ready() }), "waiting"],
    [
      "handled and ready",
      handled([condition("Ready", "True", "ReconciliationSucceeded")]),
      "succeeded",
    ],
    ["handled and failed", handled([condition("Ready", "False", "BuildFailed")]), "failed"],
    [
      "handled and waiting for another",
      handled([condition("Ready", "False", "DependencyNotReady")]),
      "waiting",
    ],
    [
      "handled and superseded",
      handled([condition("Ready", "False", "HealthCheckCanceled")]),
      "waiting",
    ],
    [
      "handled and running again",
      handled([condition("Ready", "Unknown", "Progressing")]),
      "waiting",
    ],
    [
      "given up",
      handled([condition("Stalled", "True", "RetriesExceeded"), condition("Ready", "True", "x")]),
      "failed",
    ],
    ["ready for an older spec", handled([condition("Ready", "True", "x", "", 7)]), "waiting"],
    ["gone", undefined, "failed"],
  ] as const)("%s", (_, object, kind) => {
    expect(waitStep(object, { token }).kind).toBe(kind);
  });

  test("a suspended object copies the token and has done nothing", () => {
    const object = kustomization("a", {
      spec: { suspend: true },
      status: { ...ready(), lastHandledReconcileAt: token },
    });
    expect(waitStep(object, { token })).toMatchObject({ kind: "failed", reason: "Suspended" });
  });

  test("a later request stands for ours, an earlier one does not", () => {
    const at = (lastHandledReconcileAt: string) =>
      waitStep(kustomization("a", { status: { ...ready(), lastHandledReconcileAt } }), { token })
        .kind;
    expect(at("2026-01-01T00:00:05Z")).toBe("succeeded");
    expect(at("2025-01-01T00:00:05Z")).toBe("waiting");
    expect(at("by hand")).toBe("waiting");
  });

  test("ready with another revision than the source holds is not the end", () => {
    const done = handled([condition("Ready", "True", "x")], {
      lastAttemptedRevision: "main@sha1:1",
    });
    expect(waitStep(done, { token, revision: "main@sha1:2" }).kind).toBe("waiting");
    expect(waitStep(done, { token, revision: "main@sha1:1" }).kind).toBe("succeeded");
  });
});

describe("requests", () => {
  test("tokens sort by time and differ", () => {
    expect(requestToken(0, 0.5)).toBe("1970-01-01T00:00:00.000500000Z");
    expect(requestToken(1, 0.1) < requestToken(2, 0)).toBe(true);
  });

  test("forcing and resetting repeat the token, as the controller demands", () => {
    expect(reconcileBody("t", "force")).toEqual({
      metadata: {
        annotations: { "reconcile.fluxcd.io/requestedAt": "t", "reconcile.fluxcd.io/forceAt": "t" },
      },
    });
  });

  test.each([
    [kustomization("a"), { spec: { suspend: true } }],
    [
      live("source.extensions.fluxcd.io/v1beta1", "ArtifactGenerator", "a", {}),
      { metadata: { annotations: { "source.extensions.fluxcd.io/reconcile": "disabled" } } },
    ],
    [
      live("fluxcd.controlplane.io/v1", "ResourceSet", "a", {}),
      { metadata: { annotations: { "fluxcd.controlplane.io/reconcile": "disabled" } } },
    ],
    [live("source.toolkit.fluxcd.io/v1", "ExternalArtifact", "a", {}), undefined],
  ])("each kind is suspended by its own mechanism", (object, body) => {
    expect(suspendBody(object, { reason: "", until: "" })).toEqual(body);
  });

  test("resuming takes the notes away and asks for a pass", () => {
    expect(JSON.stringify(resumeBody(kustomization("a"), "t"))).toContain(
      '"sluice/suspend-reason":null',
    );
  });

  test.each([
    ["kustomize-controller", "Apply", "reverted"],
    ["kustomize-controller", "Update", "stays"],
    ["flux-client-side-apply", "Apply", "stays"],
  ])("the field is owned by %s with %s: it %s", (manager, operation, kind) => {
    const managedFields = [{ manager, operation, fieldsV1: { "f:spec": { "f:suspend": {} } } }];
    expect(predictRevert(kustomization("a", { metadata: { managedFields } })).kind).toBe(kind);
  });
});

describe("words", () => {
  const world = new World(
    kustomization("broken", { status: failed("BuildFailed", "no") }),
    kustomization("asleep", { spec: { suspend: true } }),
  );

  test("badge and status bar count", () => {
    const views = [world.view()];
    expect(badgeOf(views, "failed")?.value).toBe(1);
    expect(badgeOf(views, "attention")?.value).toBe(2);
    expect(badgeOf(views, "off")).toBeUndefined();
    expect(statusItem(views)?.accessibleLabel).toBe("Flux in test: 1 failing, 1 suspended");
    expect(statusItem([])).toBeUndefined();
  });

  test("each state of the kubeconfig and the connection has its welcome text", () => {
    const seen = { loaded: true, trusted: true };
    const some = { contexts: [1], problems: [] };
    expect(welcomeOf([], some, { loaded: true, trusted: false })).toBe("untrusted");
    expect(welcomeOf([], undefined, seen)).toBe("starting");
    expect(
      welcomeOf([], { contexts: [], problems: [{ message: "There is no such file." }] }, seen),
    ).toBe("no-kubeconfig");
    expect(welcomeOf([], { contexts: [], problems: [{ message: "Line 1 is bad" }] }, seen)).toBe(
      "bad-kubeconfig",
    );
    expect(welcomeOf([], { contexts: [], problems: [] }, seen)).toBe("no-contexts");
    expect(welcomeOf([], some, seen)).toBe("not-connected");
    expect(welcomeOf([world.view({ kind: "connecting", step: "" })], some, seen)).toBe(
      "connecting",
    );
    expect(welcomeOf([world.view({ ...connected, kinds: 0 })], some, seen)).toBe("no-flux");
    expect(welcomeOf([world.view()], some, seen)).toBe("connected");
  });

  test("one report for many", () => {
    const ok = { name: "a", ok: true, message: "fine" };
    const bad = { name: "b", ok: false, message: "broken" };
    expect(reportText("Reconcile", [ok])).toEqual({ text: "Reconcile a: fine", failed: 0 });
    expect(reportText("Reconcile", [ok, ok])).toEqual({
      text: "Reconcile: 2 objects done.",
      failed: 0,
    });
    expect(reportText("Reconcile", [ok, bad]).text).toBe(
      "Reconcile: 1 of 2 objects failed. b: broken",
    );
  });

  test("a question names context and objects", () => {
    expect(confirmation("Suspend", ["a", "b"], ["prod"], "Careful.")).toEqual({
      message: "Suspend 2 objects in prod?",
      detail: "Careful.\n\na\nb",
    });
  });

  test("patterns of protected contexts", () => {
    expect(isProtected("eu-prod-1", ["*prod*"])).toBe(true);
    expect(isProtected("eu.prod", ["eu?prod", "euxprod"])).toBe(false);
    expect(isProtected("dev", [])).toBe(false);
  });

  test("what never ran has no past worth telling", () => {
    const words = (status: JsonObject | undefined): string => {
      const object = kustomization("a", {
        spec: { suspend: true },
        ...(status === undefined ? {} : { status }),
      });
      const entry = new World(object).index.get(id("a"));
      return entry === undefined ? "" : statusWords(entry.status);
    };
    expect(words(undefined)).toBe("suspended");
    expect(words(ready())).toBe("suspended");
    expect(words(failed("BuildFailed", "no"))).toBe("suspended, last failed");
  });

  test("a tooltip tells first what has given up, then whether it is ready, then what is going on", () => {
    const tooltip = (conditions: readonly JsonObject[]): string => {
      const entry = new World(kustomization("a", { status: { conditions } })).index.get(id("a"));
      return entry === undefined ? "" : liveTooltip(entry.live, entry.status, "");
    };
    const types = (conditions: readonly JsonObject[]): readonly string[] =>
      [...tooltip(conditions).matchAll(/^\*\*(\w+)\*\* (?:True|False)/gm)].map(
        ([, type = ""]) => type,
      );
    const last = condition("Ready", "False", "BuildFailed");
    const healthy = condition("Healthy", "True", "Succeeded");
    expect(types([healthy, condition("Reconciling", "True", "Progressing"), last])).toEqual([
      "Ready",
      "Reconciling",
      "Healthy",
    ]);
    expect(types([last, condition("Stalled", "True", "x")])).toEqual(["Stalled", "Ready"]);
    expect(types([last, condition("Stalled", "False", "x"), healthy])).toEqual([
      "Ready",
      "Stalled",
      "Healthy",
    ]);
  });

  test("of several files the one in the applier's folder defines the object", () => {
    const ref = { apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "c" };
    const at = (path: string, namespace = "") => ({ uri: path, path, line: 1, namespace });
    expect(bestMatch([at("/w/other/c.yaml"), at("/w/apps/deep/c.yaml")], ref, "./apps")?.path).toBe(
      "/w/apps/deep/c.yaml",
    );
    expect(
      bestMatch([at("/w/apps/c.yaml", "else"), at("/w/x/c.yaml", "demo")], ref, "./apps")?.path,
    ).toBe("/w/x/c.yaml");
    expect(bestMatch([], ref, "")).toBeUndefined();
  });
});

describe("documents", () => {
  test("values of Secrets are hidden, also in what kubectl left behind", () => {
    const secret = live("v1", "Secret", "s", {
      metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "planted" } },
    });
    const text = yamlText({ ...secret, data: { a: "planted" }, stringData: { b: "planted" } });
    expect(text).not.toContain("planted");
    expect(text).toContain("a: (hidden)");
    expect(exportText({ ...secret, data: { a: "planted" } })).not.toContain("planted");
  });

  test("an exported manifest has nothing that the cluster added", () => {
    const object = kustomization("a", {
      status: ready(),
      metadata: {
        uid: "1",
        annotations: { "reconcile.fluxcd.io/requestedAt": "t", keep: "me" },
        ...ownedBy("root"),
      },
    });
    expect(exportText(object)).toBe(
      [
        "apiVersion: kustomize.toolkit.fluxcd.io/v1",
        "kind: Kustomization",
        "metadata:",
        "  name: a",
        "  namespace: flux-system",
        "  annotations:",
        "    keep: me",
        "spec:",
        "  interval: 10m",
        "",
      ].join("\n"),
    );
  });

  test("addresses are read back", () => {
    const document = {
      kind: "yaml",
      context: "a/b",
      ref: { apiVersion: "v1", kind: "ConfigMap", namespace: "", name: "c" },
    } as const;
    expect(parseLiveQuery(liveQuery(document))).toEqual(document);
    expect(livePath(document)).toBe("/a b/ConfigMap c.yaml");
    for (const bad of ["", "{}", "[]", '{"kind":"x","context":"a","ref":{}}'])
      expect(parseLiveQuery(bad)).toBeUndefined();
  });

  test("what is kept of an object lacks what only costs memory", () => {
    const kept = toLiveObject(
      kustomization("a", {
        metadata: {
          managedFields: [{}],
          annotations: { "kubectl.kubernetes.io/last-applied-configuration": "x", b: "c" },
        },
        status: { ...ready(), inventory: { entries: [{ id: "_demo__Namespace", v: "v1" }] } },
      }),
    );
    expect(kept?.inventory).toBe("_demo__Namespace v1");
    expect(JSON.stringify(kept?.object)).not.toMatch(/managedFields|last-applied|inventory/);
    expect(toLiveObject({})).toBeUndefined();
  });
});

test("only lines about the object are shown, whichever field names its kind", () => {
  const ref = { apiVersion: "x/v1", kind: "Kustomization", namespace: "a", name: "b" };
  const line = (fields: JsonObject) =>
    aboutObject(JSON.stringify(fields), ref, "kustomize-controller");
  const about = { level: "info", ts: "t", msg: "done", name: "b", namespace: "a" };
  expect(line({ ...about, controllerKind: "Kustomization" })?.message).toBe("done");
  expect(line({ ...about, "reconciler kind": "Kustomization" })?.message).toBe("done");
  expect(line({ ...about, controllerKind: "HelmRelease" })).toBeUndefined();
  expect(line({ ...about, namespace: "other" })).toBeUndefined();
  expect(aboutObject("no JSON", ref, "x")).toBeUndefined();
});
