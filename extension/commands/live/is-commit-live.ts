/** Answers whether a commit of the workspace is what the connected clusters run. */
import { ThemeIcon, window, workspace } from "vscode";

import { appliedCommits, commitAnswers } from "../../model/cluster/commit-live.ts";
import { UserError } from "../../platform/notify.ts";
import type { Services } from "../services.ts";
import { liveOf } from "./targets.ts";

export function isCommitLive(services: Services) {
  return async (): Promise<void> => {
    const live = liveOf(services);
    const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
    if (folder === undefined) throw new UserError("Open the repository as a folder first.");
    const revision = await window.showInputBox({
      title: "Is This Commit Live?",
      prompt: "A commit, a branch or a tag",
      value: "HEAD",
    });
    if (revision === undefined) return;
    const commit = await live.git.resolveCommit(folder, revision.trim());
    if (commit === undefined) throw new UserError(`The repository has no commit ${revision}.`);
    const applied = appliedCommits(live.clusters.views());
    if (applied.length === 0)
      throw new UserError("No connected cluster applies commits of a Git repository.");
    const contains = await live.git.containing(
      folder,
      commit,
      applied.map((one) => one.commit),
    );
    const answers = commitAnswers(applied, contains);
    const picked = await window.showQuickPick(
      answers.map((answer) => ({ ...answer, iconPath: new ThemeIcon(answer.icon) })),
      {
        title: `${commit.slice(0, 7)} is in ${answers.filter(({ icon }) => icon === "pass").length} of ${answers.length}`,
        placeHolder: "Pick one to see it in the cluster",
        matchOnDescription: true,
      },
    );
    if (picked !== undefined) await live.views.reveal(picked.context, picked.id);
  };
}
