/** Which codicon and theme colour stands for what. State is never told by an icon alone: the words say it too. */
import type { ApplierState, Change, Problem, Risk } from "#simulator";

export interface NodeIcon {
  /** Codicon. */
  readonly id: string;
  /** Theme colour. */
  readonly color?: string;
}

export const folderIcon: NodeIcon = { id: "repo" };
export const clusterIcon: NodeIcon = { id: "server-environment" };

const applierIcons: Readonly<Record<ApplierState, NodeIcon>> = {
  ready: { id: "pass", color: "testing.iconPassed" },
  // The colours of failed tests and of lists are white in high contrast.
  failed: { id: "error", color: "problemsErrorIcon.foreground" },
  blocked: { id: "watch", color: "problemsWarningIcon.foreground" },
  suspended: { id: "debug-pause", color: "disabledForeground" },
  unknown: { id: "question", color: "disabledForeground" },
};

const changeIcons: Readonly<Record<Change["kind"], NodeIcon>> = {
  created: { id: "diff-added", color: "gitDecoration.addedResourceForeground" },
  changed: { id: "diff-modified", color: "gitDecoration.modifiedResourceForeground" },
  recreated: { id: "debug-restart", color: "problemsErrorIcon.foreground" },
  deleted: { id: "diff-removed", color: "gitDecoration.deletedResourceForeground" },
  moved: { id: "diff-renamed", color: "gitDecoration.renamedResourceForeground" },
  orphaned: { id: "debug-disconnect", color: "problemsWarningIcon.foreground" },
};

const problemIcons: Readonly<Record<Problem["severity"], NodeIcon>> = {
  error: { id: "error", color: "problemsErrorIcon.foreground" },
  warning: { id: "warning", color: "problemsWarningIcon.foreground" },
  information: { id: "info", color: "problemsInfoIcon.foreground" },
};

const riskIcons: Readonly<Record<Risk["severity"], NodeIcon>> = {
  high: { id: "alert", color: "problemsErrorIcon.foreground" },
  medium: { id: "alert", color: "problemsWarningIcon.foreground" },
  low: { id: "alert", color: "problemsInfoIcon.foreground" },
};

export function applierIcon(state: ApplierState): NodeIcon {
  return applierIcons[state];
}

export function changeIcon(kind: Change["kind"]): NodeIcon {
  return changeIcons[kind];
}

export function problemIcon(severity: Problem["severity"]): NodeIcon {
  return problemIcons[severity];
}

export function riskIcon(severity: Risk["severity"]): NodeIcon {
  return riskIcons[severity];
}
