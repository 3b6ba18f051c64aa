/** What completion offers at a cursor of a fixture, and a small cluster to offer things from. */
import { expect } from "vitest";

import { completion } from "../../language-server/features/completion.ts";
import { cursorCase } from "./cursor.ts";
import { shippedPacks } from "./lint.ts";

export interface Offered {
  readonly labels: readonly string[];
  readonly details: Readonly<Record<string, string | undefined>>;
  /** The line with the cursor, and what was put in behind it, after taking the item of this label. */
  readonly take: (label: string) => readonly string[];
}

export const withSnippets = {
  textDocument: { completion: { completionItem: { snippetSupport: true } } },
};

/** The cursor is `█`. */
export async function offered(
  text: string,
  client: object = withSnippets,
  trigger = "",
): Promise<Offered> {
  const { folder, path, position } = cursorCase(text, await shippedPacks());
  const { signal } = new AbortController();
  const context =
    trigger === "" ? {} : { context: { triggerKind: 2, triggerCharacter: trigger } as const };
  const { items } = completion(client, folder, path, { position, ...context }, signal);
  return {
    labels: items.map(({ label }) => label),
    details: Object.fromEntries(items.map(({ label, detail }) => [label, detail])),
    take(label) {
      const edit = items.find((one) => one.label === label)?.textEdit;
      if (!edit || !("range" in edit)) throw new Error(`${label} is not offered`);
      const line = folder.model.manifest(path)?.text.split("\n")[position.line] ?? "";
      const { start, end } = edit.range;
      // What an editor refuses: another line, or a range without the cursor.
      expect([start.line, end.line]).toEqual([position.line, position.line]);
      expect(start.character).toBeLessThanOrEqual(position.character);
      expect(end.character).toBeGreaterThanOrEqual(position.character);
      // As VS Code does it: lines behind the first get the indentation of the line they are put in.
      const indent = /^ */.exec(line)?.[0] ?? "";
      const inserted = edit.newText.replaceAll("\n", `\n${indent}`);
      return (line.slice(0, start.character) + inserted + line.slice(end.character)).split("\n");
    },
  };
}

export const cluster = `
#- clusters/prod/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
  postBuild:
    substitute:
      DOMAIN: example.org
    substituteFrom:
      - kind: ConfigMap
        name: settings
#- clusters/prod/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: flux-system
data:
  REGION: eu
---
apiVersion: v1
kind: Secret
metadata:
  name: tokens
  namespace: flux-system
stringData:
  token: hush
#- clusters/prod/sources.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: podinfo
  namespace: flux-system
#- apps/kustomization.yaml
resources:
  - web
#- apps/web/kustomization.yaml
resources:
  - deployment.yaml
#- apps/web/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: web
  annotations:
    zone: \${ZONE}
#- apps/web/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
`;

export const release = (spec: string): string => `${cluster}
#- clusters/prod/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: release
  namespace: flux-system
spec:
${spec}`;

export const kustomization = (spec: string): string => `${cluster}
#- clusters/prod/new.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: new
  namespace: flux-system
spec:
${spec}`;
