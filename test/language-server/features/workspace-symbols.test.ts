/** Objects of all files by a few letters. */
import { expect, test } from "vitest";

import { workspaceSymbols } from "../../../language-server/features/workspace-symbols.ts";
import { kustomization } from "../../support/flux.ts";
import { cursorCase } from "../../support/cursor.ts";

const files = `
#- clusters/apps.yaml
${kustomization("apps", "./apps")}---
${kustomization("infra", "./infra")}
#- web/kustomization.yaml
namespace: web
resources: [map.yaml]
#- web/map.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings`;

function checkSymbols(query: string): readonly string[] {
  return workspaceSymbols(cursorCase(files).folder, query).map(
    ({ name, location: { uri, range } }) => `${name} ${uri.slice(13)}:${range.start.line + 1}`,
  );
}

test("everything without letters, with namespaces of files above", () => {
  expect(checkSymbols("")).toEqual([
    "Kustomization flux-system/apps clusters/apps.yaml:4",
    "Kustomization flux-system/infra clusters/apps.yaml:17",
    "ConfigMap web/settings web/map.yaml:4",
  ]);
});

test("letters in their order, in any case", () => {
  expect(checkSymbols("kusinfra")).toHaveLength(1);
  expect(checkSymbols("KUS fluxsystem/ap")).toHaveLength(1);
  expect(checkSymbols("Configmap web/settings")).toHaveLength(1);
  expect(checkSymbols("zzz")).toEqual([]);
});

test("stops when it is cancelled", () => {
  const { folder } = cursorCase(files);
  expect(() => workspaceSymbols(folder, "", AbortSignal.abort())).toThrow("abort");
});
