/**
 * "Simulate and Publish" for clusters that follow an OCI artifact: the plan of what is on the disk against the artifact that they have now,
 * one question, then the artifact that `flux push artifact` would make of the folder.
 */
import type { CancellationToken, Progress } from "vscode";
import { ProgressLocation, window, workspace } from "vscode";

import type { CurrentArtifact, UploadOptions, UploadOutcome } from "#simulator/node/publish";

import { publishDetail, publishTitle } from "../../model/push/publish-words.ts";
import { showInformation, UserError } from "../../platform/notify.ts";
import type { CommandTypes } from "../index.ts";
import type { Live } from "../live/live.ts";
import { liveOf } from "../live/targets.ts";
import type { Services } from "../services.ts";
import { saveAll } from "./commit-first.ts";
import { confirmPlan } from "./confirm-plan.ts";
import { followPush } from "./follow-push.ts";
import { chooseRepository, uncommittedFiles } from "./git-extension.ts";
import type { PlannedPublication, PublicationWish } from "./plan-publication.ts";
import { planPublication } from "./plan-publication.ts";
import { inOurWords } from "./run-push.ts";

const title = "Simulate and Publish";

export function simulateAndPublish(services: Services): CommandTypes["sluice.simulateAndPublish"] {
  return async () => {
    const live = liveOf(services);
    if (!workspace.isTrusted)
      throw new UserError("In a workspace that is not trusted nothing is published.");
    const repository = await chooseRepository(title);
    const { commit } = repository?.state.HEAD ?? {};
    if (repository === undefined) return;
    if (commit === undefined) throw new UserError("There is no commit to name the artifact after.");
    const address = await askAddress(services);
    const path = address && (await askPath(services));
    if (address === undefined || path === undefined) return;
    await saveAll(repository, "Nothing was published");
    await repository.status();
    const wish = { repository, commit, address, path };
    let done = await planAndPublish(services, live, wish);
    while (done === "again") done = await planAndPublish(services, live, wish);
    if (done === undefined) return;
    const { plan, made } = done;
    const { url, tag, digest } = made.published;
    live.log(`Published ${url}`);
    void showInformation(`Published ${url} as ${tag}.`);
    await followPush(live, plan, {
      commit: digest.replace(/^sha256:/, ""),
      folder: repository.rootUri.fsPath,
      place: { kind: "oci", url: `oci://${made.published.repository}`, tag },
    });
  };
}

/** `again` when the tag has moved since and the person wants to see the new plan. */
async function planAndPublish(
  services: Services,
  live: Live,
  wish: PublicationWish,
): Promise<PlannedPublication | "again" | undefined> {
  const { repository, commit, address, path } = wish;
  const location = ProgressLocation.Notification;
  const planned = await window.withProgress(
    { location, title: "Simulating the publication", cancellable: true },
    (progress, token) => planPublication(services, live, wish, progress, token),
  );
  const uncommitted = uncommittedFiles(repository);
  await confirmPlan(services, {
    plan: planned.plan,
    question: publishTitle(path, address),
    detail: publishDetail({ ...planned, commit, uncommitted }, planned.plan),
    verb: "Publish",
    name: planned.made.published.tag,
  });
  const outcome = await window.withProgress(
    { location, title: `Publishing ${address}`, cancellable: true },
    (progress, token) => upload(planned, progress, token),
  );
  if (outcome.outcome === "published") return planned;
  const again = "Look at the New Plan";
  const text = `${address} has moved since the plan was made, so nothing was published.`;
  return (await window.showWarningMessage(text, again)) === again ? "again" : undefined;
}

/** Whoever cancels is told how it ended: the tag may have been written already, and then it counts. */
async function upload(
  { made, current }: PlannedPublication,
  progress: Progress<{ readonly message: string }>,
  token: CancellationToken,
): Promise<UploadOutcome> {
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  const onProgress = (message: string): void => progress.report({ message });
  const options = { insecure: false, signal: abort.signal, onProgress, ...replaced(current) };
  try {
    return await made.upload(options);
  } catch (error) {
    if (!token.isCancellationRequested) return inOurWords(error);
    const { repository, tag } = made.published;
    throw new UserError(`Publishing was cancelled; ${repository}:${tag} is what it was.`);
  }
}

/** What the plan was made against has to be there still; what could not be told is not looked at. */
function replaced(current: CurrentArtifact): Pick<UploadOptions, "replaces"> {
  if (current.state === "none") return { replaces: {} };
  return current.digest === undefined ? {} : { replaces: { digest: current.digest } };
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
