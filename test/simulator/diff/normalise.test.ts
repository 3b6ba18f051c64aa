/** Each normalisation with its pair: what is not a change, and what still is one. */
import { describe, expect, it } from "vitest";

import {
  normalise,
  withoutNullTimestamp,
  withoutOwnerLabels,
} from "../../../simulator/diff/normalise.ts";
import type { Normalisation } from "../../../simulator/diff/normalise.ts";
import type { JsonObject } from "../../../simulator/manifest/json.ts";

const equal = (rule: Normalisation, a: JsonObject, b: JsonObject): boolean =>
  JSON.stringify(normalise(a, [rule])) === JSON.stringify(normalise(b, [rule]));

describe("withoutNullTimestamp", () => {
  it("does not see a null creationTimestamp", () => {
    expect(
      equal(
        withoutNullTimestamp,
        { metadata: { creationTimestamp: null, name: "a" } },
        { metadata: { name: "a" } },
      ),
    ).toBe(true);
  });
  it("sees a timestamp that somebody wrote, and one in another place", () => {
    const plain = { metadata: { name: "a" } };
    expect(
      equal(
        withoutNullTimestamp,
        { metadata: { creationTimestamp: "2024-01-01T00:00:00Z", name: "a" } },
        plain,
      ),
    ).toBe(false);
    expect(
      equal(
        withoutNullTimestamp,
        { ...plain, spec: { creationTimestamp: null } },
        { ...plain, spec: {} },
      ),
    ).toBe(false);
  });
});

describe("withoutOwnerLabels", () => {
  const labelled = (labels: JsonObject): JsonObject => ({ metadata: { labels } });
  it("does not see the owner labels of Kustomizations", () => {
    const a = labelled({
      "kustomize.toolkit.fluxcd.io/name": "a",
      "kustomize.toolkit.fluxcd.io/namespace": "x",
      app: "web",
    });
    const b = labelled({
      "kustomize.toolkit.fluxcd.io/name": "b",
      "kustomize.toolkit.fluxcd.io/namespace": "y",
      app: "web",
    });
    expect(equal(withoutOwnerLabels, a, b)).toBe(true);
  });
  it.each(["helm.toolkit.fluxcd.io", "resourceset.fluxcd.controlplane.io"])(
    "does not see those of %s",
    (prefix) => {
      const owned = (name: string): JsonObject =>
        labelled({ [`${prefix}/name`]: name, app: "web" });
      expect(equal(withoutOwnerLabels, owned("a"), owned("b"))).toBe(true);
    },
  );
  it("sees every other label, Flux's own ones too", () => {
    expect(equal(withoutOwnerLabels, labelled({ app: "web" }), labelled({ app: "other" }))).toBe(
      false,
    );
    const ssa = "kustomize.toolkit.fluxcd.io/ssa";
    expect(
      equal(withoutOwnerLabels, labelled({ [ssa]: "merge" }), labelled({ [ssa]: "ignore" })),
    ).toBe(false);
  });
});
