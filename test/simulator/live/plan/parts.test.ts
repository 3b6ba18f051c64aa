/** The small parts of a plan against a cluster, each by itself. */
import { describe, expect, test } from "vitest";

import type { JsonObject } from "#simulator";
import { dependentsOf } from "#simulator";
import { comparable } from "../../../../simulator/live/plan/comparable.ts";
import { ignoredPaths, withoutPaths } from "../../../../simulator/live/plan/ignore-rules.ts";
import { matchesSelector } from "../../../../simulator/live/plan/label-selector.ts";
import { secretValues, shownLive } from "../../../../simulator/live/plan/secrets.ts";
import { storedObjects } from "../../../../simulator/live/plan/stored-manifest.ts";
import { immutableFields } from "../../../../simulator/live/plan/shown-change.ts";
import { mergePatch, threeWay } from "../../../../simulator/live/plan/three-way.ts";
import { restartsPods } from "../../../../simulator/plan/restarts.ts";

const web: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: {
    name: "web",
    namespace: "demo",
    labels: { app: "web", tier: "front" },
    annotations: { a: "b" },
  },
  spec: { replicas: 3, template: { spec: { containers: [{ name: "a" }, { name: "b" }] } } },
};

test("what the server counts is no part of a comparison", () => {
  const live = {
    ...web,
    metadata: { ...(web["metadata"] as JsonObject), uid: "u", generation: 3, resourceVersion: "9" },
    status: { replicas: 3 },
  };
  expect(comparable(live)).toEqual(web);
  const bare: JsonObject = { kind: "A", metadata: { name: "a", labels: {}, annotations: {} } };
  expect(comparable(bare)).toEqual({ kind: "A", metadata: { name: "a" } });
});

describe("label selectors", () => {
  test.each([
    ["", true],
    ["app=web", true],
    ["app==web,tier=front", true],
    ["app=web,tier=back", false],
    ["app!=web", false],
    ["missing!=x", true],
    ["tier in (front, back)", true],
    ["tier notin (front, back)", false],
    ["missing notin (a)", true],
    ["app", true],
    ["!app", false],
    ["!missing", true],
    ["a b c", false],
  ])("%s: %s", (selector, expected) => {
    expect(matchesSelector(selector, { app: "web", tier: "front" })).toBe(expected);
  });
});

describe("ignore rules", () => {
  const paths = ["/spec/replicas"];
  test.each([
    [undefined, true],
    [{ kind: "Deployment" }, true],
    [{ kind: "Deploy" }, false],
    [{ kind: "Deploy.*", name: "w.b", namespace: "^demo$", group: "apps", version: "v1" }, true],
    [{ group: "batch" }, false],
    [{ labelSelector: "app=web" }, true],
    [{ labelSelector: "app=other" }, false],
    [{ annotationSelector: "a" }, true],
    [{ name: "(" }, false],
  ])("target %j matches: %s", (target, expected) => {
    const rule = target === undefined ? { paths } : { paths, target };
    expect(ignoredPaths([rule], web)).toEqual(expected ? paths : []);
  });

  test("take out what is there, and nothing else", () => {
    expect(
      withoutPaths(web, ["/spec/replicas", "/spec/nothing/below", "/metadata/labels/tier"]),
    ).toEqual({
      ...web,
      metadata: { ...(web["metadata"] as JsonObject), labels: { app: "web" } },
      spec: { template: { spec: { containers: [{ name: "a" }, { name: "b" }] } } },
    });
    const one = withoutPaths(web, ["/spec/template/spec/containers/0"]);
    expect(one["spec"]).toMatchObject({ template: { spec: { containers: [{ name: "b" }] } } });
    const last = withoutPaths(web, ["/spec/template/spec/containers/-1/name"]);
    expect(last["spec"]).toMatchObject({ template: { spec: { containers: [{ name: "a" }, {}] } } });
  });
});

describe("a client-side upgrade", () => {
  const live: JsonObject = {
    data: { kept: "foreign", old: "1", drifted: "x" },
    spec: {
      containers: [{ name: "a", image: "1", pull: "Always" }, { name: "side" }],
      args: ["x"],
    },
  };
  const old: JsonObject = {
    data: { old: "1", drifted: "y" },
    spec: { containers: [{ name: "a", image: "1" }], args: ["x"] },
  };
  const now: JsonObject = {
    data: { drifted: "y", added: "1" },
    spec: { containers: [{ name: "a", image: "2" }, { name: "b" }], args: ["y", "z"] },
  };

  test("takes away what only the old manifest has, and leaves what others added", () => {
    expect(threeWay(old, now, live)).toEqual({
      data: { kept: "foreign", drifted: "y", added: "1" },
      spec: {
        containers: [{ name: "a", image: "2", pull: "Always" }, { name: "side" }, { name: "b" }],
        args: ["y", "z"],
      },
    });
  });

  test("sends only what differs between the manifests of unknown kinds", () => {
    expect(mergePatch(old, now, live)).toEqual({
      data: { kept: "foreign", drifted: "x", added: "1" },
      spec: { containers: [{ name: "a", image: "2" }, { name: "b" }], args: ["y", "z"] },
    });
  });
});

