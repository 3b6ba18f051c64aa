/** Who waits for whom, and who takes from where. */
import { expect, test } from "vitest";

import {
  incomingCalls,
  outgoingCalls,
  prepareCallHierarchy,
} from "../../../language-server/features/call-hierarchy.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase, root } from "../../support/cursor.ts";

function checkCalls(text: string) {
  const { folder, path, position } = cursorCase(text);
  const [item] = prepareCallHierarchy(folder, path, { textDocument: { uri: root }, position });
  if (!item) return undefined;
  const at = item.uri.slice(root.length + 1);
  return {
    item: item.name,
    incoming: incomingCalls(folder, at, { item }).map(
      ({ from, fromRanges }) => `${from.name} ${(fromRanges[0]?.start.line ?? -1) + 1}`,
    ),
    outgoing: outgoingCalls(folder, at, { item }).map(
      ({ to, fromRanges }) => `${to.name} ${(fromRanges[0]?.start.line ?? -1) + 1}`,
    ),
  };
}

const files = (middle: string) => `
#- clusters/a.yaml
${kustomization("apps", "./apps", "  dependsOn: [{name: infra}]\n  healthChecks: [{kind: Kustomization, name: infra}]\n", "fleet")}---
${kustomization("tools", "./tools", "  dependsOn:\n    - name: infra\n")}
#- clusters/b.yaml
${kustomization(middle, "./infra", "  dependsOn:\n    - name: base\n    - name: missing\n", "fleet")}
#- clusters/c.yaml
${kustomization("base", "./base")}---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
`;

test("dependsOn and sources in both directions; health checks are none", () => {
  expect(checkCalls(files("in█fra"))).toEqual({
    item: "Kustomization flux-system/infra",
    incoming: ["Kustomization flux-system/apps 13", "Kustomization flux-system/tools 29"],
    outgoing: ["GitRepository flux-system/fleet 12", "Kustomization flux-system/base 14"],
  });
});

test("from anywhere in the object, and from a reference to it", () => {
  expect(checkCalls(files("infra").replace("path: ./infra", "pa█th: ./infra"))?.item).toBe(
    "Kustomization flux-system/infra",
  );
  expect(checkCalls(files("infra").replace("name: base\n    -", "name: ba█se\n    -"))).toEqual({
    item: "Kustomization flux-system/base",
    incoming: ["Kustomization flux-system/infra 14"],
    outgoing: [],
  });
});

test("nothing for what is no object", () => {
  expect(checkCalls("\n#- values.yaml\na: b█")).toBeUndefined();
});
