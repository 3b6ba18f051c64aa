/**
 * "Simulate and Publish" for clusters that follow an OCI artifact: the plan of what is on the disk, one question, then the artifact that
 * `flux push artifact` would make of the folder.
 */
import { ProgressLocation, Uri, window, workspace } from "vscode";

import { pushDetail } from "../../model/push/push-words.ts";
import { showInformation, UserError } from "../../platform/notify.ts";
import type { CommandTypes } from "../index.ts";
import { liveOf } from "../live/targets.ts";
import type { Services } from "../services.ts";
import { unsavedDocuments } from "./commit-first.ts";
import { confirmPlan } from "./confirm-plan.ts";
import { followPush } from "./follow-push.ts";
import type { GitRepository } from "./git-extension.ts";
import { chooseRepository, urlsOf } from "./git-extension.ts";
import { inOurWords } from "./run-push.ts";

const title = "Simulate and Publish";

export function simulateAndPublish(services: Services): CommandTypes["sluice.simulateAndPublish"] {
  return async () => {
    const live = liveOf(services);
    if (!workspace.isTrusted)
      throw new UserError("In a workspace that is not trusted nothing is published.");
    const repository = await chooseRepository(title);
    const { commit, name: branch } = repository?.state.HEAD ?? {};
    if (repository === undefined) return;
    if (commit === undefined) throw new UserError("There is no commit to name the artifact after.");
    const address = await askAddress(services);
    const path = address && (await askPath(services));
    if (address === undefined || path === undefined) return;
    for (const document of unsavedDocuments(repository)) await document.save();
    const plan = await currentPlan(services, repository);
    await confirmPlan(services, {
      plan,
      question: `Publish ${path === "" ? "the repository" : path} as ${address}?`,
      detail: `${pushDetail({ commit }, plan, { uncommitted: 0, unsaved: 0 })}\nWhat is on the disk is published, committed or not.`,
      verb: "Publish",
      name: address.replace(/^.*:/, ""),
    });
    const location = ProgressLocation.Notification;
    const published = await window.withProgress(
      { location, title: `Publishing ${address}`, cancellable: true },
      async (progress, token) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        const { makePublication } = await live.publish();
        const request = {
          address,
          path: Uri.joinPath(repository.rootUri, path).fsPath,
          source: withoutUser(urlsOf(repository)[0] ?? repository.rootUri.fsPath),
          revision: `${branch === undefined ? "" : `${branch}@`}sha1:${commit}`,
          annotations: {},
          created: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
          wasm: Uri.joinPath(services.extensionUri, "dist", "engine.wasm").fsPath,
        };
        const made = await makePublication(request, abort.signal).catch(inOurWords);
        const onProgress = (message: string): void => progress.report({ message });
        const options = { insecure: false, signal: abort.signal, onProgress };
        await made.upload(options).catch(inOurWords);
        return made.published;
      },
    );
    live.log(`Published ${published.url}`);
    void showInformation(`Published ${published.url} as ${published.tag}.`);
    await followPush(live, plan, {
      commit: published.digest.replace(/^sha256:/, ""),
      folder: repository.rootUri.fsPath,
      place: { kind: "oci", url: `oci://${published.repository}`, tag: published.tag },
    });
  };
}

/** The setting is only proposed: a repository must not choose where its files go. */
async function askAddress({ settings }: Services): Promise<string | undefined> {
  return window.showInputBox({
    title: `${title} (1 of 2): Address`,
    prompt: "Repository and tag of the artifact that the cluster follows",
    placeHolder: "oci://ghcr.io/org/fleet:main",
    value: settings.publishAddress,
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^oci:\/\/[^/]+\/.+:[\w.-]+$/.test(text) ? undefined : "It looks like oci://host/path:tag",
  });
}

async function askPath({ settings }: Services): Promise<string | undefined> {
  const path = await window.showInputBox({
    title: `${title} (2 of 2): Folder`,
    prompt: "Folder of the repository that becomes the artifact; empty for all of it",
    value: settings.publishPath,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.split("/").includes("..") || text.startsWith("/")
        ? "A folder inside the repository"
        : undefined,
  });
  return path?.replace(/^\.?\/|\/$/g, "");
}

/** Of what is on the disk now, against the base that the Preview compares with. */
async function currentPlan({ link, store }: Services, { rootUri }: GitRepository) {
  await link.refresh();
  const path = rootUri.path.replace(/\/$/, "");
  const view = [...store.views.values()].find(
    ({ folder }) => Uri.parse(folder, true).path.replace(/\/$/, "") === path,
  );
  if (view?.plan === undefined)
    throw new UserError("Nothing was published, because there is no plan of this repository.");
  return view.plan;
}

function withoutUser(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, "$1");
}
