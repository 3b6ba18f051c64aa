/**
 * The language server as a person meets it in a real VS Code, through the editor's own commands: what is underlined and
 * mended, shown and completed. The same tests run on the oldest supported VS Code, the newest, and the one for the web.
 */
import * as vscode from "vscode";

import type { SluiceApi } from "../../extension/compose.ts";
import {
  check,
  equal,
  open,
  positionIn,
  putCursor,
  replace,
  startSluice,
  takeBack,
  withCode,
} from "./editor-gestures.ts";
import { completeAt, hintsOf, hoverAt } from "./language-queries.ts";
import { navigationTests } from "./navigation-tests.ts";
import { structureTests } from "./structure-tests.ts";
import { until } from "./until.ts";

const apps = "clusters/production/apps.yaml";
const infrastructure = "clusters/production/infrastructure.yaml";
const deployment = "apps/podinfo/deployment.yaml";
const rightSource = "kind: GitRepository\n    name: flux-system";
const wrongSource = "kind: GitRepository\n    name: flux-sytem";

export function languageTests(name: string): void {
  suite(name, () => {
    let api: SluiceApi;

    suiteSetup(async () => {
      api = await startSluice();
    });

    teardown(() => takeBack(api));

    diagnosticTests();
    navigationTests(() => api);
    typingTests();
    structureTests();
  });
}

function diagnosticTests(): void {
  test("a wrong sourceRef is underlined while typing, and the quick fix mends it", async () => {
    const editor = await open(apps);
    const { document } = editor;
    await typeOver(editor, "flux-system", "flux-sytem", rightSource);
    const found = await until("the squiggle", () => {
      // While it is typed, shorter names are wrong too.
      const one = withCode(document.uri, "flux/ref-not-found");
      return one && document.getText(one.range) === "flux-sytem" ? one : undefined;
    });
    check(document.isDirty, "nothing was saved");
    const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      found.range,
    );
    const fix = actions.find(({ title }) => title === "Change flux-sytem to flux-system");
    equal(fix?.isPreferred, true);
    putCursor(editor, found.range.start);
    await until("the fix", async () => {
      await vscode.commands.executeCommand("editor.action.autoFix");
      return document.getText().includes(rightSource);
    });
    await until("no squiggle", () => withCode(document.uri, "flux/ref-not-found") === undefined);
  });

  test("a diagnostic links to the page of its rule, which is there to be read", async () => {
    const editor = await open(apps);
    await replace(editor, rightSource, wrongSource);
    const { uri } = editor.document;
    const { code } = await until("the squiggle", () => withCode(uri, "flux/ref-not-found"));
    check(typeof code === "object", "the code has a target");
    const page = await vscode.workspace.fs.readFile(code.target);
    check(new TextDecoder().decode(page).includes("flux/ref-not-found"), "it is about the rule");
  });

  test("a rule is switched off and made quieter by the settings, and back", async () => {
    const editor = await open(apps);
    await replace(editor, rightSource, wrongSource);
    const { uri } = editor.document;
    const found = () => withCode(uri, "flux/ref-not-found");
    await until("the squiggle", found);
    try {
      await setSeverity({ "flux/ref-not-found": "off" });
      await until("silence", () => found() === undefined);
      await setSeverity({ "flux/*": "hint" });
      await until("a hint", () => found()?.severity === vscode.DiagnosticSeverity.Hint);
    } finally {
      await setSeverity(undefined);
    }
    const { Hint } = vscode.DiagnosticSeverity;
    await until("the squiggle as before", () => (found()?.severity ?? Hint) < Hint);
  });

  test("a comment silences a rule on its line", async () => {
    const editor = await open(apps);
    const { uri } = editor.document;
    await replace(editor, rightSource, wrongSource);
    await until("the squiggle", () => withCode(uri, "flux/ref-not-found"));
    await replace(editor, "flux-sytem", "flux-sytem # sluice-ignore flux/ref-not-found");
    await until("silence", () => withCode(uri, "flux/ref-not-found") === undefined);
  });

  test("a mistake in one file is underlined in another that is open", async () => {
    const { uri } = (await open(apps)).document;
    const other = await open(infrastructure);
    await replace(other, "name: infrastructure", "name: platform");
    const found = await until("the squiggle", () => withCode(uri, "flux/ref-not-found"));
    const document = await vscode.workspace.openTextDocument(uri);
    equal(document.getText(found.range), "infrastructure");
  });
}

