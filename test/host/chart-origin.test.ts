/** In a real VS Code: from a line that a chart made to the value that decides it, and from a value to the lines that it decides. */
import assert from "node:assert/strict";

import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import type { PreviewNode } from "../../extension/model/preview-node.ts";
import {
  fileUri,
  isIdle,
  open,
  replace,
  startSluice,
  takeBack,
} from "../support/editor-gestures.ts";
import { until } from "../support/until.ts";

const release = "apps/podinfo/release.yaml";

const files: Readonly<Record<string, string>> = {
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "charts/web/values.yaml": "replicas: 1\npolicy: Always\n",
  "charts/web/templates/deployment.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web:1, imagePullPolicy: {{ .Values.policy }}}]
`,
  [release]: `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: default
spec:
  interval: 1h
  chart:
    spec:
      chart: ./charts/web
      sourceRef:
        kind: GitRepository
        name: flux-system
        namespace: flux-system
  values:
    replicas: 3
`,
};

suite("Provenance of charts", () => {
  let api: SluiceApi;

  suiteSetup(async () => {
    api = await startSluice();
    for (const [path, text] of Object.entries(files))
      await vscode.workspace.fs.writeFile(fileUri(path), new TextEncoder().encode(text));
    const kustomization = await open("apps/podinfo/kustomization.yaml");
    await replace(kustomization, "- service.yaml", "- service.yaml\n  - release.yaml");
  });

  suiteTeardown(async () => {
    // VS Code keeps what an extension opened for three minutes, also without its file: nothing may be wrong in it then.
    await vscode.workspace.fs.writeFile(fileUri(release), new Uint8Array());
    await takeBack(api);
    await vscode.workspace.fs.delete(fileUri("charts/web"), { recursive: true });
    await vscode.workspace.fs.delete(fileUri(release));
    await until("nothing left", () => isIdle(api) && api.preview().roots.length === 0);
  });

  async function rendered(): Promise<vscode.TextDocument> {
    const node = await until("the Deployment of the chart", () => find(api, "Deployment web"));
    await vscode.commands.executeCommand("sluice.openRendered", node.id);
    return until("its text", () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === "sluice" && document.getText().includes("replicas")
        ? document
        : undefined;
    });
  }

  function positionOf(document: vscode.TextDocument, text: string): vscode.Position {
    const at = document.getText().indexOf(text);
    assert.ok(at >= 0, document.getText());
    return document.positionAt(at);
  }

  async function definitionOf(document: vscode.TextDocument, text: string): Promise<string> {
    const [found, ...others] = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeDefinitionProvider",
      document.uri,
      positionOf(document, text),
    );
    assert.ok(found);
    assert.deepEqual(others, []);
    const target = await vscode.workspace.openTextDocument(found.uri);
    const line = target.lineAt(found.range.start.line).text.trim();
    return `${vscode.workspace.asRelativePath(found.uri)}: ${line}`;
  }

  test("a line leads to the value, or to the chart's default", async () => {
    const document = await rendered();
    assert.equal(await definitionOf(document, "replicas: 3"), `${release}: replicas: 3`);
    const preset = await definitionOf(document, "imagePullPolicy");
    assert.equal(preset, "charts/web/values.yaml: policy: Always");
  });

  test("hovering over a line says what decides it", async () => {
    const document = await rendered();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      positionOf(document, "replicas: 3"),
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((one) => (typeof one === "string" ? one : one.value)),
    );
    assert.ok(
      texts.some((text) => text.includes("Decided by `replicas`")),
      texts.join("\n"),
    );
  });

  test("a new object of a chart has its release as its source", async () => {
    const node = await until("the Deployment of the chart", () => find(api, "Deployment web"));
    await vscode.commands.executeCommand("sluice.goToSource", node.id);
    await until("the release", () =>
      vscode.window.activeTextEditor?.document.uri.path.endsWith(release),
    );
  });

  test("a value leads to the lines that it decides", async () => {
    await until("the plan", () => find(api, "Deployment web"));
    const editor = await open(release);
    const position = positionOf(editor.document, "replicas: 3");
    editor.selection = new vscode.Selection(position, position);
    await vscode.commands.executeCommand("sluice.showValueEffects");
    // Going on to the next one of the peek view opens it in the editor.
    await vscode.commands.executeCommand("goToNextReference");
    await until("the rendered line", () => {
      const { document, selection } = vscode.window.activeTextEditor ?? {};
      return (
        document?.uri.scheme === "sluice" &&
        selection !== undefined &&
        document.lineAt(selection.start.line).text.includes("replicas: 3")
      );
    });
    await vscode.commands.executeCommand("closeReferenceSearch");
  });
});

function find(api: SluiceApi, label: string): PreviewNode | undefined {
  return isIdle(api)
    ? [...api.preview().nodes.values()].find((node) => node.label === label)
    : undefined;
}
