/**
 * Sluice beside the Red Hat YAML extension, for which ./red-hat-yaml stands in: of manifests only Sluice speaks, of other files
 * only the other, of broken YAML one of both.
 */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import {
  check,
  equal,
  fileUri,
  open,
  replace,
  startSluice,
  takeBack,
  withCode,
} from "../support/editor-gestures.ts";
import { until } from "../support/until.ts";

const apps = "clusters/production/apps.yaml";
const values = "apps/podinfo/settings.yaml";
const foreign = "https://json.schemastore.org/by-file-name.json";

suite("Beside Red Hat YAML", () => {
  let api: SluiceApi;

  suiteSetup(async () => {
    api = await startSluice();
  });

  teardown(() => takeBack(api));

  test("a manifest gets a schema that allows everything, and nobody else's", async () => {
    await open(apps);
    const said = await until("the schema", () => schemaOf(apps));
    const [uri = "", content = ""] = split(said);
    check(uri.startsWith("sluice-manifest:"), said);
    const schema = JSON.parse(content) as Readonly<Record<string, unknown>>;
    equal(Object.keys(schema), ["$schema", "title"]);
  });

  test("a kustomization.yaml without a kind is a manifest too", async () => {
    const editor = await open("apps/podinfo/kustomization.yaml");
    await replace(editor, "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "");
    const path = "apps/podinfo/kustomization.yaml";
    await until("the schema", () => schemaOf(path)?.startsWith("sluice-manifest:"));
  });

  test("any other YAML file is left to it", async () => {
    await open(values);
    await until("its own schema", () => schemaOf(values)?.startsWith(foreign));
  });

  test("a file outside of the folder is left to it, whatever it holds", async () => {
    const document = await vscode.workspace.openTextDocument({
      language: "yaml",
      content: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: loose\n",
    });
    await until("its own schema", () => yamlSays(document.uri, `schema ${foreign}`));
  });

  test("broken YAML is reported once: by the other, or by Sluice where the other is told not to", async () => {
    const editor = await open(apps);
    const { uri } = editor.document;
    await replace(editor, "path: ./apps/podinfo", 'path: "./apps/podinfo');
    await until("its error", () => yamlSays(uri, "Missing closing quote"));
    await until("only that", () => withCode(uri, "yaml/syntax") === undefined);
    const settings = vscode.workspace.getConfiguration("yaml");
    await settings.update("validate", false, vscode.ConfigurationTarget.Global);
    try {
      // A change makes the editor ask again.
      await replace(editor, "prune: true", "prune: false");
      await until("the error of Sluice", () => withCode(uri, "yaml/syntax"));
      equal(yamlSays(uri, "Missing closing quote"), false);
    } finally {
      await settings.update("validate", undefined, vscode.ConfigurationTarget.Global);
    }
    await replace(editor, "prune: false", "prune: true");
    await until("one voice", () => withCode(uri, "yaml/syntax") === undefined);
  });

  test("a setting leaves manifests to both", async () => {
    const settings = vscode.workspace.getConfiguration("sluice");
    const key = "keepManifestsFromRedHatYaml";
    const editor = await open(apps);
    await settings.update(key, false, vscode.ConfigurationTarget.Global);
    try {
      await replace(editor, "prune: true", "prune: false");
      await until("its own schema", () => schemaOf(apps)?.startsWith(foreign));
    } finally {
      await settings.update(key, undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

/** Which schema the stand-in uses for a file, and its text. */
function schemaOf(path: string): string | undefined {
  const found = ofYaml(fileUri(path)).find(({ message }) => message.startsWith("schema "));
  return found?.message.slice("schema ".length);
}

function split(said: string): readonly string[] {
  const space = said.indexOf(" ");
  return [said.slice(0, space), said.slice(space + 1)];
}

function yamlSays(uri: vscode.Uri, text: string): boolean {
  return ofYaml(uri).some(({ message }) => message.startsWith(text));
}

function ofYaml(uri: vscode.Uri): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "YAML");
}