function typingTests(): void {
  test("a variable shows its value where the mouse rests, and beside it", async () => {
    const editor = await open(deployment);
    const { document } = editor;
    await replace(
      editor,
      "  name: podinfo\nspec",
      "  name: podinfo\n  labels:\n    on: ${cluster}\nspec",
    );
    const hover = await until("the hover", async () => {
      const text = await hoverAt(document.uri, positionIn(document, "${clus|ter}"));
      return text.includes("production") && text;
    });
    check(hover.includes("flux-system/apps"), hover);
    const hints = await until("the hints", async () => {
      const all = await hintsOf(document);
      return all.some((one) => one.includes("production")) && all;
    });
    equal(hints, ["namespace: apps", "= production"]);
  });

  test("a field and a reference explain themselves", async () => {
    const { document } = await open(apps);
    const field = await hoverAt(document.uri, positionIn(document, "pru|ne"));
    check(/garbage collection/i.test(field), field);
    const name = await hoverAt(
      document.uri,
      positionIn(document, "kind: GitRepository\n    name: flux|-system"),
    );
    check(name.includes("GitRepository flux-system/flux-system"), name);
  });

  test("keys, names and paths are completed in half-typed YAML", async () => {
    const editor = await open(apps);
    const { document } = editor;
    await replace(editor, "  path:", "  tim\n  path:");
    const keys = await completeAt(document.uri, positionIn(document, "  tim|\n"));
    check(keys.includes("timeout"), `timeout is among ${keys.join()}`);
    check(!keys.includes("prune"), "what is there already is not offered");
    await replace(editor, "  tim\n", "");
    await replace(editor, rightSource, "kind: GitRepository\n    name: ");
    const names = await completeAt(
      document.uri,
      positionIn(document, "GitRepository\n    name: |"),
    );
    check(names.includes("flux-system"), `flux-system is among ${names.join()}`);
    await replace(editor, "path: ./apps/podinfo", "path: ./a");
    const paths = await completeAt(document.uri, positionIn(document, "path: ./a|"));
    check(
      paths.some((path) => path.includes("apps/podinfo")),
      paths.join(),
    );
  });

  test("a completion that is taken replaces what was typed of it", async () => {
    const editor = await open(apps);
    const { document } = editor;
    await replace(editor, "  path:", "  tim\n  path:");
    putCursor(editor, positionIn(document, "  tim|\n"));
    let asked = 0;
    await until("the taken word", async () => {
      // The list is asked for again now and then, in case that something closed it.
      if (asked++ % 40 === 0) await vscode.commands.executeCommand("editor.action.triggerSuggest");
      await vscode.commands.executeCommand("acceptSelectedSuggestion");
      return /^ {2}timeout:/m.test(document.getText());
    });
    equal(/^ {2}path:/m.test(document.getText()), true);
  });
}

/** One character after another, by the command that the keyboard uses. */
async function typeOver(
  editor: vscode.TextEditor,
  from: string,
  to: string,
  within: string,
): Promise<void> {
  const { document } = editor;
  const start = document.getText().indexOf(within) + within.indexOf(from);
  await vscode.commands.executeCommand("workbench.action.focusActiveEditorGroup");
  editor.selection = new vscode.Selection(
    document.positionAt(start),
    document.positionAt(start + from.length),
  );
  for (const text of to) await vscode.commands.executeCommand("type", { text });
  await until("the typed word", () => document.getText().slice(start, start + to.length) === to);
}

async function setSeverity(value: Readonly<Record<string, string>> | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration("sluice")
    .update("diagnostics.severity", value, vscode.ConfigurationTarget.Global);
}
