/** Puts Git's own gate before `git push` in the terminal as well, or takes it away: the hook of `sluice hook`. */
import { window, workspace } from "vscode";

import { showInformation, UserError } from "../../platform/notify.ts";
import type { CommandTypes } from "../index.ts";
import { liveOf } from "../live/targets.ts";
import type { Services } from "../services.ts";
import { chooseRepository } from "./git-extension.ts";
import { inOurWords } from "./run-push.ts";

export function gatePushes(services: Services): CommandTypes["sluice.gatePushes"] {
  return async () => {
    const live = liveOf(services);
    if (!workspace.isTrusted)
      throw new UserError("In a workspace that is not trusted no hook is written.");
    const repository = await chooseRepository("Gate git push");
    if (repository === undefined) return;
    const { hookState, installHook, removeHook, isSluiceInPath } = await live.push();
    const root = repository.rootUri.fsPath;
    const { installed, failOn } = await hookState(root).catch(inOurWords);
    const picked = await window.showQuickPick(choices(installed, failOn), {
      title: "Gate git push",
      placeHolder: installed
        ? "Pushes from this repository are gated. What shall stop them?"
        : "What shall stop a git push from this repository?",
    });
    if (picked === undefined) return;
    if (picked.failOn === undefined) {
      await removeHook(root).catch(inOurWords);
      void showInformation("git push is not gated any more.");
      return;
    }
    if (!isSluiceInPath())
      throw new UserError(
        "The hook runs the command sluice, which is not in PATH. Install it first, then gate pushes.",
      );
    const { file, chained } = await installHook(root, { failOn: picked.failOn }).catch(inOurWords);
    const after = chained === undefined ? "" : " The hook that was there runs first.";
    void showInformation(`git push is gated by ${file}.${after} git push --no-verify skips it.`);
  };
}

/** What stops pushes now is marked. */
function choices(installed: boolean, now: string | undefined) {
  const gates = [
    { label: "Medium and High Risks, New Errors", failOn: "risk" },
    { label: "High Risks, New Errors", failOn: "risk=high" },
    { label: "New Errors", failOn: "error" },
  ].map(({ label, failOn }) => ({
    label,
    description: failOn === now ? `${failOn}, as it is now` : failOn,
    failOn,
  }));
  const removal = { label: "Remove the Gate", description: "", failOn: undefined };
  return installed ? [removal, ...gates] : gates;
}
