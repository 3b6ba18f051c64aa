/**
 * "Set up Flux in this repository": writes what `flux bootstrap` would commit, after VS Code's own preview of the change.
 * Nothing is committed, no cluster is asked, no credentials are made.
 */
import type { WorkspaceFolder } from "vscode";
import { Uri, WorkspaceEdit, Position, Range, window, workspace } from "vscode";

import { fluxFolder, planBootstrap, readDistribution } from "#simulator";
import type { BootstrapFile, BootstrapOptions, Distribution } from "#simulator";

import { bootstrapSource, checkUrl } from "../model/bootstrap-answers.ts";
import { showInformation, UserError } from "../platform/notify.ts";
import type { CommandTypes } from "./index.ts";
import type { Services } from "./services.ts";

export function setUpFlux({ readAsset }: Services): CommandTypes["sluice.setUpFlux"] {
  return async () => {
    const folder = await pickFolder();
    if (folder === undefined) return;
    const options = await askOptions();
    if (options === undefined) return;
    const distribution = await openDistribution(readAsset);
    const existing = await readExisting(folder, options);
    const plan = planBootstrap(distribution, options, existing);
    if (plan.faults.length > 0) throw new UserError(plan.faults.join(" "));
    const changed = plan.files.filter(({ change }) => change !== "none");
    if (changed.length === 0) {
      void showInformation(`Flux ${distribution.version} is set up already, in just this way.`);
      return;
    }
    await workspace.applyEdit(toEdit(folder, changed, existing), { isRefactoring: true });
    const remarks = plan.remarks.length === 0 ? "" : ` ${plan.remarks.join(" ")}`;
    void showInformation(`After the commit, apply the folder to the cluster once.${remarks}`);
  };
}

async function pickFolder(): Promise<WorkspaceFolder | undefined> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new UserError("Open the folder of the repository first.");
  return folders.length === 1
    ? folders[0]
    : window.showWorkspaceFolderPick({ placeHolder: "Set up Flux in which folder?" });
}

async function askOptions(): Promise<BootstrapOptions | undefined> {
  const url = await window.showInputBox({
    title: "Set Up Flux (1 of 3): Source",
    prompt:
      "Address that the cluster syncs from: https://… or ssh://… for Git, oci://… for an artifact",
    placeHolder: "https://github.com/org/fleet",
    ignoreFocusOut: true,
    validateInput: checkUrl,
  });
  if (url === undefined) return undefined;
  const isOci = url.startsWith("oci://");
  const revision = await window.showInputBox({
    title: `Set Up Flux (2 of 3): ${isOci ? "Tag" : "Branch"}`,
    value: isOci ? "latest" : "main",
    ignoreFocusOut: true,
  });
  if (revision === undefined) return undefined;
  const path = await window.showInputBox({
    title: "Set Up Flux (3 of 3): Folder of the Cluster",
    prompt: "Flux applies this folder; its own manifests go to flux-system in it",
    value: "clusters/production",
    ignoreFocusOut: true,
  });
  return path === undefined ? undefined : { source: bootstrapSource(url, revision), path };
}

async function openDistribution(readAsset: Services["readAsset"]): Promise<Distribution> {
  const packed = await readAsset("dist/distribution.json.gz");
  const stream = new Response(packed).body?.pipeThrough(new DecompressionStream("gzip"));
  const content: unknown = await new Response(stream).json();
  const distribution = readDistribution(content);
  if (distribution === undefined)
    throw new UserError("The install manifests of Flux are damaged. Install the extension again.");
  return distribution;
}

async function readExisting(
  folder: WorkspaceFolder,
  options: BootstrapOptions,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const place = fluxFolder(options);
  const entries = await orNone(workspace.fs.readDirectory(Uri.joinPath(folder.uri, place)));
  for (const [name] of entries ?? []) {
    const path = `${place}/${name}`;
    const bytes = await orNone(workspace.fs.readFile(Uri.joinPath(folder.uri, path)));
    if (bytes !== undefined) texts.set(path, new TextDecoder().decode(bytes));
  }
  return texts;
}

async function orNone<Value>(promise: Thenable<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch {
    return undefined;
  }
}

function toEdit(
  folder: WorkspaceFolder,
  files: readonly BootstrapFile[],
  existing: ReadonlyMap<string, string>,
): WorkspaceEdit {
  const edit = new WorkspaceEdit();
  for (const { path, text, change } of files) {
    const uri = Uri.joinPath(folder.uri, path);
    const label = change === "create" ? "Create" : "Update";
    const about = { label: `${label} Flux's manifests`, needsConfirmation: true };
    if (change === "create")
      edit.createFile(uri, { contents: new TextEncoder().encode(text) }, about);
    else edit.replace(uri, wholeText(existing.get(path) ?? ""), text, about);
  }
  return edit;
}

function wholeText(text: string): Range {
  return new Range(new Position(0, 0), new Position(text.split("\n").length, 0));
}
