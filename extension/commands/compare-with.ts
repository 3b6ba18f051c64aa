/** Chooses the other side of the plan for this workspace: HEAD, the merge base with a branch, any revision, or a live cluster. */
import { window } from "vscode";

import { clusterBase } from "#protocol";

import type { CommandTypes } from "./index.ts";
import { connectTo, pickContext } from "./live/connect.ts";
import { liveOf } from "./live/targets.ts";
import type { Services } from "./services.ts";

type Choice =
  | { readonly kind: "setting" }
  | { readonly kind: "revision"; readonly revision: string }
  | { readonly kind: "ask-cluster" }
  | { readonly kind: "ask-branch" }
  | { readonly kind: "ask-revision" };

export function compareWith(services: Services): CommandTypes["sluice.compareWith"] {
  const { settings } = services;
  return async () => {
    const current = settings.chosenBase ?? settings.configuredBase;
    const picked = await window.showQuickPick(
      choices(settings.configuredBase, services.live !== undefined),
      {
        title: "Compare the Working Tree With",
        placeHolder: `Now: ${current}`,
      },
    );
    if (!picked) return;
    const base = await toBase(services, picked.choice, current);
    if (base !== undefined) await settings.chooseBase(base === "" ? undefined : base);
  };
}

function choices(configured: string, hasClusters: boolean) {
  const item = (label: string, description: string, choice: Choice) => ({
    label,
    description,
    choice,
  });
  return [
    ...(configured === "HEAD"
      ? []
      : [item("Setting", `sluice.base: ${configured}`, { kind: "setting" })]),
    item("HEAD", "what is committed", { kind: "revision", revision: "HEAD" }),
    ...(hasClusters
      ? [
          item("Live Cluster…", "what the API server says that a push would do", {
            kind: "ask-cluster",
          }),
        ]
      : []),
    item("Merge Base with a Branch…", "everything this branch would bring", { kind: "ask-branch" }),
    item("Revision…", "a branch, a tag or a commit", { kind: "ask-revision" }),
  ];
}

/** Empty text stands for the setting. */
async function toBase(
  services: Services,
  choice: Choice,
  current: string,
): Promise<string | undefined> {
  switch (choice.kind) {
    case "setting":
      return "";
    case "revision":
      return choice.revision;
    case "ask-cluster":
      return askCluster(services);
    case "ask-branch": {
      const value = /^merge-base:(.+)$/.exec(current)?.[1] ?? "origin/main";
      const branch = await ask("Branch to compare with", value);
      return branch && `merge-base:${branch}`;
    }
    case "ask-revision":
      return (await ask("Branch, tag or commit to compare with", "HEAD~1")) || undefined;
  }
}

async function askCluster(services: Services): Promise<string | undefined> {
  const live = liveOf(services);
  await live.start();
  const context = await pickContext(live, "Compare the working tree with which cluster?");
  if (context === undefined) return undefined;
  return (await connectTo(services, context)) ? `${clusterBase}${context}` : undefined;
}

async function ask(prompt: string, value: string): Promise<string | undefined> {
  const text = await window.showInputBox({ prompt, value });
  return text?.trim() || undefined;
}