test("objects of a stored release have what Helm adds, and hooks are none of them", () => {
  const release = {
    name: "shop",
    namespace: "demo",
    revision: 1,
    status: "deployed",
    chart: { name: "shop", version: "1.0.0" },
    config: {},
    manifest: `
apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {x: "y"}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: b}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {helm.sh/hook: pre-install}}
`,
  };
  const isNamespaced = ({ kind }: { readonly kind: string }): boolean => kind !== "ClusterRole";
  const objects = storedObjects(release, isNamespaced);
  expect([...objects.keys()]).toEqual([
    "/ConfigMap/demo/a",
    "rbac.authorization.k8s.io/ClusterRole//b",
  ]);
  expect(objects.get("/ConfigMap/demo/a")?.object).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: "a",
      namespace: "demo",
      labels: { x: "y", "app.kubernetes.io/managed-by": "Helm" },
      annotations: {
        "meta.helm.sh/release-name": "shop",
        "meta.helm.sh/release-namespace": "demo",
      },
    },
  });
});

describe("what may be shown of an object on a cluster", () => {
  const none = secretValues([]);
  const exact = { spec: { open: "a", hidden: "hunter2", list: [{ name: "x", value: "hunter2" }] } };
  const shown = {
    spec: {
      open: "a",
      hidden: "secret-aaaaaaaaaaaa",
      list: [{ name: "x", value: "secret-aaaaaaaaaaaa" }],
    },
  };

  test("values stay hidden where the render has one of a Secret, whatever they are now", async () => {
    const live = {
      spec: {
        open: "b",
        hidden: "hunter1",
        list: [
          { name: "w", value: "w" },
          { name: "x", value: "hunter2" },
        ],
      },
    };
    const seen = await shownLive(live, { exact, shown }, none);
    expect(seen).toMatchObject({
      spec: { open: "b", list: [{ value: "w" }, { value: "secret-aaaaaaaaaaaa" }] },
    });
    expect(JSON.stringify(seen)).not.toContain("hunter");
  });

  test("known values are found in any text, unless the repository says them in the open", async () => {
    const secrets = secretValues(["long-enough-value", "short"]);
    const live = { spec: { a: "x long-enough-value y", b: "long-enough-value", c: "short" } };
    const open = { spec: { b: "long-enough-value" } };
    expect(await shownLive(live, { exact: open, shown: open }, secrets)).toEqual({
      spec: {
        a: expect.stringMatching(/^x secret-[0-9a-f]{12} y$/),
        b: "long-enough-value",
        c: "short",
      },
    });
  });

  test("Secrets show digests, and no copy that kubectl made", async () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "a",
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"k":"aHVudGVyMg=="}}',
        },
      },
      data: { k: "aHVudGVyMg==" },
    };
    const text = JSON.stringify(await shownLive(secret, undefined, none));
    expect(text).toContain("secret-");
    expect(text).not.toContain("aHVudGVyMg");
  });
});

test("the server's words name the fields that can't be changed", () => {
  expect(
    immutableFields(
      'Deployment.apps "web" is invalid: [spec.selector: Invalid value: {"a":"b"}: field is immutable, spec.x[0].y: Forbidden: no]',
    ),
  ).toEqual(["spec.selector", "spec.x[0].y"]);
  expect(immutableFields("admission webhook said no")).toEqual(["a field"]);
});

describe("pods are replaced", () => {
  const ref = { apiVersion: "apps/v1", kind: "Deployment", namespace: "a", name: "b" };
  const field = { path: "/spec/template/spec/containers/0/image", kind: "changed" } as const;
  const scale = { path: "/spec/replicas", kind: "changed" } as const;

  test("by a change of their template, and by no other", () => {
    expect(restartsPods({ kind: "changed", ref }, [field], web)).toBe(true);
    expect(restartsPods({ kind: "changed", ref }, [scale], web)).toBe(false);
    expect(restartsPods({ kind: "created", ref }, [field], web)).toBe(false);
    expect(restartsPods({ kind: "recreated", ref }, [], web)).toBe(true);
    expect(restartsPods({ kind: "changed", ref: { ...ref, kind: "Job" } }, [field], web)).toBe(
      false,
    );
  });

  test("unless it is paused, or they are replaced by hand", () => {
    expect(restartsPods({ kind: "changed", ref }, [field], { spec: { paused: true } })).toBe(false);
    const byHand = { spec: { updateStrategy: { type: "OnDelete" } } };
    const set = { ...ref, kind: "StatefulSet" };
    expect(restartsPods({ kind: "changed", ref: set }, [field], byHand)).toBe(false);
  });
});

test("the blast radius is what waits, directly or not", () => {
  const record = (id: string, dependsOn: readonly string[], parent?: string) => ({
    id,
    dependsOn,
    ...(parent === undefined ? {} : { parent }),
  });
  const appliers = [
    record("a", []),
    record("b", ["a"]),
    record("c", ["b"]),
    record("d", [], "b"),
    record("e", ["x"]),
  ];
  expect(dependentsOf(appliers, "a")).toEqual(["b", "c", "d"]);
  expect(dependentsOf(appliers, "e")).toEqual([]);
});
